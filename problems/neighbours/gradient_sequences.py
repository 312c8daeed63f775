"""Sequences of gradients given beforehand: what an online method sees, whatever it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Trait


@dataclass(frozen=True, eq=False)
class GradientSequence:
    """g_t = ratio^t · pattern_{t mod T}, t = 1, 2, ... (for t = 0 the pattern alone)."""

    ratio: Array  # (B, 1) growth per step
    pattern: Array  # (T, B, n)
    x0: Array  # (B, n)
    constants: Mapping[str, Certified] = field(default_factory=dict)
    traits: frozenset[Trait] = frozenset()

    def grad_at(self, t: int, /) -> Array:
        """(B, n), the gradient of step t >= 1."""
        xp = array_namespace(self.ratio)
        return xp.exp(t * xp.log(self.ratio)) * self.pattern[t % self.pattern.shape[0], ...]


def geometric(seeds: range, growth: Annotated[float, (1.0, 1.2)] = 1.11) -> GradientSequence:
    """One coordinate, g_t = growth^t: no randomness, every row is the same."""
    B = len(seeds)
    return GradientSequence(np.full((B, 1), growth), np.ones((1, B, 1)), np.zeros((B, 1)))


def gaussian(seeds: range, n: Annotated[int, (1, 20)] = 5, period: Annotated[int, (2, 4000)] = 2000) -> GradientSequence:
    """Independent Gaussian gradients, repeated after `period` steps."""
    pattern = np.stack([np.random.default_rng([seed, 3]).standard_normal((period, n)) for seed in seeds], axis=1)
    return GradientSequence(np.ones((len(seeds), 1)), pattern, np.zeros((len(seeds), n)))
