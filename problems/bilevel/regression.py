"""Least squares with one common penalty, and kernel ridge regression from a small support set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Trait


@dataclass(frozen=True, eq=False)
class Regression:
    """‖Xθ − t‖² + e^λ‖θ‖², with the singular value decomposition X = U diag(s) W'."""

    X: Array  # (B, N, d)
    t: Array  # (B, N)
    U: Array  # (B, N, d)
    s: Array  # (B, d) positive
    Wt: Array  # (B, d, d)
    x0: Array  # (B, 1) λ
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH})


def assembled(X: Any, t: Any) -> Regression:
    U, s, Wt = np.linalg.svd(X, full_matrices=False)
    return Regression(X, t, U, s, Wt, np.zeros((len(X), 1)), {})


def gaussian(seeds: range, d: Annotated[int, (1, 12)] = 6, rows: Annotated[int, (13, 60)] = 30) -> Regression:
    g = [np.random.default_rng([seed, 99]) for seed in seeds]
    return assembled(np.array([r.standard_normal((rows, d)) for r in g]), np.array([r.standard_normal(rows) for r in g]))


def diabetes(seeds: range) -> Regression:
    """A random half of scikit-learn's diabetes patients, standardised."""
    from sklearn.datasets import load_diabetes

    X, t = load_diabetes(return_X_y=True)
    X, t = (X - X.mean(0)) / X.std(0), (t - t.mean()) / t.std()
    chosen = [np.random.default_rng([seed, 100]).permutation(len(t))[: len(t) // 2] for seed in seeds]
    return assembled(np.stack([X[c] for c in chosen]), np.stack([t[c] for c in chosen]))


@dataclass(frozen=True, eq=False)
class Distillation:
    """Inner h(w) = ½‖Φ_s w − y_s‖² + (λ/2)‖w‖², outer ½‖Φ_t w − y_t‖², Φ = tanh(XΩ); x = (X_s, y_s) is learnt.

    A hyperparameter is the vector (X_s row by row, y_s), (B, n_s·d + n_s).
    """

    Omega: Array  # (B, d, p)
    Xt: Array  # (B, n_t, d)
    yt: Array  # (B, n_t)
    lam: Array  # (B,)
    x0: Array  # (B, n_s·d + n_s)
    y0: Array  # (B, p)
    support: int
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH})

    def split(self, x: Array, /) -> tuple[Array, Array]:
        """X_s (B, n_s, d) and y_s (B, n_s)"""
        d = self.Omega.shape[1]
        xp = array_namespace(x)
        return xp.reshape(x[:, : self.support * d], (x.shape[0], self.support, d)), x[:, self.support * d :]

    def features(self, X: Array, /) -> Array:
        xp = array_namespace(X)
        return xp.tanh(xp.matmul(X, self.Omega))

    def features_t(self, X: Array, G: Array, /) -> Array:
        """The gradient with respect to X of <G, features(X)>"""
        xp = array_namespace(X)
        Phi = self.features(X)
        return xp.matmul(G * (1 - Phi * Phi), xp.matrix_transpose(self.Omega))


def digits(seeds: range, support: Annotated[int, (2, 10)] = 6, width: Annotated[int, (5, 60)] = 30) -> Distillation:
    """Zeros against ones of scikit-learn's digits: 40 targets, support images from the data, λ = 0.1."""
    from sklearn.datasets import load_digits

    X, label = load_digits(n_class=2, return_X_y=True)
    X, label = X / 16, 2.0 * label - 1
    rows = []
    for seed in seeds:
        r = np.random.default_rng([seed, 101])
        order = r.permutation(len(label))
        s, t = order[:support], order[support : support + 40]
        rows.append((r.standard_normal((X.shape[1], width)) / 8, X[t], label[t], np.concatenate([X[s].ravel(), label[s]])))
    Omega, Xt, yt, x0 = (np.stack(part) for part in zip(*rows, strict=True))
    return Distillation(Omega, Xt, yt, np.full(len(seeds), 0.1), x0, np.zeros((len(seeds), width)), support, {})


def tanh_features(seeds: range, d: Annotated[int, (1, 8)] = 4, support: Annotated[int, (2, 10)] = 6, width: Annotated[int, (2, 60)] = 20) -> Distillation:
    rows = []
    for seed in seeds:
        r = np.random.default_rng([seed, 102])
        rows.append((r.standard_normal((d, width)), r.standard_normal((40, d)), r.standard_normal(40), r.standard_normal(support * d + support)))
    Omega, Xt, yt, x0 = (np.stack(part) for part in zip(*rows, strict=True))
    return Distillation(Omega, Xt, yt, np.full(len(seeds), 0.1), x0, np.zeros((len(seeds), width)), support, {})


@dataclass(frozen=True, eq=False)
class Blocks:
    """Random symmetric positive definite matrices, of which the last `part` variables are minimised out."""

    H: Array  # (B, n, n)
    part: int
    x0: Array  # (B, n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX})


def blocks(seeds: range, n: Annotated[int, (2, 20)] = 6, part: Annotated[int, (1, 19)] = 1) -> Blocks:
    """H = FF' + 0.01 I."""
    F = np.array([np.random.default_rng([seed, 103]).standard_normal((n, n)) for seed in seeds])
    return Blocks(F @ np.swapaxes(F, 1, 2) + 0.01 * np.eye(n), min(part, n - 1), np.zeros((len(seeds), n)), {})
