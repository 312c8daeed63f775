"""What the theorems of Bubeck's monograph share: the source, metrics, laws recomputed afresh."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from array_api_compat import array_namespace

from algorithms.frank_wolfe.gradient import Pair, Point, Rule
from ratecheck import Array, Law, Source, Statement

TINY = 1e-300


def bubeck(place: str, slug: str, statement: Statement = Statement.VERIFIED) -> Source:
    return Source("bubeck2015 (arXiv 1405.4980)", place, slug, statement)


def size(x: Array) -> Array:
    return array_namespace(x).max(array_namespace(x).abs(x), axis=-1)


def square(x: Array) -> Array:
    return array_namespace(x).sum(x * x, axis=-1)


def gap(p: Any, s: Point) -> Array:
    """f(x) − f*"""
    return p.value(s.x) - p.f_star


def gap_at(p: Any, x: Array) -> Array:
    return p.value(x) - p.f_star


def gap_of_y(p: Any, s: Pair) -> Array:
    return p.value(s.y) - p.f_star


def square_distance(p: Any, s: Point) -> Array:
    """‖x − x*‖²"""
    return square(s.x - p.x_star)


def off(found: Array, wanted: Array, *scale: Array) -> Array:
    total = size(found) + size(wanted) + TINY
    for part in scale:
        total = total + size(part)
    return size(found - wanted) / total


def descends(rule: Rule) -> dict[str, Law[Any, Point]]:
    def law(p: Any, s: Point, t: Point) -> Array:
        """x_{k+1} = prox(x_k − η_k ∇f(x_k)), k from 0"""
        eta = rule(p, s.k)
        return off(t.x, p.prox(s.x - eta[:, None] * p.grad(s.x), eta), s.x) + abs(t.k - s.k - 1)

    return {"the step": law, "the start": starts}


def starts(p: Any, s: Point, t: Point) -> Array:
    """x_0 is the given start"""
    return off(s.x, p.x0) if s.k == 0 else 0 * p.x0[:, 0]


def accelerates(step: Rule, momentum: Callable[[Any, int], Array]) -> dict[str, Law[Any, Pair]]:
    def law(p: Any, s: Pair, t: Pair) -> Array:
        """y_{k+1} = prox(x_k − ∇f(x_k)/β), x_{k+1} = y_{k+1} + m_k (y_{k+1} − y_k)"""
        eta = step(p, s.k)
        y = p.prox(s.x - eta[:, None] * p.grad(s.x), eta)
        return off(t.y, y, s.x) + off(t.x, y + momentum(p, s.k)[:, None] * (y - s.y), s.x, s.y) + abs(t.k - s.k - 1)

    return {"the step": law, "the start": starts}
