"""The kernel k(y, z) = B₂(|y − z|)/2 on [0, 1], in exact rationals: the feature space of kernel herding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

import numpy as np

from ratecheck import Array, Certified, Trait


@dataclass(frozen=True, eq=False)
class BernoulliKernel:
    """f(x) = ‖x‖²_H/2 over the convex hull of the features; x = Σ w_i Φ(y_i) is held as its points and weights."""

    x0: Array  # (1, 1), the point whose feature is the start: 0
    constants: Mapping[str, Certified] = field(default_factory=dict)
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT})

    def kernel(self, y: Fraction, z: Fraction, /) -> Fraction:
        u = abs(y - z)
        return (u * u - u + Fraction(1, 6)) / 2

    def along(self, points: Sequence[Fraction], weights: Sequence[Fraction], y: Fraction, /) -> Fraction:
        """⟨x, Φ(y)⟩"""
        return sum((w * self.kernel(p, y) for p, w in zip(points, weights, strict=True)), Fraction(0))

    def squared_norm(self, points: Sequence[Fraction], weights: Sequence[Fraction], /) -> Fraction:
        """‖x‖²"""
        return sum((w * self.along(points, weights, p) for p, w in zip(points, weights, strict=True)), Fraction(0))

    def next_point(self, points: Sequence[Fraction], weights: Sequence[Fraction], smallest: bool, /) -> Fraction:
        """argmin over [0, 1] of ⟨x, Φ(·)⟩: between neighbouring points it is a parabola in y, with the weights summing to 1."""
        ends = sorted({Fraction(0), Fraction(1), *points})
        mean = sum((w * p for p, w in zip(points, weights, strict=True)), Fraction(0))
        candidates = []
        for low, high in pairwise(ends):
            below = sum((w for p, w in zip(points, weights, strict=True) if p <= low), Fraction(0))
            candidates.append(min(max(mean + below - Fraction(1, 2), low), high))
        best = min(self.along(points, weights, y) for y in candidates)
        ties = [y for y in candidates if self.along(points, weights, y) == best]
        return min(ties) if smallest else max(ties)


def bernoulli(seeds: range) -> BernoulliKernel:
    return BernoulliKernel(np.zeros((len(seeds), 1)))
