"""Hsieh, Antonakopoulos, Cevher, Mertikopoulos 2022: OptDA+ (OG+ when the steps are constant), as exact moments on a bilinear game."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from array_api_compat import array_namespace

from algorithms.min_max.noisy_oracles import NoisyBilinear
from ratecheck import Array, Certified, Noise

Schedule: TypeAlias = Callable[[Mapping[str, Certified], int], Array]  # constants, t >= 1 -> (B,)


def constant(name: str) -> Schedule:
    return lambda c, t: c[name].value


@dataclass(frozen=True, eq=False)
class Moments:
    """z = (Y_t, g_{t−1/2}, 1), Y_t the sum of the feedback; t = k + 1. X_t = X_1 − η_t Y_t, X_{t+1/2} = X_t − γ_t g_{t−1/2}."""

    k: int
    M: Array  # (B, 5, 5), E z zᵀ
    base: Array  # (B, 2, 5), X_t as a linear map of z
    played: Array  # (B, 2, 5), X_{t+1/2}

    @property
    def x(self) -> Array:  # (B, 2), root mean squares of the coordinates of X_t
        xp = array_namespace(self.M)
        second = quadratic(self.base, self.M, self.base)
        return xp.sqrt(xp.stack([second[:, 0, 0], second[:, 1, 1]], axis=-1))


def quadratic(A: Array, M: Array, C: Array) -> Array:
    """A M Cᵀ, rows apart"""
    xp = array_namespace(M)
    return xp.matmul(xp.matmul(A, M), xp.matrix_transpose(C))


def row(xp: Array, like: Array, Y: Array, g: Array, one: Array) -> Array:
    """The map z -> Y y + g h + one, as (B, 2, 5)."""
    eye = xp.eye(2, dtype=like.dtype)[None, :, :]
    return xp.concat([Y[:, None, None] * eye, g[:, None, None] * eye, one[:, :, None]], axis=-1)


@dataclass(frozen=True)
class OptimisticDualAveraging:
    """g_{t+1/2} the feedback at X_{t+1/2}, Y_{t+1} = Y_t + g_{t+1/2}; g_{1/2} = 0."""

    gamma: Schedule
    eta: Schedule

    def iterates(self, problem: NoisyBilinear, noise: Noise, /) -> Iterator[Moments]:
        x1, V = problem.x0, problem.field()
        xp = array_namespace(x1)
        B = x1.shape[0]
        zero = xp.zeros((B,), dtype=x1.dtype)
        z = xp.concat([xp.zeros((B, 4), dtype=x1.dtype), xp.ones((B, 1), dtype=x1.dtype)], axis=-1)
        M = z[:, :, None] * z[:, None, :]
        keep = row(xp, x1, zero + 1, zero, 0 * x1)
        last = z[:, None, :]
        for k in count():
            eta, gamma = self.eta(problem.constants, k + 1), self.gamma(problem.constants, k + 1)
            base = row(xp, x1, -eta, zero, x1)
            played = row(xp, x1, -eta, -gamma, x1)
            yield Moments(k, M, base, played)
            heard = xp.matmul(V, played)
            mean = xp.concat([keep + heard, heard, last], axis=-2)
            force = quadratic(heard, M, heard)
            variance = problem.sigma_M[:, None] ** 2 * xp.linalg.diagonal(force) + problem.sigma_A[:, None] ** 2
            D = variance[:, :, None] * xp.eye(2, dtype=x1.dtype)[None, :, :]
            pad = xp.zeros((B, 4, 1), dtype=x1.dtype)
            block = xp.concat([xp.concat([D, D], axis=-1), xp.concat([D, D], axis=-1)], axis=-2)
            block = xp.concat([xp.concat([block, pad], axis=-1), xp.zeros((B, 1, 5), dtype=x1.dtype)], axis=-2)
            M = quadratic(mean, M, mean) + block
