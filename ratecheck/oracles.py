"""What algorithms may ask of problems. Algorithms and problems import these Protocols, never each other.

A family adds its own Protocols beside its algorithms; these are the ones that several families share.
Every argument is positional-only; x is (B, n) unless said otherwise.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from ratecheck.contracts import Array, Problem

Q = TypeVar("Q")


class Valued(Problem, Protocol):
    def value(self, x: Array, /) -> Array: ...  # (B, n) -> (B,)


class Smooth(Valued, Protocol):
    def grad(self, x: Array, /) -> Array: ...  # (B, n) -> (B, n); a sub-gradient where f is not smooth


class SmoothOverCompact(Smooth, Protocol):
    def lmo(self, g: Array, /) -> Array: ...  # (B, n) -> (B, n), a vertex in argmin_{v in C} <g, v>, ties to the first


class Projected(Smooth, Protocol):
    def project(self, x: Array, /) -> Array: ...  # (B, n) -> (B, n), the nearest point of C


class Composite(Smooth, Protocol):
    """f + h: `value` is f + h, `grad` is the gradient of the smooth part f."""

    def prox(self, x: Array, step: Array, /) -> Array: ...  # argmin_u h(u) + |u - x|^2 / (2 step)


class FiniteSum(Smooth, Protocol):
    """f = (1/N) sum of N components."""

    @property
    def size(self) -> int: ...
    def grad_one(self, x: Array, i: Array, /) -> Array: ...  # (B, n), (B,) -> (B, n)


class Operator(Problem, Protocol):
    def apply(self, z: Array, /) -> Array: ...  # F(z): (B, n) -> (B, n)


class Resolvent(Operator, Protocol):
    def resolvent(self, z: Array, step: Array, /) -> Array: ...  # (I + step F)^{-1} z


class WithMinimiser(Problem, Protocol):
    @property
    def x_star(self) -> Array: ...  # (B, n)
