"""Tensors (n, n, K) under the t-product: tubes are convolved circularly. Arrays are (B, K, n, n), the tube index first.

The operator has its spectrum in [1 − δ, 1 + δ]: cosine weights in all three directions, on tubal-symmetric tensors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.matrix_sensing.ladders import rung
from problems.matrix_sensing.operators import cosine_matrix
from ratecheck import Array, Certified, Side, Trait, Unit


def t_product(A: Array, C: Array) -> Array:
    """(A * C)_c = Σ_a A_a C_{c−a}: (B, K, n, m), (B, K, m, p) -> (B, K, n, p)."""
    xp = array_namespace(A)
    return sum(xp.matmul(A[:, a : a + 1, :, :], xp.roll(C, a, axis=1)) for a in range(A.shape[1]))


def t_transpose(A: Array) -> Array:
    """(Aᵀ)_c = (A_{−c})ᵀ."""
    xp = array_namespace(A)
    return xp.roll(xp.flip(xp.matrix_transpose(A), axis=1), 1, axis=1)


@dataclass(frozen=True, eq=False)
class CosineTubes:
    """H(Z) = symmetrised inverse cosine transform of w · (cosine transform of Z)."""

    C: Array  # (n, n)
    T: Array  # (K, K)
    w: Array  # (K, n, n)
    delta: Certified

    def normal(self, Z: Array, /) -> Array:  # (B, K, n, n) -> (B, K, n, n)
        xp = array_namespace(Z)
        B, K, n, _ = Z.shape

        def along_tubes(T: Array, Y: Array) -> Array:
            return xp.reshape(xp.matmul(T, xp.reshape(Y, (B, K, n * n))), (B, K, n, n))

        Y = self.w * xp.matmul(xp.matmul(self.C, along_tubes(self.T, Z)), self.C.T)
        Y = along_tubes(self.T.T, xp.matmul(xp.matmul(self.C.T, Y), self.C))
        return (Y + t_transpose(Y)) / 2


@dataclass(frozen=True, eq=False)
class TubalSensing:
    """M* = X * Xᵀ with X of tubal rank r; gradient(Z) = A*A(Z − M*)."""

    operator: CosineTubes
    M: Array  # (B, K, n, n)
    x0: Array  # (B, K, n, R)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.LOW_RANK, Trait.SYMMETRIC, Trait.RESTRICTED_ISOMETRY})

    def gradient(self, Z: Array, /) -> Array:
        return self.operator.normal(Z - self.M)


def random(
    seeds: range, n: int = 6, K: int = 4, r: int = 2, R: int = 8, delta: float = 0.0,
    low: Annotated[float, (1e-6, 1e-4)] = 1e-5, high: Annotated[float, (1e-3, 1e-2)] = 1e-2, orthonormal: bool = True,
) -> TubalSensing:
    """Rows sweep α, one direction of start; X orthonormal in every Fourier slice (κ = 1, ‖X‖ = 1), or Gaussian."""
    g = np.random.default_rng(111)
    alpha = rung(seeds, low, high)
    B = len(alpha)
    X: Any = np.fft.fft(g.standard_normal((K, n, r)), axis=0)
    X = np.linalg.qr(X)[0] if orthonormal else X / np.linalg.norm(X, 2, axis=(1, 2)).max()
    # the QR of conjugate slices is conjugate, so the tensor is real
    X = np.fft.ifft(X, axis=0).real[None]
    M = np.tile(t_product(X, t_transpose(X)), (B, 1, 1, 1))
    U = g.standard_normal((K, n, R)) / np.sqrt(R)
    w = 1 + delta * g.uniform(-1, 1, (K, n, n))
    proof = "the weights lie in [1 − δ, 1 + δ]; symmetrisation is a compression"
    isometry = Certified(np.full(1, float(delta)), Unit(), Side.UPPER, proof)
    constants = {
        "alpha": Certified(alpha, Unit(x=1), Side.EXACT, "scale of the start"),
        "norm_X": Certified(np.ones(B), Unit(x=1), Side.EXACT, "largest singular value of the Fourier slices, normalised"),
        "R": Certified(np.full(B, R), Unit(), Side.EXACT, "columns of the factor"),
        "r": Certified(np.full(B, r), Unit(), Side.EXACT, "tubal rank"),
        "delta": Certified(isometry.value + np.zeros(B), Unit(), Side.UPPER, proof),
    }
    C: Any = cosine_matrix(n)
    return TubalSensing(CosineTubes(C, cosine_matrix(K), w, isometry), M, alpha[:, None, None, None] * U, constants)
