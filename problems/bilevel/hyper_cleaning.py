"""Data hyper-cleaning: which training labels are wrong is learnt from clean validation data, one weight a training sample.

As in public benchmarks (Franceschi et al. 2017; MNIST in benchopt/benchmark_bilevel): softmax regression, weights σ(x_i), fixed l2 penalty.
Different: scikit-learn's digits, optionally a few classes and principal components, so that the lower level can be solved to rounding; a
corrupted label is uniform over the OTHER classes, so that `corruption` is the probability of a wrong label.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel import softmax
from problems.bilevel.batched import dot
from problems.bilevel.composition import hyper_smoothness
from problems.bilevel.logistic import STEEPEST, sigmoid
from problems.bilevel.newton import newton
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH, Trait.COMPACT, Trait.LIPSCHITZ})


@dataclass(frozen=True, eq=False)
class HyperCleaning(softmax.HeldOut):
    """g = (1/N) Σ σ(x_i) ℓ_i(W) + (λ/2)‖W‖²,   f = mean clean validation loss,   over |x_i| ≤ box; some labels T are wrong.

    The constants hold for every x, inside the box or not. 0 < σ < 1, σ' ≤ 1/4.
    """

    wrong: Array  # (B, N) 1 where the training label was corrupted
    lam: Array  # (B, 1)
    box: Array  # (B, 1)
    radius: Array  # (B,) max ‖x_i‖
    x0: Array  # (B, N)
    y0: Array  # (B, C·d)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def _along(self, y: Array, v: Array) -> Array:
        """⟨∇ℓ_i(y), v⟩, (B, N)"""
        R = softmax.probabilities(self.X, self._matrix(y)) - self.T
        return array_namespace(y).sum(R * softmax.logits(self.X, self._matrix(v)), axis=-1)

    def weights(self, x: Array, /) -> Array:
        return sigmoid(x)

    def _slope(self, x: Array) -> Array:
        """σ'(x_i)/N"""
        return sigmoid(x) * sigmoid(-x) / x.shape[-1]

    def lower(self, x: Array, y: Array, /) -> Array:
        data = array_namespace(y).mean(sigmoid(x) * softmax.losses(self.X, self.T, self._matrix(y)), axis=-1)
        return data + 0.5 * self.lam[:, 0] * dot(y, y)

    def lower_x(self, x: Array, y: Array, /) -> Array:
        return self._slope(x) * softmax.losses(self.X, self.T, self._matrix(y))

    def lower_y(self, x: Array, y: Array, /) -> Array:
        R = softmax.probabilities(self.X, self._matrix(y)) - self.T
        return softmax.gathered(self.X, sigmoid(x)[:, :, None] * R) / x.shape[-1] + self.lam * y

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        bent = softmax.curved(self.X, softmax.probabilities(self.X, self._matrix(y)), self._matrix(v))
        return softmax.gathered(self.X, sigmoid(x)[:, :, None] * bent) / x.shape[-1] + self.lam * v

    def cross(self, x: Array, y: Array, u: Array, /) -> Array:
        R = softmax.probabilities(self.X, self._matrix(y)) - self.T
        return softmax.gathered(self.X, (self._slope(x) * u)[:, :, None] * R)

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        return self._slope(x) * self._along(y, v)

    def hessian(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(y)
        data = softmax.hessian(self.X, softmax.probabilities(self.X, self._matrix(y)), sigmoid(x) / x.shape[-1])
        return data + self.lam[:, :, None] * xp.eye(y.shape[-1], dtype=y.dtype)[None, :, :]

    def cross_block(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(y)
        R = self._slope(x)[:, :, None] * (softmax.probabilities(self.X, self._matrix(y)) - self.T)
        columns = R[:, :, :, None] * self.X[:, :, None, :]
        return xp.matrix_transpose(xp.reshape(columns, (x.shape[0], x.shape[-1], y.shape[-1])))

    def y_star(self, x: Array, /) -> Array:
        return newton(partial(self.lower_y, x), partial(self.hessian, x), partial(softmax.relative, self.radius), self.y0)

    def gap(self, x: Array, y: Array, /) -> Array:
        """‖∇_y g‖²/(2λ) ≥ g(x, y) − min g, (B,)"""
        slope = self.lower_y(x, y)
        return dot(slope, slope) / (2 * self.lam[:, 0])

    def project(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.minimum(xp.maximum(x, -self.box), self.box)

    def smoothness(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        flat = self.constants["L"].value - self.lam[:, 0]
        return flat * xp.max(sigmoid(x), axis=-1) + self.lam[:, 0]

    def cross_lipschitz(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return self.constants["L_B"].value * 4 * x.shape[-1] * xp.max(self._slope(x), axis=-1)


def digits(
    seeds: range,
    train: Annotated[int, (10, 400)] = 200,
    valid: Annotated[int, (10, 400)] = 200,
    classes: Annotated[int, (2, 10)] = 10,
    components: Annotated[int, (1, 64)] = 16,
    corruption: Annotated[float, (0.1, 0.5)] = 0.3,
    lam: Annotated[float, (1e-3, 10.0)] = 0.01,
    spread: Annotated[float, (0.0, 3.0)] = 0.0,
    box: Annotated[float, (1.0, 10.0)] = 5.0,
) -> HyperCleaning:
    """The first `classes` of scikit-learn's digits on their principal components (64: all pixels); x0 = spread × Gaussian, in the box."""
    from sklearn.datasets import load_digits

    X, label = load_digits(n_class=classes, return_X_y=True)
    X = softmax.principal(X, components)
    valid = min(valid, len(X) - min(train, len(X) // 2))
    train = min(train, len(X) - valid)
    rows: list[Any] = []
    for seed in seeds:
        r = np.random.default_rng([seed, 112])
        order = r.permutation(len(label))
        i, j = order[:train], order[train : train + valid]
        wrong = r.random(train) < corruption
        given = np.where(wrong, (label[i] + r.integers(1, classes, train)) % classes, label[i])
        x0 = np.clip(spread * r.standard_normal(train), -box, box)
        rows.append((X[i], softmax.one_hot(given, classes), X[j], softmax.one_hot(label[j], classes), wrong.astype(float), x0))
    return assembled(lam, box, *(np.stack(part) for part in zip(*rows, strict=True)))


def assembled(lam: float, box: float, X: Any, T: Any, V: Any, Z: Any, wrong: Any, x0: Any) -> HyperCleaning:
    (size, radius), (L_f, l_f0), (B, N) = softmax.sizes(X), softmax.upper_constants(V), X.shape[:2]
    data = size**2 / N
    cross, L_A, L_B = size * 2**0.5 / (4 * N), softmax.TWISTED * radius * data, size * radius / (8 * N)
    A_x, B_x = data / 8, STEEPEST * 2**0.5 * size / N
    curvature, third, upper = Unit(1, -2), Unit(1, -3), Side.UPPER
    constants = {
        "mu": Certified(np.full(B, lam), curvature, Side.LOWER, "the data part of A is positive semidefinite"),
        "L": Certified(0.5 * data + lam, curvature, upper, "σ ≤ 1, ‖diag p − pp'‖ ≤ 1/2, Σ x_i x_i' ≤ ‖X‖²"),
        "L_A": Certified(L_A, third, upper, "σ ≤ 1; diag p − pp' is √2/(3√3)-Lipschitz in the logits, which move by ‖x_i‖ ‖dW‖"),
        "L_B": Certified(L_B, third, upper, "σ' ≤ 1/4, p_i moves by ½‖x_i‖ ‖dW‖; B'B is a Hadamard product, ‖R∘S‖ ≤ max r_ii ‖S‖ (Schur)"),
        "norm_B": Certified(cross, curvature, upper, "σ' ≤ 1/4, ‖p_i − t_i‖ ≤ √2, Hadamard product as for L_B"),
        "L_f": Certified(L_f, curvature, upper, "‖diag p − pp'‖ ≤ 1/2"),
        "l_f0": Certified(l_f0, Unit(1, -1), upper, "‖p_j − t_j‖ ≤ √2"),
        "A_x": Certified(A_x, third, upper, "σ' ≤ 1/4"),
        "B_x": Certified(B_x, third, upper, "|σ''| ≤ 1/(6√3)"),
        "L_F": Certified(hyper_smoothness(lam, cross, L_A, L_B, A_x, B_x, l_f0, L_f), curvature, upper, "composition of the constants above"),
    }
    y0 = np.zeros((B, T.shape[2] * X.shape[2]))
    p = HyperCleaning(X, T, V, Z, wrong, np.full((B, 1), lam), np.full((B, 1), box), radius, x0, y0, constants)
    start = p.upper(x0, p.y_star(x0))
    return replace(p, constants={**constants, "Delta": Certified(start, Unit(1, 0), upper, "F(x0), since F ≥ 0")})
