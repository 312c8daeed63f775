"""Unconstrained online learners: composite gradient descent (after Jacobsen, Cutkosky 2023) and coin betting (Orabona, Pál 2016)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Constants, Noise, Problem


class Stream(Problem, Protocol):
    def grad_at(self, w: Array, k: int, /) -> Array: ...  # (B, d), round k from 0


@dataclass(frozen=True, eq=False)
class Round:
    k: int
    w: Array  # (B, d)
    g: Array  # (B, d)
    eta: Array  # (B,)


def by_curvature(c: Constants) -> Array:
    """1/(L √T)."""
    return 1 / (c["L"] * c["horizon"] ** 0.5)


def by_comparator(c: Constants) -> Array:
    """min(ρ/G, 1/L)/√T."""
    return array_namespace(c["L"]).minimum(c["rho"] / c["G"], 1 / c["L"]) / c["horizon"] ** 0.5


@dataclass(frozen=True)
class CompositeDescent:
    """w_0 = 0, w_{t+1} = (w_t − η g_t)/(1 + 2 η² L²): gradient descent with the composite term η L²|w|²."""

    step: Callable[[Constants], Array] = by_curvature
    composite: float = 1.0

    def iterates(self, problem: Stream, noise: Noise, /) -> Iterator[Round]:
        c = {name: v.value for name, v in problem.constants.items()}
        eta = self.step(c)
        shrink = 1 + 2 * self.composite * eta**2 * c["L"] ** 2
        w = problem.x0
        for k in count():
            g = problem.grad_at(w, k)
            yield Round(k, w, g, eta)
            w = (w - eta[:, None] * g) / shrink[:, None]


@dataclass(frozen=True)
class CoinBetting:
    """w_t = (−Σ_{s<t} g_s)(ε − Σ_{s<t} ⟨g_s, w_s⟩)/(t + 1), t from 0: the Krichevsky–Trofimov bettor, for |g_t| ≤ 1."""

    endowment: float = 1.0

    def iterates(self, problem: Stream, noise: Noise, /) -> Iterator[Round]:
        w = problem.x0
        xp = array_namespace(w)
        total = 0 * w
        wealth = xp.full((w.shape[0],), self.endowment, dtype=w.dtype)
        for k in count():
            g = problem.grad_at(w, k)
            yield Round(k, w, g, wealth)
            total = total - g
            wealth = wealth - xp.sum(g * w, axis=-1)
            w = total * wealth[:, None] / (k + 2)
