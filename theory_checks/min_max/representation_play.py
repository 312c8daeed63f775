"""Uzan, Weinberger 2024, the incremental algorithm, on the linear game: the value of the mixture tends to t*; rate derived.

The paper's algorithm adds one representation at a time to the mixture, against a smoothed worst response, without a rate.
On the linear game with μ > 0, W_0 any E[I − P], A_k ∝ exp(M^{1/2}W_kM^{1/2}/μ), P_k the best projection against A_k and
W_{k+1} = W_k + 2/(k+2) (I − P_k − W_k):       λ_max(M^{1/2}W_kM^{1/2}) − t*  ≤  μ ln d + 2 λ_1²/(μ (k+2)),   k ≥ 1.
Why: this is Frank–Wolfe over the Fantope on μ ln tr exp(·/μ), which is 1/μ-smooth in the spectral norm, lies between λ_max and
λ_max + μ ln d, and ‖M^{1/2}(W − W')M^{1/2}‖ ≤ λ_1 on the Fantope.
"""

from dataclasses import replace
from functools import partial
from math import log

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.representation_responses import Play, SmoothedPlay, whitened
from problems.min_max.representation import F, RepresentationGame, planted
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, each

HORIZON = 300


def _half(p: RepresentationGame) -> Array:
    _, lam, v = whitened(p)
    xp = array_namespace(lam)
    return xp.matmul(v * xp.sqrt(lam)[:, None, :], xp.matrix_transpose(v))


def excess(p: RepresentationGame, s: Play) -> Array:
    xp = array_namespace(s.W)
    half = _half(p)
    return xp.linalg.eigvalsh(xp.matmul(half, xp.matmul(s.W, half)))[:, -1] - p.t_star


def adds_the_best_projection(p: RepresentationGame, s: Play, t: Play) -> Array:
    """P maximises ⟨M^{1/2} A M^{1/2}, P⟩ over projections of rank r, A ∝ exp(M^{1/2}WM^{1/2}/μ), W' = W + 2/(k+2) (I − P − W)."""
    xp = array_namespace(s.W)
    half = _half(p)
    G = xp.matmul(half, xp.matmul(s.A, half))
    short = xp.sum(xp.linalg.eigvalsh(G)[:, -p.rank :], axis=-1) / xp.sum(G * s.P, axis=(-2, -1)) - 1
    X = xp.matmul(half, xp.matmul(s.W, half)) / s.mu[:, None, None]
    w, u = xp.linalg.eigh(X)
    e = xp.exp(w - w[:, -1:])
    A = xp.matmul(u * (e / xp.sum(e, axis=-1, keepdims=True))[:, None, :], xp.matrix_transpose(u))
    eye = xp.eye(s.W.shape[-1], dtype=s.W.dtype)[None, :, :]
    gap = t.W - s.W - 2 / (s.k + 2) * (eye - s.P - s.W)
    return xp.abs(short) + xp.max(xp.abs(gap), axis=(-2, -1)) + xp.max(xp.abs(A - s.A), axis=(-2, -1))


def mixes(p: RepresentationGame, s: Play, t: Play) -> Array:
    """W = E[I − P]: 0 ≤ W ≤ I, tr W = d − r"""
    xp = array_namespace(s.W)
    e = xp.linalg.eigvalsh(s.W)
    zero = xp.zeros_like(e)
    outside = xp.max(xp.maximum(-e, zero) + xp.maximum(e - 1, zero), axis=-1)
    return outside + xp.abs(xp.sum(e, axis=-1) / (e.shape[-1] - p.rank) - 1)


def bound(k: Array, c: Constants) -> Array:
    return c["mu"] * np.log(c["d"]) + 2 * c["lam_1"] ** 2 / (c["mu"] * (k + 2))


def balanced(horizon: float) -> SmoothedPlay:
    """μ that balances both terms at the horizon."""
    return SmoothedPlay(lambda top, d: top * (2 / (log(d) * horizon)) ** 0.5)


CLAIM = Claim[RepresentationGame, Play](
    source=Source("uzan2024", "the incremental algorithm, rate derived", "rep.iter", Statement.DERIVED),
    assumes=frozenset(),
    instances={"4 to 2": partial(planted, d=4, rank=2, decay=0.3), "8 to 4": partial(planted, d=8, rank=4, decay=0.3)},
    algorithm=balanced(HORIZON),
    metric=each(excess),
    unit=F,
    bound=bound,
    holds=Always(),
    k=range(1, HORIZON),
    seen={"mu": Seen(each(lambda p, s: s.mu), F)},
    laws={"best projection": adds_the_best_projection, "mixture": mixes},
    rounding=lambda k, c: 1e-13 * c["lam_1"],
    seeds=4,
)

THEOREM = Theorem(
    claims={"smoothed play": (CLAIM, Status.CONSISTENT)},
    foils={
        "step 1/(k+2)": (replace(CLAIM, algorithm=replace(balanced(HORIZON), step=lambda k: 1 / (k + 2))), Status.UNLAWFUL),
        "step 1": (replace(CLAIM, algorithm=replace(balanced(HORIZON), step=lambda k: 1.0), laws={}), Status.REFUTED),
        "a twentieth": (replace(CLAIM, bound=lambda k, c: bound(k, c) / 20), Status.REFUTED),
        "no smoothing error, O(1/k²)": (replace(CLAIM, bound=lambda k, c: 2 * c["lam_1"] / (k + 2) ** 2), Status.REFUTED),
        "lambda_1 for its square": (replace(CLAIM, bound=lambda k, c: c["mu"] + 2 * c["lam_1"] / (c["mu"] * (k + 2))), Status.ILL_POSED),
    },
)
