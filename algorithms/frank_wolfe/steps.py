"""Step rules along a direction d with slope −⟨∇f(x), d⟩ ≥ 0, never longer than `cap`; each is one expression a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias, TypeVar

from array_api_compat import array_namespace

from ratecheck import Array
from ratecheck.oracles import SmoothOverCompact

P = TypeVar("P", bound=SmoothOverCompact)
Rule: TypeAlias = Callable[[P, Array, Array, Array], Array]  # problem, slope (B,), d (B, n), cap (B,) -> step (B,)


class Quadratic(SmoothOverCompact, Protocol):
    def curvature(self, d: Array, /) -> Array: ...  # (B, n) -> (B,), d' ∇²f d, the same at every x


def inner(a: Array, b: Array) -> Array:
    return array_namespace(a).sum(a * b, axis=-1)


def capped(slope: Array, curvature: Array, cap: Array) -> Array:
    """argmin over [0, cap] of −slope γ + curvature γ²/2; 0 where nothing descends."""
    xp = array_namespace(slope)
    inside = slope < cap * curvature
    step = xp.where(inside, slope / xp.where(inside, curvature, xp.ones_like(curvature)), cap)
    return xp.where(slope > 0, step, xp.zeros_like(slope))


def short_step(p: SmoothOverCompact, slope: Array, d: Array, cap: Array) -> Array:
    """The minimiser of the quadratic model with the constant L of the problem."""
    return capped(slope, p.constants["L"].value * inner(d, d), cap)


def line_search(p: Quadratic, slope: Array, d: Array, cap: Array) -> Array:
    """The minimiser of f itself, a quadratic."""
    return capped(slope, p.curvature(d), cap)


def scaled(factor: float) -> Rule[SmoothOverCompact]:
    """The short step as if the smoothness constant were `factor` times L."""

    def rule(p: SmoothOverCompact, slope: Array, d: Array, cap: Array) -> Array:
        return capped(slope, factor * p.constants["L"].value * inner(d, d), cap)

    return rule


def curvature_step(p: SmoothOverCompact, slope: Array, d: Array, cap: Array) -> Array:
    """min(slope/C_f, cap): the minimiser of the model with the curvature constant of the problem."""
    return capped(slope, p.constants["C_f"].value + 0 * slope, cap)
