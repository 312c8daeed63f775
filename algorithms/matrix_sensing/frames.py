"""Projected gradient descent of the weight-tied sign autoencoder (Shevchenko, Kögler, Hassani, Mondelli 2023), on the sphere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Tied(Problem, Protocol):
    def crowding_slope(self, Bm: Array, /) -> Array: ...  # (B, n, d) -> (B, n, d)


@dataclass(frozen=True, eq=False)
class Frame:
    k: int
    Bm: Array  # (B, n, d), unit rows
    step: float


@dataclass(frozen=True)
class TiedDescent:
    """B_{t+1} = rows of B_t − η ∇(½ Σ_{i≠j} G_ij M_ij), normalised."""

    step: float

    def iterates(self, problem: Tied, noise: Noise, /) -> Iterator[Frame]:
        Bm = problem.x0
        xp = array_namespace(Bm)
        for k in count():
            yield Frame(k, Bm, self.step)
            Bm = Bm - self.step * problem.crowding_slope(Bm)
            Bm = Bm / xp.sqrt(xp.sum(Bm * Bm, axis=-1))[:, :, None]
