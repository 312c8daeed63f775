"""Least absolute deviations around a planted minimiser, on a ball: convex, Lipschitz there, not smooth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class AbsoluteDeviations:
    """f = (1/N) Σ f_i, f_i(x) = |⟨a_i, x − x*⟩ − e_i| + ½ μ ‖x − x*‖²; the components come in pairs (a, e), (a, −e)."""

    A: Array  # (B, N, n), rows a_i
    e: Array  # (B, N)
    mu: Array  # (B,)
    radius: Array  # (B,) of the ball around 0 that holds x* and x_0
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]

    @property
    def size(self) -> int:
        return int(self.A.shape[1])

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        d = x - self.x_star
        r = xp.squeeze(xp.matmul(self.A, d[:, :, None]), axis=-1) - self.e
        return xp.mean(xp.abs(r), axis=-1) + 0.5 * self.mu * xp.sum(d * d, axis=-1)

    def grad(self, x: Array, /) -> Array:
        """A subgradient: the sign of 0 is +1."""
        xp = array_namespace(x)
        d = x - self.x_star
        r = xp.squeeze(xp.matmul(self.A, d[:, :, None]), axis=-1) - self.e
        signs = xp.where(r >= 0, xp.ones_like(r), -xp.ones_like(r))
        return xp.mean(signs[:, :, None] * self.A, axis=1) + self.mu[:, None] * d

    def component(self, i: Array, /) -> tuple[Array, Array]:
        """a_i, e_i: (B,) -> (B, n), (B,)."""
        xp = array_namespace(self.A)
        B, N, n = self.A.shape
        place = xp.arange(B) * N + i
        return xp.take(xp.reshape(self.A, (B * N, n)), place, axis=0), xp.take(xp.reshape(self.e, (B * N,)), place, axis=0)

    def value_one(self, x: Array, i: Array, /) -> Array:
        xp = array_namespace(x)
        a, e = self.component(i)
        d = x - self.x_star
        return xp.abs(xp.sum(a * d, axis=-1) - e) + 0.5 * self.mu * xp.sum(d * d, axis=-1)

    def grad_one(self, x: Array, i: Array, /) -> Array:
        xp = array_namespace(x)
        a, e = self.component(i)
        d = x - self.x_star
        r = xp.sum(a * d, axis=-1) - e
        return xp.where(r >= 0, xp.ones_like(r), -xp.ones_like(r))[:, None] * a + self.mu[:, None] * d

    def prox_one(self, x: Array, i: Array, step: Array, /) -> Array:
        """argmin_u f_i(u) + ‖u − x‖²/(2 step), for μ = 0: a step along a_i that stops at the kink."""
        xp = array_namespace(x)
        a, e = self.component(i)
        r = xp.sum(a * (x - self.x_star), axis=-1) - e
        t = r / xp.sum(a * a, axis=-1)
        return x - xp.maximum(-step, xp.minimum(t, step))[:, None] * a

    def project(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        length = xp.sum(x * x, axis=-1) ** 0.5
        return xp.where(length > self.radius, self.radius / xp.where(length > 0, length, 1.0), 1.0)[:, None] * x


def deviations(
    seeds: range,
    pairs: Annotated[int, (1, 20)] = 5,
    n: Annotated[int, (1, 10)] = 3,
    spread: Annotated[float, (0.0, 10.0)] = 0.3,
    mu: Annotated[float, (0.0, 10.0)] = 0.0,
    R: Annotated[float, (1e-3, 1e2)] = 1.0,
    radius: Annotated[float, (1.0, 10.0)] = 3.0,
) -> AbsoluteDeviations:
    """‖x*‖ = radius · R/2 and ‖x_0 − x*‖ = R, both in the ball of radius B = (radius/2 + 1) R."""
    rows = []
    for seed in seeds:
        g = np.random.default_rng([seed, 33])
        a = g.standard_normal((pairs, n))
        e = spread * np.abs(g.standard_normal(pairs))
        star, start = g.standard_normal(n), g.standard_normal(n)
        rows.append(
            (np.repeat(a, 2, axis=0), np.stack([e, -e], axis=1).ravel(), star / np.linalg.norm(star), start / np.linalg.norm(start))
        )
    A, e, star, away = (np.stack(part) for part in zip(*rows, strict=True))
    ones = np.ones(len(A))
    B = (radius / 2 + 1) * R
    lengths = np.sqrt((A * A).sum(axis=2))
    x_star = 0.5 * radius * R * star
    far = mu * (B + 0.5 * radius * R)  # the gradient of the quadratic part on the ball
    slope, length = Unit(1, -1), Unit(0, 1)
    constants = {
        "G": Certified(np.sqrt(((lengths + far) ** 2).mean(axis=1)), slope, Side.UPPER, "‖g_i‖ ≤ ‖a_i‖ + μ ‖x − x*‖ on the ball"),
        "G_max": Certified(lengths.max(axis=1) + far, slope, Side.UPPER, "the same for every component"),
        "mu": Certified(mu * ones, Unit(1, -2), Side.EXACT, "½ μ ‖x − x*‖² plus a piecewise linear convex function"),
        "R": Certified(R * ones, length, Side.EXACT, "‖x_0 − x*‖ as drawn"),
        "scale": Certified(R * ones, length, Side.EXACT, "a length as chosen, for the step"),
        "B": Certified(B * ones, length, Side.EXACT, "the radius of the ball as chosen"),
    }
    traits = frozenset({Trait.CONVEX, Trait.LIPSCHITZ, Trait.FINITE_SUM, *((Trait.STRONGLY_CONVEX,) if mu > 0 else ())})
    return AbsoluteDeviations(A, e, mu * ones, B * ones, x_star + R * away, x_star, np.abs(e).mean(axis=1), constants, traits)


def absolute_value(
    seeds: range,
    G: Annotated[float, (1e-2, 1e2)] = 1.0,
    R: Annotated[float, (1e-3, 1e2)] = 1.0,
    start: Annotated[float, (0.0, 1.0)] = 1.0,
    ball: Annotated[float, (1.0, 1e2)] = 10.0,
) -> AbsoluteDeviations:
    """f(x) = G |x| in one variable, x_0 = start · R; the ball has radius ball · R."""
    ones = np.ones(len(seeds))
    slope, length = Unit(1, -1), Unit(0, 1)
    constants = {
        "G": Certified(G * ones, slope, Side.EXACT, "the subgradients are ±G"),
        "G_max": Certified(G * ones, slope, Side.EXACT, "the subgradients are ±G"),
        "R": Certified(start * R * ones, length, Side.EXACT, "|x_0|"),
        "scale": Certified(R * ones, length, Side.EXACT, "a length as chosen, for the step"),
        "B": Certified(ball * R * ones, length, Side.EXACT, "the radius of the ball as chosen"),
    }
    x0 = start * R * ones[:, None]
    traits = frozenset({Trait.CONVEX, Trait.LIPSCHITZ, Trait.FINITE_SUM})
    return AbsoluteDeviations(
        G * ones[:, None, None], 0 * ones[:, None], 0 * ones, ball * R * ones, x0, 0 * x0, 0 * ones, constants, traits
    )
