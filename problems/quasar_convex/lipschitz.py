"""Non-smooth convex functions for last iterates: a maximum with a resisting oracle, and least absolute deviations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

G, D = Unit(1, -1), Unit(0, 1)


@dataclass(frozen=True, eq=False)
class Resisting:
    """f(x) = max{max_i ⟨h_i, x⟩ + ½ q ‖x‖², s(‖x‖ − far)} on the ball ‖x‖ ≤ radius; the oracle answers with the first maximal i."""

    H: Array  # (B, m, n), rows h_i
    q: Array  # (B,)
    s: Array  # (B,), 0 without the second part
    far: Array  # (B,)
    radius: Array  # (B,), may be inf
    x0: Array  # (B, n)
    f_star: Array  # (B,), an upper bound of the minimum where it is not known
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.LIPSCHITZ})
    size: int = 1

    @property
    def sizes(self) -> Array:
        """‖h_i‖, (B, m)."""
        xp = array_namespace(self.H)
        return xp.sqrt(xp.sum(self.H * self.H, axis=-1))

    def pieces(self, x: Array, /) -> Array:
        return array_namespace(x).squeeze(array_namespace(x).matmul(self.H, x[:, :, None]), axis=-1)

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        square = xp.sum(x * x, axis=-1)
        inner = xp.max(self.pieces(x), axis=-1) + 0.5 * self.q * square
        return xp.where(self.s > 0, xp.maximum(inner, self.s * (xp.sqrt(square) - self.far)), inner)

    def grad(self, x: Array, /) -> Array:
        """The first piece within rounding of the largest (the second part of the maximum is not asked for near the start)."""
        xp = array_namespace(x)
        values = self.pieces(x)
        level = xp.max(values, axis=-1, keepdims=True) - 1e-13 * (1 + xp.max(xp.abs(values), axis=-1, keepdims=True))
        first = xp.argmax(xp.astype(values >= level, x.dtype), axis=-1)
        chosen = xp.astype(xp.arange(values.shape[1])[None, :] == first[:, None], x.dtype)
        return xp.squeeze(xp.matmul(chosen[:, None, :], self.H), axis=1) + self.q[:, None] * x

    def grad_one(self, x: Array, i: Array, /) -> Array:
        return self.grad(x)

    def project(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        norm = xp.sqrt(xp.sum(x * x, axis=-1, keepdims=True))
        return x * xp.where(norm > self.radius[:, None], self.radius[:, None] / xp.where(norm > 0, norm, 1 + 0 * norm), 1 + 0 * norm)


def resisting(
    seeds: range,
    T: Annotated[int, (2, 60)] = 20,
    uneven: Annotated[float, (0.0, 2.0)] = 0.0,
    slope: Annotated[float, (1e-2, 1e2)] = 1.0,
    R: Annotated[float, (1e-2, 1e2)] = 1.0,
) -> Resisting:
    """max_i G_i x_i over T coordinates from 0: after T − 1 subgradients one coordinate is still 0. G_i = slope · exp(uneven · normal).

    For T − 1 subgradients and no more: later the second part of the maximum counts, which the oracle does not know.
    """
    sizes = np.stack([slope * np.exp(uneven * np.random.default_rng([seed, 91]).standard_normal(T)) for seed in seeds])
    root = np.sqrt((1 / sizes**2).sum(axis=1))
    f_star = -R / root
    s = sizes.min(axis=1)
    B = len(seeds)
    constants = {
        "G": Certified(sizes.max(axis=1), G, Side.EXACT, "the longest gradient"),
        "D": Certified(
            np.full(B, float(R)), D, Side.EXACT, "x*_i = −R/(G_i √Q), Q = Σ G_i^−2, is at distance R and nearer points are not lower"
        ),
        "T": Certified(np.full(B, float(T)), Unit(), Side.EXACT, "number of iterates"),
        "Q": Certified(root**2, Unit(-2, 2), Side.EXACT, "Σ G_i^−2"),
    }
    H = sizes[:, :, None] * np.eye(T)[None]
    return Resisting(H, np.zeros(B), s, R - f_star / s, np.full(B, np.inf), np.zeros((B, T)), f_star, constants)


def harvey(seeds: range, T: Annotated[int, (4, 400)] = 50, c: Annotated[float, (0.1, 10.0)] = 1.0) -> Resisting:
    """Strongly convex, on the unit ball of R^T: h_i has 1/(2(T + 1 − j)) for j < i, −1 at j = i ≤ T, 0 after; all over c."""
    j = np.arange(1, T + 1)
    a = 1 / (2.0 * (T + 1 - j))
    return _hard(seeds, T, a, np.ones(T), c, 1 / c)


def harvey_lipschitz(seeds: range, T: Annotated[int, (4, 400)] = 50) -> Resisting:
    """Lipschitz, on the unit ball of R^T: h_i has 1/(8(T − j + 1)) for j < i, −√i/(2√T) at j = i ≤ T, 0 after."""
    j = np.arange(1, T + 1)
    return _hard(seeds, T, 1 / (8.0 * (T - j + 1)), np.sqrt(j) / (2 * np.sqrt(T)), 1.0, 0.0)


def _hard(seeds: range, T: int, a: np.ndarray, b: np.ndarray, c: float, q: float) -> Resisting:
    H = np.tril(np.broadcast_to(a, (T + 1, T)), -1).copy()
    H[np.arange(T), np.arange(T)] = -b
    B = len(seeds)
    constants = {
        "T": Certified(np.full(B, float(T)), Unit(), Side.EXACT, "as drawn"),
        "c": Certified(np.full(B, float(c)), Unit(), Side.EXACT, "as drawn"),
        "G": Certified(np.full(B, 3 / c), Unit(), Side.UPPER, "‖h_i‖² ≤ 1 + Σ 1/(4 j²) and ‖x‖ ≤ 1"),
    }
    ones = np.ones(B)
    return Resisting(np.stack([H / c] * B), q * ones, 0 * ones, 0 * ones, ones, np.zeros((B, T)), 0 * ones, constants)


@dataclass(frozen=True, eq=False)
class AbsoluteDeviations:
    """f(x) = (1/N) Σ |⟨a_i, x⟩ − y_i|, minimal at the planted x*."""

    A: Array  # (B, N, n)
    y: Array  # (B, N)
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.LIPSCHITZ, Trait.FINITE_SUM})

    @property
    def size(self) -> int:
        return int(self.A.shape[1])

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.mean(xp.abs(xp.squeeze(xp.matmul(self.A, x[:, :, None]), axis=-1) - self.y), axis=-1)

    def grad_one(self, x: Array, i: Array, /) -> Array:
        xp = array_namespace(x)
        B, N, n = self.A.shape
        place = xp.arange(B) * N + i
        a = xp.take(xp.reshape(self.A, (B * N, n)), place, axis=0)
        return xp.sign(xp.sum(a * x, axis=-1) - xp.take(xp.reshape(self.y, (B * N,)), place, axis=0))[:, None] * a

    def project(self, x: Array, /) -> Array:
        return x


def absolute_deviations(
    seeds: range,
    pairs: Annotated[int, (1, 30)] = 8,
    n: Annotated[int, (1, 10)] = 2,
    spread: Annotated[float, (0.0, 10.0)] = 0.5,
    R: Annotated[float, (1e-2, 1e2)] = 1.0,
    T: Annotated[int, (2, 400)] = 50,
    kinks: Annotated[int, (1, 20)] = 1,
) -> AbsoluteDeviations:
    """Unit rows, twice each with y above and below ⟨a, x*⟩ by the same amount, and `kinks` rows that are exact: all minimal at x*."""
    rows = []
    for seed in seeds:
        g = np.random.default_rng([seed, 92])
        a, b, away = g.standard_normal((pairs, n)), g.standard_normal((kinks, n)), g.standard_normal(n)
        off = spread * (1 + np.abs(g.standard_normal(pairs)))
        A_ = np.vstack([a, a, b])
        y = np.concatenate([off, -off, np.zeros(kinks)])
        rows.append((A_ / np.linalg.norm(A_, axis=1)[:, None], y, R * away / np.linalg.norm(away), np.abs(y).mean()))
    A, y, away, f_star = (np.stack(part) for part in zip(*rows, strict=True))
    B = len(A)
    constants = {
        "G": Certified(np.sqrt((A**2).sum(axis=2).mean(axis=1)), G, Side.EXACT, "G² = (1/N) Σ ‖a_i‖² ≥ E‖g‖², equal off the kinks"),
        "D": Certified(np.full(B, float(R)), D, Side.EXACT, "‖x_0 − x*‖ as drawn"),
        "T": Certified(np.full(B, float(T)), Unit(), Side.EXACT, "number of iterates"),
    }
    return AbsoluteDeviations(A, y, away, 0 * away, f_star, constants)
