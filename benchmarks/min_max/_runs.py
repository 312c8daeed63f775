"""Runs of solvers of monotone problems: residual, counted calls of F, seconds; and a saddle problem on real data."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import Any

import numpy as np
from sklearn.datasets import load_diabetes

from problems.min_max.linear_operators import LinearOperator, certified
from ratecheck import Array, Counting, Tally
from ratecheck.noise import SeededNoise
from theory_checks.min_max._common import CountedGame, residual


class Tallied(CountedGame):
    """Calls of F are counted, and of the resolvent."""

    base: Any

    def project(self, z: Array, /) -> Array:
        return self.base.project(z)

    def resolvent(self, z: Array, step: Array, /) -> Array:
        self.tally["resolvent"] += 1
        return self.base.resolvent(z, step)


def tallied(problem: Any, tally: Tally) -> Any:
    return Tallied(problem, tally)


@dataclass(frozen=True, eq=False)
class Run:
    calls: Any  # (K,) of F, or of the resolvent, to have x_k
    seconds: Any  # (K,), in the algorithm alone
    residual: Any  # (K, B), ‖F(x_k)‖ / ‖F(x_0)‖


def run(method: Any, problem: Any, budget: float, share: float = 1.0) -> Run:
    """Up to `budget` calls, each counted as `share`. The calls of step k are those made before x_k was known."""
    rows: list[tuple[float, float, Any]] = []
    stream = iter(Counting(method, tallied).iterates(problem, SeededNoise(range(len(problem.x0)))))
    spent, calls, began = 0.0, 0.0, perf_counter()
    with np.errstate(all="ignore"):
        for counted in islice(stream, int(2 * budget)):
            spent += perf_counter() - began
            rows.append((calls, spent, np.asarray(residual(problem, counted.state))))
            calls = share * float(sum(counted.calls.values()))
            if calls > budget:
                break
            began = perf_counter()
    c, t, r = (np.array(column) for column in zip(*rows, strict=True))
    return Run(c, t, r / r[0])


def reach(where: Any, size: Any, level: float) -> float:
    """The first entry of `where` at which size ≤ level; nan if none."""
    below = np.flatnonzero(size <= level)
    return float(where[below[0]]) if len(below) else float("nan")


def diabetes() -> LinearOperator:
    """min over x, max over y of ⟨D x − b, y⟩ − ‖y‖²/2, least squares on the diabetes data: F = (Dᵀy, y − D x + b); monotone."""
    D, target = load_diabetes(return_X_y=True)
    D = D / np.linalg.norm(D, 2)
    b = (target - target.mean()) / np.linalg.norm(target - target.mean())
    m, n = D.shape
    A = np.block([[np.zeros((n, n)), D.T], [-D, np.eye(m)]])
    x = np.linalg.lstsq(D, b, rcond=None)[0]
    star = np.concatenate([x, D @ x - b])
    L = np.linalg.norm(A, 2)
    return certified(A[None], np.zeros((1, n + m)), star[None], np.array(L), np.array(0.0), "sym A = diag(0, I), D of full column rank")
