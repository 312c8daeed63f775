"""Stochastic gradient descent on a quadratic whose last gradient alone is noisy: the law of the iterate, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.min_max.noisy_oracles import RareNoise
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Law:
    """After k + 1 steps."""

    k: int
    x: Array  # (B, 1), without noise in the last step
    atoms: Array  # (B, 3)
    weights: Array  # (B, 3)


@dataclass(frozen=True)
class LastStepNoise:
    """x⁺ = x − γ (μ x + noise), the noise in step k + 1 only."""

    factor: float = 1.0  # of the step of the row

    def iterates(self, problem: RareNoise, noise: Noise, /) -> Iterator[Law]:
        x, step = problem.x0, self.factor * problem.step
        xp = array_namespace(x)
        weights = xp.stack([problem.delta, 1 - 2 * problem.delta, problem.delta], axis=-1)
        kick = (step * problem.jump)[:, None]
        for k in count():
            x = x - (step * problem.mu)[:, None] * x
            yield Law(k, x, xp.concat([x - kick, x, x + kick], axis=-1), weights)
