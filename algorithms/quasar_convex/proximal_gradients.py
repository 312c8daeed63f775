"""Proximal gradient descent (Lions, Mercier 1979) and its stochastic form: one component a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.quasar_convex.stochastic import Iterate, Schedule
from ratecheck import Array, Noise
from ratecheck.oracles import Composite, FiniteSum


class CompositeSum(FiniteSum, Protocol):
    def prox(self, x: Array, step: Array, /) -> Array: ...  # (B, n), (B,) -> (B, n)


@dataclass(frozen=True, eq=False)
class Placed:
    k: int
    x: Array  # (B, n)
    step: Array  # (B,)


@dataclass(frozen=True)
class ProximalGradient:
    """x_{k+1} = prox of s h at x_k − s ∇f(x_k)."""

    step: Schedule

    def iterates(self, problem: Composite, noise: Noise, /) -> Iterator[Placed]:
        x = problem.x0
        for k in count():
            s = array_namespace(x).asarray(self.step(problem.constants, k))
            yield Placed(k, x, s)
            x = problem.prox(x - s[..., None] * problem.grad(x), s)


@dataclass(frozen=True)
class StochasticProximalGradient:
    """x_{k+1} = prox of s_k h at x_k − s_k ∇f_i(x_k)."""

    step: Schedule

    def iterates(self, problem: CompositeSum, noise: Noise, /) -> Iterator[Iterate]:
        x = problem.x0
        index = noise.integers("index", problem.size)
        for k in count():
            i = next(index)
            s = array_namespace(x).asarray(self.step(problem.constants, k))
            yield Iterate(k, x, i, s)
            x = problem.prox(x - s[..., None] * problem.grad_one(x, i), s)
