"""Means of quadratics in (x, y) with rank-one Hessians and cross blocks, and random ones with an exact spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.batched import apply, apply_t
from ratecheck import Array


def drawn(a: Array, i: Array) -> Array:
    """Samples i of each row: (B, N, d), (B, b) -> (B, b, d)"""
    xp = array_namespace(a)
    B, N, d = a.shape
    place = xp.reshape(xp.arange(B)[:, None] * N + i, (-1,))
    return xp.reshape(xp.take(xp.reshape(a, (B * N, d)), place, axis=0), (B, i.shape[1], d))


@dataclass(frozen=True, eq=False)
class Samples:
    """The mean over i of ½(a_i'y)² + ½(h_i'x)² + (p_i'x)(r_i'y) + l_i'y + s_i'x."""

    a: Array  # (B, N, m)
    h: Array  # (B, N, n)
    p: Array  # (B, N, n)
    r: Array  # (B, N, m)
    linear_y: Array  # (B, N, m)
    linear_x: Array  # (B, N, n)

    @property
    def size(self) -> int:
        return int(self.a.shape[1])

    def at(self, i: Array) -> Samples:
        """The samples i, (B, b)"""
        return Samples(drawn(self.a, i), drawn(self.h, i), drawn(self.p, i), drawn(self.r, i), drawn(self.linear_y, i), drawn(self.linear_x, i))

    def value(self, x: Array, y: Array) -> Array:
        own = 0.5 * apply(self.a, y) ** 2 + 0.5 * apply(self.h, x) ** 2 + apply(self.p, x) * apply(self.r, y)
        return array_namespace(x).mean(own + apply(self.linear_y, y) + apply(self.linear_x, x), axis=-1)

    def grad_x(self, x: Array, y: Array) -> Array:
        xp = array_namespace(x)
        return (apply_t(self.h, apply(self.h, x)) + apply_t(self.p, apply(self.r, y))) / self.size + xp.mean(self.linear_x, axis=1)

    def grad_y(self, x: Array, y: Array) -> Array:
        xp = array_namespace(x)
        return (apply_t(self.a, apply(self.a, y)) + apply_t(self.r, apply(self.p, x))) / self.size + xp.mean(self.linear_y, axis=1)

    def hvp(self, v: Array) -> Array:
        return apply_t(self.a, apply(self.a, v)) / self.size

    def cross(self, u: Array) -> Array:
        return apply_t(self.r, apply(self.p, u)) / self.size

    def cross_t(self, v: Array) -> Array:
        return apply_t(self.p, apply(self.r, v)) / self.size


def white(r: np.random.Generator, N: int, d: int) -> Any:
    """N Gaussian vectors, made to have exactly (1/N) Σ u_i u_i' = I; N ≥ d"""
    return np.linalg.qr(r.standard_normal((N, d)))[0] * N**0.5


def rank_one(r: np.random.Generator, N: int, eigenvalues: Any) -> Any:
    """a_i with (1/N) Σ a_i a_i' of these eigenvalues, in random directions"""
    d = len(eigenvalues)
    U = np.linalg.qr(r.standard_normal((d, d)))[0]
    return white(r, N, d) * np.sqrt(eigenvalues) @ U.T


def correlated(r: np.random.Generator, N: int, n: int, m: int, singular: Any) -> tuple[Any, Any]:
    """p_i (n), r_i (m) with (1/N) Σ r_i p_i' of these singular values, min(n, m) of them"""
    U, V = (np.linalg.qr(r.standard_normal((d, d)))[0][:, : len(singular)] for d in (n, m))
    both = white(r, N, len(singular))
    return both * singular @ U.T, both @ V.T
