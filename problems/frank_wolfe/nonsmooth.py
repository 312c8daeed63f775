"""Maxima and sums of absolute values over a ball, and the resisting functions of Nemirovski, Yudin, Nesterov (Bubeck 2015, 3.13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

LIPSCHITZ = frozenset({Trait.CONVEX, Trait.LIPSCHITZ, Trait.COMPACT})
STRONG = LIPSCHITZ | {Trait.STRONGLY_CONVEX}


@dataclass(frozen=True, eq=False)
class Maximum:
    """gamma max_i (Ax)_i + (a/2)‖x‖² over ‖x‖ ≤ radius, A with more than or as many rows as columns; the first largest row answers."""

    A: Array  # (B, m, n)
    shift: Array  # (B, n), the argument is x − shift
    gamma: Array  # (B,)
    a: Array  # (B,)
    radius: Array  # (B,), of the ball around 0
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]

    def rows(self, x: Array) -> Array:
        xp = array_namespace(x)
        return xp.squeeze(xp.matmul(self.A, (x - self.shift)[:, :, None]), axis=-1)

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        xp = array_namespace(x)
        return self.gamma * xp.max(self.rows(x), axis=-1) + 0.5 * self.a * xp.sum(x * x, axis=-1)

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        xp = array_namespace(x)
        first = xp.argmax(self.rows(x), axis=-1)
        hot = xp.astype(xp.arange(self.A.shape[1])[None, :] == first[:, None], x.dtype)
        row = xp.squeeze(xp.matmul(hot[:, None, :], self.A), axis=-2)
        return self.gamma[:, None] * row + self.a[:, None] * x

    def prox(self, x: Array, step: Array, /) -> Array:  # the nearest point of the ball
        xp = array_namespace(x)
        length = xp.sqrt(xp.sum(x * x, axis=-1, keepdims=True))
        r = self.radius[:, None]
        return x * xp.where(length > r, r / xp.where(length > r, length, xp.ones_like(length)), xp.ones_like(length))


def _maximum(
    A: Array,
    shift: Array,
    gamma: Array,
    a: Array,
    radius: Array,
    x0: Array,
    x_star: Array,
    f_star: Array,
    Lip: Array,
    extra: dict[str, Certified],
) -> Maximum:
    constants = {
        "R": Certified(radius, Unit(0, 1), Side.EXACT, "radius of the ball around x0 that holds X"),
        "Lip": Certified(Lip, Unit(1, -1), Side.UPPER, "gamma times the longest row plus a times the radius"),
        **extra,
    }
    traits = STRONG if (a > 0).all() else LIPSCHITZ
    return Maximum(A, shift, gamma, a, radius, x0, x_star, f_star, constants, traits)


def steps(seeds: range, t: int) -> dict[str, Certified]:
    return {"t": Certified(np.full(len(seeds), float(t)), Unit(), Side.EXACT, "number of calls of the oracle")}


def corner(
    seeds: range, t: Annotated[int, (1, 60)] = 16, R: Annotated[float, (0.1, 10.0)] = 2.0, Lip: Annotated[float, (0.1, 10.0)] = 3.0
) -> Maximum:
    """Lip max_i x_i over the ball of radius R, n = t: each of the first t sub-gradients shows one coordinate only. f* = −Lip R/√t."""
    B = len(seeds)
    one, zero = np.ones(B), np.zeros((B, t))
    extra = {**steps(seeds, t), "Lip": Certified(Lip * one, Unit(1, -1), Side.EXACT, "sub-gradients are Lip e_i")}
    star = zero - R / t**0.5
    return _maximum(
        np.ones((B, 1, 1)) * np.eye(t), zero, Lip * one, 0 * one, R * one, zero, star, -Lip * R / t**0.5 * one, Lip * one, extra
    )


def deviation(
    seeds: range, n: Annotated[int, (2, 20)] = 5, m: Annotated[int, (2, 40)] = 12, a: Annotated[float, (0.0, 10.0)] = 0.0
) -> Maximum:
    """max_i |(A(x − x*))_i| over the ball of radius 2‖x*‖ around 0, the start; with a > 0 plus (a/2)‖x‖² and x* = 0, from the sphere."""
    A, X, X0 = [], [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 81])
        rows = rng.standard_normal((m, n))
        A.append(np.concatenate([rows, -rows]))
        x, u = rng.standard_normal((2, n))
        X.append(0 * x if a > 0 else x)
        X0.append(u / np.linalg.norm(u) if a > 0 else 0 * x)
    As, x_star = np.stack(A), np.stack(X)
    B = len(seeds)
    radius = np.ones(B) if a > 0 else 2 * np.linalg.norm(x_star, axis=1)
    Lip = np.linalg.norm(As, axis=2).max(axis=1) + a * radius
    sup = (np.linalg.norm(As, axis=2) * radius[:, None] + np.abs(np.einsum("bij,bj->bi", As, x_star))).max(axis=1) + a * radius**2 / 2
    extra = {
        "B": Certified(sup / 2, Unit(1, 0), Side.UPPER, "half of sup f − min f on the ball"),
        "n": Certified(np.full(B, float(n)), Unit(), Side.EXACT, "dimension"),
    }
    if a > 0:
        extra["mu"] = Certified(np.full(B, a), Unit(1, -2), Side.EXACT, "a")
    return _maximum(As, x_star, np.ones(B), np.full(B, a), radius, np.stack(X0), x_star, np.zeros(B), Lip, extra)


def resisting(seeds: range, t: Annotated[int, (1, 60)] = 16, R: float = 2.0, Lip: float = 3.0) -> Maximum:
    """Theorem 3.13: gamma max_i x_i + (a/2)‖x‖², a = (Lip/R)/(1 + √t), gamma = Lip √t/(1 + √t), n = t; f* = −Lip R/(2(1 + √t))."""
    r = t**0.5
    a, gamma = Lip / R / (1 + r), Lip * r / (1 + r)
    return _resisting(seeds, t, gamma, a, R, Lip)


def resisting_strongly(seeds: range, t: Annotated[int, (1, 60)] = 16, mu: float = 0.5, Lip: float = 3.0) -> Maximum:
    """Theorem 3.13, second half: (Lip/2) max_i x_i + (mu/2)‖x‖² over the ball of radius Lip/(2 mu), n = t; f* = −Lip²/(8 mu t)."""
    return _resisting(seeds, t, Lip / 2, mu, Lip / (2 * mu), Lip)


def _resisting(seeds: range, t: int, gamma: float, a: float, R: float, Lip: float) -> Maximum:
    B = len(seeds)
    one, zero = np.ones(B), np.zeros((B, t))
    extra = {
        **steps(seeds, t),
        "mu": Certified(a * one, Unit(1, -2), Side.EXACT, "a"),
        "Lip": Certified(Lip * one, Unit(1, -1), Side.EXACT, "gamma + a R, attained on the sphere"),
    }
    star = zero - gamma / (a * t)
    return _maximum(
        np.ones((B, 1, 1)) * np.eye(t), zero, gamma * one, a * one, R * one, zero, star, -(gamma**2) / (2 * a * t) * one, Lip * one, extra
    )


@dataclass(frozen=True, eq=False)
class Chebyshev:
    """max_i weight_i |x_i − x*_i| on the cube [−1, 1]ⁿ: every sub-gradient is a multiple of a unit vector. f* = 0."""

    weight: Array  # (B, n)
    x_star: Array  # (B, n)
    low: Array  # (B, n)
    high: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = LIPSCHITZ

    @property
    def x0(self) -> Array:
        return 0 * self.x_star

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        xp = array_namespace(x)
        return xp.max(self.weight * xp.abs(x - self.x_star), axis=-1)

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        xp = array_namespace(x)
        part = self.weight * xp.abs(x - self.x_star)
        hot = xp.astype(xp.arange(x.shape[1])[None, :] == xp.argmax(part, axis=-1)[:, None], x.dtype)
        return hot * self.weight * xp.sign(x - self.x_star)


def chebyshev(seeds: range, n: Annotated[int, (1, 8)] = 3, spread: Annotated[float, (1.0, 10.0)] = 1.0) -> Chebyshev:
    x, w = [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 83])
        x.append(rng.uniform(-1, 1, n))
        w.append(spread ** rng.random(n))
    star, weight = np.stack(x), np.stack(w)
    sup = (weight * (1 + np.abs(star))).max(axis=1)
    constants = {
        "B": Certified(sup / 2, Unit(1, 0), Side.EXACT, "half of the oscillation of f on the cube"),
        "n": Certified(np.full(len(star), float(n)), Unit(), Side.EXACT, "dimension"),
    }
    one = np.ones_like(star)
    return Chebyshev(weight, star, -one, one, np.zeros(len(star)), constants)
