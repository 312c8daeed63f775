"""Laws of the single-call methods: what their states remember, where they start, what a noisy call hears."""

from __future__ import annotations

from typing import Protocol

from array_api_compat import array_namespace

from algorithms.min_max import past_moments
from algorithms.min_max.single_call import ConstrainedOperator, State
from ratecheck import Array
from ratecheck.oracles import Operator
from theory_checks.min_max._common import relative


class Noisy(Operator, Protocol):
    @property
    def sigma(self) -> Array: ...  # (B,)


def remembers(p: ConstrainedOperator, s: State, t: State) -> Array:
    """F(X_{t+1/2}) and its successor's memory: X_t, X_{t+1/2}, X_{t−1/2}, F(X_{t+1/2})"""
    F = p.apply(s.w)
    moved = relative(s.x, t.before) + relative(s.w, t.w1) + relative(s.w1, t.w2)
    return moved + relative(F, s.Fw) + relative(F, t.past)


def starts(p: ConstrainedOperator, s: State, t: State) -> Array:
    """X_{1/2} = X_1 = P(x_0): the past is F there"""
    if s.k:
        return 0 * s.g
    x = p.project(p.x0)
    F = p.apply(x)
    before = relative(x, s.before) + relative(x, s.w1) + relative(x, s.w2)
    return before + relative(x, s.x) + relative(F, s.past) + relative(p.project(x - s.g[:, None] * F), s.w, x)


def starts_with_a_step(p: ConstrainedOperator, s: State, t: State) -> Array:
    """X_{1/2} = X_0 = P(x_0), X_1 = P(X_0 − g F(X_0)), X_{3/2} = 2 X_1 − X_0"""
    if s.k:
        return 0 * s.g
    x = p.project(p.x0)
    F = p.apply(x)
    first = p.project(x - s.g[:, None] * F)
    before = relative(x, s.before) + relative(x, s.w1) + relative(x, s.w2)
    return before + relative(first, s.x, x) + relative(F, s.past) + relative(2 * first - x, s.w, x)


def hears(p: Noisy, s: past_moments.State, t: past_moments.State) -> Array:
    """V_{t+1/2} = V(X_t − g V_{t−1/2}) + σ ξ/√n, ξ its draw; V_{1/2} = V(x_0), and x_0 is X_1, of step g/(1 + b)"""
    xi = p.sigma[:, None] * t.draw / p.x0.shape[-1] ** 0.5
    F = p.apply(s.x - s.g[:, None] * s.past)
    first = relative(s.x, p.x0, s.x)
    late = array_namespace(first).astype(first == 0, first.dtype) if s.k else first + relative(p.apply(p.x0), s.past)
    return relative(F + xi, t.past, F, xi) + late
