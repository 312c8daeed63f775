"""Compact convex sets of matrices and their linear minimisation oracles; a matrix is a row of its m·n entries, row by row.

The contract is that of the vectors: `vertex(g)` is an extreme point of argmin <g, v>, also at g = 0; `diameter` is the exact
Frobenius one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace
from scipy.optimize import linear_sum_assignment

from ratecheck import Array
from ratecheck.arrays import host


def _frobenius(p: float, value: float) -> float:
    if p != 2:
        raise ValueError(f"the exact diameter is known in the Frobenius norm, p = 2, not p = {p}")
    return value


@dataclass(frozen=True)
class NuclearBall:
    """{Σ σ_i(X) ≤ r}, m × n: −r u₁ v₁' of the largest singular value."""

    m: int
    n: int
    radius: float = 1.0

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        U, _, Vh = xp.linalg.svd(xp.reshape(g, (-1, self.m, self.n)), full_matrices=False)
        return xp.reshape(-self.radius * U[:, :, :1] * Vh[:, :1, :], (-1, self.m * self.n))

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        return _frobenius(p, 2 * self.radius)


@dataclass(frozen=True)
class SpectralBall:
    """{σ₁(X) ≤ r}, m × n: −r U V'."""

    m: int
    n: int
    radius: float = 1.0

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        U, _, Vh = xp.linalg.svd(xp.reshape(g, (-1, self.m, self.n)), full_matrices=False)
        return xp.reshape(-self.radius * xp.matmul(U, Vh), (-1, self.m * self.n))

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        return _frobenius(p, 2 * self.radius * min(self.m, self.n) ** 0.5)


@dataclass(frozen=True)
class Spectrahedron:
    """{X ⪰ 0, tr X = 1}, n × n: q q' of the smallest eigenvalue of the symmetric part."""

    n: int

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        G = xp.reshape(g, (-1, self.n, self.n))
        _, Q = xp.linalg.eigh((G + xp.matrix_transpose(G)) / 2)
        q = Q[:, :, 0]
        return xp.reshape(q[:, :, None] * q[:, None, :], (-1, self.n * self.n))

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        return _frobenius(p, 2**0.5 if self.n > 1 else 0.0)


@dataclass(frozen=True)
class Fantope:
    """{0 ⪯ X ⪯ I, tr X = k}, n × n: the projector on the k smallest eigenvalues."""

    n: int
    k: int

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        G = xp.reshape(g, (-1, self.n, self.n))
        _, Q = xp.linalg.eigh((G + xp.matrix_transpose(G)) / 2)
        Q = Q[:, :, : self.k]
        return xp.reshape(xp.matmul(Q, xp.matrix_transpose(Q)), (-1, self.n * self.n))

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        return _frobenius(p, (2 * min(self.k, self.n - self.k)) ** 0.5)


@dataclass(frozen=True)
class Birkhoff:
    """Doubly stochastic n × n matrices: the permutation of an optimal assignment (on the host, one row after the other)."""

    n: int

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        cost = np.asarray(host(g)).reshape(-1, self.n, self.n)
        chosen = np.zeros_like(cost)
        for b, matrix in enumerate(cost):
            chosen[(b, *linear_sum_assignment(matrix))] = 1.0
        return xp.asarray(chosen.reshape(-1, self.n * self.n), dtype=g.dtype)

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        return float(2 * self.n) ** (1 / p) if self.n > 1 else 0.0  # two permutations without a common entry
