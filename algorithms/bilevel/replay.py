"""Engstrom et al. 2025: the metagradient by REPLAY, reverse mode over a lazily traversed k-ary tree of training states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from ratecheck import Array, Noise, Problem


class Training(Problem, Protocol):
    @property
    def y0(self) -> Array: ...  # s_0
    def step(self, s: Array, z: Array, t: int, /) -> Array: ...  # s_{t+1}
    def vjp(self, s: Array, z: Array, t: int, a: Array, /) -> tuple[Array, Array]: ...
    def loss(self, s: Array, /) -> Array: ...
    def loss_grad(self, s: Array, /) -> Array: ...


@dataclass(frozen=True, eq=False)
class Metagradient:
    k: int  # depth D of the tree, T = arity^D training steps
    T: int
    g: Array  # (B, N) d loss(s_T)/dz
    end: Array  # (B, ...) s_T
    peak: int  # training states alive at the same time, s_T apart


@dataclass
class Live:
    """Counts the states that are kept."""

    now: int = 0
    peak: int = 0

    def keep(self) -> None:
        self.now += 1
        self.peak = max(self.peak, self.now)


@dataclass(frozen=True)
class Replay:
    """State D: T = arity^D steps. A node keeps the start states of its children, replays forward, visits them from the last.

    remembers = False draws another minibatch whenever a step is replayed.
    """

    arity: int = 2
    remembers: bool = True

    def iterates(self, problem: Training, noise: Noise, /) -> Iterator[Metagradient]:
        for depth in count():
            T, live, drift = self.arity**depth, Live(), [0]
            gradient: list[Array] = []
            carried: list[Array] = []
            for t, s in self._backwards(problem, problem.y0, 0, T, live, drift):
                if not carried:
                    end = problem.step(s, problem.x0, t)
                    carried, gradient = [problem.loss_grad(end)], [0 * problem.x0]
                a, along_z = problem.vjp(s, problem.x0, t, carried[0])
                carried, gradient = [a], [gradient[0] + along_z]
            yield Metagradient(depth, T, gradient[0], end, live.peak)

    def _backwards(self, p: Training, start: Array, first: int, length: int, live: Live, drift: list[int]) -> Iterator[tuple[int, Array]]:
        """(t, s_t) for t = first + length − 1, ..., first, given s_first"""
        live.keep()
        if length == 1:
            yield first, start
            live.now -= 1
            return
        part = length // self.arity
        starts, s = [start], start
        for t in range(first, first + length - part):
            drift[0] += 0 if self.remembers else 1
            s = p.step(s, p.x0, t + drift[0])
            if (t - first + 1) % part == 0:
                starts.append(s)
                live.keep()
        for child in range(self.arity - 1, -1, -1):
            live.now -= 1  # the child keeps its start itself
            yield from self._backwards(p, starts.pop(), first + child * part, part, live, drift)


@dataclass(frozen=True)
class StoreAll:
    """Reverse mode with every training state kept; state D has T = arity^D steps."""

    arity: int = 2
    forgets: bool = field(default=False)  # drops the state derivative: only the last step sees the loss

    def iterates(self, problem: Training, noise: Noise, /) -> Iterator[Metagradient]:
        for depth in count():
            T, states = self.arity**depth, [problem.y0]
            for t in range(T):
                states.append(problem.step(states[-1], problem.x0, t))
            a, g = problem.loss_grad(states[-1]), 0 * problem.x0
            for t in range(T - 1, -1, -1):
                back, along_z = problem.vjp(states[t], problem.x0, t, a)
                a, g = (a if self.forgets else back), g + along_z
            yield Metagradient(depth, T, g, states[-1], T)
