"""Pedregosa, Négiar, Askari, Jaggi 2020 (arXiv 1806.05123): backtracking on the smoothness constant (constants derived).

Each step tries M = η L_{t−1}, τ η L_{t−1}, ... until f(x + γ d) ≤ f(x) − γ g + γ² M‖d‖²/2, γ = min(1, g/(M‖d‖²)); L_t is the M accepted.
For f convex and L-smooth over a set of diameter D, t from 0,

    L_t ≤ max{τ L, L_{−1}},
    n_t ≤ (1 − log η/log τ)(t + 1) + max{0, log(τ L/L_{−1})}/log τ    tests up to step t,
    h_t ≤ 2 D² mean(L_0, …, L_{t−1}) / (t + 1),                         t ≥ 1,
    h_t ≤ Σ_{j<t} 2 (j+1)/(j+2) L_j ‖v_j − x_j‖² / (t (t+1)).

(L_t = L_{−1} η^{t+1} τ^{n_t − (t+1)}; and h_{t+1} ≤ (1 − ξ) h_t + ξ² L_t D²/2 for every ξ, here 2/(t+2).)
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import log

import numpy as np
from array_api_compat import array_namespace

from algorithms.frank_wolfe.backtracking import BacktrackingFrankWolfe, BacktrackingState
from algorithms.frank_wolfe.steps import capped
from problems.frank_wolfe.logistic import breast_cancer
from problems.frank_wolfe.quadratics import on_l1_ball, on_simplex
from ratecheck import Always, Array, Claim, Constants, Law, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from ratecheck.oracles import SmoothOverCompact
from theory_checks.frank_wolfe._common import TINY, Gapped, f_gap, inner, moves_towards_v, primal_gap, roundoff, v_is_minimal

TAU, ETA, CURVATURE = 2.0, 0.9, Unit(1, -2)


def mean_local(p: Gapped, states: Iterator[BacktrackingState]) -> Iterator[Array]:
    """mean(L_0, …, L_{t−1})"""
    total = 0.0 * p.constants["L"].value
    for s in states:
        yield total / max(s.k, 1)
        total = total + s.local


def mean_met(p: Gapped, states: Iterator[BacktrackingState]) -> Iterator[Array]:
    """Σ_{j<t} 2 (j+1)/(j+2) L_j ‖v_j − x_j‖² / (t (t+1)), nothing at t = 0"""
    total = 0.0 * p.f_star
    for s in states:
        yield total / max(s.k * (s.k + 1), 1)
        total = total + 2 * (s.k + 1) / (s.k + 2) * s.local * inner(s.v - s.x, s.v - s.x)


def largest(k: Array, c: Constants) -> Array:
    return np.maximum(TAU * c["L"], c["start"])


def count(k: Array, c: Constants) -> Array:
    return (1 - log(ETA) / log(TAU)) * (k + 1) + np.maximum(0.0, np.log(TAU * c["L"] / c["start"])) / log(TAU)


def primal(k: Array, c: Constants) -> Array:
    return 2 * c["D"] ** 2 * c["local"] / (k + 1)


def local_is_first_accepted(p: SmoothOverCompact, s: BacktrackingState, t: BacktrackingState) -> Array:
    """L_t = η τ^j L_{t−1}, accepted; L_t/τ is refused if j > 0; n_t counts j + 1 tests"""
    xp = array_namespace(s.x)
    d, slope = s.v - s.x, inner(s.g, s.x - s.v)

    def short(M: Array) -> Array:  # how much decrease is missing
        gamma = capped(slope, M * inner(d, d), xp.ones_like(M))
        return p.value(s.x + gamma[:, None] * d) - p.value(s.x) + gamma * slope - gamma**2 * M * inner(d, d) / 2

    j = xp.log(s.local / (ETA * s.before)) / log(TAU)
    scale = xp.abs(p.value(s.x)) + inner(xp.abs(s.g), xp.abs(s.x) + xp.abs(s.v)) + TINY
    accepted = xp.maximum(short(s.local), 0 * j) / scale
    refused = xp.where(j > 0.5, xp.maximum(-short(s.local / TAU), 0 * j), 0 * j) / scale
    counted = xp.abs(t.tests - s.tests - 1 - xp.round(xp.log(t.local / (ETA * t.before)) / log(TAU)))
    return accepted + refused + xp.abs(j - xp.round(j)) + counted + xp.abs(t.before - s.local) / s.local


def gamma_is_short(p: SmoothOverCompact, s: BacktrackingState, t: BacktrackingState) -> Array:
    """γ_t = min(1, g/(L_t ‖d‖²))"""
    xp = array_namespace(s.x)
    d = s.v - s.x
    wanted = capped(inner(p.grad(s.x), -d), s.local * inner(d, d), xp.ones_like(s.gamma))
    return xp.abs(s.gamma - wanted) / (wanted + 1e-30)


LAWS: dict[str, Law[SmoothOverCompact, BacktrackingState]] = {
    "towards v": moves_towards_v,
    "v is minimal": v_is_minimal,
    "L_t": local_is_first_accepted,
    "the step": gamma_is_short,
}
ITSELF = Claim[Gapped, BacktrackingState](
    source=Source("pedregosa2020", "Proposition 2", "fw.adaptive.L", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT}),
    instances={"simplex": on_simplex, "ℓ₁ ball": on_l1_ball},
    algorithm=BacktrackingFrankWolfe(TAU, ETA),
    laws=LAWS,
    metric=each(lambda p, s: s.local),
    unit=CURVATURE,
    bound=largest,
    holds=Always(),
    k=range(80),
    seen={"start": Seen(each(lambda p, s: 0.01 * p.constants["L"].value), CURVATURE)},
)
COUNT = replace(
    ITSELF,
    source=replace(ITSELF.source, place="Theorem 1, its count", slug="fw.adaptive.count"),
    metric=each(lambda p, s: s.tests),
    unit=Unit(),
    bound=count,
)
PRIMAL = replace(
    ITSELF,
    source=replace(ITSELF.source, place="Theorem 3", slug="fw.adaptive.primal"),
    metric=each(primal_gap),
    unit=Unit(f=1),
    instances={"ℓ₁ ball, κ = 1": partial(on_l1_ball, n=3, kappa=1.0)},
    bound=primal,
    k=range(1, 80),
    seen={"local": Seen(mean_local, CURVATURE)},
    rounding=roundoff,
    gap=f_gap,
)
MET = replace(
    PRIMAL,
    instances={"simplex": on_simplex, "ℓ₁ ball": on_l1_ball, "breast cancer": breast_cancer},
    bound=lambda k, c: c["met"],
    seen={"met": Seen(mean_met, Unit(f=1))},
)
LOOSE = replace(PRIMAL, instances={"simplex": on_simplex, "breast cancer": breast_cancer})

THEOREM = Theorem(
    claims={
        "L_t": (ITSELF, Status.CONSISTENT),
        "tests": (COUNT, Status.CONSISTENT),
        "primal gap": (PRIMAL, Status.CONSISTENT),
        "primal gap, elsewhere": (LOOSE, Status.VACUOUS),
        "primal gap with the steps met": (MET, Status.CONSISTENT),
    },
    foils={
        "η = 0.7": (replace(COUNT, algorithm=BacktrackingFrankWolfe(TAU, 0.7)), Status.UNLAWFUL),
        "η = 0.7, unstated": (replace(COUNT, algorithm=BacktrackingFrankWolfe(TAU, 0.7), laws={}), Status.REFUTED),
        "τ = 4": (replace(ITSELF, algorithm=BacktrackingFrankWolfe(4.0, ETA), laws={}), Status.REFUTED),
        "L for τ L": (replace(ITSELF, bound=lambda k, c: largest(k, c) / TAU), Status.REFUTED),
        "start forgotten": (replace(COUNT, bound=lambda k, c: (1 - log(ETA) / log(TAU)) * (k + 1)), Status.REFUTED),
        "a tenth": (replace(PRIMAL, bound=lambda k, c: primal(k, c) / 10), Status.REFUTED),
        "D for D²": (replace(PRIMAL, bound=lambda k, c: primal(k, c) / c["D"]), Status.ILL_POSED),
    },
)
