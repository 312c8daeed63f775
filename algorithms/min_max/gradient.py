"""Simultaneous gradient descent ascent, the forward method of Arrow, Hurwicz, Uzawa 1958."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from algorithms.min_max.steps import Step
from ratecheck import Array, Noise
from ratecheck.oracles import Operator


@dataclass(frozen=True, eq=False)
class State:
    k: int
    x: Array  # (B, n)
    F: Array  # (B, n) F(x)
    g: Array  # (B,) step


@dataclass(frozen=True)
class GradientDescentAscent:
    """x_{k+1} = x_k − g F(x_k)."""

    step: Step

    def iterates(self, problem: Operator, noise: Noise, /) -> Iterator[State]:
        x, g = problem.x0, self.step(problem.constants)
        for k in count():
            F = problem.apply(x)
            yield State(k, x, F, g)
            x = x - g[:, None] * F
