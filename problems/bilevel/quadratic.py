"""Quadratic lower and upper level: everything in closed form, third derivatives 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from problems.bilevel.batched import apply, apply_t, dot, solve
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH})
CURVATURE = Unit(1, -2)


@dataclass(frozen=True, eq=False)
class Quadratic:
    """g = ½ y'Ay − y'(Cx + b),   f = ½ (y−c)'Q(y−c) + ½ x'Rx + r'x,   so y*(x) = A⁻¹(Cx + b)."""

    A: Array  # (B, m, m) symmetric positive definite
    C: Array  # (B, m, n); the cross block ∂²_yx g is −C
    b: Array  # (B, m)
    Q: Array  # (B, m, m) symmetric positive definite
    c: Array  # (B, m)
    R: Array  # (B, n, n) symmetric
    r: Array  # (B, n)
    x0: Array  # (B, n)
    y0: Array  # (B, m)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def upper(self, x: Array, y: Array, /) -> Array:
        d = y - self.c
        return 0.5 * dot(d, apply(self.Q, d)) + 0.5 * dot(x, apply(self.R, x)) + dot(self.r, x)

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return apply(self.R, x) + self.r

    def upper_y(self, x: Array, y: Array, /) -> Array:
        return apply(self.Q, y - self.c)

    def lower(self, x: Array, y: Array, /) -> Array:
        return 0.5 * dot(y, apply(self.A, y)) - dot(y, apply(self.C, x) + self.b)

    def lower_x(self, x: Array, y: Array, /) -> Array:
        return -apply_t(self.C, y)

    def lower_y(self, x: Array, y: Array, /) -> Array:
        return apply(self.A, y) - apply(self.C, x) - self.b

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        return apply(self.A, v)

    def cross(self, x: Array, y: Array, u: Array, /) -> Array:
        return -apply(self.C, u)

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        return -apply_t(self.C, v)

    def hessian(self, x: Array, y: Array, /) -> Array:
        return self.A

    def cross_block(self, x: Array, y: Array, /) -> Array:
        return -self.C

    def y_star(self, x: Array, /) -> Array:
        return solve(self.A, apply(self.C, x) + self.b)

    def smoothness(self, x: Array, /) -> Array:
        return self.constants["L"].value + 0 * x[:, 0]

    def cross_lipschitz(self, x: Array, /) -> Array:
        return 0 * x[:, 0]


def spectrum(g: np.random.Generator, eigenvalues: Any) -> Any:
    """A symmetric matrix with these eigenvalues in random directions."""
    U = np.linalg.qr(g.standard_normal((len(eigenvalues), len(eigenvalues))))[0]
    return (U * eigenvalues) @ U.T


def quadratic(
    seeds: range,
    n: Annotated[int, (1, 30)] = 6,
    m: Annotated[int, (1, 30)] = 12,
    mu: Annotated[float, (1e-3, 1.0)] = 0.05,
    L: Annotated[float, (1.0, 10.0)] = 1.0,
    start: Annotated[float, (0.1, 10.0)] = 1.0,
) -> Quadratic:
    """Random directions, eigenvalues of A and Q geometric on [mu, L] and [0.1, 1], R = 0.1 I so that F has a minimiser."""
    rows = []
    for seed in seeds:
        g = np.random.default_rng([seed, 71])
        A = spectrum(g, np.geomspace(mu, L, m) if m > 1 else np.array([mu]))
        Q = spectrum(g, np.geomspace(0.1, 1.0, m))
        C = g.standard_normal((m, n)) / np.sqrt(max(m, n))
        x0, y0 = start * g.standard_normal(n), start * g.standard_normal(m)
        rows.append((A, C, g.standard_normal(m), Q, g.standard_normal(m), 0.1 * np.eye(n), g.standard_normal(n), x0, y0))
    return assembled(*(np.stack(part) for part in zip(*rows, strict=True)))


def isotropic(
    seeds: range,
    n: Annotated[int, (1, 30)] = 3,
    mu: Annotated[float, (1e-2, 1.0)] = 0.2,
    cross: Annotated[float, (0.1, 10.0)] = 1.5,
) -> Quadratic:
    """A = mu I, C a multiple of an orthogonal matrix: every factor of the chain rule has all its singular values equal."""
    rows = []
    for seed in seeds:
        g = np.random.default_rng([seed, 72])
        C = cross * np.linalg.qr(g.standard_normal((n, n)))[0]
        vectors = [g.standard_normal(n) for _ in range(5)]
        rows.append((mu * np.eye(n), C, vectors[0], spectrum(g, np.linspace(0.5, 1, n)), vectors[1], 0.1 * np.eye(n), *vectors[2:]))
    return assembled(*(np.stack(part) for part in zip(*rows, strict=True)))


def scalar(
    seeds: range,
    mu: Annotated[float, (1e-2, 1.0)] = 0.5,
    cross: Annotated[float, (0.1, 10.0)] = 2.0,
) -> Quadratic:
    """n = m = 1 and y0 = c: every approximate y that gradient descent reaches lies between c and y*, so errors only add up."""
    B = len(seeds)
    g = [np.random.default_rng([seed, 73]) for seed in seeds]
    one = np.ones((B, 1, 1))
    c, b, x0 = (np.array([[r.standard_normal()] for r in g]) for _ in range(3))
    return assembled(mu * one, cross * one, b, 0.7 * one, c, 0.1 * one, np.zeros((B, 1)), x0, c)


def orthogonal(
    seeds: range,
    m: Annotated[int, (2, 20)] = 4,
    mu: Annotated[float, (1e-3, 1.0)] = 0.05,
    stretch: Annotated[float, (1.0, 3.0)] = 1.0,
) -> Quadratic:
    """f depends on y alone, y0 = y*(x0), C = U diag(1..stretch) with U orthogonal: the cross block is (nearly) an isometry."""
    rows = []
    for seed in seeds:
        g = np.random.default_rng([seed, 79])
        A = spectrum(g, np.geomspace(mu, 1.0, m))
        C = np.linalg.qr(g.standard_normal((m, m)))[0] @ np.diag(np.linspace(1, stretch, m))
        b, x0 = g.standard_normal(m), g.standard_normal(m)
        y0 = np.linalg.solve(A, C @ x0 + b)
        rows.append((A, C, b, np.eye(m), y0 + g.standard_normal(m), np.zeros((m, m)), np.zeros(m), x0, y0))
    return assembled(*(np.stack(part) for part in zip(*rows, strict=True)))


def kantorovich(seeds: range, mu: Annotated[float, (1e-3, 0.9)] = 0.01) -> Quadratic:
    """A = diag(μ, 1), C = I, and ∇_y f = A u with the worst u of Kantorovich's inequality for the eigenvalues μ and 1."""
    B = len(seeds)
    A = np.diag([mu, 1.0])
    u = np.array([1.0, mu**0.5])
    zero = np.zeros((2, 2))
    parts = (A, np.eye(2), np.zeros(2), np.eye(2), -A @ u, zero, np.zeros(2), np.zeros(2), np.zeros(2))
    return assembled(*(np.stack([part] * B) for part in parts))


def full_rank(seeds: range, floor: Annotated[float, (1e-4, 1.0)] = 0.01, second: Annotated[float, (0.5, 3.0)] = 2.0) -> Quadratic:
    """A = diag(1, 100), CC' = uu' + floor·I with u = (1, −1)/√2: condition 1 + 1/floor; y0 = y*, ∇_y f = (1, second)."""
    B = len(seeds)
    u = np.array([1.0, -1.0]) / 2**0.5
    outer = np.outer(u, u)
    C = (1 + floor) ** 0.5 * outer + floor**0.5 * (np.eye(2) - outer)
    zero = np.zeros((2, 2))
    parts = (np.diag([1.0, 100.0]), C, np.zeros(2), np.eye(2), np.array([-1.0, -second]), zero, np.zeros(2), np.zeros(2), np.zeros(2))
    return assembled(*(np.stack([part] * B) for part in parts))


def blind(seeds: range, K: Annotated[int, (1, 10)] = 3, gamma: Annotated[float, (0.1, 0.9)] = 0.5) -> Quadratic:
    """g = ½ (y − x)², f = ½ y² + φ(x) with φ'(x0) = −(1 − (1−γ)^K) y*: K terms of step γ give h = 0 at x0, T terms do not."""
    B = len(seeds)
    x0 = np.array([np.random.default_rng([seed, 80]).uniform(0.5, 2.0, 1) for seed in seeds])
    one, none = np.ones((B, 1, 1)), np.zeros((B, 1))
    return assembled(one, one, none, one, none, one, -(2 - (1 - gamma) ** K) * x0, x0, x0)


def assembled(A: Any, C: Any, b: Any, Q: Any, c: Any, R: Any, r: Any, x0: Any, y0: Any) -> Quadratic:
    """The instance with its constants, all of them eigenvalues or singular values."""
    eig, eig_Q = np.linalg.eigvalsh(A), np.linalg.eigvalsh(Q)
    J = np.linalg.solve(A, C)
    H = np.swapaxes(J, 1, 2) @ Q @ J + R  # Hessian of F
    eig_H = np.linalg.eigvalsh(0.5 * (H + np.swapaxes(H, 1, 2)))
    linear = (np.swapaxes(J, 1, 2) @ (Q @ (np.linalg.solve(A, b[..., None]) - c[..., None])) + r[..., None])[..., 0]
    x_opt = -(np.linalg.pinv(H) @ linear[..., None])[..., 0]
    gap = 0.5 * np.einsum("bi,bij,bj->b", x0 - x_opt, H, x0 - x_opt)
    constants = {
        "mu": Certified(eig[:, 0], CURVATURE, Side.EXACT, "smallest eigenvalue of A"),
        "L": Certified(eig[:, -1], CURVATURE, Side.EXACT, "largest eigenvalue of A"),
        "L_f": Certified(eig_Q[:, -1], CURVATURE, Side.EXACT, "largest eigenvalue of Q"),
        "norm_B": Certified(np.linalg.norm(C, 2, axis=(1, 2)), CURVATURE, Side.EXACT, "largest singular value of C"),
        "s_max": Certified(np.linalg.norm(C, 2, axis=(1, 2)) ** 2, Unit(2, -4), Side.EXACT, "largest eigenvalue of CC'"),
        "s_min": Certified(np.linalg.norm(C, -2, axis=(1, 2)) ** 2, Unit(2, -4), Side.EXACT, "smallest eigenvalue of CC' (m ≤ n)"),
        "L_A": Certified(0.0, Unit(1, -3), Side.EXACT, "A does not depend on y"),
        "L_B": Certified(0.0, Unit(1, -3), Side.EXACT, "C does not depend on y"),
        "L_F": Certified(eig_H[:, -1], CURVATURE, Side.EXACT, "largest eigenvalue of the Hessian J'QJ + R of F"),
        "mu_F": Certified(eig_H[:, 0], CURVATURE, Side.EXACT, "smallest eigenvalue of the Hessian of F"),
        "Delta": Certified(gap, Unit(1, 0), Side.EXACT, "F(x0) − F* = ½ (x0−x*)'(J'QJ + R)(x0−x*); the linear part lies in its range"),
    }
    return Quadratic(A, C, b, Q, c, R, r, x0, y0, constants)
