"""Stochastic gradient descent with projections, random coordinate descent and SVRG, as in Bubeck 2015, chapter 6."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

from array_api_compat import array_namespace

from algorithms.frank_wolfe.gradient import Rule
from ratecheck import Array, Noise
from ratecheck.oracles import FiniteSum

Weights: TypeAlias = Callable[[Any], Array]  # problem -> (B, n), positive


@dataclass(frozen=True, eq=False)
class Noisy:
    k: int
    x: Array  # (B, n)
    z: Array  # (B, n) the noise of the oracle at x


@dataclass(frozen=True)
class StochasticGradient:
    """x_{k+1} = Π(x_k − η_k g̃(x_k)). (Euclidean stochastic mirror descent.)"""

    step: Rule

    def iterates(self, problem: Any, noise: Noise, /) -> Iterator[Noisy]:
        x = problem.x0
        for k, z in enumerate(noise.normals("oracle", x.shape[1])):
            yield Noisy(k, x, z)
            eta = self.step(problem, k)
            x = problem.prox(x - eta[:, None] * problem.sample(x, z), eta)


@dataclass(frozen=True, eq=False)
class Drawn:
    k: int
    x: Array  # (B, n)
    u: Array  # (B,) uniform on [0, 1): which coordinate is next


def picked(weights: Array, u: Array) -> Array:
    """The unit vector e_i, (B, n), with probability proportional to weights_i: i is the cell of u."""
    xp = array_namespace(weights)
    share = weights / xp.sum(weights, axis=-1, keepdims=True)
    upper = xp.cumulative_sum(share, axis=-1)
    inside = (u[:, None] >= upper - share) & (u[:, None] < upper)
    hot = xp.astype(inside, weights.dtype)
    last = 1 - xp.sum(hot, axis=-1)  # rounding of the sums: the last cell
    tail = xp.astype(xp.arange(weights.shape[1])[None, :] == weights.shape[1] - 1, weights.dtype)
    return hot + last[:, None] * tail


@dataclass(frozen=True)
class CoordinateDescent:
    """x_{k+1} = x_k − η_i ∂_i f(x_k) e_i, i drawn in proportion to the weights."""

    step: Callable[[Any], Array]  # problem -> (B, n), η_i
    weights: Weights

    def iterates(self, problem: Any, noise: Noise, /) -> Iterator[Drawn]:
        x = problem.x0
        for k, u in enumerate(noise.uniforms("coordinate")):
            yield Drawn(k, x, u)
            x = x - picked(self.weights(problem), u) * self.step(problem) * problem.grad(x)


@dataclass(frozen=True, eq=False)
class Epoch:
    k: int
    y: Array  # (B, n)
    drawn: Array  # (B, inner) the indices of the epoch that starts at y


@dataclass(frozen=True)
class VarianceReduced:
    """SVRG: from x_1 = y, x_{t+1} = x_t − η (∇f_i(x_t) − ∇f_i(y) + ∇f(y)); the next y is the mean of x_1, ..., x_inner."""

    inner: int
    step: Rule

    def iterates(self, problem: FiniteSum, noise: Noise, /) -> Iterator[Epoch]:
        y = problem.x0
        draws = noise.integers("component", problem.size, self.inner)
        for k in count():
            drawn = next(draws)
            yield Epoch(k, y, drawn)
            y = self.epoch(problem, y, drawn, self.step(problem, k))

    def epoch(self, problem: FiniteSum, y: Array, drawn: Array, eta: Array) -> Array:
        x, total, full = y, 0 * y, problem.grad(y)
        for t in range(self.inner):
            total = total + x
            i = drawn[:, t]
            x = x - eta[:, None] * (problem.grad_one(x, i) - problem.grad_one(y, i) + full)
        return total / self.inner
