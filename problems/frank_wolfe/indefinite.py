"""An indefinite quadratic over the box with its global minimum known: f(x) = ½ Σ a_i x_i² + b'x over [−1, 1]ⁿ, separable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.frank_wolfe.oracles import LInfBall
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class IndefiniteQuadratic:
    a: Array  # (B, n), the eigenvalues, of both signs
    b: Array  # (B, n)
    x0: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH, Trait.COMPACT, Trait.POLYTOPE})

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        return array_namespace(x).sum((0.5 * self.a * x + self.b) * x, axis=-1)

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        return self.a * x + self.b

    def lmo(self, g: Array, /) -> Array:  # (B, n) -> (B, n)
        return LInfBall().vertex(g)

    def curvature(self, d: Array, /) -> Array:  # (B, n) -> (B,)
        return array_namespace(d).sum(self.a * d * d, axis=-1)


def on_box(seeds: range, n: Annotated[int, (1, 30)] = 6, tilt: Annotated[float, (0.01, 3.0)] = 0.3) -> IndefiniteQuadratic:
    """Eigenvalues uniform on [−1, 1], the first of them 1; b normal of size `tilt`; x0 uniform in the box."""
    a, b, x0 = [], [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 4])
        a.append(np.concatenate([[1.0], rng.uniform(-1, 1, n - 1)]))
        b.append(tilt * rng.standard_normal(n))
        x0.append(rng.uniform(-1, 1, n))
    A, b_, x = np.stack(a), np.stack(b), np.stack(x0)
    inside = np.clip(-b_ / np.where(A > 0, A, 1.0), -1, 1)  # the minimiser of a convex entry
    lowest = np.where(A > 0, 0.5 * A * inside**2 + b_ * inside, 0.5 * A - np.abs(b_))
    f_star = lowest.sum(axis=1)
    h0 = ((0.5 * A * x + b_) * x).sum(axis=1) - f_star
    C = 4 * np.maximum(A, 0).sum(axis=1)
    B = len(seeds)
    constants = {
        "L": Certified(np.max(np.abs(A), axis=1), Unit(1, -2), Side.EXACT, "largest |eigenvalue|"),
        "D": Certified(np.full(B, 2 * n**0.5), Unit(0, 1), Side.EXACT, "diagonal of the box"),
        "C_f": Certified(C, Unit(1, 0), Side.EXACT, "largest d'∇²f d over differences d of points of the box: 4 Σ max(a_i, 0)"),
        "h_0": Certified(h0, Unit(1, 0), Side.EXACT, "f(x0) − min f, entry by entry"),
        "f_gap": Certified(np.zeros(B), Unit(1, 0), Side.EXACT, "f* is known exactly"),
    }
    return IndefiniteQuadratic(A, b_, x, f_star, constants)
