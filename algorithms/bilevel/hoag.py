"""Pedregosa 2016: hyperparameter optimization with approximate gradients (HOAG), warm-started."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Protocol

from algorithms.bilevel.implicit import hypergradient
from algorithms.bilevel.inexact import Inexact, solve_linear, solve_lower
from ratecheck import Array, Noise


class Boxed(Inexact, Protocol):
    def project(self, x: Array, /) -> Array: ...  # nearest point of the compact set D


@dataclass(frozen=True, eq=False)
class Tolerant:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, m) ‖y − y*‖ ≤ eps
    q: Array  # (B, m) ‖A q − ∇_y f‖ ≤ eps
    p: Array  # (B, n) approximate hypergradient
    eps: Array  # (B,)
    x_next: Array  # (B, n)
    L: Array  # (B, 1)


def quadratic_decay(k: int) -> float:
    """0.1/(k+1)²: summable"""
    return 0.1 / (k + 1) ** 2


@dataclass(frozen=True)
class HOAG:
    """x_{k+1} = P_D(x_k − p_k/L), with y_k and q_k to tolerance ε_k; ε below 1e-12 is set to 1e-12. L = L_F/relative."""

    tolerance: Callable[[int], float] = quadratic_decay
    relative: float = 1.0

    def iterates(self, problem: Boxed, noise: Noise, /) -> Iterator[Tolerant]:
        x, y = problem.x0, problem.y0
        q = 0 * y
        L = ((problem.constants["L_F"].value + 0 * x[:, 0]) / self.relative)[:, None]
        for k in count():
            eps = max(self.tolerance(k), 1e-12) + 0 * x[:, 0]
            y = solve_lower(problem, x, y, eps)
            q = solve_linear(partial(problem.hvp, x, y), problem.upper_y(x, y), q, eps)
            p = hypergradient(problem, x, y, q)
            following = problem.project(x - p / L)
            yield Tolerant(k, x, y, q, p, eps, following, L)
            x = following
