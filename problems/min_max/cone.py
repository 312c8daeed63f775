"""The distance to a point, the maximum of all linear functions of slope L around it: its ball oracle is a closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Cone:
    """f(x) = L |x − x*|, with the oracle argmin of f over the ball of radius r around y."""

    slope: Array  # (B,), L
    radius: Array  # (B,), r
    x_star: Array  # (B, d)
    x0: Array  # (B, d)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.LIPSCHITZ})

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return self.slope * xp.sqrt(xp.sum((x - self.x_star) ** 2, axis=-1))

    def ball(self, y: Array, /) -> Array:
        """(B, d) -> (B, d): x* if it is in the ball, else the point of the sphere towards x*."""
        xp = array_namespace(y)
        d = y - self.x_star
        length = xp.sqrt(xp.sum(d * d, axis=-1))
        inside = (length <= self.radius)[:, None]
        return xp.where(inside, self.x_star + 0 * y, y - d * (self.radius / xp.where(length > 0, length, xp.ones_like(length)))[:, None])


def cone(seeds: range, d: Annotated[int, (1, 6)] = 2, longest: float = 3000.0) -> Cone:
    """L = 2, R = 1; row s has R/r from 5 to `longest`, never a whole number."""
    s = np.array(seeds)
    reach = 5.0 * (longest / 5.0) ** ((s % 8) / 7) + 0.37
    parts = []
    for seed in seeds:
        g = np.random.default_rng([seed, 101])
        x, u = g.standard_normal(d), g.standard_normal(d)
        parts.append((x, x + u / np.linalg.norm(u)))
    x_star, x0 = (np.stack(p) for p in zip(*parts, strict=True))
    B = len(s)
    constants = {
        "L": Certified(np.full(B, 2.0), Unit(1, -1), Side.EXACT, "slope of the cone"),
        "R": Certified(np.ones(B), Unit(0, 1), Side.EXACT, "|x_0 − x*|"),
        "r": Certified(1 / reach, Unit(0, 1), Side.EXACT, "chosen: radius of the balls"),
    }
    return Cone(np.full(B, 2.0), 1 / reach, x_star, x0, constants)
