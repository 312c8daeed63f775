"""Nitanda, Oko, Wu, Takenouchi, Suzuki 2023: entropy-regularised empirical risk over laws of a parameter, on finitely many atoms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class MeanFieldRisk:
    """L(q) = (1/n) Σ ½(h_q(x_i) − y_i)² + ⟨r, q⟩ + λ Σ q ln q over the simplex, h_q = H q; q* planted by the choice of r."""

    H: Array  # (B, n, M), h_θ(x_i)
    y: Array  # (B, n)
    r: Array  # (B, M)
    lam: Array  # (B,)
    q_star: Array  # (B, M)
    x0: Array  # (B, M)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.SMOOTH})

    def output(self, q: Array, /) -> Array:
        xp = array_namespace(q)
        return xp.squeeze(xp.matmul(self.H, q[:, :, None]), axis=-1)

    def slopes(self, q: Array, /) -> Array:
        """g_q = ℓ'(h_q), (B, M) -> (B, n)."""
        return self.output(q) - self.y

    def value(self, q: Array, /) -> Array:
        xp = array_namespace(q)
        g = self.slopes(q)
        logs = xp.log(xp.maximum(q, xp.full_like(q, 1e-300)))  # 0 ln 0 = 0
        return 0.5 * xp.mean(g * g, axis=-1) + xp.sum(q * (self.r + self.lam[:, None] * logs), axis=-1)

    def exponent(self, g: Array, /) -> Array:
        """(B, n) -> (B, M): −(Hᵀg/n + r)/λ."""
        xp = array_namespace(g)
        return -(xp.squeeze(xp.matmul(g[:, None, :], self.H), axis=1) / g.shape[-1] + self.r) / self.lam[:, None]

    def dual(self, g: Array, /) -> Array:
        """D(g) = −(1/n) Σ (½ g_i² + g_i y_i) − λ ln Σ exp(−(Hᵀg/n + r)/λ)."""
        xp = array_namespace(g)
        e = self.exponent(g)
        top = xp.max(e, axis=-1)
        return -xp.mean(0.5 * g * g + g * self.y, axis=-1) - self.lam * (top + xp.log(xp.sum(xp.exp(e - top[:, None]), axis=-1)))

    def gap(self, q: Array, /) -> Array:
        """L(q) − L*, as a Bregman divergence: no cancellation near the optimum."""
        xp = array_namespace(q)
        d = self.output(q - self.q_star)
        return 0.5 * xp.mean(d * d, axis=-1) + self.lam * xp.sum(
            q * xp.log(xp.maximum(q / self.q_star, xp.full_like(q, 1e-300))) - q + self.q_star, axis=-1
        )


def _risk(H: Array, y: Array, q: Array, q0: Array, lam: float) -> MeanFieldRisk:
    """r = −λ ln q* − Hᵀ(H q* − y)/n: then q* is its own proximal Gibbs law."""
    B, n, _ = H.shape
    slope = (H @ q[:, :, None])[:, :, 0] - y
    r = -lam * np.log(q) - (slope[:, None, :] @ H)[:, 0] / n
    constants = {
        "beta": Certified(1.0, Unit(1, -2), Side.EXACT, "the loss is ½(h − y)²"),
        "H": Certified(np.abs(H).max(axis=(1, 2)), Unit(0, 1), Side.EXACT, "largest |h_θ(x_i)|"),
        "lam": Certified(np.full(B, lam), Unit(1, 0), Side.EXACT, "chosen: temperature"),
    }
    problem = MeanFieldRisk(H, y, r, np.full(B, lam), q, q0, constants)
    start = Certified(problem.gap(q0), Unit(1, 0), Side.EXACT, "L(q_0) − L(q*), q* planted")
    return MeanFieldRisk(H, y, r, np.full(B, lam), q, q0, {**constants, "gap0": start})


def planted(
    seeds: range, M: Annotated[int, (3, 200)] = 60, n: Annotated[int, (1, 40)] = 10, lam: Annotated[float, (0.005, 1.0)] = 0.05
) -> MeanFieldRisk:
    """h = tanh of a random feature, a random full-support optimum, uniform start."""
    parts = []
    for seed in seeds:
        g = np.random.default_rng([seed, 17])
        features, theta = g.standard_normal((n, 3)), 2 * g.standard_normal((3, M))
        parts.append((np.tanh(features @ theta), g.standard_normal(n), g.dirichlet(np.full(M, 2.0)) * 0.99 + 0.01 / M))
    H, y, q = (np.stack(p) for p in zip(*parts, strict=True))
    return _risk(H, y, q, np.full(q.shape, 1 / M), lam)


def opposite(seeds: range, n: Annotated[int, (1, 40)] = 4, lam: Annotated[float, (1e-3, 0.1)] = 0.01) -> MeanFieldRisk:
    """Two atoms ±(signs), the optimum in the middle, a start near the first: every step overshoots."""
    signs = np.stack([np.where(np.random.default_rng([seed, 18]).random(n) < 0.5, -1.0, 1.0) for seed in seeds])
    B = len(seeds)
    half, start = np.full((B, 2), 0.5), np.tile([0.99, 0.01], (B, 1))
    return _risk(np.stack([signs, -signs], axis=2), np.zeros((B, n)), half, start, lam)
