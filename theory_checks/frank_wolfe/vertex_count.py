"""Jaggi 2013 (PMLR v28), Lemmas 3 and 4: no method that adds one vertex a step is faster.

For f(x) = ‖x‖² over the unit simplex of ℝⁿ (L = 2, D² = 2, f* = 1/n) and every x with card(x) < n non-zero entries,

    f(x) − f* ≥ 1/card(x) − 1/n    and    g(x) ≥ 2/card(x).

So a method that starts at a vertex and adds one vertex a step has h_k ≥ 1/(k+1) − 1/n and g(x_k) ≥ 2/(k+1), k from 0; both
are equalities for Frank–Wolfe with γ_k = 1/(k+2), which walks through the uniform averages of the vertices. L D²/4 carries the unit.
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.frank_wolfe.vanilla import FrankWolfe, State, open_loop
from problems.frank_wolfe.simplex import SquaredNorm, squared_norm
from ratecheck import Array, AtLeast, Bound, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.frank_wolfe._common import frank_wolfe, fw_gap, primal_gap


def uniform(k: int) -> float:
    return 1 / (k + 2)


def card(p: SquaredNorm, s: State) -> Array:
    xp = array_namespace(s.x)
    return xp.sum(xp.where(s.x != 0, xp.ones_like(s.x), xp.zeros_like(s.x)), axis=-1)


def primal(k: Array, c: Constants) -> Array:
    return c["L"] * c["D"] ** 2 / 4 * (1 / c["card"] - 1 / c["n"])


def dual(k: Array, c: Constants) -> Array:
    return c["L"] * c["D"] ** 2 / 2 / c["card"]


def after(bound: Bound) -> Bound:
    """After k steps from a vertex card ≤ k + 1."""
    return lambda k, c: bound(k, {**c, "card": k + 1})


PRIMAL = Claim[SquaredNorm, State](
    source=Source("jaggi2013", "Lemma 3", "fw.jaggi.lower", Statement.VERIFIED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.POLYTOPE}),
    instances={"n = 300": partial(squared_norm, n=300)},
    algorithm=FrankWolfe(open_loop),
    laws=frank_wolfe(lambda k: 2 / (k + 2)),
    metric=each(primal_gap),
    unit=Unit(f=1),
    bound=primal,
    holds=AtLeast(),
    k=range(1, 299),
    seen={"card": Seen(each(card))},
    seeds=1,
)
DUAL = replace(PRIMAL, source=Source("jaggi2013", "Lemma 4", "fw.jaggi.lower.gap", Statement.VERIFIED), metric=each(fw_gap), bound=dual)
UNIFORM = replace(PRIMAL, algorithm=FrankWolfe(uniform), laws=frank_wolfe(uniform), bound=after(primal), holds=Equal(1e-10))
UNIFORM_DUAL = replace(UNIFORM, source=DUAL.source, metric=DUAL.metric, bound=after(dual))

THEOREM = Theorem(
    claims={
        "primal gap": (PRIMAL, Status.CONSISTENT),
        "duality gap": (DUAL, Status.CONSISTENT),
        "primal gap, attained": (UNIFORM, Status.CONSISTENT),
        "duality gap, attained": (UNIFORM_DUAL, Status.CONSISTENT),
    },
    foils={
        "from two vertices": (replace(UNIFORM, instances={"two": partial(squared_norm, n=300, vertices=2)}), Status.REFUTED),
        "step 2/(k+2), attained": (replace(UNIFORM, algorithm=FrankWolfe(open_loop)), Status.UNLAWFUL),
        "1/card": (replace(PRIMAL, bound=lambda k, c: c["L"] * c["D"] ** 2 / 4 / c["card"]), Status.REFUTED),
        "3/card": (replace(DUAL, bound=lambda k, c: 1.5 * dual(k, c)), Status.REFUTED),
        "1/√card": (replace(DUAL, bound=lambda k, c: dual(k, c) * c["card"] ** 0.5), Status.REFUTED),
        "no unit": (replace(PRIMAL, bound=lambda k, c: 1 / c["card"] - 1 / c["n"]), Status.ILL_POSED),
    },
)
