"""Hsieh, Antonakopoulos, Cevher, Mertikopoulos 2022: min_x max_y L x y, each player hearing its gradient with its own noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

STEP, LENGTH, FORCE, CURVATURE = Unit(-1, 2), Unit(0, 1), Unit(1, -1), Unit(1, -2)


@dataclass(frozen=True, eq=False)
class NoisyBilinear:
    """V(z) = L (y, −x); player i hears (1 + σ_M ε_i) V_i + σ_A ε'_i, all ε fair signs, independent."""

    L: Array  # (B,)
    sigma_M: Array  # (B,)
    sigma_A: Array  # (B,)
    x0: Array  # (B, 2)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.MONOTONE, Trait.BILINEAR, Trait.UNBIASED})

    @property
    def x_star(self) -> Array:  # (B, 2)
        return 0 * self.x0

    def field(self) -> Array:  # (B, 2, 2), the matrix of V
        xp = array_namespace(self.L)
        zero = 0 * self.L
        return xp.stack([xp.stack([zero, self.L], axis=-1), xp.stack([-self.L, zero], axis=-1)], axis=-2)

    def apply(self, z: Array, /) -> Array:  # (B, 2) -> (B, 2), V
        xp = array_namespace(z)
        return xp.squeeze(xp.matmul(self.field(), z[:, :, None]), axis=-1)


def separated(
    seeds: range,
    L: Annotated[float, (0.1, 10.0)] = 1.0,
    sigma_M: Annotated[float, (0.1, 2.0)] = 0.5,
    sigma_A: Annotated[float, (0.0, 2.0)] = 0.0,
    R: Annotated[float, (0.1, 10.0)] = 1.0,
    dual: bool = False,
    shorter: Annotated[float, (1.0, 20.0)] = 1.0,
) -> NoisyBilinear:
    """Steps γ, η at equality in the conditions (N = 2) of OG+, or of OptDA+ (`dual`); γ and η divided by `shorter`."""
    B, m = len(seeds), sigma_M**2
    if dual:
        gamma = min(1 / np.sqrt(6 * (1 + m)), 1 / (9 * m)) / (2 * L) / shorter
        eta = gamma / (4 * (1 + m))
    else:
        gamma = min(1 / (3 * np.sqrt(4 * (1 + m))), 1 / (18 * m)) / L / shorter
        eta = gamma / (2 * (1 + m))
    angle = np.array([2 * np.pi * ((seed * 0.6180339887498949) % 1.0) for seed in seeds])
    x0 = np.stack([np.cos(angle), np.sin(angle)], axis=-1)

    def rows(value: float, unit: Unit, proof: str) -> Certified:
        return Certified(np.full(B, value), unit, Side.EXACT, proof)

    constants = {
        "L": rows(L, CURVATURE, "each player's gradient is L times the other's action"),
        "sigma_M": rows(sigma_M, Unit(), "E ε² = 1"),
        "sigma_A": rows(sigma_A, FORCE, "E ε² = 1"),
        "R": rows(R, LENGTH, "radius of the comparators, chosen"),
        "d": rows(1.0, LENGTH, "‖X_1‖, the only equilibrium is 0"),
        "gamma": rows(gamma, STEP, "chosen: long step of the extrapolation"),
        "eta": rows(eta, STEP, "chosen: short step of the update"),
    }
    return NoisyBilinear(np.full(B, L), np.full(B, sigma_M), np.full(B, sigma_A), x0, constants)
