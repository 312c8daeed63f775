"""Frank–Wolfe with a step that depends on the point: Demyanov, Rubinov 1970 (short step), or exact line search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Generic

from array_api_compat import array_namespace

from algorithms.frank_wolfe.steps import P, Rule, inner
from algorithms.frank_wolfe.vanilla import State
from ratecheck import Noise


@dataclass(frozen=True)
class DescentFrankWolfe(Generic[P]):
    """x_{k+1} = x_k + γ_k (v_k − x_k), γ_k = rule(⟨∇f(x_k), x_k − v_k⟩, v_k − x_k) in [0, 1]."""

    rule: Rule[P]

    def iterates(self, problem: P, noise: Noise, /) -> Iterator[State]:
        x = problem.x0
        xp = array_namespace(x)
        one = xp.ones_like(x[:, 0])
        for k in count():
            g = problem.grad(x)
            v = problem.lmo(g)
            gamma = self.rule(problem, inner(g, x - v), v - x, one)
            yield State(k, x, g, v, gamma)
            x = x + gamma[:, None] * (v - x)
