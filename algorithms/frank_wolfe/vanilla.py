"""Frank, Wolfe 1956; in the form of Jaggi 2013, Algorithm 1, with steps given beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from ratecheck import Array, Noise
from ratecheck.oracles import SmoothOverCompact


@dataclass(frozen=True, eq=False)
class State:
    k: int
    x: Array  # (B, n)
    g: Array  # (B, n) gradient at x
    v: Array  # (B, n) vertex in argmin over C of <g, v>
    gamma: Array  # (B,) or a number: the step towards v


def open_loop(k: int) -> float:
    """2/(k+2), k from 0."""
    return 2 / (k + 2)


@dataclass(frozen=True)
class FrankWolfe:
    """x_{k+1} = x_k + γ_k (v_k − x_k), v_k ∈ argmin_{v ∈ C} ⟨∇f(x_k), v⟩, with γ_k = step(k)."""

    step: Callable[[int], float] = open_loop

    def iterates(self, problem: SmoothOverCompact, noise: Noise, /) -> Iterator[State]:
        x = problem.x0
        for k in count():
            g = problem.grad(x)
            v = problem.lmo(g)
            gamma = self.step(k)
            yield State(k, x, g, v, gamma)
            x = x + gamma * (v - x)
