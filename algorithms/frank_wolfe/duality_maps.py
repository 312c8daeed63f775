"""Maximisers of ⟨G, T⟩ over the unit ball of a matrix norm, and steepest descent under a norm (Bernstein, Newhouse 2024)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol, TypeAlias

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem

DualityMap: TypeAlias = Callable[[Array], Array]  # (..., p, q) -> a maximiser of <G, T> with norm 1
Norm: TypeAlias = Callable[[Array], Array]  # (..., p, q) -> (...)


class Layered(Problem, Protocol):
    @property
    def G(self) -> Array: ...  # (B, L, p, q)
    @property
    def scale(self) -> Array: ...  # (B, L)
    @property
    def lam(self) -> Array: ...  # (B,)


def sign(G: Array) -> Array:
    """Max entry: ±1, +1 at a zero entry."""
    xp = array_namespace(G)
    return xp.where(G < 0, -xp.ones_like(G), xp.ones_like(G))


def polar(G: Array) -> Array:
    """Spectral norm: U Vᵀ of the thin singular value decomposition."""
    U, _, Vh = array_namespace(G).linalg.svd(G, full_matrices=False)
    return array_namespace(G).matmul(U, Vh)


def direction(G: Array) -> Array:
    """Frobenius norm: G/‖G‖."""
    xp = array_namespace(G)
    return G / xp.sqrt(xp.sum(G * G, axis=(-2, -1), keepdims=True))


def columns(G: Array) -> Array:
    """Largest column: every column normalised."""
    xp = array_namespace(G)
    return G / xp.sqrt(xp.sum(G * G, axis=-2, keepdims=True))


def rows(G: Array) -> Array:
    """Largest row: every row normalised."""
    xp = array_namespace(G)
    return G / xp.sqrt(xp.sum(G * G, axis=-1, keepdims=True))


def entry_norm(W: Array) -> Array:
    xp = array_namespace(W)
    return xp.max(xp.abs(W), axis=(-2, -1))


def spectral_norm(W: Array) -> Array:
    xp = array_namespace(W)
    return xp.max(xp.linalg.svdvals(W), axis=-1)


def frobenius_norm(W: Array) -> Array:
    xp = array_namespace(W)
    return xp.sqrt(xp.sum(W * W, axis=(-2, -1)))


def column_norm(W: Array) -> Array:
    xp = array_namespace(W)
    return xp.sqrt(xp.max(xp.sum(W * W, axis=-2), axis=-1))


def row_norm(W: Array) -> Array:
    xp = array_namespace(W)
    return xp.sqrt(xp.max(xp.sum(W * W, axis=-1), axis=-1))


@dataclass(frozen=True, eq=False)
class Layers:
    W: Array  # (B, L, p, q)


@dataclass(frozen=True)
class SteepestDescent:
    """Yields once the step −(η/s_l) argmax_{‖T‖ = 1} ⟨G_l, T⟩, η = (1/λ) Σ_l ‖G_l‖*/s_l: the minimiser of ⟨G, W⟩ + (λ/2) (max_l s_l ‖W_l‖)²."""

    towards: DualityMap

    def iterates(self, problem: Layered, noise: Noise, /) -> Iterator[Layers]:
        xp = array_namespace(problem.G)
        T = self.towards(problem.G)
        s = problem.scale
        dual = xp.sum(xp.sum(problem.G * T, axis=(-2, -1)) / s, axis=-1)
        eta = dual / problem.lam
        yield Layers(-(eta[:, None] / s)[:, :, None, None] * T)


@dataclass(frozen=True, eq=False)
class Spectrum:
    k: int
    X: Array  # (B, L, p, q)


@dataclass(frozen=True)
class NewtonSchulz:
    """X ← a X + b X XᵀX + c X (XᵀX)², from start(G), G/‖G‖_F by default; (3/2, −½, 0) is the cubic iteration, (3.4445, −4.775, 2.0315) Muon's quintic."""

    a: float = 1.5
    b: float = -0.5
    c: float = 0.0
    start: DualityMap = direction

    def iterates(self, problem: Layered, noise: Noise, /) -> Iterator[Spectrum]:
        xp = array_namespace(problem.G)
        X = self.start(problem.G)
        for k in count():
            yield Spectrum(k, X)
            gram = xp.matmul(xp.matrix_transpose(X), X)
            X = self.a * X + xp.matmul(X, self.b * gram + self.c * xp.matmul(gram, gram))
