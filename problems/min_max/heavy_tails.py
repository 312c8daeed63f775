"""Sadiev, Danilova, Gorbunov, Horváth, Gidel, Dvurechensky, Gasnikov, Richtárik 2023: plane games with heavy tails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

SLOPE = Unit(1, -1)
MARGIN = 0.05  # the radius has moments of order below α + MARGIN


@dataclass(frozen=True, eq=False)
class HeavyGame:
    """F(z) = (μ + L_s J) z in the plane, J the rotation by 90°; noise of uniform direction and radius c U^{−1/(α + 0.05)}.

    Every row carries n independent replicas, so that a row has quantiles.
    """

    mu: float
    skew: float
    x0: Array  # (B, n, 2), norm R = 1
    scale: Array  # (B,), c with E radius^α = σ^α
    alpha: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.MONOTONE, Trait.UNBIASED})

    def field(self, z: Array, /) -> Array:
        xp = array_namespace(z)
        x, y = z[:, :, 0], z[:, :, 1]
        return xp.stack([self.mu * x + self.skew * y, self.mu * y - self.skew * x], axis=-1)

    def disturbance(self, normals: Array, uniforms: Array, /) -> Array:
        """(B, n, 2), (B, n) -> (B, n, 2)."""
        xp = array_namespace(normals)
        unit = normals / xp.sqrt(xp.sum(normals * normals, axis=-1, keepdims=True))
        radius = self.scale[:, None] * (1 - uniforms) ** (-1 / (self.alpha[:, None] + MARGIN))
        return radius[:, :, None] * unit


def game(
    seeds: range,
    alpha: Annotated[float, (1.05, 2.0)] = 1.5,
    sigma: Annotated[float, (0.0, 2.0)] = 0.5,
    mu: float = 1.0,
    skew: float = 2.0,
    replicas: int = 1,
    horizons: tuple[int, ...] = (300,),
) -> HeavyGame:
    """Start at distance 1 from the solution 0; row s has the horizon K = horizons[s mod ...]."""
    B = len(seeds)
    x0 = np.stack([np.random.default_rng([seed, 7]).standard_normal(2) for seed in seeds])
    x0 = np.repeat((x0 / np.linalg.norm(x0, axis=1, keepdims=True))[:, None, :], replicas, axis=1)
    K = np.array([float(horizons[seed % len(horizons)]) for seed in seeds])
    scale = sigma * (MARGIN / (alpha + MARGIN)) ** (1 / alpha)
    constants = {
        "alpha": Certified(np.full(B, alpha), Unit(), Side.EXACT, "chosen: order of the bounded moment"),
        "sigma": Certified(np.full(B, sigma), Unit(), Side.EXACT, "E radius^α = c^α (α + 0.05)/0.05 = σ^α"),
        "K": Certified(K, Unit(), Side.EXACT, "chosen: horizon of the row"),
        "L": Certified(np.full(B, float(np.hypot(mu, skew))), Unit(), Side.EXACT, "√(μ² + skew²)"),
        "R": Certified(np.ones(B), Unit(), Side.EXACT, "|z_0|"),
    }
    return HeavyGame(mu, skew, x0, np.full(B, scale), np.full(B, alpha), constants)


@dataclass(frozen=True, eq=False)
class DiscreteLaw:
    """A random vector with finitely many values: X = values[j] with probability weights[j]; clipped at the level λ."""

    values: Array  # (B, J, d)
    weights: Array  # (B, J)
    level: Array  # (B,)
    mean: Array  # (B, d)
    x0: Array  # (B, d)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset()


def _law(values: Array, weights: Array, level: Array, alpha: Array) -> DiscreteLaw:
    mean = np.sum(weights[:, :, None] * values, axis=1)
    spread = np.sum(weights * np.linalg.norm(values - mean[:, None, :], axis=2) ** alpha[:, None], axis=1)
    constants = {
        "alpha": Certified(alpha, Unit(), Side.EXACT, "chosen: order of the moment"),
        "sigma": Certified(spread ** (1 / alpha), SLOPE, Side.EXACT, "(E|X − EX|^α)^{1/α}, a finite sum"),
        "level": Certified(level, SLOPE, Side.EXACT, "chosen: clipping level"),
        "mean": Certified(np.linalg.norm(mean, axis=1), SLOPE, Side.EXACT, "|EX|, a finite sum"),
    }
    return DiscreteLaw(values, weights, level, mean, mean, constants)


def outlier(
    seeds: range,
    alpha: Annotated[float, (1.01, 2.0)] = 1.5,
    far: Annotated[float, (-20.0, 20.0)] = 3.0,
    rare: Annotated[float, (1e-6, 0.1)] = 1e-5,
) -> DiscreteLaw:
    """In one dimension EX = λ/2, one outlier at far · λ with probability `rare`, the rest at one point; λ = 1, 2, ... by row."""
    level = 1.0 + np.array(seeds) % 4
    mean, out = 0.5 * level, far * level
    bulk = (mean - rare * out) / (1 - rare)
    weights = np.tile([1 - rare, rare], (len(level), 1))
    return _law(np.stack([bulk, out], axis=1)[:, :, None], weights, level, np.full(len(level), alpha))


def scattered(
    seeds: range, alpha: Annotated[float, (1.01, 2.0)] = 1.3, J: Annotated[int, (3, 60)] = 30, d: Annotated[int, (1, 6)] = 3
) -> DiscreteLaw:
    """J values with Pareto radii, shifted so that |EX| ≤ λ/2."""
    values, weights, level = [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 70])
        w = g.dirichlet(np.ones(J))
        v = g.standard_normal((J, d))
        v *= (1 - g.random(J))[:, None] ** (-1 / alpha) / np.linalg.norm(v, axis=1, keepdims=True)
        target = g.standard_normal(d)
        v += 0.4 * target / np.linalg.norm(target) * 2.0 - w @ v
        values.append(v)
        weights.append(w)
        level.append(2.0)
    return _law(np.stack(values), np.stack(weights), np.array(level), np.full(len(level), alpha))
