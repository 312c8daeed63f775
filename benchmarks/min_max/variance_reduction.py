"""Variance reduction: oracle calls against n

How many components must be evaluated until ‖F(u)‖ ≤ ε, as their number n grows? Halpern's iteration with the recursive estimator against
the same iteration with all n components in every step. Theory: n + √n L R/ε, up to logarithms, against n L R/ε.
"""

from __future__ import annotations

from itertools import islice

import numpy as np

from algorithms.min_max.variance_reduced_halpern import VarianceReducedHalpern
from problems.min_max.finite_sum_operators import mixed
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table
from theory_checks.min_max._common import residual

SIZES, ROWS, LEVEL, STEPS = (4, 16, 36, 64, 144, 256, 576, 1024), 8, 0.1, 800
METHODS = {"variance reduced": VarianceReducedHalpern(), "all components": VarianceReducedHalpern(chance=lambda k, N: 1.0)}


def work(method: VarianceReducedHalpern, N: int) -> tuple[np.ndarray, np.ndarray]:
    """Calls and steps until ‖F‖ ≤ LEVEL for the first time, row by row; the start has ‖u_0 − u*‖ = 1."""
    seeds = range(ROWS)
    problem = mixed(seeds, N=N, damping=0.5)
    calls, steps = np.full(ROWS, np.nan), np.full(ROWS, np.nan)
    for k, s in enumerate(islice(method.iterates(problem, SeededNoise(seeds)), STEPS)):
        first = np.isnan(calls) & (np.asarray(residual(problem, s)) <= LEVEL)
        calls, steps = np.where(first, s.calls, calls), np.where(first, k, steps)
        if not np.isnan(calls).any():
            break
    return calls, steps


def study() -> Study:
    n = np.array(SIZES, dtype=float)
    calls: dict[str, np.ndarray] = {}
    steps: dict[str, np.ndarray] = {}
    for name, method in METHODS.items():
        pairs = [work(method, N) for N in SIZES]
        calls[name], steps[name] = (np.array(a).mean(axis=1) for a in zip(*pairs, strict=True))
    reduced, full = calls["variance reduced"], calls["all components"]
    far = n >= 64
    slope = {name: float(np.polyfit(np.log(n[far]), np.log(c[far]), 1)[0]) for name, c in calls.items()}
    gain = full / reduced
    curves = [Curve(name, n, c, style=Style.POINTS) for name, c in calls.items()]
    curves += [
        Curve("proportional to √n", n, reduced[-1] * np.sqrt(n / n[-1]), style=Style.BOUND),
        Curve("proportional to n", n, full[-1] * n / n[-1], style=Style.BOUND),
    ]
    return Study(
        findings=[
            Finding(f"every run gets to ‖F‖ ≤ {LEVEL}", bool(np.isfinite(reduced).all() and np.isfinite(full).all())),
            Finding(
                f"all components: exponent 1 within 0.1 (fitted {slope['all components']:.3f} from n = 64)",
                abs(slope["all components"] - 1) < 0.1,
            ),
            Finding(
                f"variance reduced: exponent below 0.75 (fitted {slope['variance reduced']:.3f}; √n up to the refreshed steps)",
                slope["variance reduced"] < 0.75,
            ),
            Finding(f"n = {SIZES[-1]}: {gain[-1]:.1f} times fewer calls", bool(gain[-1] > 2.5)),
            Finding(f"n = 4: it gains nothing ({gain[0]:.2f} times)", bool(gain[0] < 1.2)),
        ],
        panels=[Panel(f"calls until the residual is {LEVEL}", "n", "components evaluated", curves)],
        tables=[
            Table(
                f"means of {ROWS} runs",
                ("n", "variance reduced: calls", "steps", "all components: calls", "steps", "gain"),
                [
                    tuple(float(v) for v in row)
                    for row in zip(n, reduced, steps["variance reduced"], full, steps["all components"], gain, strict=True)
                ],
            )
        ],
    )
