"""An operator that is monotone near its zero only: leaving the neighbourhood is possible, and then for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.min_max.linear_operators import CURVATURE, LENGTH, STEP, times
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class LocalSpiral:
    """V(z) = A (z − z*) (1 − ‖z − z*‖²/(2 r²)), A = α (I + K) with K skew; each call adds σ N(0, I)/√n."""

    A: Array  # (B, n, n)
    sigma: Array  # (B,)
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    r: Array  # (B,) radius of the neighbourhood U
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH, Trait.UNBIASED})

    def apply(self, z: Array, /) -> Array:
        d = z - self.x_star
        shrink = 1 - array_namespace(d).sum(d * d, axis=-1) / (2 * self.r**2)
        return shrink[:, None] * times(self.A, d)


def local_spiral(
    seeds: range,
    sigma: Annotated[float, (0.01, 1.0)] = 0.3,
    turn: Annotated[float, (0.0, 2.0)] = 1.0,
    start: Annotated[float, (0.0, 0.25)] = 0.25,
) -> LocalSpiral:
    """α = 2 and r = 1 in four dimensions; the start is `start` r away; g = 2/α_U with α_U = α/2, b = 8 L g."""
    A, x0, star = [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 67])
        K = g.standard_normal((4, 4))
        K -= K.T
        A.append(2 * (np.eye(4) + turn * K / np.linalg.norm(K, 2)))
        z, d = g.standard_normal(4), g.standard_normal(4)
        star.append(z)
        x0.append(z + start * d / np.linalg.norm(d))
    B, L = len(A), 2 * sqrt(1 + turn**2)

    def rows(value: float, unit: Unit, side: Side, proof: str) -> Certified:
        return Certified(np.full(B, value), unit, side, proof)

    constants = {
        "alpha": rows(1.0, CURVATURE, Side.EXACT, "⟨V, d⟩/‖d‖² = α(1 − ‖d‖²/(2r²)), least at ‖d‖ = r: α/2"),
        "M": rows(L * sqrt(2 / 3) * 2 / 3, Unit(1, -1), Side.UPPER, "‖A‖ times the largest s(1 − s²/(2r²)), at s = r√(2/3)"),
        "r": rows(1.0, LENGTH, Side.EXACT, "chosen"),
        "sigma": rows(sigma, Unit(1, -1), Side.EXACT, "variance of the Gaussian noise"),
        "g": rows(2.0, STEP, Side.EXACT, "chosen"),
        "b": rows(16 * L, Unit(), Side.EXACT, "chosen"),
    }
    return LocalSpiral(np.stack(A), np.full(B, sigma), np.stack(x0), np.stack(star), np.ones(B), constants)
