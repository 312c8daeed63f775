"""Nonlinear operators that satisfy the star condition ⟨F(z), z − z*⟩ ≥ −ρ ‖F(z)‖² only: no affine one can tell the two apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.min_max.linear_operators import CURVATURE, LENGTH, STEP
from ratecheck import Array, Certified, Side, Trait, Unit

STAR = frozenset({Trait.WEAK_MINTY})


def _steps(B: int, R: Array, N: int, rho: float, g: float) -> dict[str, Certified]:
    return {
        "R": Certified(R, LENGTH, Side.EXACT, "‖x_0 − x*‖ by construction"),
        "N": Certified(np.full(B, float(N)), Unit(), Side.EXACT, "the number of steps for which the instance is the worst"),
        "rho": Certified(np.full(B, rho), STEP, Side.EXACT, "the star condition holds with equality at the points that the method visits"),
        "g": Certified(np.full(B, g), STEP, Side.EXACT, "the step for which the instance is the worst"),
    }


@dataclass(frozen=True, eq=False)
class Spiral:
    """A resolvent with steps of length at most d: y = J(x) has ⟨x − y, y⟩ = −(ρ/g) ‖x − y‖², so F(y) = (x − y)/g is ρ-star.

    ‖x‖ ≥ (1 − ρ/g) d: a step of length d at the angle with cos = (1 − ρ/g) d/‖x‖; nearer, y = −ρ/(g − ρ) x. Zero at 0.
    """

    d: Array  # (B,)
    ratio: Array  # (B,) ρ/g
    x0: Array  # (B, 2)
    x_star: Array  # (B, 2), the origin
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = STAR

    def resolvent(self, x: Array, step: Array, /) -> Array:  # (B, 2) -> (B, 2), for the step g only
        xp = array_namespace(x)
        r = xp.sqrt(xp.sum(x * x, axis=-1))
        reach = (1 - self.ratio) * self.d
        far = r > reach * (1 + 1e-12)
        safe = xp.where(far, r, reach)
        cosine = reach / safe
        sine = xp.sqrt(xp.maximum(1 - cosine * cosine, xp.zeros_like(r)))
        u = x / safe[:, None]
        turned = xp.stack([-u[:, 1], u[:, 0]], axis=-1)
        spiral = x - self.d[:, None] * (cosine[:, None] * u + sine[:, None] * turned)
        return xp.where(far[:, None], spiral, -(self.ratio / (1 - self.ratio))[:, None] * x)


def spiral(
    seeds: range,
    N: Annotated[int, (1, 100)] = 10,
    rho: Annotated[float, (0.0, 5.0)] = 0.4,
    g_over_rho: Annotated[float, (2.01, 50.0)] = 2.5,
) -> Spiral:
    """d = 1 and ‖x_0‖² = (1 − ρ/g)² + (N − 1)(1 − 2ρ/g): N steps of length d."""
    g = g_over_rho * rho if rho > 0 else 1.0
    B, ratio = len(seeds), rho / g
    R = np.full(B, np.sqrt((1 - ratio) ** 2 + (N - 1) * (1 - 2 * ratio)))
    x0 = R[:, None] * np.stack([[np.cos(seed), np.sin(seed)] for seed in seeds])
    return Spiral(np.ones(B), np.full(B, ratio), x0, 0 * x0, _steps(B, R, N, rho, g))


@dataclass(frozen=True, eq=False)
class Creep:
    """A resolvent on the line that creeps away from 0 by doubling, then jumps past the solution r; ρ-star with respect to r.

    y = 2x while x < switch (F(y) = −x/g points to r); else y = r + ρ/(g − ρ) (r − x), where ⟨F(y), y − r⟩ = −ρ F(y)².
    """

    switch: Array  # (B, 1)
    ratio: Array  # (B, 1) ρ/(g − ρ)
    x0: Array  # (B, 1)
    x_star: Array  # (B, 1), r = 1
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = STAR

    def resolvent(self, x: Array, step: Array, /) -> Array:  # (B, 1) -> (B, 1), for the step g only
        xp = array_namespace(x)
        return xp.where(x < self.switch, 2 * x, self.x_star + self.ratio * (self.x_star - x))


def creep(
    seeds: range,
    N: Annotated[int, (1, 100)] = 10,
    rho: Annotated[float, (0.0, 5.0)] = 0.4,
    g_over_rho: Annotated[float, (2.01, 50.0)] = 2.5,
) -> Creep:
    """The jump is the N-th step; it starts at 1e-11 from 0, so it is R/(1 − ρ/g) up to 1e-11."""
    g = g_over_rho * rho if rho > 0 else 1.0
    B, near = len(seeds), 2.0**-36
    x0 = np.full((B, 1), near * 2.0 ** (1 - N))
    one = np.ones((B, 1))
    return Creep(near * one, rho / (g - rho) * one, x0, one, _steps(B, 1 - x0[:, 0], N, rho, g))


@dataclass(frozen=True, eq=False)
class Hump:
    """F(z) = −L min(z, 1 − z) for z ≥ 0, and 0 for z < 0: L-Lipschitz, ⟨F(z), z − 1⟩ ≥ 0, a false zero at 0."""

    L: Array  # (B, 1)
    x0: Array  # (B, 1)
    x_star: Array  # (B, 1), 1
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.WEAK_MINTY, Trait.SMOOTH})

    def apply(self, z: Array, /) -> Array:  # (B, 1) -> (B, 1)
        xp = array_namespace(z)
        return -self.L * xp.minimum(xp.maximum(z, xp.zeros_like(z)), 1 - z)


def hump(
    seeds: range, N: Annotated[int, (1, 200)] = 20, L: Annotated[float, (0.1, 10.0)] = 1.0, step_L: Annotated[float, (0.05, 0.95)] = 0.5
) -> Hump:
    """Extragradient with both steps h/L multiplies z by q = 1 + h + h² below 1/2; it starts at q^(−N)/2, so x_N is the top of the hump."""
    q, B = 1 + step_L + step_L**2, len(seeds)
    x0, one = np.full((B, 1), 0.5 * q ** -float(N)), np.ones((B, 1))
    constants = {**_steps(B, 1 - x0[:, 0], N, 0.0, step_L / L), "L": Certified(np.full(B, L), CURVATURE, Side.EXACT, "slope of the hump")}
    return Hump(L * one, x0, one, constants)
