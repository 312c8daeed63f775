"""Games with bounded forces for players who adapt to what they hear: a rotation that saturates, and an opponent who turns around."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.min_max.linear_operators import LENGTH
from ratecheck import Array, Certified, Side, Trait, Unit

FORCE = Unit(1, -1)


@dataclass(frozen=True, eq=False)
class SaturatedRotation:
    """V(z) = (‖z‖ z + J z)/(1 + ‖z‖²), J z = (z_2, −z_1): V = (−J + ∇φ)⁻¹ with φ'(s) = s²/√(1 − s²) on the unit ball.

    So V is monotone with the only zero 0, ‖V‖ = r/√(1 + r²) < 1, and near 0 it is the bilinear game x y up to second order.
    Each player has one coordinate, hence a convex loss. Player i hears (1 + σ_M ε_i) V_i + σ_A ε'_i, fair signs.
    """

    sigma_M: Array  # (B,)
    sigma_A: Array  # (B,)
    x0: Array  # (B, 2, 1)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.MONOTONE, Trait.LIPSCHITZ, Trait.UNBIASED})

    @property
    def x_star(self) -> Array:  # (B, 2, 1)
        return 0 * self.x0

    def force(self, w: Array, k: int, /) -> Array:  # (B, 2, 1) -> (B, 2, 1)
        xp = array_namespace(w)
        r2 = xp.sum(w * w, axis=(-1, -2), keepdims=True)
        turned = xp.concat([w[:, 1:, :], -w[:, :1, :]], axis=1)
        return (xp.sqrt(r2) * w + turned) / (1 + r2)

    def hear(self, V: Array, signs: Array, /) -> Array:
        return V * (1 + self.sigma_M[:, None, None] * signs[:, 0, :, :]) + self.sigma_A[:, None, None] * signs[:, 1, :, :]


def _shared(B: int, R: float) -> Mapping[str, Certified]:
    """In the units in which the adaptive rates of the paper read forces and lengths, both are 1."""
    return {
        "R": _rows(B, R, LENGTH, Side.EXACT, "radius of the comparators, chosen"),
        "step": _rows(B, 0.5, Unit(-1, 2), Side.EXACT, "chosen: a constant step for those who do not adapt"),
        "u": _rows(B, 1.0, FORCE, Side.EXACT, "the unit of force in which the rates add 1 to squared forces"),
        "ell": _rows(B, 1.0, LENGTH, Side.EXACT, "the unit of length of the rates"),
    }


def _rows(B: int, value: float, unit: Unit, side: Side, proof: str) -> Certified:
    return Certified(np.full(B, value), unit, side, proof)


def saturated(
    seeds: range,
    sigma_M: Annotated[float, (0.0, 2.0)] = 0.0,
    sigma_A: Annotated[float, (0.0, 2.0)] = 0.0,
    R: Annotated[float, (0.5, 10.0)] = 2.0,
) -> SaturatedRotation:
    """Start on the unit circle."""
    angle = 2 * np.pi * np.array([np.random.default_rng([seed, 75]).random() for seed in seeds])
    x0 = np.stack([np.cos(angle), np.sin(angle)], axis=-1)[:, :, None]
    B = len(x0)
    constants = {
        "G": _rows(B, 1 + sigma_M + sigma_A, FORCE, Side.UPPER, "‖V‖ < 1, and the noise is at most σ_M ‖V‖ + σ_A"),
        "sigma_M": _rows(B, sigma_M, Unit(), Side.EXACT, "E ε² = 1"),
        "sigma_A": _rows(B, sigma_A, FORCE, Side.EXACT, "E ε² = 1"),
        **_shared(B, R),
    }
    return SaturatedRotation(np.full(B, sigma_M), np.full(B, sigma_A), x0, constants)


@dataclass(frozen=True, eq=False)
class Opponent:
    """One player against given slopes, heard without noise."""

    slopes: Array  # (B, T, 1, d)
    x0: Array  # (B, 1, d)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.LIPSCHITZ, Trait.UNBIASED})

    def force(self, w: Array, k: int, /) -> Array:  # (B, 1, d)
        return self.slopes[:, k, :, :]

    def hear(self, V: Array, signs: Array, /) -> Array:
        return V


def opponent(
    seeds: range,
    horizon: int = 900,
    d: Annotated[int, (1, 5)] = 2,
    turning: Annotated[float, (0.0, 1.0)] = 1.0,
    R: Annotated[float, (0.1, 10.0)] = 1.0,
) -> Opponent:
    """Unit slopes: `turning` times ±e with the sign flipping in every round, the rest a random direction, rescaled to norm 1."""
    slopes = []
    for seed in seeds:
        g = np.random.default_rng([seed, 76])
        e, other = g.standard_normal(d), g.standard_normal((horizon, d))
        e /= np.linalg.norm(e)
        other /= np.linalg.norm(other, axis=1, keepdims=True)
        s = turning * (-1.0) ** np.arange(horizon)[:, None] * e + (1 - turning) * other
        slopes.append((s / np.maximum(np.linalg.norm(s, axis=1, keepdims=True), 1e-12))[:, None, :])
    B = len(slopes)
    constants = {
        "G": _rows(B, 1.0, FORCE, Side.UPPER, "slopes of norm 1"),
        "sigma_M": _rows(B, 0.0, Unit(), Side.EXACT, "heard without noise"),
        "sigma_A": _rows(B, 0.0, FORCE, Side.EXACT, "heard without noise"),
        **_shared(B, R),
    }
    return Opponent(np.stack(slopes), np.zeros((B, 1, d)), constants)
