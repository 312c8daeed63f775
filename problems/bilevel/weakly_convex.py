"""Lower levels that are only weakly convex, with their Moreau envelope in y: sines and a scalar quadratic of any sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.batched import dot
from ratecheck import Array, Certified, Side, Trait, Unit

HALVINGS, NEWTON = 12, 5


@dataclass(frozen=True, eq=False)
class Sines:
    """F = (x − a)² + ‖y − a e − c‖²,   φ = Σ sin(x + y_i − c_i): 1-smooth and 1-weakly convex in y; x is one number."""

    a: Array  # (B,)
    c: Array  # (B, m)
    gamma: Array  # (B,) of the envelope, below 1
    x0: Array  # (B, 1)
    y0: Array  # (B, m)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.WEAKLY_CONVEX, Trait.SMOOTH})

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return 2 * (x - self.a[:, None])

    def upper_y(self, x: Array, y: Array, /) -> Array:
        return 2 * (y - self.a[:, None] - self.c)

    def lower(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.sum(xp.sin(x + y - self.c), axis=-1)

    def lower_x(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.sum(xp.cos(x + y - self.c), axis=-1, keepdims=True)

    def lower_y(self, x: Array, y: Array, /) -> Array:
        return array_namespace(x).cos(x + y - self.c)

    def prox(self, x: Array, y: Array, /) -> Array:
        """argmin_θ φ(x, θ) + ‖θ − y‖²/(2γ), by bisection in |θ_i − y_i| ≤ γ, then Newton; for γ ≥ 1 some stationary point."""
        xp = array_namespace(x)
        gamma = self.gamma[:, None]
        low, high = y - gamma, y + gamma
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            below = xp.cos(x + middle - self.c) + (middle - y) / gamma < 0
            low, high = xp.where(below, middle, low), xp.where(below, high, middle)
        theta = 0.5 * (low + high)
        for _ in range(NEWTON):
            u = x + theta - self.c
            theta = theta - (xp.cos(u) + (theta - y) / gamma) / (1 / gamma - xp.sin(u))
        return theta

    def envelope(self, x: Array, y: Array, /) -> Array:
        theta = self.prox(x, y)
        return self.lower(x, theta) + dot(theta - y, theta - y) / (2 * self.gamma)


@dataclass(frozen=True, eq=False)
class Parabola:
    """φ = (s/2) y² with s = ±1; it does not depend on x."""

    s: Array  # (B,)
    gamma: Array  # (B,)
    x0: Array  # (B, 1)
    y0: Array  # (B, 1)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.WEAKLY_CONVEX, Trait.SMOOTH})

    def lower(self, x: Array, y: Array, /) -> Array:
        return 0.5 * self.s * dot(y, y)

    def lower_x(self, x: Array, y: Array, /) -> Array:
        return 0 * x

    def lower_y(self, x: Array, y: Array, /) -> Array:
        return self.s[:, None] * y

    def prox(self, x: Array, y: Array, /) -> Array:
        return y / (1 + self.gamma * self.s)[:, None]

    def envelope(self, x: Array, y: Array, /) -> Array:
        return 0.5 * (self.s / (1 + self.gamma * self.s)) * dot(y, y)


def constants(gamma: Array) -> Mapping[str, Certified]:
    return {
        "L": Certified(1.0, Unit(1, -2), Side.EXACT, "|φ''| ≤ 1"),
        "rho": Certified(1.0, Unit(1, -2), Side.EXACT, "φ'' ≥ −1"),
        "gamma": Certified(gamma, Unit(-1, 2), Side.EXACT, "chosen"),
    }


def sines(
    seeds: range,
    m: Annotated[int, (1, 20)] = 2,
    low: Annotated[float, (0.01, 0.4)] = 0.05,
    high: Annotated[float, (0.41, 0.49)] = 0.49,
) -> Sines:
    """γ uniform on [low, high], a = c = 2, starts at random."""
    B = len(seeds)
    g = [np.random.default_rng([seed, 84]) for seed in seeds]
    gamma, x0 = np.array([r.uniform(low, high) for r in g]), np.array([r.normal(0, 1, 1) for r in g])
    y0 = np.array([r.normal(0, 1, m) for r in g])
    return Sines(np.full(B, 2.0), np.full((B, m), 2.0), gamma, x0, y0, constants(gamma))


def kinked(seeds: range) -> Sines:
    """γ = 3 > 1/ρ, started where the proximal point is not unique."""
    p = sines(seeds, 1)
    return Sines(p.a, p.c, 0 * p.gamma + 3.0, 0 * p.x0, 0 * p.y0 + 2 + np.pi / 2, constants(0 * p.gamma + 3.0))


def parabola(seeds: range, s: Annotated[float, (-1.0, 1.0)] = 1.0) -> Parabola:
    """γ uniform on [0.05, 0.49]."""
    g = [np.random.default_rng([seed, 85]) for seed in seeds]
    gamma, y0 = np.array([r.uniform(0.05, 0.49) for r in g]), np.array([r.normal(0, 1, 1) for r in g])
    return Parabola(np.full(len(seeds), s), gamma, 0 * y0, y0, constants(gamma))
