"""Logistic regression over an ℓ₁ ball: real data, f* certified by a duality gap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.frank_wolfe.oracles import L1Ball
from problems.frank_wolfe.reference import Bracket, certified_minimum, onto_l1_ball
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Logistic:
    """f(x) = (1/m) Σ log(1 + exp(−y_i a_i'x)) + (mu/2)‖x‖² over {‖x‖₁ ≤ r}; one data set for all rows."""

    A: Array  # (m, n), rows y_i a_i
    mu: float
    x0: Array  # (B, n), vertices
    f_star: Array  # (B,), the middle of the interval that holds f*
    constants: Mapping[str, Certified]
    over: L1Ball
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT, Trait.POLYTOPE})

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        xp = array_namespace(x)
        z = xp.matmul(x, xp.matrix_transpose(self.A))
        return xp.mean(xp.logaddexp(xp.zeros_like(z), -z), axis=-1) + 0.5 * self.mu * xp.sum(x * x, axis=-1)

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        xp = array_namespace(x)
        z = xp.matmul(x, xp.matrix_transpose(self.A))
        return xp.matmul(-1 / (1 + xp.exp(z)), self.A) / self.A.shape[0] + self.mu * x

    def lmo(self, g: Array, /) -> Array:  # (B, n) -> (B, n)
        return self.over.vertex(g)


@lru_cache
def _breast_cancer() -> Array:
    """Rows y_i a_i of the Wisconsin data, features standardised: (569, 30)."""
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    A = (data.data - data.data.mean(axis=0)) / data.data.std(axis=0)
    return A * (2.0 * data.target - 1)[:, None]


@lru_cache
def _minimum(radius: float) -> Bracket:
    A, ball = _breast_cancer(), L1Ball(radius)
    one = Logistic(A, 0.0, np.zeros((1, A.shape[1])), np.zeros(1), {}, ball)
    return certified_minimum(
        lambda x: float(one.value(x[None, :])[0]),
        lambda x: one.grad(x[None, :])[0],
        onto_l1_ball(radius),
        lambda g: ball.vertex(g[None, :])[0],
        np.zeros(A.shape[1]),
        float(np.linalg.norm(A, 2) ** 2 / (4 * len(A))),
        5000,
    )


def breast_cancer(seeds: range, radius: Annotated[float, (0.5, 8.0)] = 4.0) -> Logistic:
    """569 patients, 30 features, every row from its own vertex of the ball."""
    A, B = _breast_cancer(), len(seeds)
    m, n = A.shape
    low = _minimum(radius)
    x0 = np.stack([radius * np.random.default_rng([seed, 2]).choice([-1.0, 1.0]) * np.eye(n)[seed % n] for seed in seeds])
    one = float(np.max(np.sum(A * A, axis=0)) / (4 * m))  # the Hessian is at most A'A/(4m), whose largest entry is on the diagonal
    L = float(np.linalg.norm(A, 2) ** 2 / (4 * m))
    constants = {
        "L": Certified(np.full(B, L), Unit(1, -2), Side.UPPER, "largest eigenvalue of A'A/(4m), Euclidean norm"),
        "D": Certified(np.full(B, 2 * radius), Unit(0, 1), Side.EXACT, "twice the radius, in ℓ₁ and in ℓ₂"),
        "C_f": Certified(np.full(B, one * (2 * radius) ** 2), Unit(1, 0), Side.UPPER, "L D² in ℓ₁, L = max (A'A)_ii/(4m)"),
        "f_gap": Certified(np.full(B, low.half), Unit(1, 0), Side.EXACT, "half the duality gap at a computed point"),
    }
    return Logistic(A, 0.0, x0, np.full(B, low.middle), constants, L1Ball(radius))
