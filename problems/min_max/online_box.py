"""Wang, Li, Karimi, Li 2021: gradient streams over a box for optimistic AMSGrad, and a nonconvex stochastic function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class GradientStream:
    """g_t given, linear losses over the box |w_i| ≤ side/2; h_0 > 0 keeps the metric away from 0."""

    g: Array  # (B, T, d)
    side: float
    x0: Array  # (B, d), zero
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.COMPACT})

    def grad_at(self, w: Array, k: int, /) -> Array:
        return self.g[:, k, :]

    def project(self, w: Array, /) -> Array:
        return array_namespace(w).clip(w, -self.side / 2, self.side / 2)


def _stream(g: list[Array], side: float) -> GradientStream:
    stacked = np.stack(g)
    B, _, d = stacked.shape
    constants = {
        "D": Certified(np.full(B, side), Unit(0, 1), Side.EXACT, "side of the box"),
        "G": Certified(np.abs(stacked).max(axis=(1, 2)), Unit(1, -1), Side.EXACT, "largest entry of a gradient"),
        "d": Certified(float(d), Unit(), Side.EXACT, "dimension"),
    }
    return GradientStream(stacked, side, np.zeros((B, d)), constants)


def noise(seeds: range, horizon: int = 400, d: Annotated[int, (1, 20)] = 6, side: Annotated[float, (0.1, 10.0)] = 2.0) -> GradientStream:
    """Independent normal gradients."""
    return _stream([np.random.default_rng([seed, 130]).standard_normal((horizon, d)) for seed in seeds], side)


def cosine(seeds: range, horizon: int = 400, d: int = 6, side: float = 2.0, speed: Annotated[float, (0.01, 3.2)] = 0.05) -> GradientStream:
    """cos(speed · t + random phases): slow, so that the last gradient is a good guess."""
    phases = [np.random.default_rng([seed, 131]).uniform(0, 6.28, d) for seed in seeds]
    return _stream([np.cos(speed * np.arange(horizon)[:, None] + phase) for phase in phases], side)


def flips(seeds: range, horizon: int = 400, d: int = 6, side: float = 2.0) -> GradientStream:
    """(−1)^t times a fixed random vector: the last gradient is the worst guess."""
    vectors = [0.5 + np.random.default_rng([seed, 132]).random(d) for seed in seeds]
    return _stream([(-1.0) ** np.arange(horizon)[:, None] * v for v in vectors], side)


@dataclass(frozen=True, eq=False)
class Waves:
    """f(w) = Σ (1 − cos w_i) + 0.05|w|², gradients with normal noise; row b has its own horizon T_b."""

    horizon: Array  # (B,)
    noise: float
    x0: Array  # (B, d)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH, Trait.UNBIASED})

    def grad(self, w: Array, /) -> Array:
        return array_namespace(w).sin(w) + 0.1 * w


def waves(seeds: range, d: int = 10, sigma: float = 0.5, longest: int = 1200) -> Waves:
    """T from 100 to `longest` over six values; a random start of size 2."""
    s = np.array(seeds)
    T = np.rint(100 * (longest / 100) ** ((s % 6) / 5))
    x0 = np.stack([2 * np.random.default_rng([int(seed), 133]).standard_normal(d) for seed in seeds])
    constants = {
        "T": Certified(T, Unit(), Side.EXACT, "chosen: horizon of the row"),
        "d": Certified(float(d), Unit(), Side.EXACT, "dimension"),
    }
    return Waves(T, sigma, x0, constants)
