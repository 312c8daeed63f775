"""Gradient flow of symmetric factorisation, in closed form (the Riccati equation Z' = SZ + ZS − 2Z²)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Factorised(Problem, Protocol):
    """M = V diag(spectrum) Vᵀ, all of it seen (δ = 0)."""

    @property
    def V(self) -> Array: ...  # (B, n, n)
    @property
    def spectrum(self) -> Array: ...  # (B, n)


@dataclass(frozen=True, eq=False)
class Flow:
    k: int
    t: float
    Z: Array  # (B, n, n), in the basis V of the problem: the truth is diag(spectrum)


@dataclass(frozen=True)
class RiccatiFlow:
    """Z(t) = E X₀ (I + X₀ᵀ D X₀)⁻¹ X₀ᵀ E,  E = exp(St),  D = diag((e^{2 s t} − 1)/s, or 2t where s = 0).

    Written with B = √D X₀ and E D^{−1/2}, which stays bounded: Z = (E D^{−1/2}) B (I + BᵀB)⁻¹ Bᵀ (E D^{−1/2}), and
    B (I + BᵀB)⁻¹ Bᵀ = Q₁Q₁ᵀ with the QR of [B; I] = [Q₁; Q₂] R. Times must be positive.
    """

    time: Callable[[int], float]

    def iterates(self, problem: Factorised, noise: Noise, /) -> Iterator[Flow]:
        xp = array_namespace(problem.x0)
        s = problem.spectrum
        X = xp.matmul(xp.matrix_transpose(problem.V), problem.x0)  # (B, n, k)
        B, n, k = X.shape
        eye = xp.broadcast_to(xp.eye(k, dtype=X.dtype), (B, k, k))
        safe = xp.where(s > 0, s, xp.ones_like(s))
        for i in count():
            t = self.time(i)
            growth = xp.exp(xp.clip(s * t, max=300.0))  # beyond e^300 a direction is saturated to the last bit
            root = xp.where(s > 0, xp.sqrt(-xp.expm1(-2 * safe * t) / safe) * growth, (2 * t) ** 0.5 + 0 * s)
            Q, _ = xp.linalg.qr(xp.concat([root[:, :, None] * X, eye], axis=1))
            bounded = xp.where(s > 0, xp.sqrt(safe / -xp.expm1(-2 * safe * t)), (2 * t) ** -0.5 + 0 * s)  # E D^{−1/2}
            W = bounded[:, :, None] * Q[:, :n, :]
            yield Flow(i, t, xp.matmul(W, xp.matrix_transpose(W)))


class Sloped(Problem, Protocol):
    def gradient(self, Z: Array, /) -> Array: ...  # (B, n, n) -> (B, n, n), A*(A(Z) − y)


@dataclass(frozen=True)
class IntegratedFlow:
    """X' = −A*(A(XXᵀ) − y) X by the classical Runge–Kutta method of order 4; state k is at time h (k + 1)."""

    h: float

    def iterates(self, problem: Sloped, noise: Noise, /) -> Iterator[Flow]:
        xp = array_namespace(problem.x0)

        def slope(X: Array) -> Array:
            return -xp.matmul(problem.gradient(xp.matmul(X, xp.matrix_transpose(X))), X)

        X = problem.x0
        for k in count():
            a = slope(X)
            b = slope(X + self.h / 2 * a)
            c = slope(X + self.h / 2 * b)
            d = slope(X + self.h * c)
            X = X + self.h / 6 * (a + 2 * b + 2 * c + d)
            yield Flow(k, self.h * (k + 1), xp.matmul(X, xp.matrix_transpose(X)))
