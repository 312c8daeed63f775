"""Vicol, Lorraine, Pedregosa, Duvenaud, Grosse 2022: cold and warm starts when the lower level has many solutions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.bilevel.batched import apply, apply_t
from ratecheck import Array, Noise, Problem


class LeastSquares(Problem, Protocol):
    @property
    def y0(self) -> Array: ...  # (B, p) w_0
    @property
    def Phi(self) -> Array: ...  # (B, n, p)
    @property
    def b0(self) -> Array: ...
    @property
    def C(self) -> Array: ...
    @property
    def V(self) -> Array: ...
    @property
    def t(self) -> Array: ...
    @property
    def pinv(self) -> Array: ...


def nearest_solution(p: LeastSquares, u: Array, w: Array) -> Array:
    """w + Φ⁺(b(u) − Φw): where gradient descent from w ends"""
    return w + apply(p.pinv, p.b0 + apply(p.C, u) - apply(p.Phi, w))


@dataclass(frozen=True, eq=False)
class Weights:
    k: int
    w: Array  # (B, p)
    a: Array  # (B, 1) step


@dataclass(frozen=True)
class InnerDescent:
    """w_{k+1} = w_k − aΦ'(Φw_k − b(u0)), a = relative/L."""

    relative: float = 1.0

    def iterates(self, problem: LeastSquares, noise: Noise, /) -> Iterator[Weights]:
        w = problem.y0
        b = problem.b0 + apply(problem.C, problem.x0)
        a = (self.relative / problem.constants["L"].value)[:, None]
        for k in count():
            yield Weights(k, w, a)
            w = w - a * apply_t(problem.Phi, apply(problem.Phi, w) - b)


class TwoTasks(Problem, Protocol):
    def project(self, w: Array, task: int, /) -> Array: ...  # nearest solution of the task's equations


@dataclass(frozen=True)
class WarmStart:
    """Training to the end from the weights reached before, for two alternating tasks: projections on their solution sets in turn.

    cold: always from x0.
    """

    cold: bool = False

    def iterates(self, problem: TwoTasks, noise: Noise, /) -> Iterator[Weights]:
        w = problem.x0
        for k in count():
            yield Weights(k, w, 0 * w[:, :1])
            w = problem.project(problem.x0 if self.cold else w, k % 2)


class Filtered(Problem, Protocol):
    @property
    def q(self) -> Array: ...  # (B,) a·d for an eigenvalue d


@dataclass(frozen=True, eq=False)
class Filter:
    k: int
    neumann: Array  # (B,) Σ_{j<K} (1−q)^j, in units of a
    damped: Array  # (B,) 1/(q + 1/K)


@dataclass(frozen=True)
class NeumannFilter:
    """What K Neumann terms and damping 1/(aK) make of an eigenvalue d; K = k + 1."""

    def iterates(self, problem: Filtered, noise: Noise, /) -> Iterator[Filter]:
        total = term = 0 * problem.q + 1
        for k in count():
            yield Filter(k, total, 1 / (problem.q + 1 / (k + 1)))
            term = (1 - problem.q) * term
            total = total + term


def jacobian(p: LeastSquares, K: int) -> Array:
    """dw/du: Φ⁺C for K = 0 (exact), else a Σ_{j<K} (I − aA)^j Φ'C with a = 1/L"""
    xp = array_namespace(p.Phi)
    if K == 0:
        return xp.matmul(p.pinv, p.C)
    a = (1 / p.constants["L"].value)[:, None, None]
    Phi_t = xp.matrix_transpose(p.Phi)
    term = a * xp.matmul(Phi_t, p.C)
    total = term
    for _ in range(K - 1):
        term = term - a * xp.matmul(Phi_t, xp.matmul(p.Phi, term))
        total = total + term
    return total


@dataclass(frozen=True, eq=False)
class OuterState:
    k: int
    u: Array  # (B, d)
    w: Array  # (B, p) nearest solution to w_0
    step: Array  # (B, 1)


@dataclass(frozen=True)
class ColdStartDescent:
    """u −= s J_K'V'(Vw(u) − t), w(u) trained to the end from w_0; s = relative/‖VJ(VJ_K)'‖. K = 0: exact hypergradient."""

    K: int = 0
    relative: float = 1.0

    def iterates(self, problem: LeastSquares, noise: Noise, /) -> Iterator[OuterState]:
        xp = array_namespace(problem.x0)
        VJ = xp.matmul(problem.V, jacobian(problem, self.K))
        both = xp.matmul(xp.matmul(problem.V, jacobian(problem, 0)), xp.matrix_transpose(VJ))
        step = (self.relative / xp.linalg.matrix_norm(both, ord=2))[:, None]
        u = problem.x0
        for k in count():
            w = nearest_solution(problem, u, problem.y0)
            yield OuterState(k, u, w, step)
            u = u - step * apply_t(VJ, apply(problem.V, w) - problem.t)
