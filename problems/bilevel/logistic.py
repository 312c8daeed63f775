"""Logistic regression with one penalty e^θ_i a coordinate: the lower Hessian varies with the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.batched import apply, apply_t, diagonal, dot, norm
from problems.bilevel.newton import newton
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH})
STEEPEST = 1 / (6 * 3**0.5)  # sup |σ''| of the logistic function σ


def sigmoid(u: Array) -> Array:
    return 0.5 * (1 + array_namespace(u).tanh(0.5 * u))


def softplus(u: Array) -> Array:
    """log(1 + e^u)"""
    xp = array_namespace(u)
    return xp.where(u > 0, u, 0.0 * u) + xp.log1p(xp.exp(-xp.abs(u)))


@dataclass(frozen=True, eq=False)
class Logistic:
    """g = mean log(1 + e^{−t_i x_i'w}) + ½ Σ e^θ_i w_i²,   f = mean log(1 + e^{−z_i v_i'w}); labels are multiplied into X and V.

    The constants hold on the box |θ − x0| ≤ reach.
    """

    X: Array  # (B, N, d), rows t_i x_i
    V: Array  # (B, M, d), rows z_i v_i
    x0: Array  # (B, d)
    y0: Array  # (B, d)
    radius: Array  # (B,) max ‖x_i‖
    top: Array  # (B,) ‖X‖²/(4N)
    reach: Array  # (B, 1)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def upper(self, x: Array, y: Array, /) -> Array:
        return array_namespace(x).mean(softplus(-apply(self.V, y)), axis=-1)

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return array_namespace(x).zeros_like(x)

    def upper_y(self, x: Array, y: Array, /) -> Array:
        return -apply_t(self.V, sigmoid(-apply(self.V, y))) / self.V.shape[1]

    def lower(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.mean(softplus(-apply(self.X, y)), axis=-1) + 0.5 * dot(xp.exp(x) * y, y)

    def lower_x(self, x: Array, y: Array, /) -> Array:
        return 0.5 * array_namespace(x).exp(x) * y * y

    def lower_y(self, x: Array, y: Array, /) -> Array:
        data = -apply_t(self.X, sigmoid(-apply(self.X, y))) / self.X.shape[1]
        return data + array_namespace(x).exp(x) * y

    def _weights(self, y: Array) -> Array:
        u = apply(self.X, y)
        return sigmoid(u) * sigmoid(-u) / self.X.shape[1]

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        return self.hvp_at(x, y)(v)

    def hvp_at(self, x: Array, y: Array, /) -> Callable[[Array], Array]:
        """v ↦ A v; what depends on x and y alone is computed once, a third of the work of many products."""
        weights, penalty = self._weights(y), array_namespace(x).exp(x)
        return lambda v: apply_t(self.X, weights * apply(self.X, v)) + penalty * v

    def cross(self, x: Array, y: Array, u: Array, /) -> Array:
        return array_namespace(x).exp(x) * y * u

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        return array_namespace(x).exp(x) * y * v

    def hessian(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(x)
        root = xp.sqrt(self._weights(y))[:, :, None] * self.X  # the same factor twice: half the flops, and symmetric
        return xp.matmul(xp.matrix_transpose(root), root) + diagonal(xp.exp(x))

    def cross_block(self, x: Array, y: Array, /) -> Array:
        return diagonal(array_namespace(x).exp(x) * y)

    def y_star(self, x: Array, /) -> Array:
        """|σ''| ≤ σ', so that the third derivative along d is at most max ‖x_i‖ ‖d‖ d'Ad: the premise of newton()."""
        return newton(partial(self.lower_y, x), partial(self.hessian, x), lambda d: self.radius * norm(d), self.y0)

    def project(self, x: Array, /) -> Array:
        """On the box |θ − x0| ≤ reach."""
        xp = array_namespace(x)
        return xp.minimum(xp.maximum(x, self.x0 - self.reach), self.x0 + self.reach)

    def smoothness(self, x: Array, /) -> Array:
        """‖A‖ ≤ ‖X‖²/(4N) + max e^θ_i, (B,)"""
        return self.top + self.cross_lipschitz(x)

    def cross_lipschitz(self, x: Array, /) -> Array:
        """max e^θ_i, (B,)"""
        xp = array_namespace(x)
        return xp.max(xp.exp(x), axis=-1)


def planted(
    seeds: range,
    d: Annotated[int, (1, 20)] = 8,
    rows: Annotated[int, (5, 100)] = 40,
    low: Annotated[float, (-6.0, 0.0)] = -3.0,
    scale: Annotated[float, (0.2, 5.0)] = 1.0,
    reach: Annotated[float, (0.0, 3.0)] = 0.0,
) -> Logistic:
    """Gaussian features times `scale`, labels drawn from the planted model, θ uniform on [low, low + 3]."""
    parts = []
    for seed in seeds:
        g = np.random.default_rng([seed, 76])
        w = g.standard_normal(d)

        def labelled(g: np.random.Generator = g, w: Any = w) -> Any:
            X = g.standard_normal((rows, d))
            return scale * X * np.where(g.random(rows) < 1 / (1 + np.exp(-2 * X @ w)), 1.0, -1.0)[:, None]

        parts.append((labelled(), labelled(), low + 3 * g.random(d), np.zeros(d)))
    return assembled(reach, *(np.stack(p) for p in zip(*parts, strict=True)))


def breast_cancer(
    seeds: range,
    low: Annotated[float, (-6.0, 2.0)] = -1.0,
    columns: Annotated[int, (1, 30)] = 10,
    reach: Annotated[float, (0.0, 3.0)] = 0.0,
    train: Annotated[int, (20, 455)] = 60,
    valid: Annotated[int, (20, 114)] = 60,
) -> Logistic:
    """The first columns of scikit-learn's breast cancer data, standardised; random patients to train and to validate."""
    from sklearn.datasets import load_breast_cancer

    X, label = load_breast_cancer(return_X_y=True)
    X = ((X - X.mean(0)) / X.std(0))[:, :columns] * (2.0 * label - 1)[:, None]
    parts = []
    for seed in seeds:
        g = np.random.default_rng([seed, 107])
        order = g.permutation(len(X))
        parts.append((X[order[:train]], X[order[train : train + valid]], low + 3 * g.random(columns), np.zeros(columns)))
    return assembled(reach, *(np.stack(p) for p in zip(*parts, strict=True)))


selection = partial(breast_cancer, low=-6.0, columns=30, train=455, valid=114)
"""Choice of one penalty a feature on 569 patients, 80 % to train: in place of ijcnn1 (22 features) of benchopt/benchmark_bilevel."""


def assembled(reach: float, X: Any, V: Any, x0: Any, y0: Any) -> Logistic:
    largest, smallest = np.exp(x0 + reach).max(axis=1), np.exp(x0 - reach).min(axis=1)
    data, valid = np.linalg.norm(X, 2, axis=(1, 2)) ** 2 / X.shape[1], np.linalg.norm(V, 2, axis=(1, 2)) ** 2 / V.shape[1]
    radius = np.linalg.norm(X, axis=2).max(axis=1)
    curvature, third = Unit(1, -2), Unit(1, -3)
    constants = {
        "mu": Certified(smallest, curvature, Side.LOWER, "the data part of A is positive semidefinite"),
        "L": Certified(data / 4 + largest, curvature, Side.UPPER, "σ' ≤ 1/4"),
        "L_f": Certified(valid / 4, curvature, Side.UPPER, "σ' ≤ 1/4"),
        "L_A": Certified(STEEPEST * radius * data, third, Side.UPPER, "|σ''| ≤ 1/(6√3), times max ‖x_i‖ ‖X‖²/N"),
        "L_B": Certified(largest, third, Side.EXACT if reach == 0 else Side.UPPER, "the cross block is diag(e^θ w)"),
    }
    return Logistic(X, V, x0, y0, radius, data / 4, np.full((len(X), 1), reach), constants)
