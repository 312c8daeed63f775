"""Monotone given steps on self-concordant problems: primal gap and Frank–Wolfe gap

Carderera, Besançon, Pokutta 2021 take the step 2/(t+2) only where f does not grow and x stays in the domain. What do their three variants
gain over the plain step and over backtracking, on portfolios, on the recovery of a signal under the Kullback–Leibler loss, and on logistic
regression with real data (breast cancer, ℓ₁ ball)? Primal gaps are to the best certified lower bound of all runs, so they never
flatter. Three draws of each problem (three starts of the logistic one): medians are drawn, every finding holds for each draw.
(Nearly equal returns can have a single best asset; then every method ends at once. None of the three draws has.)
"""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np

from algorithms.frank_wolfe.backtracking import BacktrackingFrankWolfe
from algorithms.frank_wolfe.backtracking_active import BacktrackingAwaySteps
from algorithms.frank_wolfe.monotone import Reject, Stateless, Sticky
from algorithms.frank_wolfe.vanilla import FrankWolfe
from benchmarks.frank_wolfe._problems import signal_recovery
from benchmarks.frank_wolfe._runs import Run, best, floor, run
from problems.frank_wolfe.logistic import breast_cancer
from problems.frank_wolfe.portfolio import positive_returns, signed_returns
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Table

STEPS, ROWS = 700, 3
METHODS: dict[str, Any] = {
    "2/(t+2)": FrankWolfe(),
    "monotone, reject": Reject(),
    "monotone, sticky": Sticky(),
    "monotone, stateless": Stateless(),
    "backtracking": BacktrackingFrankWolfe(),
    "backtracking, away steps": BacktrackingAwaySteps(),
}
MONOTONE = tuple(name for name in METHODS if name.startswith("monotone"))
NORMAL, LOGNORMAL, SIGNAL, LOGISTIC = (
    "portfolio, spread 0.05",
    "portfolio, spread 0.5",
    "Kullback–Leibler signal",
    "logistic, breast cancer",
)


def left(method: Any, steps: int, rows: int) -> int:
    """In how many of the rows an iterate leaves the domain of a portfolio with negative returns."""
    problem = signed_returns(range(rows))
    out = np.zeros(rows, dtype=bool)
    with np.errstate(all="ignore"):
        for s in islice(method.iterates(problem, SeededNoise(range(rows))), steps):
            out |= ~np.asarray(problem.inside(s.x))
    return int(out.sum())


def study() -> Study:
    problems: dict[str, Any] = {
        NORMAL: positive_returns(range(ROWS), n=150, p=200, spread=0.05),
        LOGNORMAL: positive_returns(range(ROWS), n=150, p=200, spread=0.5),
        SIGNAL: signal_recovery(range(ROWS)),
        LOGISTIC: breast_cancer(range(ROWS)),
    }
    runs: dict[str, dict[str, Run]] = {
        of: {name: run(method, p, STEPS, 60) for name, method in METHODS.items()} for of, p in problems.items()
    }
    end: dict[tuple[str, str], Any] = {}  # (B,) smallest Frank–Wolfe gaps
    height: dict[tuple[str, str], float] = {}
    tests: dict[tuple[str, str], float] = {}
    panels, rows = [], []
    for of, by in runs.items():
        low = floor(by.values())
        heights: list[Curve] = []
        gaps: list[Curve] = []
        for name, r in by.items():
            h, g = np.maximum(best(r.value - low), 1e-16), np.maximum(best(r.gap), 1e-16)
            end[of, name], height[of, name], tests[of, name] = g[-1], float(np.median(h[-1])), float(r.tests[-1])
            work = float(r.calls[-1]), float(r.tests[-1]), 1e3 * float(r.seconds[-1])
            rows.append((of, name, float(np.median(h[-1])), float(np.median(g[-1])), *work))
            for curves, y in ((heights, h), (gaps, g)):
                curves.append(Curve(name, r.k[1:], np.median(y, axis=1)[1:], y.min(axis=1)[1:], y.max(axis=1)[1:]))
        panels += [
            Panel(f"{of}: primal gap", "t", "f − lower bound, smallest so far", heights),
            Panel(f"{of}: Frank–Wolfe gap", "t", "smallest so far", gaps),
        ]
    plain, away = "2/(t+2)", "backtracking, away steps"
    grown = max(float(np.max(np.diff(r.value, axis=0))) for by in runs.values() for name, r in by.items() if name in MONOTONE)
    gone, stays = left(METHODS[plain], 200, 20), {name: left(METHODS[name], 200, 20) for name in MONOTONE}
    halving = MONOTONE[1:]

    def times(of: str, worse: str, better: str) -> float:
        """Smallest ratio over the draws."""
        return float(np.min(end[of, worse] / end[of, better]))

    near = min(times(NORMAL, plain, name) for name in halving)
    skewed = {of: min(times(of, name, away) for name in METHODS if name != away) for of in (LOGNORMAL, SIGNAL)}
    rejecting = min(times(of, MONOTONE[0], plain) for of in problems)
    stateless = min(times(of, plain, MONOTONE[2]) for of in problems)
    portfolios, rest = (NORMAL, LOGNORMAL), (SIGNAL, LOGISTIC)
    primal = {of: height[of, MONOTONE[2]] / height[of, plain] for of in problems}
    cost = min(tests[of, MONOTONE[2]] for of in problems) / (STEPS + 1), max(tests[of, MONOTONE[2]] for of in problems) / (STEPS + 1)
    return Study(
        findings=[
            Finding(f"no monotone variant ever raises f (largest change between readings {grown:.1e})", grown <= 0),
            Finding(
                f"with negative returns 2/(t+2) leaves the domain in {gone} of 20 portfolios, the monotone variants in none",
                gone > 0 and not any(stays.values()),
            ),
            Finding(
                f"nearly equal returns: halving makes the Frank–Wolfe gap at least 1000 times smaller ({near:.2g} times)", near >= 1000
            ),
            Finding(
                f"rejecting alone gains next to nothing: its Frank–Wolfe gap is nowhere below half that of 2/(t+2) (at least {rejecting:.2f} times)",
                rejecting > 0.5,
            ),
            Finding(
                f"stateless halving has a smaller Frank–Wolfe gap than 2/(t+2) on all four (at least {stateless:.2f} times), for {cost[0]:.0f} to "
                + f"{cost[1]:.0f} values and domain tests a step",
                stateless > 1,
            ),
            Finding(
                "but not a smaller primal gap: its median is smaller on both portfolios and larger on the other two, by "
                + f"{primal[SIGNAL]:.2f} and {primal[LOGISTIC]:.2f} times",
                all(primal[of] < 1 for of in portfolios) and all(primal[of] > 1 for of in rest),
            ),
            Finding(
                f"the sticky counter can hurt: on the logistic problem its Frank–Wolfe gap is at least {times(LOGISTIC, MONOTONE[1], plain):.1f} times that of 2/(t+2)",
                times(LOGISTIC, MONOTONE[1], plain) > 2,
            ),
            Finding(
                "unequal returns and signals: away steps with backtracking have the smallest Frank–Wolfe gap by a factor of at least 30 "
                + f"({skewed[LOGNORMAL]:.2g} and {skewed[SIGNAL]:.2g})",
                min(skewed.values()) > 30,
            ),
        ],
        panels=panels,
        tables=[
            Table(
                f"after {STEPS} steps",
                ("problem", "method", "primal gap", "Frank–Wolfe gap", "linear minimisations", "tests", "milliseconds"),
                rows,
            )
        ],
    )
