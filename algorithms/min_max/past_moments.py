"""Hsieh, Iutzeler, Malick, Mertikopoulos 2019: past extragradient with steps g/(t + b) under noise, and its exact second moments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.min_max.noisy_oracles import NoisyOperator
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Moments:
    """z = (X_t − x*, V_{t−1/2}, Σ_{s ≤ t} (X_s − x*)), t = k + 1; V_{1/2} = V(X_1) without noise."""

    k: int
    M: Array  # (B, 3n, 3n), E z zᵀ
    drift2: Array  # (B,), E‖V_{t−1/2} − V_{t−3/2}‖²; 0 at k = 0
    g: Array  # (B,), g_t
    past_g: Array  # (B,), g_{t−1}; g_t at k = 0


@dataclass(frozen=True)
class PastExtragradientMoments:
    """X_{t+1/2} = X_t − g_t V_{t−1/2}, V_{t+1/2} = V(X_{t+1/2}) + noise, X_{t+1} = X_t − g_t V_{t+1/2}; g_t = factor g/(t + b)."""

    factor: float = 1.0

    def iterates(self, problem: NoisyOperator, noise: Noise, /) -> Iterator[Moments]:
        A, x = problem.A, problem.x0 - problem.x_star
        xp = array_namespace(x)
        n = x.shape[-1]
        g0, b = self.factor * problem.constants["g"].value, problem.constants["b"].value
        eye, nil = xp.zeros_like(A) + xp.eye(n, dtype=x.dtype)[None, :, :], xp.zeros_like(A)
        z = xp.concat([x, problem.apply(problem.x0), x], axis=-1)
        M, drift2, past = z[:, :, None] * z[:, None, :], 0 * g0, g0 / (1 + b)
        variance = problem.sigma**2 / n
        for t in count(1):
            g = g0 / (t + b)
            yield Moments(t - 1, M, drift2, g, past)
            h = g[:, None, None]
            heard = xp.concat([A, -h * A, nil], axis=-1)  # E V_{t+1/2} as a map of z
            change = xp.concat([A, -h * A - eye, nil], axis=-1)
            following = xp.concat([eye, nil, nil], axis=-1) - h * heard
            T = xp.concat([following, heard, xp.concat([nil, nil, eye], axis=-1) + following], axis=-2)
            N = xp.concat([-h * eye, eye, -h * eye], axis=-2)
            drift2 = trace(sandwich(change, M)) + n * variance
            M = sandwich(T, M) + variance[:, None, None] * xp.matmul(N, xp.matrix_transpose(N))
            past = g


@dataclass(frozen=True, eq=False)
class State:
    k: int
    x: Array  # (B, n), X_t
    past: Array  # (B, n), V_{t−1/2}
    g: Array  # (B,)
    draw: Array  # (B, n), what the noise of `past` was made of; 0 at first


@dataclass(frozen=True)
class NoisyPastExtragradient:
    """The method itself, with Gaussian noise."""

    def iterates(self, problem: NoisyOperator, noise: Noise, /) -> Iterator[State]:
        x, past, c = problem.x0, problem.apply(problem.x0), problem.constants
        n = x.shape[-1]
        size, used = problem.sigma[:, None] / n**0.5, 0 * x
        for t, draw in enumerate(noise.normals("force", n), 1):
            g = c["g"].value / (t + c["b"].value)
            yield State(t - 1, x, past, g, used)
            past, used = problem.apply(x - g[:, None] * past) + size * draw, draw
            x = x - g[:, None] * past


def sandwich(T: Array, M: Array) -> Array:
    """T M Tᵀ"""
    xp = array_namespace(M)
    return xp.matmul(xp.matmul(T, M), xp.matrix_transpose(T))


def trace(M: Array) -> Array:
    xp = array_namespace(M)
    return xp.sum(xp.linalg.diagonal(M), axis=-1)
