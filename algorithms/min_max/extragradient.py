"""Korpelevich 1976: extragradient, with its own step for the extrapolation."""

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
    w: Array  # (B, n) the extrapolated point
    Fw: Array  # (B, n) F(w)
    g1: Array  # (B,)
    g2: Array  # (B,)


@dataclass(frozen=True)
class Extragradient:
    """w_k = x_k − g1 F(x_k),  x_{k+1} = x_k − g2 F(w_k). Two calls of F a step."""

    g1: Step
    g2: Step

    def iterates(self, problem: Operator, noise: Noise, /) -> Iterator[State]:
        x, g1, g2 = problem.x0, self.g1(problem.constants), self.g2(problem.constants)
        for k in count():
            F = problem.apply(x)
            w = x - g1[:, None] * F
            Fw = problem.apply(w)
            yield State(k, x, F, w, Fw, g1, g2)
            x = x - g2[:, None] * Fw
