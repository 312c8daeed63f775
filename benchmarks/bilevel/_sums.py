"""Finite sums with every component call counted, and runs of many seeds at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from algorithms.bilevel.batched import norm, solve
from algorithms.bilevel.implicit import hypergradient
from problems.bilevel.logistic import Logistic
from ratecheck import Array, Certified, Side, Tally, Unit
from ratecheck.noise import SeededNoise


@dataclass(frozen=True, eq=False)
class CountedSum:
    """`base` with its batch oracles from `batches`: a call adds the number of its components, a full one all of them."""

    base: Any
    batches: Any
    tally: Tally
    more: Mapping[str, Certified]

    @property
    def constants(self) -> Mapping[str, Certified]:
        return {**self.base.constants, **self.more}

    @property
    def traits(self) -> Any:
        return self.base.traits

    @property
    def x0(self) -> Array:
        return self.base.x0

    @property
    def y0(self) -> Array:
        return self.base.y0

    @property
    def lower_size(self) -> int:
        return int(self.batches.lower_size)

    @property
    def upper_size(self) -> int:
        return int(self.batches.upper_size)

    def _asked(self, name: str, components: int) -> None:
        self.tally[name] += components

    def lower_x_batch(self, x: Array, y: Array, i: Array, /) -> Array:
        self._asked("lower_x", i.shape[1])
        return self.batches.lower_x_batch(x, y, i)

    def lower_y_batch(self, x: Array, y: Array, i: Array, /) -> Array:
        self._asked("lower_y", i.shape[1])
        return self.batches.lower_y_batch(x, y, i)

    def hvp_batch(self, x: Array, y: Array, v: Array, i: Array, /) -> Array:
        self._asked("hvp", i.shape[1])
        return self.batches.hvp_batch(x, y, v, i)

    def cross_t_batch(self, x: Array, y: Array, v: Array, i: Array, /) -> Array:
        self._asked("cross_t", i.shape[1])
        return self.batches.cross_t_batch(x, y, v, i)

    def upper_x_batch(self, x: Array, y: Array, j: Array, /) -> Array:
        self._asked("upper_x", j.shape[1])
        return self.batches.upper_x_batch(x, y, j)

    def upper_y_batch(self, x: Array, y: Array, j: Array, /) -> Array:
        self._asked("upper_y", j.shape[1])
        return self.batches.upper_y_batch(x, y, j)

    def lower_x(self, x: Array, y: Array, /) -> Array:
        self._asked("lower_x", self.lower_size)
        return self.base.lower_x(x, y)

    def lower_y(self, x: Array, y: Array, /) -> Array:
        self._asked("lower_y", self.lower_size)
        return self.base.lower_y(x, y)

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        self._asked("hvp", self.lower_size)
        return self.base.hvp(x, y, v)

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        self._asked("cross_t", self.lower_size)
        return self.base.cross_t(x, y, v)

    def upper_x(self, x: Array, y: Array, /) -> Array:
        self._asked("upper_x", self.upper_size)
        return self.base.upper_x(x, y)

    def upper_y(self, x: Array, y: Array, /) -> Array:
        self._asked("upper_y", self.upper_size)
        return self.base.upper_y(x, y)

    @property
    def components(self) -> int:
        return sum(self.tally.values())


def summed(base: Any, batches: Any, **more: Any) -> CountedSum:
    return CountedSum(base, batches, Tally(), {k: Certified(v, Unit(), Side.ESTIMATED, "set by the study") for k, v in more.items()})


@dataclass(frozen=True, eq=False)
class Trace:
    """At the first step after each mark."""

    calls: Any  # (K,) component calls of one instance
    seconds: Any  # (K,) of all instances together
    x: Any  # (K, B, n)


def trace(algorithm: Any, p: CountedSum, marks: Any, seeds: range) -> Trace:
    """Until the last mark; every instance takes the same number of calls a step."""
    p.tally.clear()
    states: Iterator[Any] = algorithm.iterates(p, SeededNoise(seeds))
    calls: list[int] = []
    clock: list[float] = []
    points: list[Any] = []
    began = perf_counter()
    with np.errstate(all="ignore"):
        for s in states:
            if p.components >= marks[len(points)]:
                points.append(np.asarray(s.x))
                calls.append(p.components)
                clock.append(perf_counter() - began)
                while len(points) < len(marks) and marks[len(points)] <= p.components:
                    marks = np.delete(marks, len(points))
                if len(points) == len(marks):
                    break
    return Trace(np.array(calls), np.array(clock), np.stack(points))


def lower_solution(base: Any, x: Any) -> Any:
    """y*(x); for logistic regression by the damped Newton method of its class, stopped when a step is below 1e-9."""
    if not isinstance(base, Logistic):
        return base.y_star(x)
    y = base.y0
    for _ in range(80):
        d = solve(base.hessian(x, y), base.lower_y(x, y))
        y = y - d / (1 + base.radius * norm(d))[:, None]
        if norm(d).max() < 1e-9:
            break
    return y


def judged(base: Any, x: Any) -> tuple[Any, Any]:
    """F and ‖∇F‖ at (K, B, n); NaN where a point has run away."""
    F, size = (np.full(x.shape[:2], np.nan) for _ in range(2))
    for k, at in enumerate(x):
        safe = (np.abs(at - base.x0) < 20).all(axis=1)
        here = np.where(safe[:, None], at, base.x0)
        y = lower_solution(base, here)
        z = hypergradient(base, here, y, solve(base.hessian(here, y), base.upper_y(here, y)))
        F[k], size[k] = np.where(safe, base.upper(here, y), np.nan), np.where(safe, norm(z), np.nan)
    return F, size
