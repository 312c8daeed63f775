"""Runs of stochastic solvers, all seeds in one batch: residual at the last iterate and at the average, calls, seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import Any

import numpy as np

from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve

MARKS = 60


@dataclass(frozen=True, eq=False)
class Trace:
    calls: Any  # (K,), of a row, to have x_k
    seconds: Any  # (K,), of all rows, in the algorithm alone
    last: Any  # (K, B), ‖F(x_k)‖/‖F(x_0)‖, or what else is measured
    average: Any  # (K, B), the same at the mean of the points played before

    def at(self, share: float, values: Any) -> Any:
        """The rows at the first mark with at least that share of the calls."""
        return values[int(np.searchsorted(self.calls, share * self.calls[-1]))]


def residual(problem: Any, z: Any) -> Any:
    F = np.asarray(problem.apply(z))
    return np.sqrt((F * F).reshape(len(F), -1).sum(axis=1))


def excess(problem: Any, z: Any) -> Any:
    """f − f*, f* = 0, all replicas of all rows."""
    return np.asarray(problem.value(z)).ravel()


def trace(
    method: Any,
    problem: Any,
    budget: float,
    cost: float | None,
    played: Callable[[Any], Any] = lambda s: s.w,
    last: Callable[[Any], Any] = lambda s: s.x,
    gauge: Callable[[Any, Any], Any] = residual,
    relative: bool = True,
) -> Trace:
    """`cost`: calls a step; None if the state counts them. `gauge` is shown relative to that of x_0, where `relative`."""
    B, kept, average = len(problem.x0), [], None
    first = gauge(problem, problem.x0) if relative else 1.0
    marks = iter(np.unique(np.geomspace(1, budget, MARKS).astype(int)))
    next(islice(method.iterates(problem, SeededNoise(range(B))), 3, None))  # the first calls load what is timed
    mark, spent, began = next(marks), 0.0, perf_counter()
    with np.errstate(all="ignore"):
        for k, s in enumerate(method.iterates(problem, SeededNoise(range(B)))):
            spent += perf_counter() - began
            calls = float(np.mean(s.calls)) if cost is None else cost * k
            point = played(s)
            if calls >= mark:
                a = last(s) if average is None else average
                kept.append((calls, spent, gauge(problem, last(s)) / first, gauge(problem, a) / first))
                while mark <= calls:
                    mark = next(marks, 1 << 62)
            if calls >= budget:
                break
            average = point if average is None else average + (point - average) / (k + 1)
            began = perf_counter()
    c, t, final, mean = (np.array(column) for column in zip(*kept, strict=True))
    return Trace(c, t, final, mean)


def curve(
    name: str, x: Any, values: Any, q: float = 0.5, band: tuple[float, float] | None = None, bottom: float = 1e-3, top: float = 10.0
) -> Curve:
    """The quantile q over the rows; what overflows or leaves [bottom, top] is not drawn."""
    values = np.nan_to_num(values, nan=np.inf)

    def line(level: float) -> Any:
        y = np.quantile(values, level, axis=1, method="lower")
        return np.where((y > bottom) & (y < top), y, np.nan)

    low, high = (line(b) for b in band) if band else (None, None)
    return Curve(name, x, line(q), low=low, high=high)


def quantiles(values: Any) -> tuple[float, float, float]:
    """Median, 0.1 and 0.9 quantile over the rows of the last mark."""
    last = np.minimum(np.nan_to_num(values[-1], nan=np.inf), 1e99)
    low, middle, high = (float(v) for v in np.quantile(last, [0.1, 0.5, 0.9]))
    return middle, low, high
