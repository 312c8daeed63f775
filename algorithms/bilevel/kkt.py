"""Implicit differentiation of a constrained lower level through the optimality conditions of its active set (Fiacco 1976)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.bilevel.batched import apply_t, diagonal
from ratecheck import Array, Noise, Problem


class ConstrainedLower(Problem, Protocol):
    """min_y g(x, y) subject to c(x, y) ≤ 0, g strongly convex in y, c affine."""

    def upper_x(self, x: Array, y: Array, /) -> Array: ...
    def upper_y(self, x: Array, y: Array, /) -> Array: ...
    def solution(self, x: Array, /) -> tuple[Array, Array]: ...  # y*, multipliers (B, p)
    def lower_block(self) -> tuple[Array, Array]: ...  # ∂²_yy g (B, m, m), ∂²_xy g (B, n, m)
    def constraint_block(self) -> tuple[Array, Array]: ...  # ∂_y c (B, p, m), ∂_x c (B, p, n)


@dataclass(frozen=True, eq=False)
class Active:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, m)
    lam: Array  # (B, p)
    z: Array  # (B, n) ∇F(x)


def constrained_hypergradient(p: ConstrainedLower, x: Array, y: Array, lam: Array) -> Array:
    """∇_x f − (B'q + c_x'r) with A q + c_y'r = ∇_y f, c_y q = 0 on active rows, r = 0 on the others: where no active multiplier is 0."""
    xp = array_namespace(x)
    A, B_t = p.lower_block()
    Gy, Gx = p.constraint_block()
    on = xp.astype(lam > 0, x.dtype)
    Gy = on[:, :, None] * Gy
    top = xp.concat([A + 0 * Gy[:, :1, :1], xp.matrix_transpose(Gy)], axis=2)
    low = xp.concat([Gy, diagonal(on - 1)], axis=2)
    right = xp.concat([p.upper_y(x, y), 0 * lam], axis=1)
    both = xp.linalg.solve(xp.concat([top, low], axis=1), right[:, :, None])[:, :, 0]
    q, r = both[:, : y.shape[-1]], on * both[:, y.shape[-1] :]
    return p.upper_x(x, y) - apply_t(xp.matrix_transpose(B_t), q) - apply_t(Gx, r)


@dataclass(frozen=True)
class ActiveSetDescent:
    """x −= ∇F(x)/L_F·relative with the lower level solved."""

    relative: float = 1.0

    def iterates(self, problem: ConstrainedLower, noise: Noise, /) -> Iterator[Active]:
        x = problem.x0
        alpha = (self.relative / (problem.constants["L_F"].value + 0 * x[:, 0]))[:, None]
        for k in count():
            y, lam = problem.solution(x)
            z = constrained_hypergradient(problem, x, y, lam)
            yield Active(k, x, y, lam, z)
            x = x - alpha * z
