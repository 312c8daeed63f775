"""Linear measurements of matrices whose restricted isometry constant is known by construction.

Each operator has forward (B, n, n) -> (B, m), adjoint (B, m) -> (B, n, n) and `delta`, with its certificate.
Arrays may have a leading axis 1: one operator shared by all rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Unit


class Measurements(Protocol):
    """A linear map of matrices to data, and its adjoint."""

    @property
    def delta(self) -> Certified: ...  # (B,) or (1,), restricted isometry constant
    def forward(self, Z: Array, /) -> Array: ...  # (B, n, n) -> (B, m)
    def adjoint(self, u: Array, /) -> Array: ...  # (B, m) -> (B, n, n)


@dataclass(frozen=True, eq=False)
class Identity:
    """Every entry is seen once: factorisation, δ = 0."""

    shape: tuple[int, ...]
    delta: Certified

    def forward(self, Z: Array, /) -> Array:
        return array_namespace(Z).reshape(Z, (Z.shape[0], -1))

    def adjoint(self, u: Array, /) -> Array:
        return array_namespace(u).reshape(u, (u.shape[0], *self.shape))


@dataclass(frozen=True, eq=False)
class Dense:
    """A(Z)_i = ⟨A_i, Z⟩ for matrices of any shape."""

    A: Array  # (B, m, rows · columns) or (1, m, rows · columns)
    shape: tuple[int, ...]
    delta: Certified

    def forward(self, Z: Array, /) -> Array:
        xp = array_namespace(Z)
        return xp.squeeze(xp.matmul(self.A, xp.reshape(Z, (Z.shape[0], -1, 1))), axis=-1)

    def adjoint(self, u: Array, /) -> Array:
        xp = array_namespace(u)
        return xp.reshape(xp.matmul(xp.matrix_transpose(self.A), u[:, :, None]), (u.shape[0], *self.shape))


@dataclass(frozen=True, eq=False)
class Symmetric:
    """A(Z)_i = ⟨A_i, Z⟩ for symmetric Z, in svec coordinates: half the numbers of the full matrices."""

    A: Array  # (B, m, N) or (1, m, N), N = n(n+1)/2
    n: int
    upper: Array  # (N,) places of the upper triangle in vec(Z)
    weight: Array  # (N,) 1 on the diagonal, √2 off it
    place: Array  # (n²,) for each entry of Z its place in svec
    delta: Certified

    def svec(self, Z: Array, /) -> Array:  # (B, n, n) -> (B, N)
        """Of the symmetric part: an unseen antisymmetric rounding error would otherwise grow from step to step."""
        xp = array_namespace(Z)
        Z = (Z + xp.matrix_transpose(Z)) / 2
        return xp.take(xp.reshape(Z, (Z.shape[0], -1)), self.upper, axis=-1) * self.weight

    def smat(self, z: Array, /) -> Array:  # (B, N) -> (B, n, n)
        xp = array_namespace(z)
        return xp.reshape(xp.take(z / self.weight, self.place, axis=-1), (z.shape[0], self.n, self.n))

    def forward(self, Z: Array, /) -> Array:
        xp = array_namespace(Z)
        return xp.squeeze(xp.matmul(self.A, self.svec(Z)[:, :, None]), axis=-1)

    def adjoint(self, u: Array, /) -> Array:
        xp = array_namespace(u)
        return self.smat(xp.squeeze(xp.matmul(xp.matrix_transpose(self.A), u[:, :, None]), axis=-1))

    def slope(self, Z: Array, y: Array, /, rows: int = 64) -> Array:
        """A*(A(Z) − y) in one pass over a shared A: residual i needs A_i alone, so each block of rows is read once. (B, n, n).

        All rows of the batch go through one product of matrices: fast, but the last bits of a row depend on its company, so the
        claims use forward and adjoint.
        """
        xp = array_namespace(Z)
        z = self.svec(Z)
        A = self.A[0, :, :]
        g = 0 * z
        for start in range(0, A.shape[0], rows):
            block = A[start : start + rows, :]
            g = g + xp.matmul(xp.matmul(z, xp.matrix_transpose(block)) - y[:, start : start + rows], block)
        return self.smat(g)


@dataclass(frozen=True, eq=False)
class Cosine:
    """A(Z) = √w · (C Z Cᵀ) with the orthonormal cosine transform C: spectrum w, no storage beyond two n × n matrices."""

    C: Array  # (n, n) orthonormal DCT-II
    root: Array  # (n, n), symmetric, √w
    delta: Certified

    def forward(self, Z: Array, /) -> Array:
        xp = array_namespace(Z)
        return xp.reshape(self.root * xp.matmul(xp.matmul(self.C, Z), self.C.T), (Z.shape[0], -1))

    def adjoint(self, u: Array, /) -> Array:
        xp = array_namespace(u)
        Y = self.root * xp.reshape(u, (u.shape[0], *self.root.shape))
        return xp.matmul(xp.matmul(self.C.T, Y), self.C)


@dataclass(frozen=True, eq=False)
class Blind:
    """The projection Z − Σ_i ⟨z_i, Z⟩ z_i, z_i = diag(h_i)/√n: underdetermined, yet δ_j ≤ K j/n (= for K = 1).

    For rank(Z) ≤ j and ‖Z‖_F = 1: Σ_i ⟨z_i, Z⟩² ≤ K ‖Z‖_*²/n ≤ K j/n. Being a projection it is its own adjoint square.
    """

    h: Array  # (K, n), orthogonal rows of signs; the first is all ones: the trace is not seen
    rank: int
    delta: Certified

    def forward(self, Z: Array, /) -> Array:
        xp = array_namespace(Z)
        n = Z.shape[-1]
        diagonal = xp.linalg.diagonal(Z)
        seen = xp.matmul(xp.matmul(diagonal, self.h.T), self.h) / n
        return xp.reshape(Z - seen[:, :, None] * xp.eye(n, dtype=Z.dtype), (Z.shape[0], -1))

    def adjoint(self, u: Array, /) -> Array:
        xp = array_namespace(u)
        n = self.h.shape[-1]
        return xp.reshape(self.forward(xp.reshape(u, (u.shape[0], n, n))), (u.shape[0], n, n))


def identity(*shape: int) -> Identity:
    return Identity(shape, Certified(np.zeros(1), Unit(), Side.EXACT, "A*A is the identity"))


def in_band(delta: float, exact: bool = False) -> Certified:
    side = Side.EXACT if exact else Side.UPPER
    return Certified(np.full(1, float(delta)), Unit(), side, "all eigenvalues of A*A lie in [1 − δ, 1 + δ], so δ_j ≤ δ for every j")


def svec(n: int) -> tuple[Any, Any, Any]:
    """Places of the upper triangle in vec, weights, and for each entry of vec its place in svec."""
    i, j = np.triu_indices(n)
    place = np.zeros((n, n), dtype=np.int64)
    place[i, j] = place[j, i] = np.arange(len(i))
    return i * n + j, np.where(i == j, 1.0, np.sqrt(2.0)), place.reshape(-1)


def spectrum_in_band(size: int, delta: float, rng: np.random.Generator, two_points: bool = False) -> Any:
    """A square A with A'A = Q diag(1 + δ ξ) Q', Q Haar, ξ in [−1, 1] (both ends taken), or ξ = ±1."""
    Q, R = np.linalg.qr(rng.standard_normal((size, size)))
    xi = rng.choice([-1.0, 1.0], size) if two_points else rng.uniform(-1, 1, size)
    xi[:2] = [-1.0, 1.0][: len(xi[:2])]
    return np.sqrt(1 + delta * xi)[:, None] * (Q * np.sign(np.diag(R))).T


def symmetric(n: int, delta: float, seed: int = 0, two_points: bool = False) -> Symmetric:
    """One certified operator on symmetric matrices."""
    upper, weight, place = svec(n)
    A = spectrum_in_band(len(upper), delta, np.random.default_rng([seed, 11]), two_points)
    return Symmetric(A[None], n, upper, weight, place, in_band(delta))


def rectangular(rows: int, columns: int, delta: float, seed: int = 0, two_points: bool = False) -> Dense:
    """One certified operator on all rows × columns matrices."""
    A = spectrum_in_band(rows * columns, delta, np.random.default_rng([seed, 12]), two_points)
    return Dense(A[None], (rows, columns), in_band(delta))


def cosine_matrix(n: int) -> Any:
    """Orthonormal DCT-II."""
    i, j = np.arange(n)[:, None], np.arange(n)[None, :]
    return np.where(i == 0, 1.0, np.sqrt(2.0)) / np.sqrt(n) * np.cos(np.pi * (j + 0.5) * i / n)


def cosine(n: int, delta: float, seed: int = 0) -> Cosine:
    """Weights w = 1 + δ ξ with symmetric ξ uniform in [−1, 1]."""
    xi = np.random.default_rng([seed, 13]).uniform(-1, 1, (n, n))
    return Cosine(cosine_matrix(n), np.sqrt(1 + delta * (np.triu(xi) + np.triu(xi, 1).T)), in_band(delta))


def blind(n: int, K: int, rank: int) -> Blind:
    """n a power of two: the first K rows of the Hadamard matrix of Sylvester."""
    H = np.ones((1, 1))
    while len(H) < n:
        H = np.block([[H, H], [H, -H]])
    side = Side.EXACT if K == 1 else Side.UPPER
    proof = "⟨Z, z_i⟩² ≤ ‖Z‖_*²/n ≤ rank(Z) ‖Z‖_F²/n, with equality at projectors for K = 1"
    delta = Certified(np.full(1, K * rank / n), Unit(), side, proof)
    return Blind(H[:K], rank, delta)
