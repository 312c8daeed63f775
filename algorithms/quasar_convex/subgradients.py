"""Shor 1962; Ermoliev 1969: the stochastic subgradient method, with or without a projection; the stochastic proximal point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.quasar_convex.stochastic import Iterate, Schedule
from ratecheck import Array, Noise
from ratecheck.oracles import FiniteSum


class ProjectedSum(FiniteSum, Protocol):
    def project(self, x: Array, /) -> Array: ...  # (B, n) -> (B, n)


class ProximalSum(FiniteSum, Protocol):
    def prox_one(self, x: Array, i: Array, step: Array, /) -> Array: ...  # (B, n), (B,), (B,) -> (B, n)


@dataclass(frozen=True)
class ProjectedSubgradient:
    """x_{k+1} = P(x_k − s_k g_i(x_k)), P the projection on the problem's ball."""

    step: Schedule

    def iterates(self, problem: ProjectedSum, noise: Noise, /) -> Iterator[Iterate]:
        x = problem.x0
        index = noise.integers("index", problem.size)
        for k in count():
            i = next(index)
            s = array_namespace(x).asarray(self.step(problem.constants, k))
            yield Iterate(k, x, i, s)
            x = problem.project(x - s[..., None] * problem.grad_one(x, i))


@dataclass(frozen=True)
class StochasticProximalPoint:
    """x_{k+1} = prox of s_k f_i at x_k."""

    step: Schedule

    def iterates(self, problem: ProximalSum, noise: Noise, /) -> Iterator[Iterate]:
        x = problem.x0
        index = noise.integers("index", problem.size)
        for k in count():
            i = next(index)
            s = array_namespace(x).asarray(self.step(problem.constants, k))
            yield Iterate(k, x, i, s)
            x = problem.prox_one(x, i, s)
