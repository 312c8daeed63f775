"""Chen, Orabona 2023: generalized implicit follow-the-regularized-leader with ψ_t = λ_t |x|²/2, implicit or linearised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from math import sqrt
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Stream(Problem, Protocol):
    @property
    def a(self) -> Array: ...  # (B, T, d)
    def slope(self, x: Array, k: int, /) -> Array: ...  # (B,)
    def implicit(self, theta: Array, lam: Array, k: int, /) -> Array: ...  # (B,)


@dataclass(frozen=True, eq=False)
class Round:
    k: int
    theta: Array  # (B, d)
    x: Array  # (B, d), θ/λ_k
    s: Array  # (B,), z_k = s a_k
    following: Array  # (B, d), θ − z_k
    lam: float
    next_lam: float


def constant(k: int) -> float:
    return 1.0


def growing(k: int) -> float:
    """½ √(k+1)."""
    return 0.5 * sqrt(k + 1)


def implicit(p: Stream, theta: Array, x: Array, lam: float, k: int) -> Array:
    return p.implicit(theta, lam + 0 * theta[:, 0], k)


def linearised(p: Stream, theta: Array, x: Array, lam: float, k: int) -> Array:
    return p.slope(x, k)


@dataclass(frozen=True)
class ImplicitLeader:
    """x_t = θ_t/λ_t, θ_{t+1} = θ_t − z_t with z_t = s_t a_t chosen by `choice` (which sees λ_{t+1})."""

    choice: Callable[[Stream, Array, Array, float, int], Array] = implicit
    weight: Callable[[int], float] = constant

    def iterates(self, problem: Stream, noise: Noise, /) -> Iterator[Round]:
        theta = problem.x0
        for k in count():
            lam, next_lam = self.weight(k), self.weight(k + 1)
            x = theta / lam
            s = self.choice(problem, theta, x, next_lam, k)
            following = theta - s[:, None] * problem.a[:, k, :]
            yield Round(k, theta, x, s, following, lam, next_lam)
            theta = following


def reversed_sign(p: Stream, theta: Array, x: Array, lam: float, k: int) -> Array:
    """A wrong update: moves away from the implicit one."""
    return -p.implicit(theta, lam + 0 * theta[:, 0], k)


def halved(p: Stream, theta: Array, x: Array, lam: float, k: int) -> Array:
    """Half of the implicit update: admissible for the identity, but not the best choice."""
    xp = array_namespace(theta)
    return xp.multiply(p.implicit(theta, lam + 0 * theta[:, 0], k), xp.full_like(theta[:, 0], 0.5))
