"""Jaggi 2013, Algorithm 2: Frank–Wolfe with an approximate oracle, made as bad as it is allowed to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.frank_wolfe.steps import inner
from algorithms.frank_wolfe.vanilla import State, open_loop
from ratecheck import Noise
from ratecheck.oracles import SmoothOverCompact


@dataclass(frozen=True)
class InexactFrankWolfe:
    """v_k ∈ C with ⟨∇f(x_k), v_k⟩ = min + min(g(x_k), δ γ_k C_f/2): the exact vertex, drawn back towards x_k."""

    delta: float
    step: Callable[[int], float] = open_loop

    def iterates(self, problem: SmoothOverCompact, noise: Noise, /) -> Iterator[State]:
        x = problem.x0
        xp = array_namespace(x)
        for k in count():
            g = problem.grad(x)
            v = problem.lmo(g)
            gamma = self.step(k)
            gap = inner(g, x - v)
            allowed = self.delta * gamma * problem.constants["C_f"].value / 2
            back = xp.minimum(allowed, gap) / xp.where(gap > 0, gap, xp.ones_like(gap))
            v = v + back[:, None] * (x - v)
            yield State(k, x, g, v, gamma)
            x = x + gamma * (v - x)
