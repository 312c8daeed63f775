"""What the theorems of this family share: units, metrics, laws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Algorithm, Array, Certified, HasX, Noise, Tally, Trait, Unit
from ratecheck.contracts import P, S
from ratecheck.oracles import Operator, Resolvent, WithMinimiser

CURVATURE = Unit(1, -2)  # of L and μ
STEP = Unit(-1, 2)  # of a step, and of ρ
FORCE = Unit(1, -1)  # of F
FORCE2 = Unit(2, -2)  # of ‖F‖²
LENGTH2 = Unit(0, 2)


class Game(Operator, WithMinimiser, Protocol):
    """An operator with a known zero."""


class ResolventGame(Resolvent, WithMinimiser, Protocol):
    """An operator with a known zero and a resolvent."""


def norm2(v: Array) -> Array:
    return array_namespace(v).sum(v * v, axis=-1)


def dot(u: Array, v: Array) -> Array:
    return array_namespace(u).sum(u * v, axis=-1)


def largest(v: Array) -> Array:
    xp = array_namespace(v)
    return xp.max(xp.abs(v), axis=-1)


def relative(wanted: Array, found: Array, *scale: Array) -> Array:
    """max |wanted − found| relative to the largest of the vectors `scale`, rows apart."""
    xp = array_namespace(found)
    size = largest(found)
    for v in scale:
        size = xp.maximum(size, largest(v))
    tiny: Any = 1e-290
    return largest(wanted - found) / xp.where(size > tiny, size, xp.ones_like(size))


def residual2(p: Operator, s: HasX) -> Array:
    """‖F(x_k)‖²"""
    return norm2(p.apply(s.x))


def residual(p: Operator, s: HasX) -> Array:
    """‖F(x_k)‖"""
    return residual2(p, s) ** 0.5


def distance2(p: WithMinimiser, s: HasX) -> Array:
    """‖x_k − x*‖²"""
    return norm2(s.x - p.x_star)


@dataclass(frozen=True, eq=False)
class Misread:
    """The same game, its operator too large by a factor."""

    base: Game
    factor: float

    @property
    def traits(self) -> frozenset[Trait]:
        return self.base.traits

    @property
    def constants(self) -> Mapping[str, Certified]:
        return self.base.constants

    @property
    def x0(self) -> Array:
        return self.base.x0

    @property
    def x_star(self) -> Array:
        return self.base.x_star

    def apply(self, z: Array, /) -> Array:
        return self.factor * self.base.apply(z)


@dataclass(frozen=True)
class Misreading(Generic[S]):
    """A wrong twin of any method: it reads F too large by a factor, while metrics and laws read it rightly."""

    base: Algorithm[Game, S]
    factor: float

    def iterates(self, problem: Game, noise: Noise, /) -> Iterator[S]:
        return self.base.iterates(Misread(problem, self.factor), noise)


@dataclass(frozen=True)
class Deceived(Generic[P, S]):
    """A wrong twin of any method: it runs on another problem, while metrics and laws read the right one."""

    base: Algorithm[P, S]
    other: Callable[[P], P]

    def iterates(self, problem: P, noise: Noise, /) -> Iterator[S]:
        return self.base.iterates(self.other(problem), noise)


class TwoSteps(HasX, Protocol):
    """The state of an extragradient method."""

    @property
    def w(self) -> Array: ...
    @property
    def g1(self) -> Array: ...
    @property
    def g2(self) -> Array: ...


def extrapolates(p: Operator, s: TwoSteps, t: TwoSteps) -> Array:
    """w_k = x_k − g1 F(x_k)"""
    return relative(s.x - s.g1[:, None] * p.apply(s.x), s.w)


def steps_with_the_middle_force(p: Operator, s: TwoSteps, t: TwoSteps) -> Array:
    """x_{k+1} = x_k − g2 F(x_k − g1 F(x_k))"""
    w = s.x - s.g1[:, None] * p.apply(s.x)
    return relative(s.x - s.g2[:, None] * p.apply(w), t.x)


def steps_with_the_past_force(p: Operator, s: TwoSteps, t: TwoSteps) -> Array:
    """x_{k+1} = x_k − g2 F(x̃_k)"""
    return relative(s.x - s.g2[:, None] * p.apply(s.w), t.x)


def extrapolates_with_the_past(p: Operator, s: TwoSteps, t: TwoSteps) -> Array:
    """x̃_{k+1} = x_{k+1} − g1 F(x̃_k)"""
    return relative(t.x - t.g1[:, None] * p.apply(s.w), t.w)


def same_step(p: Operator, s: TwoSteps, t: TwoSteps) -> Array:
    """g1 = g2, the same at every k"""
    xp = array_namespace(s.g1)
    return (xp.abs(s.g1 - s.g2) + xp.abs(t.g1 - s.g1)) / s.g2


def worst_row(a: Any) -> Any:
    """The logarithm of the largest row: rows are the modes of a continuum."""
    return np.log(np.max(a, axis=1))


@dataclass(frozen=True, eq=False)
class CountedGame:
    """The same game; every call of F is counted under "apply"."""

    base: Game
    tally: Tally

    @property
    def traits(self) -> frozenset[Trait]:
        return self.base.traits

    @property
    def constants(self) -> Mapping[str, Certified]:
        return self.base.constants

    @property
    def x0(self) -> Array:
        return self.base.x0

    @property
    def x_star(self) -> Array:
        return self.base.x_star

    def apply(self, z: Array, /) -> Array:
        self.tally["apply"] += 1
        return self.base.apply(z)


class GapGame(Operator, Protocol):
    """A variational inequality over a compact set with a prox and a gap in closed form."""

    def prox(self, z: Array, v: Array, /) -> Array: ...
    def gap(self, z: Array, /) -> Array: ...


class OneStep(HasX, Protocol):
    """The state of a method with one step length."""

    @property
    def g(self) -> Array: ...


def is_proximal(p: Operator, s: OneStep, t: OneStep) -> Array:
    """x_{k+1} + g F(x_{k+1}) = x_k"""
    return relative(t.x + s.g[:, None] * p.apply(t.x), s.x, t.x)
