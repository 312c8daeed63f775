"""Random streams keyed by name and seed, drawn on the host in blocks, so that every backend sees the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod
from types import ModuleType
from typing import Any
from zlib import crc32

import numpy as np

from ratecheck.contracts import Array

BLOCK = 512  # draws dealt per row at a time
FLOATS = 2**21  # at most so many numbers in a block


@dataclass(frozen=True)
class SeededNoise:
    """Row b of the stream `name` depends on (name, seeds[b]) alone: a seed run alone sees what it sees in a batch."""

    seeds: range
    xp: ModuleType = np

    def integers(self, name: str, high: int, /, *shape: int) -> Iterator[Array]:
        if high < 1:
            raise ValueError(f"noise.integers({name!r}, {high}): high must be at least 1")
        return self._dealt(name, shape, lambda g, size: g.integers(high, size=size))

    def normals(self, name: str, /, *shape: int) -> Iterator[Array]:
        return self._dealt(name, shape, lambda g, size: g.standard_normal(size))

    def uniforms(self, name: str, /, *shape: int) -> Iterator[Array]:
        return self._dealt(name, shape, lambda g, size: g.random(size))

    def _dealt(self, name: str, shape: tuple[int, ...], draw: Callable[[np.random.Generator, Any], Any]) -> Iterator[Array]:
        key = crc32(name.encode())
        sources = [np.random.default_rng([seed, key]) for seed in self.seeds]
        block = max(1, min(BLOCK, FLOATS // max(1, prod(shape) * len(sources))))
        while True:
            numbers = np.stack([draw(source, (block, *shape)) for source in sources], axis=1)
            yield from map(self.xp.asarray, numbers)
