"""Linearly separable data z_i = y_i a_i with a known margin: logistic regression and the perceptrons run on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace
from scipy.optimize import nnls

from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.FINITE_SUM})


@dataclass(frozen=True, eq=False)
class Separable:
    """f(θ) = (1/n) Σ log(1 + exp(−⟨z_i, θ⟩)), inf f = 0. μ = max over ‖θ‖ = 1 of min_i ⟨z_i, θ⟩ > 0, R = max ‖z_i‖."""

    Z: Array  # (B, n, d), rows z_i
    x0: Array  # (B, d), zero
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def margins(self, x: Array, /) -> Array:
        """⟨z_i, x⟩, (B, d) -> (B, n)."""
        return array_namespace(x).squeeze(array_namespace(x).matmul(self.Z, x[:, :, None]), axis=-1)

    def combined(self, w: Array, /) -> Array:
        """Σ w_i z_i, (B, n) -> (B, d)."""
        return array_namespace(w).squeeze(array_namespace(w).matmul(w[:, None, :], self.Z), axis=1)

    def doubts(self, x: Array, /) -> Array:
        """1/(1 + exp⟨z_i, x⟩), (B, d) -> (B, n); it underflows to 0 and never overflows."""
        xp = array_namespace(x)
        m = self.margins(x)
        small = xp.exp(-xp.abs(m))
        return xp.where(m > 0, small, 1 + 0 * m) / (1 + small)

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        m = self.margins(x)
        return xp.mean(xp.where(m < 0, -m, 0 * m) + xp.log1p(xp.exp(-xp.abs(m))), axis=-1)

    def grad(self, x: Array, /) -> Array:
        return -self.combined(self.doubts(x)) / self.Z.shape[1]


def _posed(Z: np.ndarray, mu: np.ndarray, side: Side, proof: str) -> Separable:
    B, n, d = Z.shape
    data = Unit(0, -1)  # θ has unit (0, 1) and ⟨z, θ⟩ none
    constants = {
        "R": Certified(np.sqrt((Z * Z).sum(axis=2)).max(axis=1), data, Side.EXACT, "the longest z_i"),
        "mu": Certified(mu, data, side, proof),
        "n": Certified(np.full(B, float(n)), Unit(), Side.EXACT, "number of examples"),
    }
    return Separable(Z, np.zeros((B, d)), constants)


def orthogonal(seeds: range, n: Annotated[int, (1, 40)] = 12, R: Annotated[float, (1e-3, 1e3)] = 1.0) -> Separable:
    """n examples of length R along the axes, with random signs and order: μ = R/√n, reached by their sum."""
    frames = []
    for seed in seeds:
        g = np.random.default_rng([seed, 71])
        frames.append(np.diag(g.choice([-1.0, 1.0], n))[g.permutation(n)])
    mu = np.full(len(seeds), R / n**0.5)
    return _posed(R * np.stack(frames), mu, Side.EXACT, "min_i ⟨z_i, θ⟩ ≤ R Σ⟨u_i, θ⟩/n ≤ R/√n on the unit sphere, met at Σ u_i/√n")


def opposed(
    seeds: range,
    copies: Annotated[int, (1, 40)] = 5,
    margin: Annotated[float, (0.02, 2.0)] = 0.7,
    height: Annotated[float, (0.02, 1.0)] = 1.0,
) -> Separable:
    """(margin, height) `copies` times and (margin, −1) once: μ = margin."""
    Z = np.array([[margin, height]] * copies + [[margin, -1.0]])
    mu = np.full(len(seeds), float(margin))
    return _posed(
        np.stack([Z] * len(seeds)), mu, Side.EXACT, "the two points lie on both sides of (margin, 0), the nearest point of their hull"
    )


def crowd(seeds: range, n: Annotated[int, (20, 2000)] = 100) -> Separable:
    """(½, −1) once and (½, 1) n − 1 times: R²/μ² = 5 whatever n."""
    Z = np.array([[0.5, -1.0]] + [[0.5, 1.0]] * (n - 1))
    return _posed(np.stack([Z] * len(seeds)), np.full(len(seeds), 0.5), Side.EXACT, "(½, 0) is the point of the hull nearest to 0")


def unreliable(seeds: range, gamma: Annotated[float, (4.0, 800.0)] = 10.0) -> Separable:
    """(1, −1) and (1, 4), and a step γ for gradient descent on them; lengths are numbers here."""
    Z = np.array([[1.0, -1.0], [1.0, 4.0]])
    plain = _posed(np.stack([Z] * len(seeds)), np.full(len(seeds), 1.0), Side.EXACT, "(1, 0) is the point of the hull nearest to 0")
    step = Certified(np.full(len(seeds), float(gamma)), Unit(), Side.EXACT, "as drawn")
    return replace(plain, constants={**plain.constants, "gamma": step})


def separable(
    seeds: range,
    n: Annotated[int, (1, 40)] = 15,
    d: Annotated[int, (1, 10)] = 3,
    margin: Annotated[float, (0.02, 2.0)] = 0.1,
    scale: Annotated[float, (1e-2, 1e2)] = 1.0,
) -> Separable:
    """Gaussian examples, turned to one side of a random hyperplane and moved away from it."""
    rows, margins = [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 72])
        u = g.standard_normal(d)
        u /= np.linalg.norm(u)
        a = g.standard_normal((n, d))
        side = a @ u
        z = scale * (a * np.sign(side)[:, None] + margin * u)
        weights = nnls(np.vstack([z.T / scale, np.ones(n)]), np.append(np.zeros(d), 1.0))[0]
        w = weights @ z
        certain = max(float((z @ w).min() / np.linalg.norm(w)), float((z @ u).min())) if weights.any() else float((z @ u).min())
        rows.append(z)
        margins.append(certain * (1 - 1e-12))
    return _posed(np.stack(rows), np.array(margins), Side.LOWER, "min_i ⟨z_i, θ⟩ at one unit vector θ")
