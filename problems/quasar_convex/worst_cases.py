"""Instances on which textbook bounds are met: the largest coordinate, a kink without curvature, an eigenvector of little curvature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.quasar_convex.absolute_deviations import AbsoluteDeviations, absolute_value
from problems.quasar_convex.finite_sums import Ridge, ridge_sum
from problems.quasar_convex.sparse_regression import SparseRegression
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class LargestCoordinate:
    """f(x) = G max_j |x_j|, minimal at 0, one component; the oracle answers with the first largest coordinate."""

    G: Array  # (B,)
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.LIPSCHITZ, Trait.FINITE_SUM})
    size: int = 1

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return self.G * xp.max(xp.abs(x), axis=-1)

    def value_one(self, x: Array, i: Array, /) -> Array:
        return self.value(x)

    def grad_one(self, x: Array, i: Array, /) -> Array:
        """The first coordinate within rounding of the largest."""
        xp = array_namespace(x)
        level = xp.max(xp.abs(x), axis=-1, keepdims=True) * (1 - 1e-12)
        first = xp.argmax(xp.astype(xp.abs(x) >= level, x.dtype), axis=-1)
        chosen = xp.arange(x.shape[-1])[None, :] == first[:, None]
        return xp.where(chosen, self.G[:, None] * xp.sign(x), 0.0 * x)


def largest_coordinate(
    seeds: range,
    n: Annotated[int, (1, 60)] = 25,
    decay: Annotated[float, (0.0, 1.0)] = 0.0,
    G: Annotated[float, (1e-2, 1e2)] = 1.0,
    R: Annotated[float, (1e-2, 1e2)] = 1.0,
) -> LargestCoordinate:
    """x_0 proportional to (j^−decay), of random signs and length R: sub-gradient steps R/(G √n), or of the lengths |x_j|/G, set one
    coordinate to 0 after another, and after k < n steps the next one is untouched. `scale` makes steps scale/√(k + 1) of these lengths."""
    x0 = np.stack([np.random.default_rng([seed, 44]).choice([-1.0, 1.0], n) for seed in seeds]) * np.arange(1, n + 1.0) ** -decay
    size = np.linalg.norm(x0[0])
    x0 *= R / size
    ones, exact = np.ones(len(x0)), Side.EXACT
    slope, length = Unit(1, -1), Unit(0, 1)
    constants = {
        "G": Certified(G * ones, slope, exact, "the sub-gradients are ±G along one axis"),
        "G_max": Certified(G * ones, slope, exact, "the sub-gradients are ±G along one axis"),
        "R": Certified(R * ones, length, exact, "‖x_0‖ as drawn"),
        "scale": Certified(R / size * ones, length, exact, "the first entry of |x_0|"),
    }
    return LargestCoordinate(G * ones, x0, 0 * x0, 0 * ones, constants)


def across_the_ball(seeds: range, G: Annotated[float, (1e-2, 1e2)] = 1.0, B: Annotated[float, (1e-2, 1e2)] = 1.0) -> AbsoluteDeviations:
    """G |x − B| on [−B, B], started at −B: the distance to the minimiser is the whole diameter."""
    p = absolute_value(seeds, G=G, R=B, ball=1.0)
    R = Certified(2 * p.constants["R"].value, Unit(0, 1), Side.EXACT, "|x_0 − x*|")
    return AbsoluteDeviations(p.A, p.e, p.mu, p.radius, -p.x0, p.x0, p.f_star, {**p.constants, "R": R}, p.traits)


def kink(
    seeds: range,
    T: Annotated[float, (1.0, 1e3)] = 20.0,
    share: Annotated[float, (1e-3, 1.0)] = 1.0,
    L: Annotated[float, (1e-2, 1e2)] = 1.0,
    R: Annotated[float, (1e-2, 1e2)] = 1.0,
) -> SparseRegression:
    """f = 0 and h = τ |x| with τ such that T proximal steps share/L reach 0: f = 0 is L-smooth for the L given, and convex."""
    x0 = R * np.stack([np.random.default_rng([seed, 45]).choice([-1.0, 1.0], 1) for seed in seeds])
    ones, exact = np.ones(len(x0)), Side.EXACT
    tau, smooth = R * L / (share * T), Unit(1, -2)
    constants = {
        "L": Certified(L * ones, smooth, Side.UPPER, "f = 0"),
        "L_max": Certified(L * ones, smooth, Side.UPPER, "f = 0"),
        "variance": Certified(0 * ones, Unit(2, -2), exact, "f = 0"),
        "E0": Certified(tau * R * ones, Unit(1, 0), exact, "τ R"),
        "R": Certified(R * ones, Unit(0, 1), exact, "|x_0| as drawn"),
    }
    traits = frozenset({Trait.CONVEX, Trait.FINITE_SUM})
    return SparseRegression(0 * x0[:, None, :], 0 * x0, tau * ones, x0, 0 * x0, 0 * ones, constants, traits)


def slow_direction(
    seeds: range,
    kappa: Annotated[float, (1.0, 1e6)] = 1e3,
    copies: Annotated[int, (1, 10)] = 1,
    R: Annotated[float, (1e-2, 1e2)] = 1.0,
) -> Ridge:
    """½ x_1² + x_2²/(2 kappa) as a mean of two squares, each `copies` times; started along the second axis."""
    rows = np.repeat(np.array([[2**0.5, 0.0], [0.0, (2 / kappa) ** 0.5]]), copies, axis=0)
    signs = np.stack([np.random.default_rng([seed, 46]).choice([-1.0, 1.0], 1) for seed in seeds])
    B = len(signs)
    away = np.concatenate([0 * signs, R * signs], axis=1)
    return ridge_sum(np.tile(rows, (B, 1, 1)), np.zeros((B, 2 * copies)), 0.0, away)


def slow_lasso(
    seeds: range,
    kappa: Annotated[float, (1.0, 1e6)] = 1e3,
    tau: Annotated[float, (0.0, 1e-3)] = 1e-5,
    R: Annotated[float, (1.0, 1e2)] = 1.0,
) -> SparseRegression:
    """½ x_1² + x_2²/(2 kappa) + τ ‖x‖₁, minimal at 0, started along the second axis."""
    base = slow_direction(seeds, kappa, 1, R)
    c = base.constants
    E0 = Certified(c["e0"].value + tau * R, Unit(1, 0), Side.EXACT, "F(x_0), F* = 0")
    constants = {**{name: c[name] for name in ("L", "L_max", "mu", "sigma", "R")}, "E0": E0}
    traits = frozenset({Trait.CONVEX, Trait.STRONGLY_CONVEX, Trait.FINITE_SUM})
    return SparseRegression(base.A, base.y, tau + base.ridge, base.x0, base.x_star, base.f_star, constants, traits)
