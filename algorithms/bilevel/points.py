"""Random points and directions: for statements that hold everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ratecheck import Array, Noise, Problem


class Pointed(Problem, Protocol):
    @property
    def y0(self) -> Array: ...


@dataclass(frozen=True, eq=False)
class Sample:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, m)
    dx: Array  # (B, n) a direction
    dy: Array  # (B, m)


@dataclass(frozen=True)
class RandomPoints:
    """x = x0 + spread·u, y = y0 + spread·v, and Gaussian directions."""

    spread: float = 1.0

    def iterates(self, problem: Pointed, noise: Noise, /) -> Iterator[Sample]:
        n, m = problem.x0.shape[-1], problem.y0.shape[-1]
        streams = zip(noise.normals("x", n), noise.normals("y", m), noise.normals("dx", n), noise.normals("dy", m), strict=False)
        for k, (u, v, dx, dy) in enumerate(streams):
            yield Sample(k, problem.x0 + self.spread * u, problem.y0 + self.spread * v, dx, dy)
