"""Carmon, Jambulapati, Jin, Sidford 2021: minimising the maximal loss ball by ball with stochastic inner steps; sub-gradient steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from math import e
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise
from ratecheck.contracts import Problem
from ratecheck.oracles import Projected


class Losses(Problem, Protocol):
    @property
    def smoothing(self) -> Array: ...  # (B,)
    @property
    def radius(self) -> Array: ...  # (B,)
    def values(self, x: Array, /) -> Array: ...  # (B, d) -> (B, N)
    def one(self, x: Array, i: Array, /) -> tuple[Array, Array]: ...  # f_i and its gradient


@dataclass(frozen=True, eq=False)
class Ball:
    k: int
    centre: Array  # (B, d)
    x: Array  # (B, d), a point of the ball (the next centre of BallDescent)
    radius: Array  # (B,)


@dataclass(frozen=True, eq=False)
class Descent:
    k: int
    centre: Array  # (B, d)
    inner: Array  # (T, B, d), the inner points, the centre first
    index: Array  # (T, B), which f_i each of them looked at
    uniforms: Array  # (T, B), what they were drawn with
    step: Array  # (B, 1), length of the inner steps
    radius: Array  # (B,)


@dataclass(frozen=True)
class BallPoints:
    """Centres around x_0 and points on the spheres of radius `factor` · ε'/L around them, in random directions."""

    factor: float = 1.0
    wander: float = 0.5

    def iterates(self, problem: Losses, noise: Noise, /) -> Iterator[Ball]:
        x0 = problem.x0
        xp = array_namespace(x0)
        radius = self.factor * problem.radius
        d = x0.shape[-1]
        for k, g, u in zip(count(), noise.normals("centre", d), noise.normals("direction", d), strict=False):
            centre = x0 + self.wander * radius[:, None] * g
            u = u / xp.sqrt(xp.sum(u * u, axis=-1, keepdims=True))
            yield Ball(k, centre, centre + radius[:, None] * u, radius)


@dataclass(frozen=True)
class BallDescent:
    """In each ball of radius ε'/L: all N values once, then `inner` projected steps on ε' Σ p_i(x̄) exp((f_i(x) − f_i(x̄))/ε').

    One index i ~ p(x̄) and one f_i a step, of length r/(e L √inner); the mean of the inner points is the next centre.
    """

    inner: int
    length: float = 1.0  # multiplies the step

    def iterates(self, problem: Losses, noise: Noise, /) -> Iterator[Descent]:
        centre = problem.x0
        xp = array_namespace(centre)
        r, soft = problem.radius[:, None], problem.smoothing
        step = self.length * r * problem.radius[:, None] / (e * soft[:, None] * self.inner**0.5)  # r/(e L √T), L = ε'/r
        uniforms = noise.uniforms("index")
        for k in count():
            w = problem.values(centre)
            p = xp.exp((w - xp.max(w, axis=-1, keepdims=True)) / soft[:, None])
            cumulative = xp.cumulative_sum(p, axis=-1)
            x = centre
            points, indices, used = [], [], []
            for _ in range(self.inner):
                used.append(next(uniforms))
                u = used[-1][:, None] * cumulative[:, -1:]
                i = xp.sum(xp.astype(cumulative <= u, xp.int64), axis=-1)
                points.append(x)
                indices.append(i)
                f, g = problem.one(x, i)
                gain = xp.exp((f - xp.take_along_axis(w, i[:, None], axis=1)[:, 0]) / soft)
                move = x - step * gain[:, None] * g - centre
                norm = xp.sqrt(xp.sum(move * move, axis=-1, keepdims=True))
                x = centre + move * xp.minimum(xp.ones_like(norm), r / xp.maximum(norm, 1e-300 * xp.ones_like(norm)))
            inner = xp.stack(points)
            yield Descent(k, centre, inner, xp.stack(indices), xp.stack(used), step, problem.radius)
            centre = xp.mean(inner, axis=0)


class Maximum(Projected, Protocol):
    def mean_grad(self, x: Array, /) -> Array: ...  # (B, n), a sub-gradient that does not resist


@dataclass(frozen=True, eq=False)
class Point:
    k: int
    x: Array  # (B, n)
    before: Array  # (B, n), x_{k−1}
    g: Array  # (B, n)


@dataclass(frozen=True)
class Subgradient:
    """x_{k+1} = P[x_k − γ g_k + momentum (x_k − x_{k−1})], g_k from `oracle`."""

    gamma: float
    momentum: float = 0.0
    oracle: Callable[[Maximum, Array], Array] = lambda p, x: p.grad(x)

    def iterates(self, problem: Maximum, noise: Noise, /) -> Iterator[Point]:
        x = before = problem.x0
        for k in count():
            g = self.oracle(problem, x)
            yield Point(k, x, before, g)
            x, before = problem.project(x - self.gamma * g + self.momentum * (x - before)), x
