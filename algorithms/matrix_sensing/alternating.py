"""Jain, Netrapalli, Sanghavi 2013: alternating minimisation, one exact (or inexact) least squares a half-step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class TwoSided(Problem, Protocol):
    def data(self) -> Array: ...  # A*(y), (B, rows, columns)
    def best_right(self, U: Array, /) -> Array: ...  # (B, rows, r) -> (B, columns, r)
    def best_left(self, V: Array, /) -> Array: ...  # (B, columns, r) -> (B, rows, r)


@dataclass(frozen=True, eq=False)
class HalfStep:
    k: int
    left: bool  # Q spans columns of Z (left) or rows
    Q: Array  # (B, size, r), orthonormal
    W: Array  # (B, other size, r), least squares given Q
    Z: Array  # (B, rows, columns), Q Wᵀ or W Qᵀ


def exactly(problem: Any) -> float:
    return 0.0


@dataclass(frozen=True)
class AlternatingMinimisation:
    """Q_0 the r leading left singular vectors of A*(y); W_k = argmin ‖A(Q_kWᵀ) − y‖; Q_{k+1} = orthonormalised W_k; sides alternate.

    `accuracy`: each least squares is disturbed by a random matrix of this size relative to its solution.
    """

    rank: int
    accuracy: Callable[[Any], Array] = exactly

    def iterates(self, problem: TwoSided, noise: Noise, /) -> Iterator[HalfStep]:
        data = problem.data()
        xp = array_namespace(data)
        Q = xp.linalg.svd(data, full_matrices=False)[0][:, :, : self.rank]
        tol = self.accuracy(problem)
        streams = [noise.normals(side, data.shape[axis], self.rank) for side, axis in (("right", 2), ("left", 1))]
        for k in count():
            left = k % 2 == 0
            W = problem.best_right(Q) if left else problem.best_left(Q)
            if not isinstance(tol, float):
                N = next(streams[k % 2])
                size = xp.sqrt(xp.sum(W * W, axis=(1, 2)) / xp.sum(N * N, axis=(1, 2)))
                W = W + (tol * size)[:, None, None] * N
            product = xp.matmul(Q, xp.matrix_transpose(W))
            yield HalfStep(k, left, Q, W, product if left else xp.matrix_transpose(product))
            Q = xp.linalg.qr(W)[0]
