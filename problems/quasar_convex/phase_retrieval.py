"""Robust phase retrieval on the line: weakly convex and piecewise quadratic, so the Moreau envelope is exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class PhaseRetrieval:
    """φ = f + r, f(x) = (1/N) Σ |a_i² x² − b_i|, r(x) = weight · |x| on [−radius, radius], +∞ outside.

    On piece j, between left_j and right_j, φ(y) = quadratic_j y² + linear_j y + constant_j.
    """

    a2: Array  # (B, N), a_i²
    b: Array  # (B, N)
    weight: float
    radius: float
    left: Array  # (B, P)
    right: Array  # (B, P)
    quadratic: Array  # (B, P)
    linear: Array  # (B, P)
    constant: Array  # (B, P)
    x0: Array  # (B, 1)
    phi_min: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.WEAKLY_CONVEX, Trait.FINITE_SUM, Trait.LIPSCHITZ})

    @property
    def size(self) -> int:
        return int(self.b.shape[1])

    def value(self, x: Array, /) -> Array:
        """φ(x) for |x| ≤ radius."""
        xp = array_namespace(x)
        return xp.mean(xp.abs(self.a2 * x * x - self.b), axis=-1) + self.weight * xp.abs(x[:, 0])

    def models(self, x: Array, /) -> tuple[Array, Array]:
        """c_i = a_i² x² − b_i and c_i' = 2 a_i² x for every i, (B, N): f_i = |c_i|, its prox-linear model |c_i + c_i' (y − x)|."""
        return self.a2 * x * x - self.b, 2 * self.a2 * x

    def prox(self, x: Array, step: Array, /) -> Array:
        """argmin_y r(y) + (y − x)²/(2 step)."""
        xp = array_namespace(x)
        kept = xp.maximum(xp.abs(x) - step * self.weight, xp.zeros_like(x))
        return xp.sign(x) * xp.minimum(kept, xp.full_like(x, self.radius))

    def nearest(self, x: Array, rb: Array, /) -> tuple[Array, Array]:
        """φ_{1/rb} and its proximal point at every entry of x, (B, q) -> (B, q) twice; rb (B,) above the weak convexity."""
        xp = array_namespace(x)
        p, q = x[:, :, None], rb[:, None, None]
        y = (q * p - self.linear[:, None, :]) / (2 * self.quadratic[:, None, :] + q)
        y = xp.minimum(xp.maximum(y, self.left[:, None, :]), self.right[:, None, :])
        value = self.quadratic[:, None, :] * y * y + self.linear[:, None, :] * y + self.constant[:, None, :] + q / 2 * (y - p) ** 2
        low = xp.min(value, axis=-1)
        place = xp.astype(xp.arange(value.shape[-1])[None, None, :] == xp.argmin(value, axis=-1)[:, :, None], y.dtype)
        return low, xp.sum(place * y, axis=-1)


def phase_retrieval(
    seeds: range,
    N: Annotated[int, (5, 60)] = 20,
    outliers: Annotated[float, (0.0, 0.4)] = 0.2,
    weight: Annotated[float, (0.0, 1.0)] = 0.0,
    radius: Annotated[float, (2.0, 10.0)] = 3.0,
) -> PhaseRetrieval:
    """Signal 1, Gaussian measurements, a share of them replaced by noise; rb = 2ρ is the Moreau parameter of the claims."""
    rows = []
    for seed in seeds:
        g = np.random.default_rng([seed, 37])
        a2 = g.standard_normal(N) ** 2
        b = np.where(g.random(N) < outliers, 5 * g.random(N), a2)
        roots = np.sqrt(b / a2)
        cuts = np.unique(np.clip(np.concatenate([roots, -roots, [0.0]]), -radius, radius))
        cuts = np.concatenate([[-radius], cuts, np.full(2 * N + 2 - len(cuts), radius)])
        middle = (cuts[1:] + cuts[:-1]) / 2
        signs = np.sign(a2[:, None] * middle**2 - b[:, None])
        pieces = (signs * a2[:, None]).mean(axis=0), weight * np.sign(middle), (-signs * b[:, None]).mean(axis=0)
        rows.append((a2, b, cuts[:-1], cuts[1:], *pieces, radius * (2 * g.random(1) - 1)))
    a2, b, left, right, quadratic, linear, constant, x0 = (np.stack(part) for part in zip(*rows, strict=True))
    # φ is smallest at an end of a piece or at a vertex inside: the envelope with any parameter has the same minimum
    ends = np.concatenate([left, right], axis=1)
    bare = PhaseRetrieval(
        a2, b, weight, radius, left, right, quadratic, linear, constant, x0, np.zeros(len(b)),
        {},
    )
    rho, rb = 2 * a2.mean(axis=1), 4 * a2.mean(axis=1)
    low = np.min(np.stack([bare.value(ends[:, j : j + 1]) for j in range(ends.shape[1])]), axis=0)
    with np.errstate(all="ignore"):
        vertex = np.where(quadratic > 0, -linear / (2 * quadratic), left)
        inside = (vertex > left) & (vertex < right)
        low = np.minimum(low, np.where(inside, quadratic * vertex**2 + linear * vertex + constant, np.inf).min(axis=1))
    smooth, exact = Unit(1, -2), Side.EXACT
    constants = {
        "rho": Certified(rho, smooth, Side.UPPER, "each |a²x² − b| + a²x² is convex"),
        "weight": Certified(np.full(len(b), float(weight)), Unit(1, -1), exact, "of |x| in r"),
        "rb": Certified(rb, smooth, exact, "chosen: twice the bound on the weak convexity"),
        "L": Certified(
            2 * radius * np.sqrt((a2**2).mean(axis=1)), Unit(1, -1), Side.UPPER, "E (2 a² x)² ≤ 4 radius² mean a⁴ on the interval"
        ),
        "gap_0": Certified(bare.nearest(x0, rb)[0][:, 0] - low, Unit(1, 0), exact, "φ_{1/rb}(x_0) − min φ, piece by piece"),
    }
    return replace(bare, phi_min=low, constants=constants)
