"""Where the oracles of a step come from: the whole problem, or fresh minibatches of two finite sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Protocol, TypeAlias

from algorithms.bilevel.oracles import Bilevel
from ratecheck import Array, Noise, Problem


class View(Protocol):
    """The means of f and of g over some samples."""

    def lower_x(self, x: Array, y: Array, /) -> Array: ...
    def lower_y(self, x: Array, y: Array, /) -> Array: ...
    def hvp(self, x: Array, y: Array, v: Array, /) -> Array: ...
    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array: ...
    def upper_x(self, x: Array, y: Array, /) -> Array: ...
    def upper_y(self, x: Array, y: Array, /) -> Array: ...


class Started(Problem, Protocol):
    @property
    def y0(self) -> Array: ...  # (B, m)


class FiniteSum(Started, Protocol):
    """g is the mean of `lower_size` components, f of `upper_size`; oracles are means over a batch i, (B, b), repetitions allowed."""

    @property
    def lower_size(self) -> int: ...
    @property
    def upper_size(self) -> int: ...
    def lower_x_batch(self, x: Array, y: Array, i: Array, /) -> Array: ...
    def lower_y_batch(self, x: Array, y: Array, i: Array, /) -> Array: ...
    def hvp_batch(self, x: Array, y: Array, v: Array, i: Array, /) -> Array: ...
    def cross_t_batch(self, x: Array, y: Array, v: Array, i: Array, /) -> Array: ...
    def upper_x_batch(self, x: Array, y: Array, i: Array, /) -> Array: ...
    def upper_y_batch(self, x: Array, y: Array, i: Array, /) -> Array: ...


@dataclass(frozen=True, eq=False)
class BatchView:
    """The oracles of `problem` on the batches `lower` of g and `upper` of f."""

    problem: FiniteSum
    lower: Array  # (B, b)
    upper: Array  # (B, b')

    def lower_x(self, x: Array, y: Array, /) -> Array:
        return self.problem.lower_x_batch(x, y, self.lower)

    def lower_y(self, x: Array, y: Array, /) -> Array:
        return self.problem.lower_y_batch(x, y, self.lower)

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        return self.problem.hvp_batch(x, y, v, self.lower)

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        return self.problem.cross_t_batch(x, y, v, self.lower)

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return self.problem.upper_x_batch(x, y, self.upper)

    def upper_y(self, x: Array, y: Array, /) -> Array:
        return self.problem.upper_y_batch(x, y, self.upper)


Draw: TypeAlias = Callable[[Any, Noise], Iterator[View]]


def whole(problem: Bilevel, noise: Noise) -> Iterator[Any]:
    """No sampling: every view is the problem."""
    return repeat(problem)


@dataclass(frozen=True)
class Minibatches:
    """Independent indices with replacement, fresh for every view."""

    lower: int
    upper: int

    def __call__(self, problem: FiniteSum, noise: Noise) -> Iterator[View]:
        pairs = zip(
            noise.integers("lower", problem.lower_size, self.lower), noise.integers("upper", problem.upper_size, self.upper), strict=False
        )
        return (BatchView(problem, i, j) for i, j in pairs)


@dataclass(frozen=True)
class Steps:
    """Step lengths lower·(k+1)^{−a} for y and the linear system, outer·(k+1)^{−b} for x; times 1/L and 1/L_F."""

    lower: float = 1.0
    outer: float = 1.0
    a: float = 0.0
    b: float = 0.0

    def at(self, problem: Problem, k: int) -> tuple[Array, Array]:
        """(B, 1) each"""
        one = 0 * problem.x0[:, :1] + 1
        L, L_F = ((problem.constants[name].value + 0 * one[:, 0])[:, None] for name in ("L", "L_F"))
        return self.lower * (k + 1) ** -self.a * one / L, self.outer * (k + 1) ** -self.b * one / L_F
