"""Kovalev 2025: momentum, a step to the best point of a norm ball, and weight decay (Muon, signSGD, normalised SGD)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.quasar_convex.accelerated import Parameter
from algorithms.quasar_convex.stochastic import Perturbation, perturbations, perturbed
from ratecheck import Array, Noise
from ratecheck.oracles import Smooth


def euclidean(m: Array) -> Array:
    """argmin of ⟨m, v⟩ over ‖v‖₂ ≤ 1: normalised descent."""
    xp = array_namespace(m)
    size = xp.sqrt(xp.sum(m * m, axis=-1))[:, None]
    return -m / xp.where(size > 0, size, 1.0)


def signs(m: Array) -> Array:
    """argmin of ⟨m, v⟩ over ‖v‖_∞ ≤ 1: sign descent."""
    return -array_namespace(m).sign(m)


@dataclass(frozen=True, eq=False)
class Decayed:
    k: int
    x: Array  # (B, n)
    m: Array  # (B, n) momentum before the step
    d: Perturbation
    next_m: Array  # (B, n) momentum with the gradient at x in it
    eta: Array  # (B,)


@dataclass(frozen=True)
class TrustRegion:
    """m⁺ = (1 − α) m + α g(x), m_0 = g(x_0) an independent sample; x⁺ = (1 − β) x + η argmin_{‖v‖ ≤ 1} ⟨m⁺, v⟩; α = 1: no memory."""

    eta: Parameter
    beta: float
    alpha: float = 1.0
    lmo: Callable[[Array], Array] = euclidean

    def iterates(self, problem: Smooth, noise: Noise, /) -> Iterator[Decayed]:
        x = problem.x0
        draws = perturbations(problem, noise)
        m = perturbed(problem, x, next(draws))
        eta = self.eta(problem.constants)
        for k in count():
            d = next(draws)
            new = (1 - self.alpha) * m + self.alpha * perturbed(problem, x, d)
            yield Decayed(k, x, m, d, new, eta)
            x, m = (1 - self.beta) * x + eta[:, None] * self.lmo(new), new
