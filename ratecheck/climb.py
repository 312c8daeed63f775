"""Pattern search where hypothesis is weak, on numbers that are not whole; and making a counterexample simple."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np

from ratecheck.hunt import Hunt, Over
from ratecheck.space import SEED, Number, Parameter, Point

BEST = 4  # points from which the pattern search starts


def by_pattern(hunt: Hunt[Any, Any], g: np.random.Generator) -> None:
    """Climb from the best points, then from anywhere, until time or draws are used up."""
    for start in count():
        best = hunt.best(BEST)
        point = best[start] if start < len(best) else tuple(p.at(u) for p, u in zip(hunt.space, g.random(len(hunt.space)), strict=True))
        climb(hunt, point, range(len(point)), 1e-6, g)
        if hunt.refuted:
            return


def climb(hunt: Hunt[Any, Any], point: Point, free: Sequence[int], finest: float, g: np.random.Generator) -> Point:
    """Along one free parameter at a time and in random directions, in ever smaller steps; stops at a counterexample."""
    step = 0.25
    while step > finest:
        before = point
        moves = [np.eye(len(point))[i] * by for i in free if i < len(point) - 1 for by in (step, -step, 2.0, -2.0)]
        mask = np.isin(np.arange(len(point)), list(free))
        moves += list(step * g.standard_normal((len(free), len(point))) * mask)
        for move in moves:
            tried = tuple(_moved(p, value, by) for p, value, by in zip(hunt.space, point, move, strict=True))
            if hunt.judge(tried) > hunt.judge(point):
                point = tried
            if hunt.violates(tried):
                return tried
        step = step if point != before else step / 4
    return point


def _moved(p: Parameter, value: Number, by: float) -> Number:
    if by == 0:
        return value
    if p.name == SEED.name:  # seeds have no neighbours
        return p.within(abs(hash((value, round(by, 12)))) % 1000) if abs(by) > 0.1 else value
    there = p.at(p.share(value) + by)
    if p.whole and there == value:
        return p.within(value + (1 if by > 0 else -1))
    return there


def shrink(hunt: Hunt[Any, Any]) -> None:
    """Replace the numbers of a counterexample by simpler ones, as long as it stays one."""
    found = hunt.broken
    if found is None:
        return
    try:
        while True:
            simpler = next(filter(None, (_simpler(hunt, found, i) for i in range(len(found)))), None)
            if simpler is None:
                break
            found = simpler
    except Over:
        pass
    hunt.broken = found


def _simpler(hunt: Hunt[Any, Any], found: Point, i: int) -> Point | None:
    """A counterexample with a simpler i-th number; for a smaller dimension, the numbers that are not whole may follow it."""
    p = hunt.space[i]
    follow = [j for j, q in enumerate(hunt.space) if not q.whole]
    for value in p.simpler(found[i]):
        tried = (*found[:i], value, *found[i + 1 :])
        hunt.judge(tried)
        if not hunt.violates(tried) and p.whole and i < len(found) - 1:
            tried = climb(hunt, tried, follow, 1e-2, np.random.default_rng(0))
        if hunt.violates(tried):
            return tried
    return None
