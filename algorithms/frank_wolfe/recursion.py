"""A scalar recursion run with equality: the worst sequence that a one-step inequality allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from ratecheck import Array, Constants, Noise, Problem


@dataclass(frozen=True, eq=False)
class Height:
    k: int
    h: Array  # (B,)


@dataclass(frozen=True)
class Recursion:
    """h_{k+1} = step(h_k, constants), h_0 the constant of that name."""

    step: Callable[[Array, Constants], Array]

    def iterates(self, problem: Problem, noise: Noise, /) -> Iterator[Height]:
        constants = {name: c.value for name, c in problem.constants.items()}
        h = constants["h_0"]
        for k in count():
            yield Height(k, h)
            h = self.step(h, constants)
