"""The Jacobian dy/dx of a lower-level solver: unrolled (forward mode), implicit at the iterate, and by a Neumann series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.bilevel.implicit import lower_step
from algorithms.bilevel.oracles import Solvable
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Jacobian:
    k: int
    y: Array  # (B, m)
    J: Array  # (B, m, n)
    gamma: Array  # (B, 1)


@dataclass(frozen=True)
class Unrolled:
    """y_{k+1} = y_k − γ ∇_y g,  J_{k+1} = J_k − γ (A J_k + B) with A, B at y_k; from y*(x0) if `solved`, else from y0. γ = relative/L."""

    solved: bool = False
    relative: float = 1.0

    def iterates(self, problem: Solvable, noise: Noise, /) -> Iterator[Jacobian]:
        x = problem.x0
        y = problem.y_star(x) if self.solved else problem.y0
        xp = array_namespace(y)
        gamma = lower_step(problem, self.relative)
        J = xp.zeros_like(problem.cross_block(x, y)) + 0 * y[:, :, None]
        for k in count():
            yield Jacobian(k, y, J, gamma)
            J = J - gamma[:, :, None] * (xp.matmul(problem.hessian(x, y), J) + problem.cross_block(x, y))
            y = y - gamma * problem.lower_y(x, y)


@dataclass(frozen=True)
class Implicit:
    """J = −A⁻¹B at y_k after k gradient steps: Blondel et al. 2022 (one linear solve, no trajectory)."""

    relative: float = 1.0

    def iterates(self, problem: Solvable, noise: Noise, /) -> Iterator[Jacobian]:
        x, y = problem.x0, problem.y0
        xp = array_namespace(y)
        gamma = lower_step(problem, self.relative)
        for k in count():
            J = -xp.linalg.solve(problem.hessian(x, y) + 0 * y[:, :, None], problem.cross_block(x, y) + 0 * y[:, :, None])
            yield Jacobian(k, y, J, gamma)
            y = y - gamma * problem.lower_y(x, y)


@dataclass(frozen=True)
class NeumannJacobian:
    """J_K = −γ Σ_{j<K} (I − γA)^j B with A, B at y*(x0)."""

    relative: float = 1.0

    def iterates(self, problem: Solvable, noise: Noise, /) -> Iterator[Jacobian]:
        x, y = problem.x0, problem.y_star(problem.x0)
        xp = array_namespace(y)
        gamma = lower_step(problem, self.relative)
        A, term = problem.hessian(x, y), problem.cross_block(x, y) + 0 * y[:, :, None]
        J = xp.zeros_like(term)
        for k in count():
            yield Jacobian(k, y, J, gamma)
            J = J - gamma[:, :, None] * term
            term = term - gamma[:, :, None] * xp.matmul(A, term)
