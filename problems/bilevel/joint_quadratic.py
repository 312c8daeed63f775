"""Quadratic f and g in w = (x, y) jointly, the lower level convex and possibly not strongly, with affine constraints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.batched import apply, apply_t, dot, norm, solve
from ratecheck import Array, Certified, Side, Trait, Unit

FREE = -1e300  # lower bound of the multiplier of an equality


@dataclass(frozen=True, eq=False)
class JointQuadratic:
    """f = ½ w'Mw + m'w + f0 (upper),  g = ½ w'Kw + k'w + g0 (lower),  constraint Gw ≤ d (or = d where `least` is FREE), w = (x, y)."""

    M: Array  # (B, N, N)
    m: Array  # (B, N)
    K: Array  # (B, N, N), convex in y
    kk: Array  # (B, N)
    g0: Array  # (B,)
    G: Array  # (B, p, N)
    d: Array  # (B, p)
    least: Array  # (B, p) 0 for an inequality, FREE for an equality
    g1: Array  # (B,) proximal parameters of the Lagrangian value function
    g2: Array  # (B,)
    x0: Array  # (B, n)
    y0: Array  # (B, m)
    z0: Array  # (B, p) multipliers
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.SMOOTH})

    def _join(self, x: Array, y: Array) -> Array:
        return array_namespace(x).concat([x, y], axis=-1)

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return (apply(self.M, self._join(x, y)) + self.m)[:, : x.shape[-1]]

    def upper_y(self, x: Array, y: Array, /) -> Array:
        return (apply(self.M, self._join(x, y)) + self.m)[:, x.shape[-1] :]

    def upper_block(self) -> tuple[Array, Array]:
        """∂²_yy f and ∂²_xy f, (B, m, m) and (B, n, m)"""
        n = self.x0.shape[-1]
        return self.M[:, n:, n:], self.M[:, :n, n:]

    def lower_block(self) -> tuple[Array, Array]:
        n = self.x0.shape[-1]
        return self.K[:, n:, n:], self.K[:, :n, n:]

    def lower(self, x: Array, y: Array, /) -> Array:
        w = self._join(x, y)
        return 0.5 * dot(w, apply(self.K, w)) + dot(self.kk, w) + self.g0

    def lower_x(self, x: Array, y: Array, /) -> Array:
        return (apply(self.K, self._join(x, y)) + self.kk)[:, : x.shape[-1]]

    def lower_y(self, x: Array, y: Array, /) -> Array:
        return (apply(self.K, self._join(x, y)) + self.kk)[:, x.shape[-1] :]

    def constraint(self, x: Array, y: Array, /) -> Array:
        return apply(self.G, self._join(x, y)) - self.d

    def constraint_x(self, x: Array, lam: Array, /) -> Array:
        """(∂_x constraint)'λ"""
        return apply_t(self.G, lam)[:, : x.shape[-1]]

    def constraint_y(self, x: Array, lam: Array, /) -> Array:
        return apply_t(self.G, lam)[:, x.shape[-1] :]

    def project(self, x: Array, y: Array, /) -> tuple[Array, Array]:
        """On {Gw ≤ d}, one constraint only."""
        w = self._join(x, y)
        G = self.G[:, 0, :]
        over = dot(G, w) - self.d[:, 0]
        xp = array_namespace(x)
        over = xp.where((over > 0) | (self.least[:, 0] < 0), over, 0 * over)
        w = w - (over / dot(G, G))[:, None] * G
        return w[:, : x.shape[-1]], w[:, x.shape[-1] :]

    def saddle(self, x: Array, y: Array, z: Array, /) -> tuple[Array, Array]:
        """θ*, λ* of min_θ max_{λ ≥ least} g + λ'(Gw−d) + ‖θ−y‖²/(2g1) − ‖λ−z‖²/(2g2): every active set, the consistent one is kept."""
        xp = array_namespace(x)
        n = x.shape[-1]
        Gx, Gy = self.G[:, :, :n], self.G[:, :, n:]
        A = self.lower_block()[0] + (1 / self.g1)[:, None, None] * xp.eye(y.shape[-1], dtype=y.dtype)[None, :, :]
        linear = self.lower_y(x, 0 * y) - y / self.g1[:, None]
        offset, g2 = apply(Gx, x) - self.d, self.g2[:, None]
        best_theta, best_lam, best_miss = 0 * y, 0 * z, xp.full((x.shape[0],), xp.inf, dtype=x.dtype)
        for active in product((0.0, 1.0), repeat=z.shape[-1]):
            on = xp.asarray(active, dtype=x.dtype)[None, :] + 0 * z
            weighted = (on * g2)[:, :, None] * Gy
            H = A + xp.matmul(xp.matrix_transpose(Gy), weighted)
            theta = -solve(H, linear + apply_t(Gy, on * (z + g2 * offset)))
            raw = z + g2 * (apply(Gy, theta) + offset)
            lam = xp.maximum(raw, self.least)
            miss = norm(lam - on * raw)
            better = miss < best_miss
            best_theta, best_lam = xp.where(better[:, None], theta, best_theta), xp.where(better[:, None], lam, best_lam)
            best_miss = xp.where(better, miss, best_miss)
        return best_theta, best_lam

    def lagrangian(self, x: Array, y: Array, z: Array, /) -> Array:
        """v(x, y, z), the proximal Lagrangian value function"""
        theta, lam = self.saddle(x, y, z)
        near = dot(theta - y, theta - y) / (2 * self.g1) - dot(lam - z, lam - z) / (2 * self.g2)
        return self.lower(x, theta) + dot(lam, self.constraint(x, theta)) + near


def assembled(M: Any, m: Any, K: Any, kk: Any, g0: Any, G: Any, d: Any, least: Any, g: tuple[float, float], x0: Any, y0: Any, z0: Any, **more: Certified) -> JointQuadratic:
    B, n = x0.shape
    g1, g2 = np.full(B, g[0]), np.full(B, g[1])
    A, Gy = K[:, n:, n:], G[:, :, n:]
    B_, p = d.shape
    top = np.concatenate([A + np.eye(A.shape[1]) / g[0], np.swapaxes(Gy, 1, 2)], axis=2)
    low = np.concatenate([-Gy, np.broadcast_to(np.eye(p) / g[1], (B_, p, p))], axis=2)
    rho = np.minimum(np.linalg.eigvalsh(A)[:, 0] + 1 / g[0], 1 / g[1])
    constants = {
        "rho_T": Certified(rho, Unit(1, -2), Side.EXACT, "smallest eigenvalue of the symmetric part of the saddle operator"),
        "L_T": Certified(np.linalg.norm(np.concatenate([top, low], axis=1), 2, axis=(1, 2)), Unit(1, -2), Side.EXACT, "norm of the saddle operator"),
        **more,
    }
    return JointQuadratic(M, m, K, kk, g0, G, d, least, g1, g2, x0, y0, z0, constants)


def _tiled(a: Any, B: int) -> Any:
    return np.repeat(a[None], B, axis=0)


def constrained(
    seeds: range,
    n: Annotated[int, (1, 6)] = 2,
    m: Annotated[int, (1, 8)] = 4,
    p: Annotated[int, (1, 4)] = 3,
) -> JointQuadratic:
    """Random convex g ≥ 1 with inequality constraints that are strictly feasible at w = 0."""
    rows = []
    for seed in seeds:
        r = np.random.default_rng([seed, 86])
        F = r.standard_normal((n + m, n + m))
        K = F @ F.T / (n + m)
        k = K @ r.standard_normal(n + m)
        g0 = 1 + 0.5 * k @ np.linalg.solve(K, k)
        rows.append((K, k, g0, r.standard_normal((p, n + m)), r.uniform(0.1, 1, p), r.standard_normal(n), r.standard_normal(m), r.uniform(0, 1, p)))
    K, k, g0, G, d, x0, y0, z0 = (np.stack(part) for part in zip(*rows, strict=True))
    return assembled(0 * K, 0 * k, K, k, g0, G, d, 0 * d, (0.7, 1.3), x0, y0, z0)


def rotation(seeds: range, omega: Annotated[float, (0.1, 10.0)] = 2.0) -> JointQuadratic:
    """One θ, one multiplier, g = 0, constraint ωθ: the saddle operator is I + ωJ, whose step contracts by exactly √(1−2ηρ+η²L²)."""
    B = len(seeds)
    zero, one = np.zeros((B, 2, 2)), np.zeros((B, 1))
    start = np.array([np.random.default_rng([seed, 87]).standard_normal((2, 1)) for seed in seeds])
    G = np.zeros((B, 1, 2))
    G[:, 0, 1] = omega
    return assembled(zero, zero[:, 0], zero, zero[:, 0], np.zeros(B), G, one, one + FREE, (1.0, 1.0), one, start[:, 0], start[:, 1])


def toy(seeds: range, n: Annotated[int, (1, 20)] = 3, c: Annotated[float, (0.1, 1e3)] = 10.0, g: Annotated[float, (0.5, 20.0)] = 10.0, sweep: bool = True) -> JointQuadratic:
    """LV-HBA's: f = ½‖x−y₂‖² + ½‖y₁−e‖², g = ½‖y₁‖² − x'y₁ + 1'y₂, 1'(x+y₁+y₂) = 0; optimum (−.3e, .7e, −.4e). Row b: penalty c·10^{b mod 3} if `sweep`, else c."""
    B = len(seeds)
    eye, zero = np.eye(n), np.zeros((n, n))
    M = np.block([[eye, zero, -eye], [zero, eye, zero], [-eye, zero, eye]])
    K = np.block([[zero, -eye, zero], [-eye, eye, zero], [zero, zero, zero]])
    m, k = np.concatenate([np.zeros(n), -np.ones(n), np.zeros(n)]), np.concatenate([np.zeros(2 * n), np.ones(n)])
    x0 = np.array([np.random.default_rng([seed, 88]).uniform(0.5, 1.5, 3 * n) for seed in seeds])
    penalty = Certified(c * 10.0 ** (np.array(list(seeds)) % 3 * sweep), Unit(), Side.EXACT, "chosen")
    zeros = np.zeros((B, 1))
    return assembled(
        _tiled(M, B), _tiled(m, B), _tiled(K, B), _tiled(k, B), np.zeros(B), np.ones((B, 1, 3 * n)), zeros, zeros + FREE, (g, g), x0[:, :n], x0[:, n:], zeros, penalty=penalty,
    )


def averaged(seeds: range, n: Annotated[int, (1, 20)] = 3, rho: Annotated[float, (0.0, 2.0)] = 0.5, start: Annotated[float, (0.0, 1.0)] = 0.01) -> JointQuadratic:
    """sl-BAMM's: f = ½‖x−y₂‖² + ½‖y₁−e‖² + (ρ/2)‖x‖², g = ½‖y₁‖² − x'y₁: y₂ is free in g. x_μ = (1−μ)²/((1−μ)²+ρ) e."""
    B = len(seeds)
    eye, zero = np.eye(n), np.zeros((n, n))
    M = np.block([[(1 + rho) * eye, zero, -eye], [zero, eye, zero], [-eye, zero, eye]])
    K = np.block([[zero, -eye, zero], [-eye, eye, zero], [zero, zero, zero]])
    m = np.concatenate([np.zeros(n), -np.ones(n), np.zeros(n)])
    x0 = np.array([start * (1 + np.random.default_rng([seed, 89]).uniform(0, 1, 3 * n)) for seed in seeds])
    more = Certified(rho, Unit(), Side.EXACT, "chosen")
    none = np.zeros((B, 1))
    return assembled(
        _tiled(M, B), _tiled(m, B), _tiled(K, B), _tiled(0 * m, B), np.zeros(B), np.zeros((B, 1, 3 * n)), none, none, (1.0, 1.0), x0[:, :n], x0[:, n:], none, rho=more,
    )
