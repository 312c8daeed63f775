"""Kwon, Kwon, Wright, Nowak 2023: F2SA with T lower steps and its momentum version, on the whole problem or on minibatches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from algorithms.bilevel.sampling import Draw, Started, Steps, View, whole
from ratecheck import Array, Noise

Triple: TypeAlias = tuple[Array, Array, Array]


@dataclass(frozen=True, eq=False)
class Chased:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, m) follows argmin f + λg
    z: Array  # (B, m) follows y*
    dx: Array  # (B, n) estimates ∇_x f(x, y) + λ(∇_x g(x, y) − ∇_x g(x, z))
    lam: float
    steps: tuple[Array, Array]  # of z and y (times λ), of x; (B, 1)


def penalised(view: View, x: Array, y: Array, z: Array, lam: float) -> Triple:
    """∇_y g(z), ∇_y f/λ + ∇_y g(y), ∇_x f + λ(∇_x g(y) − ∇_x g(z))"""
    along_y = view.upper_y(x, y) / lam + view.lower_y(x, y)
    return view.lower_y(x, z), along_y, view.upper_x(x, y) + lam * (view.lower_x(x, y) - view.lower_x(x, z))


@dataclass(frozen=True)
class PenaltySteps:
    """F2SA: `lower` steps z −= ρ∇_y g, y −= ρ(∇_y f/λ_k + ∇_y g) at a fixed x, then x −= γ d_x; λ_k = lam (k+1)^growth.

    In the words of the paper: α_k = ρ/λ_k, ξ = γ/α_k.
    """

    steps: Steps = Steps()
    draw: Draw = whole
    lam: float = 10.0
    growth: float = 1 / 7
    lower: int = 1

    def iterates(self, problem: Started, noise: Noise, /) -> Iterator[Chased]:
        x, y, views = problem.x0, problem.y0, self.draw(problem, noise)
        z = y
        for k in count():
            rho, gamma = self.steps.at(problem, k)
            lam = self.lam * (k + 1) ** self.growth
            for _ in range(self.lower):
                view = next(views)
                z, y = z - rho * view.lower_y(x, z), y - rho * (view.upper_y(x, y) / lam + view.lower_y(x, y))
            view = next(views)
            dx = view.upper_x(x, y) + lam * (view.lower_x(x, y) - view.lower_x(x, z))
            yield Chased(k, x, y, z, dx, lam, (rho, gamma))
            x = x - gamma * dx


@dataclass(frozen=True)
class PenaltyMomentum:
    """F3SA: one step each, all three directions d = h(new) + (1 − η_k)(d − h(old)) with one view, η_k = (k+1)^{−2c}."""

    steps: Steps = Steps(a=1 / 4, b=1 / 4)
    draw: Draw = whole
    lam: float = 10.0
    growth: float = 1 / 4
    c: float = 1 / 4

    def iterates(self, problem: Started, noise: Noise, /) -> Iterator[Chased]:
        x, y = problem.x0, problem.y0
        z = y
        before, found = (x, y, z), None
        for k, view in zip(count(), self.draw(problem, noise), strict=False):
            rho, gamma = self.steps.at(problem, k)
            lam, eta = self.lam * (k + 1) ** self.growth, (k + 1) ** (-2 * self.c)
            new = penalised(view, x, y, z, lam)
            if found is None:
                found = new
            else:
                hz, hy, hx = (h + (1 - eta) * (d - o) for h, d, o in zip(new, found, penalised(view, *before, lam), strict=True))
                found = (hz, hy, hx)
            yield Chased(k, x, y, z, found[2], lam, (rho, gamma))
            before = (x, y, z)
            x, y, z = x - gamma * found[2], y - rho * found[1], z - rho * found[0]
