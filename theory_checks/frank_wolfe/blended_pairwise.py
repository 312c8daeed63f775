"""Tsuji, Tanaka, Pokutta 2022 (arXiv 2110.12650): blended pairwise Frank–Wolfe on a polytope (constant derived).

Let f be L-smooth and μ-strongly convex over a polytope of diameter D and pyramidal width δ, the start a vertex, the step short.
Then for every t ≥ 0

    h_t ≤ (1 − min{1/2, μ δ²/(4 L D²)})^⌈t/2⌉ h_0,

since the chosen direction has slope ≥ ⟨∇f, a − v⟩/2 (⟨∇f, s⟩ ≤ ⟨∇f, x⟩, so the two candidate slopes sum to more), a step that drops
no vertex gains   h_t min{1/2, μ δ²/(4 L D²)} ≤ h_t − h_{t+1},   and #drops ≤ #additions.
"""

from dataclasses import replace

import numpy as np

from algorithms.frank_wolfe.active_steps import ActiveSetFrankWolfe, ActiveState, away_step, blended_pairwise
from algorithms.frank_wolfe.steps import scaled, short_step
from problems.frank_wolfe.quadratics import Planted
from ratecheck import Array, Claim, Constants, Source, Statement, Status, Theorem
from theory_checks.frank_wolfe import away_steps
from theory_checks.frank_wolfe._common import active_set, by_L, local_first


def bound(k: Array, c: Constants) -> Array:
    return (1 - away_steps.share(c)) ** np.ceil(k / 2) * c["h_0"]


def blended(claim: Claim[Planted, ActiveState], slug: str) -> Claim[Planted, ActiveState]:
    return replace(
        claim,
        source=Source("tsuji2022", "Theorem 3.1", slug, Statement.DERIVED),
        algorithm=ActiveSetFrankWolfe(blended_pairwise, short_step),
        laws=active_set(local_first, by_L),
    )


CLAIM = replace(blended(away_steps.CLAIM, "fw.bpcg"), bound=bound)
GOOD, DROPS = blended(away_steps.GOOD, "fw.bpcg"), blended(away_steps.DROPS, "fw.drops")

THEOREM = Theorem(
    claims={"every t": (CLAIM, Status.CONSISTENT), "good steps": (GOOD, Status.CONSISTENT), "drops": (DROPS, Status.CONSISTENT)},
    foils={
        "away steps": (replace(CLAIM, algorithm=ActiveSetFrankWolfe(away_step, short_step)), Status.UNLAWFUL),
        "L/50": (replace(CLAIM, algorithm=ActiveSetFrankWolfe(blended_pairwise, scaled(0.02)), laws={}), Status.REFUTED),
        "a third of h_0": (replace(CLAIM, bound=lambda k, c: bound(k, c) / 3), Status.REFUTED),
        "a tenth at good steps": (replace(GOOD, bound=lambda k, c: GOOD.bound(k, c) / 10), Status.REFUTED),
        "half of the drops": (replace(DROPS, bound=lambda k, c: c["added"] / 2), Status.REFUTED),
        "δ for δ²": (replace(CLAIM, bound=lambda k, c: bound(k, {**c, "delta": c["delta"] ** 0.5})), Status.ILL_POSED),
    },
)
