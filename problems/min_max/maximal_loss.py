"""Carmon, Jambulapati, Jin, Sidford 2021; Wang, Zhang, Li 2024: the maximum of N Lipschitz functions and its softmax."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

VALUE, LENGTH, SLOPE = Unit(1, 0), Unit(0, 1), Unit(1, -1)


@dataclass(frozen=True, eq=False)
class MaximalLoss:
    """f_i(x) = ⟨a_i, x − x*⟩ + b_i, i < N, and F_s = ε' ln Σ exp(f_i/ε').

    F_s has its minimum 0 at x* where Σ e^{b_i/ε'} = 1 and Σ e^{b_i/ε'} a_i = 0.
    """

    a: Array  # (B, N, d), rows of norm at most L
    b: Array  # (B, N)
    x_star: Array  # (B, d)
    x0: Array  # (B, d)
    smoothing: Array  # (B,), ε'
    radius: Array  # (B,), ε'/L
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.LIPSCHITZ})

    def values(self, x: Array, /) -> Array:
        """(B, d) -> (B, N): every f_i(x)."""
        xp = array_namespace(x)
        return xp.squeeze(xp.matmul(self.a, (x - self.x_star)[:, :, None]), axis=-1) + self.b

    def one(self, x: Array, i: Array, /) -> tuple[Array, Array]:
        """(B, d), (B,) -> f_i(x) (B,), ∇f_i (B, d)."""
        xp = array_namespace(x)
        row = xp.take_along_axis(self.a, xp.broadcast_to(i[:, None, None], (x.shape[0], 1, x.shape[1])), axis=1)[:, 0, :]
        return xp.sum(row * (x - self.x_star), axis=-1) + xp.take_along_axis(self.b, i[:, None], axis=1)[:, 0], row

    def softmax(self, x: Array, /) -> Array:
        """F_s(x)."""
        xp = array_namespace(x)
        w = self.values(x) / self.smoothing[:, None]
        top = xp.max(w, axis=-1)
        return self.smoothing * (top + xp.log(xp.sum(xp.exp(w - top[:, None]), axis=-1)))


@dataclass(frozen=True, eq=False)
class CountedLoss(MaximalLoss):
    """Counts the functions that are looked at: N for `values`, one for `one`."""

    tally: Counter[str] | None = None

    def values(self, x: Array, /) -> Array:
        self._count(self.a.shape[1])
        return MaximalLoss.values(self, x)

    def one(self, x: Array, i: Array, /) -> tuple[Array, Array]:
        self._count(1)
        return MaximalLoss.one(self, x, i)

    def _count(self, n: int) -> None:
        if self.tally is not None:
            self.tally["functions"] += n


def counted(p: MaximalLoss, tally: Counter[str]) -> MaximalLoss:
    return CountedLoss(p.a, p.b, p.x_star, p.x0, p.smoothing, p.radius, p.constants, p.traits, tally)


def _loss(a: Array, b: Array, x_star: Array, x0: Array, smoothing: float) -> MaximalLoss:
    B, N, _ = a.shape
    L = np.linalg.norm(a, axis=2).max(axis=1)
    small = np.full(B, smoothing)
    constants = {
        "N": Certified(float(N), Unit(), Side.EXACT, "number of functions"),
        "L": Certified(L, SLOPE, Side.EXACT, "largest |a_i|"),
        "soft": Certified(small, VALUE, Side.EXACT, "chosen: ε' = ε/(2 ln N)"),
        "R0": Certified(np.linalg.norm(x0 - x_star, axis=1), LENGTH, Side.EXACT, "|x_0 − x*|"),
    }
    p = MaximalLoss(a, b, x_star, x0, small, smoothing / L, constants)
    start = Certified(p.softmax(x0), VALUE, Side.EXACT, "F_s(x_0) − F_s(x*), the latter is 0")
    return replace(p, constants={**constants, "gap0": start})


def planted(
    seeds: range, N: Annotated[int, (2, 200)] = 50, d: Annotated[int, (1, 20)] = 5, smoothing: Annotated[float, (0.01, 1.0)] = 0.1
) -> MaximalLoss:
    """Random slopes of norm at most 1, centred under random softmax weights."""
    parts = []
    for seed in seeds:
        g = np.random.default_rng([seed, 10])
        weights = g.dirichlet(np.ones(N)) * 0.9 + 0.1 / N
        a = g.standard_normal((N, d))
        a -= weights @ a
        a /= np.linalg.norm(a, axis=1).max()
        x = g.standard_normal(d)
        u = g.standard_normal(d)
        parts.append((a, smoothing * np.log(weights), x, x + u / np.linalg.norm(u)))
    a, b, x, x0 = (np.stack(p) for p in zip(*parts, strict=True))
    return _loss(a, b, x, x0, smoothing)


def opposite(seeds: range, smoothing: float = 0.1) -> MaximalLoss:
    """f = ±x in one dimension, centred 30 ε' away from the kink: the stability of the weights is met with equality."""
    B = len(seeds)
    a = np.tile([[[1.0], [-1.0]]], (B, 1, 1))
    return _loss(a, np.full((B, 2), -smoothing * np.log(2)), np.zeros((B, 1)), np.full((B, 1), -30 * smoothing), smoothing)


def identical(seeds: range, N: Annotated[int, (2, 1000)] = 50, smoothing: float = 0.1) -> MaximalLoss:
    """N times the same function: the softmax is largest."""
    B = len(seeds)
    a = np.zeros((B, N, 1))
    a[:, :, 0] = 1.0
    return _loss(a, np.zeros((B, N)), np.zeros((B, 1)), np.ones((B, 1)), smoothing)


@dataclass(frozen=True, eq=False)
class Coordinates:
    """f(x) = max_i x_i over the unit ball of ℝ^N, f* = −1/√N. The oracle resists: among ties it shows the last untouched index."""

    x0: Array  # (B, N)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.LIPSCHITZ, Trait.COMPACT})

    def value(self, x: Array, /) -> Array:
        return array_namespace(x).max(x, axis=-1)

    def grad(self, x: Array, /) -> Array:
        """e_i with i the first index of the largest entry."""
        xp = array_namespace(x)
        return xp.astype(xp.arange(x.shape[-1])[None, :] == xp.argmax(x, axis=-1)[:, None], x.dtype)

    def mean_grad(self, x: Array, /) -> Array:
        """The mean of all e_i that attain the maximum: a sub-gradient as well, of an oracle that does not resist."""
        xp = array_namespace(x)
        ties = xp.astype(x >= self.value(x)[:, None], x.dtype)
        return ties / xp.sum(ties, axis=-1, keepdims=True)

    def project(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        norm = xp.sqrt(xp.sum(x * x, axis=-1, keepdims=True))
        return x / xp.maximum(norm, xp.ones_like(norm))


def coordinates(seeds: range, N: Annotated[int, (2, 300)] = 64) -> Coordinates:
    constants = {"N": Certified(float(N), Unit(), Side.EXACT, "number of functions")}
    return Coordinates(np.zeros((len(seeds), N)), constants)
