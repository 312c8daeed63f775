"""Carderera, Besançon, Pokutta 2021 (arXiv 2105.13913), Theorem 2.7: backtracking Frank–Wolfe, x* inside (Algorithm 2, τ = 2, η = 0.9).

Short steps with the local constant L_t of Pedregosa et al., the domain check being part of its test. With L̃ = max{τ L_f, L_{−1}},

    h_{t+1} ≤ h_t − min{g_t/2, g_t²/(2 L_t ‖v_t − x_t‖²)},   L_t ≤ L̃                                  (derived: the accepted model)
    h_t ≤ (1 − (μ_f/(2 L̃)) (r/D)²)^t h_0        if dom f holds no line and B(x*, r) ⊂ X ∩ dom f     (Theorem 2.7)
    h_t min{1/2, μ_f r²/(L_t D²)} ≤ h_t − h_{t+1}                                                     (derived: g ≥ r‖∇f‖, ‖∇f‖² ≥ 2 μ_f h)
"""

from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.frank_wolfe.backtracking import BacktrackingFrankWolfe, BacktrackingState
from problems.frank_wolfe.portfolio import positive_returns
from problems.frank_wolfe.self_concordant import SymmetricBarrier, symmetric_barrier
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from ratecheck.oracles import SmoothOverCompact
from theory_checks.frank_wolfe._common import before, gain, inner, primal_gap, roundoff
from theory_checks.frank_wolfe.backtracking import ETA, LAWS, TAU


def ceiling(c: Constants) -> Array:
    """L̃ = max{τ L_f, L_{−1}}"""
    return np.maximum(TAU * c["L"], c["start"])


def promised(p: SmoothOverCompact, s: BacktrackingState, t: BacktrackingState) -> Array:
    """min{g/2, g²/(2 L_t ‖v − x‖²)}"""
    g, d = inner(s.g, s.x - s.v), s.v - s.x
    xp = array_namespace(g)
    model = 2 * s.local * inner(d, d)
    return xp.minimum(g / 2, g * g / xp.where(model > 0, model, xp.ones_like(g)))


def hoped(p: SmoothOverCompact, s: BacktrackingState, t: BacktrackingState) -> Array:
    """the same with the constant of the step before"""
    return promised(p, replace(s, local=s.before), t)


def share(c: Constants) -> Array:
    return np.minimum(0.5, c["mu"] * c["r"] ** 2 / (c["local"] * c["D"] ** 2))


def every(k: Array, c: Constants) -> Array:
    return c["h_0"] * (1 - c["mu"] / (2 * ceiling(c)) * (c["r"] / c["D"]) ** 2) ** k


def one(k: Array, c: Constants) -> Array:
    return np.maximum(c["gain"], 0.0) / share(c)


PROGRESS = Claim[SmoothOverCompact, BacktrackingState](
    source=Source("carderera2021", "Theorem 2.7, its first step", "fw.gsc.bfw.progress", Statement.DERIVED),
    assumes=frozenset({Trait.SELF_CONCORDANT, Trait.COMPACT}),
    instances={"log-barrier": symmetric_barrier, "portfolio": positive_returns},
    algorithm=BacktrackingFrankWolfe(TAU, ETA),
    laws=LAWS,
    metric=each_step(promised),
    unit=Unit(f=1),
    bound=lambda k, c: c["gain"],
    holds=Always(),
    k=range(60),
    seen={"gain": Seen(each_step(gain), Unit(f=1))},
    rounding=roundoff,
)
CEILING = replace(
    PROGRESS,
    instances={"log-barrier": symmetric_barrier},
    metric=each(lambda p, s: s.local),
    unit=Unit(1, -2),
    bound=lambda k, c: ceiling(c),
    seen={"start": Seen(each(lambda p, s: 0.01 * p.constants["L"].value), Unit(1, -2))},
    rounding=lambda k, c: 0 * k,
)
EVERY = Claim[SymmetricBarrier, BacktrackingState](
    source=Source("carderera2021", "Theorem 2.7", "fw.gsc.bfw.interior", Statement.VERIFIED),
    assumes=frozenset({Trait.SELF_CONCORDANT, Trait.STRONGLY_CONVEX, Trait.COMPACT}),
    instances={"log-barrier": symmetric_barrier, "steep log-barrier": partial(symmetric_barrier, reach=0.9)},
    algorithm=BacktrackingFrankWolfe(TAU, ETA),
    laws=LAWS,
    metric=each(primal_gap),
    unit=Unit(f=1),
    bound=every,
    holds=Always(),
    k=range(1, 60),
    seen={"start": Seen(each(lambda p, s: 0.01 * p.constants["L"].value), Unit(1, -2))},
    rounding=roundoff,
)
STEP = replace(
    EVERY,
    source=replace(EVERY.source, place="Theorem 2.7, one step", statement=Statement.DERIVED),
    instances={"deep": partial(symmetric_barrier, n=2, depth=0.95, reach=0.3)},
    metric=each_step(before(primal_gap)),
    bound=one,
    seen={"gain": Seen(each_step(gain), Unit(f=1)), "local": Seen(each(lambda p, s: s.local), Unit(1, -2))},
    rounding=lambda k, c: roundoff(k, c) / share(c),
)

THEOREM = Theorem(
    claims={
        "progress": (PROGRESS, Status.CONSISTENT),
        "L_t": (CEILING, Status.CONSISTENT),
        "every t": (EVERY, Status.CONSISTENT),
        "one step": (STEP, Status.CONSISTENT),
    },
    foils={
        "η = 0.5": (replace(PROGRESS, algorithm=BacktrackingFrankWolfe(TAU, 0.5)), Status.UNLAWFUL),
        "from 4 L": (replace(CEILING, algorithm=BacktrackingFrankWolfe(TAU, ETA, 4.0), laws={}), Status.REFUTED),
        "twice the progress": (replace(PROGRESS, bound=lambda k, c: c["gain"] / 2), Status.REFUTED),
        "L_{t−1} for L_t": (replace(PROGRESS, metric=each_step(hoped)), Status.REFUTED),
        "a tenth of h_0": (replace(EVERY, bound=lambda k, c: every(k, c) / 10), Status.REFUTED),
        "a tenth": (replace(STEP, bound=lambda k, c: one(k, c) / 10), Status.REFUTED),
        "r for r²": (replace(EVERY, bound=lambda k, c: every(k, {**c, "r": c["r"] ** 0.5})), Status.ILL_POSED),
    },
)
