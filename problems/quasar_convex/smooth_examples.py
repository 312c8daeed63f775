"""Smooth functions with closed forms on which gradient descent is slow: the Huber function, x² + 3 sin² x."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Huber:
    """f(x) = L ‖x‖²/2 for ‖x‖ ≤ δ, L δ ‖x‖ − L δ²/2 beyond: convex, L-smooth, minimal at 0. A finite sum of one component."""

    L: Array  # (B,)
    delta: Array  # (B,)
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.FINITE_SUM})
    size: int = 1

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        r = xp.sum(x * x, axis=-1) ** 0.5
        return xp.where(r <= self.delta, 0.5 * self.L * r * r, self.L * self.delta * (r - 0.5 * self.delta))

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        r = xp.sum(x * x, axis=-1) ** 0.5
        far = r > self.delta
        return (self.L * xp.where(far, self.delta / xp.where(far, r, 1.0), 1.0))[:, None] * x

    def grad_one(self, x: Array, i: Array, /) -> Array:
        return self.grad(x)


def huber(
    seeds: range,
    n: Annotated[int, (1, 10)] = 1,
    L: Annotated[float, (1e-2, 1e2)] = 1.0,
    share: Annotated[float, (1e-3, 1.0)] = 1 / 21,
    R: Annotated[float, (1e-2, 1e2)] = 1.0,
) -> Huber:
    """δ = share · R; share = 1/(2T + 1) is the worst case of gradient descent with step 1/L after T steps."""
    starts = []
    for seed in seeds:
        d = np.random.default_rng([seed, 31]).standard_normal(n)
        starts.append(R * d / np.linalg.norm(d))
    x0 = np.stack(starts)
    ones, exact = np.ones(len(x0)), Side.EXACT
    constants = {
        "L": Certified(L * ones, Unit(1, -2), exact, "the gradient is L times the projection on a ball"),
        "L_max": Certified(L * ones, Unit(1, -2), exact, "the one component is f"),
        "R": Certified(R * ones, Unit(0, 1), exact, "‖x_0‖ as drawn"),
    }
    return Huber(L * ones, share * R * ones, x0, 0 * x0, 0 * ones, constants)


@dataclass(frozen=True, eq=False)
class SquaredSines:
    """f(x) = Σ_j x_j² + 3 sin² x_j: 8-smooth, Polyak–Łojasiewicz with μ = 1/32, not convex, minimal at 0."""

    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH, Trait.POLYAK_LOJASIEWICZ})

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.sum(x * x + 3 * xp.sin(x) ** 2, axis=-1)

    def grad(self, x: Array, /) -> Array:
        return 2 * x + 3 * array_namespace(x).sin(2 * x)


def squared_sines(seeds: range, n: Annotated[int, (1, 10)] = 2, R: Annotated[float, (1e-1, 1e2)] = 4.0) -> SquaredSines:
    starts = []
    for seed in seeds:
        d = np.random.default_rng([seed, 32]).standard_normal(n)
        starts.append(R * d / np.linalg.norm(d))
    x0 = np.stack(starts)
    ones = np.ones(len(x0))
    constants = {
        "L": Certified(8 * ones, Unit(1, -2), Side.EXACT, "f'' = 2 + 6 cos 2x lies in [−4, 8]"),
        "mu": Certified(ones / 32, Unit(1, -2), Side.LOWER, "f'² ≥ f/16 in one variable (Karimi, Nutini, Schmidt 2016); sums keep it"),
        "e0": Certified((x0**2 + 3 * np.sin(x0) ** 2).sum(axis=1), Unit(1, 0), Side.EXACT, "f(x_0) − f(0)"),
        "R": Certified(R * ones, Unit(0, 1), Side.EXACT, "‖x_0‖ as drawn"),
    }
    return SquaredSines(x0, 0 * x0, 0 * ones, constants)
