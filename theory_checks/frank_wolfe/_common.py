"""Metrics and laws that the theorems of this family share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from array_api_compat import array_namespace

from algorithms.frank_wolfe.active_set import ActiveSet
from algorithms.frank_wolfe.active_steps import LOCAL, ActiveState
from algorithms.frank_wolfe.steps import P, Quadratic
from ratecheck import Array, Constants, Law
from ratecheck.oracles import SmoothOverCompact, Valued

TINY = 1e-300  # nothing moved by nothing: residual 0


class Gapped(SmoothOverCompact, Protocol):
    @property
    def f_star(self) -> Array: ...  # (B,), exact or the middle of an interval of half width constants["f_gap"]


class Curved(Gapped, Protocol):
    def curvature(self, d: Array, /) -> Array: ...  # (B, n) -> (B,), d'∇²f d of a quadratic


class HasPoint(Protocol):
    @property
    def k(self) -> int: ...
    @property
    def x(self) -> Array: ...  # (B, n)


class HasVertex(HasPoint, Protocol):
    @property
    def v(self) -> Array: ...  # (B, n)
    @property
    def gamma(self) -> Array: ...  # (B,) or a number


def inner(a: Array, b: Array) -> Array:
    return array_namespace(a).sum(a * b, axis=-1)


def norm(a: Array) -> Array:
    return inner(a, a) ** 0.5


def primal_gap(p: Gapped, s: HasPoint) -> Array:
    """h = f(x) − f*"""
    return p.value(s.x) - p.f_star


def fw_gap(p: SmoothOverCompact, s: HasPoint) -> Array:
    """g(x) = max_{v ∈ C} ⟨∇f(x), x − v⟩"""
    g = p.grad(s.x)
    return inner(g, s.x - p.lmo(g))


def f_gap(k: Array, c: Constants) -> Array:
    """Half the width of the interval that is certified to hold f*."""
    return c["f_gap"] + 0 * k


def roundoff(k: Array, c: Constants) -> Array:
    """f is evaluated to some 50 units of 2.2e-16 on the scale of the curvature."""
    return 1e-14 * c["C_f"] + 0 * k


def scaled(step: Array, like: Array) -> Array:
    """A step, a number or (B,), ready to multiply (B, n)."""
    xp = array_namespace(like)
    return xp.reshape(xp.asarray(step, dtype=like.dtype), (-1, 1))


def moves_towards_v(p: SmoothOverCompact, s: HasVertex, t: HasVertex) -> Array:
    """x_{k+1} = x_k + γ_k (v_k − x_k)"""
    xp = array_namespace(s.x)
    miss = t.x - s.x - scaled(s.gamma, s.x) * (s.v - s.x)
    return xp.max(xp.abs(miss), axis=-1) / (xp.max(xp.abs(s.v) + xp.abs(s.x), axis=-1) + TINY)


def v_is_minimal(p: SmoothOverCompact, s: HasVertex, t: HasVertex) -> Array:
    """⟨∇f(x_k), v_k⟩ = min over C, the gradient taken afresh"""
    xp = array_namespace(s.x)
    g = p.grad(s.x)
    w = p.lmo(g)
    scale = xp.max(xp.abs(g), axis=-1) * xp.sum(xp.abs(w) + xp.abs(s.v), axis=-1)
    return xp.abs(inner(g, s.v - w)) / xp.where(scale > 0, scale, xp.ones_like(scale))


def step_is(rule: Callable[[int], float]) -> Law[SmoothOverCompact, HasVertex]:
    def law(p: SmoothOverCompact, s: HasVertex, t: HasVertex) -> Array:
        """γ_k = rule(k), and k counts the steps"""
        xp = array_namespace(s.x)
        return xp.abs(scaled(s.gamma, s.x)[:, 0] - rule(s.k)) / rule(s.k) + abs(t.k - s.k - 1) + xp.zeros_like(s.x[:, 0])

    return law


def frank_wolfe(rule: Callable[[int], float]) -> dict[str, Law[SmoothOverCompact, HasVertex]]:
    """The laws of Frank–Wolfe with steps given beforehand."""
    return {"towards v": moves_towards_v, "v is minimal": v_is_minimal, "the step": step_is(rule)}


Bend: TypeAlias = Callable[[P, Array], Array]  # the curvature that a step rule divides by: problem, d (B, n) -> (B,)


def by_L(p: SmoothOverCompact, d: Array) -> Array:
    """The short step: L ‖d‖²."""
    return p.constants["L"].value * inner(d, d)


def by_C(p: SmoothOverCompact, d: Array) -> Array:
    return p.constants["C_f"].value + 0 * d[:, 0]


def by_hessian(p: Quadratic, d: Array) -> Array:
    """Exact line search on a quadratic."""
    return p.curvature(d)


def off_the_model(gamma: Array, slope: Array, curvature: Array, cap: Array) -> Array:
    """How far γ is from the minimiser of −slope γ + curvature γ²/2 over [0, cap]."""
    xp = array_namespace(slope)
    bent = xp.where(curvature > 0, curvature, xp.ones_like(curvature))
    wanted = xp.where(slope > 0, xp.where(curvature > 0, xp.minimum(slope / bent, cap), cap), 0 * slope)
    return xp.abs(gamma - wanted) / (xp.maximum(gamma, wanted) + 1e-30)


def descent(bend: Bend[P]) -> dict[str, Law[P, HasVertex]]:
    """The laws of Frank–Wolfe with a step that depends on the point."""

    def law(p: P, s: HasVertex, t: HasVertex) -> Array:
        """γ_k = min(1, ⟨∇f(x_k), x_k − v_k⟩ / curvature), the gradient taken afresh"""
        d = s.v - s.x
        return off_the_model(s.gamma, -inner(p.grad(s.x), d), bend(p, d), array_namespace(d).ones_like(s.gamma))

    return {"towards v": moves_towards_v, "v is minimal": v_is_minimal, "the step": law}


def stays_a_combination(p: SmoothOverCompact, s: ActiveState, t: ActiveState) -> Array:
    """x is the combination of distinct active vertices that the weights say, and the weights sum to 1"""
    xp = array_namespace(s.x)
    point = xp.sum(t.active.weight[:, :, None] * t.active.atoms, axis=1)
    kept = xp.max(xp.abs(t.x - point), axis=-1) + xp.abs(xp.sum(t.active.weight, axis=-1) - 1)
    active = t.active.weight > 0
    same = xp.all(t.active.atoms[:, :, None, :] == t.active.atoms[:, None, :, :], axis=-1) & active[:, :, None] & active[:, None, :]
    twice = xp.sum(xp.astype(same, s.x.dtype), axis=(1, 2)) - xp.sum(xp.astype(active, s.x.dtype), axis=1)
    return kept + twice + xp.max(xp.where(t.active.weight < 0, -t.active.weight, 0 * t.active.weight), axis=-1)


def a_and_s_are_extreme(p: SmoothOverCompact, s: ActiveState, t: ActiveState) -> Array:
    """⟨∇f, a⟩ is the largest and ⟨∇f, s⟩ the smallest over the active vertices"""
    xp = array_namespace(s.x)
    g = p.grad(s.x)
    score = xp.sum(s.active.atoms * g[:, None, :], axis=-1)
    score = xp.where(s.active.weight > 0, score, inner(g, s.x)[:, None])
    miss = xp.max(score, axis=-1) - inner(g, s.a) + inner(g, s.s) - xp.min(score, axis=-1)
    return xp.abs(miss) / (norm(g) * (norm(s.a) + norm(s.s)) + TINY)


Direction: TypeAlias = Callable[[Array, Array, Array], tuple[Array, Array]]  # ⟨∇f, x − v⟩, ⟨∇f, a − x⟩, ⟨∇f, a − s⟩ -> to v?, off a?


def steeper(forward: Array, away: Array, local: Array) -> tuple[Array, Array]:
    """Away steps: v − x, or x − a where that is steeper."""
    return forward >= away, forward < away


def both(forward: Array, away: Array, local: Array) -> tuple[Array, Array]:
    """Pairwise: v − a."""
    return forward == forward, forward == forward


def local_first(forward: Array, away: Array, local: Array) -> tuple[Array, Array]:
    """Blended pairwise: s − a where that is as steep as v − x, else v − x."""
    return local < forward, local >= forward


def held(active: ActiveSet, vertex: Array) -> Array:
    """The weight of a vertex, 0 where it is not active."""
    xp = array_namespace(vertex)
    there = xp.all(active.atoms == vertex[:, None, :], axis=-1) & (active.weight > 0)
    return xp.sum(xp.where(there, active.weight, 0 * active.weight), axis=-1)


class Drops(Protocol):
    @property
    def a(self) -> Array: ...  # (B, n)
    @property
    def gamma(self) -> Array: ...  # (B,)
    @property
    def dropped(self) -> Array: ...  # (B,)
    @property
    def active(self) -> ActiveSet: ...


def miscounts_drops(s: Drops, t: Drops, off_a: Array, cap: Array) -> Array:
    """0 if a is dropped exactly where the step is as long as it may be, and is then no longer active"""
    xp = array_namespace(cap)
    dropped = xp.astype(off_a & (s.gamma > 0) & (s.gamma >= cap), cap.dtype)
    return xp.abs(dropped - s.dropped) + dropped * xp.astype(held(t.active, s.a) > 0, cap.dtype)


def active_set(direction: Direction, bend: Bend[P]) -> dict[str, Law[P, ActiveState]]:
    """The laws of an active-set method."""

    def law(p: P, s: ActiveState, t: ActiveState) -> Array:
        """x_{k+1} = x_k + γ_k d_k, γ_k the minimiser of the model up to the cap, which drops a; v is added if it is new"""
        xp = array_namespace(s.x)
        g = p.grad(s.x)
        to_v, off_a = direction(inner(g, s.x - s.v), inner(g, s.a - s.x), inner(g, s.a - s.s))
        local = off_a & ~to_v & (s.direction == LOCAL)
        to = xp.where(to_v[:, None], s.v, xp.where(local[:, None], s.s, s.x))
        d = to - xp.where(off_a[:, None], s.a, s.x)
        w = held(s.active, s.a)
        one = xp.ones_like(w)
        cap = xp.where(~off_a, one, xp.where(to_v | local, w, w / xp.where(w < 1, 1 - w, one)))
        miss = xp.max(xp.abs(t.x - s.x - s.gamma[:, None] * d), axis=-1)
        scale = xp.max(xp.abs(s.v), axis=-1) + xp.max(xp.abs(s.a), axis=-1) + TINY
        added = xp.astype(to_v & (s.gamma > 0) & ~(held(s.active, s.v) > 0), g.dtype)
        counts = miscounts_drops(s, t, off_a, cap) + xp.abs(added - s.added)
        return miss / scale + off_the_model(s.gamma, -inner(g, d), bend(p, d), cap) + counts

    return {"a combination": stays_a_combination, "v is minimal": v_is_minimal, "a and s": a_and_s_are_extreme, "the step": law}


def gain(p: Valued, s: HasPoint, t: HasPoint) -> Array:
    """f(x_k) − f(x_{k+1})"""
    return p.value(s.x) - p.value(t.x)


def before(m: Callable[[Gapped, HasPoint], Array]) -> Callable[[Gapped, HasPoint, HasPoint], Array]:
    """m(x_k) where a step from x_k is read."""
    return lambda p, s, t: m(p, s)
