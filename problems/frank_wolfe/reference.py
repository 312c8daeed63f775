"""A minimum certified by its own duality gap: f* lies in [f(x) − g(x), f(x)], g the Frank–Wolfe gap at any feasible x."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ratecheck import Array


class Bracket(NamedTuple):
    x: Array  # (n,) the point that certifies it
    middle: float  # of the interval that holds f*
    half: float  # its half width


def certified_minimum(
    value: Callable[[Array], float],
    grad: Callable[[Array], Array],
    project: Callable[[Array], Array],
    lmo: Callable[[Array], Array],
    x: Array,
    L: float,
    steps: int,
) -> Bracket:
    """Accelerated projected gradient, restarted where the momentum points uphill; on the host, one instance."""
    best, y, t = Bracket(x, np.inf, np.inf), x, 1.0
    for k in range(1, steps + 1):
        following = project(y - grad(y) / L)
        if (y - following) @ (following - x) > 0:
            t = 1.0
        t, before = (1 + (1 + 4 * t * t) ** 0.5) / 2, t
        y = following + (before - 1) / t * (following - x)
        x = following
        if k % 25 == 0:
            g = grad(x)
            gap = max(float(g @ (x - lmo(g))), 0.0)
            if gap < 2 * best.half:
                best = Bracket(x, value(x) - gap / 2, gap / 2)
            if gap <= 1e-13 * abs(value(x)):
                break
    return best


def onto_l1_ball(radius: float) -> Callable[[Array], Array]:
    """Euclidean projection by sorting: soft thresholding at the level that uses up the radius."""

    def project(x: Array) -> Array:
        a = np.abs(x)
        if a.sum() <= radius:
            return x
        u = np.sort(a)[::-1]
        levels = (np.cumsum(u) - radius) / np.arange(1, len(u) + 1)
        level = levels[np.flatnonzero(u > levels)[-1]]
        return np.sign(x) * np.maximum(a - level, 0.0)

    return project
