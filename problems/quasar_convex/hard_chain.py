"""Hinder, Sidford, Sohoni 2020, appendix: the quasar-convex chain on which every first-order method needs about T/2 gradients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class HardChain:
    """f(x) = ¼ (x_1 − 1)² + ¼ Σ (x_i − x_{i+1})² + s Σ_{i ≤ T} Υ(x_i),  Υ(t) = 120 ∫_1^t u²(u − 1)/(1 + u²) du; x* = (1, …, 1), f* = 0."""

    s: float
    x0: Array  # (B, T), 0
    x_star: Array  # (B, T), 1
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH, Trait.QUASAR_CONVEX})

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        d = x[:, 1:] - x[:, :-1]
        return 0.25 * (x[:, 0] - 1) ** 2 + 0.25 * xp.sum(d * d, axis=-1) + self.s * xp.sum(upsilon(x), axis=-1)

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        d = 0.5 * (x[:, 1:] - x[:, :-1])
        zero = 0 * x[:, :1]
        ends = xp.concat([0.5 * (x[:, :1] - 1), d], axis=-1) - xp.concat([d, zero], axis=-1)
        return ends + self.s * upsilon_slope(x)


def upsilon(t: Array) -> Array:
    """120 [h(t) − h(1)], h(u) = u²/2 − u − ½ log(1 + u²) + arctan u."""
    xp = array_namespace(t)
    return 120 * ((t * t - 1) / 2 - (t - 1) - 0.5 * xp.log((1 + t * t) / 2) + xp.atan(t) - np.pi / 4)


def upsilon_slope(t: Array) -> Array:
    return 120 * t * t * (t - 1) / (1 + t * t)


def hard_chain(seeds: range, T: Annotated[int, (10, 1000)] = 100, s: Annotated[float, (1e-6, 1e-4)] = 1e-4) -> HardChain:
    B = len(seeds)
    ones, exact = np.ones(B), Side.EXACT
    constants = {
        "T": Certified(T * ones, Unit(), exact, "dimension"),
        "s": Certified(s * ones, Unit(), exact, "weight of Υ"),
        "L": Certified((2 + 180 * s) * ones, Unit(1, -2), Side.UPPER, "the path's Laplacian/2 has eigenvalues ≤ 2, and |Υ''| ≤ 180"),
        "gamma": Certified(ones / (100 * T * s**0.5), Unit(), Side.LOWER, "Lemma 12, for s ≤ 1e-4 and T ≥ s^{-1/2}"),
        "R": Certified(T**0.5 * ones, Unit(0, 1), exact, "x* = (1, …, 1), x_0 = 0"),
    }
    zeros = np.zeros((B, T))
    return HardChain(float(s), zeros, zeros + 1, np.zeros(B), constants)
