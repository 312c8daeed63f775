"""Carmon, Jambulapati, Jiang, Jin, Lee, Sidford, Tian 2020: acceleration with a ball oracle (Monteiro–Svaiter), and plain balls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class BallOracle(Problem, Protocol):
    @property
    def slope(self) -> Array: ...  # (B,), L
    @property
    def radius(self) -> Array: ...  # (B,), r
    def ball(self, y: Array, /) -> Array: ...  # (B, d) -> (B, d)


@dataclass(frozen=True, eq=False)
class Step:
    k: int
    x: Array  # (B, d)
    v: Array  # (B, d), the mirror sequence (x itself without acceleration)
    A: Array  # (B,), the weight so far (0 without acceleration)


@dataclass(frozen=True)
class PlainBalls:
    """x' = the minimiser over the ball around x."""

    def iterates(self, problem: BallOracle, noise: Noise, /) -> Iterator[Step]:
        x = problem.x0
        for k in count():
            yield Step(k, x, x, 0 * x[:, 0])
            x = problem.ball(x)


@dataclass(frozen=True)
class AcceleratedBalls:
    """λ = r/L, a = (λ + √(λ² + 4λA))/2, y = (A x + a v)/(A + a), x' = ball minimiser around y, v' = v − (a/λ)(y − x'), A' = A + a.

    On a function whose gradient has the norm L wherever the ball does not hold the minimiser, λ needs no search.
    """

    growth: float = 1.0  # multiplies a

    def iterates(self, problem: BallOracle, noise: Noise, /) -> Iterator[Step]:
        x = v = problem.x0
        xp = array_namespace(x)
        lam = problem.radius / problem.slope
        A = 0 * lam
        for k in count():
            yield Step(k, x, v, A)
            a = self.growth * (lam + xp.sqrt(lam**2 + 4 * lam * A)) / 2
            y = (A[:, None] * x + a[:, None] * v) / (A + a)[:, None]
            x = problem.ball(y)
            v = v - (a / lam)[:, None] * (y - x)
            A = A + a
