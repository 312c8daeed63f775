"""Nitanda, Oko, Wu, Takenouchi, Suzuki 2023: entropic fictitious play on finitely many atoms, discrete and as a flow (RK4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Risk(Problem, Protocol):
    def slopes(self, q: Array, /) -> Array: ...  # (B, M) -> (B, n)
    def exponent(self, g: Array, /) -> Array: ...  # (B, n) -> (B, M)


@dataclass(frozen=True, eq=False)
class Play:
    k: int
    q: Array  # (B, M)
    p: Array  # (B, M), the proximal Gibbs law of q
    s: float  # the step, or the time step of the flow
    time: float


def gibbs(problem: Risk, q: Array, temperature: float = 1.0) -> Array:
    """p_q ∝ exp(−(1/λ) δF/δq); `temperature` multiplies λ."""
    e = problem.exponent(problem.slopes(q)) / temperature
    xp = array_namespace(e)
    w = xp.exp(e - xp.max(e, axis=-1, keepdims=True))
    return w / xp.sum(w, axis=-1, keepdims=True)


def open_loop(k: int) -> float:
    """2/(k+2), k from 0."""
    return 2 / (k + 2)


@dataclass(frozen=True)
class EntropicFictitiousPlay:
    """q_{k+1} = (1 − s_k) q_k + s_k p_{q_k}."""

    step: Callable[[int], float] = open_loop
    temperature: float = 1.0

    def iterates(self, problem: Risk, noise: Noise, /) -> Iterator[Play]:
        q, time = problem.x0, 0.0
        for k in count():
            p, s = gibbs(problem, q, self.temperature), self.step(k)
            yield Play(k, q, p, s, time)
            q, time = (1 - s) * q + s * p, time + s


def runge_kutta(problem: Risk, q: Array, h: float) -> Array:
    """One step of the classical fourth-order method for q̇ = p_q − q."""

    def field(q: Array) -> Array:
        return gibbs(problem, q) - q

    a = field(q)
    b = field(q + h / 2 * a)
    c = field(q + h / 2 * b)
    return q + h / 6 * (a + 2 * b + 2 * c + field(q + h * c))


@dataclass(frozen=True)
class EntropicFlow:
    """q̇ = p_q − q by Runge–Kutta steps of length h."""

    h: float = 0.02

    def iterates(self, problem: Risk, noise: Noise, /) -> Iterator[Play]:
        q = problem.x0
        for k in count():
            yield Play(k, q, gibbs(problem, q), self.h, k * self.h)
            q = runge_kutta(problem, q, self.h)
