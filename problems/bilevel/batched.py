"""Products, norms and solves of a batch of vectors (B, n) and matrices (B, m, n)."""

from __future__ import annotations

from array_api_compat import array_namespace

from ratecheck import Array


def dot(a: Array, b: Array) -> Array:
    """(B, n), (B, n) -> (B,)"""
    return array_namespace(a, b).sum(a * b, axis=-1)


def norm(a: Array) -> Array:
    """Euclidean: (B, n) -> (B,)"""
    return array_namespace(a).linalg.vector_norm(a, axis=-1)


def apply(M: Array, v: Array) -> Array:
    """M v: (B, m, n), (B, n) -> (B, m)"""
    xp = array_namespace(M, v)
    return xp.squeeze(xp.matmul(M, v[:, :, None]), axis=-1)


def apply_t(M: Array, v: Array) -> Array:
    """M'v: (B, m, n), (B, m) -> (B, n)"""
    return apply(array_namespace(M).matrix_transpose(M), v)


def solve(M: Array, v: Array) -> Array:
    """M⁻¹ v: (B, n, n), (B, n) -> (B, n)"""
    xp = array_namespace(M, v)
    return xp.squeeze(xp.linalg.solve(M, v[:, :, None]), axis=-1)


def diagonal(d: Array) -> Array:
    """diag(d): (B, n) -> (B, n, n)"""
    xp = array_namespace(d)
    return d[:, :, None] * xp.eye(d.shape[-1], dtype=d.dtype)[None, :, :]
