"""Loizou, Vaswani, Laradji, Lacoste-Julien 2021; Garrigos, Gower, Schaipp 2023: stochastic Polyak steps, and their averaged form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.quasar_convex.stochastic import Iterate
from ratecheck import Array, Noise
from ratecheck.oracles import FiniteSum


class ValuedSum(FiniteSum, Protocol):
    @property
    def x_star(self) -> Array: ...  # (B, n)
    def value_one(self, x: Array, i: Array, /) -> Array: ...  # (B, n), (B,) -> (B,)


def polyak(problem: ValuedSum, at: Array, x: Array, i: Array, floor: float | None) -> Array:
    """(f_i(x) − target + ⟨∇f_i(x), at − x⟩)_+ / ‖∇f_i(x)‖², the target being f_i(x*) or `floor`; 0 where the gradient is 0."""
    xp = array_namespace(x)
    g = problem.grad_one(x, i)
    target = problem.value_one(problem.x_star, i) if floor is None else floor
    above = problem.value_one(x, i) - target + xp.sum(g * (at - x), axis=-1)
    length = xp.sum(g * g, axis=-1)
    return xp.maximum(above, 0.0 * above) / xp.where(length > 0, length, xp.ones_like(length))


@dataclass(frozen=True)
class StochasticPolyak:
    """x_{k+1} = x_k − s_k ∇f_i(x_k), s_k = (f_i(x_k) − f_i(x*))_+ / ‖∇f_i(x_k)‖², or with inf f_i = `floor` for f_i(x*)."""

    floor: float | None = None
    factor: float = 1.0

    def iterates(self, problem: ValuedSum, noise: Noise, /) -> Iterator[Iterate]:
        x = problem.x0
        index = noise.integers("index", problem.size)
        for k in count():
            i = next(index)
            s = self.factor * polyak(problem, x, x, i, self.floor)
            yield Iterate(k, x, i, s)
            x = x - s[:, None] * problem.grad_one(x, i)


@dataclass(frozen=True, eq=False)
class AveragedIterate:
    k: int
    x: Array  # (B, n)
    z: Array  # (B, n), z_{k−1}
    i: Array  # (B,)


@dataclass(frozen=True)
class AveragedPolyak:
    """z_k = z_{k−1} − η_k g_k, x_{k+1} = (1 − a_k) x_k + a_k z_k, η_k the Polyak step of the linear model of f_i at z_{k−1}.

    a_k = 1/(k+2): x_k is the mean of x_0, z_0, …, z_{k−1}.
    """

    def iterates(self, problem: ValuedSum, noise: Noise, /) -> Iterator[AveragedIterate]:
        x = z = problem.x0
        index = noise.integers("index", problem.size)
        for k in count():
            i = next(index)
            yield AveragedIterate(k, x, z, i)
            z = z - polyak(problem, z, x, i, None)[:, None] * problem.grad_one(x, i)
            x = x + (z - x) / (k + 2)
