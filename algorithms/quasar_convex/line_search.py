"""Hinder, Sidford, Sohoni 2020, Algorithm 2: the binary line search that takes the place of convexity in acceleration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from array_api_compat import array_namespace

from ratecheck import Array
from ratecheck.oracles import Smooth

HALVINGS = 100  # the interval is then one floating-point number wide


@dataclass(frozen=True, eq=False)
class Coupling:
    """y = α x + (1 − α) v."""

    alpha: Array  # (B,)
    y: Array  # (B, n)
    calls: Array  # (B,) evaluations of f or of its gradient that this row alone would have needed


Search: TypeAlias = Callable[[Smooth, Array, Array, Array, Array, Array, Array], Coupling]


def excess(p: Smooth, x: Array, v: Array, s: Coupling, b: Array, c: Array, eps: Array) -> Array:
    """c f(y) + α (⟨∇f(y), x − v⟩ − α b ‖x − v‖²) − c f(x) − ε; what is searched for is an α ∈ [0, 1] that makes it ≤ 0."""
    xp = array_namespace(x)
    d = x - v
    slope = xp.sum(p.grad(s.y) * d, axis=-1)
    return c * (p.value(s.y) - p.value(x)) + s.alpha * (slope - s.alpha * b * xp.sum(d * d, axis=-1)) - eps


def binary_search(p: Smooth, x: Array, v: Array, b: Array, c: Array, eps: Array, L: Array, /) -> Coupling:
    """α = 1 if the slope at x allows it, else α = 0 if f(v) does, else bisection; every row stops at its own first success."""
    xp = array_namespace(x)
    d = x - v
    D = xp.sum(d * d, axis=-1)
    fx, fv = p.value(x), p.value(v)
    stay = xp.sum(p.grad(x) * d, axis=-1) <= eps + b * D
    leave = ~stay & (c * fv <= c * fx + eps)
    active = ~(stay | leave)
    high = xp.where(active, 1 - (eps + b * D) / xp.where(active, L * D, 1.0), 1.0)
    low = xp.zeros_like(high)
    alpha = xp.where(leave, 0.0, high)
    calls = xp.where(stay, 1 + 0 * D, 3.0)
    reference: Array | None = None
    for _ in range(HALVINGS):
        if not xp.any(active):
            break
        y = v + alpha[:, None] * d
        fy, slope = p.value(y), xp.sum(p.grad(y) * d, axis=-1)
        calls = xp.where(active, calls + 2, calls)
        active = active & ~(c * fy + alpha * (slope - alpha * b * D) <= c * fx + eps)
        if reference is None:
            reference = fy
        high, low = xp.where(fy <= reference, alpha, high), xp.where(fy <= reference, low, alpha)
        alpha = xp.where(active, (low + high) / 2, alpha)
    return Coupling(alpha, v + alpha[:, None] * d, calls)
