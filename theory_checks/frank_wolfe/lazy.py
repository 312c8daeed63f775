"""Braun, Pokutta, Zink 2017 (arXiv 1610.05120), lazy Frank–Wolfe: its own estimate bounds the primal gap (derived).

Weak separation of accuracy K ≥ 1, γ_t = min{1, 2(K²+1)/(K(t + K² + 2))}, Φ_0 ≥ h_0, Φ_t = (Φ_{t−1} + C_f γ_t²/2)/(1 + γ_t/K), t from 1:

    h(x_{t+1}) ≤ Φ_t ≤ 2 max{C_f, Φ_0} (K² + 1) / (t + K² + 2) .

A negative answer certifies h ≤ g ≤ Φ_t; a positive one gives h_{t+1} ≤ Φ_{t−1} + C_f γ_t²/2 − γ_t Φ_t/K = Φ_t. Here state k is x_{k+1}.
"""

from dataclasses import replace

import numpy as np
from array_api_compat import array_namespace

from algorithms.frank_wolfe.lazy import LazyFrankWolfe, LazyState
from problems.frank_wolfe.quadratics import Planted, inside_l2_ball, on_cube, on_simplex
from ratecheck import Always, Array, Claim, Constants, Law, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.frank_wolfe._common import TINY, fw_gap, inner, primal_gap, roundoff

K = 2.0


def closed_form(k: Array, c: Constants) -> Array:
    return 2 * np.maximum(c["C_f"], c["h_0"]) * (K**2 + 1) / (k + K**2 + 2)


def answers_truly(p: Planted, s: LazyState, t: LazyState) -> Array:
    """a positive answer gains more than Φ/K; a negative one has g(x) ≤ Φ"""
    xp = array_namespace(s.x)
    g = p.grad(s.x)
    short = xp.where(s.positive, s.target / K - inner(g, s.x - s.v), fw_gap(p, s) - s.target)
    return xp.maximum(short, xp.zeros_like(short)) / s.target


def moves_or_stays(p: Planted, s: LazyState, t: LazyState) -> Array:
    """x_{k+1} = x_k + γ_k (v_k − x_k), γ_k as stated, after a positive answer; else x_k"""
    xp = array_namespace(s.x)
    gamma = min(1.0, 2 * (K * K + 1) / (K * (s.k + 1 + K * K + 2)))
    wanted = xp.where(s.positive[:, None], s.x + gamma * (s.v - s.x), s.x)
    return xp.max(xp.abs(t.x - wanted), axis=-1) / (xp.max(xp.abs(s.v) + xp.abs(s.x), axis=-1) + TINY)


def updates_estimate(p: Planted, s: LazyState, t: LazyState) -> Array:
    """Φ_{k+1} = (Φ_k + C_f γ²/2)/(1 + γ/K), Φ_0 = h_0"""
    wanted = (s.phi + p.constants["C_f"].value * s.gamma**2 / 2) / (1 + s.gamma / K)
    xp, start = array_namespace(wanted), p.constants["h_0"].value
    first = xp.abs(s.phi - start) / start if s.k == 0 else 0 * wanted
    return xp.abs(t.phi - wanted) / wanted + first


LAWS: dict[str, Law[Planted, LazyState]] = {"answers": answers_truly, "moves": moves_or_stays, "estimate": updates_estimate}
PATH = Claim[Planted, LazyState](
    source=Source("braun2017", "Theorem 3.1", "fw.lazy", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT}),
    instances={"simplex": on_simplex, "cube": on_cube, "ball": inside_l2_ball},
    algorithm=LazyFrankWolfe(K),
    laws=LAWS,
    metric=each(primal_gap),
    unit=Unit(f=1),
    bound=lambda k, c: c["phi"],
    holds=Always(),
    k=range(1, 200),
    seen={"phi": Seen(each(lambda p, s: s.phi), Unit(f=1))},
    rounding=roundoff,
)
CLOSED = replace(PATH, metric=each(lambda p, s: s.phi), bound=closed_form, seen={})

THEOREM = Theorem(
    claims={"its own estimate": (PATH, Status.CONSISTENT), "closed form": (CLOSED, Status.CONSISTENT)},
    foils={
        "accuracy 1.5": (replace(PATH, algorithm=LazyFrankWolfe(1.5)), Status.UNLAWFUL),
        "a twentieth of the estimate": (replace(PATH, bound=lambda k, c: c["phi"] / 20), Status.REFUTED),
        "accuracy forgotten": (replace(CLOSED, bound=lambda k, c: closed_form(k, c) / (K**2 + 1)), Status.REFUTED),
        "O(1/t²)": (replace(CLOSED, bound=lambda k, c: closed_form(k, c) / k), Status.REFUTED),
        "no curvature": (replace(CLOSED, bound=lambda k, c: closed_form(k, {**c, "C_f": c["L"]})), Status.ILL_POSED),
    },
)
