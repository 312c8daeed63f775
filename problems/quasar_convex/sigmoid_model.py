"""A generalised linear model with the logistic link in square loss: its constant depends on the radius, and is proved in two dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace
from flint import arb

from problems.quasar_convex.certificates import Ball, largest_proved, positive_on_square
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class SigmoidModel:
    """f(w) = (1/2N) Σ (σ(⟨a_i, w⟩) − σ(⟨a_i, w*⟩))², σ(u) = 1/(1 + e^{−u}), ‖a_i‖ = 1; on the ball ‖w‖ ≤ R, |⟨a_i, w⟩| ≤ R."""

    A: Array  # (B, N, n)
    x0: Array  # (B, n), ‖x_0‖ = R
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.QUASAR_CONVEX, Trait.SMOOTH, Trait.FINITE_SUM, Trait.INTERPOLATION})

    def _links(self, w: Array) -> Array:
        xp = array_namespace(w)
        return 1 / (1 + xp.exp(-xp.squeeze(xp.matmul(self.A, w[:, :, None]), axis=-1)))

    def value(self, w: Array, /) -> Array:
        xp = array_namespace(w)
        return 0.5 * xp.mean((self._links(w) - self._links(self.x_star)) ** 2, axis=-1)

    @property
    def size(self) -> int:
        return int(self.A.shape[1])

    def grad(self, w: Array, /) -> Array:
        xp = array_namespace(w)
        return self.grad_batch(w, xp.ones((w.shape[0], self.size), dtype=w.dtype) / self.size)

    def grad_batch(self, w: Array, weights: Array, /) -> Array:
        """Σ weights_i ∇f_i(w), f_i = ½ (σ(⟨a_i, w⟩) − σ(⟨a_i, w*⟩))², for weights of sum 1, (B, N)."""
        xp = array_namespace(w)
        s = self._links(w)
        r = weights * (s - self._links(self.x_star)) * s * (1 - s)
        return xp.squeeze(xp.matmul(r[:, None, :], self.A), axis=1)

    def grad_one(self, w: Array, i: Array, /) -> Array:
        xp = array_namespace(w)
        B, N, n = self.A.shape
        a = xp.take(xp.reshape(self.A, (B * N, n)), xp.arange(B) * N + i, axis=0)
        s, t = (1 / (1 + xp.exp(-xp.sum(a * x, axis=-1))) for x in (w, self.x_star))
        return ((s - t) * s * (1 - s))[:, None] * a


def proved_on_square(half: float) -> float:
    """The largest g for which 2σ'(u) > g (σ(u) − σ(v))/(u − v) is proved on [−half, half]², a lower bound of γ there."""

    def link(u: Ball) -> Ball:
        return 1 / (1 + (-u).exp())

    def slope(u: Ball) -> Ball:
        s = link(u)
        return s * (1 - s)

    def proves(g: float) -> bool:
        def N(u: Ball, v: Ball) -> Any:
            # where the boxes meet, the mean value theorem: the quotient lies in σ' of the hull
            quotient = slope(u.union(v)) if u.overlaps(v) else (link(u) - link(v)) / (u - v)
            return 2 * slope(u) - arb(g) * quotient

        return positive_on_square(N, half)

    return largest_proved(proves, 0.01, 2.0, steps=10)


def sigmoid_model(
    seeds: range,
    N: Annotated[int, (1, 40)] = 20,
    n: Annotated[int, (1, 6)] = 3,
    gamma: Annotated[float, (1.64, 1.66)] = 1.66,
    R: Annotated[float, (0.1, 1.0)] = 1.0,
) -> SigmoidModel:
    """γ as proved for |u|, |v| ≤ 1; smaller balls inherit it."""
    A, star, start = [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 38])
        a, w, x = g.standard_normal((N, n)), g.standard_normal(n), g.standard_normal(n)
        A.append(a / np.linalg.norm(a, axis=1, keepdims=True))
        star.append(R * g.random() * w / np.linalg.norm(w))
        start.append(R * x / np.linalg.norm(x))
    return _model(np.stack(A), np.stack(star), np.stack(start), gamma, R)


def breast_cancer_model(seeds: range, R: Annotated[float, (0.1, 1.0)] = 1.0, every: int = 3) -> SigmoidModel:
    """The features of the Wisconsin data shipped with scikit-learn, every third row, standardised, rows of length 1; w* is planted."""
    from sklearn.datasets import load_breast_cancer

    X = load_breast_cancer().data
    X = ((X - X.mean(axis=0)) / X.std(axis=0))[::every]
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    w = np.stack([np.random.default_rng([seed, 48]).standard_normal((2, X.shape[1])) for seed in seeds])
    w *= R / np.linalg.norm(w, axis=2, keepdims=True)
    return _model(np.tile(X, (len(w), 1, 1)), w[:, 0], w[:, 1], 1.66, R)


def _model(A: Array, star: Array, start: Array, gamma: float, R: float) -> SigmoidModel:
    ones = np.ones(len(A))
    smooth, proof = Unit(1, -2), "(σ'² + (σ − σ*) σ'')⟨a, d⟩², σ' ≤ 1/4, |σ''| ≤ 1/(6√3), ‖a_i‖ = 1"
    top = 1 / 16 + 3**0.5 / 18
    bare = SigmoidModel(A, start, star, 0 * ones, {})
    constants = {
        "gamma": Certified(gamma * ones, Unit(), Side.LOWER, "ball arithmetic on [−1, 1]², term by term; sums keep it"),
        "R": Certified(R * ones, Unit(0, 1), Side.EXACT, "radius of the ball"),
        "L": Certified(top * np.linalg.eigvalsh(np.swapaxes(A, 1, 2) @ A / A.shape[1])[:, -1], smooth, Side.UPPER, proof),
        "L_max": Certified(top * ones, smooth, Side.UPPER, proof),
        "e0": Certified(bare.value(start), Unit(1, 0), Side.EXACT, "f(x_0), f* = 0"),
    }
    return SigmoidModel(A, start, star, bare.f_star, constants)


def leaving_the_ball(seeds: range) -> SigmoidModel:
    """The same model on the ball of radius 6 with the constant of radius 1: false there."""
    p = sigmoid_model(seeds, n=1, N=1)
    constants = {**p.constants, "R": Certified(6 * np.ones(len(p.x0)), Unit(0, 1), Side.EXACT, "radius of the ball")}
    return SigmoidModel(p.A, 6 * p.x0, -6 * p.x0 / 2, p.f_star, constants)
