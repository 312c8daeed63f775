"""Braun, Pokutta, Zink 2017 (arXiv 1610.05120), Algorithm 2: lazy Frank–Wolfe with a weak separation oracle.

The oracle of accuracy K answers either with a v ∈ C, ⟨∇f(x), x − v⟩ > Φ/K, or that ⟨∇f(x), x − z⟩ ≤ Φ on all of C. Here it looks
among the last few vertices first, and asks for a new one only if none of them will do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.frank_wolfe.steps import inner
from ratecheck import Array, Noise
from ratecheck.oracles import SmoothOverCompact


@dataclass(frozen=True, eq=False)
class LazyState:
    k: int
    x: Array  # (B, n), x_{k+1} in the paper's numbering, which starts at 1
    v: Array  # (B, n) the vertex of a positive answer
    positive: Array  # (B,) booleans; x stays where the answer is negative
    phi: Array  # (B,) Φ_k, the bound on f(x_k) − f*; Φ_0 at the start
    target: Array  # (B,) Φ_{k+1}, with which the oracle is asked at x_k
    gamma: float
    asked: Array  # (B,) booleans: the linear minimisation oracle was needed


@dataclass(frozen=True)
class LazyFrankWolfe:
    accuracy: float = 2.0
    memory: int = 6

    def step(self, k: int) -> float:
        square = self.accuracy**2
        return min(1.0, 2 * (square + 1) / (self.accuracy * (k + 1 + square + 2)))

    def iterates(self, problem: SmoothOverCompact, noise: Noise, /) -> Iterator[LazyState]:
        x, phi = problem.x0, problem.constants["h_0"].value
        xp = array_namespace(x)
        C = problem.constants["C_f"].value
        phi = phi + 0 * x[:, 0]
        cache = xp.broadcast_to(x[:, None, :], (x.shape[0], self.memory, x.shape[1]))
        for k in count():
            g, gamma = problem.grad(x), self.step(k)
            target = (phi + C * gamma**2 / 2) / (1 + gamma / self.accuracy)
            slopes = inner(g, x)[:, None] - xp.sum(cache * g[:, None, :], axis=-1)  # (B, memory)
            at = xp.argmax(slopes, axis=-1)
            remembered = xp.sum(xp.where((xp.arange(self.memory)[None, :] == at[:, None])[:, :, None], cache, xp.zeros_like(cache)), axis=1)
            known = xp.max(slopes, axis=-1) > target / self.accuracy
            fresh = problem.lmo(g)
            v = xp.where(known[:, None], remembered, fresh)
            positive = known | (inner(g, x - fresh) > target)
            yield LazyState(k, x, v, positive, phi, target, gamma, ~known)
            cache = xp.where(known[:, None, None], cache, xp.concat([fresh[:, None, :], cache[:, :-1, :]], axis=1))
            x, phi = xp.where(positive[:, None], x + gamma * (v - x), x), target
