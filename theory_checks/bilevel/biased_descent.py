"""Shaban, Cheng, Hatch, Boots 2019 (recalled; the deterministic version, proved here): gradient descent with a biased hypergradient.

F is L_F-smooth and bounded below. x_{r+1} = x_r − (∇F(x_r) + e_r)/L_F for any errors e_r satisfies, for every R ≥ 1,

    (1/R) Σ_{r<R} ‖∇F(x_r)‖²  ≤  2 L_F (F(x_0) − F*)/R  +  (1/R) Σ_{r<R} ‖e_r‖².

Nearly attained by K-RMD: its bias is a floor that more outer steps cannot lower, only more terms can.
"""

from dataclasses import replace
from functools import partial

from algorithms.bilevel.batched import dot
from algorithms.bilevel.implicit import exact_hypergradient
from algorithms.bilevel.oracles import Solvable
from algorithms.bilevel.outer import Outer, OuterDescent, truncated
from problems.bilevel import quadratic
from ratecheck import Always, Array, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, mean
from theory_checks.bilevel._common import EPS
from theory_checks.bilevel.descent_direction import steps_along_z

T = 30


def squared_gradient(p: Solvable, s: Outer) -> Array:
    g = exact_hypergradient(p, s.x)
    return dot(g, g)


def squared_error(p: Solvable, s: Outer) -> Array:
    e = s.z - exact_hypergradient(p, s.x)
    return dot(e, e)


def truncates(K: int, p: Solvable, s: Outer, t: Outer) -> Array:
    """x_{r+1} = x_r − h_{T−K}(x_r)/L_F, h recomputed"""
    h = truncated(K, T, p, s.x)
    return steps_along_z(p, replace(s, z=h, alpha=1 / (p.constants["L_F"].value[:, None])), t)


def bound(k: Array, c: Constants) -> Array:
    return 2 * c["L_F"] * c["Delta"] / (k + 1) + c["e2"]


def claim(K: int) -> Claim[Solvable, Outer]:
    return Claim(
        source=Source("shaban2019", "convergence with a bias", "tbp.biased-descent", Statement.DERIVED),
        assumes=frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH}),
        instances={"quadratic": partial(quadratic.quadratic, n=4, m=10)},
        algorithm=OuterDescent(partial(truncated, K, T)),
        laws={"truncates": partial(truncates, K)},
        seen={"e2": Seen(mean(squared_error), Unit(2, -2))},
        metric=mean(squared_gradient),
        unit=Unit(2, -2),
        bound=bound,
        holds=Always(),
        k=range(20, 100),
        rounding=lambda k, c: 100 * EPS * c["L_F"] * c["Delta"],
        seeds=4,
    )


FEW, MANY = claim(3), claim(20)
THEOREM = Theorem(
    claims={
        "3 terms of 30": (replace(FEW, sharp={"quadratic": Equal(0.5)}), Status.CONSISTENT),
        "20 terms of 30": (MANY, Status.CONSISTENT),
    },
    foils={
        "no floor": (replace(FEW, bound=lambda k, c: bound(k, {**c, "e2": 0 * c["e2"]})), Status.REFUTED),
        "half of it": (replace(FEW, bound=lambda k, c: bound(k, c) / 2), Status.REFUTED),
        "1/R²": (replace(FEW, bound=lambda k, c: bound(k, c) / (k + 1)), Status.REFUTED),
        "without L_F": (replace(FEW, bound=lambda k, c: 2 * c["Delta"] / (k + 1) + c["e2"]), Status.ILL_POSED),
        "one term more": (replace(FEW, algorithm=OuterDescent(partial(truncated, 4, T))), Status.UNLAWFUL),
        "step 2.5/L_F": (replace(MANY, algorithm=OuterDescent(partial(truncated, 20, T), 2.5)), Status.UNLAWFUL),
        "step 2.5/L_F, unstated": (replace(MANY, algorithm=OuterDescent(partial(truncated, 20, T), 2.5), laws={}), Status.REFUTED),
    },
)
