"""A scalar lower level that is concave where the iteration starts and strongly convex where it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Escape:
    """∂_yy g = −b + (a + b) σ((y − 1)/w) with σ the logistic function, ∂_yx g = −1;  f = ½ (y − 3)².  One coordinate each."""

    a: Array  # (B, 1) curvature for y ≫ 1
    b: Array  # (B, 1) minus the curvature for y ≪ 1
    w: Array  # (B, 1) width of the transition
    x0: Array  # (B, 1)
    y0: Array  # (B, 1)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH})

    def upper(self, x: Array, y: Array, /) -> Array:
        return 0.5 * (y[:, 0] - 3) ** 2

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return 0 * x

    def upper_y(self, x: Array, y: Array, /) -> Array:
        return y - 3

    def lower_y(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(y)
        u = (y - 1) / self.w
        softplus = xp.maximum(u, 0 * u) + xp.log1p(xp.exp(-xp.abs(u)))
        return -self.b * y + (self.a + self.b) * self.w * softplus - x

    def curvature(self, y: Array, /) -> Array:
        u = 0.5 * (y - 1) / self.w
        return -self.b + (self.a + self.b) * 0.5 * (1 + array_namespace(y).tanh(u))

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        return self.curvature(y) * v

    def cross(self, x: Array, y: Array, u: Array, /) -> Array:
        return -u

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        return -v

    def cross_block(self, x: Array, y: Array, /) -> Array:
        return -array_namespace(y).ones_like(y)[:, :, None]


def escape(
    seeds: range,
    a: Annotated[float, (0.1, 1.0)] = 0.5,
    b: Annotated[float, (0.5, 1.0)] = 1.0,
    steps: Annotated[int, (1, 6)] = 3,
) -> Escape:
    """L = max(a, b); y0 is such that gradient steps of length 1/L leave the concave part after about `steps` of them."""
    B = len(seeds)
    L = max(a, b)
    y0 = np.array([np.random.default_rng([seed, 81]).uniform(1.2, 1.9, 1) for seed in seeds]) / (1 + b / L) ** steps
    curvature = Unit(1, -2)
    constants = {
        "L": Certified(L, curvature, Side.EXACT, "−b < ∂_yy g < a"),
        "alpha": Certified(0.98 * a, curvature, Side.EXACT, "the modulus asked for; the hypothesis checks it at the iterates"),
    }
    return Escape(np.full((B, 1), a), np.full((B, 1), b), np.full((B, 1), 0.02), np.zeros((B, 1)), y0, constants)
