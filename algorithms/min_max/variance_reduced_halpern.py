"""Cai, Alacaoglu, Diakonikolas 2024: Halpern's iteration with a recursive variance-reduced estimator (cocoercive case)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil, sqrt

from array_api_compat import array_namespace

from algorithms.min_max.noisy_oracles import FiniteSumOperator
from algorithms.min_max.steps import Step, over_L
from ratecheck import Array, Noise

Chance = Callable[[int, int], float]  # k, N -> p_k


def recalled(k: int, N: int) -> float:
    """4/(k + 5) while k ≤ √N, then 4/(√N + 5)"""
    return min(1.0, 4 / (min(float(k), sqrt(N)) + 5))


@dataclass(frozen=True, eq=False)
class State:
    k: int
    x: Array  # (B, n)
    estimate: Array  # (B, n), of F(x)
    weight: Array  # (B, N), how often each component was drawn for the last update, divided by the batch
    fresh: Array  # (B,), whether the estimate was computed afresh
    calls: Array  # (B,), components evaluated so far
    batch: Array  # (B, b), the components drawn for the last update, all 0 at first
    coin: Array  # (B,), uniform, 0 at first


@dataclass(frozen=True)
class VarianceReducedHalpern:
    """x⁺ = λ x_0 + (1 − λ) x − η F̃, λ = 2/(k + 4); F̃⁺ = F(x⁺) with probability p_k, else F̃ + mean over b of F_i(x⁺) − F_i(x)."""

    step: Step = over_L(0.25)
    chance: Chance = recalled
    anchored: bool = True

    def iterates(self, problem: FiniteSumOperator, noise: Noise, /) -> Iterator[State]:
        x, eta = problem.x0, self.step(problem.constants)[:, None]
        xp = array_namespace(x)
        B, N = problem.parts.shape[:2]
        b = ceil(sqrt(N))
        estimate = problem.apply(x)
        fresh = xp.ones((B,), dtype=x.dtype)
        weight, calls = xp.zeros((B, N), dtype=x.dtype), N * fresh
        index = xp.arange(N)[None, None, :]
        batch, flip = xp.zeros((B, b), dtype=xp.int64), 0 * fresh
        for k, (draw, coin) in enumerate(zip(noise.integers("batch", N, b), noise.uniforms("refresh"), strict=False)):
            yield State(k, x, estimate, weight, fresh, calls, batch, flip)
            lam = 2 / (k + 4) if self.anchored else 0.0
            following = lam * problem.x0 + (1 - lam) * x - eta * estimate
            weight = xp.sum(xp.astype(draw[:, :, None] == index, x.dtype), axis=1) / b
            update = estimate + problem.part(following, weight) - problem.part(x, weight)
            fresh = xp.astype(coin < self.chance(k, N), x.dtype)
            estimate = fresh[:, None] * problem.apply(following) + (1 - fresh[:, None]) * update
            calls = calls + fresh * N + (1 - fresh) * 2 * b
            x, batch, flip = following, draw, coin
