"""Lacoste-Julien, Jaggi 2015: pairwise Frank–Wolfe, at the steps that drop no vertex (constant derived).

For f L-smooth and μ-strongly convex over a polytope of diameter D and pyramidal width δ, with the short step, a pairwise step that
is not stopped by its cap satisfies

    h_{t+1} ≤ (1 − min{1/2, μ δ²/(L D²)}) h_t,

since its slope ⟨∇f, a − v⟩ is at least δ √(2 μ h) and it gains slope²/(2L‖d‖²). (No rate in t follows: the number of good steps is
only known to be at least t/(3|V|! + 1).) The step reads   h_t min{1/2, μ δ²/(L D²)} ≤ h_t − h_{t+1}.
"""

from dataclasses import replace

import numpy as np

from algorithms.frank_wolfe.active_steps import ActiveSetFrankWolfe, away_step, pairwise
from algorithms.frank_wolfe.steps import scaled, short_step
from ratecheck import Array, Constants, Source, Statement, Status, Theorem
from theory_checks.frank_wolfe import away_steps
from theory_checks.frank_wolfe._common import active_set, both, by_L, roundoff


def share(c: Constants) -> Array:
    return np.minimum(0.5, c["mu"] * c["delta"] ** 2 / (c["L"] * c["D"] ** 2))


CLAIM = replace(
    away_steps.GOOD,
    source=Source("lacoste-julien2015", "Theorem 1, pairwise steps", "fw.pfw.good", Statement.DERIVED),
    instances=away_steps.WELL_CONDITIONED,
    algorithm=ActiveSetFrankWolfe(pairwise, short_step),
    laws=active_set(both, by_L),
    bound=lambda k, c: c["gain"] / share(c),
    rounding=lambda k, c: roundoff(k, c) / share(c),
)

THEOREM = Theorem(
    claims={"good steps": (CLAIM, Status.CONSISTENT)},
    foils={
        "away steps": (replace(CLAIM, algorithm=ActiveSetFrankWolfe(away_step, short_step)), Status.UNLAWFUL),
        "L/4": (replace(CLAIM, algorithm=ActiveSetFrankWolfe(pairwise, scaled(0.25)), laws={}), Status.REFUTED),
        "drop steps too": (replace(CLAIM, metric=away_steps.EVERY.metric), Status.REFUTED),
        "a third": (replace(CLAIM, bound=lambda k, c: CLAIM.bound(k, c) / 3), Status.REFUTED),
        "δ for δ²": (replace(CLAIM, bound=lambda k, c: CLAIM.bound(k, {**c, "delta": c["delta"] ** 0.5})), Status.ILL_POSED),
    },
)
