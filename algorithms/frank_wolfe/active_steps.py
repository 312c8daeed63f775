"""Away-step (Guélat, Marcotte 1986), pairwise (Lacoste-Julien, Jaggi 2015) and blended pairwise (Tsuji, Tanaka, Pokutta 2022).

All keep x as a convex combination of vertices. With a the active vertex of largest, s the one of smallest ⟨∇f(x), ·⟩, and v the
Frank–Wolfe vertex, the direction is

    away-step         v − x  or  x − a, whichever is steeper,
    pairwise          v − a,
    blended pairwise  s − a  if it is as steep as v − x, else  v − x,

and a step that meets the cap of a direction that leaves a drops a.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeAlias

from array_api_compat import array_namespace

from algorithms.frank_wolfe.active_set import ActiveSet
from algorithms.frank_wolfe.steps import P, Rule, inner
from ratecheck import Array, Noise

FORWARD, AWAY, PAIRWISE, LOCAL = range(4)  # d = v − x, x − a, v − a, s − a


@dataclass(frozen=True, eq=False)
class Slopes:
    forward: Array  # (B,) ⟨∇f, x − v⟩
    away: Array  # (B,) ⟨∇f, a − x⟩
    local: Array  # (B,) ⟨∇f, a − s⟩


Choice: TypeAlias = Callable[[Slopes], Array]  # (B,) one of the four directions


def _either(condition: Array, yes: int, no: int) -> Array:
    xp = array_namespace(condition)
    return xp.where(condition, xp.asarray(yes), xp.asarray(no))


def forward(s: Slopes) -> Array:
    """Plain Frank–Wolfe, as a convex combination."""
    return _either(s.forward >= s.forward, FORWARD, FORWARD)


def away_step(s: Slopes) -> Array:
    return _either(s.forward >= s.away, FORWARD, AWAY)


def pairwise(s: Slopes) -> Array:
    return _either(s.forward >= s.forward, PAIRWISE, PAIRWISE)


def blended_pairwise(s: Slopes) -> Array:
    return _either(s.local >= s.forward, LOCAL, FORWARD)


@dataclass(frozen=True, eq=False)
class ActiveState:
    k: int
    x: Array  # (B, n)
    g: Array  # (B, n)
    v: Array  # (B, n)
    a: Array  # (B, n) the active vertex with the largest ⟨g, ·⟩
    s: Array  # (B, n) the active vertex with the smallest
    direction: Array  # (B,) FORWARD, AWAY, PAIRWISE or LOCAL
    gamma: Array  # (B,)
    cap: Array  # (B,)
    active: ActiveSet  # of x
    added: Array  # (B,) 1 where this step adds a vertex
    dropped: Array  # (B,) 1 where this step drops a (a full step to v drops all others, and does not count)


def towards(direction: Array, x: Array, v: Array, a: Array, s: Array) -> Array:
    """The direction d, (B, n)."""
    xp = array_namespace(x)
    code = direction[:, None]
    to = xp.where((code == FORWARD) | (code == PAIRWISE), v, xp.where(code == LOCAL, s, x))
    return to - xp.where(code == FORWARD, x, a)


@dataclass(frozen=True)
class ActiveSetFrankWolfe(Generic[P]):
    choice: Choice
    rule: Rule[P]

    def iterates(self, problem: P, noise: Noise, /) -> Iterator[ActiveState]:
        active = ActiveSet.of(problem.x0)
        xp = array_namespace(problem.x0)
        for k in count():
            x = active.point()
            g = problem.grad(x)
            v = problem.lmo(g)
            far, near = active.farthest(g), active.nearest(g)
            a, s, w = active.atom(far), active.atom(near), active.weight_of(far)
            code = self.choice(Slopes(inner(g, x - v), inner(g, a - x), inner(g, a - s)))
            d = towards(code, x, v, a, s)
            one = xp.ones_like(w)
            cap = xp.where(code == FORWARD, one, xp.where(code == AWAY, w / xp.where(w < 1, 1 - w, one), w))
            gamma = self.rule(problem, -inner(g, d), d, cap)
            grown, place, new = active.with_place_for(v)
            uses_v = (code == FORWARD) | (code == PAIRWISE)
            dropped = xp.astype((code != FORWARD) & (gamma > 0) & (gamma >= cap), x.dtype)
            yield ActiveState(
                k, x, g, v, a, s, code, gamma, cap, active, xp.astype(uses_v & new & (gamma > 0), x.dtype), dropped
            )
            active = moved(grown, code, gamma, dropped, place, far, near)


def moved(active: ActiveSet, code: Array, gamma: Array, dropped: Array, v: Array, a: Array, s: Array) -> ActiveSet:
    """The weights of x + γ d; v, a, s are the places of those vertices, (B,)."""
    xp = array_namespace(gamma)
    zero = xp.zeros_like(gamma)
    scale = 1 + xp.where(code == AWAY, gamma, zero) - xp.where(code == FORWARD, gamma, zero)
    weight = active.weight * scale[:, None]
    for place, amount in (
        (v, xp.where((code == FORWARD) | (code == PAIRWISE), gamma, zero)),
        (s, xp.where(code == LOCAL, gamma, zero)),
        (a, xp.where(code == FORWARD, zero, -gamma)),
    ):
        weight = weight + xp.where(active.mask(place), amount[:, None], xp.zeros_like(weight))
    gone = (active.mask(a) & (dropped > 0)[:, None]) | (weight < 0)  # exactly 0 where a is dropped
    weight = xp.where(gone, xp.zeros_like(weight), weight)
    # a single atom must have weight 1 exactly: else x differs from it by rounding, and an away step could drop it
    return ActiveSet(active.atoms, weight / xp.sum(weight, axis=1, keepdims=True))
