"""ALPD against LPD

What does acceleration of the linearized primal-dual method gain, and where? The saddle gap of the weighted mean against the number of steps: on a
log-uniform spectrum with hardly any coupling, where the orders T⁻² and T⁻¹ of the smooth part are met, and on a problem whose coupling dominates, where
the plain method is of order T⁻² as well until L/T takes over.
"""

from __future__ import annotations

from functools import partial
from itertools import islice, tee
from typing import Any

import numpy as np

from algorithms.min_max.linearized_primal_dual import LinearizedPrimalDual
from problems.min_max.convex_concave import flat_spectrum, quadratic
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table
from theory_checks.min_max.linearized_primal_dual import accelerated, farthest2, gap, plain

STEPS, FROM, ROWS = 1000, 50, 4
METHODS = {"ALPD": LinearizedPrimalDual(), "LPD": LinearizedPrimalDual(accelerated=False)}
CASES: dict[str, Any] = {
    "log-uniform spectrum, no coupling": flat_spectrum,
    "coupled, μ = 0.1": quadratic,
    "strongly coupled, flat f": partial(quadratic, mu=0.1, coupling=3.0, decades=6.0),
}


def trace(name: str, problem: Any) -> tuple[Any, Any]:
    """Gap and bound at T = 1, …, STEPS, the worst row relative to its bound: (T,), (T,)"""
    states = islice(METHODS[name].iterates(problem, SeededNoise(range(ROWS))), 1, STEPS + 1)
    one, two = tee(states)
    pairs = list(zip((gap(problem, s) for s in one), farthest2(problem, two), strict=True))
    gaps, far = (np.array(a) for a in zip(*pairs, strict=True))
    T = np.arange(1.0, STEPS + 1)[:, None]
    c = {key: value.value for key, value in problem.constants.items()}
    bounds = accelerated(T, c) if name == "ALPD" else plain(T, {**c, "D2": far})
    row = int(np.argmax(np.max(gaps / bounds, axis=0)))
    return gaps[:, row], bounds[:, row]


def study() -> Study:
    panels, rows, findings = [], [], []
    slopes: dict[tuple[str, str], float] = {}
    final: dict[tuple[str, str], float] = {}
    share: list[float] = []
    T = np.arange(1.0, STEPS + 1)
    kept = np.unique(np.geomspace(1, STEPS, 80).astype(int)) - 1
    for case, draw in CASES.items():
        curves = []
        for name in METHODS:
            g, b = trace(name, draw(range(ROWS)))
            slope = slopes[case, name] = float(np.polyfit(np.log(T[FROM:]), np.log(g[FROM:]), 1)[0])
            final[case, name] = float(g[-1])
            share.append(float(np.max(g / b)))
            curves += [Curve(name, T[kept], g[kept]), Curve(f"{name}, theorem", T[kept], b[kept], style=Style.BOUND)]
            rows.append((case, name, slope, float(g[-1]), float(b[-1]), share[-1]))
        panels.append(Panel(case, "T", "max over y of L(x̄, y) − L(x*, ȳ)", curves))
    first = next(iter(CASES))
    findings = [
        Finding(f"the theorems hold on all three problems (at most {max(share):.2f} of the bound)", max(share) < 0.95),
        Finding(
            f"log-uniform spectrum: ALPD has slope −2 within 0.15 (fitted {slopes[first, 'ALPD']:.3f})",
            abs(slopes[first, "ALPD"] + 2) < 0.15,
        ),
        Finding(
            f"log-uniform spectrum: LPD has slope −1 within 0.15 (fitted {slopes[first, 'LPD']:.3f})", abs(slopes[first, "LPD"] + 1) < 0.15
        ),
        Finding(
            f"there ALPD ends {final[first, 'LPD'] / final[first, 'ALPD']:.0f} times nearer",
            final[first, "LPD"] > 20 * final[first, "ALPD"],
        ),
    ]
    return Study(
        findings=findings,
        panels=panels,
        tables=[
            Table(f"T = {STEPS}, slopes from T = {FROM}", ("problem", "method", "slope", "gap", "theorem", "largest gap / theorem"), rows)
        ],
    )
