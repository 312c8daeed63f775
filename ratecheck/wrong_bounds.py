"""Wrong twins of a bound: its factor, exponent, index and constants, and every slip in its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ratecheck.contracts import Bound, Claim, Relation
from ratecheck.surgery import slips


class _Spy(Mapping[str, Any]):
    """Constants, some of them changed; remembers which were asked for."""

    def __init__(self, c: Mapping[str, Any], changed: Mapping[str, Callable[[Any], Any]], used: set[str]) -> None:
        self.c, self.changed, self.used = c, changed, used

    def __getitem__(self, name: str) -> Any:
        self.used.add(name)
        value = self.c[name]
        return self.changed[name](value) if name in self.changed else value

    def __iter__(self) -> Iterator[str]:
        return iter(self.c)

    def __len__(self) -> int:
        return len(self.c)


def names_used(claim: Claim[Any, Any]) -> list[str]:
    """The constants and seen quantities that the bound uses, found by drawing one row."""
    used: set[str] = set()
    try:
        problem = next(iter(claim.instances.values()))(range(1))
        values = {n: np.ones(1) * np.asarray(c.value)[..., :1].reshape(-1)[:1] for n, c in problem.constants.items()}
        with np.errstate(all="ignore"):
            claim.bound(np.array([[float(claim.k[-1])]]), _Spy({**values, **{n: np.ones((1, 1)) for n in claim.seen}}, {}, used))
    except Exception:  # the runs themselves will tell
        return sorted(used)
    return sorted(used)


def bounds(claim: Claim[Any, Any]) -> Iterator[tuple[str, Bound]]:
    b, first = claim.bound, max(claim.k.start, 1)
    if claim.holds.relation is not Relation.ORDER:  # the constant of an order is not claimed
        for factor in (2.0, 4.0) if claim.holds.relation is Relation.AT_LEAST else (0.5, 0.25):
            yield f"times {factor:g}", _times(b, factor, 0.0, first)
    if len(claim.k) > 4:
        for power in (0.25, -0.25):
            yield f"times k^{power:+g}", _times(b, 1.0, power, first)
        for shift in (2, -2):
            yield f"at k {shift:+d}", _shifted(b, shift, min(claim.k.start, 1))
    for name in names_used(claim):
        yield f"{name} left out", _with(b, name, lambda v: 1.0 + 0 * v)
        yield f"divided by {name}", _divided(b, name)
        yield f"{name} squared", _with(b, name, lambda v: v * v)
    for slip in slips(b):
        yield slip.what, slip.function


def _times(b: Bound, factor: float, power: float, first: int) -> Bound:
    return lambda k, c: factor * b(k, c) * (np.maximum(k, first) / first) ** power


def _shifted(b: Bound, by: int, least: int) -> Bound:
    return lambda k, c: b(np.maximum(k + by, least), c)


def _with(b: Bound, name: str, change: Callable[[Any], Any]) -> Bound:
    return lambda k, c: b(k, _Spy(c, {name: change}, set()))


def _divided(b: Bound, name: str) -> Bound:
    return lambda k, c: b(k, c) / c[name]
