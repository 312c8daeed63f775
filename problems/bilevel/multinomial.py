"""Multinomial logistic regression whose l2 penalties e^{x_j} are learnt: one a class, one a feature, or one a weight.

As in public benchmarks (benchopt/benchmark_bilevel: covtype, one penalty a class): standardised features, 80 % of the samples to train, 20 % to
validate. Different: scikit-learn's digits, wine and iris, small enough for a lower level that is solved to rounding.
Binary logistic regression with one penalty a feature is problems.bilevel.logistic (`selection`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel import softmax
from problems.bilevel.batched import diagonal, dot
from problems.bilevel.composition import hyper_smoothness
from problems.bilevel.newton import newton
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH, Trait.COMPACT, Trait.LIPSCHITZ})


@dataclass(frozen=True, eq=False)
class Multinomial(softmax.HeldOut):
    """g = (1/N) Σ ℓ_i(W) + ½ Σ_k e^{(x E)_k} y_k²,   f = mean validation loss,   over |x − x0| ≤ reach.

    E assigns each weight its penalty. The constants hold on the box.
    """

    E: Array  # (n, C·d), one 1 a column
    radius: Array  # (B,) max ‖x_i‖
    top: Array  # (B,) ½‖X‖²/N
    reach: Array  # (B, 1)
    x0: Array  # (B, n)
    y0: Array  # (B, C·d)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def _penalty(self, x: Array) -> Array:
        xp = array_namespace(x)
        return xp.matmul(xp.exp(x), self.E)

    def _grouped(self, v: Array) -> Array:
        """Sums over the weights of each penalty: (B, C·d) -> (B, n)"""
        xp = array_namespace(v)
        return xp.matmul(v, xp.matrix_transpose(self.E))

    def lower(self, x: Array, y: Array, /) -> Array:
        data = array_namespace(y).mean(softmax.losses(self.X, self.T, self._matrix(y)), axis=-1)
        return data + 0.5 * dot(self._penalty(x) * y, y)

    def lower_x(self, x: Array, y: Array, /) -> Array:
        return 0.5 * array_namespace(x).exp(x) * self._grouped(y * y)

    def lower_y(self, x: Array, y: Array, /) -> Array:
        R = softmax.probabilities(self.X, self._matrix(y)) - self.T
        return softmax.gathered(self.X, R) / self.X.shape[1] + self._penalty(x) * y

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        bent = softmax.curved(self.X, softmax.probabilities(self.X, self._matrix(y)), self._matrix(v))
        return softmax.gathered(self.X, bent) / self.X.shape[1] + self._penalty(x) * v

    def cross(self, x: Array, y: Array, u: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.matmul(xp.exp(x) * u, self.E) * y

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        return array_namespace(x).exp(x) * self._grouped(y * v)

    def hessian(self, x: Array, y: Array, /) -> Array:
        weight = 1 / self.X.shape[1] + 0 * self.T[:, :, 0]
        return softmax.hessian(self.X, softmax.probabilities(self.X, self._matrix(y)), weight) + diagonal(self._penalty(x))

    def cross_block(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(x)
        return y[:, :, None] * xp.matrix_transpose(self.E)[None, :, :] * xp.exp(x)[:, None, :]

    def y_star(self, x: Array, /) -> Array:
        return newton(partial(self.lower_y, x), partial(self.hessian, x), partial(softmax.relative, self.radius), self.y0)

    def gap(self, x: Array, y: Array, /) -> Array:
        """‖∇_y g‖²/(2 min e^{x_j}) ≥ g(x, y) − min g, (B,)"""
        xp = array_namespace(x)
        slope = self.lower_y(x, y)
        return dot(slope, slope) / (2 * xp.min(xp.exp(x), axis=-1))

    def project(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.minimum(xp.maximum(x, self.x0 - self.reach), self.x0 + self.reach)

    def smoothness(self, x: Array, /) -> Array:
        return self.top + self.cross_lipschitz(x)

    def cross_lipschitz(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.max(xp.exp(x), axis=-1)


def per_class(C: int, d: int) -> Any:
    return np.repeat(np.eye(C), d, axis=1)


def per_feature(C: int, d: int) -> Any:
    return np.tile(np.eye(d), (1, C))


def digits(
    seeds: range,
    classes: Annotated[int, (2, 10)] = 10,
    components: Annotated[int, (1, 64)] = 16,
    samples: Annotated[int, (20, 600)] = 250,
    low: Annotated[float, (-6.0, 2.0)] = -4.0,
    reach: Annotated[float, (0.0, 3.0)] = 0.0,
) -> Multinomial:
    """`samples` random digits of the first classes on their principal components; one penalty a class, x0 uniform on [low, low + 2]."""
    from sklearn.datasets import load_digits

    X, label = load_digits(n_class=classes, return_X_y=True)
    return split(seeds, 113, softmax.principal(X, components), label, samples, low, reach, per_class(classes, components + 1))


def wine(seeds: range, low: Annotated[float, (-6.0, 2.0)] = -3.0, reach: Annotated[float, (0.0, 3.0)] = 0.0) -> Multinomial:
    """scikit-learn's wine, 178 samples of 3 classes; 13 standardised features and an intercept, one penalty for each of the 14."""
    from sklearn.datasets import load_wine

    X, label = load_wine(return_X_y=True)
    return split(seeds, 114, standardised(X), label, len(X), low, reach, per_feature(3, 14))


def iris(seeds: range, low: Annotated[float, (-6.0, 2.0)] = -3.0, reach: Annotated[float, (0.0, 3.0)] = 0.0) -> Multinomial:
    """scikit-learn's iris, 150 samples of 3 classes, 4 standardised features and an intercept; one penalty a class."""
    from sklearn.datasets import load_iris

    X, label = load_iris(return_X_y=True)
    return split(seeds, 115, standardised(X), label, len(X), low, reach, per_class(3, 5))


def standardised(X: Any) -> Any:
    return np.concatenate([(X - X.mean(axis=0)) / X.std(axis=0), np.ones((len(X), 1))], axis=1) / X.shape[1] ** 0.5


def split(seeds: range, stream: int, X: Any, label: Any, samples: int, low: float, reach: float, E: Any) -> Multinomial:
    """80 % of `samples` random rows to train, 20 % to validate."""
    C, samples = int(label.max()) + 1, min(samples, len(X))
    N = int(0.8 * samples)
    rows = []
    for seed in seeds:
        r = np.random.default_rng([seed, stream])
        order = r.permutation(len(X))
        i, j = order[:N], order[N:samples]
        rows.append((X[i], softmax.one_hot(label[i], C), X[j], softmax.one_hot(label[j], C), low + 2 * r.random(len(E))))
    return assembled(reach, E, *(np.stack(part) for part in zip(*rows, strict=True)))


def assembled(reach: float, E: Any, X: Any, T: Any, V: Any, Z: Any, x0: Any) -> Multinomial:
    (size, radius), (L_f, l_f0), (B, N) = softmax.sizes(X), softmax.upper_constants(V), X.shape[:2]
    largest, smallest = np.exp(x0 + reach).max(axis=1), np.exp(x0 - reach).min(axis=1)
    data = 0.5 * size**2 / N
    cross = np.minimum(np.sqrt(2 * largest * np.log(T.shape[2])), size * (2 / N) ** 0.5)
    L_A = 2 * softmax.TWISTED * radius * data
    L_F = hyper_smoothness(smallest, cross, L_A, largest, largest, cross, l_f0, L_f)
    curvature, third, upper = Unit(1, -2), Unit(1, -3), Side.UPPER
    constants = {
        "mu": Certified(smallest, curvature, Side.LOWER, "the data part of A is positive semidefinite"),
        "L": Certified(data + largest, curvature, upper, "‖diag p − pp'‖ ≤ 1/2, Σ x_i x_i' ≤ ‖X‖²"),
        "L_A": Certified(L_A, third, upper, "diag p − pp' is √2/(3√3)-Lipschitz in the logits, which move by ‖x_i‖ ‖dW‖"),
        "L_B": Certified(largest, third, Side.EXACT if reach == 0 else upper, "column j of the cross block is e^{x_j} times the weights of group j"),
        "norm_B": Certified(cross, curvature, upper, "at y*: ½ e^{x_j} ‖w_j‖² ≤ g(x, y*) ≤ g(x, 0) = log C; also diag(e^{xE}) y* = −Σ (p_i − t_i) x_i'/N"),
        "L_f": Certified(L_f, curvature, upper, "‖diag p − pp'‖ ≤ 1/2"),
        "l_f0": Certified(l_f0, Unit(1, -1), upper, "‖p_j − t_j‖ ≤ √2"),
        "L_F": Certified(L_F, curvature, upper, "composition; in x the penalties move by max e^{x_j}, the cross block by its own norm at y*"),
    }
    y0 = np.zeros((B, E.shape[1]))
    p = Multinomial(X, T, V, Z, E, radius, data, np.full((B, 1), reach), x0, y0, constants)
    start = p.upper(x0, p.y_star(x0))
    return replace(p, constants={**constants, "Delta": Certified(start, Unit(1, 0), upper, "F(x0), since F ≥ 0")})
