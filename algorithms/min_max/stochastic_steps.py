"""Stochastic descent ascent and extragradient (Juditsky, Nemirovski, Tauvel 2011; two step lengths: Hsieh et al. 2020), clipped or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol, TypeAlias

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Sampled(Problem, Protocol):
    @property
    def draws(self) -> tuple[int, ...]: ...  # how many uniform numbers one call needs
    def sample(self, z: Array, uniforms: Array, /) -> Array: ...  # (B, ...), (B, *draws) -> (B, ...), F(z) on average


Schedule: TypeAlias = Callable[[int], float]  # k -> step, or clipping level


def power(factor: float, exponent: float = 0.0, delay: float = 1.0) -> Schedule:
    """factor (k/delay + 1)^exponent."""
    return lambda k: factor * (k / delay + 1) ** exponent


@dataclass(frozen=True, eq=False)
class State:
    k: int
    x: Array  # (B, ...)
    w: Array  # (B, ...), where the force of the step is heard; x itself for descent ascent
    heard: Array  # (B, ...), there, clipped


def clipped(g: Array, level: float) -> Array:
    """min(1, level/‖g‖) g, rows apart."""
    xp = array_namespace(g)
    norm = xp.sqrt(xp.sum(g * g, axis=tuple(range(1, g.ndim)), keepdims=True))
    return g * xp.minimum(xp.ones_like(norm), level / xp.maximum(norm, 1e-300 * xp.ones_like(norm)))


@dataclass(frozen=True)
class StochasticDescentAscent:
    """x⁺ = x − γ_k g, g = clip(F(x) + noise, λ_k). One call a step."""

    step: Schedule
    level: Schedule = power(1e300)

    def iterates(self, problem: Sampled, noise: Noise, /) -> Iterator[State]:
        x = problem.x0
        for k, u in zip(count(), noise.uniforms("call", *problem.draws), strict=False):
            g = clipped(problem.sample(x, u), self.level(k))
            yield State(k, x, x, g)
            x = x - self.step(k) * g


@dataclass(frozen=True)
class StochasticExtragradient:
    """w = x − γ_k clip(F(x) + noise, λ_k), x⁺ = x − η_k clip(F(w) + fresh noise, λ_k). Two calls a step."""

    gamma: Schedule
    eta: Schedule
    level: Schedule = power(1e300)

    def iterates(self, problem: Sampled, noise: Noise, /) -> Iterator[State]:
        x = problem.x0
        first, second = noise.uniforms("first call", *problem.draws), noise.uniforms("second call", *problem.draws)
        for k, u, v in zip(count(), first, second, strict=False):
            w = x - self.gamma(k) * clipped(problem.sample(x, u), self.level(k))
            g = clipped(problem.sample(w, v), self.level(k))
            yield State(k, x, w, g)
            x = x - self.eta(k) * g
