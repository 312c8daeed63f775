"""Chen, Tu, Zhao, Zhang 2023: stochastically extended adversarial losses f_t = ⟨ḡ_t + σ ξ_t, x⟩ + λ|x|²/2, and online least squares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

VALUE, LENGTH, SLOPE, CURVATURE = Unit(1, 0), Unit(0, 1), Unit(1, -1), Unit(1, -2)


@dataclass(frozen=True, eq=False)
class ExtendedAdversary:
    """Round t shows the slope c_t: f_t(x) = ⟨c_t, x⟩ + λ|x|²/2 over the ball of radius D/2 (λ = 0), or over the whole space (λ > 0)."""

    c: Array  # (B, T, d)
    lam: float
    radius: float
    x0: Array  # (B, d), zero
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.UNBIASED})

    def grad_at(self, x: Array, k: int, /) -> Array:
        return self.c[:, k, :] + self.lam * x

    def project(self, x: Array, /) -> Array:
        if self.lam > 0:
            return x
        xp = array_namespace(x)
        norm = xp.sqrt(xp.sum(x * x, axis=-1, keepdims=True))
        return x * xp.minimum(xp.ones_like(norm), self.radius / xp.maximum(norm, 1e-300 * xp.ones_like(norm)))


def _slopes(seed: int, T: int, d: int, drift: float, sigma: float, flips: bool) -> Array:
    """ḡ_t = ± drift · (a fixed direction), the sign flipping every round or never; plus σ times a random unit vector."""
    g = np.random.default_rng([seed, 120])
    u, noise = g.standard_normal(d), g.standard_normal((T, d))
    u /= np.linalg.norm(u)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    signs = (-1.0) ** np.arange(T) if flips else np.ones(T)
    return drift * signs[:, None] * u + sigma * noise


def linear(
    seeds: range,
    horizon: int = 300,
    d: Annotated[int, (1, 10)] = 3,
    drift: Annotated[float, (0.0, 2.0)] = 1.0,
    sigma: Annotated[float, (0.0, 2.0)] = 0.0,
    flips: bool = True,
    lam: float = 0.0,
) -> ExtendedAdversary:
    """Over the unit ball, D = 2. σ_t² = σ² and Σ_t² = 4 drift² (flips) or 0, exactly; |c_t| ≤ drift + σ."""
    c = np.stack([_slopes(seed, horizon, d, drift, sigma, flips) for seed in seeds])
    B = len(seeds)
    constants = {
        "D": Certified(2.0, LENGTH, Side.EXACT, "unit ball"),
        "G": Certified(np.full(B, drift + sigma), SLOPE, Side.EXACT, "triangle inequality, λ = 0"),
        "L": Certified(lam, CURVATURE, Side.EXACT, "curvature of the losses"),
        "sigma2": Certified(np.full(B, sigma**2), Unit(2, -2), Side.EXACT, "variance of σ times a unit vector"),
        "drift2": Certified(np.full(B, 4 * drift**2 if flips else 0.0), Unit(2, -2), Side.EXACT, "|ḡ_t − ḡ_{t−1}|², t ≥ 2"),
    }
    return ExtendedAdversary(c, lam, 1.0, np.zeros((B, d)), constants)


def strongly_convex(seeds: range, horizon: int = 600, sigma: float = 1.0, drift: float = 1.0, flips: bool = False) -> ExtendedAdversary:
    """λ = 1, no domain: the regret against the best point is a closed form."""
    return linear(seeds, horizon, 3, drift, sigma, flips, 1.0)


@dataclass(frozen=True, eq=False)
class NoisyRegression:
    """f_t(x) = ½(⟨a_t, x⟩ − b_t)²: f_t(x) − f_t(u) = ⟨g, x − u⟩ − ⟨g, x − u⟩²/(2 r²) with the residual r = ⟨a_t, x⟩ − b_t."""

    a: Array  # (B, T, d)
    b: Array  # (B, T)
    x0: Array  # (B, d), zero
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX})

    def residual(self, x: Array, k: int, /) -> Array:
        return array_namespace(x).sum(self.a[:, k, :] * x, axis=-1) - self.b[:, k]

    def grad_at(self, x: Array, k: int, /) -> Array:
        return self.residual(x, k)[:, None] * self.a[:, k, :]


def regression(
    seeds: range, horizon: int = 400, d: Annotated[int, (1, 10)] = 3, noise: Annotated[float, (0.0, 0.45)] = 0.3
) -> NoisyRegression:
    """|a_t| = 1, b_t = ⟨a_t, u⟩ + noise · U(−1, 1), |u| = ½."""
    a, b = [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 121])
        u, row = g.standard_normal(d), g.standard_normal((horizon, d))
        row /= np.linalg.norm(row, axis=1, keepdims=True)
        a.append(row)
        b.append(row @ (0.5 * u / np.linalg.norm(u)) + noise * g.uniform(-1, 1, horizon))
    constants = {"d": Certified(float(d), Unit(), Side.EXACT, "dimension")}
    return NoisyRegression(np.stack(a), np.stack(b), np.zeros((len(a), d)), constants)
