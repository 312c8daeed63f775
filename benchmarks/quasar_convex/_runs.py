"""Runs of algorithms for the studies of quasar-convex functions: gaps along the iterates, what they cost, first passages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import Any

import numpy as np

from ratecheck.noise import SeededNoise


@dataclass(frozen=True, eq=False)
class Run:
    k: Any  # (K,)
    gap: Any  # (K, B), f(x) − f*
    cost: Any  # (K,) of the iterations before k, mean over the rows, in the unit of `price`
    seconds: Any  # (K,) in the algorithm alone, the readings not counted

    def reach(self, where: Any, level: float) -> float:
        """The first entry of `where` at which the median gap is at most `level`; nan if none."""
        below = np.flatnonzero(np.median(self.gap, axis=1) <= level)
        return float(where[below[0]]) if len(below) else float("nan")


def point(s: Any) -> Any:
    return s.x


def nothing(s: Any) -> float:
    return 1.0


def run(
    algorithm: Any, problem: Any, steps: int, read: Callable[[Any], Any] = point, price: Callable[[Any], float] = nothing, points: int = 60,
    budget: float = np.inf,
) -> Run:
    """Gaps at about `points` indices up to `steps`, or until the cost passes `budget`."""
    wanted = frozenset((np.round(np.geomspace(1, steps + 1, points)).astype(int) - 1).tolist())
    stream = algorithm.iterates(problem, SeededNoise(range(len(problem.x0))))
    rows, cost, spent, began = [], 0.0, 0.0, perf_counter()
    for k, s in enumerate(islice(stream, steps + 1)):
        spent += perf_counter() - began
        if k in wanted:
            rows.append((k, problem.value(read(s)) - problem.f_star, cost, spent))
        cost += price(s)
        if cost > budget:
            break
        began = perf_counter()
    return Run(*(np.array(column) for column in zip(*rows, strict=True)))


def passage(algorithm: Any, problem: Any, level: float, steps: int, read: Callable[[Any], Any] = point) -> float:
    """Median over the rows of the first k with f(x_k) − f* ≤ level (f(x_0) − f*); nan for a row that does not get there."""
    first = np.full(len(problem.x0), np.nan)
    start = problem.value(problem.x0) - problem.f_star
    for k, s in enumerate(islice(algorithm.iterates(problem, SeededNoise(range(len(problem.x0)))), steps + 1)):
        now = problem.value(read(s)) - problem.f_star <= level * start
        first = np.where(np.isnan(first) & now, k, first)
        if not np.isnan(first).any():
            break
    return float(np.median(first))


def exponent(x: Any, y: Any) -> float:
    """Slope of log y in log x by least squares."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])
