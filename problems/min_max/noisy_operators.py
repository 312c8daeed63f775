"""Hsieh, Iutzeler, Malick, Mertikopoulos 2019: a strongly monotone affine operator heard with Gaussian noise, and a skew one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from problems.min_max.linear_operators import CURVATURE, LENGTH, STEP, times
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class NoisyOperator:
    """V(z) = A (z − z*); each call adds σ N(0, I)/√n, so that E‖noise‖² = σ²."""

    A: Array  # (B, n, n)
    sigma: Array  # (B,)
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.STRONGLY_MONOTONE, Trait.SMOOTH, Trait.UNBIASED, Trait.AFFINE})

    def apply(self, z: Array, /) -> Array:  # (B, n) -> (B, n), V without noise
        return times(self.A, z - self.x_star)


def spiral(
    seeds: range,
    pairs: Annotated[int, (1, 4)] = 2,
    alpha: Annotated[float, (0.1, 10.0)] = 1.0,
    turn: Annotated[float, (0.0, 3.0)] = 1.0,
    rate: Annotated[float, (1.1, 10.0)] = 2.0,
    sigma: Annotated[float, (0.01, 10.0)] = 1.0,
) -> NoisyOperator:
    """A = α (I + K), K skew with ‖K‖ = turn; g = rate/α and b = 4 L g, the smallest allowed; ‖x_1 − x*‖ = 1."""
    n, A, x0, star = 2 * pairs, [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 61])
        K = g.standard_normal((n, n))
        K -= K.T
        A.append(alpha * (np.eye(n) + turn * K / np.linalg.norm(K, 2)))
        z, d = g.standard_normal(n), g.standard_normal(n)
        star.append(z)
        x0.append(z + d / np.linalg.norm(d))
    B = len(A)
    L = alpha * np.sqrt(1 + turn**2)
    step = rate / alpha

    def rows(value: float, unit: Unit, proof: str) -> Certified:
        return Certified(np.full(B, value), unit, Side.EXACT, proof)

    constants = {
        "alpha": rows(alpha, CURVATURE, "sym A = α I"),
        "L": rows(L, CURVATURE, "A is normal, largest eigenvalue α(1 + i turn)"),
        "sigma": rows(sigma, Unit(1, -1), "variance of the Gaussian noise"),
        "g": rows(step, STEP, "chosen"),
        "b": rows(max(4 * L * step, 1.0), Unit(), "4 L g"),
        "R": rows(1.0, LENGTH, "‖x_1 − x*‖, x* planted"),
    }
    return NoisyOperator(np.stack(A), np.full(B, sigma), np.stack(x0), np.stack(star), constants)


def turning(
    seeds: range, pairs: Annotated[int, (1, 4)] = 1, L: Annotated[float, (0.1, 10.0)] = 1.0, sigma: Annotated[float, (1e-3, 1.0)] = 0.1
) -> NoisyOperator:
    """A = L times an orthogonal skew matrix: monotone, no more; ‖x_0 − x*‖ = 1."""
    B, n, star, x0 = len(seeds), 2 * pairs, [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 62])
        z, d = g.standard_normal(n), g.standard_normal(n)
        star.append(z)
        x0.append(z + d / np.linalg.norm(d))
    A = L * np.kron(np.eye(pairs), np.array([[0.0, 1.0], [-1.0, 0.0]]))
    constants = {
        "L": Certified(np.full(B, L), CURVATURE, Side.EXACT, "A/L is orthogonal"),
        "sigma": Certified(np.full(B, sigma), Unit(1, -1), Side.EXACT, "variance of the Gaussian noise"),
        "R": Certified(np.full(B, 1.0), LENGTH, Side.EXACT, "‖x_0 − x*‖, x* planted"),
    }
    traits = frozenset({Trait.MONOTONE, Trait.SMOOTH, Trait.UNBIASED, Trait.AFFINE})
    return NoisyOperator(np.stack([A] * B), np.full(B, sigma), np.stack(x0), np.stack(star), constants, traits)
