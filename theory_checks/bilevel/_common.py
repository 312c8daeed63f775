"""Metrics and laws that several theorems of bilevel optimization share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from array_api_compat import array_namespace

from algorithms.bilevel.batched import norm
from algorithms.bilevel.implicit import Approximate, exact_hypergradient, hypergradient
from algorithms.bilevel.oracles import Bilevel, Solvable
from ratecheck import Array, Measure, Unit

S = TypeVar("S")
GRADIENT, CURVATURE, THIRD, STEP = Unit(1, -1), Unit(1, -2), Unit(1, -3), Unit(-1, 2)
EPS = 2.2e-16


def relative(residual: Array, *scales: Array) -> Array:
    """‖residual‖ / max ‖scale‖, row by row; 0 where the residual is 0."""
    xp = array_namespace(residual)
    size, top = norm(residual), norm(scales[0])
    for other in scales[1:]:
        top = xp.maximum(top, norm(other))
    return xp.where(size > 0, size / xp.where(top > 0, top, 1.0), size)


def error_at(point: Callable[[S], Array]) -> Measure[Solvable, S]:
    """‖z_k − ∇F(x0)‖: the exact hypergradient is taken once."""

    def measure(p: Solvable, states: Iterator[S]) -> Iterator[Array]:
        truth = exact_hypergradient(p, p.x0)
        for state in states:
            yield norm(point(state) - truth)

    return measure


def descends_the_lower_level(p: Bilevel, s: Approximate, t: Approximate) -> Array:
    """y_{k+1} = y_k − γ ∇_y g(x, y_k)"""
    return relative(t.y - s.y + s.gamma * p.lower_y(s.x, s.y), s.y, t.y)


def differentiates_implicitly(p: Bilevel, s: Approximate, t: Approximate) -> Array:
    """z = ∇_x f − B'q"""
    return relative(s.z - hypergradient(p, s.x, s.y, s.q), s.z, p.cross_t(s.x, s.y, s.q))


def cross_norm(p: Solvable, s: Approximate) -> Array:
    """‖B‖ at (x, y_k)"""
    block = p.cross_block(s.x, s.y)
    return array_namespace(block).linalg.matrix_norm(block, ord=2)
