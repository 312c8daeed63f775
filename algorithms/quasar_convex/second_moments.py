"""The exact second moment of (minibatch) SGD with any schedule of steps, on sums of quadratics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.quasar_convex.stochastic import Schedule
from ratecheck import Array, Noise
from ratecheck.oracles import FiniteSum


class QuadraticSum(FiniteSum, Protocol):
    """Every component is quadratic."""

    @property
    def x_star(self) -> Array: ...  # (B, n)


@dataclass(frozen=True, eq=False)
class SecondMoments:
    """z = (x − x*, 1)."""

    k: int
    M: Array  # (B, n+1, n+1), E z z'
    step: Array  # (B,)


def component_maps(problem: QuadraticSum) -> Array:
    """G_i with (∇f_i(x), 0) = G_i z, read off at x* and x* + e_j: (N, B, n+1, n+1)."""
    star = problem.x_star
    xp = array_namespace(star)
    B, n = star.shape
    eye = xp.eye(n, dtype=star.dtype)
    last = xp.zeros((B, 1, n + 1), dtype=star.dtype)
    maps = []
    for j in range(problem.size):
        i = xp.full((B,), j, dtype=xp.int64)
        origin = problem.grad_one(star, i)
        columns = [problem.grad_one(star + eye[m, :][None, :], i) - origin for m in range(n)]
        maps.append(xp.concat([xp.stack([*columns, origin], axis=-1), last], axis=-2))
    return xp.stack(maps)


@dataclass(frozen=True)
class MomentsOfSGD:
    """E z z' along x_{k+1} = x_k − s_k (1/b) Σ_{i ∈ S} ∇f_i(x_k), S uniform among the subsets of size b."""

    step: Schedule
    batch: int = 1

    def iterates(self, problem: QuadraticSum, noise: Noise, /) -> Iterator[SecondMoments]:
        star = problem.x_star
        xp = array_namespace(star)
        start = problem.x0 - star
        z = xp.concat([start, xp.ones((start.shape[0], 1), dtype=start.dtype)], axis=-1)
        M = z[:, :, None] * z[:, None, :]
        G = component_maps(problem)
        mean = xp.mean(G, axis=0)
        N, b = problem.size, self.batch
        alone = (N - b) / (b * (N - 1)) if N > 1 else 1.0  # weight of one component against the whole sum
        for k in count():
            s = xp.asarray(self.step(problem.constants, k))
            yield SecondMoments(k, M, s)
            drift = xp.matmul(mean, M)
            spread = alone * xp.mean(xp.matmul(xp.matmul(G, M), xp.matrix_transpose(G)), axis=0)
            spread = spread + (1 - alone) * xp.matmul(drift, xp.matrix_transpose(mean))
            t = s[:, None, None]
            M = M - t * (drift + xp.matrix_transpose(drift)) + t * t * spread
            M = 0.5 * (M + xp.matrix_transpose(M))  # else the antisymmetric part of the rounding grows
