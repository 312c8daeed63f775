"""Sadiev et al. 2023: f = μ x²/2 and a last step whose noise is ±σ/√(2δ) with probability δ each, 0 otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class RareNoise:
    mu: Array  # (B,)
    jump: Array  # (B,), σ/√(2δ)
    delta: Array  # (B,)
    radius: Array  # (B,), √ε
    step: Array  # (B,), the step of this row
    x0: Array  # (B, 1)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.STRONGLY_CONVEX, Trait.SMOOTH, Trait.UNBIASED})


def stepped(
    seeds: range,
    delta: Annotated[float, (1e-4, 0.1)] = 0.01,
    eps: Annotated[float, (1e-4, 0.1)] = 0.01,
    sigma: Annotated[float, (0.5, 10.0)] = 1.0,
    mu: Annotated[float, (0.5, 2.0)] = 1.0,
    ladder: bool = False,
) -> RareNoise:
    """Row s: its own step, 2^(−8 ... 2) times the critical √(2δε)/σ. `ladder`: δ = 0.1 · 2^−s and the critical step over 1.5."""
    B = len(seeds)
    row = np.array(seeds)
    d = 0.1 * 2.0 ** -(row % 12) if ladder else np.full(B, delta)
    critical = np.sqrt(2 * d * eps) / sigma
    step = critical / 1.5 if ladder else critical * 2.0 ** (2 - 10 * ((row * 0.6180339887498949) % 1.0))
    step = np.minimum(step, 0.9 / mu)

    def rows(value: Array, unit: Unit, proof: str) -> Certified:
        return Certified(value + np.zeros(B), unit, Side.EXACT, proof)

    constants = {
        "mu": rows(np.array(mu), Unit(1, -2), "f″"),
        "sigma": rows(np.array(sigma), Unit(1, -1), "2δ (σ/√(2δ))² = σ²"),
        "delta": rows(d, Unit(), "chosen"),
        "radius": rows(np.array(np.sqrt(eps)), Unit(0, 1), "√ε, chosen"),
        "R": rows(np.array(1.0), Unit(0, 1), "|x_0|"),
        "g": rows(step, Unit(-1, 2), "the step of the row"),
    }
    return RareNoise(np.full(B, mu), sigma / np.sqrt(2 * d), d, np.full(B, np.sqrt(eps)), step, np.ones((B, 1)), constants)
