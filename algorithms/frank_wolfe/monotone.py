"""Carderera, Besançon, Pokutta 2021 (arXiv 2105.13913): monotone open loop steps for functions with an open domain, three variants.

A trial x + 2^{−N} · 2/(k+2) (v − x) is good if it lies in the domain and f does not grow there.

    Reject     (Algorithm 1, the theorems' one)   N = 0; a bad trial is dropped and x stays
    Sticky     (as in the authors' code)          N grows until the trial is good, and is never reset
    Stateless  (section 5 of the journal version) N grows until the trial is good, from 0 at every k
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise
from ratecheck.oracles import SmoothOverCompact

MOST = 60  # halvings of one step; then x stays


class WithDomain(SmoothOverCompact, Protocol):
    def inside(self, x: Array, /) -> Array: ...  # (B, n) -> (B,) booleans; `value` is only asked inside


@dataclass(frozen=True, eq=False)
class MonotoneState:
    k: int
    x: Array  # (B, n)
    g: Array  # (B, n)
    v: Array  # (B, n)
    value: Array  # (B,) f(x)
    halvings: Array  # (B,) N of the last trial
    gamma: Array  # (B,) step of the last trial
    trial: Array  # (B, n)
    good: Array  # (B,) booleans: x_{k+1} is the trial, else x


def _monotone(problem: WithDomain, resets: bool, most: int) -> Iterator[MonotoneState]:
    x = problem.x0
    xp = array_namespace(x)
    value = problem.value(x)
    N = 0 * x[:, 0]
    for k in count():
        g = problem.grad(x)
        v = problem.lmo(g)
        N = 0 * N if resets else N
        for halving in range(most + 1):
            gamma = 2 / (k + 2) * 0.5**N
            trial = x + gamma[:, None] * (v - x)
            inside = problem.inside(trial)
            reached = problem.value(xp.where(inside[:, None], trial, x))
            good = inside & (reached <= value)
            if halving == most or xp.all(good):
                break
            N = xp.where(good, N, N + 1)
        yield MonotoneState(k, x, g, v, value, N, gamma, trial, good)
        x, value = xp.where(good[:, None], trial, x), xp.where(good, reached, value)


@dataclass(frozen=True)
class Reject:
    def iterates(self, problem: WithDomain, noise: Noise, /) -> Iterator[MonotoneState]:
        yield from _monotone(problem, resets=True, most=0)


@dataclass(frozen=True)
class Sticky:
    def iterates(self, problem: WithDomain, noise: Noise, /) -> Iterator[MonotoneState]:
        yield from _monotone(problem, resets=False, most=MOST)


@dataclass(frozen=True)
class Stateless:
    def iterates(self, problem: WithDomain, noise: Noise, /) -> Iterator[MonotoneState]:
        yield from _monotone(problem, resets=True, most=MOST)
