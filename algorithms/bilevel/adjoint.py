"""The vector q ≈ A⁻¹∇_y f that implicit differentiation needs, term by term, and reverse mode with frozen second derivatives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from algorithms.bilevel.implicit import hypergradient, lower_step
from algorithms.bilevel.linear import conjugate_gradients, neumann
from algorithms.bilevel.oracles import Bilevel
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Adjoint:
    k: int
    y: Array  # (B, m) where A, B and ∇_y f are taken
    v: Array  # (B, m) ∇_y f(x0, y)
    q: Array  # (B, m) q_k
    z: Array  # (B, n) ∇_x f − B'q_k
    gamma: Array  # (B, 1)


def _descended(problem: Bilevel, steps: int, gamma: Array) -> Array:
    y = problem.y0
    for _ in range(steps):
        y = y - gamma * problem.lower_y(problem.x0, y)
    return y


@dataclass(frozen=True)
class ConjugateAdjoint:
    """q_k after k steps of conjugate gradients from 0, at y after `lower` gradient steps."""

    lower: int = 20
    relative: float = 1.0

    def iterates(self, problem: Bilevel, noise: Noise, /) -> Iterator[Adjoint]:
        gamma = lower_step(problem, self.relative)
        x, y = problem.x0, _descended(problem, self.lower, gamma)
        v = problem.upper_y(x, y)
        for k, (q, _) in enumerate(conjugate_gradients(partial(problem.hvp, x, y), v)):
            yield Adjoint(k, y, v, q, hypergradient(problem, x, y, q), gamma)


@dataclass(frozen=True)
class NeumannAdjoint:
    """q_K = γ Σ_{j<K} (I − γA)^j ∇_y f (Lorraine, Vicol, Duvenaud 2020), at y after `lower` gradient steps; γ = relative/L."""

    lower: int = 20
    relative: float = 1.0

    def iterates(self, problem: Bilevel, noise: Noise, /) -> Iterator[Adjoint]:
        gamma = lower_step(problem, self.relative)
        x, y = problem.x0, _descended(problem, self.lower, lower_step(problem, min(self.relative, 1.0)))
        v = problem.upper_y(x, y)
        for k, q in enumerate(neumann(partial(problem.hvp, x, y), v, gamma)):
            yield Adjoint(k, y, v, q, hypergradient(problem, x, y, q), gamma)


@dataclass(frozen=True)
class GradientAdjoint:
    """State K: y_K after K gradient steps, q_K after K gradient steps of the same length from 0 on A q = ∇_y f, all at y_K."""

    relative: float = 1.0

    def iterates(self, problem: Bilevel, noise: Noise, /) -> Iterator[Adjoint]:
        gamma = lower_step(problem, self.relative)
        x, y, k = problem.x0, problem.y0, 0
        while True:
            v = problem.upper_y(x, y)
            q = 0 * v
            for _ in range(k):
                q = q - gamma * (problem.hvp(x, y, q) - v)
            yield Adjoint(k, y, v, q, hypergradient(problem, x, y, q), gamma)
            y, k = y - gamma * problem.lower_y(x, y), k + 1


@dataclass(frozen=True)
class ReverseMode:
    """State K: reverse-mode derivative of f(x, y_K) through K gradient steps, its second derivatives all at y_K if `frozen`."""

    frozen: bool = True
    relative: float = 1.0

    def iterates(self, problem: Bilevel, noise: Noise, /) -> Iterator[Adjoint]:
        gamma = lower_step(problem, self.relative)
        x, path = problem.x0, [problem.y0]
        while True:
            y = path[-1]
            v = problem.upper_y(x, y)
            z, a, total = problem.upper_x(x, y), v, 0 * v
            for at in reversed(path[:-1]):
                here = y if self.frozen else at
                z, total = z - gamma * problem.cross_t(x, here, a), total + gamma * a
                a = a - gamma * problem.hvp(x, here, a)
            yield Adjoint(len(path) - 1, y, v, total, z, gamma)
            path.append(y - gamma * problem.lower_y(x, y))
