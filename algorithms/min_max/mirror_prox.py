"""Nemirovski 2004: mirror prox, with the prox of any Bregman divergence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from algorithms.min_max.steps import Step
from ratecheck import Array, Noise
from ratecheck.oracles import Operator


class WithProx(Operator, Protocol):
    def prox(self, z: Array, v: Array, /) -> Array: ...  # argmin over the set of ⟨v, u⟩ + D(u, z)


@dataclass(frozen=True, eq=False)
class State:
    k: int
    x: Array  # (B, n)
    w: Array  # (B, n)
    g: Array  # (B,)


@dataclass(frozen=True)
class MirrorProx:
    """w_k = prox(x_k, g F(x_k)), x_{k+1} = prox(x_k, g F(w_k)); the w are averaged."""

    step: Step

    def iterates(self, problem: WithProx, noise: Noise, /) -> Iterator[State]:
        x, g = problem.x0, self.step(problem.constants)
        for k in count():
            w = problem.prox(x, g[:, None] * problem.apply(x))
            yield State(k, x, w, g)
            x = problem.prox(x, g[:, None] * problem.apply(w))
