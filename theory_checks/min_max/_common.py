"""What the theorems of this family share: units, metrics, laws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol

from array_api_compat import array_namespace

from ratecheck import Algorithm, Array, Certified, HasX, Noise, Trait, Unit
from ratecheck.contracts import S
from ratecheck.oracles import Operator, Resolvent, WithMinimiser

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
