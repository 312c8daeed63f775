"""The largest step at which a method is still stable, by bisection on the method's own trajectories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from array_api_compat import array_namespace

from algorithms.min_max.steps import Step
from ratecheck import Algorithm, Array, HasX, Noise
from ratecheck.oracles import Operator, WithMinimiser


class Linear(Operator, WithMinimiser, Protocol):
    """A linear operator with its zero."""


@dataclass(frozen=True, eq=False)
class Edge:
    step: Array  # (B,)


@dataclass(frozen=True)
class StabilityEdge:
    """Yields once: the step in (low, high) at which ‖x_2K − x*‖ = ‖x_K − x*‖; it grows above."""

    method: Callable[[Step], Algorithm[Any, HasX]]
    low: Step
    high: Step
    K: int = 150
    halvings: int = 45

    def iterates(self, problem: Linear, noise: Noise, /) -> Iterator[Edge]:
        low, high = self.low(problem.constants), self.high(problem.constants)
        xp = array_namespace(low)
        for _ in range(self.halvings):
            middle = (low + high) / 2
            stable = self._stable(problem, noise, middle)
            low, high = xp.where(stable, middle, low), xp.where(stable, high, middle)
        yield Edge((low + high) / 2)

    def _stable(self, problem: Linear, noise: Noise, step: Array) -> Array:
        start, early, late = islice(self.method(lambda c: step).iterates(problem, noise), 0, 2 * self.K + 1, self.K)
        size, before, after = (norm2(s.x - problem.x_star) for s in (start, early, late))
        return (after < before) | (after < 1e-16 * size)  # below: rounding is all that is left


def norm2(v: Array) -> Array:
    return array_namespace(v).sum(v * v, axis=-1)
