"""Metrics and laws that the theorems of this family share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.frank_wolfe.active_steps import ActiveState, Choice, Slopes, towards
from algorithms.frank_wolfe.steps import P, Rule
from ratecheck import Array, Constants, Law
from ratecheck.oracles import SmoothOverCompact


class Gapped(SmoothOverCompact, Protocol):
    @property
    def f_star(self) -> Array: ...  # (B,), exact or the middle of an interval of half width constants["f_gap"]


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
    return xp.max(xp.abs(miss), axis=-1) / xp.max(xp.abs(s.v) + xp.abs(s.x), axis=-1)


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


def follows(rule: Rule[P]) -> Law[P, HasVertex]:
    def law(p: P, s: HasVertex, t: HasVertex) -> Array:
        """γ_k = rule(⟨∇f(x_k), x_k − v_k⟩, v_k − x_k), the gradient taken afresh"""
        xp = array_namespace(s.x)
        g, d = p.grad(s.x), s.v - s.x
        wanted = rule(p, -inner(g, d), d, xp.ones_like(s.gamma))
        return xp.abs(s.gamma - wanted) / (xp.maximum(wanted, s.gamma) + 1e-30)

    return law


def descent(rule: Rule[P]) -> dict[str, Law[P, HasVertex]]:
    """The laws of Frank–Wolfe with a step that depends on the point."""
    return {"towards v": moves_towards_v, "v is minimal": v_is_minimal, "the step": follows(rule)}


def stays_a_combination(p: SmoothOverCompact, s: ActiveState, t: ActiveState) -> Array:
    """x_{k+1} = x_k + γ_k d_k, and x is the combination of its active vertices that the weights say"""
    xp = array_namespace(s.x)
    miss = t.x - s.x - scaled(s.gamma, s.x) * towards(s.direction, s.x, s.v, s.a, s.s)
    scale = xp.max(xp.abs(s.v), axis=-1) + xp.max(xp.abs(s.a), axis=-1)
    kept = xp.max(xp.abs(t.x - t.active.point()), axis=-1) + xp.abs(xp.sum(t.active.weight, axis=-1) - 1)
    return xp.max(xp.abs(miss), axis=-1) / scale + kept


def a_and_s_are_extreme(p: SmoothOverCompact, s: ActiveState, t: ActiveState) -> Array:
    """⟨∇f, a⟩ is the largest and ⟨∇f, s⟩ the smallest over the active vertices"""
    xp = array_namespace(s.x)
    g = p.grad(s.x)
    score = xp.sum(s.active.atoms * g[:, None, :], axis=-1)
    score = xp.where(s.active.weight > 0, score, inner(g, s.x)[:, None])
    miss = xp.max(score, axis=-1) - inner(g, s.a) + inner(g, s.s) - xp.min(score, axis=-1)
    return xp.abs(miss) / (norm(g) * (norm(s.a) + norm(s.s)) + 1e-300)


def active_set(choice: Choice, rule: Rule[P]) -> dict[str, Law[P, ActiveState]]:
    """The laws of an active-set method."""

    def law(p: P, s: ActiveState, t: ActiveState) -> Array:
        """the direction is the one of the method, and γ_k = min(rule, cap)"""
        xp = array_namespace(s.x)
        g = p.grad(s.x)
        wanted = choice(Slopes(inner(g, s.x - s.v), inner(g, s.a - s.x), inner(g, s.a - s.s)))
        d = towards(s.direction, s.x, s.v, s.a, s.s)
        gamma = rule(p, -inner(g, d), d, s.cap)
        return xp.astype(wanted != s.direction, g.dtype) + xp.abs(s.gamma - gamma) / (xp.maximum(gamma, s.gamma) + 1e-30)

    return {"a combination": stays_a_combination, "v is minimal": v_is_minimal, "a and s": a_and_s_are_extreme, "the step": law}


def gain(p: Gapped, s: HasPoint, t: HasPoint) -> Array:
    """f(x_k) − f(x_{k+1})"""
    return p.value(s.x) - p.value(t.x)


def before(m: Callable[[Gapped, HasPoint], Array]) -> Callable[[Gapped, HasPoint, HasPoint], Array]:
    """m(x_k) where a step from x_k is read."""
    return lambda p, s, t: m(p, s)
