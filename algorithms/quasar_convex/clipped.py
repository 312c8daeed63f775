"""Sadiev et al. 2023: clipped SGD, many independent replicas of a run in every row; and the levels at which a law is clipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Protocol, TypeAlias

from array_api_compat import array_namespace

from ratecheck import Array, Certified, Noise, Problem

Rule: TypeAlias = Callable[[Mapping[str, Certified], int], Array]  # constants, k -> (B,)


class Heavy(Problem, Protocol):
    @property
    def tail(self) -> Array: ...  # (B, 1, 1)
    def grad(self, x: Array, /) -> Array: ...  # (B, M, d) -> (B, M, d)


def clip(g: Array, level: Array) -> Array:
    """min(1, level/‖g‖) g along the last axis."""
    xp = array_namespace(g)
    norm = xp.sqrt(xp.sum(g * g, axis=-1, keepdims=True))
    return g * xp.where(norm > level, level / xp.where(norm > 0, norm, 1 + 0 * norm), 1 + 0 * norm)


@dataclass(frozen=True, eq=False)
class Replicas:
    k: int
    x: Array  # (B, M, d)
    g: Array  # (B, M, d) stochastic gradient at x
    e: Array  # (B, M, d) normal, u (B, M, 1) uniform: what its noise is made of
    u: Array
    step: Array  # (B, 1, 1)
    level: Array  # (B, 1, 1)


@dataclass(frozen=True)
class ClippedSGD:
    """x_{k+1} = x_k − γ clip(g_k, λ_k)."""

    step: Rule
    level: Rule
    replicas: int = 256

    def iterates(self, problem: Heavy, noise: Noise, /) -> Iterator[Replicas]:
        xp = array_namespace(problem.x0)
        d = problem.x0.shape[-1]
        x = problem.x0 + xp.zeros((1, self.replicas, 1), dtype=problem.x0.dtype)
        normals, uniforms = noise.normals("direction", self.replicas, d), noise.uniforms("size", self.replicas, 1)
        size = problem.constants["noise"].value[:, None, None]
        for k in count():
            step = self.step(problem.constants, k)[:, None, None]
            level = self.level(problem.constants, k)[:, None, None]
            e, u = next(normals), next(uniforms)
            g = problem.grad(x) + size * e * (1 - u) ** (-1 / problem.tail)
            yield Replicas(k, x, g, e, u, step, level)
            x = x - step * clip(g, level)


@dataclass(frozen=True, eq=False)
class Level:
    k: int
    level: Array  # (B,)


@dataclass(frozen=True)
class RisingLevels:
    """λ_k = 2 ‖E X‖ · ratio^k"""

    ratio: float = 1.1
    first: float = 2.0

    def iterates(self, problem: Problem, noise: Noise, /) -> Iterator[Level]:
        for k in count():
            yield Level(k, self.first * problem.constants["mean"].value * self.ratio**k)
