"""Davis, Drusvyatskiy 2019: stochastic proximal sub-gradient and prox-linear methods, and their steps on the line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from array_api_compat import array_namespace

from algorithms.quasar_convex.stochastic import Schedule
from ratecheck import Array, Noise, Problem


class Composed(Problem, Protocol):
    """f = (1/N) Σ |c_i| with c_i smooth, plus r."""

    @property
    def size(self) -> int: ...
    def models(self, x: Array, /) -> tuple[Array, Array]: ...  # c_i(x), c_i'(x), (B, 1) -> (B, N) twice
    def prox(self, x: Array, step: Array, /) -> Array: ...


@dataclass(frozen=True, eq=False)
class Drawn:
    k: int
    x: Array  # (B, n), n = 1 on the line
    i: Array  # (B,) the component drawn at x
    step: Array  # (B,) a_t, or 1/b_t


def subgradient_steps(p: Composed, x: Array, step: Array) -> Array:
    """prox_{a r}(x − a sign(c_i) c_i') for every i, (B, N); at c_i = 0 the sub-gradient 0."""
    c, slope = p.models(x)
    a = step[:, None]
    return p.prox(x - a * array_namespace(x).sign(c) * slope, a)


def prox_linear_steps(p: Composed, x: Array, step: Array) -> Array:
    """argmin_y r(y) + |c_i + c_i' (y − x)| + (y − x)²/(2 step) for every i, (B, N); r an indicator of an interval."""
    xp = array_namespace(x)
    c, slope = p.models(x)
    longest = step[:, None] * xp.abs(slope)
    exact = -c / xp.where(slope != 0, slope, 1.0)
    d = xp.where(slope != 0, xp.minimum(xp.maximum(exact, -longest), longest), 0.0)
    return p.prox(x + d, step[:, None])


class Sum(Problem, Protocol):
    @property
    def size(self) -> int: ...


class Update(Protocol):
    """The steps of all components: (B, N) on the line, (B, N, n) in R^n."""

    def __call__(self, p: Any, x: Array, step: Array, /) -> Array: ...


@dataclass(frozen=True)
class ModelBased:
    """x_{t+1} is the step of the component drawn at t."""

    step: Schedule
    update: Update = subgradient_steps

    def iterates(self, problem: Sum, noise: Noise, /) -> Iterator[Drawn]:
        xp = array_namespace(problem.x0)
        x = problem.x0
        index = noise.integers("index", problem.size)
        for k in count():
            i = next(index)
            s = xp.asarray(self.step(problem.constants, k))
            yield Drawn(k, x, i, s)
            x = chosen(self.update(problem, x, s), i)


def chosen(points: Array, i: Array) -> Array:
    """Entry i of each row, (B, N) or (B, N, n), (B,) -> (B, n)."""
    xp = array_namespace(points)
    points = points[:, :, None] if points.ndim == 2 else points
    place = xp.arange(points.shape[1])[None, :] == i[:, None]
    return xp.sum(xp.where(place[:, :, None], points, 0.0 * points), axis=1)
