"""Hao, Gong, Liu 2024: BO-REP on minibatches or on the whole problem, the first lower solution found by the method itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.bilevel.batched import norm
from algorithms.bilevel.sampling import Draw, Started, Steps, whole
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Refined:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, m) ≈ y*(x)
    v: Array  # (B, m) ≈ A⁻¹∇_y f
    m: Array  # (B, n) momentum
    length: float  # ‖x_{k+1} − x_k‖


@dataclass(frozen=True)
class RefinedMomentum:
    """m = (1 − w)m + w(∇_x f − B'v), x −= length·m/‖m‖, v −= ρ(A v − ∇_y f) every step; `inner` steps on y every `every` steps.

    First y by `first` gradient steps from y0 and v by as many; the mean of the inner iterates is the new y, as on noisy oracles.
    """

    steps: Steps = Steps()
    draw: Draw = whole
    length: float = 0.01
    weight: float = 0.1
    first: int = 100
    every: int = 2
    inner: int = 3

    def iterates(self, problem: Started, noise: Noise, /) -> Iterator[Refined]:
        x, y, views = problem.x0, problem.y0, self.draw(problem, noise)
        xp = array_namespace(x)
        v, m = 0 * y, 0 * x
        rho, _ = self.steps.at(problem, 0)
        for _ in range(self.first):
            y = y - rho * next(views).lower_y(x, y)
        for _ in range(self.first):
            view = next(views)
            v = v - rho * (view.hvp(x, y, v) - view.upper_y(x, y))
        for k in count():
            rho, _ = self.steps.at(problem, k)
            view = next(views)
            m = m + (self.weight if k else 1.0) * (view.upper_x(x, y) - view.cross_t(x, y, v) - m)
            yield Refined(k, x, y, v, m, self.length)
            v = v - rho * (view.hvp(x, y, v) - view.upper_y(x, y))
            size = norm(m)
            x = x - self.length * m / xp.where(size > 0, size, 1 + 0 * size)[:, None]
            if k % self.every == 0:
                total, point = 0 * y, y
                for _ in range(self.inner):
                    point = point - rho * next(views).lower_y(x, point)
                    total = total + point
                y = total / self.inner
