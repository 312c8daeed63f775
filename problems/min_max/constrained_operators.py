"""Affine operators over a Euclidean ball, with the solution of the variational inequality in closed form up to one bisection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.min_max.linear_operators import CURVATURE, LENGTH, LinearOperator, nonnormal, skew, times
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class BallOperator:
    """F(z) = A (z − zero) over {‖z‖ ≤ r}; ⟨F(x*), z − x*⟩ ≥ 0 for every z of the ball."""

    A: Array  # (B, n, n)
    zero: Array  # (B, n), outside the ball
    r: Array  # (B,)
    x0: Array  # (B, n), on the sphere
    x_star: Array  # (B, n), on the sphere
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]

    def apply(self, z: Array, /) -> Array:  # (B, n) -> (B, n)
        return times(self.A, z - self.zero)

    def project(self, z: Array, /) -> Array:  # (B, n) -> (B, n)
        xp = array_namespace(z)
        size = xp.sqrt(xp.sum(z * z, axis=-1))
        return z * xp.where(size > self.r, self.r / xp.where(size > 0, size, self.r), xp.ones_like(size))[:, None]

    def prox(self, z: Array, v: Array, /) -> Array:  # argmin over the ball of ⟨v, u⟩ + ½‖u − z‖²
        return self.project(z - v)

    def gap(self, z: Array, /) -> Array:  # (B,) max over the ball of ⟨F(p), z − p⟩, for a skew A
        xp = array_namespace(z)
        F, b = self.apply(z), -times(self.A, self.zero)
        return xp.sum(b * z, axis=-1) + self.r * xp.sqrt(xp.sum(F * F, axis=-1))


def over_ball(
    seeds: range, pairs: Annotated[int, (1, 6)] = 3, L: Annotated[float, (0.1, 10.0)] = 1.0, outside: Annotated[float, (1.05, 5.0)] = 2.0
) -> BallOperator:
    """A non-normal monotone operator whose zero lies outside the unit ball."""
    return _ball(nonnormal(seeds, pairs, L, 0.0), outside)


def bilinear_over_ball(
    seeds: range, pairs: Annotated[int, (1, 6)] = 3, L: Annotated[float, (0.1, 10.0)] = 1.0, outside: Annotated[float, (1.05, 5.0)] = 2.0
) -> BallOperator:
    """A skew operator whose zero lies outside the unit ball."""
    return _ball(skew(seeds, pairs, L, 0.3), outside)


def _ball(base: LinearOperator, outside: float) -> BallOperator:
    """The solution is A (x − zero) + λ x = 0 with ‖x‖ = r = 1: ‖(A + λ I)⁻¹ A zero‖ falls in λ, which is bisected."""
    zero = base.x_star * (outside / np.linalg.norm(base.x_star, axis=-1))[:, None]
    x_star, x0 = [], []
    for a, z, s in zip(base.A, zero, base.x0, strict=True):
        n = len(z)
        low, high = 0.0, 1.0
        while np.linalg.norm(np.linalg.solve(a + high * np.eye(n), a @ z)) > 1:
            high *= 2
        for _ in range(200):
            middle = (low + high) / 2
            long = np.linalg.norm(np.linalg.solve(a + middle * np.eye(n), a @ z)) > 1
            low, high = (middle, high) if long else (low, middle)
        x = np.linalg.solve(a + high * np.eye(n), a @ z)
        x_star.append(x / np.linalg.norm(x))
        x0.append(-s / np.linalg.norm(s))
    star, start = np.stack(x_star), np.stack(x0)
    constants = {
        "L": base.constants["L"],
        "r": Certified(np.ones(len(start)), LENGTH, Side.EXACT, "radius of the ball"),
        "R": Certified(np.linalg.norm(start - star, axis=-1), LENGTH, Side.EXACT, "‖x_0 − x*‖, x* from the multiplier equation"),
        "Theta": Certified(np.full(len(start), 2.0), Unit(0, 2), Side.EXACT, "max ½‖u − x_0‖² over the ball, x_0 on its sphere"),
        "mu": Certified(base.constants["mu"].value, CURVATURE, Side.EXACT, "λ_min(sym A)"),
    }
    traits = (base.traits | {Trait.COMPACT}) - {Trait.NEGATIVE_COMONOTONE}
    return BallOperator(base.A, zero, np.ones(len(start)), start, star, constants, traits)
