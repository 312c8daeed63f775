"""Robbins, Monro 1951: stochastic gradient descent on a finite sum, one component a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from array_api_compat import array_namespace

from ratecheck import Array, Certified, Noise
from ratecheck.oracles import FiniteSum

Schedule: TypeAlias = Callable[[Mapping[str, Certified], int], Array]  # constants of the problem, k -> step, (B,)


@dataclass(frozen=True, eq=False)
class Iterate:
    k: int
    x: Array  # (B, n)
    i: Array  # (B,) the component drawn at x
    step: Array  # (B,)


@dataclass(frozen=True)
class SGD:
    """x_{k+1} = x_k − s_k ∇f_i(x_k), i uniform on {0, …, N−1}, independent of the past."""

    step: Schedule

    def iterates(self, problem: FiniteSum, noise: Noise, /) -> Iterator[Iterate]:
        x = problem.x0
        index = noise.integers("index", problem.size)
        for k in count():
            i = next(index)
            s = array_namespace(x).asarray(self.step(problem.constants, k))
            yield Iterate(k, x, i, s)
            x = x - s[..., None] * problem.grad_one(x, i)
