"""Pedregosa, Négiar, Askari, Jaggi 2020 (arXiv 1806.05123): the short step with a local constant found by sufficient decrease."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.frank_wolfe.steps import capped, inner
from ratecheck import Array, Noise
from ratecheck.oracles import SmoothOverCompact


@dataclass(frozen=True, eq=False)
class BacktrackingState:
    k: int
    x: Array  # (B, n)
    g: Array  # (B, n)
    v: Array  # (B, n)
    gamma: Array  # (B,)
    before: Array  # (B,) L_{k−1}
    local: Array  # (B,) L_k, accepted at x_k
    tests: Array  # (B,) sufficient decrease tests up to step k, this one included


@dataclass(frozen=True)
class BacktrackingFrankWolfe:
    """Tries M = eta L_{k−1}, tau M, tau² M, ... until f(x + γ d) ≤ f(x) − γ g + γ² M ‖d‖²/2 with γ = min(1, g/(M ‖d‖²)).

    A trial outside the domain of f (value ∞ or NaN) is not enough. The test allows for the rounding of f, some 50 units of 2.2e-16.
    """

    tau: float = 2.0
    eta: float = 0.9
    start: float = 0.01  # L_{−1} as a multiple of the problem's L

    def iterates(self, problem: SmoothOverCompact, noise: Noise, /) -> Iterator[BacktrackingState]:
        x = problem.x0
        xp = array_namespace(x)
        one = xp.ones_like(x[:, 0])
        local = self.start * problem.constants["L"].value * one
        tests = 0 * one
        for k in count():
            g = problem.grad(x)
            v = problem.lmo(g)
            d = v - x
            slope, square, value = inner(g, x - v), inner(d, d), problem.value(x)
            before, local = local, self.eta * local
            floor = 1e-14 * (xp.abs(value) + inner(xp.abs(g), xp.abs(x)))
            open_ = one > 0
            for _ in range(200):
                gamma = capped(slope, local * square, one)
                enough = problem.value(x + gamma[:, None] * d) <= value - gamma * slope + gamma**2 * local * square / 2 + floor
                tests = tests + xp.astype(open_, one.dtype)
                open_ = open_ & ~enough
                if not xp.any(open_):
                    break
                local = xp.where(open_, self.tau * local, local)
            yield BacktrackingState(k, x, g, v, gamma, before, local, tests)
            x = x + gamma[:, None] * d
