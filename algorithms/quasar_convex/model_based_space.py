"""Davis, Drusvyatskiy 2019: stochastic sub-gradient and prox-linear methods in R^n, for a mean of |c_i| with c_i smooth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.quasar_convex.model_based import Drawn
from algorithms.quasar_convex.stochastic import Schedule
from ratecheck import Array, Noise, Problem


class Deviations(Problem, Protocol):
    """f = (1/N) Σ |c_i| with c_i smooth on R^n."""

    @property
    def size(self) -> int: ...
    def models(self, x: Array, /) -> tuple[Array, Array]: ...  # c_i(x), ∇c_i(x), (B, n) -> (B, N) and (B, N, n)


def subgradient_steps(p: Deviations, x: Array, step: Array) -> Array:
    """x − a sign(c_i) ∇c_i for every i, (B, N, n); at c_i = 0 the sub-gradient 0."""
    c, slopes = p.models(x)
    return x[:, None, :] - step[:, None, None] * array_namespace(x).sign(c)[:, :, None] * slopes


def prox_linear_steps(p: Deviations, x: Array, step: Array) -> Array:
    """argmin_y |c_i + ⟨∇c_i, y − x⟩| + ‖y − x‖²/(2 step) for every i, (B, N, n): along ∇c_i, to the kink and no further than `step`."""
    xp = array_namespace(x)
    c, slopes = p.models(x)
    squared = xp.sum(slopes * slopes, axis=-1)
    longest = step[:, None] + 0.0 * c
    exact = c / xp.where(squared > 0, squared, 1.0 + 0.0 * squared)
    return x[:, None, :] - xp.minimum(xp.maximum(exact, -longest), longest)[:, :, None] * slopes


class Update(Protocol):
    def __call__(self, p: Deviations, x: Array, step: Array, /) -> Array: ...


@dataclass(frozen=True)
class ModelBasedInSpace:
    """x_{t+1} is the step of the component drawn at t."""

    step: Schedule
    update: Update = subgradient_steps

    def iterates(self, problem: Deviations, noise: Noise, /) -> Iterator[Drawn]:
        xp = array_namespace(problem.x0)
        x = problem.x0
        index = noise.integers("index", problem.size)
        for k in count():
            i = next(index)
            s = xp.asarray(self.step(problem.constants, k))
            yield Drawn(k, x, i, s)
            x = chosen(self.update(problem, x, s), i)


def chosen(points: Array, i: Array) -> Array:
    """Entry i of each row, (B, N, n), (B,) -> (B, n)."""
    xp = array_namespace(points)
    place = xp.arange(points.shape[1])[None, :] == i[:, None]
    return xp.sum(xp.where(place[:, :, None], points, 0.0 * points), axis=1)
