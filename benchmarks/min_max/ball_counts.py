"""Balls to the minimum of a maximal loss

How many balls of radius r does it take from a distance R? Plain balls and Monteiro–Svaiter acceleration on the cone L|x − x*|,
with the derived count (12 R²/r²)^{1/3} and the exact count ⌈R/r⌉.
"""

from __future__ import annotations

from itertools import count

import numpy as np

from algorithms.min_max.accelerated_balls import AcceleratedBalls, PlainBalls
from problems.min_max.cone import cone
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table


def balls(algorithm: AcceleratedBalls | PlainBalls) -> tuple[np.ndarray, np.ndarray]:
    """(R/r, number of steps until x* is found), row by row."""
    seeds = range(8)
    problem = cone(seeds)
    found = np.full(len(seeds), -1)
    for k, state in zip(count(), algorithm.iterates(problem, SeededNoise(seeds)), strict=False):
        there = np.max(np.abs(state.x - problem.x_star), axis=1) == 0
        found = np.where((found < 0) & there, k, found)
        if (found >= 0).all():
            return 1 / np.asarray(problem.radius), found
    raise AssertionError("count() does not end")


def study() -> Study:
    reach, plain = balls(PlainBalls())
    _, fast = balls(AcceleratedBalls())
    bound = (12 * reach**2) ** (1 / 3)
    slope = float(np.polyfit(np.log(reach), np.log(fast), 1)[0])
    curves = [
        Curve("plain balls", reach, plain, style=Style.POINTS),
        Curve("⌈R/r⌉", reach, np.ceil(reach), style=Style.BOUND),
        Curve("accelerated balls", reach, fast, style=Style.POINTS),
        Curve("(12 R²/r²)^{1/3}", reach, bound, style=Style.BOUND),
    ]
    return Study(
        findings=[
            Finding("plain balls: exactly ⌈R/r⌉", bool((plain == np.ceil(reach)).all())),
            Finding("accelerated balls: never more than (12 R²/r²)^{1/3}", bool((fast <= bound).all())),
            Finding(f"their exponent is 2/3 within 0.05 (fitted {slope:.3f})", abs(slope - 2 / 3) < 0.05),
        ],
        panels=[Panel("balls until the minimum", "R/r", "balls", curves)],
        tables=[
            Table(
                "balls",
                ("R/r", "plain", "accelerated", "bound"),
                [tuple(float(v) for v in row) for row in zip(reach, plain, fast, bound, strict=True)],
            )
        ],
    )
