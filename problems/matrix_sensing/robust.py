"""Matrix recovery from measurements with outliers: y_i = ⟨A_i, M*⟩ + s_i, A_i standard Gaussian (not divided by √m)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.matrix_sensing.ladders import rung
from problems.matrix_sensing.operators import Symmetric, svec
from problems.matrix_sensing.sensing import haar
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Outliers:
    """(1/m) Σ |y_i − ⟨A_i, Z⟩| and its sub-gradient in Z, (1/m) Σ sign(⟨A_i, Z⟩ − y_i) A_i."""

    operator: Symmetric  # A divided by √m
    y: Array  # (B, m), not divided
    M: Array  # (B, n, n)
    x0: Array  # (B, n, k)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.LOW_RANK, Trait.SYMMETRIC})

    def residual(self, Z: Array, /) -> Array:  # ⟨A_i, Z⟩ − y_i, (B, m)
        return self.operator.forward(Z) * sqrt(self.y.shape[1]) - self.y

    def value(self, Z: Array, /) -> Array:  # (B,)
        return array_namespace(Z).mean(array_namespace(Z).abs(self.residual(Z)), axis=-1)

    def sign_direction(self, Z: Array, /) -> Array:  # (B, n, n)
        return self.operator.adjoint(array_namespace(Z).sign(self.residual(Z))) / sqrt(self.y.shape[1])

    def gradient(self, Z: Array, /) -> Array:
        """Of ½ (1/m) Σ (⟨A_i, Z⟩ − y_i)²: what least squares would use."""
        return self.operator.adjoint(self.residual(Z)) / sqrt(self.y.shape[1])

    def misfit(self, Z: Array, /) -> Array:
        r = self.residual(Z)
        return 0.5 * array_namespace(r).mean(r * r, axis=-1)


@dataclass(frozen=True, eq=False)
class MeanSign:
    """The same with the sub-gradient replaced by its mean, φ E/‖E‖, E = Z − M*, φ = √(2/π) (no outliers)."""

    M: Array  # (B, n, n)
    x0: Array  # (B, n, k)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.LOW_RANK, Trait.SYMMETRIC})

    def value(self, Z: Array, /) -> Array:
        """E |⟨A, Z − M*⟩| = √(2/π) ‖Z − M*‖_F"""
        E = Z - self.M
        return sqrt(2 / pi) * array_namespace(E).sqrt(array_namespace(E).sum(E * E, axis=(1, 2)))

    def sign_direction(self, Z: Array, /) -> Array:
        return 2 / pi * (Z - self.M) / self.value(Z)[:, None, None]

    def gradient(self, Z: Array, /) -> Array:
        return Z - self.M

    def misfit(self, Z: Array, /) -> Array:
        E = Z - self.M
        return 0.5 * array_namespace(E).sum(E * E, axis=(1, 2))


def _exact(value: Any, unit: Unit, proof: str) -> Certified:
    return Certified(np.asarray(value, dtype=float), unit, Side.EXACT, proof)


def _truth(seeds: range, n: int, spectrum: Sequence[float], k: int) -> tuple[Any, Any]:
    """M* and an orthonormal start direction, one for all rows."""
    g = np.random.default_rng(101)
    V = haar(n, g)[:, : len(spectrum)]
    G = g.standard_normal((n, k)) / np.sqrt(n)
    return np.tile((V * np.asarray(spectrum)) @ V.T, (len(seeds), 1, 1)), np.tile(G, (len(seeds), 1, 1))


def mean_sign(
    seeds: range, n: int = 8, k: int = 8, low: Annotated[float, (1e-6, 1e-5)] = 1e-5,
    high: Annotated[float, (1e-4, 1e-2)] = 1e-2,
) -> MeanSign:
    """Rows sweep α, M* of rank 2."""
    alpha = rung(seeds, low, high)
    M, G = _truth(seeds, n, (1.0, 0.6), k)
    constants = {"alpha": _exact(alpha, Unit(x=1), "scale of the start"), "s_1": _exact(np.ones(len(alpha)), Unit(x=2), "prescribed")}
    return MeanSign(M, alpha[:, None, None] * G, constants)


def outliers(
    seeds: range, n: int = 8, k: int = 8, m: int = 800, share: Annotated[float, (0.0, 0.5)] = 0.2, low: float = 1.0, high: float = 1e4,
    alpha: Any = 1e-3,
) -> Outliers:
    """Rows sweep the standard deviation of the outliers, same measurements, same places, same direction; M* of rank 2."""
    B = len(seeds)
    size = rung(seeds, low, high)
    scale = np.broadcast_to(np.asarray(alpha, dtype=float), (B,))
    M, G = _truth(seeds, n, (1.0, 0.6), k)
    g = np.random.default_rng(102)
    upper, weight, place = svec(n)
    A = g.standard_normal((1, m, len(upper)))
    s = (g.random(m) < share) * g.standard_normal(m)
    rule = Certified(np.full(1, 2.5 * sqrt(2 * n * 2 / m)), Unit(), Side.ESTIMATED, "Sign-RIP of Gaussian matrices: order only")
    operator = Symmetric(A / sqrt(m), n, upper, weight, place, rule)
    y = operator.forward(M) * sqrt(m) + size[:, None] * s
    constants = {
        "size": _exact(size, Unit(x=2), "standard deviation of the outliers, prescribed"),
        "alpha": _exact(scale, Unit(x=1), "scale of the start"),
        "s_1": _exact(np.ones(B), Unit(x=2), "prescribed"),
        "delta": Certified(rule.value + np.zeros(B), Unit(), rule.side, rule.proof),
    }
    return Outliers(operator, y, M, scale[:, None, None] * G, constants)


def small_starts(seeds: range, m: int = 3000, low: float = 1e-4, high: float = 1e-2) -> Outliers:
    """No outliers; rows sweep α."""
    return outliers(seeds, m=m, share=0.0, alpha=rung(seeds, low, high))


def one_direction(
    seeds: range, n: int = 4, m: int = 150, share: Annotated[float, (0.0, 0.4)] = 0.3, size: Annotated[float, (0.1, 3.0)] = 2.0,
    norm: Annotated[float, (0.5, 10.0)] = 1.0,
) -> Outliers:
    """Independent measurements a row; x_0x_0ᵀ − M* = X with ‖X‖_F = norm, outliers N(0, size²) in a share of the places.

    The residual at x_0 is ⟨A_i, X⟩ − s_i; φ(X) = √(2/π)(1 − p + p/√(1 + size²/‖X‖²)).
    """
    rngs = [np.random.default_rng([seed, 103]) for seed in seeds]
    B = len(rngs)
    upper, weight, place = svec(n)
    A = np.stack([g.standard_normal((m, len(upper))) for g in rngs])
    X = np.stack([g.standard_normal((n, n)) for g in rngs])
    X = X + np.swapaxes(X, 1, 2)
    X = norm * X / np.linalg.norm(X, axis=(1, 2), keepdims=True)
    s = np.stack([(g.random(m) < share) * size * g.standard_normal(m) for g in rngs])
    rule = Certified(np.full(1, 1.0), Unit(), Side.ESTIMATED, "not used")
    operator = Symmetric(A / sqrt(m), n, upper, weight, place, rule)
    phi = sqrt(2 / pi) * (1 - share + share / sqrt(1 + (size / norm) ** 2))
    constants = {"phi": _exact(np.full(B, phi), Unit(), "Gaussian integral, closed form")}
    return Outliers(operator, operator.forward(-X) * sqrt(m) + s, -X, np.zeros((B, n, 1)), constants)
