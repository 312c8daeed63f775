"""Kernel herding (Welling 2009) as Frank–Wolfe (Bach, Lacoste-Julien, Obozinski 2012), in exact rationals; read at t = 1, 2, 4, ..."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Protocol

from ratecheck import Noise, Problem


class Features(Problem, Protocol):
    def next_point(self, points: Sequence[Fraction], weights: Sequence[Fraction], smallest: bool, /) -> Fraction: ...


@dataclass(frozen=True, eq=False)
class Mixture:
    t: int
    points: tuple[Fraction, ...]
    weights: tuple[Fraction, ...]


@dataclass(frozen=True)
class Herding:
    step: Callable[[int], Fraction]  # x_{t+1} = (1 − step(t)) x_t + step(t) Φ(y), t from 1
    smallest: bool = True
    start: Fraction = Fraction(0)

    def iterates(self, problem: Features, noise: Noise, /) -> Iterator[Mixture]:
        points: tuple[Fraction, ...] = (self.start,)
        weights: tuple[Fraction, ...] = (Fraction(1),)
        for t in count(1):
            if t & (t - 1) == 0:
                yield Mixture(t, points, weights)
            gamma = self.step(t)
            y = problem.next_point(points, weights, self.smallest)
            points, weights = (*points, y), (*(w * (1 - gamma) for w in weights), gamma)
