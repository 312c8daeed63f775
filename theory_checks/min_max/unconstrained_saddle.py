"""Jacobsen, Cutkosky 2023 (arXiv 2306.04923), saddle points without a bounded domain: the gap of the average; derived, with constants.

f(x, y) = xᵀBy + aᵀx − cᵀy, g = (By + a, −Bᵀx + c), L = |B|, G = |(a, c)|; composite descent on w = (x, y) from 0. For every ρ and T
    sup_{|u| ≤ ρ} f(x̄, u_y) − f(u_x, ȳ)  ≤  ρ²/(2ηT) + η(G² + L²ρ²).
The left side is aᵀx̄ + cᵀȳ + ρ|(Bȳ + a, Bᵀx̄ − c)|. Why: the regret bound divided by T, linearity in each block. The steps add up to η T g(w̄) = −w_{T+1} − 2η²L² (w_2 + … + w_{T+1}).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

from array_api_compat import array_namespace

from algorithms.min_max.unconstrained_learners import CompositeDescent, Round
from problems.min_max.unconstrained_online import BilinearGame, bilinear
from ratecheck import Always, Array, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, at_average, each
from theory_checks.min_max._unconstrained import descends


def gap(p: BilinearGame, w: Array) -> Array:
    return p.gap(w, p.constants["rho"].value)


def bound(k: Array, c: Constants) -> Array:
    return c["rho"] ** 2 / (2 * c["eta"] * (k + 1)) + c["eta"] * (c["G"] ** 2 + c["L"] ** 2 * c["rho"] ** 2)


def large(c: Constants) -> Array:
    return 9 / (c["L"] * c["horizon"] ** 0.5)


CLAIM = Claim[BilinearGame, Round](
    source=Source("jacobsen2023", "saddle-point corollary", "uol.saddle.gap", Statement.DERIVED),
    assumes=frozenset({Trait.BILINEAR}),
    instances={f"ρ = {rho:g}": partial(bilinear, rho=rho) for rho in (0.3, 1.0, 10.0, 30.0)},
    algorithm=CompositeDescent(),
    metric=at_average(gap, of=lambda s: s.w),
    unit=Unit(1, 0),
    bound=bound,
    holds=Always(signed=True),  # the average may lie outside the ball of the comparators
    k=range(1, 400),
    seen={"eta": Seen(each(lambda p, s: s.eta), Unit(-1, 2))},
    laws={"composite step": descends},
    seeds=4,
)
def force(p: BilinearGame, w: Array) -> Array:
    g = p.field(w)
    return array_namespace(w).sum(g * g, axis=-1) ** 0.5


def displacement(p: BilinearGame, states: Iterator[Round]) -> Iterator[Array]:
    """|w_T + 2η²L² Σ_{1 ≤ t ≤ T} w_t|/(ηT), T = k + 1"""
    total = 0 * p.x0
    for s, t in pairwise(states):
        total = total + t.w
        eta = s.eta[:, None]
        moved = t.w + 2 * (eta * p.constants["L"].value[:, None]) ** 2 * total
        yield array_namespace(moved).sum(moved * moved, axis=-1) ** 0.5 / (s.eta * (s.k + 1))


FORCE = replace(
    CLAIM,
    source=replace(CLAIM.source, place="the sum of the steps: the force at the average"),
    instances={"ρ = 1": partial(bilinear, rho=1.0)},
    metric=at_average(force, of=lambda s: s.w),
    unit=Unit(1, -1),
    bound=lambda k, c: c["displacement"],
    holds=Equal(1e-9),
    seen={"displacement": Seen(displacement, Unit(1, -1))},
    k=range(399),
)
SMALL = {"ρ = 1000, (a, c) small": partial(bilinear, rho=1000.0, shift=0.01)}
THEOREM = Theorem(
    claims={"every radius": (CLAIM, Status.CONSISTENT), "force at the average": (FORCE, Status.CONSISTENT)},
    foils={
        "force at the last point": (replace(FORCE, metric=each(lambda p, s: force(p, s.w))), Status.REFUTED),
        "no composite term": (replace(CLAIM, algorithm=CompositeDescent(composite=0.0)), Status.UNLAWFUL),
        "no composite term, large step": (replace(CLAIM, algorithm=CompositeDescent(large, composite=0.0), laws={}), Status.REFUTED),
        "no L ρ² term": (replace(CLAIM, bound=lambda k, c: c["rho"] * c["G"] / (k + 1) ** 0.5, instances=SMALL), Status.REFUTED),
        "a fifth": (replace(CLAIM, bound=lambda k, c: bound(k, c) / 5), Status.REFUTED),
        "ρ for ρ²": (replace(CLAIM, bound=lambda k, c: c["rho"] / (2 * c["eta"] * (k + 1))), Status.ILL_POSED),
    },
)
