"""An upper level whose gradient grows exponentially: smooth only in the relaxed sense (L_0, L_1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

NEWTON = 10


@dataclass(frozen=True, eq=False)
class Cosh:
    """g = μy²/2 + s log cosh y − bxy,   f = cosh(cx) + M√(1 + (y−2)²); x, y numbers, kept as (B, 1)."""

    mu: Array  # (B, 1)
    s: Array  # (B, 1)
    b: Array  # (B, 1)
    c: Array  # (B, 1)
    M: Array  # (B, 1)
    horizon: Array  # (B,) iterations that this row is meant for
    x0: Array  # (B, 1)
    y0: Array  # (B, 1)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.LOWER_STRONGLY_CONVEX})

    def upper(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(x)
        return (xp.cosh(self.c * x) + self.M * xp.sqrt(1 + (y - 2) ** 2))[:, 0]

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return self.c * array_namespace(x).sinh(self.c * x)

    def upper_y(self, x: Array, y: Array, /) -> Array:
        return self.M * (y - 2) / array_namespace(x).sqrt(1 + (y - 2) ** 2)

    def lower_y(self, x: Array, y: Array, /) -> Array:
        return self.mu * y + self.s * array_namespace(x).tanh(y) - self.b * x

    def curvature(self, y: Array, /) -> Array:
        t = array_namespace(y).tanh(y)
        return self.mu + self.s * (1 - t * t)

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        return self.curvature(y) * v

    def cross(self, x: Array, y: Array, u: Array, /) -> Array:
        return -self.b * u

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        return -self.b * v

    def hessian(self, x: Array, y: Array, /) -> Array:
        return self.curvature(y)[:, :, None]

    def cross_block(self, x: Array, y: Array, /) -> Array:
        return -self.b[:, :, None] + 0 * y[:, :, None]

    def y_star(self, x: Array, /) -> Array:
        """Newton's method from the left on a concave function, as for log-cosh."""
        xp = array_namespace(x)
        u = self.b * x
        size = xp.abs(u)
        t = xp.maximum(size / (self.s + self.mu), (size - self.s) / self.mu)
        for _ in range(NEWTON):
            t = t - (self.s * xp.tanh(t) + self.mu * t - size) / self.curvature(t)
        return xp.sign(u) * t


def relaxed(
    seeds: range,
    c: Annotated[float, (0.3, 2.0)] = 1.0,
    mu: Annotated[float, (0.2, 2.0)] = 0.5,
    s: Annotated[float, (0.0, 2.0)] = 0.5,
    b: Annotated[float, (0.0, 1.0)] = 0.3,
    M: Annotated[float, (0.1, 3.0)] = 1.0,
    start: Annotated[float, (0.5, 8.0)] = 6.0,
    longest: Annotated[int, (100, 10**6)] = 100,
) -> Cosh:
    """x0 = start/c up to 10 %; row b has the horizon longest/4^(b mod 4)."""
    B = len(seeds)
    one = np.ones((B, 1))
    g = [np.random.default_rng([seed, 93]) for seed in seeds]
    x0 = np.array([start / c * r.uniform(0.9, 1.0, 1) for r in g])
    l_g1 = 0.5 * (mu + s + np.hypot(mu + s, 2 * b))  # norm of [[0, −b], [−b, μ + s]]
    l_g2, ratio = 4 * s / (3 * 3**0.5), np.hypot(1, l_g1 / mu)
    Lx0, Lx1, Ly0 = 1.6 * c**2, 1.6 * c, M
    K0 = ratio * (Lx0 + Lx1 * l_g1 * M / mu + l_g1 / mu * Ly0 + M * (l_g1 * l_g2 + l_g2 * mu) / mu**2)
    horizon = longest / 4.0 ** (np.array(list(seeds)) % 4)
    why = "the lemma, with L_x0 = 1.6c², L_x1 = 1.6c (cosh grows by at most e^{0.442} over the ball), L_y0 = M, L_y1 = 0"
    p = Cosh(mu * one, s * one, b * one, c * one, M * one, horizon, x0, 0 * x0, {})
    gap = p.upper(x0, p.y_star(x0)) - 1 - M
    constants = {
        "K0": Certified(K0, Unit(1, -2), Side.UPPER, why),
        "K1": Certified(ratio * Lx1, Unit(0, -1), Side.UPPER, why),
        "r": Certified(1 / np.sqrt(2 * ratio**2 * Lx1**2), Unit(0, 1), Side.EXACT, "1/√(2(1 + l_g1²/μ²)(L_x1² + L_y1²))"),
        "Delta": Certified(gap, Unit(1, 0), Side.UPPER, "F ≥ 1 + M"),
        "horizon": Certified(horizon, Unit(), Side.EXACT, "chosen"),
    }
    return Cosh(p.mu, p.s, p.b, p.c, p.M, horizon, x0, 0 * x0, constants)
