"""Liu, Liu, Ghosh, Han, Scarlett 2022: the projected power method (PPower) on a closed set of the unit sphere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from ratecheck import Array, Noise, Problem


class Prior(Problem, Protocol):
    def image(self, x: Array, /) -> Array: ...  # V x, (B, n) -> (B, n)
    def nearest(self, y: Array, /) -> Array: ...  # a point of the set nearest to y, that is argmax <u, y>


@dataclass(frozen=True, eq=False)
class Vector:
    k: int
    x: Array  # (B, n), a unit vector of the set


@dataclass(frozen=True)
class ProjectedPower:
    """x_{t+1} = P(V x_t)."""

    def iterates(self, problem: Prior, noise: Noise, /) -> Iterator[Vector]:
        x = problem.x0
        for k in count():
            yield Vector(k, x)
            x = problem.nearest(problem.image(x))
