"""Karnik, Veselovska, Iwen, Krahmer 2025: gradient descent on tubal tensors, and its Fourier slices one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Tubes(Problem, Protocol):
    @property
    def M(self) -> Array: ...  # (B, K, n, n)
    def gradient(self, Z: Array, /) -> Array: ...  # A*A(Z − M), (B, K, n, n)


@dataclass(frozen=True, eq=False)
class Tensor:
    k: int
    U: Array  # (B, K, n, R), real, or its Fourier slices
    Z: Array  # (B, K, n, n), U * Uᵀ, or its Fourier slices
    step: float


def t_gram(U: Array) -> Array:
    """U * Uᵀ: slice c is Σ_a U_a (U_{a−c})ᵀ."""
    xp = array_namespace(U)
    K = U.shape[1]
    return xp.stack([xp.sum(xp.matmul(U, xp.matrix_transpose(xp.roll(U, c, axis=1))), axis=1) for c in range(K)], axis=1)


def t_apply(G: Array, U: Array) -> Array:
    """G * U: Σ_a G_a U_{c−a}."""
    xp = array_namespace(U)
    return sum(xp.matmul(G[:, a : a + 1, :, :], xp.roll(U, a, axis=1)) for a in range(U.shape[1]))


@dataclass(frozen=True)
class TubalDescent:
    """U_{t+1} = U_t − μ A*A(U_t * U_tᵀ − M*) * U_t."""

    step: float

    def iterates(self, problem: Tubes, noise: Noise, /) -> Iterator[Tensor]:
        U = problem.x0
        for k in count():
            Z = t_gram(U)
            yield Tensor(k, U, Z, self.step)
            U = U - self.step * t_apply(problem.gradient(Z), U)


@dataclass(frozen=True)
class SliceDescent:
    """δ = 0: in the Fourier domain of the tubes K independent complex descents Û ← Û − μ(ÛÛᴴ − M̂)Û."""

    step: float

    def iterates(self, problem: Tubes, noise: Noise, /) -> Iterator[Tensor]:
        xp = array_namespace(problem.x0)
        U, M = (xp.fft.fft(xp.astype(a, xp.complex128), axis=1) for a in (problem.x0, problem.M))
        for k in count():
            Z = xp.matmul(U, xp.conj(xp.matrix_transpose(U)))
            yield Tensor(k, U, Z, self.step)
            U = U - self.step * xp.matmul(Z - M, U)
