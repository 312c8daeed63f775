"""Generalised linear models with a one-sided loss that flattens: α-quasar-convex, finite sums, interpolation, real data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.QUASAR_CONVEX, Trait.SMOOTH, Trait.FINITE_SUM, Trait.INTERPOLATION})


@dataclass(frozen=True, eq=False)
class Hinge:
    """f = (1/N) Σ φ_α(t_i) + ½ λ ‖x‖², t_i = offset − ⟨a_i, x⟩ (the a_i carry the labels); f* = 0.

    φ_α(t) = 0 for t ≤ 0, t²/2 on [0, 1], (t^α − 1)/α + ½ beyond, 0 < α ≤ 1; tφ'/φ falls from 2 to α, |φ''| ≤ 1.
    """

    A: Array  # (B, N, n)
    alpha: Array  # (B,)
    ridge: Array  # (B,), λ
    offset: float
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    @property
    def size(self) -> int:
        return int(self.A.shape[1])

    def _t(self, x: Array) -> Array:
        xp = array_namespace(x)
        return self.offset - xp.squeeze(xp.matmul(self.A, x[:, :, None]), axis=-1)

    def _slope(self, t: Array, alpha: Array) -> Array:
        xp = array_namespace(t)
        return xp.where(t > 1, xp.maximum(t, xp.ones_like(t)) ** (alpha - 1), xp.maximum(t, xp.zeros_like(t)))

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        t, alpha = self._t(x), self.alpha[:, None]
        far = xp.expm1(alpha * xp.log(xp.maximum(t, xp.ones_like(t)))) / alpha + 0.5
        near = 0.5 * xp.maximum(t, xp.zeros_like(t)) ** 2
        return xp.mean(xp.where(t > 1, far, near), axis=-1) + 0.5 * self.ridge * xp.sum(x * x, axis=-1)

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return self.grad_batch(x, xp.ones((x.shape[0], self.size), dtype=x.dtype) / self.size)

    def grad_batch(self, x: Array, w: Array, /) -> Array:
        """Σ w_i ∇f_i(x) for weights w, (B, N), of sum 1."""
        xp = array_namespace(x)
        slopes = w * self._slope(self._t(x), self.alpha[:, None])
        return -xp.squeeze(xp.matmul(slopes[:, None, :], self.A), axis=1) + self.ridge[:, None] * x

    def component_grads(self, x: Array, /) -> Array:
        """∇f_i(x) for every i, (B, N, n)."""
        slopes = self._slope(self._t(x), self.alpha[:, None])
        return -slopes[:, :, None] * self.A + self.ridge[:, None, None] * x[:, None, :]

    def grad_one(self, x: Array, i: Array, /) -> Array:
        xp = array_namespace(x)
        B, N, n = self.A.shape
        a = xp.take(xp.reshape(self.A, (B * N, n)), xp.arange(B) * N + i, axis=0)
        t = self.offset - xp.sum(a * x, axis=-1)
        return -self._slope(t, self.alpha)[:, None] * a + self.ridge[:, None] * x


def hinge(
    seeds: range,
    N: Annotated[int, (1, 100)] = 40,
    n: Annotated[int, (1, 12)] = 5,
    alpha: Annotated[float, (0.05, 1.0)] = 0.5,
    R: Annotated[float, (1e-2, 1e60)] = 30.0,
) -> Hinge:
    """Separable data: ⟨a_i, x*⟩ ≥ 1 for all i, with equality for the first, so every component is 0 at x*."""
    A, star, away = [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 26])
        a, x = g.standard_normal((N, n)), g.standard_normal(n)
        margin = a @ x
        wanted = np.where(margin < 1, 1 + g.random(N), margin)
        wanted[0] = 1.0
        A.append(a + np.outer((wanted - margin) / (x @ x), x))
        star.append(x)
        start = g.standard_normal(n) if N > 1 else -x
        away.append(R * start / np.linalg.norm(start))
    proof = "Σ φ'(t_i)(t_i − t_i*) ≥ Σ φ'(t_i) t_i ≥ α Σ φ(t_i), as t_i* ≤ 0"
    return _hinge(np.stack(A), alpha, 0.0, 1.0, np.stack(star), np.stack(away), proof)


def regularised_hinge(
    seeds: range,
    N: Annotated[int, (1, 100)] = 40,
    n: Annotated[int, (1, 12)] = 5,
    alpha: Annotated[float, (0.05, 1.0)] = 0.5,
    lam: Annotated[float, (1e-3, 1.0)] = 0.02,
    R: Annotated[float, (1e-2, 1e3)] = 30.0,
) -> Hinge:
    """Rows of length 1, no offset, a ridge: every component is smallest at x* = 0; (α, λ (2/α − 1))-strongly quasar-convex."""
    A, away = np.empty((len(seeds), N, n)), np.empty((len(seeds), n))
    for b, seed in enumerate(seeds):
        g = np.random.default_rng([seed, 27])
        A[b], away[b] = g.standard_normal((N, n)), g.standard_normal(n)
    A /= np.linalg.norm(A, axis=2, keepdims=True)
    away *= R / np.linalg.norm(away, axis=1, keepdims=True)
    return _hinge(A, alpha, lam, 0.0, np.zeros_like(away), away, "tφ' ≥ αφ, and the ridge gives λ‖x‖² = α(½λ‖x‖² + ½μ‖x‖²)")


def breast_cancer(seeds: range, alpha: float = 0.5, lam: float = 0.02, every: int = 3) -> Hinge:
    """The Wisconsin data shipped with scikit-learn, every third row, standardised, a constant added, rows of length 1."""
    from sklearn.datasets import load_breast_cancer

    X, y = load_breast_cancer(return_X_y=True)
    X = np.column_stack([(X - X.mean(axis=0)) / X.std(axis=0), np.ones(len(X))])[::every]
    X *= (2 * y[::every] - 1)[:, None] / np.linalg.norm(X, axis=1, keepdims=True)
    away = np.stack([np.random.default_rng([seed, 28]).standard_normal(X.shape[1]) for seed in seeds])
    return _hinge(np.tile(X, (len(seeds), 1, 1)), alpha, lam, 0.0, np.zeros_like(away), 10 * away, "as for drawn rows")


def _hinge(A: Array, alpha: float, lam: float, offset: float, x_star: Array, away: Array, proof: str) -> Hinge:
    B = len(A)
    smooth, ones = Unit(1, -2), np.ones(B)
    covariance = np.linalg.eigvalsh(np.swapaxes(A, 1, 2) @ A / A.shape[1])[:, -1]
    bare = Hinge(A, alpha * ones, lam * ones, offset, x_star + away, x_star, 0 * ones, {})
    constants = {
        "gamma": Certified(alpha * ones, Unit(), Side.LOWER, proof),
        "L": Certified(covariance + lam, smooth, Side.UPPER, "|φ''| ≤ 1: largest eigenvalue of (1/N) Σ a_i a_i' + λ I"),
        "L_max": Certified((A * A).sum(axis=2).max(axis=1) + lam, smooth, Side.EXACT, "φ'' = 1 on (0, 1): max ‖a_i‖² + λ"),
        "R": Certified(np.linalg.norm(away, axis=1), Unit(0, 1), Side.EXACT, "‖x_0 − x*‖ as drawn"),
        "e0": Certified(bare.value(bare.x0), Unit(1, 0), Side.EXACT, "f(x_0), f* = 0"),
    }
    if lam == 0:
        G = np.sqrt((A * A).sum(axis=2).mean(axis=1))
        constants["G"] = Certified(G, Unit(1, -1), Side.UPPER, "φ' ≤ 1, so (1/N) Σ ‖∇f_i‖² ≤ (1/N) Σ ‖a_i‖² everywhere")
    if lam > 0:
        constants["mu"] = Certified(lam * (2 / alpha - 1) * ones, smooth, Side.LOWER, proof)
    return Hinge(A, bare.alpha, bare.ridge, offset, bare.x0, x_star, bare.f_star, constants)
