"""Compact convex sets of vectors and their linear minimisation oracles.

A set is known by `vertex(g)`, a point of argmin_{v in C} <g, v>, row by row: always an extreme point, also where entries of g
are 0; ties go to the smallest index. `diameter(n, p)` is the exact diameter max |v − w|_p in dimension n.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array


class CompactSet(Protocol):
    def vertex(self, g: Array, /) -> Array: ...  # (B, n) -> (B, n), extreme, in argmin_{v in C} <g, v>
    def diameter(self, n: int, p: float = 2.0, /) -> float: ...  # ValueError where no exact value is known


def one_hot(i: Array, like: Array) -> Array:
    """(B,) indices -> (B, n) rows e_i."""
    xp = array_namespace(like)
    return xp.astype(xp.arange(like.shape[-1])[None, :] == i[:, None], like.dtype)


def signs(g: Array) -> Array:
    """The sign with sign(0) = 1, so that a corner is a corner."""
    xp = array_namespace(g)
    return xp.where(g < 0, -xp.ones_like(g), xp.ones_like(g))


def power(n: float, p: float) -> float:
    """n^(1/p), the p-norm of n ones."""
    return 1.0 if p == inf else float(n ** (1 / p))


@dataclass(frozen=True)
class Simplex:
    """{x ≥ 0, Σ x = r}."""

    radius: float = 1.0

    def vertex(self, g: Array, /) -> Array:
        return self.radius * one_hot(array_namespace(g).argmin(g, axis=-1), g)

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        return self.radius * power(2, p) if n > 1 else 0.0


@dataclass(frozen=True)
class SimplexAndOrigin:
    """{x ≥ 0, Σ x ≤ r}; the origin only where no entry of g is negative."""

    radius: float = 1.0

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        return xp.where(g < 0, self.radius * one_hot(xp.argmin(g, axis=-1), g), xp.zeros_like(g))

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        return self.radius * (power(2, p) if n > 1 else 1.0)


@dataclass(frozen=True)
class L1Ball:
    """{|x|₁ ≤ r}."""

    radius: float = 1.0

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        return -self.radius * signs(g) * one_hot(xp.argmax(xp.abs(g), axis=-1), g)

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        return 2 * self.radius


@dataclass(frozen=True)
class L2Ball:
    """{|x|₂ ≤ r}; −r e₁ where g = 0."""

    radius: float = 1.0

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        top = xp.max(xp.abs(g), axis=-1, keepdims=True)  # scaled first: no overflow, no underflow
        safe = xp.where(top > 0, g / xp.where(top > 0, top, xp.ones_like(top)), one_hot(xp.argmax(xp.zeros_like(g), axis=-1), g))
        return -self.radius * safe / xp.sqrt(xp.sum(safe * safe, axis=-1, keepdims=True))

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        return 2 * self.radius * max(1.0, power(n, p) / power(n, 2))


@dataclass(frozen=True)
class LInfBall:
    """{|x|_∞ ≤ r}, the corners."""

    radius: float = 1.0

    def vertex(self, g: Array, /) -> Array:
        return -self.radius * signs(g)

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        return 2 * self.radius * power(n, p)


@dataclass(frozen=True)
class LpBall:
    """{|x|_p ≤ r} for 1 < p < ∞, strictly convex; −r e₁ where g = 0."""

    p: float
    radius: float = 1.0

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        top = xp.max(xp.abs(g), axis=-1, keepdims=True)
        first = one_hot(xp.argmax(xp.zeros_like(g), axis=-1), g)
        a = xp.where(top > 0, xp.abs(g) / xp.where(top > 0, top, xp.ones_like(top)), first)
        q = self.p / (self.p - 1)
        w = a ** (q - 1)
        return -self.radius * signs(g) * w / xp.sum(a**q, axis=-1, keepdims=True) ** (1 / self.p)

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        return 2 * self.radius * max(1.0, power(n, p) / power(n, self.p))


@dataclass(frozen=True, eq=False)
class Box:
    """{l ≤ x ≤ u}, the corners: u where g < 0, l where g ≥ 0."""

    lower: Array  # (n,)
    upper: Array  # (n,)

    def vertex(self, g: Array, /) -> Array:
        return array_namespace(g).where(g < 0, self.upper + 0 * g, self.lower + 0 * g)

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        side = abs(self.upper - self.lower)
        return float(side.max()) if p == inf else float((side**p).sum() ** (1 / p))


@dataclass(frozen=True)
class KSparsePolytope:
    """{|x|₁ ≤ K r, |x|_∞ ≤ r}: the convex hull of the vectors with K entries ±r, K ≤ n."""

    K: int
    radius: float = 1.0

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        order = xp.argsort(-xp.abs(g), axis=-1, stable=True)
        place = xp.argsort(order, axis=-1, stable=True)  # rank of each entry; ties in order of the index
        return xp.where(place < self.K, -self.radius * signs(g), xp.zeros_like(g))

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        return 2 * self.radius * power(min(self.K, n), p)


@dataclass(frozen=True)
class KNormBall:
    """conv({|x|₁ ≤ r} ∪ {|x|_∞ ≤ r/K}); ties go to the ℓ₁ vertex."""

    K: int
    radius: float = 1.0

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        a = xp.abs(g)
        spike = xp.max(a, axis=-1, keepdims=True) >= xp.sum(a, axis=-1, keepdims=True) / self.K
        return xp.where(spike, L1Ball(self.radius).vertex(g), LInfBall(self.radius / self.K).vertex(g))

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        return 2 * self.radius * max(1.0, power(n, p) / self.K)


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    """{x' A⁻¹ x ≤ 1}, A positive definite; along −A e₁ where g = 0."""

    A: Array  # (n, n)

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        zero = xp.max(xp.abs(g), axis=-1, keepdims=True) == 0
        safe = xp.where(zero, one_hot(xp.argmax(xp.zeros_like(g), axis=-1), g), g)
        image = xp.matmul(safe, self.A)
        return -image / xp.sqrt(xp.sum(safe * image, axis=-1, keepdims=True))

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        xp = array_namespace(self.A)
        if p == 2:
            return float(2 * xp.max(xp.linalg.eigvalsh(self.A)) ** 0.5)
        if p == inf:
            return float(2 * xp.max(xp.linalg.diagonal(self.A)) ** 0.5)
        raise ValueError(f"Ellipsoid.diameter: exact for p = 2 and p = inf only, not p = {p}")
