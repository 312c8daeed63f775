"""Cauchy 1847: gradient descent, with any step known beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.quasar_convex.stochastic import Schedule
from ratecheck import Array, Noise
from ratecheck.oracles import Smooth


@dataclass(frozen=True, eq=False)
class Point:
    k: int
    x: Array  # (B, n)
    g: Array  # (B, n) gradient at x
    step: Array  # (B,)


@dataclass(frozen=True)
class GradientDescent:
    """x_{k+1} = x_k − s_k ∇f(x_k)."""

    step: Schedule

    def iterates(self, problem: Smooth, noise: Noise, /) -> Iterator[Point]:
        x = problem.x0
        for k in count():
            g = problem.grad(x)
            s = array_namespace(x).asarray(self.step(problem.constants, k))
            yield Point(k, x, g, s)
            x = x - s[..., None] * g
