"""Mirror descent, dual averaging and mirror prox (Nemirovski 2004) in the geometry that the problem gives, as in Bubeck 2015."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from algorithms.frank_wolfe.gradient import Point, Rule
from ratecheck import Array, Noise


@dataclass(frozen=True)
class MirrorDescent:
    """x_{k+1} = mirror(x_k, η_k g_k); the step is (B, n), one value a block."""

    step: Rule

    def iterates(self, problem: Any, noise: Noise, /) -> Iterator[Point]:
        x = problem.x0
        for k in count():
            yield Point(k, x)
            x = problem.mirror(x, self.step(problem, k) * problem.apply(x))


@dataclass(frozen=True)
class DualAveraging:
    """x_{k+1} = mirror(x_0, η Σ_{j≤k} g_j)."""

    step: Rule

    def iterates(self, problem: Any, noise: Noise, /) -> Iterator[Point]:
        x, total = problem.x0, 0 * problem.x0
        for k in count():
            yield Point(k, x)
            total = total + problem.apply(x)
            x = problem.mirror(problem.x0, self.step(problem, k) * total)


@dataclass(frozen=True, eq=False)
class Extrapolated:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, n) the midpoint: mirror(x, η F(x))


@dataclass(frozen=True)
class MirrorProx:
    """y_{k+1} = mirror(x_k, η F(x_k)), x_{k+1} = mirror(x_k, η F(y_{k+1}))."""

    step: Rule

    def iterates(self, problem: Any, noise: Noise, /) -> Iterator[Extrapolated]:
        x = problem.x0
        for k in count():
            eta = self.step(problem, k)
            y = problem.mirror(x, eta * problem.apply(x))
            yield Extrapolated(k, x, y)
            x = problem.mirror(x, eta * problem.apply(y))
