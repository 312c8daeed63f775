"""Lacoste-Julien, Jaggi 2015, in the form of Braun et al. 2022 (arXiv 2211.14103): away-step Frank–Wolfe on a polytope.

Let f be L-smooth and μ-strongly convex over a polytope of diameter D and pyramidal width δ, the start a vertex, the step short
(γ = min(slope/(L‖d‖²), cap)). Then for every t ≥ 1

    h_t ≤ (1 − min{1/2, μ δ²/(4 L D²)})^⌈(t−1)/2⌉ L D²/2,

since a step that drops no vertex has   h_t min{1/2, μ δ²/(4 L D²)} ≤ h_t − h_{t+1}   (the steeper of the two directions has slope
≥ ⟨∇f, a − v⟩/2 ≥ δ √(μ h/2) and gains slope²/(2L‖d‖²); a full Frank–Wolfe step halves h), and at least half of the steps are such:

    #drops ≤ #additions        after every step, a dropped vertex having been added before.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.frank_wolfe.active_steps import ActiveSetFrankWolfe, ActiveState, away_step, forward, pairwise
from algorithms.frank_wolfe.steps import scaled, short_step
from problems.frank_wolfe.quadratics import Planted, on_cube, on_l1_ball, on_simplex
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step, total
from theory_checks.frank_wolfe._common import active_set, by_L, gain, primal_gap, roundoff, steeper


def share(c: Constants) -> Array:
    return np.minimum(0.5, c["mu"] * c["delta"] ** 2 / (4 * c["L"] * c["D"] ** 2))


def bound(k: Array, c: Constants) -> Array:
    return (1 - share(c)) ** np.ceil((k - 1) / 2) * c["L"] * c["D"] ** 2 / 2


def gap_at_good_steps(p: Planted, s: ActiveState, t: ActiveState) -> Array:
    """h_t, and nothing where a vertex is dropped"""
    return primal_gap(p, s) * (1 - s.dropped)


WELL_CONDITIONED = {
    "simplex, κ = 1": partial(on_simplex, n=10, kappa=1.0),
    "ℓ₁ disc, κ = 1": partial(on_l1_ball, n=2, kappa=1.0),
    "square, κ = 1": partial(on_cube, n=2, kappa=1.0),
}
CLAIM = Claim[Planted, ActiveState](
    source=Source("lacoste-julien2015", "Theorem 1, away steps", "fw.afw", Statement.DERIVED),
    assumes=frozenset({Trait.STRONGLY_CONVEX, Trait.SMOOTH, Trait.POLYTOPE}),
    instances={"simplex": on_simplex, "ℓ₁ ball": on_l1_ball, "cube": on_cube},
    algorithm=ActiveSetFrankWolfe(away_step, short_step),
    laws=active_set(steeper, by_L),
    metric=each(primal_gap),
    unit=Unit(f=1),
    bound=bound,
    holds=Always(),
    k=range(1, 101),
    rounding=roundoff,
)
GOOD = replace(
    CLAIM,
    instances={f"simplex, n = {n}": partial(on_simplex, n=n, kappa=1.0, support=n // 2) for n in (4, 10)},
    metric=each_step(gap_at_good_steps),
    bound=lambda k, c: np.maximum(c["gain"], 0.0) / share(c),
    seen={"gain": Seen(each_step(gain), Unit(f=1))},
    rounding=lambda k, c: roundoff(k, c) / share(c),
)
DROPS = replace(
    CLAIM,
    source=Source("lacoste-julien2015", "Theorem 8, its proof", "fw.drops", Statement.DERIVED),
    metric=total(lambda p, s: s.dropped),
    unit=Unit(),
    bound=lambda k, c: c["added"],
    seen={"added": Seen(total(lambda p, s: s.added))},
    rounding=lambda k, c: 0 * k,
    k=range(20, 101),
)
EVERY = replace(GOOD, metric=each_step(lambda p, s, t: primal_gap(p, s)))
PLAIN = replace(GOOD, algorithm=ActiveSetFrankWolfe(forward, short_step), laws={}, k=range(1, 1500), seeds=4)

THEOREM = Theorem(
    claims={"every t": (CLAIM, Status.CONSISTENT), "good steps": (GOOD, Status.CONSISTENT), "drops": (DROPS, Status.CONSISTENT)},
    foils={
        "no away steps": (replace(PLAIN, instances={"ℓ₁ ball": on_l1_ball}), Status.REFUTED),
        "pairwise steps": (replace(CLAIM, algorithm=ActiveSetFrankWolfe(pairwise, short_step)), Status.UNLAWFUL),
        "L/4": (replace(GOOD, algorithm=ActiveSetFrankWolfe(away_step, scaled(0.25)), laws={}), Status.REFUTED),
        "a tenth at good steps": (replace(GOOD, bound=lambda k, c: c["gain"] / share(c) / 10), Status.REFUTED),
        "half of the drops": (replace(DROPS, bound=lambda k, c: c["added"] / 2), Status.REFUTED),
        "δ for δ²": (replace(CLAIM, bound=lambda k, c: bound(k, {**c, "delta": c["delta"] ** 0.5})), Status.ILL_POSED),
    },
)
