"""Finite sums with every constant of the stochastic theorems known: least squares with a ridge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.STRONGLY_CONVEX, Trait.POLYAK_LOJASIEWICZ, Trait.FINITE_SUM})


@dataclass(frozen=True, eq=False)
class Ridge:
    """f = (1/N) Σ f_i,  f_i(x) = ½ (⟨a_i, x⟩ − y_i)² + ½ λ ‖x‖²; every map x ↦ x − s ∇f_i(x) is affine."""

    A: Array  # (B, N, n), rows a_i
    y: Array  # (B, N)
    ridge: Array  # (B,), λ
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    @property
    def size(self) -> int:
        return int(self.A.shape[1])

    def starting(self, x0: Array, /) -> Ridge:
        """The same sum from another point; R is still that of the first start."""
        return replace(self, x0=x0)

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        r = xp.squeeze(xp.matmul(self.A, x[:, :, None]), axis=-1) - self.y
        return 0.5 * xp.mean(r * r, axis=-1) + 0.5 * self.ridge * xp.sum(x * x, axis=-1)

    def gap(self, x: Array, /) -> Array:
        """f(x) − f* as a sum of squares, (B, n) -> (B,): exact where f(x) − f* itself would cancel."""
        xp = array_namespace(x)
        d = x - self.x_star
        r = xp.squeeze(xp.matmul(self.A, d[:, :, None]), axis=-1)
        return 0.5 * xp.mean(r * r, axis=-1) + 0.5 * self.ridge * xp.sum(d * d, axis=-1)

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        r = xp.matmul(self.A, x[:, :, None]) - self.y[:, :, None]
        return xp.squeeze(xp.matmul(xp.matrix_transpose(self.A), r), axis=-1) / self.size + self.ridge[:, None] * x

    def grad_one(self, x: Array, i: Array, /) -> Array:
        xp = array_namespace(x)
        B, N, n = self.A.shape
        place = xp.arange(B) * N + i
        a = xp.take(xp.reshape(self.A, (B * N, n)), place, axis=0)
        r = xp.sum(a * x, axis=-1) - xp.take(xp.reshape(self.y, (B * N,)), place, axis=0)
        return r[:, None] * a + self.ridge[:, None] * x


def ridge(
    seeds: range,
    N: Annotated[int, (2, 60)] = 30,
    n: Annotated[int, (1, 12)] = 5,
    noise: Annotated[float, (0.0, 10.0)] = 0.1,
    lam: Annotated[float, (1e-3, 10.0)] = 0.1,
    stretch: Annotated[float, (1.0, 30.0)] = 1.0,
    R: Annotated[float, (1e-3, 1e3)] = 1.0,
) -> Ridge:
    """Gaussian rows, the first one `stretch` times as long (then L_max ≫ L_f); the start at distance R from x*."""
    rows = []
    for seed in seeds:
        g = np.random.default_rng([seed, 21])
        a = g.standard_normal((N, n))
        a[0] *= stretch
        y = a @ g.standard_normal(n) + noise * g.standard_normal(N)
        start = g.standard_normal(n)
        rows.append((a, y, R * start / np.linalg.norm(start)))
    A, y, away = (np.stack(part) for part in zip(*rows, strict=True))
    return ridge_sum(A, y, lam, away)


def ridge_sum(A: Array, y: Array, lam: float, away: Array) -> Ridge:
    """The sum for rows A (B, N, n), y (B, N), with the start at x* + away (B, n); its Hessian must be regular."""
    N, n = A.shape[1:]
    H = np.swapaxes(A, 1, 2) @ A / N + lam * np.eye(n)
    x_star = np.linalg.solve(H, (np.swapaxes(A, 1, 2) @ y[:, :, None]) / N)[:, :, 0]
    residual = (A @ x_star[:, :, None])[:, :, 0] - y
    gradients = residual[:, :, None] * A + lam * x_star[:, None, :]
    f_star = 0.5 * (residual**2).mean(axis=1) + 0.5 * lam * (x_star**2).sum(axis=1)
    lengths = (A * A).sum(axis=2)
    spectrum = np.linalg.eigvalsh(H)
    smooth, exact = Unit(1, -2), Side.EXACT
    squares = np.swapaxes(A * (lengths + 2 * lam)[:, :, None], 1, 2) @ A / N + lam**2 * np.eye(n)  # (1/N) Σ ∇²f_i²
    root = np.linalg.inv(np.linalg.cholesky(H))
    residual_constant = np.linalg.eigvalsh(root @ (squares - H @ H) @ np.swapaxes(root, 1, 2))[:, -1]
    lowest = (0.5 * lam * y**2 / (lam + lengths)).mean(axis=1)
    constants = {
        "L_max": Certified(lengths.max(axis=1) + lam, smooth, exact, "∇²f_i = a_i a_i' + λ I has largest eigenvalue ‖a_i‖² + λ"),
        "L": Certified(spectrum[:, -1], smooth, exact, "largest eigenvalue of the Hessian of f"),
        "mu": Certified(spectrum[:, 0], smooth, exact, "smallest eigenvalue of the Hessian of f"),
        "rho": Certified(
            residual_constant, smooth, exact, "expected residual: largest eigenvalue of (1/N) Σ ∇²f_i² − (∇²f)² relative to ∇²f"
        ),
        "sigma": Certified((gradients**2).sum(axis=2).mean(axis=1), Unit(2, -2), exact, "(1/N) Σ ‖∇f_i(x*)‖², by its definition"),
        "Delta": Certified(f_star - lowest, Unit(1, 0), exact, "inf f_i = λ y_i² / (2 (λ + ‖a_i‖²)), attained along a_i"),
        "e0": Certified(0.5 * (away * (H @ away[:, :, None])[:, :, 0]).sum(axis=1), Unit(1, 0), exact, "½⟨x_0 − x*, H(x_0 − x*)⟩"),
        "R": Certified(np.linalg.norm(away, axis=1), Unit(0, 1), exact, "‖x_0 − x*‖ as drawn"),
    }
    return Ridge(A, y, np.full(len(A), float(lam)), x_star + away, x_star, f_star, constants)
