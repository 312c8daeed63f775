"""Martinet 1970, Rockafellar 1976: the proximal point method."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from algorithms.min_max.steps import Step
from ratecheck import Array, Noise, Problem


class WithResolvent(Problem, Protocol):
    def resolvent(self, z: Array, step: Array, /) -> Array: ...  # (B, n), (B,) -> (B, n), (I + step F)⁻¹ z


@dataclass(frozen=True, eq=False)
class State:
    k: int
    x: Array  # (B, n)
    g: Array  # (B,) step


@dataclass(frozen=True)
class ProximalPoint:
    """x_{k+1} = (I + g F)⁻¹ x_k, that is x_{k+1} = x_k − g F(x_{k+1}); `relaxation` ≠ 1 goes further or less far."""

    step: Step
    relaxation: float = 1.0

    def iterates(self, problem: WithResolvent, noise: Noise, /) -> Iterator[State]:
        x, g = problem.x0, self.step(problem.constants)
        for k in count():
            yield State(k, x, g)
            x = x + self.relaxation * (problem.resolvent(x, g) - x)
