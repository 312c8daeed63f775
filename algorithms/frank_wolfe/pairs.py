"""Pairs of points of a domain at a given local distance: what an inequality for all x, y is held against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.frank_wolfe.steps import inner
from ratecheck import Array, Noise, Problem


class SelfConcordant(Problem, Protocol):
    @property
    def nu(self) -> float: ...
    def local(self, x: Array, v: Array, /) -> Array: ...  # ‖v‖²_x, (B, n), (B, n) -> (B,)
    def interior(self, z: Array, /) -> Array: ...  # (B, n) -> (B, n), points of the domain


def local_distance(p: SelfConcordant, x: Array, v: Array) -> Array:
    """d_ν(x, x + v) = M‖v‖₂ if ν = 2, (ν/2 − 1) M ‖v‖₂^{3−ν} ‖v‖_x^{ν−2} if ν > 2; proportional to the length of v."""
    factor = 1.0 if p.nu == 2 else p.nu / 2 - 1
    return factor * p.constants["M"].value * inner(v, v) ** ((3 - p.nu) / 2) * p.local(x, v) ** ((p.nu - 2) / 2)


@dataclass(frozen=True, eq=False)
class Pair:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, n)


@dataclass(frozen=True)
class Pairs:
    """x at random; y − x along a random direction, at local distance low + (high − low) u, u uniform.

    `along`: 0 for any direction; else a number that every entry of the direction has.
    """

    low: float = 0.05
    high: float = 0.95
    along: float = 0.0

    def iterates(self, problem: SelfConcordant, noise: Noise, /) -> Iterator[Pair]:
        n = problem.x0.shape[1]
        xp = array_namespace(problem.x0)
        streams = zip(noise.normals("x", n), noise.normals("direction", n), noise.uniforms("distance"), strict=False)
        for k, (z, u, t) in zip(count(), streams, strict=False):
            x = problem.interior(z)
            u = u if self.along == 0 else self.along * xp.ones_like(u)
            length = (self.low + (self.high - self.low) * t) / local_distance(problem, x, u)
            yield Pair(k, x, x + length[:, None] * u)
