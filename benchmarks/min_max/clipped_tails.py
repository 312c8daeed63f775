"""Clipped against unclipped tails

Does clipping change the probability of a bad run, and what does the exact order of the noise matter? Descent ascent on
F(z) = (1 + 2J) z with noise whose moments of order α are bounded and no more; the last iterate of 20000 runs of 300 steps,
quantile against 1/β. A plane Gaussian would give ln(1/β)/ln 2 times the median.
"""

from __future__ import annotations

from itertools import islice

import numpy as np

from algorithms.min_max.clipped_descent import ClippedDescentAscent, Level, never
from problems.min_max.heavy_tails import game
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table
from theory_checks.min_max._clipped import distance2, log_over_horizon, shrinking_level

K, ROWS, REPLICAS = 300, 4, 5000
LEVELS: dict[str, Level] = {"clipped": shrinking_level, "not clipped": never}


def final_distances(alpha: float, level: Level) -> np.ndarray:
    """The sorted squared distances of all runs."""
    seeds = range(ROWS)
    problem = game(seeds, alpha=alpha, replicas=REPLICAS, horizons=(K,))
    states = ClippedDescentAscent(log_over_horizon, level).iterates(problem, SeededNoise(seeds))
    return np.sort(np.asarray(distance2(next(islice(states, K, None)))).ravel())


def study() -> Study:
    beta = np.geomspace(0.5, 1e-3, 25)
    panels, rows, ratios = [], [], {}
    for alpha in (1.2, 1.5, 2.0):
        curves = []
        for name, level in LEVELS.items():
            d = final_distances(alpha, level)
            q = d[np.minimum(len(d) - 1, (len(d) * (1 - beta)).astype(int))]
            ratios[alpha, name] = q[-1] / q[0]
            curves.append(Curve(name, 1 / beta, q))
            rows.append((f"{alpha}", name, float(q[0]), float(d[int(0.95 * len(d))]), float(q[-1]), float(q[-1] / q[0])))
            if name == "clipped":
                curves.append(Curve("median · ln(1/β)/ln 2", 1 / beta, q[0] * np.log(1 / beta) / np.log(2), style=Style.BOUND))
        panels.append(Panel(f"moments of order {alpha}", "1/β", "quantile of |z_K − z*|² at 1 − β", curves))
    clipped = [ratios[a, "clipped"] for a in (1.2, 1.5, 2.0)]
    return Study(
        findings=[
            Finding("clipped: the quantile at 0.999 is at most 20 times the median, for every α", max(clipped) <= 20),
            Finding("not clipped, α = 1.2: it is more than 1000 times the median", ratios[1.2, "not clipped"] > 1000),
            Finding("not clipped, α = 1.5: it is more than 100 times the median", ratios[1.5, "not clipped"] > 100),
            Finding(
                "the heavier the noise, the more clipping gains",
                ratios[1.2, "not clipped"] > ratios[1.5, "not clipped"] > ratios[2.0, "not clipped"],
            ),
        ],
        panels=panels,
        tables=[Table("squared distance of the last iterate", ("α", "method", "median", "0.95", "0.999", "0.999 / median"), rows)],
    )
