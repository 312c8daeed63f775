"""Proofs that a constant holds on a whole set: bisection in ball arithmetic (python-flint), never by sampling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from flint import arb, ctx

Ball: TypeAlias = Any  # flint.arb: an interval that holds the true value

PRECISION = 128  # bits


def hull(low: float, high: float) -> Ball:
    """A ball that holds [low, high]; exact for dyadic ends."""
    return arb((low + high) / 2, (high - low) / 2 * (1 + 2.0**-40) + 2.0**-1000)


def positive_on(N: Callable[[Ball], Ball], low: float, high: float, boxes: int = 20000) -> bool:
    """True only if N > 0 on all of [low, high] is proved with at most `boxes` boxes."""
    ctx.prec = PRECISION
    todo = [(low, high)]
    for _ in range(boxes):
        if not todo:
            return True
        a, b = todo.pop()
        value = N(hull(a, b))
        if value > 0:
            continue
        if value <= 0 or b - a < 1e-12 * (abs(a) + abs(b)):
            return False
        middle = (a + b) / 2
        todo += [(a, middle), (middle, b)]
    return False


def positive_on_square(N: Callable[[Ball, Ball], Ball], half: float, boxes: int = 20000) -> bool:
    """The same on [−half, half]², the longer side halved."""
    ctx.prec = PRECISION
    todo = [(-half, half, -half, half)]
    for _ in range(boxes):
        if not todo:
            return True
        a, b, c, d = todo.pop()
        if N(hull(a, b), hull(c, d)) > 0:
            continue
        if max(b - a, d - c) < 1e-9 * half:
            return False
        if b - a >= d - c:
            m = (a + b) / 2
            todo += [(a, m, c, d), (m, b, c, d)]
        else:
            m = (c + d) / 2
            todo += [(a, b, c, m), (a, b, m, d)]
    return False


def largest_proved(proves: Callable[[float], bool], low: float, high: float, steps: int = 14) -> float:
    """The largest constant found by bisection of [low, high] that `proves` accepts; a lower bound of the truth, or nan."""
    if not proves(low):
        return float("nan")
    for _ in range(steps):
        middle = (low + high) / 2
        if proves(middle):
            low = middle
        else:
            high = middle
    return low
