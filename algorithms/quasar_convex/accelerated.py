"""Hinder, Sidford, Sohoni 2020, Algorithms 1 and 3: acceleration for (γ, μ)-strongly quasar-convex functions, L known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
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
    b: Array  # (B,) b and c of the line search
    c: Array  # (B,)
    eta: Array  # (B,) step of v
    beta: Array  # (B,) weight of the old v


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
        for k in count():
            coupling = self.search(problem, x, v, b, c, xp.zeros_like(b), L)
            y = coupling.y
            g = problem.grad(y)
            yield Pair(k, x, v, coupling, g, b, c, eta, beta)
            x = y - g / L[:, None]
            v = beta[:, None] * v + (1 - beta)[:, None] * y - eta[:, None] * g
