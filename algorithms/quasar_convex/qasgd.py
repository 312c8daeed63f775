"""Fu, Xu, Wilson 2023 (released code): accelerated SGD for quasar-convex functions; the line search sees the exact f.

The code searches on the sampled component, which makes the next point depend on the sample; the theorem needs it not to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.quasar_convex.accelerated import Parameter
from algorithms.quasar_convex.line_search import Coupling, Search, binary_search
from algorithms.quasar_convex.stochastic import Perturbation, Schedule, perturbations, perturbed
from ratecheck import Array, Certified, Noise
from ratecheck.oracles import Smooth


@dataclass(frozen=True, eq=False)
class Accelerated:
    k: int
    x: Array  # (B, n)
    z: Array  # (B, n)
    coupling: Coupling  # the point between x and z at which the gradient is taken
    d: Perturbation
    g: Array  # (B, n) stochastic gradient there
    b: Array  # (B,) b, c and the tolerance of the line search
    c: Array  # (B,)
    eps: Array  # (B,)
    alpha: Array  # (B,) step of z; of the strong variant the weight of the new point
    beta: Array  # (B,) of the strong variant the weight of the old z


@dataclass(frozen=True)
class QASGD:
    """y by the line search with b = 0, c = γ(k+1)²/(2k+3), tolerance ε; z⁺ = z − α_k g(y), α_k = η(2k+3)/γ; x⁺ = y − h g(y).

    h = 0 for bounded gradients; η = γ²/(4Lρ²), h = 1/(ρL) under strong growth E‖g‖² ≤ ρ‖∇f‖².
    """

    eta: Parameter
    h: Parameter = lambda c: 0.0 * c["L"].value
    gamma: Parameter = lambda c: c["gamma"].value
    search: Search = binary_search

    def iterates(self, problem: Smooth, noise: Noise, /) -> Iterator[Accelerated]:
        xp = array_namespace(problem.x0)
        gamma, L = self.gamma(problem.constants), problem.constants["L"].value
        eta, h, eps = (f(problem.constants) for f in (self.eta, self.h, lambda c: c["eps"].value))
        nothing = xp.zeros_like(L)
        x = z = problem.x0
        draws = perturbations(problem, noise)
        for k in count():
            c, alpha = gamma * ((k + 1) ** 2 / (2 * k + 3)), eta * (2 * k + 3) / gamma
            coupling = self.search(problem, x, z, nothing, c, eps, L)
            d = next(draws)
            g = perturbed(problem, coupling.y, d)
            yield Accelerated(k, x, z, coupling, d, g, nothing, c, eps, alpha, nothing)
            x = coupling.y - h[:, None] * g
            z = z - alpha[:, None] * g


@dataclass(frozen=True)
class QASGDStrong:
    """x⁺ by the line search with b = γμ/4, c = β_k/μ, ε = 0;  z⁺ = (β_k z + α x⁺ − g(x⁺))/(α + β_k),  α = γμ/2."""

    beta: Schedule
    search: Search = binary_search

    def iterates(self, problem: Smooth, noise: Noise, /) -> Iterator[Accelerated]:
        xp = array_namespace(problem.x0)
        gamma, mu, L = (problem.constants[name].value for name in ("gamma", "mu", "L"))
        alpha, b, exactly = gamma * mu / 2, gamma * mu / 4, xp.zeros_like(L)
        x = z = problem.x0
        draws = perturbations(problem, noise)
        for k in count():
            beta = self.beta(problem.constants, k)
            coupling = self.search(problem, x, z, b, beta / mu, exactly, L)
            d = next(draws)
            g = perturbed(problem, coupling.y, d)
            yield Accelerated(k, x, z, coupling, d, g, b, beta / mu, exactly, alpha, beta)
            x = coupling.y
            z = (beta[:, None] * z + alpha[:, None] * x - g) / (alpha + beta)[:, None]


def first_stage(c: Mapping[str, Certified], k: int) -> Array:
    """β = 8μ/γ."""
    return 8 * c["mu"].value / c["gamma"].value


def second_stage(m: Callable[[Array], Array] = lambda gamma: 48 / gamma**2) -> Schedule:
    """β_k = γμ(k + m)²/(4k + 4m + 2), k counted from the start of the stage; m = 48/γ² in the code."""

    def beta(c: Mapping[str, Certified], k: int) -> Array:
        gamma, mu = c["gamma"].value, c["mu"].value
        return gamma * mu * (k + m(gamma)) ** 2 / (4 * k + 4 * m(gamma) + 2)

    return beta
