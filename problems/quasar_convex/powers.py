"""Powers of 1 + t²: γ-quasar-convex with γ = p exactly, in any dimension and with any condition number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, TypeVar

import numpy as np
from array_api_compat import array_namespace

from problems.quasar_convex.noise import noise_constants
from ratecheck import Array, Certified, Side, Trait, Unit

Q = TypeVar("Q", bound="SeparablePowers")
TRAITS = frozenset({Trait.QUASAR_CONVEX, Trait.SMOOTH})


@dataclass(frozen=True, eq=False)
class SeparablePowers:
    """f(x) = Σ_i c_i F_{p_i}(u_i), u = W (x − x*), F_p(t) = (1 + t²)^{p/2} − 1, 0 < p ≤ 1, c_i > 0; f* = 0.

    t F_p'(t)/F_p(t) falls from 2 at 0 to p at infinity, so the infimum of ⟨∇f, x − x*⟩/f is min p_i.
    """

    W: Array  # (B, m, n)
    p: Array  # (B, m)
    c: Array  # (B, m)
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
        return xp.sum(self.c * xp.expm1(0.5 * self.p * xp.log1p(u * u)), axis=-1)

    def grad(self, x: Array, /) -> Array:
        u = self._u(x)
        return self._back(self.c * self.p * u * (1 + u * u) ** (0.5 * self.p - 1))


@dataclass(frozen=True, eq=False)
class RadialPower(SeparablePowers):
    """f(x) = F_p(‖u‖), u = W (x − x*); the entries of p are equal."""

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        u = self._u(x)
        return xp.expm1(0.5 * self.p[:, 0] * xp.log1p(xp.sum(u * u, axis=-1)))

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        u = self._u(x)
        weight = (1 + xp.sum(u * u, axis=-1)) ** (0.5 * self.p[:, 0] - 1)
        return self._back(weight[:, None] * self.p * u)


def on_ball(p: float, D: float) -> float:
    """inf of t F_p'/F_p over 0 < t ≤ D, attained at D."""
    s = 1 + D * D
    return float(p * (s - 1) * s ** (p / 2 - 1) / np.expm1(p / 2 * np.log(s))) if s > 1 else 2.0


def with_start_gap(p: Q, f_star: float = 0.0) -> Q:
    """The problem with the constant e0 = f(x_0) − f*."""
    e0 = Certified(p.value(p.x0) - f_star, Unit(1, 0), Side.EXACT, "f(x_0) − f*, f* known")
    return replace(p, constants={**p.constants, "e0": e0})


def separable_powers(
    seeds: range,
    n: Annotated[int, (1, 30)] = 10,
    p: Annotated[float, (0.05, 1.0)] = 0.3,
    kappa: Annotated[float, (1.0, 1e6)] = 1e3,
    R: Annotated[float, (1e-2, 1e4)] = 10.0,
    eps: Annotated[float, (1e-6, 1.0)] = 1e-3,
    sigma: Annotated[float, (0.0, 10.0)] = 0.0,
    xi: Annotated[float, (1.0, 20.0)] = 1.0,
) -> SeparablePowers:
    """W = Λ^{1/2} Q with the λ_i from 1/kappa to 1 and Q orthogonal; the start at distance R; eps is the accuracy asked for."""
    p_ = with_start_gap(SeparablePowers(*_rotated(seeds, n, kappa, R, np.full(n, p), np.ones(n))))
    wanted = Certified(np.full(len(seeds), float(eps)), Unit(1, 0), Side.EXACT, "the accuracy asked for")
    return replace(p_, constants={**p_.constants, "eps": wanted, **noise_constants(sigma, xi, p_.constants["L"].value)})


def mixed_powers(
    seeds: range,
    n: Annotated[int, (1, 30)] = 6,
    p: Annotated[float, (0.05, 1.0)] = 0.2,
    kappa: Annotated[float, (1.0, 1e6)] = 10.0,
    R: Annotated[float, (1e-2, 1e100)] = 10.0,
) -> SeparablePowers:
    """A sum of powers from p to 1 with weights from 1 to n about one minimiser; the worst power under the lightest weight."""
    return with_start_gap(SeparablePowers(*_rotated(seeds, n, kappa, R, np.linspace(p, 1.0, n), np.arange(1.0, n + 1))))


def along_the_worst(seeds: range, R: float = 1.0, n: Annotated[int, (1, 30)] = 6) -> SeparablePowers:
    """`mixed_powers` from a start at which only the smallest power is felt."""
    p = mixed_powers(seeds, n=n, R=R)
    w = p.W[:, 0, :]
    return with_start_gap(replace(p, x0=p.x_star + R * w / np.linalg.norm(w, axis=1, keepdims=True)))


def radial_power(
    seeds: range,
    n: Annotated[int, (1, 30)] = 5,
    p: Annotated[float, (0.05, 1.0)] = 0.3,
    kappa: Annotated[float, (1.0, 1e6)] = 1.0,
    R: Annotated[float, (1e-2, 1e100)] = 10.0,
) -> RadialPower:
    """F_p(‖W (x − x*)‖), the singular values of W from 1/√kappa to 1, the start at distance R."""
    parts = _rotated(seeds, n, kappa, R, np.full(n, p), np.ones(n))
    proof = "the ratio falls with t: its infimum over ‖W (x − x*)‖ ≤ R is at R"
    ball = {"gamma_R": Certified(np.full(len(seeds), on_ball(p, R)), Unit(), Side.EXACT, proof)}
    return with_start_gap(RadialPower(*parts[:-1], {**parts[-1], **ball}))


def _rotated(
    seeds: range, n: int, kappa: float, R: float, p: Array, c: Array
) -> tuple[Array, Array, Array, Array, Array, Array, Mapping[str, Certified]]:
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
    return W, np.tile(p, (B, 1)), np.tile(c, (B, 1)), x_star + away, x_star, np.zeros(B), power_constants(scale, p, c, R, B)


def power_constants(scale: Array, p: Array, c: Array, R: float, B: int) -> Mapping[str, Certified]:
    """For a separable sum with W W' = diag(scale²); a radial one has the same γ and L, and a smaller G."""
    steep = np.where(p < 1, p * (2 - p) ** (p / 2 - 1) / np.sqrt(np.maximum(1 - p, 1e-300)) ** (p - 1), 1.0)
    exact, ones = Side.EXACT, np.ones(B)
    return {
        "gamma": Certified(p.min() * ones, Unit(), exact, "t F_p'/F_p decreases from 2 to p; sums keep the worst (mediant inequality)"),
        "L": Certified((c * p * scale**2).max() * ones, Unit(1, -2), exact, "|F_p''| ≤ F_p''(0) = p, and W W' is diagonal"),
        "G": Certified(
            np.sqrt((c**2 * steep**2 * scale**2).sum()) * ones, Unit(1, -1), Side.UPPER,
            "|F_p'| is largest at t² = 1/(1 − p); ‖∇f‖² = Σ c_i² λ_i F'(u_i)²",
        ),
        "R": Certified(float(R) * ones, Unit(0, 1), exact, "‖x_0 − x*‖ as drawn"),
    }


def sixth_root(
    seeds: range, R: Annotated[float, (1e-2, 1e60)] = 5.0, spread: float = 0.0
) -> RadialPower:
    """(x² + 1/8)^{1/6} − 8^{-1/6} = 8^{-1/6} F_{1/3}(√8 x) on the line; the rows start at distances D within R (1 ± spread)."""
    B = len(seeds)
    D = R * (1 + spread * np.array([(-1) ** seed * (seed % 8 // 2 + 1) for seed in seeds]))
    exact, ones = Side.EXACT, np.ones(B)
    return RadialPower(
        np.full((B, 1, 1), 8**0.5), np.full((B, 1), 1 / 3), np.ones((B, 1)), D[:, None], np.zeros((B, 1)), np.zeros(B),
        {
            "gamma": Certified(ones / 3, Unit(), exact, "F_{1/3}"),
            "D": Certified(D, Unit(), exact, "|x_0|, in the unit of the formula"),
        },
    )
