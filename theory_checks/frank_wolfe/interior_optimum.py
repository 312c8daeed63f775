"""Guélat, Marcotte 1986; Garber, Hazan 2015 (PMLR v37), section 4.2: an optimum inside the set gives a linear rate.

Let f be L-smooth and μ-strongly convex over C of diameter D, with the ball of radius r around x* inside C. With the short step
min(1, g/(L‖v − x‖²)), or line search,

    h_t ≤ (1 − μ r²/(4 L D²))^t h_0          (as printed by Garber and Hazan)
    h_{t+1} ≤ (1 − min{1/2, μ r²/(L D²)}) h_t      (derived: g ≥ r‖∇f‖, ‖∇f‖² ≥ 2 μ h)

The second is read as   h_t min{1/2, μ r²/(L D²)} ≤ h_t − h_{t+1}.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.frank_wolfe.descent import DescentFrankWolfe
from algorithms.frank_wolfe.steps import line_search, scaled, short_step
from algorithms.frank_wolfe.vanilla import State
from problems.frank_wolfe.quadratics import Planted, inside_l2_ball
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from theory_checks.frank_wolfe._common import before, by_L, descent, gain, primal_gap, roundoff


def share(c: Constants) -> Array:
    return np.minimum(0.5, c["mu"] * c["r"] ** 2 / (c["L"] * c["D"] ** 2))


def every(k: Array, c: Constants) -> Array:
    return (1 - c["mu"] * c["r"] ** 2 / (4 * c["L"] * c["D"] ** 2)) ** k * c["h_0"]


def one(k: Array, c: Constants) -> Array:
    return np.maximum(c["gain"], 0.0) / share(c)


STEP = Claim[Planted, State](
    source=Source("guelat1986", "Theorem 2, one step", "fw.interior", Statement.DERIVED),
    assumes=frozenset({Trait.STRONGLY_CONVEX, Trait.SMOOTH, Trait.COMPACT}),
    instances={"κ = 1": partial(inside_l2_ball, n=4, kappa=1.0, depth=0.6), "κ = 1, deep": partial(inside_l2_ball, kappa=1.0, depth=0.9)},
    algorithm=DescentFrankWolfe(short_step),
    laws=descent(by_L),
    metric=each_step(before(primal_gap)),
    unit=Unit(f=1),
    bound=one,
    holds=Always(),
    k=range(40),
    seen={"gain": Seen(each_step(gain), Unit(f=1))},
    rounding=lambda k, c: roundoff(k, c) / share(c),
)
EVERY = replace(
    STEP,
    source=Source("garber2015", "section 4.2", "fw.interior", Statement.VERIFIED),
    instances={"κ = 10": inside_l2_ball, "κ = 10, shallow": partial(inside_l2_ball, depth=0.2)},
    metric=each(primal_gap),
    bound=every,
    seen={},
    rounding=roundoff,
    k=range(1, 100),
)

THEOREM = Theorem(
    claims={"every t": (EVERY, Status.CONSISTENT), "one step": (STEP, Status.CONSISTENT)},
    foils={
        "line search for the short step": (replace(EVERY, algorithm=DescentFrankWolfe(line_search)), Status.UNLAWFUL),
        "L/4": (replace(STEP, algorithm=DescentFrankWolfe(scaled(0.25)), laws={}), Status.REFUTED),
        "a tenth": (replace(STEP, bound=lambda k, c: one(k, c) / 10), Status.REFUTED),
        "a tenth of h_0": (replace(EVERY, bound=lambda k, c: every(k, c) / 10), Status.REFUTED),
        "r for r²": (replace(STEP, bound=lambda k, c: one(k, {**c, "r": c["r"] ** 0.5})), Status.ILL_POSED),
    },
)
