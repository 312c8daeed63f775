"""Rakhlin, Sridharan 2013: optimistic mirror descent (Popov's step with any prox), and optimistic dual averaging; one call a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from algorithms.min_max.mirror_prox import State, WithProx
from algorithms.min_max.steps import Step
from ratecheck import Array, Noise

__all__ = ["OptimisticDualAveraging", "OptimisticMirrorDescent"]


@dataclass(frozen=True)
class OptimisticMirrorDescent:
    """w_k = prox(x_k, g F(w_{k−1})), x_{k+1} = prox(x_k, g F(w_k)); F(w_{−1}) = F(x_0). The w are averaged."""

    step: Step

    def iterates(self, problem: WithProx, noise: Noise, /) -> Iterator[State]:
        x, g = problem.x0, self.step(problem.constants)
        past = problem.apply(x)
        for k in count():
            w = problem.prox(x, g[:, None] * past)
            yield State(k, x, w, g)
            past = problem.apply(w)
            x = problem.prox(x, g[:, None] * past)


@dataclass(frozen=True)
class OptimisticDualAveraging:
    """w_k = prox(x_0, g (Σ_{j<k} F(w_j) + F(w_{k−1}))), x_k the same without the guess; with entropy: optimistic hedge."""

    step: Step

    def iterates(self, problem: WithProx, noise: Noise, /) -> Iterator[State]:
        start, g = problem.x0, self.step(problem.constants)
        past = problem.apply(start)
        total: Array = 0 * start
        for k in count():
            w = problem.prox(start, g[:, None] * (total + past))
            yield State(k, problem.prox(start, g[:, None] * total), w, g)
            past = problem.apply(w)
            total = total + past
