"""Vyas, Azizzadenesheli 2023: competitive gradient optimization (CGO), its extragradient (OCGO), and the flow by Runge–Kutta steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from algorithms.min_max.steps import Step
from ratecheck import Array, Noise
from ratecheck.oracles import WithMinimiser


class Competition(WithMinimiser, Protocol):
    def apply(self, z: Array, /) -> Array: ...  # F
    def compete(self, z: Array, alpha: Array, /) -> Array: ...  # (I + αS(z))⁻¹ F(z)


class BoundedCompetition(Competition, Protocol):
    def project(self, z: Array, /) -> Array: ...


@dataclass(frozen=True, eq=False)
class State:
    k: int
    x: Array  # (B, n)
    alpha: Array  # (B,)
    eta: Array  # (B,)


@dataclass(frozen=True)
class CompetitiveGradient:
    """z⁺ = z − η (I + αS(z))⁻¹ F(z)."""

    alpha: Step
    eta: Step

    def iterates(self, problem: Competition, noise: Noise, /) -> Iterator[State]:
        z, alpha, eta = problem.x0, self.alpha(problem.constants), self.eta(problem.constants)
        for k in count():
            yield State(k, z, alpha, eta)
            z = z - eta[:, None] * problem.compete(z, alpha)


@dataclass(frozen=True)
class ProjectedCompetitiveGradient:
    """The same over a convex set; `optimistic` takes the extragradient step of the field (OCGO)."""

    alpha: Step
    eta: Step
    optimistic: bool = False

    def iterates(self, problem: BoundedCompetition, noise: Noise, /) -> Iterator[State]:
        z, alpha, eta = problem.x0, self.alpha(problem.constants), self.eta(problem.constants)
        for k in count():
            yield State(k, z, alpha, eta)
            w = problem.project(z - eta[:, None] * problem.compete(z, alpha)) if self.optimistic else z
            z = problem.project(z - eta[:, None] * problem.compete(w, alpha))


@dataclass(frozen=True)
class CompetitiveFlow:
    """dz/dt = −(I + αS)⁻¹ F(z), t = k h, h = `eta`; classical fourth-order steps."""

    alpha: Step
    eta: Step

    def iterates(self, problem: Competition, noise: Noise, /) -> Iterator[State]:
        z, alpha, h = problem.x0, self.alpha(problem.constants), self.eta(problem.constants)
        step = h[:, None]
        for k in count():
            yield State(k, z, alpha, h)
            a = problem.compete(z, alpha)
            b = problem.compete(z - step / 2 * a, alpha)
            c = problem.compete(z - step / 2 * b, alpha)
            d = problem.compete(z - step * c, alpha)
            z = z - step / 6 * (a + 2 * b + 2 * c + d)
