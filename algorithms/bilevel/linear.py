"""Approximate solutions q of A q = v from Hessian-vector products: conjugate gradients, Neumann series, gradient steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from array_api_compat import array_namespace

from algorithms.bilevel.batched import dot
from ratecheck import Array

Product = Callable[[Array], Array]  # v -> A v


def conjugate_gradients(A: Product, v: Array, q: Array | None = None) -> Iterator[tuple[Array, Array]]:
    """Hestenes, Stiefel 1952: (q_k, residual v − A q_k), k = 0, 1, ...; rows that have converged stand still."""
    xp = array_namespace(v)
    q = xp.zeros_like(v) if q is None else q
    r = v - A(q)
    p, rho = r, dot(r, r)
    while True:
        yield q, r
        Ap = A(p)
        curvature = dot(p, Ap)
        moving = curvature > 0
        alpha = xp.where(moving, rho / xp.where(moving, curvature, 1.0), 0.0)
        q, r = q + alpha[:, None] * p, r - alpha[:, None] * Ap
        following = dot(r, r)
        p = r + xp.where(rho > 0, following / xp.where(rho > 0, rho, 1.0), 0.0)[:, None] * p
        rho = following


def neumann(A: Product, v: Array, a: Array) -> Iterator[Array]:
    """a Σ_{j<K} (I − aA)^j v, K = 0, 1, ... (Lorraine, Vicol, Duvenaud 2020, Algorithm 3)."""
    total, term = 0 * v, v
    while True:
        yield a * total
        total = total + term
        term = term - a * A(term)


def cg(A: Product, v: Array, steps: int, q: Array | None = None) -> Array:
    """q after `steps` conjugate-gradient steps."""
    return next(islice(conjugate_gradients(A, v, q), steps, None))[0]
