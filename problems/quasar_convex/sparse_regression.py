"""The lasso with a planted minimiser: least squares plus τ ‖x‖₁, as a finite sum with a proximal term."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class SparseRegression:
    """F = f + τ ‖x‖₁, f = (1/N) Σ f_i, f_i(x) = ½ (⟨a_i, x⟩ − y_i)²."""

    A: Array  # (B, N, n), rows a_i
    y: Array  # (B, N)
    tau: Array  # (B,)
    x0: Array  # (B, n)
    x_star: Array  # (B, n) minimiser of F
    f_star: Array  # (B,) minimum of F
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]

    @property
    def size(self) -> int:
        return int(self.A.shape[1])

    def value(self, x: Array, /) -> Array:
        """F(x)."""
        xp = array_namespace(x)
        r = xp.squeeze(xp.matmul(self.A, x[:, :, None]), axis=-1) - self.y
        return 0.5 * xp.mean(r * r, axis=-1) + self.tau * xp.sum(xp.abs(x), axis=-1)

    def grad(self, x: Array, /) -> Array:
        """∇f(x), without the proximal term."""
        xp = array_namespace(x)
        r = xp.matmul(self.A, x[:, :, None]) - self.y[:, :, None]
        return xp.squeeze(xp.matmul(xp.matrix_transpose(self.A), r), axis=-1) / self.size

    def component(self, i: Array, /) -> tuple[Array, Array]:
        """a_i, y_i: (B,) -> (B, n), (B,)."""
        xp = array_namespace(self.A)
        B, N, n = self.A.shape
        place = xp.arange(B) * N + i
        return xp.take(xp.reshape(self.A, (B * N, n)), place, axis=0), xp.take(xp.reshape(self.y, (B * N,)), place, axis=0)

    def value_one(self, x: Array, i: Array, /) -> Array:
        a, y = self.component(i)
        r = array_namespace(x).sum(a * x, axis=-1) - y
        return 0.5 * r * r

    def grad_one(self, x: Array, i: Array, /) -> Array:
        a, y = self.component(i)
        return (array_namespace(x).sum(a * x, axis=-1) - y)[:, None] * a

    def prox(self, x: Array, step: Array, /) -> Array:
        """Soft thresholding at step · τ."""
        xp = array_namespace(x)
        t = (step * self.tau)[:, None]
        return xp.sign(x) * xp.maximum(xp.abs(x) - t, 0.0 * x)


def sparse_regression(
    seeds: range,
    N: Annotated[int, (1, 40)] = 12,
    n: Annotated[int, (1, 10)] = 4,
    tau: Annotated[float, (0.0, 10.0)] = 0.3,
    noise: Annotated[float, (0.0, 10.0)] = 0.5,
    R: Annotated[float, (1e-3, 1e2)] = 1.0,
) -> SparseRegression:
    """Half of x* is 0; the residual y − A x* solves A'(y − A x*)/N = τ v with v a subgradient of ‖·‖₁ at x* (N ≥ n; n is cut to N)."""
    rows = []
    n = min(n, N)
    for seed in seeds:
        g = np.random.default_rng([seed, 34])
        a = g.standard_normal((N, n))
        star = g.standard_normal(n) * (np.arange(n) < (n + 1) // 2)
        v = np.where(star != 0, np.sign(star), g.uniform(-0.9, 0.9, n))
        inverse = np.linalg.pinv(a)
        free = noise * g.standard_normal(N)
        residual = free - a @ (inverse @ free) + N * tau * (inverse.T @ v)
        start = g.standard_normal(n)
        rows.append((a, a @ star + residual, star, start / np.linalg.norm(start), residual))
    A, y, star, away, residual = (np.stack(part) for part in zip(*rows, strict=True))
    ones, exact = np.ones(len(A)), Side.EXACT
    spectrum = np.linalg.eigvalsh(np.swapaxes(A, 1, 2) @ A / N)
    gradients = -residual[:, :, None] * A
    centred = gradients - gradients.mean(axis=1, keepdims=True)
    f_star = 0.5 * (residual**2).mean(axis=1) + tau * np.abs(star).sum(axis=1)
    x0 = star + R * away
    f0 = 0.5 * (((A @ x0[:, :, None])[:, :, 0] - y) ** 2).mean(axis=1) + tau * np.abs(x0).sum(axis=1)
    lengths = np.sqrt((A * A).sum(axis=2))
    smooth, noise_unit = Unit(1, -2), Unit(2, -2)
    slopes = lengths * (np.abs(residual) + lengths * R)
    constants = {
        "L_max": Certified((lengths**2).max(axis=1), smooth, exact, "∇²f_i = a_i a_i'"),
        "L": Certified(spectrum[:, -1], smooth, exact, "largest eigenvalue of the Hessian of f"),
        "mu": Certified(spectrum[:, 0], smooth, exact, "smallest eigenvalue of the Hessian of f"),
        "variance": Certified((centred**2).sum(axis=2).mean(axis=1), noise_unit, exact, "variance of ∇f_i(x*), by its definition"),
        "sigma": Certified((gradients**2).sum(axis=2).mean(axis=1), noise_unit, exact, "(1/N) Σ ‖∇f_i(x*)‖², by its definition"),
        "G": Certified(
            slopes.max(axis=1), Unit(1, -1), Side.UPPER, "‖∇f_i‖ ≤ ‖a_i‖ (|r_i(x*)| + ‖a_i‖ R) on the ball of radius R about x*"
        ),
        "E0": Certified(f0 - f_star, Unit(1, 0), exact, "F(x_0) − F(x*), by its definition"),
        "R": Certified(R * ones, Unit(0, 1), exact, "‖x_0 − x*‖ as drawn"),
    }
    known = {Trait.CONVEX, Trait.FINITE_SUM, Trait.STRONGLY_CONVEX} | ({Trait.SMOOTH} if tau == 0 else set())  # of F
    traits = frozenset(known | ({Trait.INTERPOLATION} if noise == 0 and tau == 0 else set()))
    return SparseRegression(A, y, tau * ones, x0, star, f_star, constants, traits)
