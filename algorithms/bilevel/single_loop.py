"""Dagréou, Ablin, Vaiter, Moreau 2022: one stochastic step each for y, for the linear system and for x (SOBA, SABA)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from array_api_compat import array_namespace

from algorithms.bilevel.sampling import BatchView, Draw, FiniteSum, Started, Steps, View, whole
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Loop:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, m) follows y*(x)
    v: Array  # (B, m) follows A⁻¹∇_y f
    dy: Array  # (B, m) estimates ∇_y g
    dv: Array  # (B, m) estimates A v − ∇_y f
    dx: Array  # (B, n) estimates ∇_x f − B'v
    steps: tuple[Array, Array]  # of y and v, of x; (B, 1)


def directions(view: View, x: Array, y: Array, v: Array) -> tuple[Array, Array, Array]:
    """∇_y g, A v − ∇_y f, ∇_x f − B'v: all three vanish exactly where y = y*, v = A⁻¹∇_y f and ∇F = 0."""
    return view.lower_y(x, y), view.hvp(x, y, v) - view.upper_y(x, y), view.upper_x(x, y) - view.cross_t(x, y, v)


@dataclass(frozen=True)
class SOBA:
    """y −= ρ d_y, v −= ρ d_v, x −= γ d_x, all three directions of one view at the same old point."""

    steps: Steps = Steps()
    draw: Draw = whole

    def iterates(self, problem: Started, noise: Noise, /) -> Iterator[Loop]:
        x, y = problem.x0, problem.y0
        v = 0 * y
        for k, view in zip(count(), self.draw(problem, noise), strict=False):
            rho, gamma = self.steps.at(problem, k)
            dy, dv, dx = directions(view, x, y, v)
            yield Loop(k, x, y, v, dy, dv, dx, (rho, gamma))
            x, y, v = x - gamma * dx, y - rho * dy, v - rho * dv


@dataclass(frozen=True)
class STORM:
    """SOBA with every direction d = h(new) + (1 − a_k)(d − h(old)), both h of the same view, a_k = min(1, weight (k+1)^{−2/3}).

    Hu, Qiu, Guo, Zhang, Yang 2023 (BSVRB) with one block: their weight γ is then 1 − a.
    """

    steps: Steps = Steps(a=1 / 3, b=1 / 3)
    draw: Draw = whole
    weight: float = 1.0

    def iterates(self, problem: Started, noise: Noise, /) -> Iterator[Loop]:
        x, y = problem.x0, problem.y0
        v = 0 * y
        before, found = (x, y, v), None
        for k, view in zip(count(), self.draw(problem, noise), strict=False):
            rho, gamma = self.steps.at(problem, k)
            new = directions(view, x, y, v)
            if found is None:
                found = new
            else:
                a = min(1.0, self.weight * (k + 1) ** (-2 / 3))
                dy, dv, dx = (h + (1 - a) * (d - o) for h, d, o in zip(new, found, directions(view, *before), strict=True))
                found = (dy, dv, dx)
            yield Loop(k, x, y, v, *found, (rho, gamma))
            before = (x, y, v)
            x, y, v = x - gamma * found[2], y - rho * found[0], v - rho * found[1]


Parts: TypeAlias = tuple[Array, ...]


def _lower(view: View, x: Array, y: Array, v: Array) -> Parts:
    return view.lower_y(x, y), view.hvp(x, y, v), view.cross_t(x, y, v)


def _upper(view: View, x: Array, y: Array) -> Parts:
    return view.upper_y(x, y), view.upper_x(x, y)


def recalled(new: Parts, table: Parts, row: Array) -> tuple[Parts, Parts]:
    """SAGA (Defazio, Bach, Lacoste-Julien 2014): new − old + mean of the table, and the table with the row replaced; row (B,)."""
    xp = array_namespace(row)
    here = (xp.arange(table[0].shape[1])[None, :] == row[:, None])[:, :, None]
    estimate = tuple(n - xp.sum(xp.where(here, t, 0 * t), axis=1) + xp.mean(t, axis=1) for n, t in zip(new, table, strict=True))
    return estimate, tuple(xp.where(here, n[:, None, :], t) for n, t in zip(new, table, strict=True))


@dataclass(frozen=True)
class SABA:
    """SOBA with a table of the last value seen on each of N/lower and M/upper fixed minibatches; it is filled at x0 first."""

    steps: Steps = Steps()
    lower: int = 1  # samples in a minibatch; must divide N
    upper: int = 1

    def iterates(self, problem: FiniteSum, noise: Noise, /) -> Iterator[Loop]:
        x, y = problem.x0, problem.y0
        xp = array_namespace(x)
        v, rows = 0 * y, (problem.lower_size // self.lower, problem.upper_size // self.upper)
        if rows[0] * self.lower != problem.lower_size or rows[1] * self.upper != problem.upper_size:
            raise ValueError(f"SABA: minibatches of {self.lower} and {self.upper} do not divide {problem.lower_size} and {problem.upper_size}")
        none = xp.zeros((x.shape[0],), dtype=xp.int64)

        def at(i: Array, j: Array) -> View:
            within = xp.arange(self.lower)[None, :], xp.arange(self.upper)[None, :]
            return BatchView(problem, i[:, None] * self.lower + within[0], j[:, None] * self.upper + within[1])

        lower_rows = [_lower(at(none + i, none), x, y, v) for i in range(rows[0])]
        upper_rows = [_upper(at(none, none + j), x, y) for j in range(rows[1])]
        g_table, f_table = (tuple(xp.stack(part, axis=1) for part in zip(*known, strict=True)) for known in (lower_rows, upper_rows))
        for k, i, j in zip(count(), noise.integers("lower", rows[0]), noise.integers("upper", rows[1]), strict=False):
            rho, gamma = self.steps.at(problem, k)
            view = at(i, j)
            (g_y, g_v, g_x), g_table = recalled(_lower(view, x, y, v), g_table, i)
            (f_y, f_x), f_table = recalled(_upper(view, x, y), f_table, j)
            dy, dv, dx = g_y, g_v - f_y, f_x - g_x
            yield Loop(k, x, y, v, dy, dv, dx, (rho, gamma))
            x, y, v = x - gamma * dx, y - rho * dy, v - rho * dv
