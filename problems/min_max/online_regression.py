"""Chen, Orabona 2023: online regression with losses ℓ(⟨a_t, x⟩ − b_t) whose conjugates and implicit updates are closed forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class OnlineRegression:
    """l_t(x) = ½(⟨a_t, x⟩ − b_t)² (square = True) or |⟨a_t, x⟩ − b_t|; every z in the domain of l_t* used here is s a_t."""

    a: Array  # (B, T, d)
    b: Array  # (B, T)
    u: Array  # (B, d), a comparator
    square: bool
    x0: Array  # (B, d), zero
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX})

    def margin(self, x: Array, k: int, /) -> Array:
        return array_namespace(x).sum(self.a[:, k, :] * x, axis=-1) - self.b[:, k]

    def value(self, x: Array, k: int, /) -> Array:
        m = self.margin(x, k)
        return 0.5 * m * m if self.square else array_namespace(m).abs(m)

    def slope(self, x: Array, k: int, /) -> Array:
        """s with s a_t a sub-gradient of l_t at x."""
        m = self.margin(x, k)
        return m if self.square else array_namespace(m).sign(m)

    def conjugate(self, s: Array, k: int, /) -> Array:
        """l_t*(s a_t); for the absolute loss |s| ≤ 1 is needed."""
        return s * self.b[:, k] + (0.5 * s * s if self.square else 0.0)

    def implicit(self, theta: Array, lam: Array, k: int, /) -> Array:
        """argmin over s of |θ − s a_t|²/(2λ) + l_t*(s a_t)."""
        xp = array_namespace(theta)
        a = self.a[:, k, :]
        curvature = xp.sum(a * a, axis=-1) / lam
        rest = xp.sum(a * theta, axis=-1) / lam - self.b[:, k]
        return rest / (1 + curvature) if self.square else xp.clip(rest / curvature, -1.0, 1.0)


def _stream(a: list[Array], b: list[Array], u: list[Array], square: bool) -> OnlineRegression:
    B, d = len(a), a[0].shape[1]
    bound = np.array([np.abs(row).max() for row in b])
    constants = {"b": Certified(bound, Unit(), Side.EXACT, "largest |b_t|")}
    return OnlineRegression(np.stack(a), np.stack(b), np.stack(u), square, np.zeros((B, d)), constants)


def planted(
    seeds: range, horizon: int = 300, d: Annotated[int, (1, 12)] = 5, noise: Annotated[float, (0.0, 2.0)] = 0.5, square: bool = True
) -> OnlineRegression:
    """Independent normal a_t of length about 2, b_t = ⟨a_t, u⟩ + noise."""
    a, b, us = [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 11])
        u, row = g.standard_normal(d), 2 * g.standard_normal((horizon, d)) / np.sqrt(d)
        a.append(row)
        b.append(row @ u + noise * g.standard_normal(horizon))
        us.append(u)
    return _stream(a, b, us, square)


def slow(seeds: range, horizon: int = 300, drift: Annotated[float, (0.0, 0.3)] = 0.02, square: bool = True) -> OnlineRegression:
    """a_t turns by `drift` a round in the plane, b_t = ⟨a_t, u⟩: little temporal variation, and u has no loss."""
    a, b, us = [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 12])
        u, angle = g.standard_normal(2), g.uniform(0, 6.28) + drift * np.arange(horizon)
        row = 1.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        a.append(row)
        b.append(row @ u)
        us.append(u)
    return _stream(a, b, us, square)
