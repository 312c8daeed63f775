"""Saddle points with the gap in closed form, for projecting methods: a matrix game with Euclidean steps, and least squares over a ball."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.min_max.linear_operators import CURVATURE, LENGTH, times
from problems.min_max.matrix_games import TRAITS, random_game
from ratecheck import Array, Certified, Side, Trait


def onto_simplex(v: Array) -> Array:
    """(B, n) -> (B, n): max(v − θ, 0) with the sum 1."""
    xp = array_namespace(v)
    n = v.shape[-1]
    index = xp.arange(1, n + 1, dtype=v.dtype)[None, :]
    falling = -xp.sort(-v, axis=-1)
    excess = xp.cumulative_sum(falling, axis=-1) - 1
    kept = xp.sum(xp.astype(falling * index > excess, v.dtype), axis=-1, keepdims=True)
    theta = xp.sum(xp.where(index == kept, excess, xp.zeros_like(excess)), axis=-1, keepdims=True) / kept
    return xp.maximum(v - theta, xp.zeros_like(v))


@dataclass(frozen=True, eq=False)
class ProjectedMatrixGame:
    """min over x, max over y of xᵀ K y on two simplices of the same size, with the Euclidean prox."""

    K: Array  # (B, m, m)
    x0: Array  # (B, 2m), the two centres
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def apply(self, z: Array, /) -> Array:  # (B, 2m) -> (B, 2m)
        xp = array_namespace(z)
        m = self.K.shape[-2]
        return xp.concat([times(self.K, z[:, m:]), -times(xp.matrix_transpose(self.K), z[:, :m])], axis=-1)

    def project(self, z: Array, /) -> Array:
        m = self.K.shape[-2]
        return array_namespace(z).concat([onto_simplex(z[:, :m]), onto_simplex(z[:, m:])], axis=-1)

    def prox(self, z: Array, v: Array, /) -> Array:
        return self.project(z - v)

    def gap(self, z: Array, /) -> Array:  # (B,) max_j (Kᵀx)_j − min_i (K y)_i
        xp = array_namespace(z)
        F, m = self.apply(z), self.K.shape[-2]
        return -xp.min(F[:, m:], axis=-1) - xp.min(F[:, :m], axis=-1)


def projected_game(seeds: range, m: Annotated[int, (2, 40)] = 20) -> ProjectedMatrixGame:
    """The games of `random_game`, m by m; L = ‖K‖."""
    base = random_game(seeds, m, m)
    L = np.linalg.norm(np.asarray(base.K), 2, axis=(1, 2))
    return ProjectedMatrixGame(base.K, base.x0, {"L": Certified(L, CURVATURE, Side.EXACT, "largest singular value of K")})


@dataclass(frozen=True, eq=False)
class BallRegression:
    """min over ‖x‖ ≤ r, max over y of ⟨D x − b, y⟩ − ‖y‖²/2, the least squares problem over a ball; F = (Dᵀ y, y − D x + b)."""

    D: Array  # (B, n, n)
    b: Array  # (B, n)
    r: Array  # (B,)
    x0: Array  # (B, 2n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.MONOTONE, Trait.CONVEX_CONCAVE, Trait.SMOOTH})

    def apply(self, z: Array, /) -> Array:  # (B, 2n) -> (B, 2n)
        xp = array_namespace(z)
        n = self.D.shape[-1]
        x, y = z[:, :n], z[:, n:]
        return xp.concat([times(xp.matrix_transpose(self.D), y), y - times(self.D, x) + self.b], axis=-1)

    def project(self, z: Array, /) -> Array:
        xp = array_namespace(z)
        n = self.D.shape[-1]
        x = z[:, :n]
        size = xp.sqrt(xp.sum(x * x, axis=-1, keepdims=True))
        shrink = self.r[:, None] / xp.maximum(size, self.r[:, None] + 0 * size)
        return xp.concat([shrink * x, z[:, n:]], axis=-1)

    def prox(self, z: Array, v: Array, /) -> Array:
        return self.project(z - v)

    def gap(self, z: Array, /) -> Array:  # (B,) ‖D x − b‖²/2 + r ‖Dᵀy‖ + ⟨b, y⟩ + ‖y‖²/2, x in the ball
        xp = array_namespace(z)
        n = self.D.shape[-1]
        x, y = z[:, :n], z[:, n:]
        v, back = times(self.D, x) - self.b, times(xp.matrix_transpose(self.D), y)
        return xp.sum(v * v + y * y, axis=-1) / 2 + self.r * xp.sqrt(xp.sum(back * back, axis=-1)) + xp.sum(self.b * y, axis=-1)


def ball_regression(D: Array, target: Array, share: float = 0.5) -> BallRegression:
    """D = Q R is replaced by R, and the target by Qᵀ target: the same objective up to a constant. ‖R‖ = ‖b‖ = 1, r = share ‖least squares‖."""
    Q, R = np.linalg.qr(D / np.linalg.norm(D, 2))
    b = Q.T @ target / np.linalg.norm(Q.T @ target)
    n = len(b)
    r = share * np.linalg.norm(np.linalg.solve(R, b))
    A = np.block([[np.zeros((n, n)), R.T], [-R, np.eye(n)]])
    constants = {
        "L": Certified(np.array([np.linalg.norm(A, 2)]), CURVATURE, Side.EXACT, "largest singular value of DF, computed"),
        "r": Certified(np.array([r]), LENGTH, Side.EXACT, "chosen: radius of the ball"),
    }
    return BallRegression(R[None], b[None], np.array([r]), np.zeros((1, 2 * n)), constants)
