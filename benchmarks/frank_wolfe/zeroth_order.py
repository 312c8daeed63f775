"""Frank–Wolfe from noisy values: one scale T/d for the random directions

Sahu, Zaheer, Kar 2019 bound E h_T by (d/T)^{1/3} (one random direction), (d/(mT))^{1/3} (m of them) and T^{-1/3} (differences along all d
axes, d + 1 values a step). Measured on ½‖x − x*‖² over the unit ball, x* on the sphere, noise on the slope only: no constant
depends on d. Is the gap a function of T/d? And which scheme is best for a given number of values?
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from algorithms.frank_wolfe.zeroth_order import KWSA, LAST_ONLY, RDSA, ZerothOrder, improved
from benchmarks.frank_wolfe._runs import Run, run, slope
from problems.frank_wolfe.noisy import noisy_ball
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table

STEPS, ROWS, DIMENSIONS, M = 4000, 6, (8, 16, 32, 64), 8
SCHEMES: dict[str, Any] = {"one direction": RDSA, f"{M} directions": improved(M), "axes": KWSA}
VALUES: dict[str, Callable[[int], int]] = {"one direction": lambda d: 2, f"{M} directions": lambda d: M + 1, "axes": lambda d: d + 1}


def mean(r: Run) -> Any:
    return np.mean(r.value, axis=1)


def _third(t: Any, scale: float) -> Curve:
    return Curve("slope −1/3", t, scale * (t / t[0]) ** (-1 / 3), style=Style.BOUND)


def study() -> Study:
    runs: dict[tuple[str, int], Run] = {}
    for d in DIMENSIONS:
        for name, scheme in SCHEMES.items():
            runs[name, d] = run(ZerothOrder(scheme), noisy_ball(range(ROWS), n=d), STEPS, 40)
    stuck = run(ZerothOrder(LAST_ONLY), noisy_ball(range(ROWS), n=32), STEPS, 40)
    T = runs["axes", 8].k + 1.0
    h = {key: mean(r) for key, r in runs.items()}
    rates = {key: slope(T, h[key], 50 * DIMENSIONS[0]) for key in runs}

    def at(name: str, d: int, t: float) -> float:
        return float(np.exp(np.interp(np.log(t), np.log(T), np.log(h[name, d]))))

    def spread(name: str, per_d: bool) -> float:
        """Largest over smallest gap across the dimensions, at T = 60 d or at T = 4000."""
        seen = [at(name, d, 60 * d if per_d else STEPS) for d in DIMENSIONS]
        return max(seen) / min(seen)

    budget = 2 * STEPS
    equal = {(name, d): at(name, d, budget / VALUES[name](d)) for name in SCHEMES for d in DIMENSIONS}
    one, many, axes = SCHEMES
    slowest, fastest = max(rates.values()), min(rates.values())
    first, last = (float(mean(stuck)[i]) for i in (int(np.searchsorted(stuck.k, 400)), -1))
    panels = [
        Panel(one, "T/d", "mean of f − f*", [*[Curve(f"d = {d}", T / d, h[one, d]) for d in DIMENSIONS], _third(T / 8, 0.4)]),
        Panel(many, "T/d", "mean of f − f*", [*[Curve(f"d = {d}", T / d, h[many, d]) for d in DIMENSIONS], _third(T / 8, 0.2)]),
        Panel(axes, "T", "mean of f − f*", [*[Curve(f"d = {d}", T, h[axes, d]) for d in DIMENSIONS], _third(T, 0.3)]),
        Panel("d = 64, by values", "values of F", "mean of f − f*", [Curve(n, T * VALUES[n](64), h[n, 64]) for n in SCHEMES]),
    ]
    rows = [(n, d, h[n, d][-1], rates[n, d], at(n, d, 60 * d), equal[n, d]) for n in SCHEMES for d in DIMENSIONS]
    columns = ("scheme", "d", f"gap at T = {STEPS}", "exponent of T", "gap at T = 60 d", f"gap after {budget} values")
    return Study(
        findings=[
            Finding(
                f"random directions: the gap is a function of T/d, the same within 1.3 at T = 60 d for d = 8 to 64 ({spread(one, True):.2f}, "
                + f"{many}: {spread(many, True):.2f}), though at fixed T it varies by {spread(one, False):.1f} and {spread(many, False):.1f}",
                max(spread(one, True), spread(many, True)) < 1.3 and min(spread(one, False), spread(many, False)) > 2,
            ),
            Finding(
                f"axes: the gap is a function of T alone, the same within 1.15 ({spread(axes, False):.2f})", spread(axes, False) < 1.15
            ),
            Finding(f"every exponent of T is below the proven −1/3 ({slowest:.2f} to {fastest:.2f})", slowest < -1 / 3),
            Finding(
                f"for equal numbers of values, {budget}, the axes are best in every d, one direction worst "
                + f"(d = 64: {equal[axes, 64]:.3f}, {equal[many, 64]:.3f}, {equal[one, 64]:.3f})",
                all(equal[axes, d] < equal[many, d] < equal[one, d] for d in DIMENSIONS),
            ),
            Finding(f"without averaging the gap stays: {first:.2f} at T = 400, {last:.2f} at T = {STEPS} (d = 32)", last > 0.9 * first),
        ],
        panels=panels,
        tables=[Table("zeroth-order schemes", columns, rows)],
    )
