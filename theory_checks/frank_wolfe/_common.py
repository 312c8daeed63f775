"""Metrics and laws that the theorems of this family share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from array_api_compat import array_namespace

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
