"""Continuous time: an autonomous or time-dependent flow by the classical Runge–Kutta method of order 4, at times of one's choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Generic

from array_api_compat import array_namespace

from ratecheck import Array, Noise
from ratecheck.contracts import P_contra
from ratecheck.oracles import Smooth


@dataclass(frozen=True, eq=False)
class Moment:
    k: int
    t: float
    y: Array  # (B, m) everything that flows


@dataclass(frozen=True)
class Flow(Generic[P_contra]):
    """ẏ = field(t, y) from y(t_0) = start, read at t_k = clock(k); `substeps` Runge–Kutta steps between two readings."""

    field: Callable[[P_contra, float, Array], Array]
    start: Callable[[P_contra], Array]
    clock: Callable[[int], float]
    substeps: int = 20

    def iterates(self, problem: P_contra, noise: Noise, /) -> Iterator[Moment]:
        y = self.start(problem)
        for k in count():
            t = self.clock(k)
            yield Moment(k, t, y)
            h = (self.clock(k + 1) - t) / self.substeps
            for j in range(self.substeps):
                y = self._stepped(problem, t + j * h, y, h)

    def _stepped(self, p: P_contra, t: float, y: Array, h: float) -> Array:
        a = self.field(p, t, y)
        b = self.field(p, t + h / 2, y + h / 2 * a)
        c = self.field(p, t + h / 2, y + h / 2 * b)
        d = self.field(p, t + h, y + h * c)
        return y + h / 6 * (a + 2 * b + 2 * c + d)


def halves(y: Array) -> tuple[Array, Array]:
    """X and Z of y = (X, Z)."""
    n = y.shape[-1] // 2
    return y[:, :n], y[:, n:]


def doubled(p: Smooth) -> Array:
    """X = Z = x_0."""
    return array_namespace(p.x0).concat([p.x0, p.x0], axis=-1)


def gradient_and_length(p: Smooth, t: float, y: Array) -> Array:
    """ẇ = −∇f(w) and the length of the path, y = (w, length)."""
    xp = array_namespace(y)
    g = p.grad(y[:, :-1])
    return xp.concat([-g, xp.sqrt(xp.sum(g * g, axis=-1))[:, None]], axis=-1)


def with_length(p: Smooth) -> Array:
    xp = array_namespace(p.x0)
    return xp.concat([p.x0, xp.zeros_like(p.x0[:, :1])], axis=-1)
