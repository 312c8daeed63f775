"""A claim about given numbers: the metric replays a table, so that a test says exactly what the engine sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType

import numpy as np

from ratecheck import Array, Bound, Certified, Claim, Noise, Quantifier, Source, Statement, Trait, Unit, each, exact

SOURCE = Source("nobody 2000", "Theorem 1", "test.replay", Statement.DERIVED)


@dataclass(frozen=True, eq=False)
class Table:
    rows: Array  # (B, K) what the metric is to be
    constants: Mapping[str, Certified] = field(default_factory=lambda: MappingProxyType({}))
    traits: frozenset[Trait] = frozenset()

    @property
    def x0(self) -> Array:
        return self.rows[:, 0]


@dataclass(frozen=True, eq=False)
class Place:
    k: int


@dataclass(frozen=True)
class Reader:
    def iterates(self, problem: Table, noise: Noise, /) -> Iterator[Place]:
        for k in count():
            yield Place(k)


def reading(p: Table, s: Place) -> Array:
    return p.rows[:, s.k]


def replay(
    metric: Array, bound: Bound, holds: Quantifier, *, start: int = 0, rounding: Bound = exact, gap: Bound = exact,
    constants: Mapping[str, Certified] | None = None, given: Mapping[str, Bound] | None = None,
) -> Claim[Table, Place]:  # fmt: skip
    """The claim that `holds` for the metric (K, B), or (K,) for one row."""
    table = np.asarray(metric, dtype=float)
    rows = table[:, None].T if table.ndim == 1 else table.T
    certified = MappingProxyType(dict(constants or {}))
    draw: Callable[[range], Table] = lambda seeds: Table(rows[seeds.start : seeds.stop], certified)
    return Claim[Table, Place](
        source=SOURCE, assumes=frozenset(), instances={"table": draw}, algorithm=Reader(), metric=each(reading), unit=Unit(),
        bound=bound, holds=holds, k=range(start, table.shape[0]), rounding=rounding, gap=gap, given=given or {}, seeds=rows.shape[0],
    )  # fmt: skip
