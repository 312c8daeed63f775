"""Popov 1980: past extragradient (optimistic gradient); Malitsky 2015: projected reflected gradient, without constraints."""

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
    w: Array  # (B, n) the extrapolated point, x̃_k
    Fw: Array  # (B, n) F(w)
    past: Array  # (B, n) the force that extrapolated, F(x̃_{k−1}); 0 at k = 0
    g1: Array  # (B,)
    g2: Array  # (B,)


@dataclass(frozen=True)
class OptimisticGradient:
    """x̃_k = x_k − g1 F(x̃_{k−1}),  x_{k+1} = x_k − g2 F(x̃_k),  x̃_0 = x_0. One call of F a step."""

    g1: Step
    g2: Step

    def iterates(self, problem: Operator, noise: Noise, /) -> Iterator[State]:
        x, g1, g2 = problem.x0, self.g1(problem.constants), self.g2(problem.constants)
        past = 0 * x
        for k in count():
            w = x - g1[:, None] * past
            Fw = problem.apply(w)
            yield State(k, x, w, Fw, past, g1, g2)
            x = x - g2[:, None] * Fw
            past = Fw


@dataclass(frozen=True)
class ReflectedGradient:
    """x̃_k = 2 x_k − x_{k−1},  x_{k+1} = x_k − g F(x̃_k),  x̃_0 = x_0. One call of F a step."""

    step: Step

    def iterates(self, problem: Operator, noise: Noise, /) -> Iterator[State]:
        x, g = problem.x0, self.step(problem.constants)
        before, past = x, 0 * x
        for k in count():
            w = 2 * x - before
            Fw = problem.apply(w)
            yield State(k, x, w, Fw, past, g, g)
            before, x = x, x - g[:, None] * Fw
            past = Fw
