"""Games whose force is sampled, for comparing stochastic methods: bilinear, heavy-tailed, and normal equations on real data. L = 1 in all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.min_max.linear_operators import CURVATURE, LENGTH, times
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class SampledBilinear:
    """f = xᵀ C y, z = (x, y): a call hears (1 + σ_M ε) V + σ_A ε'/√n, coordinate by coordinate, all ε fair signs.

    Over ‖u‖ ≤ ρ the gap sup ⟨F(u), z − u⟩ is ρ ‖F(z)‖.
    """

    C: Array  # (B, d, d)
    sigma_M: float
    sigma_A: float
    x0: Array  # (B, 2, d)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.MONOTONE, Trait.BILINEAR, Trait.UNBIASED, Trait.SMOOTH})

    @property
    def draws(self) -> tuple[int, ...]:
        return (2, *self.x0.shape[1:])

    def apply(self, z: Array, /) -> Array:  # (B, 2, d) -> (B, 2, d)
        xp = array_namespace(z)
        return xp.stack([times(self.C, z[:, 1, :]), -times(xp.matrix_transpose(self.C), z[:, 0, :])], axis=1)

    def force(self, w: Array, k: int, /) -> Array:
        return self.apply(w)

    def hear(self, V: Array, signs: Array, /) -> Array:
        n = 2 * V.shape[-1]
        return V * (1 + self.sigma_M * signs[:, 0, :, :]) + self.sigma_A / n**0.5 * signs[:, 1, :, :]

    def sample(self, z: Array, uniforms: Array, /) -> Array:
        xp = array_namespace(z)
        one = xp.ones_like(uniforms)
        return self.hear(self.apply(z), xp.where(uniforms < 0.5, -one, one))


def _on_sphere(g: np.random.Generator, *shape: int) -> Array:
    v = g.standard_normal(shape)
    return v / np.linalg.norm(v)


def _rows(B: int, **values: tuple[float, Unit, str]) -> Mapping[str, Certified]:
    return {name: Certified(np.full(B, v), unit, Side.EXACT, proof) for name, (v, unit, proof) in values.items()}


def sampled_bilinear(
    seeds: range,
    d: Annotated[int, (1, 10)] = 4,
    floor: Annotated[float, (0.05, 1.0)] = 0.3,
    sigma_M: Annotated[float, (0.0, 3.0)] = 0.0,
    sigma_A: Annotated[float, (0.0, 3.0)] = 0.0,
    gamma: Annotated[float, (0.01, 1.0)] = 0.2,
    eta: Annotated[float, (0.001, 1.0)] = 0.05,
) -> SampledBilinear:
    """Singular values of C from 1 down to `floor`; ‖z_0‖ = 1; γ, η and half are steps for those who do not adapt."""
    C, x0 = [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 79])
        U, V = (np.linalg.qr(g.standard_normal((d, d)))[0] for _ in range(2))
        C.append((U * np.linspace(1.0, floor, d)) @ V.T)
        x0.append(_on_sphere(g, 2, d))
    step = Unit(-1, 2)
    constants = _rows(
        len(C),
        L=(1.0, CURVATURE, "largest singular value"),
        R=(1.0, LENGTH, "‖z_0‖"),
        gamma=(gamma, step, "chosen"),
        eta=(eta, step, "chosen"),
        half=(0.5, step, "chosen"),
    )
    return SampledBilinear(np.stack(C), sigma_M, sigma_A, np.stack(x0), constants)


@dataclass(frozen=True, eq=False)
class HeavyPlane:
    """F(z) = (μ + s J) z, f = μx²/2 + s x y − μy²/2; noise of uniform direction and radius r U^{−1/(α + 0.05)}. The gap is ‖F‖²/(2μ)."""

    mu: float
    s: float
    alpha: float
    radius: float
    x0: Array  # (B, 2)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.STRONGLY_MONOTONE, Trait.MONOTONE, Trait.UNBIASED, Trait.SMOOTH})
    draws: tuple[int, ...] = (2,)

    def apply(self, z: Array, /) -> Array:  # (B, 2) -> (B, 2)
        return self.mu * z + self.s * array_namespace(z).stack([z[:, 1], -z[:, 0]], axis=-1)

    def sample(self, z: Array, uniforms: Array, /) -> Array:
        xp = array_namespace(z)
        angle, r = 2 * np.pi * uniforms[:, 0], self.radius * (1 - uniforms[:, 1]) ** (-1 / (self.alpha + 0.05))
        return self.apply(z) + r[:, None] * xp.stack([xp.cos(angle), xp.sin(angle)], axis=-1)


def heavy_plane(
    seeds: range,
    alpha: Annotated[float, (1.05, 2.0)] = 1.2,
    sigma: Annotated[float, (0.01, 2.0)] = 0.5,
    mu: Annotated[float, (0.1, 0.9)] = 0.5,
) -> HeavyPlane:
    """E‖noise‖^α = σ^α, no moment above α + 0.05; ‖z_0‖ = 1."""
    x0 = np.stack([_on_sphere(np.random.default_rng([seed, 80]), 2) for seed in seeds])
    constants = _rows(len(x0), L=(1.0, CURVATURE, "√(μ² + s²)"), mu=(mu, CURVATURE, "sym F = μ I"), R=(1.0, LENGTH, "‖z_0‖"))
    return HeavyPlane(mu, float(np.sqrt(1 - mu**2)), alpha, sigma * (0.05 / (alpha + 0.05)) ** (1 / alpha), x0, constants)


@dataclass(frozen=True, eq=False)
class RegressionSaddle:
    """f = (1/N) Σ ⟨d_i (⟨d_i, x⟩ − b_i), y⟩ + μ‖x‖²/2 − μ‖y‖²/2: F_i(z) = μ z + (d_i ⟨d_i, y⟩, −d_i (⟨d_i, x⟩ − b_i)).

    ⟨F(u) − F(v), u − v⟩ = μ ‖u − v‖², so F is cocoercive on average with L; the gap is ‖F‖²/(2μ).
    """

    mu: float
    parts: Array  # (B, N, n), the rows d_i
    b: Array  # (B, N)
    x0: Array  # (B, 2n)
    x_star: Array  # (B, 2n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.STRONGLY_MONOTONE, Trait.MONOTONE, Trait.COCOERCIVE, Trait.FINITE_SUM, Trait.AFFINE})
    draws: tuple[int, ...] = (1,)

    def part(self, z: Array, weight: Array, /) -> Array:  # (B, 2n), (B, N) -> (B, 2n), Σ weight_i F_i(z)
        xp = array_namespace(z)
        n, back = z.shape[-1] // 2, xp.matrix_transpose(self.parts)
        along, across = times(self.parts, z[:, n:]), times(self.parts, z[:, :n]) - self.b
        turned = xp.concat([times(back, weight * along), -times(back, weight * across)], axis=-1)
        return self.mu * xp.sum(weight, axis=-1)[:, None] * z + turned

    def apply(self, z: Array, /) -> Array:  # (B, 2n) -> (B, 2n)
        xp = array_namespace(z)
        return self.part(z, xp.full_like(self.b, 1 / self.b.shape[-1]))

    def sample(self, z: Array, uniforms: Array, /) -> Array:  # one component
        xp = array_namespace(z)
        N = self.b.shape[-1]
        drawn = xp.floor(uniforms * N) == xp.arange(N, dtype=z.dtype)[None, :]
        return self.part(z, xp.astype(drawn, z.dtype))


def regression_saddle(D: Array, target: Array, B: int, mu: float) -> RegressionSaddle:
    """The same data in B rows, from z_0 = 0; D is scaled so that the mean of d_i d_iᵀ has the largest eigenvalue 1."""
    N, n = D.shape
    D = D / np.sqrt(np.linalg.eigvalsh(D.T @ D / N)[-1])
    mean, c = D.T @ D / N, D.T @ target / N
    star = np.linalg.solve(np.block([[mu * np.eye(n), mean], [-mean, mu * np.eye(n)]]), np.concatenate([np.zeros(n), -c]))
    square = (D * (D * D).sum(axis=1)[:, None]).T @ D / N
    constants = _rows(
        B,
        L=(
            (mu**2 + np.linalg.eigvalsh(square)[-1]) / mu,
            CURVATURE,
            "(1/N) Σ A_iᵀA_i = μ² I + mean of ‖d_i‖² d_i d_iᵀ, twice; sym A = μ I",
        ),
        mu=(mu, CURVATURE, "sym A = μ I"),
        N=(float(N), Unit(), "number of components"),
        R=(float(np.linalg.norm(star)), LENGTH, "‖z*‖, z_0 = 0; z* from a linear system"),
    )
    rows, b, x0, x_star = (np.stack([a] * B) for a in (D, target, np.zeros(2 * n), star))
    return RegressionSaddle(mu, rows, b, x0, x_star, constants)
