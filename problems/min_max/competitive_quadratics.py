"""Vyas, Azizzadenesheli 2023: quadratic games f = ½ xᵀPx + xᵀCy − ½ yᵀQy with their interaction S = [[0, C], [−Cᵀ, 0]]; f = x²y + xy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.min_max.linear_operators import CURVATURE, LENGTH, STEP, times
from ratecheck import Array, Certified, Side, Trait


@dataclass(frozen=True, eq=False)
class CompetitiveQuadratic:
    """F(z) = J z, J = [[P, C], [−Cᵀ, Q]]; the competitive field is (I + αS)⁻¹ F."""

    J: Array  # (B, n, n)
    S: Array  # (B, n, n), the skew part of the two blocks C
    x0: Array  # (B, n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH, Trait.AFFINE})

    @property
    def x_star(self) -> Array:
        return 0 * self.x0

    def apply(self, z: Array, /) -> Array:  # (B, n) -> (B, n), F
        return times(self.J, z)

    def compete(self, z: Array, alpha: Array, /) -> Array:  # (B, n), (B,) -> (B, n), (I + αS)⁻¹ F(z)
        xp = array_namespace(z)
        M = xp.eye(z.shape[-1], dtype=z.dtype)[None, :, :] + alpha[:, None, None] * self.S
        return xp.squeeze(xp.linalg.solve(M, times(self.J, z)[:, :, None]), axis=-1)


def bilinear(
    seeds: range,
    s: Annotated[float, (0.1, 10.0)] = 1.0,
    low: Annotated[float, (0.05, 3.0)] = 0.3,
    high: Annotated[float, (0.05, 3.0)] = 3.0,
) -> CompetitiveQuadratic:
    """f = xᵀCy, all singular values of the 2 by 2 C equal to s; row b draws α in 1/s [0.1, 2], η/(2α) in [low, high]."""
    S, x0, alpha, eta = [], [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 51])
        C = s * np.linalg.qr(g.standard_normal((2, 2)))[0]
        S.append(np.block([[np.zeros((2, 2)), C], [-C.T, np.zeros((2, 2))]]))
        z = g.standard_normal(4)
        x0.append(z / np.linalg.norm(z))
        alpha.append(g.uniform(0.1, 2.0) / s)
        eta.append(2 * alpha[-1] * g.uniform(min(low, high), max(low, high)))
    more = {
        "s": Certified(np.full(len(S), s), CURVATURE, Side.EXACT, "C is s times an orthogonal matrix"),
        "alpha": Certified(np.array(alpha), STEP, Side.EXACT, "drawn"),
        "eta": Certified(np.array(eta), STEP, Side.EXACT, "drawn"),
    }
    return _with(np.stack(S), np.stack(S), np.stack(x0), more)


def indefinite(
    seeds: range, n: Annotated[int, (1, 6)] = 2, alpha: Annotated[float, (0.05, 5.0)] = 1.0, curvature: Annotated[float, (0.0, 1.0)] = 0.2
) -> CompetitiveQuadratic:
    """P, Q symmetric with eigenvalues in curvature · [−1, 1]: neither convex nor concave; c = λ_min(sym(J (I + αS)⁻¹)) computed."""
    J, S, x0, c = [], [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 52])
        P, Q = (_symmetric(g, n, curvature) for _ in range(2))
        C = np.linalg.qr(g.standard_normal((n, n)))[0] * g.uniform(0.7, 1.3, n)
        zero = np.zeros((n, n))
        S.append(np.block([[zero, C], [-C.T, zero]]))
        J.append(S[-1] + np.block([[P, zero], [zero, Q]]))
        G = J[-1] @ np.linalg.inv(np.eye(2 * n) + alpha * S[-1])
        c.append(np.linalg.eigvalsh((G + G.T) / 2)[0])
        z = g.standard_normal(2 * n)
        x0.append(z / np.linalg.norm(z))
    more = {
        "c": Certified(np.array(c), CURVATURE, Side.EXACT, "λ_min(sym(J (I + αS)⁻¹)), computed"),
        "alpha": Certified(np.full(len(J), alpha), STEP, Side.EXACT, "chosen"),
    }
    return _with(np.stack(J), np.stack(S), np.stack(x0), more)


def _symmetric(g: np.random.Generator, n: int, size: float) -> Array:
    U = np.linalg.qr(g.standard_normal((n, n)))[0]
    return (U * g.uniform(-size, size, n)) @ U.T


def _with(J: Array, S: Array, x0: Array, more: Mapping[str, Certified]) -> CompetitiveQuadratic:
    L = np.array([np.linalg.norm(a, 2) for a in J])
    F = np.array([np.linalg.norm(a @ z) for a, z in zip(J, x0, strict=True)])
    constants = {
        "L": Certified(L, CURVATURE, Side.EXACT, "‖J‖"),
        "R": Certified(np.linalg.norm(x0, axis=-1), LENGTH, Side.EXACT, "‖z_0‖, the zero is 0"),
        "F0": Certified(F, CURVATURE._replace(x=-1), Side.EXACT, "‖J z_0‖"),
        **more,
    }
    return CompetitiveQuadratic(J, S, x0, constants)


@dataclass(frozen=True, eq=False)
class QuadraticTimesLinear:
    """f(x, y) = x² y + x y over {x ≥ −1/3}: F = (2xy + y, −x² − x), f_xy = 2x + 1."""

    x0: Array  # (B, 2)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH})

    @property
    def x_star(self) -> Array:
        return 0 * self.x0

    def apply(self, z: Array, /) -> Array:
        xp = array_namespace(z)
        x, y = z[:, 0], z[:, 1]
        return xp.stack([2 * x * y + y, -x * x - x], axis=-1)

    def compete(self, z: Array, alpha: Array, /) -> Array:  # (I + αS)⁻¹ F, S = f_xy [[0, 1], [−1, 0]]
        xp = array_namespace(z)
        F, t = self.apply(z), alpha * (2 * z[:, 0] + 1)
        return xp.stack([F[:, 0] - t * F[:, 1], F[:, 1] + t * F[:, 0]], axis=-1) / (1 + t * t)[:, None]

    def project(self, z: Array, /) -> Array:
        xp = array_namespace(z)
        x = z[:, 0]
        return xp.stack([xp.where(x < -1 / 3, xp.full_like(x, -1 / 3), x), z[:, 1]], axis=-1)

    def coherence(self, z: Array, alpha: Array, /) -> Array:  # ⟨(I − αS) F(z), z⟩
        xp = array_namespace(z)
        F, t = self.apply(z), (alpha * (2 * z[:, 0] + 1))[:, None]
        turned = xp.stack([F[:, 1], -F[:, 0]], axis=-1)
        return xp.sum((F - t * turned) * z, axis=-1)


def planar(seeds: range, low: Annotated[float, (0.1, 2.0)] = 0.9, high: Annotated[float, (0.1, 2.0)] = 1.2) -> QuadraticTimesLinear:
    """Row b: α equidistributed in [low, high], a start near (−1/4, 1/2)."""
    u = (np.array(seeds) * 0.6180339887498949) % 1.0
    x0 = np.stack([[-0.25, 0.5] + 0.05 * np.random.default_rng([seed, 53]).standard_normal(2) for seed in seeds])
    alpha = low + (high - low) * u
    one = CURVATURE._replace(f=0, x=0)
    return QuadraticTimesLinear(
        x0,
        {
            "alpha": Certified(alpha, one, Side.EXACT, "equidistributed"),
            "eta": Certified(np.full(len(x0), 0.1), one, Side.EXACT, "chosen"),
            "R": Certified(np.linalg.norm(x0, axis=-1), LENGTH, Side.EXACT, "‖z_0‖, the saddle is 0"),
        },
    )
