"""Franceschi, Frasconi, Salzo, Grazzi, Pontil 2018: the hyperparameter problem with T gradient steps in place of the solution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from ratecheck import Array, Noise, Problem


class OnGrid(Problem, Protocol):
    @property
    def y0(self) -> Array: ...  # (B, m)
    @property
    def grid(self) -> Array: ...  # (P,)
    def lower_y(self, w: Array, /) -> Array: ...  # (B, P, m)
    def upper(self, w: Array, /) -> Array: ...  # (B, P, m) -> (B, P)


@dataclass(frozen=True, eq=False)
class Family:
    k: int  # T
    w: Array  # (B, P, m) w_{T,λ} for every λ of the grid
    gamma: Array  # (B, 1, 1)


@dataclass(frozen=True)
class IteratedLevel:
    """w_{T+1,λ} = w_{T,λ} − γ∇_w g(λ, w_{T,λ}) from w_0, at every λ; γ = relative/L."""

    relative: float = 1.0

    def iterates(self, problem: OnGrid, noise: Noise, /) -> Iterator[Family]:
        w = problem.y0[:, None, :] + 0 * problem.grid[None, :, None]
        gamma = (self.relative / problem.constants["L"].value + 0 * w[:, 0, 0])[:, None, None]
        for k in count():
            yield Family(k, w, gamma)
            w = w - gamma * problem.lower_y(w)
