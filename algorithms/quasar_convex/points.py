"""Points at which a statement 'for all x' is tried: scattered over directions and radii, or marching along one ray."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from ratecheck import Array, Noise
from ratecheck.oracles import WithMinimiser


@dataclass(frozen=True, eq=False)
class Sample:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, n) a second point, independent of x
    t: Array  # (B,) a number in (0, 1]


@dataclass(frozen=True)
class Scattered:
    """x and y at x* + ‖x_0 − x*‖ 10^u d, d uniform on the sphere, u uniform on [low, high]; t uniform."""

    low: float = -2.0
    high: float = 1.0

    def iterates(self, problem: WithMinimiser, noise: Noise, /) -> Iterator[Sample]:
        xp = array_namespace(problem.x0)
        n = problem.x0.shape[-1]
        away = problem.x0 - problem.x_star
        R = xp.sqrt(xp.sum(away * away, axis=-1))
        directions, uniforms = noise.normals("directions", 2, n), noise.uniforms("radii", 3)
        for k in count():
            d, u = next(directions), next(uniforms)
            d = d / xp.sqrt(xp.sum(d * d, axis=-1))[:, :, None]
            radius = R[:, None] * 10.0 ** (self.low + (self.high - self.low) * u[:, :2])
            points = problem.x_star[:, None, :] + radius[:, :, None] * d
            yield Sample(k, points[:, 0, :], points[:, 1, :], 1 - u[:, 2])


@dataclass(frozen=True)
class Ray:
    """x_k = x* + factor^k (x_0 − x*), y = x_{k+1}, t = 1/2."""

    factor: float = 2.0

    def iterates(self, problem: WithMinimiser, noise: Noise, /) -> Iterator[Sample]:
        xp = array_namespace(problem.x0)
        away = problem.x0 - problem.x_star
        for k in count():
            x = problem.x_star + self.factor**k * away
            yield Sample(k, x, problem.x_star + self.factor ** (k + 1) * away, xp.full(away.shape[:1], 0.5))
