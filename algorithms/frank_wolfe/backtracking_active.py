"""Away steps with backtracking (B-AFW of Carderera et al. 2021, after Pedregosa et al. 2020): the local constant is found by tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.frank_wolfe.active_set import ActiveSet
from algorithms.frank_wolfe.active_steps import AWAY, FORWARD, Slopes, away_step, moved, towards
from algorithms.frank_wolfe.steps import capped, inner
from ratecheck import Array, Noise
from ratecheck.oracles import SmoothOverCompact


@dataclass(frozen=True, eq=False)
class BacktrackingAwayState:
    k: int
    x: Array  # (B, n)
    v: Array  # (B, n)
    a: Array  # (B, n) the active vertex with the largest ⟨∇f, ·⟩
    direction: Array  # (B,) FORWARD or AWAY
    gamma: Array  # (B,)
    cap: Array  # (B,)
    before: Array  # (B,) L_{k−1}
    local: Array  # (B,) L_k
    active: ActiveSet
    dropped: Array  # (B,) 1 where this step drops a


@dataclass(frozen=True)
class BacktrackingAwaySteps:
    tau: float = 2.0
    eta: float = 0.9
    start: float = 0.01  # L_{−1} as a multiple of the problem's L

    def iterates(self, problem: SmoothOverCompact, noise: Noise, /) -> Iterator[BacktrackingAwayState]:
        active = ActiveSet.of(problem.x0)
        xp = array_namespace(problem.x0)
        one = xp.ones_like(problem.x0[:, 0])
        local = self.start * problem.constants["L"].value * one
        for k in count():
            x = active.point()
            g, value = problem.grad(x), problem.value(x)
            v, far, near = problem.lmo(g), active.farthest(g), active.nearest(g)
            a, w = active.atom(far), active.weight_of(far)
            code = away_step(Slopes(inner(g, x - v), inner(g, a - x), 0 * w))
            d = towards(code, x, v, a, a)
            cap = xp.where(code == AWAY, w / xp.where(w < 1, 1 - w, one), one)
            slope, square = -inner(g, d), inner(d, d)
            before, local = local, self.eta * local
            floor = 1e-14 * (xp.abs(value) + inner(xp.abs(g), xp.abs(x)))
            open_ = one > 0
            for _ in range(200):
                gamma = capped(slope, local * square, cap)
                model = value - gamma * slope + gamma**2 * local * square / 2
                open_ = open_ & ~(problem.value(x + gamma[:, None] * d) <= model + floor)
                if not xp.any(open_):
                    break
                local = xp.where(open_, self.tau * local, local)
            grown, place, _ = active.with_place_for(v)
            dropped = xp.astype((code != FORWARD) & (gamma > 0) & (gamma >= cap), x.dtype)
            yield BacktrackingAwayState(k, x, v, a, code, gamma, cap, before, local, active, dropped)
            active = moved(grown, code, gamma, dropped, place, far, near)
