"""A bilevel problem whose oracles count their calls; a call on the whole batch counts once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ratecheck import Array, Certified, Tally, Trait


@dataclass(frozen=True, eq=False)
class CountedBilevel:
    """The oracles of `base`; each call adds one to its name in `tally`."""

    base: Any
    tally: Tally

    @property
    def traits(self) -> frozenset[Trait]:
        return cast(frozenset[Trait], self.base.traits)

    @property
    def constants(self) -> Mapping[str, Certified]:
        return cast(Mapping[str, Certified], self.base.constants)

    @property
    def x0(self) -> Array:
        return self.base.x0

    @property
    def y0(self) -> Array:
        return self.base.y0

    def upper(self, x: Array, y: Array, /) -> Array:
        self.tally["upper"] += 1
        return self.base.upper(x, y)

    def upper_x(self, x: Array, y: Array, /) -> Array:
        self.tally["upper_x"] += 1
        return self.base.upper_x(x, y)

    def upper_y(self, x: Array, y: Array, /) -> Array:
        self.tally["upper_y"] += 1
        return self.base.upper_y(x, y)

    def lower_y(self, x: Array, y: Array, /) -> Array:
        self.tally["lower_y"] += 1
        return self.base.lower_y(x, y)

    def lower_x(self, x: Array, y: Array, /) -> Array:
        self.tally["lower_x"] += 1
        return self.base.lower_x(x, y)

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        self.tally["hvp"] += 1
        return self.base.hvp(x, y, v)

    def cross(self, x: Array, y: Array, u: Array, /) -> Array:
        self.tally["cross"] += 1
        return self.base.cross(x, y, u)

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        self.tally["cross_t"] += 1
        return self.base.cross_t(x, y, v)

    def hessian(self, x: Array, y: Array, /) -> Array:
        self.tally["hessian"] += 1
        return self.base.hessian(x, y)

    def cross_block(self, x: Array, y: Array, /) -> Array:
        self.tally["cross_block"] += 1
        return self.base.cross_block(x, y)

    def y_star(self, x: Array, /) -> Array:
        self.tally["y_star"] += 1
        return self.base.y_star(x)

    def project(self, x: Array, /) -> Array:
        """Free, like the two bounds: no derivative of either level is evaluated."""
        return self.base.project(x)

    def smoothness(self, x: Array, /) -> Array:
        return self.base.smoothness(x)

    def cross_lipschitz(self, x: Array, /) -> Array:
        return self.base.cross_lipschitz(x)


def counted(base: Any, tally: Tally) -> CountedBilevel:
    return CountedBilevel(base, tally)
