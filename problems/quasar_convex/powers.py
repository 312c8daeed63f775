"""Powers of 1 + t²: γ-quasar-convex with γ = p exactly, in any dimension and with any condition number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.QUASAR_CONVEX, Trait.SMOOTH})


@dataclass(frozen=True, eq=False)
class SeparablePowers:
    """f(x) = Σ_i F_p(u_i), u = W (x − x*), F_p(t) = (1 + t²)^{p/2} − 1, 0 < p ≤ 1; f* = 0.

    t F_p'(t)/F_p(t) falls from 2 at 0 to p at infinity, so the infimum of ⟨∇f, x − x*⟩/f is p.
    """

    W: Array  # (B, m, n)
    p: Array  # (B,)
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def _u(self, x: Array) -> Array:
        xp = array_namespace(x)
        return xp.squeeze(xp.matmul(self.W, (x - self.x_star)[:, :, None]), axis=-1)

    def _back(self, u: Array) -> Array:
        xp = array_namespace(u)
        return xp.squeeze(xp.matmul(xp.matrix_transpose(self.W), u[:, :, None]), axis=-1)

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        u = self._u(x)
        return xp.sum(xp.expm1(0.5 * self.p[:, None] * xp.log1p(u * u)), axis=-1)

    def grad(self, x: Array, /) -> Array:
        u = self._u(x)
        return self._back(self.p[:, None] * u * (1 + u * u) ** (0.5 * self.p[:, None] - 1))


@dataclass(frozen=True, eq=False)
class RadialPower(SeparablePowers):
    """f(x) = F_p(‖u‖), u = W (x − x*)."""

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        u = self._u(x)
        return xp.expm1(0.5 * self.p * xp.log1p(xp.sum(u * u, axis=-1)))

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        u = self._u(x)
        weight = self.p * (1 + xp.sum(u * u, axis=-1)) ** (0.5 * self.p - 1)
        return self._back(weight[:, None] * u)


def on_ball(p: Array, D: Array) -> Array:
    """inf of t F_p'/F_p over 0 < t ≤ D, attained at D."""
    return p * D**2 * (1 + D**2) ** (p / 2 - 1) / np.expm1(p / 2 * np.log1p(D**2))


def separable_powers(
    seeds: range,
    n: Annotated[int, (1, 30)] = 10,
    p: Annotated[float, (0.05, 1.0)] = 0.3,
    kappa: Annotated[float, (1.0, 1e6)] = 1e3,
    R: Annotated[float, (1e-2, 1e4)] = 10.0,
) -> SeparablePowers:
    """W = Λ^{1/2} Q with the λ_i from 1/kappa to 1 and Q orthogonal; the start at distance R."""
    return SeparablePowers(*_parts(seeds, n, p, kappa, R, spread=True))


def radial_power(
    seeds: range,
    n: Annotated[int, (1, 30)] = 5,
    p: Annotated[float, (0.05, 1.0)] = 0.3,
    R: Annotated[float, (1e-2, 1e100)] = 10.0,
) -> RadialPower:
    """F_p(‖x − x*‖), the start at distance R."""
    return RadialPower(*_parts(seeds, n, p, 1.0, R, spread=False))


def _parts(
    seeds: range, n: int, p: float, kappa: float, R: float, spread: bool
) -> tuple[Array, Array, Array, Array, Array, Mapping[str, Certified]]:
    B = len(seeds)
    W, x_star, away = np.empty((B, n, n)), np.empty((B, n)), np.empty((B, n))
    scale = np.sqrt(np.geomspace(1.0, 1 / kappa, n))
    for b, seed in enumerate(seeds):
        g = np.random.default_rng([seed, 24])
        W[b] = scale[:, None] * np.linalg.qr(g.standard_normal((n, n)))[0].T
        x_star[b], away[b] = g.standard_normal((2, n))
    away *= R / np.linalg.norm(away, axis=1, keepdims=True)
    if R > 1e6:
        x_star = 0 * x_star  # a shift would be lost in rounding
    u0 = np.squeeze(W @ away[:, :, None], axis=-1)
    values = np.expm1(0.5 * p * np.log1p(u0**2)).sum(axis=1) if spread else np.expm1(0.5 * p * np.log1p((u0**2).sum(axis=1)))
    slope = p * (1 - p) ** ((p - 1) / 2) * (2 - p) ** (p / 2 - 1) if p < 1 else 1.0
    exact, ones = Side.EXACT, np.ones(B)
    total = float((scale**2).sum()) if spread else 1.0
    constants = {
        "gamma": Certified(p * ones, Unit(), exact, "t F_p'/F_p decreases from 2 to p; sums keep the worst (mediant inequality)"),
        "L": Certified(p * ones, Unit(1, -2), exact, "|F_p''| ≤ F_p''(0) = p, largest λ_i = 1"),
        "G": Certified(slope * np.sqrt(total) * ones, Unit(1, -1), Side.UPPER, "max |F_p'| at t² = 1/(1 − p); ‖∇f‖² ≤ max² Σ λ_i"),
        "R": Certified(float(R) * ones, Unit(0, 1), exact, "‖x_0 − x*‖ as drawn"),
        "e0": Certified(values, Unit(1, 0), exact, "f(x_0), f* = 0"),
    }
    return W, p * ones, x_star + away, x_star, 0 * ones, constants
