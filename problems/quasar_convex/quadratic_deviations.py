"""Robust phase retrieval and blind deconvolution: mean absolute deviations of quadratic forms, weakly convex, with a certified envelope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, NamedTuple

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.WEAKLY_CONVEX, Trait.FINITE_SUM})
STEPS = 22  # of the interior point method; the duality gap is read off, never assumed


class Envelope(NamedTuple):
    low: Array  # (B, q) the dual value, at most the envelope
    high: Array  # (B, q) the primal value, at least the envelope
    point: Array  # (B, q, n) within √(2 (high − low)/(rb − ρ)) of the proximal point


@dataclass(frozen=True, eq=False)
class QuadraticDeviations:
    """f(x) = (1/N) Σ |½⟨x, H_i x⟩ − b_i| on R^n, H_i symmetric."""

    H: Array  # (B, N, n, n)
    b: Array  # (B, N)
    x0: Array  # (B, n)
    x_star: Array  # (B, n) the planted signal: minimal if nothing is corrupted
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    @property
    def size(self) -> int:
        return int(self.b.shape[1])

    def models(self, x: Array, /) -> tuple[Array, Array]:
        """c_i = ½⟨x, H_i x⟩ − b_i and ∇c_i = H_i x for every i, (B, N) and (B, N, n): f_i = |c_i|, linearised inside: |c_i + ⟨∇c_i, y − x⟩|."""
        c, slopes = self._models(x[:, None, :])
        return c[:, 0, :], slopes[:, 0, :, :]

    def _models(self, x: Array) -> tuple[Array, Array]:
        """The same at q points, (B, q, n) -> (B, q, N), (B, q, N, n)."""
        xp = array_namespace(x)
        slopes = xp.squeeze(xp.matmul(self.H[:, None, :, :, :], x[:, :, None, :, None]), axis=-1)
        return 0.5 * xp.sum(slopes * x[:, :, None, :], axis=-1) - self.b[:, None, :], slopes

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.mean(xp.abs(self.models(x)[0]), axis=-1)

    def nearest(self, p: Array, rb: Array, /) -> Envelope:
        """f_{1/rb} at q points, (B, q, n), by the dual: max over |λ_i| ≤ 1 of min_y (1/N) Σ λ_i c_i(y) + (rb/2) ‖y − p‖², rb (B,) > ρ.

        For such rb the inner function is strongly convex whatever λ, so there is no duality gap; primal-dual Newton steps on the box.
        """
        xp = array_namespace(p)
        B, q, n = p.shape
        N, r = self.size, rb[:, None]
        flat, eye = xp.reshape(self.H, (B, N, n * n)), rb[:, None, None, None] * xp.eye(n, dtype=p.dtype)
        squared = xp.sum(p * p, axis=-1)
        lam = xp.zeros((B, q, N), dtype=p.dtype)
        mu = (xp.mean(xp.abs(self._models(p)[0]), axis=-1) + xp.mean(xp.abs(self.b), axis=-1)[:, None])[:, :, None] / N
        floor = 1e-15 * mu  # keeps the Newton system regular where many c_i vanish together
        z, w, s, t = mu + lam, mu + lam, 1 + lam, 1 + lam
        box = xp.eye(N, dtype=p.dtype)

        def inner(lam: Array) -> tuple[Array, Array]:
            M = eye + xp.reshape(xp.matmul(lam, flat), (B, q, n, n)) / N
            return M, xp.squeeze(xp.linalg.solve(M, (r[:, :, None] * p)[..., None]), axis=-1)

        for _ in range(STEPS):
            M, y = inner(lam)
            c, slopes = self._models(y)
            curvature = xp.matmul(slopes, xp.linalg.solve(M, xp.matrix_transpose(slopes))) / N**2
            system = curvature + (z / s + w / t)[..., None] * box
            d = xp.squeeze(xp.linalg.solve(system, (c / N - mu / s + mu / t)[..., None]), axis=-1)
            dz, dw = mu / s - z + z / s * d, mu / t - w - w / t * d
            used = xp.max(xp.concat([d / s, -d / t, -dz / z, -dw / w], axis=-1), axis=-1, keepdims=True)
            a = xp.where(used > 0.9, 0.9 / xp.where(used > 0.9, used, 1 + 0 * used), 1 + 0 * used)
            lam, s, t, z, w = lam + a * d, s - a * d, t + a * d, z + a * dz, w + a * dw
            mu = xp.maximum(xp.where(a > 0.5, 0.1 + 0 * a, 0.5 + 0 * a) * xp.mean(z * s + w * t, axis=-1, keepdims=True) / 2, floor)
        y = inner(lam)[1]
        c = self._models(y)[0]
        move = 0.5 * r * xp.sum((y - p) ** 2, axis=-1)
        low = 0.5 * r * (squared - xp.sum(p * y, axis=-1)) - xp.sum(lam * self.b[:, None, :], axis=-1) / N
        return Envelope(low, xp.mean(xp.abs(c), axis=-1) + move, y)


def phase_retrieval_in_space(
    seeds: range,
    N: Annotated[int, (6, 20)] = 8,
    n: Annotated[int, (1, 4)] = 3,
    outliers: Annotated[float, (0.0, 0.4)] = 0.0,
    radius: Annotated[float, (1.5, 10.0)] = 2.0,
) -> QuadraticDeviations:
    """|⟨a_i, x⟩² − b_i|, H_i = 2 a_i a_i', ‖x*‖ = 1, x_0 at distance 1/2 from x*; a share of the b_i replaced by noise."""
    H, b, star, start, rho = [], [], [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 40])
        a, x, d = g.standard_normal((N, n)), g.standard_normal(n), g.standard_normal(n)
        x /= np.linalg.norm(x)
        H.append(2 * a[:, :, None] * a[:, None, :])
        b.append(np.where(g.random(N) < outliers, 5 * g.random(N), (a @ x) ** 2))
        star.append(x)
        start.append(x + 0.5 * d / np.linalg.norm(d))
        rho.append(float(2 * np.linalg.norm(a.T @ a / N, 2)))
    proof = "|⟨a, x⟩² − b| + ⟨a, x⟩² = max(2⟨a, x⟩² − b, b) is convex: ρ = λ_max((2/N) Σ a_i a_i')"
    return _deviations(H, b, star, start, rho, radius, n * (n + 1) // 2, proof)


def blind_deconvolution(
    seeds: range,
    N: Annotated[int, (6, 20)] = 8,
    n: Annotated[int, (1, 2)] = 2,
    outliers: Annotated[float, (0.0, 0.4)] = 0.0,
    radius: Annotated[float, (2.0, 10.0)] = 2.5,
) -> QuadraticDeviations:
    """|⟨u_i, y⟩⟨v_i, z⟩ − b_i|, x = (y, z), y and z in R^n, ‖y*‖ = ‖z*‖ = 1, x_0 at distance 1/2 from x*."""
    H, b, star, start, rho = [], [], [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 41])
        u, v = g.standard_normal((2, N, n))
        y, z = (w / np.linalg.norm(w) for w in g.standard_normal((2, n)))
        d = g.standard_normal(2 * n)
        form = np.zeros((N, 2 * n, 2 * n))
        form[:, :n, n:] = u[:, :, None] * v[:, None, :]
        H.append(form + np.swapaxes(form, 1, 2))
        b.append(np.where(g.random(N) < outliers, 5 * g.standard_normal(N), (u @ y) * (v @ z)))
        star.append(np.concatenate([y, z]))
        start.append(star[-1] + 0.5 * d / np.linalg.norm(d))
        spectral, lengths = np.linalg.norm(u, 2) * np.linalg.norm(v, 2), np.linalg.norm(u, axis=1) @ np.linalg.norm(v, axis=1)
        rho.append(float(min(spectral, lengths) / N))
    proof = "|c| = max ±c, and |Σ λ_i ⟨u_i, y⟩⟨v_i, z⟩| ≤ min{‖U‖ ‖V‖, Σ ‖u_i‖ ‖v_i‖} ‖y‖ ‖z‖ for |λ_i| ≤ 1, spectral norms"
    return _deviations(H, b, star, start, rho, radius, n * n, proof)


def _deviations(
    H_: list[Array], b_: list[Array], star_: list[Array], start_: list[Array], rho_: list[float], radius: float, rank: int, proof: str
) -> QuadraticDeviations:
    H, b, star, start, rho = (np.stack(part) for part in (H_, b_, star_, start_, rho_))
    B, N, n, _ = H.shape
    forms = H.reshape(B, N, n * n)
    lengths = np.linalg.norm(forms, axis=2).max(axis=1)
    gram = np.linalg.eigvalsh(np.swapaxes(forms, 1, 2) @ forms / N)
    sharp = np.maximum(gram[:, n * n - rank], 0.0) / (2 * lengths)
    smooth, ones = Unit(1, -2), np.ones(B)
    bare = QuadraticDeviations(H, b, start, star, {})
    squares = np.linalg.eigvalsh((H @ H).mean(axis=1))[:, -1]
    constants = {
        "rho": Certified(rho, smooth, Side.UPPER, proof),
        "rb": Certified(2 * rho, smooth, Side.EXACT, "chosen: twice the bound on the weak convexity"),
        "L": Certified(radius * np.sqrt(squares), Unit(1, -1), Side.UPPER, "(1/N) Σ ‖H_i x‖² ≤ radius² λ_max((1/N) Σ H_i²) on the ball"),
        "lipschitz": Certified(radius * rho, Unit(1, -1), Side.UPPER, "‖(1/N) Σ λ_i H_i x‖ ≤ ρ ‖x‖ for |λ_i| ≤ 1, on the ball"),
        "sharp": Certified(
            sharp, Unit(1, -2), Side.LOWER,
            "f(x) ≥ sharp ‖x x' − x* x*'‖ over the span of the H_i if b is exact: a mean of |t| is at least that of t² over the largest |t|",
        ),
        "radius": Certified(radius * ones, Unit(0, 1), Side.EXACT, "of the ball of L, as chosen"),
        "gap_0": Certified(bare.nearest(start[:, None, :], 2 * rho).high[:, 0], Unit(1, 0), Side.UPPER, "f_{1/rb}(x_0), primal value; min f ≥ 0"),
    }
    return replace(bare, constants=constants)
