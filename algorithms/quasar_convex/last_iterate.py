"""Stochastic subgradient descent judged at its last iterate, with the schedules of its theorems (t = k + 1 = 1, …, T)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.quasar_convex.stochastic import Iterate, Schedule
from ratecheck import Array, Certified, Noise, Problem


class Sampled(Problem, Protocol):
    @property
    def size(self) -> int: ...
    def grad_one(self, x: Array, i: Array, /) -> Array: ...  # (B, n), (B,) -> (B, n)
    def project(self, x: Array, /) -> Array: ...  # (B, n) -> (B, n)


@dataclass(frozen=True)
class Subgradients:
    """x_{k+1} = P(x_k − η_k g_k), g_k a subgradient of one component at x_k."""

    step: Schedule

    def iterates(self, problem: Sampled, noise: Noise, /) -> Iterator[Iterate]:
        x = problem.x0
        index = noise.integers("index", problem.size)
        for k in count():
            i = next(index)
            s = array_namespace(x).asarray(self.step(problem.constants, k))
            yield Iterate(k, x, i, s)
            x = problem.project(x - s[..., None] * problem.grad_one(x, i))


def linear_decay(c: Mapping[str, Certified], k: int) -> Array:
    """(D/(G√T)) (1 − t/T), 0 after T."""
    T, size = c["T"].value, c["D"].value / c["G"].value
    left = 1 - (k + 1) / T
    return size / T**0.5 * (left + abs(left)) / 2


def constant(c: Mapping[str, Certified], k: int) -> Array:
    """D/(G√T)"""
    return c["D"].value / c["G"].value / c["T"].value ** 0.5


def inverse_root(c: Mapping[str, Certified], k: int) -> Array:
    """D/(G√t)"""
    return c["D"].value / c["G"].value / (k + 1) ** 0.5


@dataclass(frozen=True)
class FromWeights:
    """η_t = w_t Σ_{p > t} w_p / Σ w_p, w_t = (D/G) u_t; 0 after T = len(u)."""

    u: tuple[float, ...]

    def __call__(self, c: Mapping[str, Certified], k: int) -> Array:
        share = self.u[k] * sum(self.u[k + 1 :]) / sum(self.u) if k < len(self.u) else 0.0
        return share * c["D"].value / c["G"].value


class Sized(Sampled, Protocol):
    @property
    def sizes(self) -> Array: ...  # (B, T), ‖g_t‖ known in advance


@dataclass(frozen=True)
class RefinedSubgradients:
    """η_t = D G_t^−2 (Q_T − Q_t)/Q_T^{3/2}, Q_t = Σ_{k ≤ t} G_k^−2, 0 after T."""

    power: float = 1.5

    def iterates(self, problem: Sized, noise: Noise, /) -> Iterator[Iterate]:
        x = problem.x0
        xp = array_namespace(x)
        index = noise.integers("index", problem.size)
        inverse = problem.sizes**-2.0
        whole = xp.sum(inverse, axis=-1)
        left = whole
        for k in count():
            i = next(index)
            now = inverse[:, k] if k < inverse.shape[1] else 0 * whole
            left = left - now
            s = problem.constants["D"].value * now * left / whole**self.power
            yield Iterate(k, x, i, s)
            x = problem.project(x - s[..., None] * problem.grad_one(x, i))
