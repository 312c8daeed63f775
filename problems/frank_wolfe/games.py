"""Functions on the simplex and matrix games, for mirror descent with the entropy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


def times(x: Array, g: Array) -> Array:
    """The point of the simplex proportional to x exp(−g)."""
    xp = array_namespace(x)
    y = x * xp.exp(xp.min(g, axis=-1, keepdims=True) - g)
    return y / xp.sum(y, axis=-1, keepdims=True)


@dataclass(frozen=True, eq=False)
class OnSimplex:
    """f(x) = max_j (x'M)_j + ½ (x − x*)'H(x − x*) + c'(x − x*) over the simplex."""

    M: Array  # (B, n, m)
    H: Array  # (B, n, n)
    c: Array  # (B, n)
    x_star: Array  # (B, n)
    x0: Array  # (B, n)
    f_star: Array  # (B,), zeros
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]

    def _parts(self, x: Array) -> tuple[Array, Array, Array]:
        xp = array_namespace(x)
        d = x - self.x_star
        return xp.squeeze(xp.matmul(x[:, None, :], self.M), axis=-2), xp.squeeze(xp.matmul(self.H, d[:, :, None]), axis=-1), d

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        xp = array_namespace(x)
        columns, image, d = self._parts(x)
        return xp.max(columns, axis=-1) + xp.sum((0.5 * image + self.c) * d, axis=-1)

    def apply(self, x: Array, /) -> Array:  # (B, n) -> (B, n), a sub-gradient
        xp = array_namespace(x)
        columns, image, _ = self._parts(x)
        first = xp.astype(xp.arange(columns.shape[1])[None, :] == xp.argmax(columns, axis=-1)[:, None], x.dtype)
        return xp.squeeze(xp.matmul(self.M, first[:, :, None]), axis=-1) + image + self.c

    def mirror(self, x: Array, g: Array, /) -> Array:
        return times(x, g)


def _on_simplex(M: Array, H: Array, c: Array, x_star: Array, extra: Mapping[str, Certified], traits: frozenset[Trait]) -> OnSimplex:
    B, n = x_star.shape
    constants = {
        "R2": Certified(np.full(B, np.log(n)), Unit(), Side.EXACT, "sup Φ − Φ(1/n) = ln n, Φ = Σ x ln x, 1-strongly convex in ℓ₁"),
        **extra,
    }
    return OnSimplex(M, H, c, x_star, np.full((B, n), 1 / n), np.zeros(B), constants, traits | {Trait.CONVEX, Trait.COMPACT})


def symmetric_game(seeds: range, n: Annotated[int, (2, 30)] = 10) -> OnSimplex:
    """max_j (x'M)_j with M skew-symmetric: f* = 0. (x* plays no part.)"""
    M = []
    for seed in seeds:
        g = np.random.default_rng([seed, 101]).standard_normal((n, n))
        M.append(g - g.T)
    Ms, zero = np.stack(M), np.zeros((len(seeds), n))
    Lip = Certified(np.abs(Ms).max(axis=(1, 2)), Unit(1, 0), Side.UPPER, "largest entry of M bounds every sub-gradient in ℓ_∞")
    return _on_simplex(Ms, zero[:, :, None] * zero[:, None, :], zero, zero, {"Lip": Lip}, frozenset({Trait.LIPSCHITZ}))


def slope(seeds: range, n: Annotated[int, (2, 30)] = 10, width: Annotated[float, (0.01, 10.0)] = 1.0) -> OnSimplex:
    """c'x with c = −width at one entry and +width elsewhere, less its minimum."""
    B = len(seeds)
    first = np.eye(n)[np.array([np.random.default_rng([s, 102]).integers(n) for s in seeds])]
    Lip = Certified(np.full(B, width), Unit(1, 0), Side.EXACT, "‖c‖_∞")
    beta = Certified(np.full(B, width), Unit(1, 0), Side.UPPER, "f is linear: β-smooth for every β > 0; the method is run with β = width")
    H = np.zeros((B, n, n))
    return _on_simplex(
        np.zeros((B, n, 1)), H, width * (1 - 2 * first), first, {"Lip": Lip, "L": beta}, frozenset({Trait.LIPSCHITZ, Trait.SMOOTH})
    )


def bowl(seeds: range, n: Annotated[int, (2, 30)] = 10) -> OnSimplex:
    """½ (x − x*)'H(x − x*), x* near a vertex."""
    H, X = [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 103])
        a = g.standard_normal((n, n))
        H.append(a @ a.T)
        X.append(g.dirichlet(np.full(n, 0.1)))
    Hs, x = np.stack(H), np.stack(X)
    beta = Certified(np.abs(Hs).max(axis=(1, 2)), Unit(1, 0), Side.EXACT, "largest entry of H: ‖Hd‖_∞ ≤ β‖d‖₁, attained")
    return _on_simplex(np.zeros((len(seeds), n, 1)), Hs, 0 * x, x, {"L": beta}, frozenset({Trait.SMOOTH}))


@dataclass(frozen=True, eq=False)
class Game:
    """min over x, max over y of x'My, both in a simplex; z = (x, y)."""

    M: Array  # (B, n, m)
    x0: Array  # (B, n + m), uniform
    f_star: Array  # (B,), zeros: the gap is at least 0
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX_CONCAVE, Trait.BILINEAR, Trait.COMPACT})

    def apply(self, z: Array, /) -> Array:  # (B, n + m) -> (B, n + m): (My, −M'x)
        xp = array_namespace(z)
        n = self.M.shape[1]
        My = xp.squeeze(xp.matmul(self.M, z[:, n:, None]), axis=-1)
        xM = xp.squeeze(xp.matmul(z[:, None, :n], self.M), axis=-2)
        return xp.concat([My, -xM], axis=-1)

    def value(self, z: Array, /) -> Array:  # the duality gap
        xp = array_namespace(z)
        n = self.M.shape[1]
        F = self.apply(z)
        return xp.max(-F[:, n:], axis=-1) - xp.min(F[:, :n], axis=-1)

    def mirror(self, z: Array, g: Array, /) -> Array:
        n = self.M.shape[1]
        return array_namespace(z).concat([times(z[:, :n], g[:, :n]), times(z[:, n:], g[:, n:])], axis=-1)

    def blocks(self, first: Array, second: Array, /) -> Array:  # (B,), (B,) -> (B, n + m)
        xp = array_namespace(self.x0)
        n = self.M.shape[1]
        return xp.concat([first[:, None] + 0 * self.x0[:, :n], second[:, None] + 0 * self.x0[:, n:]], axis=-1)


def game(seeds: range, n: Annotated[int, (2, 30)] = 5, m: Annotated[int, (2, 30)] = 8) -> Game:
    M = np.stack([np.random.default_rng([seed, 104]).uniform(-1, 1, (n, m)) for seed in seeds])
    return _game(M)


def dominant(seeds: range, n: Annotated[int, (2, 30)] = 5, m: Annotated[int, (2, 30)] = 8) -> Game:
    """Row 0 and column 0 dominate: M_ij = sign of row minus sign of column."""
    M = (1.0 - 2.0 * (np.arange(n) == 0))[:, None] / 2 - (1.0 - 2.0 * (np.arange(m) == 0))[None, :] / 2
    return _game(np.ones((len(seeds), 1, 1)) * M)


def _game(M: Array) -> Game:
    B, n, m = M.shape
    constants = {
        "Lip": Certified(np.abs(M).max(axis=(1, 2)), Unit(1, 0), Side.EXACT, "largest entry of M: Lipschitz and smoothness constant in ℓ₁"),
        "RX": Certified(np.full(B, np.log(n) ** 0.5), Unit(), Side.EXACT, "R_X² = ln n"),
        "RY": Certified(np.full(B, np.log(m) ** 0.5), Unit(), Side.EXACT, "R_Y² = ln m"),
    }
    return Game(M, np.concatenate([np.full((B, n), 1 / n), np.full((B, m), 1 / m)], axis=1), np.zeros(B), constants)
