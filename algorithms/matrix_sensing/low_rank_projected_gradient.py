"""Lee, Lyu, Yao 2023: low-rank projected gradient descent (LPGD), Θ the whole space."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from algorithms.matrix_sensing.oracles import Sensed, Step, column, truncated
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Truncated:
    k: int
    Z: Array  # (B, rows, columns), rank r from k = 1 on
    step: Array  # (B,) or a number


@dataclass(frozen=True)
class LPGD:
    """Z_{t+1} = P_r(Z_t − τ ∇F(Z_t)), from Z_0 = x0 of the problem, a matrix."""

    rank: int
    step: Step

    def iterates(self, problem: Sensed, noise: Noise, /) -> Iterator[Truncated]:
        Z = problem.x0
        tau = self.step(problem)
        for k in count():
            yield Truncated(k, Z, tau)
            Z = truncated(Z - column(tau) * problem.gradient(Z), self.rank)
