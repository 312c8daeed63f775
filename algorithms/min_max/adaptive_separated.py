"""Hsieh, Antonakopoulos, Cevher, Mertikopoulos 2022: OG+ and OptDA+ of N players, each with its own rates, adaptive ones included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol, TypeAlias

from array_api_compat import array_namespace

from ratecheck import Array, Constants, Noise, Problem


class Feedback(Problem, Protocol):
    """x0 is (B, N, d): N players with d coordinates each."""

    def force(self, w: Array, k: int, /) -> Array: ...  # (B, N, d) -> (B, N, d), V at the play of round k
    def hear(self, V: Array, signs: Array, /) -> Array: ...  # (B, N, d), (B, 2, N, d) of ±1 -> (B, N, d), V with its noise


Rate: TypeAlias = Callable[[Constants, int, Array, Array], Array]  # constants, t ≥ 1, A, D -> (B, N, 1)


def fixed(name: str, exponent: float = 0.0) -> Rate:
    """A constant of the instance times t^exponent."""
    return lambda c, t, A, D: c[name][:, None, None] * float(t) ** exponent + 0 * A


def long(q: float = 0.25) -> Rate:
    """(1 + Σ_{s ≤ t−2} ‖g_s‖²)^{−(1/2 − q)}."""
    return lambda c, t, A, D: (1 + A) ** (q - 0.5)


def short(c: Constants, t: int, A: Array, D: Array) -> Array:
    """(1 + Σ_{s ≤ t−2} ‖g_s‖² + ‖X_s − X_{s+1}‖²)^{−1/2}."""
    return (1 + A + D) ** -0.5


@dataclass(frozen=True, eq=False)
class Round:
    k: int  # t − 1
    x: Array  # (B, N, d), X_t
    before: Array  # (B, N, d), X_{t−1}; X_1 at k = 0
    w: Array  # (B, N, d), X_{t+1/2}, what is played
    V: Array  # (B, N, d), the force there
    g: Array  # (B, N, d), what each player hears of it
    past: Array  # (B, N, d), what it heard before; 0 at k = 0
    A: Array  # (B, N, 1), Σ_{s ≤ t−2} ‖g_s‖²
    D: Array  # (B, N, 1), Σ_{s ≤ t−2} ‖X_s − X_{s+1}‖²
    eta: Array  # (B, N, 1)
    gamma: Array  # (B, N, 1)


@dataclass(frozen=True)
class SeparatedPlayers:
    """X_t = X_1 − η_t Σ_{s<t} g_s (OptDA+), or X_{t−1} − η_t g_{t−1} where not `dual` (OG+); played X_t − γ_t g_{t−1}."""

    gamma: Rate
    eta: Rate
    dual: bool = True

    def iterates(self, problem: Feedback, noise: Noise, /) -> Iterator[Round]:
        c = {name: v.value for name, v in problem.constants.items()}
        start = x = before = problem.x0
        xp = array_namespace(x)
        total, past = 0 * x, 0 * x
        A = D = xp.sum(0 * x, axis=-1, keepdims=True)
        draws = noise.integers("sign", 2, 2, *x.shape[1:])
        for k, draw in zip(count(), draws, strict=False):
            eta, gamma = self.eta(c, k + 1, A, D), self.gamma(c, k + 1, A, D)
            x = start - eta * total if self.dual else before - eta * past
            w = x - gamma * past
            V = problem.force(w, k)
            g = problem.hear(V, 2 * xp.astype(draw, x.dtype) - 1)
            yield Round(k, x, before, w, V, g, past, A, D, eta, gamma)
            A = A + xp.sum(past * past, axis=-1, keepdims=True)
            D = D + xp.sum((x - before) ** 2, axis=-1, keepdims=True)
            total, past, before = total + g, g, x
