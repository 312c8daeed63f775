"""Ridge regression with an orthogonal design: F, its minimum and the smoothness constant of F in closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.batched import diagonal
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH, Trait.COMPACT})


@dataclass(frozen=True, eq=False)
class SeparableRidge:
    """g = Σ g_i w_i²/2 − b_i w_i + e^θ_i w_i²/2,   f = Σ q_i (w_i − c_i)²/2   over |θ_i| ≤ box."""

    g: Array  # (B, d)
    b: Array  # (B, d)
    q: Array  # (B, d)
    c: Array  # (B, d)
    box: Array  # (B, 1)
    x0: Array  # (B, d)
    y0: Array  # (B, d)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def upper(self, x: Array, y: Array, /) -> Array:
        return 0.5 * array_namespace(x).sum(self.q * (y - self.c) ** 2, axis=-1)

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return 0 * x

    def upper_y(self, x: Array, y: Array, /) -> Array:
        return self.q * (y - self.c)

    def lower_x(self, x: Array, y: Array, /) -> Array:
        return 0.5 * array_namespace(x).exp(x) * y * y

    def lower_y(self, x: Array, y: Array, /) -> Array:
        return (self.g + array_namespace(x).exp(x)) * y - self.b

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        return (self.g + array_namespace(x).exp(x)) * v

    def cross(self, x: Array, y: Array, u: Array, /) -> Array:
        return array_namespace(x).exp(x) * y * u

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        return array_namespace(x).exp(x) * y * v

    def hessian(self, x: Array, y: Array, /) -> Array:
        return diagonal(self.g + array_namespace(x).exp(x))

    def cross_block(self, x: Array, y: Array, /) -> Array:
        return diagonal(array_namespace(x).exp(x) * y)

    def y_star(self, x: Array, /) -> Array:
        return self.b / (self.g + array_namespace(x).exp(x))

    def project(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.minimum(xp.maximum(x, -self.box), self.box)

    def smoothness(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.max(self.g + xp.exp(x), axis=-1)

    def cross_lipschitz(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.max(xp.exp(x), axis=-1)


def largest_second_derivative(a: float, c: float) -> float:
    """max over t in [0, 1] of |F''|/q = |a² t²(1−t)² − (a(1−t) − c) a t(1−t)(1−2t)|, t = e^θ/(g + e^θ): a quartic."""
    t = np.polynomial.Polynomial([0.0, 1.0])
    quartic: Any = a**2 * t**2 * (1 - t) ** 2 - (a * (1 - t) - c) * a * t * (1 - t) * (1 - 2 * t)
    roots: Any = quartic.deriv().roots()
    inside = [float(np.real(r)) for r in roots if abs(np.imag(r)) < 1e-9 and 0 < np.real(r) < 1]
    return float(max(abs(quartic(r)) for r in [0.0, 1.0, *inside]))


def separable(
    seeds: range,
    d: Annotated[int, (1, 20)] = 5,
    box: Annotated[float, (0.5, 6.0)] = 3.0,
) -> SeparableRidge:
    """g, q on [0.5, 1.5], b and c random with c/a partly outside (0, 1), so that some coordinates end on the box."""
    rows: list[Any] = []
    for seed in seeds:
        r = np.random.default_rng([seed, 83])
        g, q = r.uniform(0.5, 1.5, d), r.uniform(0.5, 1.5, d)
        b = r.uniform(1, 3, d) * r.choice([-1, 1], d)
        c = b / g * r.uniform(-0.2, 1.2, d)
        x0 = r.uniform(-box, box, d)
        ends = np.sort(b / (g + np.exp(np.array([[-box], [box]]))), axis=0)
        w0, best = b / (g + np.exp(x0)), np.clip(c, ends[0], ends[1])
        L_F = max(q[i] * largest_second_derivative(b[i] / g[i], c[i]) for i in range(d))
        gap = 0.5 * (q * ((w0 - c) ** 2 - (best - c) ** 2)).sum()
        rows.append((g, b, q, c, x0, np.zeros(d), L_F, gap))
    g, b, q, c, x0, y0, L_F, gap = (np.stack(part) for part in zip(*rows, strict=True))
    curvature, third = Unit(1, -2), Unit(1, -3)
    constants = {
        "mu": Certified(g.min(axis=1) + np.exp(-box), curvature, Side.EXACT, "smallest g_i + e^θ_i over the box"),
        "L": Certified(g.max(axis=1) + np.exp(box), curvature, Side.EXACT, "largest g_i + e^θ_i over the box"),
        "L_f": Certified(q.max(axis=1), curvature, Side.EXACT, "largest q_i"),
        "L_A": Certified(0.0, third, Side.EXACT, "A does not depend on w"),
        "L_B": Certified(np.exp(box), third, Side.EXACT, "the cross block is diag(e^θ w)"),
        "L_F": Certified(L_F, curvature, Side.EXACT, "max |F''| of a quartic in e^θ/(g + e^θ), at the roots of its derivative; holds for every θ"),
        "Delta": Certified(gap, Unit(1, 0), Side.EXACT, "F is separable and monotone in each w_i − c_i: its minimum over the box is a clip"),
    }
    return SeparableRidge(g, b, q, c, np.full((len(seeds), 1), box), x0, y0, constants)
