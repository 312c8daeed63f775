"""Shaban, Cheng, Hatch, Boots 2019: truncated back-propagation (K-RMD) through T gradient steps on the lower level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from algorithms.bilevel.oracles import Bilevel
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Kept:
    """h = ∇_x f + Σ_{T−K < t ≤ T} B_t' A_{t+1}'···A_T' ∇_y f(y_T),  A_{t+1} = I − γ ∂²_yy g(y_t), B_{t+1} = −γ ∂²_yx g(y_t)."""

    K: int  # terms kept, the index of the stream
    h: Array  # (B, n)
    adjoint: Array  # (B, m) A_{T−K+1}'···A_T' ∇_y f(y_T), what the next term starts from
    gamma: Array  # (B, 1)
    path: tuple[Array, ...]  # y_0, ..., y_T, each (B, m)


@dataclass(frozen=True)
class TruncatedReverse:
    """State K is the derivative that keeps the last K of T terms; K = T is reverse mode. Step γ = relative / L."""

    T: int
    relative: float = 1.0

    def iterates(self, problem: Bilevel, noise: Noise, /) -> Iterator[Kept]:
        x, y = problem.x0, problem.y0
        gamma = self.relative / (problem.constants["L"].value + 0 * x[:, 0])[:, None]
        path = [y]
        for _ in range(self.T):
            y = y - gamma * problem.lower_y(x, y)
            path.append(y)
        h, a = problem.upper_x(x, y), problem.upper_y(x, y)
        for K in range(self.T + 1):
            yield Kept(K, h, a, gamma, tuple(path))
            if K < self.T:
                y = path[self.T - K - 1]
                h = h - gamma * problem.cross_t(x, y, a)
                a = a - gamma * problem.hvp(x, y, a)
