"""Log-cosh lower level, pseudo-Huber upper level: third derivatives that matter, and a bounded ∇_y f."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.batched import apply, apply_t, diagonal, dot
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH, Trait.LIPSCHITZ})
STEEPEST = 4 / (3 * 3**0.5)  # sup |(sech²)'|
STEEPEST_HUBER = 48 / 25 / 5**0.5  # sup |((1 + t²)^{-3/2})'| = 0.8587, at t = 1/2
HALVINGS, NEWTON = 60, 12


@dataclass(frozen=True, eq=False)
class LogCosh:
    """g = s Σ log cosh y_i + (μ/2)‖y‖² − y'Cx,   f = w Σ √(1 + ((y_i−c_i)/w)²) a/√m + e Σ √(1 + x_j²)."""

    C: Array  # (B, m, n); the cross block is −C
    c: Array  # (B, m)
    a: Array  # (B,) ‖∇_y f‖ < a
    w: Array  # (B,) width: the curvature of f in y is at most a/(√m w)
    e: Array  # (B,) weight of the x part of f
    s: Array  # (B,)
    mu: Array  # (B,)
    x0: Array  # (B, n)
    y0: Array  # (B, m)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def _weight(self) -> Array:
        return (self.a / self.c.shape[-1] ** 0.5)[:, None]

    def upper(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(x)
        t, w = (y - self.c) / self.w[:, None], self._weight() * self.w[:, None]
        return xp.sum(w * xp.sqrt(1 + t * t), axis=-1) + self.e * xp.sum(xp.sqrt(1 + x * x), axis=-1)

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return self.e[:, None] * x / array_namespace(x).sqrt(1 + x * x)

    def upper_y(self, x: Array, y: Array, /) -> Array:
        t = (y - self.c) / self.w[:, None]
        return self._weight() * t / array_namespace(x).sqrt(1 + t * t)

    def upper_xx(self, x: Array, y: Array, /) -> Array:
        return diagonal(self.e[:, None] / (1 + x * x) ** 1.5)

    def upper_yy(self, x: Array, y: Array, /) -> Array:
        t = (y - self.c) / self.w[:, None]
        return diagonal(self._weight() / self.w[:, None] / (1 + t * t) ** 1.5)

    def lower(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(x)
        return self.s * xp.sum(xp.log(xp.cosh(y)), axis=-1) + 0.5 * self.mu * dot(y, y) - dot(y, apply(self.C, x))

    def lower_x(self, x: Array, y: Array, /) -> Array:
        return -apply_t(self.C, y)

    def lower_y(self, x: Array, y: Array, /) -> Array:
        return self.s[:, None] * array_namespace(x).tanh(y) + self.mu[:, None] * y - apply(self.C, x)

    def _curvature(self, y: Array) -> Array:
        t = array_namespace(y).tanh(y)
        return self.s[:, None] * (1 - t * t) + self.mu[:, None]

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        return self._curvature(y) * v

    def cross(self, x: Array, y: Array, u: Array, /) -> Array:
        return -apply(self.C, u)

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        return -apply_t(self.C, v)

    def hessian(self, x: Array, y: Array, /) -> Array:
        return diagonal(self._curvature(y))

    def cross_block(self, x: Array, y: Array, /) -> Array:
        return -self.C

    def y_star(self, x: Array, /) -> Array:
        """Newton's method on s tanh t + μt = |u|, which is concave: from the left it converges without a safeguard."""
        xp = array_namespace(x)
        u, s, mu = apply(self.C, x), self.s[:, None], self.mu[:, None]
        size = xp.abs(u)
        t = xp.maximum(size / (s + mu), (size - s) / mu)
        for _ in range(NEWTON):
            t = t - (s * xp.tanh(t) + mu * t - size) / self._curvature(t)
        return xp.sign(u) * t

    def smoothness(self, x: Array, /) -> Array:
        return self.s + self.mu + 0 * x[:, 0]

    def cross_lipschitz(self, x: Array, /) -> Array:
        return 0 * x[:, 0]

    def y_penalised(self, x: Array, lam: Array, /) -> Array:
        """argmin_y f + λ g, λ (B,) ≥ 2 l_f1/μ: each coordinate by bisection in |y − y*| ≤ ‖∇_y f‖/(λμ), to rounding."""
        xp = array_namespace(x)
        centre = self.y_star(x)
        radius = (self.a / (lam * self.mu))[:, None]
        low, high = centre - radius, centre + radius
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            slope = self.upper_y(x, middle) + lam[:, None] * self.lower_y(x, middle)
            low, high = xp.where(slope < 0, middle, low), xp.where(slope < 0, high, middle)
        return 0.5 * (low + high)


def log_cosh(
    seeds: range,
    n: Annotated[int, (1, 12)] = 4,
    m: Annotated[int, (1, 12)] = 6,
    mu: Annotated[float, (1e-2, 2.0)] = 0.3,
    s: Annotated[float, (0.1, 10.0)] = 1.0,
    a: Annotated[float, (0.1, 10.0)] = 1.0,
    w: Annotated[float, (0.05, 20.0)] = 1.0,
    e: Annotated[float, (0.01, 1.0)] = 1.0,
    lam: Annotated[float, (1.0, 1e4)] = 1.0,
) -> LogCosh:
    """Gaussian C/√max(m, n), c and starts; the penalty λ starts at lam · 2 l_f1/μ."""
    rows = []
    for seed in seeds:
        g = np.random.default_rng([seed, 77])
        C = g.standard_normal((m, n)) / np.sqrt(max(m, n))
        rows.append((C, 2 * g.standard_normal(m), 2 * g.standard_normal(n), g.standard_normal(m)))
    C, c, x0, y0 = (np.stack(part) for part in zip(*rows, strict=True))
    return assembled(C, c, x0, y0, np.full(len(seeds), lam), a, w, e, s, mu)


def scalar(
    seeds: range,
    mu: Annotated[float, (0.05, 2.0)] = 1.0,
    s: Annotated[float, (0.1, 20.0)] = 1.5,
    a: Annotated[float, (0.1, 10.0)] = 1.0,
    w: Annotated[float, (1.0, 100.0)] = 30.0,
) -> LogCosh:
    """m = n = 1 with a nearly linear f: what remains of the error is the change of the lower Hessian."""
    B = len(seeds)
    x0 = np.array([np.random.default_rng([seed, 78]).uniform(s + 0.3 * mu, s + 2 * mu, 1) for seed in seeds])
    return assembled(np.ones((B, 1, 1)), np.full((B, 1), -3 * w), x0, np.zeros((B, 1)), np.ones(B), a, w, 0.1, s, mu)


def tilted(
    seeds: range,
    tilt: Annotated[float, (0.0, 5.0)] = 0.577,
    cross: Annotated[float, (0.1, 50.0)] = 8.0,
    s: Annotated[float, (0.0, 5.0)] = 0.01,
    a: Annotated[float, (0.1, 10.0)] = 1.0,
    w: Annotated[float, (0.1, 10.0)] = 0.5,
) -> LogCosh:
    """m = n = 1, c = y*(x0) − tilt·w: at tilt 1/√3 gradient and curvature of f are both large, at 0 the curvature is largest."""
    B = len(seeds)
    x0 = np.array([np.random.default_rng([seed, 82]).uniform(-1, 1, 1) for seed in seeds])
    C = np.full((B, 1, 1), cross)
    found = assembled(C, np.zeros((B, 1)), x0, np.zeros((B, 1)), np.ones(B), a, w, 0.1, s, 1.0).y_star(x0)
    return assembled(C, found - tilt * w, x0, np.zeros((B, 1)), np.ones(B), a, w, 0.1, s, 1.0)


def stiff(seeds: range, l_f1: Annotated[float, (1.0, 1e5)] = 1e4) -> LogCosh:
    """g = ½ y² − 10 x y, f = l_f1 w² √(1 + (y/w)²) with w = 0.1, at x0 = 0: F''(0) = 100 l_f1."""
    B = len(seeds)
    zero = np.zeros((B, 1))
    return assembled(np.full((B, 1, 1), 10.0), zero, zero, zero, np.ones(B), 0.1 * l_f1, 0.1, 1.0, 0.0, 1.0)


def ladder(seeds: range, n: Annotated[int, (1, 12)] = 3, m: Annotated[int, (1, 12)] = 4) -> LogCosh:
    """One instance in every row; row b carries λ = 2 l_f1/μ · 10^{(b mod 12)/3}."""
    B = len(seeds)
    one = log_cosh(range(1), n, m)
    C, c, x0, y0 = (np.repeat(part, B, axis=0) for part in (one.C, one.c, one.x0, one.y0))
    return assembled(C, c, x0, y0, 10.0 ** (np.array(list(seeds)) % 12 / 3), 1.0, 1.0, 1.0, 1.0, 0.3)


def assembled(C: Any, c: Any, x0: Any, y0: Any, factor: Any, *scalars: float) -> LogCosh:
    """`scalars` are a, w, e, s, μ."""
    B, m, _ = C.shape
    a, w, e, s, mu = (np.full(B, v) for v in scalars)
    norm_C = np.linalg.norm(C, 2, axis=(1, 2))
    a1 = a / np.sqrt(m) / w
    l_f1, l_f2 = np.maximum(a1, e), STEEPEST_HUBER * np.maximum(a1 / w, e)

    def joint(top: Any) -> Any:
        """‖[[0, −C'], [−C, top I]]‖ = (top + √(top² + 4‖C‖²))/2"""
        return 0.5 * (top + np.sqrt(top**2 + 4 * norm_C**2))

    curvature, third = Unit(1, -2), Unit(1, -3)
    lam = factor * 2 * l_f1 / mu
    constants = {
        "mu": Certified(mu, curvature, Side.LOWER, "s sech² > 0"),
        "L": Certified(mu + s, curvature, Side.EXACT, "sech² ≤ 1, at y = 0"),
        "L_f": Certified(a1, curvature, Side.EXACT, "(√(1+t²))'' ≤ 1, at t = 0"),
        "L_A": Certified(STEEPEST * s, third, Side.EXACT, "sup |(sech²)'| = 4/(3√3)"),
        "L_B": Certified(0.0, third, Side.EXACT, "the cross block is constant"),
        "norm_B": Certified(norm_C, curvature, Side.EXACT, "largest singular value of C"),
        "l_f0": Certified(a, Unit(1, -1), Side.UPPER, "|t/√(1+t²)| < 1 in each of the m coordinates"),
        "l_f1": Certified(l_f1, curvature, Side.EXACT, "the Hessian of f is diagonal"),
        "l_f2": Certified(l_f2, third, Side.UPPER, "sup |((1+t²)^{−3/2})'| = 0.8587; diagonal third derivatives"),
        "l_g1": Certified(joint(mu + s), curvature, Side.EXACT, "norm of [[0, −C'], [−C, (μ+s) I]]: increasing in the last block"),
        "l_g2": Certified(STEEPEST * s, third, Side.EXACT, "sup |(sech²)'| = 4/(3√3); diagonal third derivatives"),
        "lam": Certified(lam, Unit(), Side.EXACT, "chosen: 2 l_f1/μ times a power of 10"),
    }
    return LogCosh(C, c, a, w, e, s, mu, x0, y0, constants)
