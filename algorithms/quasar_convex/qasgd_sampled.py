"""Fu, Xu, Wilson 2023 (released code): QASGD on a finite sum, one component a step; the line search sees the exact f."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.quasar_convex.accelerated import Parameter
from algorithms.quasar_convex.line_search import Coupling, Search, binary_search
from ratecheck import Array, Noise
from ratecheck.oracles import FiniteSum


@dataclass(frozen=True, eq=False)
class SampledPair:
    k: int
    x: Array  # (B, n)
    z: Array  # (B, n)
    coupling: Coupling  # y, between x and z, found without the sample
    i: Array  # (B,) the component whose gradient is taken at y
    c: Array  # (B,) of the line search, γ(k + 1)²/(2k + 3)
    alpha: Array  # (B,) η(2k + 3)/γ
    eps: Array  # (B,) the tolerance of the line search


@dataclass(frozen=True)
class SampledQASGD:
    """y by the line search with b = 0, c = γ(k+1)²/(2k+3), tolerance ε; x⁺ = y; z⁺ = z − η(2k+3)/γ ∇f_i(y), i uniform."""

    eta: Parameter
    L: Parameter = lambda c: c["L"].value
    eps: Parameter = lambda c: c["eps"].value
    search: Search = binary_search

    def iterates(self, problem: FiniteSum, noise: Noise, /) -> Iterator[SampledPair]:
        xp = array_namespace(problem.x0)
        gamma = problem.constants["gamma"].value
        eta, L, eps = (f(problem.constants) for f in (self.eta, self.L, self.eps))
        x = z = problem.x0
        index = noise.integers("index", problem.size)
        for k in count():
            c = gamma * ((k + 1) ** 2 / (2 * k + 3))
            coupling = self.search(problem, x, z, xp.zeros_like(L), c, eps, L)
            i = next(index)
            alpha = eta * (2 * k + 3) / gamma
            yield SampledPair(k, x, z, coupling, i, c, alpha, eps)
            x = coupling.y
            z = z - alpha[:, None] * problem.grad_one(x, i)
