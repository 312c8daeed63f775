"""Yao, Yu, Zeng, Zhang 2024: LV-HBA, constrained lower levels through a proximal Lagrangian value function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Constrained(Problem, Protocol):
    @property
    def y0(self) -> Array: ...
    @property
    def z0(self) -> Array: ...
    @property
    def g1(self) -> Array: ...
    @property
    def g2(self) -> Array: ...
    @property
    def least(self) -> Array: ...  # smallest multipliers
    def upper_x(self, x: Array, y: Array, /) -> Array: ...
    def upper_y(self, x: Array, y: Array, /) -> Array: ...
    def lower(self, x: Array, y: Array, /) -> Array: ...
    def lower_x(self, x: Array, y: Array, /) -> Array: ...
    def lower_y(self, x: Array, y: Array, /) -> Array: ...
    def constraint(self, x: Array, y: Array, /) -> Array: ...  # at most 0, (B, p)
    def constraint_x(self, x: Array, lam: Array, /) -> Array: ...
    def constraint_y(self, x: Array, lam: Array, /) -> Array: ...
    def project(self, x: Array, y: Array, /) -> tuple[Array, Array]: ...
    def saddle(self, x: Array, y: Array, z: Array, /) -> tuple[Array, Array]: ...
    def lagrangian(self, x: Array, y: Array, z: Array, /) -> Array: ...


@dataclass(frozen=True, eq=False)
class Iterate:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, m)
    z: Array  # (B, p)
    theta: Array  # (B, m)
    lam: Array  # (B, p)
    c: Array | float


def descent_ascent(p: Constrained, x: Array, y: Array, z: Array, theta: Array, lam: Array, eta: float) -> tuple[Array, Array]:
    """One step of (θ, λ) towards the saddle point."""
    along = p.lower_y(x, theta) + p.constraint_y(x, lam) + (theta - y) / p.g1[:, None]
    up = p.constraint(x, theta) - (lam - z) / p.g2[:, None]
    xp = array_namespace(x)
    return theta - eta * along, xp.maximum(lam + eta * up, p.least)


@dataclass(frozen=True)
class LVHBA:
    """Algorithm 1 with c_k = c(k+1)^p; c = 0 takes the problem's constant `penalty`."""

    p: float = 0.25
    c: float = 1.0
    alpha: float = 0.02
    beta: float = 0.02
    eta: float = 0.01
    projects: bool = True

    def iterates(self, problem: Constrained, noise: Noise, /) -> Iterator[Iterate]:
        x, y, z, theta, lam = problem.x0, problem.y0, problem.z0, problem.y0, problem.z0
        for k in count():
            first: Array = self.c if self.c > 0 else problem.constants["penalty"].value[:, None]
            c = first * (k + 1) ** self.p
            yield Iterate(k, x, y, z, theta, lam, c)
            theta, lam = descent_ascent(problem, x, y, z, theta, lam, self.eta)
            dx = problem.upper_x(x, y) / c + problem.lower_x(x, y) - problem.lower_x(x, theta) - problem.constraint_x(x, lam)
            dy = problem.upper_y(x, y) / c + problem.lower_y(x, y) - (y - theta) / problem.g1[:, None]
            dz = -(lam - z) / problem.g2[:, None]
            x, y = x - self.alpha * dx, y - self.alpha * dy
            if self.projects:
                x, y = problem.project(x, y)
            z = array_namespace(z).maximum(z - self.beta * dz, problem.least)


@dataclass(frozen=True)
class SaddleSteps:
    """Only the (θ, λ) steps, at the fixed (x0, y0, z0)."""

    eta: float

    def iterates(self, problem: Constrained, noise: Noise, /) -> Iterator[Iterate]:
        x, y, z, theta, lam = problem.x0, problem.y0, problem.z0, problem.y0 + 1.0, problem.z0 + 1.0
        for k in count():
            yield Iterate(k, x, y, z, theta, lam, 1.0)
            theta, lam = descent_ascent(problem, x, y, z, theta, lam, self.eta)
