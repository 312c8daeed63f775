"""Stochastic nested loops: stocBiO (Ji, Yang, Liang 2021) and AmIGO (Arbel, Mairal 2022)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from algorithms.bilevel.sampling import Draw, Started, Steps, View, whole
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Nested:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, m) after the lower loop
    q: Array  # (B, m) after the linear loop
    z: Array  # (B, n) estimates ∇F(x)
    gamma: Array  # (B, 1) outer step


def descended(views: Iterator[View], x: Array, y: Array, rho: Array, steps: int) -> Array:
    """`steps` stochastic gradient steps on g(x, ·) from y, a fresh view each."""
    for _ in range(steps):
        y = y - rho * next(views).lower_y(x, y)
    return y


@dataclass(frozen=True)
class StocBiO:
    """`lower` steps on y from the last one; q = ρ Σ_{t ≤ terms} Π_{s ≤ t}(I − ρA_s) ∇_y f, a fresh A_s each; x −= γ(∇_x f − B'q)."""

    steps: Steps = Steps()
    draw: Draw = whole
    lower: int = 5
    terms: int = 5

    def iterates(self, problem: Started, noise: Noise, /) -> Iterator[Nested]:
        x, y, views = problem.x0, problem.y0, self.draw(problem, noise)
        for k in count():
            rho, gamma = self.steps.at(problem, k)
            y = descended(views, x, y, rho, self.lower)
            last = next(views)
            term = last.upper_y(x, y)
            total = term
            for _ in range(self.terms):
                term = term - rho * next(views).hvp(x, y, term)
                total = total + term
            q = rho * total
            z = last.upper_x(x, y) - last.cross_t(x, y, q)
            yield Nested(k, x, y, q, z, gamma)
            x = x - gamma * z


@dataclass(frozen=True)
class AmIGO:
    """`lower` steps on y and then `linear` steps q −= ρ(A q − ∇_y f), both from their last values, a fresh view each."""

    steps: Steps = Steps()
    draw: Draw = whole
    lower: int = 5
    linear: int = 5

    def iterates(self, problem: Started, noise: Noise, /) -> Iterator[Nested]:
        x, y, views = problem.x0, problem.y0, self.draw(problem, noise)
        q = 0 * y
        for k in count():
            rho, gamma = self.steps.at(problem, k)
            y = descended(views, x, y, rho, self.lower)
            for _ in range(self.linear):
                view = next(views)
                q = q - rho * (view.hvp(x, y, q) - view.upper_y(x, y))
            last = next(views)
            z = last.upper_x(x, y) - last.cross_t(x, y, q)
            yield Nested(k, x, y, q, z, gamma)
            x = x - gamma * z
