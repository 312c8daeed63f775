"""Liu, Liu, Yao, Zeng, Zhang 2023: sl-BAMM with products in place of constant Hessian blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from algorithms.bilevel.oracles import Bilevel
from algorithms.bilevel.sampling import Steps
from ratecheck import Array, Noise


class TwiceDifferentiable(Bilevel, Protocol):
    def upper_hvp(self, x: Array, y: Array, v: Array, /) -> Array: ...  # ∂²_yy f v
    def upper_cross_t(self, x: Array, y: Array, v: Array, /) -> Array: ...  # ∂²_xy f v


@dataclass(frozen=True, eq=False)
class Mixed:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, m)
    v: Array  # (B, m)
    mu: float
    steps: tuple[Array, Array]  # of y and v, of x; (B, 1)


@dataclass(frozen=True)
class AveragedLoop:
    """φ = μ_k f + (1 − μ_k) g:  y −= ρ∇_y φ, v −= ρ(∂²_yy φ v − ∇_y f), x −= γ(∇_x f − ∂²_xy φ v), all at the old point.

    μ_k = mu0 (k+1)^{−1/p0}, and the outer step carries a further factor (μ_k/μ_0)^power: power = 3 is the paper's rule for lower
    levels that are only convex, mu0 = 0 the method without averaging.
    """

    steps: Steps = Steps()
    mu0: float = 0.5
    p0: float = 4.0
    power: float = 0.0

    def iterates(self, problem: TwiceDifferentiable, noise: Noise, /) -> Iterator[Mixed]:
        x, y = problem.x0, problem.y0
        v = 0 * y
        for k in count():
            rho, gamma = self.steps.at(problem, k)
            mu = self.mu0 * (k + 1) ** (-1 / self.p0)
            gamma = gamma * (k + 1) ** (-self.power / self.p0)
            yield Mixed(k, x, y, v, mu, (rho, gamma))
            f_y = problem.upper_y(x, y)
            dy = mu * f_y + (1 - mu) * problem.lower_y(x, y)
            dv = (1 - mu) * problem.hvp(x, y, v) - f_y
            dx = problem.upper_x(x, y) - (1 - mu) * problem.cross_t(x, y, v)
            if mu > 0:
                dv = dv + mu * problem.upper_hvp(x, y, v)
                dx = dx - mu * problem.upper_cross_t(x, y, v)
            x, y, v = x - gamma * dx, y - rho * dy, v - rho * dv
