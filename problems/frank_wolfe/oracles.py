"""Compact convex sets of vectors and their linear minimisation oracles.

A set is known by `vertex(g)`, a point of argmin_{v in C} <g, v>, row by row: always an extreme point, also where entries of g
are 0; ties go to the smallest index. `diameter(p)` is the exact diameter in the p-norm.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array


class CompactSet(Protocol):
    def vertex(self, g: Array, /) -> Array: ...  # (B, n) -> (B, n), extreme, in argmin_{v in C} <g, v>
    def diameter(self, p: float, /) -> float: ...  # max |v - w|_p over C, exact


def one_hot(i: Array, like: Array) -> Array:
    """(B,) indices -> (B, n) rows e_i."""
    xp = array_namespace(like)
    return xp.astype(xp.arange(like.shape[-1])[None, :] == i[:, None], like.dtype)


def signs(g: Array) -> Array:
    """The sign with sign(0) = 1, so that a corner is a corner."""
    xp = array_namespace(g)
    return xp.where(g < 0, -xp.ones_like(g), xp.ones_like(g))


def entry(a: Array, i: Array) -> Array:
    """a[b, i[b]] for every row b."""
    return array_namespace(a).sum(a * one_hot(i, a), axis=-1)


@dataclass(frozen=True)
class Simplex:
    """{x ≥ 0, Σ x = 1}."""

    def vertex(self, g: Array, /) -> Array:
        return one_hot(array_namespace(g).argmin(g, axis=-1), g)

    def diameter(self, p: float, /) -> float:
        return 1.0 if p == inf else 2 ** (1 / p)


@dataclass(frozen=True)
class L1Ball:
    """{|x|₁ ≤ r}."""

    radius: float = 1.0

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        return -self.radius * signs(g) * one_hot(xp.argmax(xp.abs(g), axis=-1), g)

    def diameter(self, p: float, /) -> float:
        return 2 * self.radius
