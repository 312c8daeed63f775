"""A cheap convex proxy F̂ = ½x'Ax + p'x of F = F̂ + D, whose difference D is δ-smooth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.batched import apply, apply_t, dot, solve
from problems.bilevel.quadratic import spectrum
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.CONVEX, Trait.SMOOTH})


@dataclass(frozen=True, eq=False)
class Proxied:
    """D = ½x'Hx + Σ_i w_i cos(u_i'x)."""

    A: Array  # (B, n, n) positive semidefinite: F̂ is convex
    p: Array  # (B, n)
    H: Array  # (B, n, n) eigenvalues in [−δ, δ]
    U: Array  # (B, r, n) unit directions, orthogonal
    w: Array  # (B, r) weights, at most δ
    x0: Array  # (B, n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        cosines = xp.sum(self.w * xp.cos(apply(self.U, x)), axis=-1)
        return 0.5 * dot(x, apply(self.A + self.H, x)) + dot(self.p, x) + cosines

    def grad_difference(self, x: Array, /) -> Array:
        return apply(self.H, x) - apply_t(self.U, self.w * array_namespace(x).sin(apply(self.U, x)))

    def grad(self, x: Array, /) -> Array:
        return apply(self.A, x) + self.p + self.grad_difference(x)

    def prox(self, x: Array, eta: Array, /) -> Array:
        """argmin_u F̂(u) + ‖u − x‖²/(2η), η (B,)"""
        eye = array_namespace(x).eye(x.shape[-1], dtype=x.dtype)[None, :, :]
        return solve(self.A + eye / eta[:, None, None], x / eta[:, None] - self.p)

    def envelope_grad(self, x: Array, /) -> Array:
        """∇env_{1/(2δ)} F(x) = 2δ(x − prox_{F/(2δ)}(x)) where D is quadratic (w = 0)"""
        xp = array_namespace(x)
        two = 2 * self.constants["delta"].value
        eye = xp.eye(x.shape[-1], dtype=x.dtype)[None, :, :]
        return two * (x - solve(self.A + self.H + two * eye, two * x - self.p))


def assembled(A: Any, p: Any, H: Any, U: Any, w: Any, x0: Any, delta: float, gap: Any, side: Side, proof: str, stiffness: Any = 1.0) -> Proxied:
    constants = {
        "delta": Certified(delta, Unit(1, -2), Side.EXACT, "largest |eigenvalue| of H, or largest weight of an orthogonal cosine"),
        "Delta": Certified(gap, Unit(1, 0), side, proof),
        "stiffness": Certified(stiffness, Unit(), Side.EXACT, "ratio of the largest eigenvalue of A to δ"),
    }
    return Proxied(A, p, H, U, w, x0, constants)


def quadratic(
    seeds: range,
    n: Annotated[int, (2, 12)] = 5,
    L: Annotated[float, (1.0, 1e5)] = 100.0,
    delta: Annotated[float, (0.1, 1.0)] = 0.1,
) -> Proxied:
    """A has eigenvalues from δ to L, H = ±δ in the same directions, so that F ≥ F(0) = 0."""
    rows: list[Any] = []
    for seed in seeds:
        r = np.random.default_rng([seed, 94])
        W = np.linalg.qr(r.standard_normal((n, n)))[0]
        sign = np.where(np.arange(n) % 2 == 0, -1.0, 1.0)
        x0 = r.standard_normal(n)
        A, H = (W * np.geomspace(1.5 * delta, L, n)) @ W.T, (W * delta * sign) @ W.T
        rows.append((A, H, x0, 0.5 * x0 @ (A + H) @ x0))
    A, H, x0, gap = (np.stack(part) for part in zip(*rows, strict=True))
    none = np.zeros((len(seeds), 1, n))
    return assembled(A, 0 * x0, H, none, none[:, :, 0], x0, delta, gap, Side.EXACT, "F is convex with minimum 0 at 0", L / delta)


def wavy(seeds: range, n: Annotated[int, (2, 12)] = 5, delta: Annotated[float, (0.1, 2.0)] = 1.0, L: Annotated[float, (0.0, 1e4)] = 0.5) -> Proxied:
    """D = δ Σ cos(u_i'x) with orthonormal u_i: F is not convex."""
    rows: list[Any] = []
    for seed in seeds:
        r = np.random.default_rng([seed, 95])
        A = spectrum(r, np.geomspace(0.01, max(L, 0.01), n))
        U = np.linalg.qr(r.standard_normal((n, n)))[0]
        rows.append((A, U, 3 * r.standard_normal(n)))
    A, U, x0 = (np.stack(part) for part in zip(*rows, strict=True))
    w = delta * np.ones(x0.shape)
    p = assembled(A, 0 * x0, 0 * A, U, w, x0, delta, 0.0, Side.EXACT, "-")
    return assembled(A, 0 * x0, 0 * A, U, w, x0, delta, p.value(x0) + delta * n, Side.UPPER, "F ≥ −nδ")


def concave(seeds: range, delta: Annotated[float, (0.1, 2.0)] = 1.0) -> Proxied:
    """n = 1, F̂ = x, D = −δx²/2: one step decreases F by exactly what the proof uses; x0 ≤ 0.4 stays away from F' = 1 − δx = 0."""
    B = len(seeds)
    x0 = np.array([np.random.default_rng([seed, 96]).uniform(0, 0.4, 1) for seed in seeds])
    one, none = np.ones((B, 1, 1)), np.zeros((B, 1))
    return assembled(0 * one, none + 1, -delta * one, 0 * one, none, x0, delta, 1.0, Side.ESTIMATED, "F is unbounded below")


def doubly_concave(seeds: range, c: Annotated[float, (1.0, 2.95)] = 2.8, delta: Annotated[float, (0.1, 2.0)] = 1.0) -> Proxied:
    """n = 1, F̂ = −cδx²/2, D = −δx²/2: for η < 1/(cδ) the proximal step is defined and long."""
    B = len(seeds)
    x0 = np.array([np.random.default_rng([seed, 97]).uniform(0.5, 1, 1) for seed in seeds])
    one, none = np.ones((B, 1, 1)), np.zeros((B, 1))
    p = assembled(-c * delta * one, none, -delta * one, 0 * one, none, x0, delta, 1.0, Side.ESTIMATED, "F is unbounded below")
    return Proxied(p.A, p.p, p.H, p.U, p.w, p.x0, p.constants, frozenset({Trait.SMOOTH}))


def ladder(seeds: range, n: Annotated[int, (2, 12)] = 5) -> Proxied:
    """Row b: L = δ·10^{1 + (b mod 16)/4}, the rest alike."""
    rows = [quadratic(range(1), n, 0.1 * 10.0 ** (1 + (seed % 16) / 4)) for seed in seeds]
    A, H, x0 = (np.concatenate([getattr(p, name) for p in rows]) for name in ("A", "H", "x0"))
    gap, stiffness = (np.array([float(np.asarray(p.constants[name].value).ravel()[0]) for p in rows]) for name in ("Delta", "stiffness"))
    none = np.zeros((len(seeds), 1, n))
    return assembled(A, 0 * x0, H, none, none[:, :, 0], x0, 0.1, gap, Side.EXACT, "F is convex with minimum 0 at 0", stiffness)


def one_dimension(seeds: range, a: Annotated[float, (1.0, 10.0)] = 1.5, delta: Annotated[float, (0.1, 1.0)] = 0.5, start: Annotated[float, (0.1, 10.0)] = 1.0) -> Proxied:
    """n = 1: F̂ = aδx²/2, D = −δx²/2."""
    B = len(seeds)
    one = np.ones((B, 1, 1))
    x0 = start * one[:, 0]
    gap = 0.5 * (a - 1) * delta * start**2
    return assembled(a * delta * one, 0 * x0, -delta * one, 0 * one, 0 * x0, x0, delta, gap, Side.EXACT, "F = (a − 1)δx²/2", a)
