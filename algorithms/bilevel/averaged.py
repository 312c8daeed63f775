"""Liu, Liu, Yao, Zeng, Zhang 2023: sl-BAMM, one loop on μF + (1−μ)g with μ → 0, for lower levels that are not strongly convex."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from algorithms.bilevel.batched import apply, solve
from ratecheck import Array, Noise, Problem


class Averaged(Problem, Protocol):
    @property
    def y0(self) -> Array: ...
    def upper_x(self, x: Array, y: Array, /) -> Array: ...
    def upper_y(self, x: Array, y: Array, /) -> Array: ...
    def lower_y(self, x: Array, y: Array, /) -> Array: ...
    def upper_block(self) -> tuple[Array, Array]: ...  # ∂²_yy, ∂²_xy of F, constant
    def lower_block(self) -> tuple[Array, Array]: ...


@dataclass(frozen=True, eq=False)
class Iterate:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, m)
    v: Array  # (B, m)
    mu: float
    steps: tuple[float, float, float]  # of y, v, x


def pieces(p: Averaged, x: Array, y: Array, v: Array, mu: float) -> tuple[Array, Array, Array]:
    """∇_y φ, ∂²_yy φ v − ∇_y F, ∇_x F − ∂²_xy φ v for φ = μF + (1−μ)g"""
    Fyy, Fxy = p.upper_block()
    gyy, gxy = p.lower_block()
    along_y = mu * p.upper_y(x, y) + (1 - mu) * p.lower_y(x, y)
    along_v = apply(mu * Fyy + (1 - mu) * gyy, v) - p.upper_y(x, y)
    return along_y, along_v, p.upper_x(x, y) - apply(mu * Fxy + (1 - mu) * gxy, v)


@dataclass(frozen=True)
class BAMM:
    """y −= β∇_y φ, v −= η_k(∂²_yy φ v − ∇_y F), x −= α_k(∇_x F − ∂²_xy φ v), all at the old point.

    "Strategy 3": μ_k = μ0 (k+1)^{−1/p0}, η_k = β(k+1)^{−τ/2}, α_k = β(k+1)^{−3τ/2} μ_k³.
    """

    mu0: float = 0.9
    p0: float = 10.0
    tau: float = 1 / 40
    beta: float = 0.1

    def iterates(self, problem: Averaged, noise: Noise, /) -> Iterator[Iterate]:
        x, y = problem.x0, problem.y0
        v = 0 * y
        for k in count():
            mu = self.mu0 * (k + 1) ** (-1 / self.p0)
            steps = (self.beta, self.beta * (k + 1) ** (-self.tau / 2), self.beta * (k + 1) ** (-1.5 * self.tau) * mu**3)
            yield Iterate(k, x, y, v, mu, steps)
            dy, dv, dx = pieces(problem, x, y, v, mu)
            y, v, x = y - steps[0] * dy, v - steps[1] * dv, x - steps[2] * dx


class Aggregated(Problem, Protocol):
    @property
    def A(self) -> Array: ...  # (B, m, m) singular
    @property
    def b(self) -> Array: ...  # (B, m) in its range
    @property
    def Q(self) -> Array: ...  # (B, m, m) positive definite
    @property
    def c(self) -> Array: ...


@dataclass(frozen=True, eq=False)
class Mixture:
    k: int
    mu: float
    y: Array  # (B, m)


@dataclass(frozen=True)
class Mixtures:
    """y_μ = argmin μF + (1−μ)g for F = ½(y−c)'Q(y−c), g = ½y'Ay − b'y and μ = 0.9·ratio^k."""

    ratio: float = 0.6

    def iterates(self, problem: Aggregated, noise: Noise, /) -> Iterator[Mixture]:
        for k in count():
            mu = 0.9 * self.ratio**k
            H = mu * problem.Q + (1 - mu) * problem.A
            yield Mixture(k, mu, solve(H, mu * apply(problem.Q, problem.c) + (1 - mu) * problem.b))
