"""Wirth, Kerdreux, Pokutta 2023 (PMLR v206), Proposition 3.1: open loop steps 4/(t+4).

For f convex and L-smooth over a compact convex set of diameter D, Frank–Wolfe with γ_t = 4/(t+4), t from 0, has for every t ≥ 1

    h_t ≤ 8 L D² / (t + 3) .

The bound is loose (a factor 8 and more); what its proof uses of a step is   h_{t+1} ≤ (1 − γ_t) h_t + γ_t² L D²/2.
"""

from dataclasses import replace
from functools import partial

from algorithms.frank_wolfe.vanilla import FrankWolfe, State, open_loop
from problems.frank_wolfe.simplex import planted, squared_norm
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from theory_checks.frank_wolfe._common import Gapped, frank_wolfe, primal_gap, roundoff


def four(k: int) -> float:
    return 4 / (k + 4)


def bound(k: Array, c: Constants) -> Array:
    return 8 * c["L"] * c["D"] ** 2 / (k + 3)


def step_bound(k: Array, c: Constants) -> Array:
    gamma = 4 / (k + 4)
    return (1 - gamma) * c["h"] + gamma**2 * c["L"] * c["D"] ** 2 / 2


def gap_after(p: Gapped, s: State, t: State) -> Array:
    return primal_gap(p, t)


CLAIM = Claim[Gapped, State](
    source=Source("wirth2023", "Proposition 3.1", "fw.wirth.prop31", Statement.VERIFIED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT}),
    instances={"squared norm": squared_norm},
    algorithm=FrankWolfe(four),
    laws=frank_wolfe(four),
    metric=each(primal_gap),
    unit=Unit(f=1),
    bound=bound,
    holds=Always(),
    k=range(1, 201),
    rounding=roundoff,
)
RANDOM = replace(CLAIM, instances={"least squares": planted})
STEP = replace(
    CLAIM,
    instances={"least squares": planted, "squared norm": partial(squared_norm, n=50)},
    metric=each_step(gap_after),
    bound=step_bound,
    seen={"h": Seen(each(primal_gap), Unit(f=1))},
)

THEOREM = Theorem(
    claims={"every t": (CLAIM, Status.CONSISTENT), "random": (RANDOM, Status.VACUOUS), "one step": (STEP, Status.CONSISTENT)},
    foils={
        "2/(t+2)": (replace(CLAIM, algorithm=FrankWolfe(open_loop)), Status.UNLAWFUL),
        "step 0.3": (replace(CLAIM, algorithm=FrankWolfe(lambda k: 0.3), laws={}), Status.REFUTED),
        "a tenth": (replace(CLAIM, bound=lambda k, c: bound(k, c) / 10), Status.REFUTED),
        "no curvature in the step": (replace(STEP, bound=lambda k, c: (1 - 4 / (k + 4)) * c["h"]), Status.REFUTED),
        "L D": (replace(CLAIM, bound=lambda k, c: bound(k, c) / c["D"]), Status.ILL_POSED),
    },
)
