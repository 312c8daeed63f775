"""Pethick, Latafat, Patrinos, Fercoq, Cevher 2022: the polar game; a ring; Hsieh, Mertikopoulos, Cevher 2021: the forsaken game. No comonotonicity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.min_max.linear_operators import CURVATURE, LENGTH, STEP
from ratecheck import Array, Certified, Side, Trait, Unit

GRID = 4001


@dataclass(frozen=True, eq=False)
class RadialGame:
    """F(z) = h(‖z‖²) z + (z_2, −z_1), h(u) = c (u − u_c)² − m: ⟨F(z), z⟩ = h ‖z‖² and ‖F(z)‖² = (1 + h²) ‖z‖²; the only zero is 0.

    In the radial and the tangential direction DF = [[p, 1], [−1, h]] up to signs, p = h + 2u h'(u).
    """

    c: Array  # (B,)
    u_c: Array  # (B,)
    m: Array  # (B,)
    x0: Array  # (B, 2)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.WEAK_MINTY, Trait.SMOOTH})

    @property
    def x_star(self) -> Array:  # (B, 2)
        return 0 * self.x0

    def slopes(self, u: Array, /) -> tuple[Array, Array]:  # (B, K) -> p and h at ‖z‖² = u, (B, K) each
        d = u - self.u_c[:, None]
        h = self.c[:, None] * d * d - self.m[:, None]
        return h + 4 * self.c[:, None] * u * d, h

    def apply(self, z: Array, /) -> Array:  # (B, 2) -> (B, 2)
        xp = array_namespace(z)
        _, h = self.slopes(xp.sum(z * z, axis=-1, keepdims=True))
        return h * z + xp.stack([z[:, 1], -z[:, 0]], axis=-1)


def _radial(seeds: range, c: float, u_c: float, m: float, start: float, ball: float) -> RadialGame:
    B, top = len(seeds), max(ball, start) ** 2
    u = np.linspace(0.0, top, GRID)
    p, h = c * (u - u_c) ** 2 - m + 4 * c * u * (u - u_c), c * (u - u_c) ** 2 - m
    norm = (np.hypot(p + h, 2.0) + np.abs(p - h)) / 2
    # between two points of the grid: |p'| + |h'| ≤ c (12u + 6u_c) + c (2u + 2u_c)
    L = norm.max() + u[1] / 2 * c * (14 * top + 8 * u_c)
    angle = 2 * np.pi * np.array([np.random.default_rng([seed, 77]).random() for seed in seeds])

    def rows(value: float, unit: Unit, side: Side, proof: str) -> Certified:
        return Certified(np.full(B, value), unit, side, proof)

    constants = {
        "rho": rows(m / (1 + m * m), STEP, Side.EXACT, "−h/(1 + h²) rises with −h < 1; h ≥ −m, attained at ‖z‖² = u_c"),
        "L": rows(L, CURVATURE, Side.UPPER, "‖DF‖ = (√((p + h)² + 4) + |p − h|)/2 over the ball: a grid, and a slope between its points"),
        "R": rows(start, LENGTH, Side.EXACT, "‖z_0‖, the zero is 0"),
        "ball": rows(np.sqrt(top), LENGTH, Side.EXACT, "chosen: radius of the ball on which L holds"),
    }
    c_, u_, m_ = (np.full(B, value) for value in (c, u_c, m))
    return RadialGame(c_, u_, m_, start * np.stack([np.cos(angle), np.sin(angle)], axis=-1), constants)


def polar(
    seeds: range, a: Annotated[float, (0.05, 3.0)] = 1 / 3, start: Annotated[float, (0.1, 1.0)] = 1.0, ball: float = 1.2
) -> RadialGame:
    """h(u) = (a/16)(u − 1)(16u − 9): the flow circles for ever at ‖z‖ = 1, and does not leave ‖z‖ > 3/4. a = 1/3 in the paper."""
    return _radial(seeds, a, 25 / 32, 49 * a / 1024, start, ball)


def ring(
    seeds: range,
    c: Annotated[float, (1.0, 8.0)] = 6.0,
    m: Annotated[float, (0.0, 0.02)] = 0.02,
    start: Annotated[float, (0.1, 1.0)] = 1.0,
    ball: float = 1.05,
) -> RadialGame:
    """u_c = 1: nearly a rotation where it starts, strong forces further in. ‖F‖ grows towards the solution; DF is singular on the way."""
    return _radial(seeds, c, 1.0, m, start, ball)


@dataclass(frozen=True, eq=False)
class Forsaken:
    """f = x (y − 0.45) + φ(x) − φ(y), φ(t) = t²/4 − t⁴/2 + t⁶/6: F = (y − 0.45 + φ'(x), φ'(y) − x)."""

    x0: Array  # (B, 2)
    x_star: Array  # (B, 2)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.WEAK_MINTY, Trait.SMOOTH})

    def apply(self, z: Array, /) -> Array:  # (B, 2) -> (B, 2)
        xp = array_namespace(z)
        slope = z / 2 - 2 * z**3 + z**5
        return slope + xp.stack([z[:, 1] - 0.45, -z[:, 0]], axis=-1)


def forsaken(seeds: range) -> Forsaken:
    """Starts within 0.1 of (0.9, 0.9), outside the cycle that surrounds the zero."""
    z, ball, B = np.array([0.08, 0.41]), 1.5, len(seeds)
    for _ in range(50):
        z = z - np.linalg.solve(np.diag(0.5 - 6 * z**2 + 5 * z**4) + np.array([[0, 1], [-1, 0]]), _forsaken(z))
    angle = 2 * np.pi * np.array([np.random.default_rng([seed, 78]).random() for seed in seeds])
    x0 = 0.9 + 0.1 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    w = np.array([-0.26, 0.79])
    rho = -(_forsaken(w) @ (w - z)) / (_forsaken(w) @ _forsaken(w))
    high = 0.5 - 6 * ball**2 + 5 * ball**4
    L = (np.hypot(high - 1.3, 2) + high + 1.3) / 2
    constants = {
        "rho": Certified(np.full(B, rho), STEP, Side.LOWER, "−⟨F(w), w − z*⟩/‖F(w)‖² at w = (−0.26, 0.79)"),
        "L": Certified(
            np.full(B, L),
            CURVATURE,
            Side.UPPER,
            "DF = [[φ'', 1], [−1, φ'']], −1.3 ≤ φ'' ≤ φ''(3/2) in the square: largest at (−1.3, φ''(3/2))",
        ),
        "R": Certified(np.linalg.norm(x0 - z, axis=-1), LENGTH, Side.EXACT, "‖z_0 − z*‖, z* by Newton's method"),
        "ball": Certified(np.full(B, ball), LENGTH, Side.EXACT, "chosen: half the side of the square on which L holds"),
    }
    return Forsaken(x0, np.stack([z] * B), constants)


def _forsaken(z: Array) -> Array:  # (2,) -> (2,)
    return z / 2 - 2 * z**3 + z**5 + np.array([z[1] - 0.45, -z[0]])
