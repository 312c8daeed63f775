"""Elenter, Chamon, Ribeiro 2024: strongly convex learning problems with linear constraints, a grid or a subspace as parametrisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

VALUE, LENGTH, SLOPE, CURVATURE = Unit(1, 0), Unit(0, 1), Unit(1, -1), Unit(1, -2)


@dataclass(frozen=True, eq=False)
class ConstrainedQuadratic:
    """min ½ μ_0 |φ − c|² subject to A φ ≤ b over the box |φ_i| ≤ ρ_i; ρ = ∞ where there is no box.

    Parametrised: the points of −ρ + h ℤ^D in the box (`grid`), or the vectors supported on the mask `kept` (`subspace`).
    """

    A: Array  # (B, m, D)
    b: Array  # (B, m)
    c: Array  # (B, D)
    mu0: Array  # (B,)
    rho: Array  # (B, D)
    h: Array  # (B,)
    kept: Array  # (B, D), 0 or 1
    lam_star: Array  # (B, m), dual optimum of the unparametrised problem (of the subspace problem in `subspace`)
    x0: Array  # (B, m), multipliers to start with
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.STRONGLY_CONVEX})

    def objective(self, phi: Array, /) -> Array:
        return 0.5 * self.mu0 * array_namespace(phi).sum((phi - self.c) ** 2, axis=-1)

    def slack(self, phi: Array, /) -> Array:
        """(B, D) -> (B, m): l(φ) = A φ − b."""
        xp = array_namespace(phi)
        return xp.squeeze(xp.matmul(self.A, phi[:, :, None]), axis=-1) - self.b

    def lagrangian(self, phi: Array, lam: Array, /) -> Array:
        return self.objective(phi) + array_namespace(phi).sum(lam * self.slack(phi), axis=-1)

    def centre(self, lam: Array, /) -> Array:
        """(B, m) -> (B, D): the minimiser of the Lagrangian over ℝ^D."""
        xp = array_namespace(lam)
        return self.c - xp.squeeze(xp.matmul(xp.matrix_transpose(self.A), lam[:, :, None]), axis=-1) / self.mu0[:, None]

    def free(self, lam: Array, /) -> Array:
        """The minimiser of the Lagrangian over the box."""
        xp = array_namespace(lam)
        return xp.maximum(-self.rho, xp.minimum(self.rho, self.centre(lam)))

    def grid(self, lam: Array, /) -> Array:
        """A minimiser of the Lagrangian over the grid: coordinatewise rounding, since the Hessian is μ_0 I."""
        h = self.h[:, None]
        return array_namespace(lam).round((self.free(lam) + self.rho) / h) * h - self.rho

    def subspace(self, lam: Array, /) -> Array:
        return self.centre(lam) * self.kept


def gridded(
    seeds: range,
    m: Annotated[int, (1, 4)] = 1,
    s: Annotated[int, (1, 3)] = 1,
    cells: Annotated[int, (1, 40)] = 1,
    mu0: Annotated[float, (0.1, 10.0)] = 1.0,
) -> ConstrainedQuadratic:
    """m constraints on disjoint blocks of s coordinates, box |φ_i| ≤ 1, `cells` grid cells a side: the dual separates.

    |a_i| = sup |∇l_0| / √m on each block's share, so that M/σ is as small as it can be. Active constraints, box inactive.
    """
    rows = [_grid_row(np.random.default_rng([seed, 160]), m, s, 2.0 / cells, mu0) for seed in seeds]
    A, b, c, lam = (np.stack(p) for p in zip(*rows, strict=True))
    B, D, h = len(rows), m * s, 2.0 / cells
    norms = np.linalg.norm(A, axis=2)
    slope = mu0 * np.sqrt(np.sum((1 + np.abs(c)) ** 2, axis=1))
    constants = {
        "mu0": Certified(np.full(B, mu0), CURVATURE, Side.EXACT, "l_0 = μ_0|φ − c|²/2"),
        "beta": Certified(np.full(B, mu0), CURVATURE, Side.EXACT, "l_0 is μ_0-smooth, the constraints are affine"),
        "M": Certified(
            np.maximum(slope, norms.max(axis=1)), SLOPE, Side.EXACT, "largest of |∇l_0| at the far corner of the box and the |a_i|"
        ),
        "nu": Certified(np.full(B, h * np.sqrt(D) / 2), LENGTH, Side.EXACT, "half the diagonal of a cell"),
        "sigma": Certified(norms.min(axis=1), SLOPE, Side.EXACT, "smallest |a_i|: the rows are orthogonal"),
        "beta_g": Certified((norms**2).max(axis=1) / mu0, VALUE, Side.EXACT, "largest eigenvalue of AAᵀ/μ_0"),
        "mu_g": Certified((norms**2).min(axis=1) / mu0, VALUE, Side.EXACT, "smallest eigenvalue of AAᵀ/μ_0"),
        "m": Certified(float(m), Unit(), Side.EXACT, "number of constraints"),
        "lam_u": Certified(lam.sum(axis=1), Unit(), Side.EXACT, "1-norm of the planted multipliers"),
        "S2": Certified(
            np.sum((np.abs(A).sum(axis=2) + np.abs(b)) ** 2, axis=1), Unit(2, 0), Side.UPPER, "Σ of the largest l_i² over the box |φ_i| ≤ 1"
        ),
        "h": Certified(np.full(B, h), LENGTH, Side.EXACT, "spacing of the grid"),
    }
    one = np.ones((B, D))
    return ConstrainedQuadratic(A, b, c, np.full(B, mu0), one, np.full(B, h), one, lam, np.zeros((B, m)), constants)


def _grid_row(g: np.random.Generator, m: int, s: int, h: float, mu0: float) -> tuple[Array, Array, Array, Array]:
    D = m * s
    A, b, lam = np.zeros((m, D)), np.zeros(m), np.zeros(m)
    c = g.uniform(-0.3, 0.3, D)
    for i in range(m):
        block = slice(i * s, (i + 1) * s)
        while True:  # until the constraint is active on the grid and can be met there
            u = g.standard_normal(s)
            a = u / np.linalg.norm(u) * mu0 * np.sqrt(D) * g.uniform(1.0, 1.3)
            ci = g.uniform(-0.3, 0.3, s)
            shift = g.uniform(0.1, 0.6)
            target = ci - shift * a / np.linalg.norm(a)
            rounded = np.rint((ci + 1) / h) * h - 1
            if np.abs(target).max() < 0.95 and a @ rounded > a @ target:
                break
        c[block], A[i, block] = ci, a
        lam[i] = mu0 * shift / np.linalg.norm(a)
        b[i] = a @ target
    return A, b, c, lam


def planted(
    seeds: range,
    n: Annotated[int, (2, 20)] = 10,
    m: Annotated[int, (1, 10)] = 5,
    kept: int = 20,  # fewer than n: λ* is the optimum of the subspace problem
    mu0: Annotated[float, (0.1, 10.0)] = 1.0,
) -> ConstrainedQuadratic:
    """No box; λ* planted with one zero, φ* = c − Aᵀλ*/μ_0 (on the first `kept` coordinates), b set by complementarity."""
    m = min(m, n, kept)
    mask = (np.arange(n) < max(kept, m)).astype(float)
    A, b, c, lam = [], [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 161])
        a, centre, multiplier = g.standard_normal((m, n)) / np.sqrt(n), g.standard_normal(n), g.uniform(0.5, 2.0, m)
        if m > 1:
            multiplier[-1] = 0.0
        phi = (centre - a.T @ multiplier / mu0) * mask
        A.append(a)
        b.append(a @ phi + np.where(multiplier > 0, 0.0, 0.5))
        c.append(centre)
        lam.append(multiplier)
    B, stars = len(seeds), np.stack(lam)
    stacked, masked = np.stack(A), np.stack(A) * mask
    top = np.linalg.norm(masked, 2, axis=(1, 2)) ** 2 / mu0
    constants = {
        "beta_g": Certified(top, VALUE, Side.EXACT, "largest eigenvalue of AAᵀ/μ_0 on the subspace"),
        "m": Certified(float(m), Unit(), Side.EXACT, "number of constraints"),
        "R2": Certified((stars**2).sum(axis=1), Unit(), Side.EXACT, "|λ_0 − λ*|² with λ_0 = 0"),
    }
    inf = np.full((B, n), np.inf)
    return ConstrainedQuadratic(
        stacked, np.stack(b), np.stack(c), np.full(B, mu0), inf, np.ones(B), mask + np.zeros((B, n)), stars, np.zeros((B, m)), constants
    )


def parallel(
    seeds: range, m: Annotated[int, (1, 12)] = 4, tilt: Annotated[float, (1e-9, 0.5)] = 1e-9, mu0: float = 1.0
) -> ConstrainedQuadratic:
    """m unit rows e_0 + tilt · (random), normalised, no box: AAᵀ is nearly the matrix of ones."""
    A = []
    for seed in seeds:
        g = np.random.default_rng([seed, 162])
        a = np.zeros((m, m + 1))
        a[:, 0] = 1.0
        a[:, 1:] = tilt * g.standard_normal((m, m))
        A.append(a / np.linalg.norm(a, axis=1, keepdims=True))
    B = len(seeds)
    constants = {
        "mu0": Certified(np.full(B, mu0), CURVATURE, Side.EXACT, "l_0 = μ_0|φ − c|²/2"),
        "beta": Certified(np.full(B, mu0), CURVATURE, Side.EXACT, "l_0 is μ_0-smooth, the constraints are affine"),
        "M": Certified(1.0, SLOPE, Side.EXACT, "unit rows; l_0 on the ball of radius 1/μ_0 around c, where the multipliers stay"),
        "m": Certified(float(m), Unit(), Side.EXACT, "number of constraints"),
        "sigma": Certified(np.linalg.svd(np.stack(A), compute_uv=False)[:, -1], SLOPE, Side.EXACT, "smallest singular value of A"),
    }
    zero, one = np.zeros((B, m)), np.ones((B, m + 1))
    return ConstrainedQuadratic(np.stack(A), zero, 0 * one, np.full(B, mu0), np.inf * one, np.ones(B), one, zero, zero, constants)


def unit_interval(seeds: range) -> ConstrainedQuadratic:
    """min φ²/2 s.t. 1 − φ ≤ 0 over |φ| ≤ 2 n h on the grid h ℤ; row s has 1/h = n + r with r near a half, n from 2 to about 4000."""
    s = np.array(seeds)
    n = np.rint(2.0 * 2000.0 ** ((s % 16) / 15))
    r = 0.45 + 0.01 * (s % 11)
    h = 1 / (n + r)
    B = len(s)
    unitless = {
        "r": Certified(r, Unit(), Side.EXACT, "chosen"),
        "h": Certified(h, LENGTH, Side.EXACT, "1/(n + r)"),
        "h_max": Certified(0.5, LENGTH, Side.EXACT, "a length of order 1"),
        "D": Certified(n**2 * h**2 / 2 + (n + 0.5) * h * (1 - n * h), Unit(0, 2), Side.EXACT, "the line through both tied points at λ_p"),
        "P": Certified((n + 1) ** 2 * h**2 / 2, Unit(0, 2), Side.EXACT, "the first grid point that is feasible"),
    }
    one = np.ones((B, 1))
    return ConstrainedQuadratic(-one[:, :, None], -one, 0 * one, np.ones(B), (2 * n * h)[:, None], h, one, one, 0 * one, unitless)
