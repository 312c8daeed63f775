"""Multinomial logistic loss of a batch of linear classifiers, its derivatives, and bounds on them.

Weights W, (B, C, d), one row a class; features X, (B, N, d); labels T, (B, N, C), one 1 a row. The loss of sample i is
ℓ_i = log Σ_c e^{u_c} − u_t at the logits u = W x_i. With p = softmax(u): ∂ℓ/∂u = p − t, ∂²ℓ/∂u² = diag p − pp'. For unit v, v'(diag p − pp')v is
the variance of v under p and v takes values on an interval of length at most √2:
    variance ≤ (√2)²/4 = 1/2,     |third central moment| ≤ (√2)³/(6√3) = √2/(3√3)     (Bernoulli is the worst, p = (3 ± √3)/6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.batched import norm
from ratecheck import Array

CURVED = 0.5  # ≥ ‖diag p − pp'‖
TWISTED = 2**0.5 / (3 * 3**0.5)  # Lipschitz constant of diag p − pp' in the logits


def logits(X: Array, W: Array) -> Array:
    """(B, N, C)"""
    xp = array_namespace(X, W)
    return xp.matmul(X, xp.matrix_transpose(W))


def probabilities(X: Array, W: Array) -> Array:
    xp = array_namespace(X, W)
    u = logits(X, W)
    e = xp.exp(u - xp.max(u, axis=-1, keepdims=True))
    return e / xp.sum(e, axis=-1, keepdims=True)


def losses(X: Array, T: Array, W: Array) -> Array:
    """ℓ_i, (B, N)"""
    xp = array_namespace(X, W)
    u = logits(X, W)
    top = xp.max(u, axis=-1, keepdims=True)
    return xp.log(xp.sum(xp.exp(u - top), axis=-1)) + top[:, :, 0] - xp.sum(T * u, axis=-1)


def gathered(X: Array, R: Array) -> Array:
    """Σ_i r_i x_i' as a vector: (B, N, d), (B, N, C) -> (B, C·d)"""
    xp = array_namespace(X, R)
    return xp.reshape(xp.matmul(xp.matrix_transpose(R), X), (X.shape[0], -1))


def curved(X: Array, P: Array, V: Array) -> Array:
    """(diag p_i − p_i p_i') V x_i, (B, N, C)"""
    xp = array_namespace(X, V)
    u = logits(X, V)
    return P * (u - xp.sum(P * u, axis=-1, keepdims=True))


def hessian(X: Array, P: Array, weight: Array) -> Array:
    """Σ_i weight_i (diag p_i − p_i p_i') ⊗ x_i x_i', (B, C·d, C·d)"""
    xp = array_namespace(X, P)
    B, N, d = X.shape
    C = P.shape[-1]
    own = xp.matrix_transpose(weight[:, :, None] * P)[:, :, :, None] * X[:, None, :, :]  # (B, C, N, d)
    blocks = xp.matmul(xp.matrix_transpose(X)[:, None, :, :], own)
    full = blocks[:, :, :, None, :] * xp.eye(C, dtype=X.dtype)[None, :, None, :, None]
    Z = xp.reshape(P[:, :, :, None] * X[:, :, None, :], (B, N, C * d))
    return xp.reshape(full, (B, C * d, C * d)) - xp.matmul(xp.matrix_transpose(Z), weight[:, :, None] * Z)


def relative(radius: Array, d: Array) -> Array:
    """S of newton(): the logits of sample i move by values on an interval of length √2 ‖x_i‖ ‖d‖; (B,)"""
    return 2**0.5 * radius * norm(d)


def sizes(X: Any) -> tuple[Any, Any]:
    """‖X‖ and max ‖x_i‖, (B,)"""
    return np.linalg.norm(X, 2, axis=(1, 2)), np.linalg.norm(X, axis=2).max(axis=1)


def upper_constants(V: Any) -> tuple[Any, Any]:
    """L_f ≤ ½‖V‖²/M and ‖∇f‖ ≤ √(2/M) ‖V‖ of the mean loss: Σ (p_j − t_j) v_j'/M, where ‖p_j − t_j‖ ≤ √2."""
    size, M = sizes(V)[0], V.shape[1]
    return CURVED * size**2 / M, (2 / M) ** 0.5 * size


def one_hot(label: Any, C: int) -> Any:
    return np.eye(C)[label]


def principal(X: Any, components: int) -> Any:
    """Centred, on the first principal components, scaled to mean squared norm 1, and a last feature 1 for the intercept."""
    X = X - X.mean(axis=0)
    U, s, _ = np.linalg.svd(X, full_matrices=False)
    kept = U[:, :components] * s[:components]
    kept *= np.sign(kept[np.abs(kept).argmax(axis=0), range(kept.shape[1])])  # the sign of a singular vector is arbitrary
    kept = kept / np.sqrt((kept**2).sum(axis=1).mean())
    return np.concatenate([kept, np.ones((len(kept), 1))], axis=1)


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Softmax regression on (X, T), its upper level the mean loss on held-out (V, Z); y is W row by row."""

    X: Array  # (B, N, d)
    T: Array  # (B, N, C)
    V: Array  # (B, M, d)
    Z: Array  # (B, M, C)

    def _matrix(self, y: Array) -> Array:
        return array_namespace(y).reshape(y, (y.shape[0], self.T.shape[-1], self.X.shape[-1]))

    def upper(self, x: Array, y: Array, /) -> Array:
        return array_namespace(y).mean(losses(self.V, self.Z, self._matrix(y)), axis=-1)

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return array_namespace(x).zeros_like(x)

    def upper_y(self, x: Array, y: Array, /) -> Array:
        return gathered(self.V, probabilities(self.V, self._matrix(y)) - self.Z) / self.V.shape[1]
