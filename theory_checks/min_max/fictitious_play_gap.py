"""Nitanda, Oko, Wu, Takenouchi, Suzuki 2023 (arXiv 2303.02957): the primal-dual gap of the proximal Gibbs law, and the flow; derived.

L(q) = (1/n) Σ ℓ_i(h_q(x_i)) + ⟨r, q⟩ + λ Σ q ln q, g_q = ℓ'(h_q), p_q ∝ exp(−(Hᵀg_q/n + r)/λ), D the dual. Then for every q
    L(q) − D(g_q) = λ KL(q‖p_q),
and along q̇ = p_q − q      L(q_t) − L* ≤ e^{−t}(L(q_0) − L*).
Why: dL/dt = −λ(KL(q‖p) + KL(p‖q)) ≤ −λ KL(q‖p_q) = −(L − D(g_q)) ≤ −(L − L*). Finitely many atoms, so nothing is sampled.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.entropic_fictitious_play import EntropicFictitiousPlay, EntropicFlow, Play, gibbs, runge_kutta
from problems.min_max.mean_field_risk import MeanFieldRisk, opposite, planted
from ratecheck import Always, Array, Claim, Draw, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, each

VALUE = Unit(1, 0)
RISKS: Mapping[str, Draw[MeanFieldRisk]] = {"tanh features": planted, "two atoms": opposite}


def duality_gap(p: MeanFieldRisk, s: Play) -> Array:
    return p.value(s.q) - p.dual(p.slopes(s.q))


def divergence(p: MeanFieldRisk, s: Play) -> Array:
    xp = array_namespace(s.q)
    e = p.exponent(p.slopes(s.q))
    top = xp.max(e, axis=-1, keepdims=True)
    log_p = e - top - xp.log(xp.sum(xp.exp(e - top), axis=-1, keepdims=True))
    return p.lam * xp.sum(s.q * (xp.log(s.q) - log_p), axis=-1)


def divergence_from_state(p: MeanFieldRisk, s: Play) -> Array:
    xp = array_namespace(s.q)
    return p.lam * xp.sum(s.q * xp.log(s.q / xp.maximum(s.p, xp.full_like(s.p, 1e-300))), axis=-1)


def excess(p: MeanFieldRisk, s: Play) -> Array:
    return p.gap(s.q)


def plays(p: MeanFieldRisk, s: Play, t: Play) -> Array:
    """q' = (1 − s) q + s p_q"""
    xp = array_namespace(s.q)
    return xp.max(xp.abs(t.q - (1 - s.s) * s.q - s.s * gibbs(p, s.q)), axis=-1) / xp.max(t.q, axis=-1)


def flows(p: MeanFieldRisk, s: Play, t: Play) -> Array:
    """two Runge–Kutta steps of half the length arrive at the same law; t = k h"""
    xp = array_namespace(s.q)
    q = s.q
    for _ in range(2):
        q = runge_kutta(p, q, (t.time - s.time) / 2)
    clock = abs(s.time - s.k * s.s) + abs(t.time - (s.k + 1) * s.s)
    return xp.max(xp.abs(t.q - q), axis=-1) / xp.max(q, axis=-1) + clock


GAP = Claim[MeanFieldRisk, Play](
    source=Source("nitanda2023", "primal-dual gap of the proximal Gibbs law", "efp.gap", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX}),
    instances=RISKS,
    algorithm=EntropicFictitiousPlay(lambda k: 0.1),
    metric=each(duality_gap),
    unit=VALUE,
    bound=lambda k, c: c["divergence"],
    holds=Equal(within=1e-10),
    k=range(60),
    seen={"divergence": Seen(each(divergence), VALUE)},
    laws={"plays": plays},
    rounding=lambda k, c: 1e-13 * c["beta"] * c["H"] ** 2,
    seeds=8,
)
FLOW = replace(
    GAP,
    source=replace(GAP.source, place="convergence of the flow", slug="efp.flow"),
    instances={"warm": partial(planted, lam=0.5), "colder": partial(planted, lam=0.25)},
    algorithm=EntropicFlow(0.0125),
    metric=each(excess),
    bound=lambda k, c: np.exp(-c["t"]) * c["gap0"],
    holds=Always(),
    k=range(80, 480),
    seen={"t": Seen(each(lambda p, s: s.time))},
    laws={"flows": flows},
    seeds=4,
)

THEOREM = Theorem(
    claims={"gap of every law": (GAP, Status.CONSISTENT), "flow": (FLOW, Status.CONSISTENT)},
    foils={
        "half the temperature": (replace(GAP, algorithm=EntropicFictitiousPlay(lambda k: 0.1, temperature=0.5)), Status.UNLAWFUL),
        "half the temperature, in the divergence": (
            replace(
                GAP,
                algorithm=EntropicFictitiousPlay(lambda k: 0.1, temperature=0.5),
                seen={"divergence": Seen(each(divergence_from_state), VALUE)},
                laws={},
            ),
            Status.REFUTED,
        ),
        "twice the divergence": (replace(GAP, bound=lambda k, c: 2 * c["divergence"]), Status.REFUTED),
        "steps too long for a flow": (replace(FLOW, algorithm=EntropicFlow(0.5)), Status.UNLAWFUL),
        "e^{-2t}": (replace(FLOW, bound=lambda k, c: np.exp(-2 * c["t"]) * c["gap0"]), Status.REFUTED),
        "per unit of temperature": (replace(FLOW, bound=lambda k, c: np.exp(-c["t"]) * c["gap0"] / c["lam"]), Status.ILL_POSED),
    },
)
