"""Points of a set and directions, drawn at random: what an inequality for all x and all gradients is held against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class OverSet(Problem, Protocol):
    def lmo(self, g: Array, /) -> Array: ...  # (B, n) -> (B, n)


@dataclass(frozen=True, eq=False)
class Sample:
    k: int
    x: Array  # (B, n), in the set
    g: Array  # (B, n), stands for the gradient at x
    v: Array  # (B, n), in argmin <g, .>


@dataclass(frozen=True)
class Samples:
    """x = (1 − depth u) times an extreme point of a random direction, u uniform; g normal, drawn towards −x at odd k."""

    depth: float = 0.0

    def iterates(self, problem: OverSet, noise: Noise, /) -> Iterator[Sample]:
        n = problem.x0.shape[1]
        xp = array_namespace(problem.x0)
        streams = zip(noise.normals("point", n), noise.normals("gradient", n), noise.uniforms("depth"), strict=False)
        for k, (direction, g, u) in zip(count(), streams, strict=False):
            x = (1 - self.depth * u)[:, None] * problem.lmo(direction)
            g = g if k % 2 == 0 else 0.3 * g + direction / xp.sqrt(xp.sum(direction * direction, axis=-1, keepdims=True)) * n**0.5
            yield Sample(k, x, g, problem.lmo(g))
