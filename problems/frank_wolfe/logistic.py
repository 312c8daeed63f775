"""Logistic regression over an ℓ₁ ball, real and synthetic data; f* certified by a duality gap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.frank_wolfe.oracles import L1Ball
from problems.frank_wolfe.reference import Bracket, certified_minimum, onto_l1_ball
from problems.frank_wolfe.self_concordant import GSC, concordance
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Logistic:
    """f(x) = (1/m) Σ log(1 + exp(−y_i a_i'x)) over {‖x‖₁ ≤ r}: generalized self-concordant with ν = 2, M = max ‖a_i‖₂."""

    A: Array  # (B, m, n) or (1, m, n), rows y_i a_i
    x0: Array  # (B, n), vertices
    f_star: Array  # (B,), the middle of the interval that holds f*
    constants: Mapping[str, Certified]
    over: L1Ball
    nu: float = 2.0
    traits: frozenset[Trait] = GSC | {Trait.SMOOTH, Trait.COMPACT, Trait.POLYTOPE}

    def _margins(self, x: Array) -> Array:  # (B, n) -> (B, m)
        xp = array_namespace(x)
        return xp.squeeze(xp.matmul(self.A, x[:, :, None]), axis=-1)

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        xp = array_namespace(x)
        z = self._margins(x)
        return xp.mean(xp.logaddexp(xp.zeros_like(z), -z), axis=-1)

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        xp = array_namespace(x)
        weight = -1 / (1 + xp.exp(self._margins(x)))
        return xp.squeeze(xp.matmul(weight[:, None, :], self.A), axis=-2) / self.A.shape[1]

    def local(self, x: Array, v: Array, /) -> Array:  # (B, n), (B, n) -> (B,), v'∇²f(x)v
        xp = array_namespace(x)
        t = xp.tanh(self._margins(x) / 2)
        return xp.mean((1 - t * t) / 4 * self._margins(v) ** 2, axis=-1)

    def inside(self, x: Array, /) -> Array:  # (B, n) -> (B,) booleans: everywhere
        return x[:, 0] == x[:, 0]

    def lmo(self, g: Array, /) -> Array:  # (B, n) -> (B, n)
        return self.over.vertex(g)


def certified(A: Array, ball: L1Ball) -> Bracket:
    """f* of one data set, (m, n)."""
    one = Logistic(A[None, :, :], np.zeros((1, A.shape[1])), np.zeros(1), {}, ball)
    return certified_minimum(
        lambda x: float(one.value(x[None, :])[0]),
        lambda x: one.grad(x[None, :])[0],
        onto_l1_ball(ball.radius),
        lambda g: ball.vertex(g[None, :])[0],
        np.zeros(A.shape[1]),
        float(np.linalg.norm(A, 2) ** 2 / (4 * len(A))),
        5000,
    )


def _constants(A: Array, radius: float, low: list[Bracket], h0: Array) -> Mapping[str, Certified]:
    """A: (B, m, n)."""
    m = A.shape[1]
    L = np.linalg.norm(A, ord=2, axis=(1, 2)) ** 2 / (4 * m)
    diagonal = np.max(np.sum(A * A, axis=1), axis=1) / (4 * m)  # the Hessian is at most A'A/(4m), whose largest entry is on it
    B = len(L)
    half = np.array([b.half for b in low])
    return {
        "L": Certified(L, Unit(1, -2), Side.UPPER, "largest eigenvalue of A'A/(4m), Euclidean norm"),
        "D": Certified(np.full(B, 2 * radius), Unit(0, 1), Side.EXACT, "twice the radius, in ℓ₁ and in ℓ₂"),
        "C_f": Certified(diagonal * (2 * radius) ** 2, Unit(1, 0), Side.UPPER, "L D² in ℓ₁, L = max (A'A)_ii/(4m)"),
        "M": concordance(np.max(np.linalg.norm(A, axis=2), axis=1), 2.0, B, "max ‖a_i‖₂"),
        "h_0": Certified(h0 + half, Unit(1, 0), Side.UPPER, "f(x0) minus a lower bound of f*"),
        "f_gap": Certified(half, Unit(1, 0), Side.EXACT, "half the duality gap at a computed point"),
    }


@lru_cache
def _breast_cancer() -> Array:
    """Rows y_i a_i of the Wisconsin data, features standardised: (569, 30)."""
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    A = (data.data - data.data.mean(axis=0)) / data.data.std(axis=0)
    return A * (2.0 * data.target - 1)[:, None]


@lru_cache
def _minimum(radius: float) -> Bracket:
    return certified(_breast_cancer(), L1Ball(radius))


def breast_cancer(seeds: range, radius: Annotated[float, (0.5, 8.0)] = 4.0) -> Logistic:
    """569 patients, 30 features, every row from its own vertex of the ball."""
    A, B = _breast_cancer(), len(seeds)
    n = A.shape[1]
    low = _minimum(radius)
    x0 = np.stack([radius * np.random.default_rng([seed, 2]).choice([-1.0, 1.0]) * np.eye(n)[seed % n] for seed in seeds])
    h0 = np.mean(np.logaddexp(0, -x0 @ A.T), axis=1) - low.middle
    one = _constants(A[None, :, :], radius, [low], np.zeros(1))
    constants = {name: replace(c, value=np.broadcast_to(c.value, (B,)) + 0.0) for name, c in one.items()}
    constants["h_0"] = replace(constants["h_0"], value=h0 + low.half)
    return Logistic(A[None, :, :], x0, np.full(B, low.middle), constants, L1Ball(radius))


def synthetic(
    seeds: range, n: Annotated[int, (2, 20)] = 6, m: Annotated[int, (2, 40)] = 20, radius: Annotated[float, (0.01, 5.0)] = 0.5
) -> Logistic:
    """Normal features, random labels: every row its own data."""
    A = np.stack([np.random.default_rng([seed, 8]).standard_normal((m, n)) for seed in seeds])
    low = [certified(a, L1Ball(radius)) for a in A]
    x0 = np.stack([radius * np.eye(n)[seed % n] for seed in seeds])
    f_star = np.array([b.middle for b in low])
    h0 = np.mean(np.logaddexp(0, -np.einsum("bmn,bn->bm", A, x0)), axis=1) - f_star
    return Logistic(A, x0, f_star, _constants(A, radius, low, h0), L1Ball(radius))
