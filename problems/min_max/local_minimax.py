"""Chae, Kim, Kim 2024: quadratic games at a stationary point, f_yy possibly singular, with the constants of two time scales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

CURVATURE = Unit(1, -2)


@dataclass(frozen=True, eq=False)
class LocalGame:
    """F(z) = H z, H = [[A, C], [−Cᵀ, −B]]: the field (∇_x f, −∇_y f) of f = ½xᵀAx + xᵀCy + ½yᵀBy; x moves at the rate 1/τ."""

    H: Array  # (B, n, n)
    scale: Array  # (B, n), 1/τ on x and 1 on y
    slow: Array  # (B, r), eigenvalues of the restricted Schur complement, ascending
    fast: Array  # (B, q), eigenvalues of −B on its range, ascending
    middle: Array  # (B, p), singular values of C N, ascending
    damping: Array  # (B, p), u_jᵀ S u_j in the same order
    x0: Array  # (B, n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.AFFINE})

    def apply(self, z: Array, /) -> Array:
        """(B, n) -> (B, n): Λ_τ F(z)."""
        xp = array_namespace(z)
        return self.scale * xp.squeeze(xp.matmul(self.H, z[:, :, None]), axis=-1)

    def starting(self, x0: Array, /) -> LocalGame:
        return replace(self, x0=x0)


def _parts(A: Array, B: Array, C: Array) -> tuple[Array, Array, Array, Array]:
    """(eigenvalues of S_res, of −B on its range, singular values of C N, u_jᵀSu_j), for one row."""
    d1 = len(A)
    w, v = np.linalg.eigh(B)
    on = np.abs(w) > 1e-12 * max(np.abs(w).max(), 1.0)
    N, R = v[:, ~on], v[:, on]
    S = A - (C @ R / w[on]) @ R.T @ C.T
    if N.shape[1]:
        u, s, _ = np.linalg.svd(C @ N, full_matrices=True)
        p = len(s)
        U, top = u[:, p:], u[:, :p]
    else:
        s, U, top = np.zeros(0), np.eye(d1), np.zeros((d1, 0))
    order = np.argsort(s)
    damping = np.einsum("ij,ik,kj->j", top, S, top)
    return np.linalg.eigvalsh(U.T @ S @ U), np.sort(-w[on]), s[order], damping[order]


def _game(seeds: range, blocks: list[tuple[Array, Array, Array]], tau: Array, eta: Array) -> LocalGame:
    H, scale, parts, lip, start = [], [], [], [], []
    for seed, (A, B, C), t in zip(seeds, blocks, tau, strict=True):
        h = np.block([[A, C], [-C.T, -B]])
        H.append(h)
        scale.append(np.concatenate([np.full(len(A), 1 / t), np.ones(len(B))]))
        parts.append(_parts(A, B, C))
        lip.append(np.linalg.norm(h, 2))
        start.append(np.random.default_rng([seed, 8]).standard_normal(len(h)))
    slow, fast, middle, damping = (np.stack(p) for p in zip(*parts, strict=True))
    slowest = slow.min(axis=1) if slow.shape[1] else np.ones(len(blocks))
    edge = np.max(-damping / middle**2, axis=1) if middle.shape[1] else np.full(len(blocks), -np.inf)
    constants = {
        "tau": Certified(tau, Unit(), Side.EXACT, "chosen: ratio of the two time scales"),
        "eta": Certified(eta, Unit(-1, 2), Side.EXACT, "chosen: the step"),
        "edge": Certified(edge, Unit(-1, 2), Side.EXACT, "max_j −u_jᵀSu_j/σ_j² of the blocks"),
        "L": Certified(np.array(lip), CURVATURE, Side.EXACT, "largest singular value of H"),
        "slowest": Certified(slowest, CURVATURE, Side.EXACT, "smallest eigenvalue of S_res"),
    }
    return LocalGame(np.stack(H), np.stack(scale), slow, fast, middle, damping, np.stack(start), constants)


def _blocks(seed: int, d1: int, d2: int, rank: int, low: float, slow: float) -> tuple[Array, Array, Array]:
    """Random C and negative semidefinite B; A is set so that S_res has spectrum ≥ slow and the u_jᵀSu_j start at `low` < 0."""
    g = np.random.default_rng([seed, 80])
    v = np.linalg.qr(g.standard_normal((d2, d2)))[0]
    w = np.zeros(d2)
    w[:rank] = -g.uniform(1.0, 3.0, rank)
    B = (v * w) @ v.T
    C = g.standard_normal((d1, d2))
    u, s, vt = np.linalg.svd(C @ v[:, rank:], full_matrices=True)
    s = 1.5 + np.arange(len(s)) + 0.5 * g.random(len(s))  # well apart
    kernel = u[:, : len(s)] @ (s[:, None] * vt)
    C = C @ v[:, :rank] @ v[:, :rank].T + kernel @ v[:, rank:].T
    q = np.concatenate([low * np.array([1.0, *g.uniform(-2.0, 0.5, len(s) - 1)]), slow * g.uniform(1.0, 3.0, d1 - len(s))])
    mixed = 0.3 * g.standard_normal((d1, d1))
    mixed = mixed + mixed.T
    mixed[len(s) :, len(s) :] = 0.0
    mixed[np.arange(len(s)), np.arange(len(s))] = 0.0
    S = u @ (np.diag(q) + mixed) @ u.T
    inverse = v[:, :rank] / w[:rank]
    return S + C @ inverse @ v[:, :rank].T @ C.T, B, C


def planted(
    seeds: range,
    d1: Annotated[int, (3, 8)] = 5,
    d2: Annotated[int, (3, 6)] = 4,
    rank: Annotated[int, (1, 2)] = 2,
    tau: Annotated[float, (1e5, 1e7)] = 1e6,
    slow: Annotated[float, (0.1, 1.0)] = 0.5,
    at: float = 1.0,
) -> LocalGame:
    """Singular f_yy of the given rank, S_res ⪰ slow, some u_jᵀSu_j < 0; η is the edge times `at`, below and above it by row."""
    blocks = [_blocks(seed, max(d1, d2 - rank + 1), d2, rank, -0.1, slow) for seed in seeds]
    parts = [_parts(*b) for b in blocks]
    edge = np.array([np.max(-p[3] / p[2] ** 2) for p in parts])
    side = np.array([1.02 if seed % 2 else 0.98 for seed in seeds])
    return _game(seeds, blocks, np.full(len(blocks), tau), edge * at * side)


def scalar(seeds: range, a: float = -1.0, c: float = 2.0, tau: Array | None = None, eta: float | None = None) -> LocalGame:
    """f = (a/2)x² + c x y: (0, 0) is a local minimax point though f_yy = 0. Rows: τ = 10², 10³, ..., η 2 % on both sides of |a|/c²."""
    rows = np.array(seeds)
    t = 10.0 ** (3 + rows % 5) if tau is None else np.broadcast_to(tau, rows.shape)
    step = abs(a) / c**2 * np.where(rows % 2 == 1, 1.02, 0.98) if eta is None else np.full(rows.shape, eta)
    blocks = [(np.array([[a]]), np.zeros((1, 1)), np.array([[c]])) for _ in seeds]
    return _game(seeds, blocks, np.asarray(t, dtype=float), step)


@dataclass(frozen=True, eq=False)
class QuarticGame:
    """f = −x²/2 + x⁴/4 + c x y − y²/2: at 0 the Schur complement is c² − 1; stationary also at x² = 1 − c², y = c x, if c < 1."""

    c: float
    tau: float
    x0: Array  # (B, 2)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH})

    def apply(self, z: Array, /) -> Array:
        """(B, 2) -> (B, 2): Λ_τ F(z)."""
        x, y = z[:, 0], z[:, 1]
        return array_namespace(z).stack([(x**3 - x + self.c * y) / self.tau, y - self.c * x], axis=-1)


def quartic(seeds: range, c: float = 0.5, tau: float = 5.0, spread: float = 1.2) -> QuarticGame:
    """Starts at random in a square of half side `spread`."""
    x0 = np.stack([np.random.default_rng([seed, 81]).uniform(-spread, spread, 2) for seed in seeds])
    constants = {
        "eta": Certified(np.full(len(seeds), 0.2), Unit(), Side.EXACT, "chosen: below 1/L on the square, L ≤ 4.5"),
        "minimax": Certified(1 - c * c, Unit(), Side.EXACT, "x² at the stationary points with y = c x other than 0"),
    }
    return QuarticGame(c, tau, x0, constants)
