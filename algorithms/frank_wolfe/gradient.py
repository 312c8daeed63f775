"""Gradient, projected gradient, sub-gradient and proximal gradient descent, and Nesterov's acceleration, as in Bubeck 2015."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

from ratecheck import Array, Noise
from ratecheck.oracles import Composite

Rule: TypeAlias = Callable[[Any, int], Array]  # problem, k -> a step or a momentum, (B,)


@dataclass(frozen=True, eq=False)
class Point:
    k: int
    x: Array  # (B, n)


def inverse_smoothness(p: Any, k: int) -> Array:
    """1/β."""
    return 1 / p.constants["L"].value


@dataclass(frozen=True)
class ProximalGradient:
    """x_{k+1} = prox(x_k − η_k ∇f(x_k)): a projection, a soft threshold or nothing, as the problem says."""

    step: Rule = inverse_smoothness

    def iterates(self, problem: Composite, noise: Noise, /) -> Iterator[Point]:
        x = problem.x0
        for k in count():
            yield Point(k, x)
            eta = self.step(problem, k)
            x = problem.prox(x - eta[:, None] * problem.grad(x), eta)


@dataclass(frozen=True, eq=False)
class Pair:
    k: int
    x: Array  # (B, n) where the next gradient is taken
    y: Array  # (B, n) the iterate


def schedule(t: int) -> float:
    """λ_t: λ_0 = 0, λ_t = (1 + √(1 + 4 λ_{t−1}²))/2."""
    lam = 0.0
    for _ in range(t):
        lam = (1 + (1 + 4 * lam * lam) ** 0.5) / 2
    return lam


def growing(p: Any, k: int) -> Array:
    """−γ_t = (λ_t − 1)/λ_{t+1}, t = k + 1."""
    return (schedule(k + 1) - 1) / schedule(k + 2) + 0 * p.x0[:, 0]


def constant_momentum(p: Any, k: int) -> Array:
    """(√κ − 1)/(√κ + 1)."""
    root = (p.constants["L"].value / p.constants["mu"].value) ** 0.5
    return (root - 1) / (root + 1)


@dataclass(frozen=True)
class Accelerated:
    """y_{k+1} = prox(x_k − ∇f(x_k)/β), x_{k+1} = y_{k+1} + m_k (y_{k+1} − y_k)."""

    momentum: Rule = growing
    step: Rule = inverse_smoothness

    def iterates(self, problem: Composite, noise: Noise, /) -> Iterator[Pair]:
        x = y = problem.x0
        for k in count():
            yield Pair(k, x, y)
            eta = self.step(problem, k)
            following = problem.prox(x - eta[:, None] * problem.grad(x), eta)
            x = following + self.momentum(problem, k)[:, None] * (following - y)
            y = following
