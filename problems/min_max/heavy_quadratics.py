"""Sadiev et al. 2023: convex quadratics in the plane with heavy-tailed gradients, many replicas a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

MARGIN = 0.05  # the radius has moments of order below α + MARGIN


@dataclass(frozen=True, eq=False)
class HeavyQuadratic:
    """f(z) = ½ Σ h_i z_i², f* = 0; noise of uniform direction and radius c U^{−1/(α + 0.05)}."""

    h: Array  # (B, 2)
    x0: Array  # (B, n, 2)
    scale: Array  # (B,), c with E radius^α = σ^α
    alpha: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.UNBIASED})

    def value(self, z: Array, /) -> Array:
        """(B, n, 2) -> (B, n)."""
        return 0.5 * array_namespace(z).sum(self.h[:, None, :] * z * z, axis=-1)

    def field(self, z: Array, /) -> Array:
        """The gradient, (B, n, 2)."""
        return self.h[:, None, :] * z

    def disturbance(self, normals: Array, uniforms: Array, /) -> Array:
        """(B, n, 2), (B, n) -> (B, n, 2)."""
        xp = array_namespace(normals)
        unit = normals / xp.sqrt(xp.sum(normals * normals, axis=-1, keepdims=True))
        return (self.scale[:, None] * (1 - uniforms) ** (-1 / (self.alpha[:, None] + MARGIN)))[:, :, None] * unit


def quadratic(
    seeds: range,
    alpha: Annotated[float, (1.05, 2.0)] = 1.5,
    sigma: Annotated[float, (0.0, 2.0)] = 0.5,
    flat: Annotated[float, (1e-4, 1.0)] = 0.01,
    replicas: int = 1,
    horizons: tuple[int, ...] = (300,),
) -> HeavyQuadratic:
    """Curvatures (1, flat), start at distance 1, mostly along the flat direction; row s has K = horizons[s mod ...]."""
    B = len(seeds)
    angle = np.stack([np.random.default_rng([seed, 71]).uniform(-0.5, 0.5) for seed in seeds])
    x0 = np.repeat(np.stack([np.sin(angle), np.cos(angle)], axis=1)[:, None, :], replicas, axis=1)
    K = np.array([float(horizons[seed % len(horizons)]) for seed in seeds])
    constants = {
        "alpha": Certified(np.full(B, alpha), Unit(), Side.EXACT, "chosen: order of the bounded moment"),
        "sigma": Certified(np.full(B, sigma), Unit(1, -1), Side.EXACT, "E radius^α = c^α (α + 0.05)/0.05 = σ^α"),
        "K": Certified(K, Unit(), Side.EXACT, "chosen: horizon of the row"),
        "L": Certified(np.ones(B), Unit(1, -2), Side.EXACT, "largest curvature"),
        "R": Certified(np.ones(B), Unit(0, 1), Side.EXACT, "|z_0 − z*|, z* = 0"),
    }
    scale = np.full(B, sigma * (MARGIN / (alpha + MARGIN)) ** (1 / alpha))
    return HeavyQuadratic(np.tile([1.0, flat], (B, 1)), x0, scale, np.full(B, alpha), constants)
