"""Hinder, Sidford, Sohoni 2020, Algorithms 1, 3 and 4: acceleration for quasar-convex functions, L known, no backtracking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from math import sqrt
from typing import TypeAlias

from array_api_compat import array_namespace

from algorithms.quasar_convex.line_search import Coupling, Search, binary_search
from ratecheck import Array, Certified, Noise
from ratecheck.oracles import Smooth

Parameter: TypeAlias = Callable[[Mapping[str, Certified]], Array]  # what the algorithm is told, (B,)


@dataclass(frozen=True, eq=False)
class Pair:
    k: int
    x: Array  # (B, n)
    v: Array  # (B, n) the aggressive sequence
    coupling: Coupling  # y and what it took to find it
    g: Array  # (B, n) gradient at y
    b: Array  # (B,) b, c and the tolerance of the line search
    c: Array  # (B,)
    eps: Array  # (B,)


@dataclass(frozen=True)
class AcceleratedStrong:
    """y = α x + (1 − α) v by the line search with b = γμ/2, c = √(L/μ), ε = 0;
    x⁺ = y − ∇f(y)/L;   v⁺ = β v + (1 − β) y − η ∇f(y),   β = 1 − γ √(μ/L), η = 1/√(μL);   v_0 = x_0."""

    gamma: Parameter = lambda c: c["gamma"].value
    mu: Parameter = lambda c: c["mu"].value
    search: Search = binary_search

    def iterates(self, problem: Smooth, noise: Noise, /) -> Iterator[Pair]:
        xp = array_namespace(problem.x0)
        gamma, mu, L = self.gamma(problem.constants), self.mu(problem.constants), problem.constants["L"].value
        # γ √(μ/L) ≤ 1 for every admissible triple, but rounding may push β below 0
        beta = xp.maximum(1 - gamma * xp.sqrt(mu / L), xp.zeros_like(L))
        eta, b, c = 1 / xp.sqrt(mu * L), gamma * mu / 2, xp.sqrt(L / mu)
        x = v = problem.x0
        exactly = xp.zeros_like(b)
        for k in count():
            coupling = self.search(problem, x, v, b, c, exactly, L)
            y = coupling.y
            g = problem.grad(y)
            yield Pair(k, x, v, coupling, g, b, c, exactly)
            x = y - g / L[:, None]
            v = beta[:, None] * v + (1 - beta)[:, None] * y - eta[:, None] * g


def omega_after(omega: float) -> float:
    """ω_{k} from ω_{k−1}: the root in (0, 1) of (1 − ω)/ω² = 1/ω_{k−1}²."""
    return omega / 2 * (sqrt(omega**2 + 4) - omega)


@dataclass(frozen=True)
class AcceleratedSublinear:
    """ω_{−1} = 1, ω_k by `omega_after`; the line search with b = 0, c = γ (1/ω_k − 1), tolerance γε/2;
    x⁺ = y − ∇f(y)/L;   v⁺ = v − γ/(L ω_k) ∇f(y);   v_0 = x_0."""

    eps: Parameter = lambda c: c["eps"].value
    gamma: Parameter = lambda c: c["gamma"].value
    search: Search = binary_search

    def iterates(self, problem: Smooth, noise: Noise, /) -> Iterator[Pair]:
        xp = array_namespace(problem.x0)
        gamma, L = self.gamma(problem.constants), problem.constants["L"].value
        eps, nothing = gamma * self.eps(problem.constants) / 2, xp.zeros_like(gamma * L)
        x = v = problem.x0
        omega = 1.0
        for k in count():
            omega = omega_after(omega)
            c, eta = gamma * (1 / omega - 1), gamma / (L * omega)
            coupling = self.search(problem, x, v, nothing, c, eps, L)
            y = coupling.y
            g = problem.grad(y)
            yield Pair(k, x, v, coupling, g, nothing, c, eps)
            x = y - g / L[:, None]
            v = v - eta[:, None] * g
