"""Sadiev et al. 2023: clipped stochastic gradient descent ascent and extragradient; many replicas a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Constants, Noise, Problem


class Noisy(Problem, Protocol):
    def field(self, z: Array, /) -> Array: ...  # (B, n, 2)
    def disturbance(self, normals: Array, uniforms: Array, /) -> Array: ...  # (B, n, 2), (B, n) -> (B, n, 2)


def clip(g: Array, level: Array) -> Array:
    """min(1, level/|g|) g; g is (B, n, 2), level (B,)."""
    xp = array_namespace(g)
    norm = xp.sqrt(xp.sum(g * g, axis=-1, keepdims=True))
    return g * xp.minimum(xp.ones_like(norm), level[:, None, None] / xp.maximum(norm, xp.full_like(norm, 1e-300)))


def never(c: Constants, k: int) -> Array:
    """No clipping."""
    return c["K"] * 0 + 1e300


Level = Callable[[Constants, int], Array]
Step = Callable[[Constants], Array]


@dataclass(frozen=True, eq=False)
class Iterate:
    k: int
    z: Array  # (B, n, 2)
    half: Array  # (B, n, 2), the point of the second call (z itself for descent ascent)
    first: Array  # (B, n, 2), the clipped value used for the half step (0 for descent ascent)
    second: Array  # (B, n, 2), the clipped value used for the step
    gamma: Array  # (B,)
    level: Array  # (B,)
    normals: Array  # (B, calls, n, 2), what the noise of each call was made of, that of `second` last
    uniforms: Array  # (B, calls, n)


@dataclass(frozen=True)
class ClippedDescentAscent:
    """z' = z − γ clip(F(z) + ξ, λ_k)."""

    step: Step
    level: Level

    def iterates(self, problem: Noisy, noise: Noise, /) -> Iterator[Iterate]:
        c = {name: v.value for name, v in problem.constants.items()}
        z, gamma = problem.x0, self.step(c)
        n = z.shape[1]
        for k, u, v in zip(count(), noise.normals("direction", n, 2), noise.uniforms("radius", n), strict=False):
            level = self.level(c, k)
            g = clip(problem.field(z) + problem.disturbance(u, v), level)
            yield Iterate(k, z, z, 0 * z, g, gamma, level, u[:, None, :, :], v[:, None, :])
            z = z - gamma[:, None, None] * g


@dataclass(frozen=True)
class ClippedExtragradient:
    """z̃ = z − γ clip(F(z) + ξ, λ), z' = z − γ clip(F(z̃) + ξ', λ)."""

    step: Step
    level: Level

    def iterates(self, problem: Noisy, noise: Noise, /) -> Iterator[Iterate]:
        c = {name: v.value for name, v in problem.constants.items()}
        z, gamma = problem.x0, self.step(c)
        n = z.shape[1]
        directions, radii = noise.normals("direction", 2, n, 2), noise.uniforms("radius", 2, n)
        for k, u, v in zip(count(), directions, radii, strict=False):
            level = self.level(c, k)
            first = clip(problem.field(z) + problem.disturbance(u[:, 0, :, :], v[:, 0, :]), level)
            half = z - gamma[:, None, None] * first
            second = clip(problem.field(half) + problem.disturbance(u[:, 1, :, :], v[:, 1, :]), level)
            yield Iterate(k, z, half, first, second, gamma, level, u, v)
            z = z - gamma[:, None, None] * second
