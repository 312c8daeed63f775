"""Laws with heavy tails: finite laws to clip, known exactly, and separable functions whose gradients carry such noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class FiniteLaw:
    """X takes the values `points` with the probabilities `chances`; σ^α = E‖X − E X‖^α."""

    points: Array  # (B, N, d)
    chances: Array  # (B, N)
    x0: Array  # (B, d), E X
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.UNBIASED})


def _law(points: np.ndarray, chances: np.ndarray, alpha: float) -> FiniteLaw:
    mean = (chances[:, :, None] * points).sum(axis=1)
    away = np.sqrt(((points - mean[:, None]) ** 2).sum(axis=2))
    sigma = (chances * away**alpha).sum(axis=1) ** (1 / alpha)
    length, exact = Unit(0, 1), Side.EXACT
    constants = {
        "alpha": Certified(np.full(len(mean), float(alpha)), Unit(), exact, "as drawn"),
        "sigma": Certified(sigma, length, exact, "(E‖X − E X‖^α)^{1/α}, summed over the law"),
        "mean": Certified(np.sqrt((mean**2).sum(axis=1)), length, exact, "‖E X‖, summed over the law"),
    }
    return FiniteLaw(points, chances, mean, constants)


def spike(
    seeds: range,
    alpha: Annotated[float, (1.05, 2.0)] = 1.5,
    height: Annotated[float, (0.2, 50.0)] = 3.0,
    chance: Annotated[float, (1e-4, 0.5)] = 1e-3,
    d: Annotated[int, (1, 5)] = 2,
) -> FiniteLaw:
    """1 + height with a small chance, a little below 1 otherwise: the mean is 1, along a random direction."""
    u = np.stack([np.random.default_rng([seed, 96]).standard_normal(d) for seed in seeds])
    u /= np.linalg.norm(u, axis=1)[:, None]
    values = np.array([1 + height, 1 - chance * height / (1 - chance)])
    chances = np.stack([np.array([chance, 1 - chance])] * len(u))
    return _law(values[None, :, None] * u[:, None, :], chances, alpha)


def scattered(
    seeds: range, alpha: Annotated[float, (1.05, 2.0)] = 1.4, N: Annotated[int, (2, 500)] = 200, d: Annotated[int, (1, 5)] = 2
) -> FiniteLaw:
    """N equally likely points, normal times U^(−1/1.5), about a random centre."""
    rows = []
    for seed in seeds:
        g = np.random.default_rng([seed, 97])
        rows.append(g.standard_normal((N, d)) * g.random((N, 1)) ** (-1 / 1.5) + g.standard_normal(d))
    return _law(np.stack(rows), np.full((len(rows), N), 1 / N), alpha)


@dataclass(frozen=True, eq=False)
class HeavySum:
    """f(x) = ½ Σ λ_i (x_i² + a sin² x_i), f* = 0 at 0; g = ∇f + s n U^(−1/ν), n normal, U uniform: moments below ν are finite."""

    spectrum: Array  # (B, 1, d)
    wave: Array  # (B, 1, 1), a; 0 is strongly convex, above 1 not convex
    tail: Array  # (B, 1, 1), ν
    x0: Array  # (B, 1, d)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH, Trait.POLYAK_LOJASIEWICZ, Trait.UNBIASED})

    def heights(self, x: Array, /) -> Array:
        """f of every replica, (B, M, d) -> (B, M)."""
        xp = array_namespace(x)
        return 0.5 * xp.sum(self.spectrum * (x * x + self.wave * xp.sin(x) ** 2), axis=-1)

    def grad(self, x: Array, /) -> Array:
        return self.spectrum * (x + 0.5 * self.wave * array_namespace(x).sin(2 * x))


HORIZONS = (50, 100, 200, 400)


def heavy_sum(
    seeds: range,
    d: Annotated[int, (1, 6)] = 3,
    wave: Annotated[float, (0.0, 1.2)] = 0.0,
    tail: Annotated[float, (1.2, 3.0)] = 1.6,
    noise: Annotated[float, (1e-3, 10.0)] = 1.0,
    R: Annotated[float, (1e-2, 10.0)] = 2.0,
) -> HeavySum:
    """Eigenvalues from 1 to 2; row b has the horizon 50 · 2^(seed mod 4)."""
    K = np.array([float(HORIZONS[seed % len(HORIZONS)]) for seed in seeds])
    B = len(K)
    start = np.stack([np.random.default_rng([seed // len(HORIZONS), 98]).standard_normal(d) for seed in seeds])
    start = R * start / np.linalg.norm(start, axis=1)[:, None]
    none, exact = Unit(), Side.EXACT
    constants = {
        "K": Certified(K, none, exact, "as drawn"),
        "mu": Certified(np.ones(B), none, exact if wave == 0 else Side.ESTIMATED, "smallest eigenvalue; only the step uses it if a > 0"),
        "L": Certified(np.full(B, 2 * (1 + wave)), none, Side.UPPER, "f'' = λ (1 + a cos 2x)"),
        "R": Certified(np.full(B, float(R)), none, exact, "‖x_0‖"),
        "d": Certified(np.full(B, float(d)), none, exact, "as drawn"),
        "noise": Certified(np.full(B, float(noise)), none, exact, "s, as drawn"),
    }
    spectrum = np.stack([np.linspace(1.0, 2.0, d)] * B)
    column = np.ones((B, 1, 1))
    return HeavySum(spectrum[:, None, :], wave * column, tail * column, start[:, None, :], constants)
