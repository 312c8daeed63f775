"""Elenter, Chamon, Ribeiro 2024, Algorithm 1: (stochastic) dual ascent; the dual optimum of a separable grid problem by bisection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Constrained(Problem, Protocol):
    def slack(self, phi: Array, /) -> Array: ...  # (B, D) -> (B, m)
    def lagrangian(self, phi: Array, lam: Array, /) -> Array: ...  # (B,)
    def free(self, lam: Array, /) -> Array: ...  # (B, m) -> (B, D), argmin of the Lagrangian
    def grid(self, lam: Array, /) -> Array: ...  # the same over the parametrised class
    def subspace(self, lam: Array, /) -> Array: ...


@dataclass(frozen=True, eq=False)
class Multipliers:
    k: int
    lam: Array  # (B, m)
    phi: Array  # (B, D), a minimiser of the Lagrangian at lam
    following: Array  # (B, m), the next multipliers
    eta: Array  # (B,)
    ascent: Array  # (B, m), the (noisy) constraint values that were followed
    draw: Array  # (B, m), what their noise was made of, or the multipliers


@dataclass(frozen=True, eq=False)
class Ties:
    """Around the dual optimum of a problem that separates: the two minimisers of each block."""

    lam: Array  # (B, m)
    low: Array  # (B, D), minimiser just below lam: every constraint is violated
    high: Array  # (B, D), minimiser just above: every constraint holds


def over_functions(p: Constrained, lam: Array) -> Array:
    return p.free(lam)


def over_grid(p: Constrained, lam: Array) -> Array:
    return p.grid(lam)


def over_subspace(p: Constrained, lam: Array) -> Array:
    return p.subspace(lam)


def inverse_smoothness(p: Constrained) -> Array:
    """1/β_g."""
    return 1 / p.constants["beta_g"].value


def at_rate(factor: float) -> Callable[[Constrained], Array]:
    """η = factor / β_g."""
    return lambda p: factor / p.constants["beta_g"].value


@dataclass(frozen=True)
class DualAscent:
    """φ_k ∈ argmin L(·, λ_k), λ_{k+1} = [λ_k + η (l(φ_k) + noise)]_+ from λ_0."""

    minimiser: Callable[[Constrained, Array], Array] = over_functions
    step: Callable[[Constrained], Array] = inverse_smoothness
    noise: float = 0.0  # standard deviation on every constraint value

    def iterates(self, problem: Constrained, noise: Noise, /) -> Iterator[Multipliers]:
        lam = problem.x0
        xp = array_namespace(lam)
        eta = self.step(problem)
        for k, g in zip(count(), noise.normals("constraints", lam.shape[-1]), strict=False):
            phi = self.minimiser(problem, lam)
            ascent = problem.slack(phi) + self.noise * g
            following = xp.maximum(xp.zeros_like(lam), lam + eta[:, None] * ascent)
            yield Multipliers(k, lam, phi, following, eta, ascent, g)
            lam = following


@dataclass(frozen=True)
class RandomMultipliers:
    """λ at random, with a minimiser over the parametrised class; nothing is ascended."""

    minimiser: Callable[[Constrained, Array], Array] = over_grid
    scale: float = 0.5

    def iterates(self, problem: Constrained, noise: Noise, /) -> Iterator[Multipliers]:
        for k, u in zip(count(), noise.uniforms("multipliers", problem.x0.shape[-1]), strict=False):
            lam = self.scale * u
            phi = self.minimiser(problem, lam)
            yield Multipliers(k, lam, phi, lam, 0 * lam[:, 0], problem.slack(phi), u)


def tied(p: Constrained, upper: float = 8.0, halvings: int = 60) -> Ties:
    """The constraint values of a separable problem fall with λ_i: bisection to the last digit; both sides are minimisers."""
    low = 0 * p.x0
    xp = array_namespace(low)
    high = low + upper
    for _ in range(halvings):
        middle = (low + high) / 2
        violated = p.slack(p.grid(middle)) > 0
        low, high = xp.where(violated, middle, low), xp.where(violated, high, middle)
    return Ties((low + high) / 2, p.grid(low), p.grid(high))


@dataclass(frozen=True, eq=False)
class Pair:
    k: int
    lam: Array  # (B, m)
    other: Array  # (B, m)


@dataclass(frozen=True)
class DualPairs:
    """Pairs of multipliers, λ' − λ along (1, ..., 1) + spread · (random); the first pair along (1, ..., 1)."""

    spread: float = 0.5

    def iterates(self, problem: Constrained, noise: Noise, /) -> Iterator[Pair]:
        xp = array_namespace(problem.x0)
        m = problem.x0.shape[-1]
        streams = zip(count(), noise.uniforms("multipliers", m), noise.normals("direction", m), strict=False)
        for k, u, g in streams:
            yield Pair(k, u, u + (0.1 + 0.2 * k / (1 + k)) * (xp.ones_like(u) + (self.spread * g if k else 0 * g)))
