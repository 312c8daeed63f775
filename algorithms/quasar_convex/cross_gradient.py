"""Achab 2023: descent along the cross gradient Σ μ_i ∇f_i with weights μ fixed in advance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.quasar_convex.descent import Point
from algorithms.quasar_convex.stochastic import Schedule
from ratecheck import Array, Noise, Problem


class CrossGradient(Problem, Protocol):
    @property
    def mix(self) -> Array: ...  # (B, m)
    def mixed_grad(self, x: Array, weights: Array, /) -> Array: ...  # (B, n), (B, m) -> (B, n)


@dataclass(frozen=True)
class XGD:
    """x_{k+1} = x_k − s_k Σ_i μ_i ∇f_i(x_k)."""

    step: Schedule

    def iterates(self, problem: CrossGradient, noise: Noise, /) -> Iterator[Point]:
        x, mu = problem.x0, problem.mix
        for k in count():
            g = problem.mixed_grad(x, mu)
            s = array_namespace(x).asarray(self.step(problem.constants, k))
            yield Point(k, x, g, s)
            x = x - s[..., None] * g
