"""Khalafi, Boob 2023 (constants ours): linearized primal-dual steps for a strongly concave dual, accelerated (ALPD) or not (LPD)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.min_max.noisy_oracles import ConvexConcave
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class State:
    """Before step k + 1, k = 0, 1, …"""

    k: int
    x: Array  # (B, n)
    before: Array  # (B, n), the previous x
    y: Array  # (B, m)
    mean_x: Array  # (B, n), of the first k steps, weight j for step j
    mean_y: Array  # (B, m)


@dataclass(frozen=True)
class LinearizedPrimalDual:
    """Step k ≥ 1: β = (k+1)/2, θ = (k−1)/k, weight μ(k−1)/2 of the dual prox,
    y⁺ = argmax_u ⟨K(x + θ(x − x⁻)), u⟩ − g(u) − weight ‖u − y‖²/2,   x⁺ = x − τ (∇f(x_md) + Kᵀy⁺),
    x_md = (1 − 1/β) x̄ + x/β and τ = k/(2L + 2κ²/μ) (accelerated), x_md = x and τ = 1/(L + 2κ²/(μ(k+1))) (not); κ = ‖K‖.
    `smoothness` and `concavity` misjudge L and μ by a factor.
    """

    accelerated: bool = True
    smoothness: float = 1.0
    concavity: float = 1.0

    def tau(self, problem: ConvexConcave, k: int) -> Array:
        c = problem.constants
        L, K2 = self.smoothness * c["L_f"].value, c["K"].value ** 2 / (self.concavity * c["mu"].value)
        return k / (2 * L + 2 * K2) if self.accelerated else 1 / (L + 2 * K2 / (k + 1))

    def iterates(self, problem: ConvexConcave, noise: Noise, /) -> Iterator[State]:
        xp = array_namespace(problem.x0)
        x = before = mean_x = problem.x0
        y = mean_y = 0 * problem.b
        mu = self.concavity * problem.constants["mu"].value
        for k in count(1):
            yield State(k - 1, x, before, y, mean_x, mean_y)
            inertia = x + (k - 1) / k * (x - before)
            y = problem.respond(problem.couple(inertia), y, mu * (k - 1) / 2 + xp.zeros_like(mu))
            share = 2 / (k + 1)
            middle = (1 - share) * mean_x + share * x if self.accelerated else x
            before, x = x, x - self.tau(problem, k)[:, None] * (problem.grad(middle) + problem.adjoint(y))
            mean_x, mean_y = (1 - share) * mean_x + share * x, (1 - share) * mean_y + share * y
