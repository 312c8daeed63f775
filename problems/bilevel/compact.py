"""One hyperparameter λ on the grid of a compact interval, a 1-Lipschitz upper level E(w) = ‖w − c‖."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.quadratic import spectrum
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Interval:
    """g(λ, w) = ½ (w − w_λ)'A(w − w_λ), w_λ affine in λ, for λ on a grid of [−1, 1] with P points."""

    A: Array  # (B, m, m)
    w_star: Array  # (B, P, m) w_λ on the grid
    c: Array  # (B, m)
    grid: Array  # (P,)
    x0: Array  # (B, 1)
    y0: Array  # (B, m) w_0
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.COMPACT, Trait.LIPSCHITZ})

    def lower_y(self, w: Array, /) -> Array:
        """∇_w g at every λ: (B, P, m) -> (B, P, m)"""
        return array_namespace(w).matmul(w - self.w_star, self.A)

    def upper(self, w: Array, /) -> Array:
        """E(w): (B, P, m) -> (B, P)"""
        return array_namespace(w).linalg.vector_norm(w - self.c[:, None, :], axis=-1)


@dataclass(frozen=True, eq=False)
class Degenerate:
    """g = (w_1 − λ w_2)², whose minimiser is not unique; E = |λ| + (w_2 − 1)². GD from 0 stays at 0."""

    grid: Array  # (P,)
    x0: Array  # (B, 1)
    y0: Array  # (B, 2)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.COMPACT})

    def lower_y(self, w: Array, /) -> Array:
        r = w[:, :, 0] - self.grid[None, :] * w[:, :, 1]
        return array_namespace(w).stack([2 * r, -2 * r * self.grid[None, :]], axis=-1)

    def upper(self, w: Array, /) -> Array:
        return array_namespace(w).abs(self.grid)[None, :] + (w[:, :, 1] - 1) ** 2


def interval(
    seeds: range,
    m: Annotated[int, (1, 20)] = 5,
    mu: Annotated[float, (0.02, 1.0)] = 0.1,
    points: Annotated[int, (41, 401)] = 81,
) -> Interval:
    """A with eigenvalues on [mu, 1]; w_λ on a segment; c random."""
    grid = np.linspace(-1, 1, points)
    rows: list[Any] = []
    for seed in seeds:
        r = np.random.default_rng([seed, 98])
        A = spectrum(r, np.geomspace(mu, 1, m) if m > 1 else np.array([mu]))
        w_star = r.standard_normal(m) + grid[:, None] * r.standard_normal(m)
        w0 = 3 * r.standard_normal(m)
        rows.append((A, w_star, r.standard_normal(m), w0, np.linalg.norm(w_star - w0, axis=1).max(), np.linalg.norm(w_star[-1] - w_star[0]) / 2))
    A, w_star, c, w0, far, slope = (np.stack(part) for part in zip(*rows, strict=True))
    constants = {
        "mu": Certified(mu, Unit(1, -2), Side.EXACT, "smallest eigenvalue of A"),
        "L": Certified(1.0 if m > 1 else mu, Unit(1, -2), Side.EXACT, "largest eigenvalue of A"),
        "far": Certified(far, Unit(0, 1), Side.EXACT, "max ‖w_0 − w_λ‖: convex in λ, so at an end of the interval"),
        "slope": Certified(slope, Unit(0, 1), Side.EXACT, "‖dw_λ/dλ‖"),
    }
    return Interval(A, w_star, c, grid, 0 * w0[:, :1], w0, constants)


def degenerate(seeds: range) -> Degenerate:
    B = len(seeds)
    constants = {"L": Certified(4.0, Unit(1, -2), Side.EXACT, "2(1 + λ²) ≤ 4"), "mu": Certified(1.0, Unit(1, -2), Side.ESTIMATED, "there is none")}
    return Degenerate(np.linspace(-1, 1, 81), np.zeros((B, 1)), np.zeros((B, 2)), constants)
