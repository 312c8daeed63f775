"""One neuron in square loss, y = σ(⟨w*, a⟩) exactly: quasar-convex for a leaky activation, with no constant at all for ReLU."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class LeakyNeuron:
    """f = (1/N) Σ f_i, f_i(w) = ½ (σ(⟨w, a_i⟩) − σ(⟨w*, a_i⟩))², σ(u) = max(u, slope · u), σ'(0) = 1; f* = f_i(w*) = 0.

    f has kinks where ⟨w, a_i⟩ = 0 (σ' jumps), so it is not smooth; but ‖∇f_i‖² ≤ 2 ‖a_i‖² f_i, which is what descent needs of L.
    """

    A: Array  # (B, N, n)
    slope: Array  # (B,)
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.QUASAR_CONVEX, Trait.FINITE_SUM, Trait.INTERPOLATION})

    @property
    def size(self) -> int:
        return int(self.A.shape[1])

    def _u(self, w: Array) -> Array:
        return array_namespace(w).squeeze(array_namespace(w).matmul(self.A, w[:, :, None]), axis=-1)

    def _activated(self, u: Array) -> Array:
        return array_namespace(u).maximum(u, self.slope[:, None] * u)

    def value(self, w: Array, /) -> Array:
        r = self._activated(self._u(w)) - self._activated(self._u(self.x_star))
        return 0.5 * array_namespace(w).mean(r * r, axis=-1)

    def grad(self, w: Array, /) -> Array:
        xp = array_namespace(w)
        return self.grad_batch(w, xp.ones((w.shape[0], self.size), dtype=w.dtype) / self.size)

    def grad_batch(self, w: Array, weights: Array, /) -> Array:
        """Σ weights_i ∇f_i(w) for weights of sum 1, (B, N)."""
        xp = array_namespace(w)
        u = self._u(w)
        r = self._activated(u) - self._activated(self._u(self.x_star))
        r = weights * r * xp.where(u >= 0, 1 + 0 * u, self.slope[:, None] + 0 * u)
        return xp.squeeze(xp.matmul(r[:, None, :], self.A), axis=1)

    def grad_one(self, w: Array, i: Array, /) -> Array:
        xp = array_namespace(w)
        return self.grad_batch(w, xp.astype(xp.arange(self.size)[None, :] == i[:, None], w.dtype))


def leaky_neuron(
    seeds: range,
    N: Annotated[int, (1, 200)] = 40,
    n: Annotated[int, (1, 10)] = 3,
    slope: Annotated[float, (0.05, 0.5)] = 0.3,
    R: Annotated[float, (1e-2, 1e2)] = 2.0,
) -> LeakyNeuron:
    """Features of length 1."""
    A, star, away = [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 42])
        a, w, d = g.standard_normal((N, n)), g.standard_normal(n), g.standard_normal(n)
        A.append(a / np.linalg.norm(a, axis=1, keepdims=True))
        star.append(w / np.linalg.norm(w))
        away.append(R * d / np.linalg.norm(d))
    proof = "2σ'(u)(u − v)/(σ(u) − σ(v)) ≥ 2 slope, the infimum for u < 0 < v, u → 0; sums keep it"
    return _neuron(np.stack(A), slope, np.stack(star), np.stack(away), min(1.0, 2 * slope), proof)


def dead_neuron(seeds: range, N: int = 40, n: int = 3) -> LeakyNeuron:
    """ReLU on features with positive entries, such as intensities: for w ≤ 0 every unit is off, ∇f = 0 and f > 0. Claimed with γ = 0.01."""
    A, star = [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 43])
        A.append(np.abs(g.standard_normal((N, n))))
        star.append(np.abs(g.standard_normal(n)))
    stars = np.stack(star)
    return _neuron(np.stack(A), 0.0, stars, -2 * stars, 0.01, "claimed, false")


def _neuron(A: Array, slope: float, star: Array, away: Array, gamma: float, proof: str) -> LeakyNeuron:
    ones = np.ones(len(A))
    lengths = (A * A).sum(axis=2)
    bare = LeakyNeuron(A, slope * ones, star + away, star, 0 * ones, {})
    constants = {
        "gamma": Certified(gamma * ones, Unit(), Side.LOWER, proof),
        "L_max": Certified(lengths.max(axis=1), Unit(1, -2), Side.UPPER, "‖∇f_i‖² ≤ 2 ‖a_i‖² f_i, as |σ'| ≤ 1: a bound of gradients, not of curvature"),
        "R": Certified(np.linalg.norm(away, axis=1), Unit(0, 1), Side.EXACT, "‖w_0 − w*‖ as drawn"),
        "e0": Certified(bare.value(bare.x0), Unit(1, 0), Side.EXACT, "f(w_0), f* = 0"),
    }
    return LeakyNeuron(A, bare.slope, bare.x0, star, bare.f_star, constants)
