"""Non-convex functions of degree 2 about their minimiser: the whole curve of pairs (γ, μ), L and the PL constant are exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.quasar_convex.noise import noise_constants
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.QUASAR_CONVEX, Trait.STAR_CONVEX, Trait.SMOOTH, Trait.POLYAK_LOJASIEWICZ})


@dataclass(frozen=True, eq=False)
class Petals:
    """f(x) = Σ_j s_j r_j² (1 + a cos m θ_j), (r_j, θ_j) polar coordinates of the j-th pair of entries of x − x*; f* = 0.

    ⟨∇f(x), x − x*⟩ = 2 f(x) everywhere (Euler), so f is (γ, μ)-strongly quasar-convex for every γ < 2 with
    μ(γ) = 2 (2/γ − 1)(1 − a) min s_j and no larger μ, although its Hessian has the eigenvalue s_j (2 − a (m² − 2)).
    """

    s: Array  # (B, n/2)
    a: Array  # (B,), 0 ≤ a < 1
    m: float
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def _polar(self, x: Array) -> tuple[Array, Array, Array]:
        """Pairs of x − x*, (B, n/2, 2); 1 + a cos m θ and its derivative in θ, (B, n/2)."""
        xp = array_namespace(x)
        d = xp.reshape(x - self.x_star, (x.shape[0], -1, 2))
        turn = self.m * xp.atan2(d[:, :, 1], d[:, :, 0])
        return d, 1 + self.a[:, None] * xp.cos(turn), -self.m * self.a[:, None] * xp.sin(turn)

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        d, h, _ = self._polar(x)
        return xp.sum(self.s * h * xp.sum(d * d, axis=-1), axis=-1)

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        d, h, slope = self._polar(x)
        turned = xp.stack([-d[:, :, 1], d[:, :, 0]], axis=-1)
        return xp.reshape(self.s[:, :, None] * (2 * h[:, :, None] * d + slope[:, :, None] * turned), x.shape)


def petals(
    seeds: range,
    pairs: Annotated[int, (1, 8)] = 3,
    a: Annotated[float, (0.0, 0.95)] = 0.5,
    m: Annotated[int, (2, 9)] = 6,
    kappa: Annotated[float, (1.0, 1e4)] = 1e2,
    gamma: Annotated[float, (0.02, 1.0)] = 0.6,
    R: Annotated[float, (1e-3, 1e3)] = 1.0,
    sigma: Annotated[float, (0.0, 10.0)] = 0.0,
    xi: Annotated[float, (1.0, 20.0)] = 1.0,
) -> Petals:
    """s_j from 1/kappa to 1, the claimed γ, the largest μ that goes with it; the start at distance R, any minimiser."""
    B = len(seeds)
    s = np.geomspace(1 / kappa, 1.0, pairs) if pairs > 1 else np.ones(1)
    x_star, away = np.empty((2, B, 2 * pairs))
    for b, seed in enumerate(seeds):
        g = np.random.default_rng([seed, 22])
        x_star[b] = g.standard_normal(2 * pairs)
        away[b] = g.standard_normal(2 * pairs)
    away *= R / np.linalg.norm(away, axis=1, keepdims=True)
    return _petals(np.tile(s, (B, 1)), a, float(m), gamma, x_star, away, sigma, xi)


def petals_from_origin(
    seeds: range,
    pairs: Annotated[int, (1, 8)] = 2,
    a: Annotated[float, (0.0, 0.95)] = 0.5,
    m: Annotated[int, (2, 9)] = 4,
    kappa: Annotated[float, (1.0, 1e4)] = 10.0,
    R: Annotated[float, (1e-3, 1e3)] = 1.0,
    sigma: Annotated[float, (0.0, 10.0)] = 0.0,
) -> Petals:
    """`petals` moved so that the start is the origin and the minimiser lies at distance R from it."""
    base = petals(seeds, pairs, a, m, kappa, 1.0, R, sigma)
    return replace(base, x0=base.x0 - base.x0, x_star=base.x_star - base.x0)


def bowl(
    seeds: range, gamma: Annotated[float, (0.02, 1.0)] = 0.3, kappa: Annotated[float, (1.0, 1e4)] = 1.0
) -> Petals:
    """½ (‖x_{1:2}‖² / kappa + ‖x_{3:4}‖²), claimed to be (γ, μ)-strongly quasar-convex with μ = (2/γ − 1)/kappa.

    From a start in the flat pair the inequality of the definition is an equality along the run: the tight instance.
    """
    away = np.zeros((len(seeds), 4))
    for b, seed in enumerate(seeds):
        start = np.random.default_rng([seed, 23]).standard_normal(2)
        away[b, :2] = start / np.linalg.norm(start)
    return _petals(np.tile([0.5 / kappa, 0.5], (len(seeds), 1)), 0.0, 2.0, gamma, np.zeros_like(away), away)


def _petals(s: Array, a: float, m: float, gamma: float, x_star: Array, away: Array, sigma: float = 0.0, xi: float = 1.0) -> Petals:
    B = len(s)
    smooth, exact = Unit(1, -2), Side.EXACT
    top = s.max(axis=1) * max(2 + a * (m**2 - 2), 2 * (1 + a))
    bottom = (1 - a) * s.min(axis=1)
    bare = Petals(s, np.full(B, a), m, x_star + away, x_star, np.zeros(B), {})
    return Petals(
        s, bare.a, m, bare.x0, x_star, bare.f_star,
        {
            "gamma": Certified(np.full(B, float(gamma)), Unit(), exact, "chosen; ⟨∇f, x − x*⟩ = 2f ≥ γ f for every γ ≤ 2"),
            "mu": Certified(2 * (2 / gamma - 1) * bottom, smooth, exact, "the largest for this γ: min f/‖x − x*‖² = (1 − a) min s"),
            "pl": Certified(2 * bottom, smooth, exact, "‖∇f‖² ≥ 4 (1 − a) min s · f, with equality where cos mθ = −1"),
            "L_inf": Certified(top * away.shape[1], smooth, Side.UPPER, "‖·‖_1 ≤ √n ‖·‖_2 and ‖·‖_2 ≤ √n ‖·‖_∞: n L"),
            "L": Certified(top, smooth, exact, "eigenvalues are convex (largest) and concave (smallest) in cos mθ: check cos mθ = ±1"),
            "R": Certified(np.linalg.norm(away, axis=1), Unit(0, 1), exact, "‖x_0 − x*‖ as drawn"),
            "e0": Certified(bare.value(bare.x0), Unit(1, 0), exact, "f(x_0), f* = 0"),
            **noise_constants(sigma, xi, top),
        },
    )


@dataclass(frozen=True, eq=False)
class Homogeneous(Petals):
    """f(x) = P(x)^{q/2} with P the petals above: positively homogeneous of degree q about x*, so γ_raw = q with equality at
    every x (Euler); star-convex if and only if q ≥ 1."""

    q: float = 1.0

    def value(self, x: Array, /) -> Array:
        return super().value(x) ** (self.q / 2)

    def grad(self, x: Array, /) -> Array:
        return (self.q / 2 * super().value(x) ** (self.q / 2 - 1))[:, None] * super().grad(x)


def homogeneous(
    seeds: range,
    q: Annotated[float, (0.05, 2.0)] = 0.5,
    pairs: Annotated[int, (1, 8)] = 2,
    a: Annotated[float, (0.0, 0.95)] = 0.5,
    m: Annotated[int, (2, 9)] = 5,
    R: Annotated[float, (0.1, 1e3)] = 1.0,
) -> Homogeneous:
    base = petals(seeds, pairs, a, m, 10.0, 1.0, R)
    B = len(seeds)
    constants = {
        "q": Certified(np.full(B, float(q)), Unit(), Side.EXACT, "degree of homogeneity; ⟨∇f, x − x*⟩ = q f"),
        "R": base.constants["R"],
    }
    star = {Trait.STAR_CONVEX} if q >= 1 else set()
    return Homogeneous(
        base.s, base.a, base.m, base.x0, base.x_star, base.f_star, constants, frozenset({Trait.QUASAR_CONVEX, *star}), float(q)
    )
