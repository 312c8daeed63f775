"""Two-layer autoencoder x̂ = A sign(Bx), x ~ N(0, I_d): the population risk in closed form (arcsine law)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import pi, sqrt
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class SignAutoencoder:
    """Risk (1/d) E‖x − A sign(Bx)‖², rows of B of length 1, G = BBᵀ, M = (2/π) arcsin G."""

    x0: Array  # (B, n, d), unit rows
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset()

    def moments(self, Bm: Array, /) -> tuple[Array, Array]:  # (B, n, d) -> G and M, (B, n, n)
        xp = array_namespace(Bm)
        G = xp.matmul(Bm, xp.matrix_transpose(Bm))
        eye = xp.eye(Bm.shape[1], dtype=Bm.dtype)
        G = xp.clip(G, min=-1.0, max=1.0) * (1 - eye) + eye  # the diagonal is 1 by definition
        return G, 2 / pi * xp.asin(G)

    def best_decoder(self, Bm: Array, /) -> Array:  # (B, n, d) -> (B, d, n), √(2/π) Bᵀ M⁻¹
        xp = array_namespace(Bm)
        return sqrt(2 / pi) * xp.matrix_transpose(xp.linalg.solve(self.moments(Bm)[1], Bm))

    def risk(self, A: Array, Bm: Array, /) -> Array:  # (B,)
        xp = array_namespace(Bm)
        M = self.moments(Bm)[1]
        square = xp.sum(xp.matmul(A, M) * A, axis=(1, 2))
        return 1 + (square - 2 * sqrt(2 / pi) * xp.sum(A * xp.matrix_transpose(Bm), axis=(1, 2))) / Bm.shape[2]

    def tied_risk(self, Bm: Array, /) -> Array:
        """A = β Bᵀ with the best β: 1 − (2/π) n²/(d Σ G_ij M_ij)."""
        G, M = self.moments(Bm)
        n, d = Bm.shape[1:]
        return 1 - 2 / pi * n * n / (d * array_namespace(Bm).sum(G * M, axis=(1, 2)))

    def crowding_slope(self, Bm: Array, /) -> Array:
        """Gradient in B of Σ G_ij M_ij / 2 over pairs i ≠ j."""
        xp = array_namespace(Bm)
        G, M = self.moments(Bm)
        off = 1 - xp.eye(Bm.shape[1], dtype=Bm.dtype)
        return xp.matmul(off * (M + 2 / pi * G / xp.sqrt(xp.clip(1 - G * G, min=1e-12))), Bm)


def frames(Bm: Any) -> SignAutoencoder:
    B, n, d = Bm.shape
    r = n / d
    low = 1 - 2 / pi * r if r <= 1 else 1 - r / (r + pi / 2 - 1)
    exact = {
        "r": Certified(np.full(B, r), Unit(), Side.EXACT, "rate n/d"),
        "floor": Certified(np.full(B, low), Unit(), Side.EXACT, "1 − 2r/π for r ≤ 1, 1 − r/(r + π/2 − 1) above"),
        "d": Certified(np.full(B, d), Unit(), Side.EXACT, "dimension of the data"),
    }
    return SignAutoencoder(Bm, exact)


def gaussian(seeds: range, d: Annotated[int, (2, 12)] = 8, n: Annotated[int, (1, 24)] = 4) -> SignAutoencoder:
    X = np.stack([np.random.default_rng([seed, 91]).standard_normal((n, d)) for seed in seeds])
    return frames(X / np.linalg.norm(X, axis=2, keepdims=True))


def haar_frame(seeds: range, d: Annotated[int, (2, 200)] = 8, n: Annotated[int, (1, 400)] = 4) -> SignAutoencoder:
    """Orthonormal rows for n ≤ d; for n > d the rows of an n × d matrix with orthonormal columns, normalised."""
    out = []
    for seed in seeds:
        Q = np.linalg.qr(np.random.default_rng([seed, 92]).standard_normal((max(n, d), min(n, d))))[0]
        Q = Q if n > d else Q.T
        out.append(Q / np.linalg.norm(Q, axis=1, keepdims=True))
    return frames(np.stack(out))
