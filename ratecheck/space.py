"""What an adversary may choose: the annotated ranges of a draw function, as points that can be moved, rounded and made smaller."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import floor, log10
from typing import Annotated, Any, TypeAlias, get_args, get_origin, get_type_hints

Number: TypeAlias = int | float
Point: TypeAlias = tuple[Number, ...]  # one number per parameter, the seed last
SEEDS = 2**16


@dataclass(frozen=True)
class Parameter:
    """A number that may be chosen in [low, high]."""

    name: str
    whole: bool
    low: Number
    high: Number
    default: Number

    @property
    def log(self) -> bool:
        return not self.whole and self.low > 0 and self.high / self.low >= 100

    def at(self, u: float) -> Number:
        """The number at the share u in [0, 1] of the range."""
        u = min(max(u, 0.0), 1.0)
        if u in (0.0, 1.0):
            return self.high if u else self.low
        if self.log:
            return self.within(self.low * (self.high / self.low) ** u)
        return self.within(self.low + u * (self.high - self.low))

    def share(self, value: Number) -> float:
        """The inverse of `at`."""
        if self.high == self.low:
            return 0.0
        if self.log:
            return log10(value / self.low) / log10(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def within(self, value: float) -> Number:
        return min(max(int(round(value)) if self.whole else float(value), self.low), self.high)

    def simpler(self, value: Number) -> Iterator[Number]:
        """Simpler numbers than `value`, the simplest first: small whole numbers; the default, 0, 1, few digits."""
        if self.whole:
            yield from (n for n in (self.low, self.low + 1, (self.low + int(value)) // 2, int(value) - 1) if self.low <= n < value)
            return
        tried = [float(self.default), 0.0, 1.0, *(_digits(float(value), n) for n in range(1, 13))]
        yield from (x for x in tried if self.low <= x <= self.high and self._size(x) < self._size(value))

    def _size(self, value: Number) -> int:
        return 0 if value == self.default else len(f"{value:.15g}".strip("-").replace(".", "").replace("e", ""))


def _digits(value: float, n: int) -> float:
    return round(value, n - 1 - floor(log10(abs(value)))) if value else 0.0


SEED = Parameter("seed", True, 0, SEEDS - 1, 0)


def parameters(draw: Callable[[range], Any]) -> list[Parameter]:
    """The keyword parameters annotated `Annotated[int | float, (low, high)]` that no partial has fixed.

    Errors: ValueError for a range that is not one, or a parameter without a default.
    """
    fixed: set[str] = set()
    while isinstance(draw, partial):
        fixed |= set(draw.keywords)
        draw = draw.func
    if not (inspect.isfunction(draw) or inspect.ismethod(draw)):
        return []
    hints = get_type_hints(draw, include_extras=True)
    found = []
    for name, parameter in inspect.signature(draw).parameters.items():
        hint = hints.get(name)
        if name in fixed or get_origin(hint) is not Annotated:
            continue
        kind, span = get_args(hint)[:2]
        if kind not in (int, float) or not (isinstance(span, tuple) and len(span) == 2 and span[0] <= span[1]):
            raise ValueError(f"{draw.__qualname__}, parameter {name}: expected Annotated[int or float, (low, high)], got {hint}")
        if parameter.default is inspect.Parameter.empty:
            raise ValueError(f"{draw.__qualname__}, parameter {name}: a parameter with a range needs a default")
        found.append(Parameter(name, kind is int, span[0], span[1], parameter.default))
    return found
