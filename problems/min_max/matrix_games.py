"""Bilinear games over simplices and over boxes; the gap is the maximum over vertices, exact without a solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.min_max.linear_operators import CURVATURE, times
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.MONOTONE, Trait.CONVEX_CONCAVE, Trait.BILINEAR, Trait.COMPACT, Trait.SMOOTH})


@dataclass(frozen=True, eq=False)
class MatrixGame:
    """min over x, max over y of xᵀ K y on two simplices; z = (x, y), F = (K y, −Kᵀ x)."""

    K: Array  # (B, m, n)
    x0: Array  # (B, m + n), the two centres
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def apply(self, z: Array, /) -> Array:  # (B, m + n) -> (B, m + n)
        xp = array_namespace(z)
        m = self.K.shape[-2]
        return xp.concat([times(self.K, z[:, m:]), -times(xp.matrix_transpose(self.K), z[:, :m])], axis=-1)

    def prox(self, z: Array, v: Array, /) -> Array:  # argmin of ⟨v, u⟩ + KL(u, z) over both simplices
        xp = array_namespace(z)
        m = self.K.shape[-2]
        return xp.concat([_tilted(z[:, :m], v[:, :m]), _tilted(z[:, m:], v[:, m:])], axis=-1)

    def gap(self, z: Array, /) -> Array:  # (B,) max_j (Kᵀx)_j − min_i (K y)_i
        xp = array_namespace(z)
        F, m = self.apply(z), self.K.shape[-2]
        return -xp.min(F[:, m:], axis=-1) - xp.min(F[:, :m], axis=-1)


def _tilted(p: Array, v: Array) -> Array:
    """p exp(−v), normalised."""
    xp = array_namespace(p)
    w = p * xp.exp(-(v - xp.min(v, axis=-1)[:, None]))
    return w / xp.sum(w, axis=-1)[:, None]


def random_game(
    seeds: range, m: Annotated[int, (2, 30)] = 6, n: Annotated[int, (2, 30)] = 9, skewness: Annotated[float, (0.0, 3.0)] = 0.0
) -> MatrixGame:
    """Uniform entries, the first row and column moved by `skewness`; L = max |K_ij|, Θ = log m + log n."""
    K = []
    for seed in seeds:
        g = np.random.default_rng([seed, 21])
        k = g.uniform(-1, 1, (m, n))
        k[0, :] += skewness
        k[:, 0] -= skewness
        K.append(k)
    games, B = np.stack(K), len(K)
    start = np.concatenate([np.full((B, m), 1 / m), np.full((B, n), 1 / n)], axis=-1)
    return MatrixGame(
        games,
        start,
        {
            "L": Certified(np.abs(games).max(axis=(1, 2)), CURVATURE, Side.EXACT, "max |K_ij|: the norm from ℓ1 to ℓ∞"),
            "Theta": Certified(np.full(B, np.log(m) + np.log(n)), Unit(0, 2), Side.EXACT, "KL to the centres, largest at vertices"),
        },
    )


@dataclass(frozen=True, eq=False)
class BoxGame:
    """min over x, max over y of (x − a)ᵀ C (y − b) on the boxes [−1, 1]^m; z = (x, y), F = (C (y − b), −Cᵀ (x − a))."""

    C: Array  # (B, m, m)
    zero: Array  # (B, 2m), (a, b)
    corners: Array  # (4^m, 2m)
    x0: Array  # (B, 2m)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def apply(self, z: Array, /) -> Array:  # (B, 2m) -> (B, 2m)
        xp = array_namespace(z)
        d, m = z - self.zero, self.C.shape[-1]
        return xp.concat([times(self.C, d[:, m:]), -times(xp.matrix_transpose(self.C), d[:, :m])], axis=-1)

    def project(self, z: Array, /) -> Array:  # (B, 2m) -> (B, 2m)
        xp = array_namespace(z)
        one = xp.ones_like(z)
        return xp.minimum(xp.maximum(z, -one), one)

    def prox(self, z: Array, v: Array, /) -> Array:  # argmin over the boxes of ⟨v, u⟩ + ½‖u − z‖²
        return self.project(z - v)

    def gap(self, z: Array, /) -> Array:  # (B,) max_y L(x, y) − min_x L(x, y), at vertices
        xp = array_namespace(z)
        F = self.apply(z)
        return xp.sum(xp.abs(F), axis=-1) + xp.sum(F * self.zero, axis=-1)


def box_game(
    seeds: range, m: Annotated[int, (1, 4)] = 3, L: Annotated[float, (0.1, 10.0)] = 1.0, near: Annotated[float, (0.01, 1.0)] = 1.0
) -> BoxGame:
    """‖C‖ = L; the unconstrained saddle (a, b) inside the box; the start at a vertex, or with `near` < 1 that close to (a, b)."""
    C, zero, x0 = [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 22])
        c = g.standard_normal((m, m))
        C.append(c * L / np.linalg.norm(c, 2))
        zero.append(g.uniform(-0.9, 0.9, 2 * m))
        x0.append(g.choice([-1.0, 1.0], 2 * m))
        if near < 1:
            zero[-1] = zero[-1] / 3
            x0[-1] = zero[-1] + near / (2 * m) ** 0.5 * x0[-1]
    corners = np.array(list(product([-1.0, 1.0], repeat=2 * m)))
    return BoxGame(
        np.stack(C), np.stack(zero), corners, np.stack(x0), {"L": Certified(np.full(len(C), L), CURVATURE, Side.EXACT, "‖C‖, scaled")}
    )
