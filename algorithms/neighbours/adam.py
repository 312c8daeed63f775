"""Kingma, Ba 2014, Algorithm 1 with ε = 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Gradients(Problem, Protocol):
    def grad_at(self, t: int, /) -> Array: ...  # (B, n), the gradient of step t = 1, 2, ...


@dataclass(frozen=True, eq=False)
class Moments:
    """After step t = k + 1."""

    k: int
    m: Array  # (B, n) first moment, not corrected
    v: Array  # (B, n) second moment, not corrected
    m_hat: Array  # (B, n) corrected
    v_hat: Array  # (B, n)
    b1: float
    b2: float


@dataclass(frozen=True)
class Adam:
    """m_t = b1 m_{t−1} + (1−b1) g_t, v_t = b2 v_{t−1} + (1−b2) g_t², both divided by 1 − b^t."""

    b1: float = 0.9
    b2: float = 0.999

    def iterates(self, problem: Gradients, noise: Noise, /) -> Iterator[Moments]:
        xp = array_namespace(problem.x0)
        m = v = xp.zeros_like(problem.x0)
        for k in count():
            g = problem.grad_at(k + 1)
            m = self.b1 * m + (1 - self.b1) * g
            v = self.b2 * v + (1 - self.b2) * g * g
            yield Moments(k, m, v, m / (1 - self.b1 ** (k + 1)), v / (1 - self.b2 ** (k + 1)), self.b1, self.b2)
