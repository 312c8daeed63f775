"""Runs of algorithms for the studies of Frank–Wolfe: values, gaps, oracle calls and seconds along the iterates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import Any

import numpy as np

from ratecheck import Counting, Tally
from ratecheck.noise import SeededNoise
from theory_checks.frank_wolfe._common import fw_gap
from theory_checks.frank_wolfe.gsc_monotone import CountedDomain


class Tallied(CountedDomain):
    """The oracles of a problem, counted; `curvature` is what a line search on a quadratic asks for."""

    base: Any

    def curvature(self, d: Any, /) -> Any:
        self.tally["curvature"] += 1
        return self.base.curvature(d)

    def values(self, X: Any, y: Any, /) -> Any:
        self.tally["value"] += X.shape[1]
        return self.base.values(X, y)


@dataclass(frozen=True, eq=False)
class Run:
    k: Any  # (K,)
    value: Any  # (K, B)
    gap: Any  # (K, B), Frank–Wolfe gap
    calls: Any  # (K,) linear minimisations
    gradients: Any  # (K,)
    tests: Any  # (K,) values and domain tests
    seconds: Any  # (K,) in the algorithm alone, the readings not counted


def indices(steps: int, points: int = 120) -> Any:
    """0, ..., 63, then some of 64, ..., steps, evenly spread in log(k + 1): about `points` over the whole range."""
    spread = np.round(np.geomspace(1, steps + 1, points)).astype(int) - 1
    return np.unique(np.concatenate([np.arange(min(64, steps + 1)), spread]))


def run(algorithm: Any, problem: Any, steps: int, points: int = 120, until: float = 0.0) -> Run:
    """Readings at some k up to `steps`, or until the Frank–Wolfe gap of every row is at most `until` times its first at one of them."""
    wanted, rows = frozenset(indices(steps, points).tolist()), []
    stream = Counting(algorithm, _tallied).iterates(problem, SeededNoise(range(problem.x0.shape[0])))
    spent, began, asked = 0.0, perf_counter(), 0.0
    with np.errstate(all="ignore"):
        for k, counted in enumerate(islice(stream, steps + 1)):
            spent += perf_counter() - began
            s, c = counted.state, counted.calls
            if hasattr(s, "asked"):  # a lazy method tells itself whether the linear oracle was needed
                asked += float(np.mean(s.asked))
            if k in wanted:
                gap = fw_gap(problem, s)
                calls = asked if hasattr(s, "asked") else float(c["linear"])
                rows.append((k, problem.value(s.x), gap, calls, float(c["gradient"]), float(c["value"] + c["domain"]), spent))
                if np.all(gap <= until * rows[0][2]):
                    break
            began = perf_counter()
    return Run(*(np.array(column) for column in zip(*rows, strict=True)))


def _tallied(problem: Any, tally: Tally) -> Any:
    return Tallied(problem, tally)


def floor(runs: Iterable[Run]) -> Any:
    """(B,) the best lower bound f(x) − g(x) of f* seen in any run."""
    with np.errstate(all="ignore"):
        return np.max([np.nanmax(np.where(np.isfinite(r.value), r.value - r.gap, -np.inf), axis=0) for r in runs], axis=0)


def best(a: Any) -> Any:
    """Smallest so far."""
    return np.fmin.accumulate(a, axis=0)


def slope(x: Any, y: Any, low: float) -> float:
    """Exponent of y in x, fitted over x ≥ low."""
    far = x >= low
    return float(np.polyfit(np.log(x[far]), np.log(y[far]), 1)[0])


def reach(where: Any, gap: Any, level: float) -> float:
    """The first entry of `where` at which gap ≤ level; nan if none. (K,), (K,)"""
    below = np.flatnonzero(gap <= level)
    return float(where[below[0]]) if len(below) else float("nan")
