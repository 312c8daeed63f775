"""A search for the restricted isometry constant from below: apply A*A, truncate to the rank, normalise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.matrix_sensing.oracles import truncated
from ratecheck import Array, Noise, Problem


class Linear(Problem, Protocol):
    def normal(self, Z: Array, /) -> Array: ...  # A*A(Z), (B, n, n) -> (B, n, n)


@dataclass(frozen=True, eq=False)
class Candidate:
    k: int
    Z: Array  # (B, n, n), rank at most `rank`, ‖Z‖_F = 1
    image: Array  # (B, n, n), A*A(Z)


@dataclass(frozen=True)
class IsometrySearch:
    """Z ← P_rank(shift Z ± A*A Z), normalised: climbs towards the largest (+) or smallest (−) ‖A(Z)‖². Starts at x_0x_0ᵀ."""

    rank: int
    sign: float
    shift: float = 3.0

    def iterates(self, problem: Linear, noise: Noise, /) -> Iterator[Candidate]:
        xp = array_namespace(problem.x0)
        Z = xp.matmul(problem.x0, xp.matrix_transpose(problem.x0))
        for k in count():
            Z = truncated(Z, self.rank)
            Z = Z / xp.sqrt(xp.sum(Z * Z, axis=(1, 2)))[:, None, None]
            image = problem.normal(Z)
            yield Candidate(k, Z, image)
            Z = self.shift * Z + self.sign * image
