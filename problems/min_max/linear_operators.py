"""Affine operators F(z) = A (z − z*) that hit (L, ρ, μ) exactly, normal and non-normal.

For an affine F every two-point condition is a condition on A: L = ‖A‖, strong monotonicity μ = λ_min(sym A), and
⟨F(z) − F(w), z − w⟩ ≥ −ρ ‖F(z) − F(w)‖² holds with the best ρ = −λ_min(sym A⁻¹); put u = A z. ρ < 0 is cocoercivity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

CURVATURE, STEP, LENGTH = Unit(1, -2), Unit(-1, 2), Unit(0, 1)


@dataclass(frozen=True, eq=False)
class LinearOperator:
    """F(z) = A (z − z*), with its resolvent."""

    A: Array  # (B, n, n), invertible
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]

    def apply(self, z: Array, /) -> Array:  # (B, n) -> (B, n)
        return times(self.A, z - self.x_star)

    def project(self, z: Array, /) -> Array:  # (B, n) -> (B, n), the set is the whole space
        return z

    def resolvent(self, z: Array, step: Array, /) -> Array:  # (B, n), (B,) -> (B, n), (I + step F)⁻¹ z
        xp = array_namespace(z)
        M = xp.eye(z.shape[-1], dtype=z.dtype)[None, :, :] + step[:, None, None] * self.A
        return self.x_star + xp.squeeze(xp.linalg.solve(M, (z - self.x_star)[:, :, None]), axis=-1)


def times(A: Array, z: Array) -> Array:
    """A z row by row: (B, m, n), (B, n) -> (B, m)."""
    xp = array_namespace(z)
    return xp.squeeze(xp.matmul(A, z[:, :, None]), axis=-1)


def rotation(angle: float) -> Array:
    """The plane rotated by `angle`, (2, 2)."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def certified(A: Array, x0: Array, x_star: Array, L: Array, rho: Array, proof: str, **more: Certified) -> LinearOperator:
    """The batch with L, ρ, μ and R; traits follow from the largest ρ and the smallest μ of its rows."""
    B = len(x0)
    mu = np.array([np.linalg.eigvalsh((a + a.T) / 2)[0] for a in A])
    R = np.linalg.norm(x0 - x_star, axis=-1)
    traits = {Trait.NEGATIVE_COMONOTONE, Trait.SMOOTH, Trait.AFFINE}
    monotone = np.all(np.asarray(rho) <= 1e-12)
    traits |= ({Trait.MONOTONE} if monotone else set()) | ({Trait.COCOERCIVE} if np.all(np.asarray(rho) < 0) else set())
    traits |= {Trait.STRONGLY_MONOTONE} if np.all(mu > 0) else set()
    constants = {
        "L": Certified(np.broadcast_to(L, (B,)) + 0.0, CURVATURE, Side.EXACT, f"largest singular value of A: {proof}"),
        "rho": Certified(np.broadcast_to(rho, (B,)) + 0.0, STEP, Side.EXACT, f"−λ_min(sym A⁻¹): {proof}"),
        "mu": Certified(mu, CURVATURE, Side.EXACT, "λ_min(sym A), computed"),
        "R": Certified(R, LENGTH, Side.EXACT, "‖z_0 − z*‖, z* planted"),
        **more,
    }
    return LinearOperator(A, x0, x_star, constants, frozenset(traits))


def _start(g: np.random.Generator, n: int, R: float = 1.0) -> tuple[Array, Array]:
    """z*, and z_0 at distance R from it."""
    star, d = g.standard_normal(n), g.standard_normal(n)
    return star, star + R * d / np.linalg.norm(d)


def normal(
    seeds: range, pairs: Annotated[int, (1, 8)] = 3, L: Annotated[float, (0.1, 10.0)] = 1.0, rho_L: Annotated[float, (-0.99, 0.99)] = 0.0
) -> LinearOperator:
    """A = Q diag(s_i Rot(θ_i)) Qᵀ: s_0 = L and cos θ_0 = −ρ L; other blocks s_i ≤ L and cos θ_i ≥ −ρ s_i."""
    rho, A, x0, star = rho_L / L, [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 11])
        s = L * np.r_[1.0, g.uniform(0.02, 1.0, pairs - 1)]
        low = np.maximum(-1.0, -rho * s)
        cosine = low + (1 - low) * np.r_[0.0, g.random(pairs - 1) ** 3]
        D = np.zeros((2 * pairs, 2 * pairs))
        for i in range(pairs):
            D[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = s[i] * rotation(np.arccos(cosine[i]) * g.choice([-1, 1]))
        Q = np.linalg.qr(g.standard_normal(D.shape))[0]
        A.append(Q @ D @ Q.T)
        a, b = _start(g, 2 * pairs)
        star.append(a)
        x0.append(b)
    return certified(np.stack(A), np.stack(x0), np.stack(star), np.array(L), np.array(rho), "attained by the block L Rot(arccos(−ρL))")


def nonnormal(
    seeds: range, pairs: Annotated[int, (1, 8)] = 3, L: Annotated[float, (0.1, 10.0)] = 1.0, rho_L: Annotated[float, (-0.95, 0.95)] = 0.0
) -> LinearOperator:
    """A = (S + t K)⁻¹, S symmetric with λ_min(S) = −ρ, K skew, t bisected until σ_min(S + t K) = 1/L."""
    rho, n, A, x0, star = rho_L / L, 2 * pairs, [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 12])
        Q = np.linalg.qr(g.standard_normal((n, n)))[0]
        spectrum = np.r_[-rho, -rho + g.random(n - 1) ** 2 * 3 / L]
        S, K = (Q * spectrum) @ Q.T, g.standard_normal((n, n)) / L
        K = K - K.T
        low, high = 0.0, 1.0
        while np.linalg.norm(S + high * K, -2) < 1 / L:
            high *= 2
        for _ in range(100):
            t = (low + high) / 2
            low, high = (t, high) if np.linalg.norm(S + t * K, -2) < 1 / L else (low, t)
        A.append(np.linalg.inv(S + high * K))
        a, b = _start(g, n)
        star.append(a)
        x0.append(b)
    return certified(np.stack(A), np.stack(x0), np.stack(star), np.array(L), np.array(rho), "A⁻¹ = S + tK, λ_min(S) = −ρ, σ_min = 1/L")


def skew(
    seeds: range, pairs: Annotated[int, (1, 8)] = 1, L: Annotated[float, (0.1, 10.0)] = 1.3, floor: Annotated[float, (0.01, 1.0)] = 1.0
) -> LinearOperator:
    """f(x, y) = xᵀ C y, F = (C y, −Cᵀ x): ρ = μ = 0; singular values in [floor L, L], all L when floor = 1."""
    A, x0, star = [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 13])
        s = L * np.r_[1.0, g.uniform(floor, 1.0, pairs - 1)]
        U, V = (np.linalg.qr(g.standard_normal((pairs, pairs)))[0] for _ in range(2))
        C = (U * s) @ V.T
        A.append(np.block([[np.zeros_like(C), C], [-C.T, np.zeros_like(C)]]))
        a, b = _start(g, 2 * pairs)
        star.append(a)
        x0.append(b)
    return certified(np.stack(A), np.stack(x0), np.stack(star), np.array(L), np.array(0.0), "A is skew, its singular values planted")


def plane(angles: Array, scale: Array, proof: str, **more: Certified) -> LinearOperator:
    """Rows F(z) = s Rot(θ) z in the plane from (1, 0): L = s, ρ = −cos θ / s exactly."""
    theta, s = np.asarray(angles, dtype=float), np.asarray(scale, dtype=float) + 0 * np.asarray(angles)
    A = np.stack([a * rotation(t) for a, t in zip(s, theta, strict=True)])
    x0 = np.zeros((len(theta), 2))
    x0[:, 0] = 1.0
    cosine = np.where(np.abs(np.cos(theta)) < 1e-15, 0.0, np.cos(theta))
    return certified(A, x0, 0 * x0, s, -cosine / s, proof, **more)


def spectrum(seeds: range, rho_L: Annotated[float, (-0.9, 0.0)] = 0.0, decades: Annotated[float, (0.5, 3.0)] = 1.7) -> LinearOperator:
    """Rows are single modes: skew scalars i s, s = L 10^(−decades u), u equidistributed in the seed; L = 1 for all.

    The worst row at each k is the worst case over a continuum of modes, which has the exponents that one matrix has not.
    """
    u = (np.array(seeds) * 0.6180339887498949) % 1.0
    problem = plane(np.full(len(seeds), np.arccos(-rho_L)), 10.0 ** (-decades * u), "one mode")
    L = Certified(np.ones(len(seeds)), CURVATURE, Side.UPPER, "largest mode of the continuum")
    return replace(problem, constants={**problem.constants, "L": L})


def stepped(
    seeds: range,
    angle: Annotated[float, (0.0, 3.14)] = 2 * np.pi / 3,
    L: Annotated[float, (0.1, 10.0)] = 1.0,
    low1: Annotated[float, (0.0, 2.0)] = 0.0,
    high1: Annotated[float, (0.0, 2.0)] = 1.0,
    low2: Annotated[float, (0.0, 2.0)] = 0.0,
    high2: Annotated[float, (0.0, 2.0)] = 1.0,
) -> LinearOperator:
    """F(z) = L Rot(angle) z; row s carries its own pair of steps g1 ∈ [low1, high1]/L and g2 ∈ (low2, high2]/L."""
    a, b = np.array([np.random.default_rng([seed, 15]).random(2) for seed in seeds]).T
    B = len(seeds)
    return plane(
        np.full(B, angle),
        np.full(B, L),
        "a multiple of a rotation",
        g1=Certified((low1 + (high1 - low1) * a) / L, STEP, Side.EXACT, "step of the extrapolation, drawn"),
        g2=Certified((high2 - (high2 - low2) * b) / L, STEP, Side.EXACT, "step of the update, drawn"),
        angle=Certified(np.full(B, angle), Unit(), Side.EXACT, "as given"),
    )


def sheared(seeds: range, shear: Annotated[float, (0.1, 50.0)] = 24.0) -> LinearOperator:
    """A⁻¹ = [[1, c], [0, 1]]: both eigenvalues are 1, and ρ = c/2 − 1 exactly."""
    B = len(seeds)
    inverse = np.array([[1.0, shear], [0.0, 1.0]])
    A = np.stack([np.linalg.inv(inverse)] * B)
    x0 = np.stack([[np.cos(seed), np.sin(seed)] for seed in seeds])
    L = np.full(B, np.linalg.norm(A[0], 2))
    return certified(A, x0, 0 * x0, L, np.full(B, shear / 2 - 1), "sym A⁻¹ = [[1, c/2], [c/2, 1]]")
