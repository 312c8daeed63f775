"""Outer gradient descent with any approximate hypergradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from array_api_compat import array_namespace

from algorithms.bilevel.batched import dot, norm
from algorithms.bilevel.implicit import exact_hypergradient, lower_step
from algorithms.bilevel.oracles import Bilevel, Solvable
from ratecheck import Array, Noise

Approximation: TypeAlias = Callable[[Solvable, Array], Array]  # x -> z ≈ ∇F(x)


@dataclass(frozen=True, eq=False)
class Outer:
    k: int
    x: Array  # (B, n)
    z: Array  # (B, n) approximate hypergradient
    alpha: Array  # (B, 1) step


def truncated(K: int, T: int, problem: Bilevel, x: Array) -> Array:
    """K-RMD through T gradient steps of length 1/L from y0."""
    y, gamma, path = problem.y0, lower_step(problem, 1.0), []
    for _ in range(T):
        path.append(y)
        y = y - gamma * problem.lower_y(x, y)
    z, a = problem.upper_x(x, y), problem.upper_y(x, y)
    for at in reversed(path[T - K :]):
        z = z - gamma * problem.cross_t(x, at, a)
        a = a - gamma * problem.hvp(x, at, a)
    return z


@dataclass(frozen=True)
class OuterDescent:
    """x_{k+1} = x_k − α z_k, z_k ≈ ∇F(x_k), α = relative / L_F."""

    approximate: Approximation = exact_hypergradient
    relative: float = 1.0

    def iterates(self, problem: Solvable, noise: Noise, /) -> Iterator[Outer]:
        x = problem.x0
        alpha = (self.relative / (problem.constants["L_F"].value + 0 * x[:, 0]))[:, None]
        for k in count():
            z = self.approximate(problem, x)
            yield Outer(k, x, z, alpha)
            x = x - alpha * z


@dataclass(frozen=True)
class DescentWithError:
    """x_{k+1} = x_k − α z_k with ‖z_k − ∇F(x_k)‖ = (1 − η)‖z_k‖ exactly; the error points along `lean` ∇F plus a random direction.

    lean = ±inf: along ±∇F alone.
    """

    eta: float = 0.5
    relative: float = 1.0
    lean: float = 0.0

    def iterates(self, problem: Solvable, noise: Noise, /) -> Iterator[Outer]:
        x = problem.x0
        xp = array_namespace(x)
        alpha = (self.relative / (problem.constants["L_F"].value + 0 * x[:, 0]))[:, None]
        rho2 = (1 - self.eta) ** 2
        sure = abs(self.lean) == float("inf")
        for k, u in enumerate(noise.normals("error", x.shape[-1])):
            g = exact_hypergradient(problem, x)
            unit = g / norm(g)[:, None]
            u = (1.0 if self.lean > 0 else -1.0) * unit if sure else u / norm(u)[:, None] + self.lean * unit
            u = u / norm(u)[:, None]
            gu, g2 = dot(g, u), dot(g, g)
            t = (rho2 * gu + xp.sqrt(rho2**2 * gu * gu + (1 - rho2) * rho2 * g2)) / (1 - rho2)
            z = g + t[:, None] * u
            yield Outer(k, x, z, alpha)
            x = x - alpha * z
