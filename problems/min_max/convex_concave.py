"""Khalafi, Boob 2023: min_x max_y f(x) + ⟨Kx, y⟩ − g(y), f a smooth convex quadratic, g(y) = ⟨b, y⟩ + μ‖y‖²/2; planted saddle point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.min_max.linear_operators import CURVATURE, LENGTH, times
from ratecheck import Array, Certified, Side, Trait


@dataclass(frozen=True, eq=False)
class ConvexConcave:
    """f(x) = ½ (x − c)ᵀ H (x − c)."""

    H: Array  # (B, n, n)
    c: Array  # (B, n)
    K: Array  # (B, m, n)
    b: Array  # (B, m)
    mu: Array  # (B,)
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX_CONCAVE, Trait.SMOOTH})

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n), of f
        return times(self.H, x - self.c)

    def couple(self, x: Array, /) -> Array:  # (B, n) -> (B, m), K x
        return times(self.K, x)

    def adjoint(self, y: Array, /) -> Array:  # (B, m) -> (B, n), Kᵀ y
        return times(array_namespace(y).matrix_transpose(self.K), y)

    def respond(self, v: Array, y: Array, weight: Array, /) -> Array:  # argmax_u ⟨v, u⟩ − g(u) − weight ‖u − y‖²/2
        return (v - self.b + weight[:, None] * y) / (self.mu + weight)[:, None]

    def gap(self, x: Array, y: Array, /) -> Array:  # max_u L(x, u) − L(x*, y) >= 0
        xp = array_namespace(x)
        d = x - self.x_star
        v, e = self.couple(d), y - (self.couple(self.x_star) - self.b) / self.mu[:, None]  # y − y*
        # around the saddle point, where ∇f(x*) = −Kᵀy*, the terms of first order cancel
        return (xp.sum(d * times(self.H, d), axis=-1) + xp.sum(v * v, axis=-1) / self.mu + self.mu * xp.sum(e * e, axis=-1)) / 2


def quadratic(
    seeds: range,
    n: Annotated[int, (2, 40)] = 12,
    m: Annotated[int, (1, 30)] = 8,
    mu: Annotated[float, (1e-3, 10.0)] = 0.1,
    coupling: Annotated[float, (0.01, 10.0)] = 1.0,
    decades: Annotated[float, (0.0, 8.0)] = 2.0,
) -> ConvexConcave:
    """L_f = 1 with a log-uniform spectrum down to 10^−decades, a quarter of it zero; ‖K‖ = coupling; ‖x_0 − x*‖ = 1."""
    parts = []
    for seed in seeds:
        g = np.random.default_rng([seed, 41])
        Q = np.linalg.qr(g.standard_normal((n, n)))[0]
        s = np.r_[1.0, 10.0 ** (-decades * g.random(n - 1))]
        s[n - n // 4 :] = 0.0
        H = (Q * s) @ Q.T
        K = g.standard_normal((m, n))
        K *= coupling / np.linalg.norm(K, 2)
        star, y, d = g.standard_normal(n), g.standard_normal(m), g.standard_normal(n)
        flat = Q[:, s == 0]
        # H (x* − c) + Kᵀ y* = 0 needs Kᵀ y* in the range of H: remove the flat part from y*
        if flat.size:
            F = (K @ flat).T
            y = y - np.linalg.lstsq(F, F @ y, rcond=None)[0]
        c = star + np.linalg.pinv(H, rcond=1e-12) @ (K.T @ y)
        b = K @ star - mu * y
        parts.append((H, c, K, b, star + d / np.linalg.norm(d), star))
    H, c, K, b, x0, star = (np.stack(a) for a in zip(*parts, strict=True))
    return _certified(H, c, K, b, np.full(len(x0), mu), x0, star, coupling)


def flat_spectrum(seeds: range, decades: Annotated[float, (2.0, 10.0)] = 8.0, n: Annotated[int, (20, 200)] = 60) -> ConvexConcave:
    """H diagonal, equidistributed in log from 1 to 10^−decades; x_0 − x* the same in every coordinate; coupling 10⁻⁹."""
    B = len(seeds)
    s = 10.0 ** -np.linspace(0.0, decades, n)
    H = np.stack([np.diag(s)] * B)
    star = np.zeros((B, n))
    x0 = np.stack([np.random.default_rng([seed, 42]).choice([-1.0, 1.0], n) / np.sqrt(n) for seed in seeds])
    K = np.zeros((B, 1, n))
    K[:, 0, 0] = 1e-9
    return _certified(H, star, K, np.zeros((B, 1)), np.ones(B), x0, star, 1e-9)


def _certified(H: Array, c: Array, K: Array, b: Array, mu: Array, x0: Array, star: Array, coupling: float) -> ConvexConcave:
    B = len(x0)
    constants = {
        "L_f": Certified(np.ones(B), CURVATURE, Side.EXACT, "largest eigenvalue of H, planted"),
        "mu": Certified(mu, CURVATURE, Side.EXACT, "g(y) = ⟨b, y⟩ + μ‖y‖²/2"),
        "K": Certified(np.full(B, coupling), CURVATURE, Side.EXACT, "largest singular value of K, planted"),
        "R": Certified(np.linalg.norm(x0 - star, axis=-1), LENGTH, Side.EXACT, "‖x_1 − x*‖, x* planted"),
    }
    return ConvexConcave(H, c, K, b, mu, x0, star, constants)
