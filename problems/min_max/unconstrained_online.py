"""Jacobsen, Cutkosky 2023: online losses with |g_t| ≤ G + L |w_t| on the whole space, and bilinear saddle points as such losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

LENGTH, SLOPE, CURVATURE = Unit(0, 1), Unit(1, -1), Unit(1, -2)


@dataclass(frozen=True, eq=False)
class LinearStream:
    """g_t = a_t (⟨a_t, w⟩ · quadratic − b_t): least squares one example at a time (quadratic = 1), or fixed gradients (0)."""

    a: Array  # (B, T, d)
    b: Array  # (B, T)
    quadratic: float
    x0: Array  # (B, d), zero
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX})

    def grad_at(self, w: Array, k: int, /) -> Array:
        a = self.a[:, k, :]
        return a * (self.quadratic * array_namespace(w).sum(a * w, axis=-1) - self.b[:, k])[:, None]


@dataclass(frozen=True, eq=False)
class BilinearGame:
    """f(x, y) = xᵀBy + aᵀx − cᵀy, w = (x, y), g = (By + a, −Bᵀx + c)."""

    K: Array  # (B, n, n), skew: [[0, B], [−Bᵀ, 0]]
    q: Array  # (B, n): (a, c)
    x0: Array  # (B, n), zero
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX_CONCAVE, Trait.BILINEAR})

    def field(self, w: Array, /) -> Array:
        return array_namespace(w).squeeze(array_namespace(w).matmul(self.K, w[:, :, None]), axis=-1) + self.q

    def grad_at(self, w: Array, k: int, /) -> Array:
        return self.field(w)

    def gap(self, w: Array, rho: Array, /) -> Array:
        """sup over |u| ≤ ρ of f(x, u_y) − f(u_x, y) at w = (x, y): ⟨q, w⟩ + ρ |K w + q|, since −Bᵀx + c only changes sign."""
        xp = array_namespace(w)
        g = self.field(w)
        return xp.sum(self.q * w, axis=-1) + rho * xp.sqrt(xp.sum(g * g, axis=-1))


def _constants(G: Array, L: Array, rho: float, horizon: int, proof: str) -> Mapping[str, Certified]:
    return {
        "G": Certified(G, SLOPE, Side.EXACT, proof),
        "L": Certified(L, CURVATURE, Side.EXACT, proof),
        "rho": Certified(np.full(len(G), rho), LENGTH, Side.EXACT, "chosen: norm of the comparators"),
        "horizon": Certified(float(horizon), Unit(), Side.EXACT, "chosen: number of rounds"),
    }


def least_squares(
    seeds: range, horizon: int = 400, d: Annotated[int, (1, 20)] = 5, rho: Annotated[float, (0.1, 30.0)] = 1.0
) -> LinearStream:
    """|a_t| = 1, targets ±1 along a hidden direction: G = L = 1."""
    a, b = [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 9])
        row = g.standard_normal((horizon, d))
        row /= np.linalg.norm(row, axis=1, keepdims=True)
        a.append(row)
        b.append(np.sign(row[:, 0] + 0.2 * g.standard_normal(horizon)))
    one = np.ones(len(seeds))
    return LinearStream(np.stack(a), np.stack(b), 1.0, np.zeros((len(seeds), d)), _constants(one, one, rho, horizon, "|a_t| = |b_t| = 1"))


def constant(seeds: range, horizon: int = 400, rho: float = 1.0, L: float = 1e-4, flips: bool = False) -> LinearStream:
    """The same gradient in every round (or random signs): the losses are linear, any L ≥ 0 is certified."""
    B = len(seeds)
    signs = np.stack([np.sign(np.random.default_rng([seed, 90]).random(horizon) - (0.5 if flips else -1.0)) for seed in seeds])
    a = np.zeros((B, horizon, 3))
    a[:, :, 0] = 1.0
    return LinearStream(a, signs, 0.0, np.zeros((B, 3)), _constants(np.ones(B), np.full(B, L), rho, horizon, "|g_t| = 1"))


def bilinear(
    seeds: range, horizon: int = 400, n: Annotated[int, (1, 12)] = 6, rho: Annotated[float, (0.01, 1e4)] = 1.0, shift: float = 1.0
) -> BilinearGame:
    K, q = [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 91])
        B = g.standard_normal((n, n))
        B *= 2 / np.linalg.norm(B, 2)
        K.append(np.block([[np.zeros((n, n)), B], [-B.T, np.zeros((n, n))]]))
        v = g.standard_normal(2 * n)
        q.append(shift * v / np.linalg.norm(v))
    size = len(seeds)
    proof = "|(a, c)| and |B| are set"
    return BilinearGame(
        np.stack(K), np.stack(q), np.zeros((size, 2 * n)), _constants(np.full(size, shift), np.full(size, 2.0), rho, horizon, proof)
    )
