"""What the theorems of Bubeck's monograph share: the source, metrics, laws recomputed afresh."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Protocol

from array_api_compat import array_namespace

from algorithms.frank_wolfe.gradient import Pair, Point, Rule
from ratecheck import Array, Claim, Equal, Law, Seen, Source, Statement

TINY = 1e-300


class HasX(Protocol):
    @property
    def k(self) -> int: ...
    @property
    def x(self) -> Array: ...  # (B, n)


class HasY(Protocol):
    @property
    def y(self) -> Array: ...  # (B, n)


def bubeck(place: str, slug: str, statement: Statement = Statement.VERIFIED) -> Source:
    return Source("bubeck2015 (arXiv 1405.4980)", place, slug, statement)


def size(x: Array) -> Array:
    return array_namespace(x).max(array_namespace(x).abs(x), axis=-1)


def square(x: Array) -> Array:
    return array_namespace(x).sum(x * x, axis=-1)


def gap(p: Any, s: HasX) -> Array:
    """f(x) − f*"""
    return p.value(s.x) - p.f_star


def gap_at(p: Any, x: Array) -> Array:
    return p.value(x) - p.f_star


def gap_of_y(p: Any, s: HasY) -> Array:
    return p.value(s.y) - p.f_star


def is_the_mean(claim: Claim[Any, Any], weight: Callable[[int], float] = lambda k: 1.0) -> Claim[Any, Any]:
    """An identity: what the claim reads is f − f* at Σ w_j x_j / Σ w_j, j ≤ k."""

    def afresh(p: Any, states: Iterator[HasX]) -> Iterator[Array]:
        top: Array = 0.0
        bottom = 0.0
        for s in states:
            top, bottom = top + weight(s.k) * s.x, bottom + weight(s.k)
            yield gap_at(p, top / bottom)

    return replace(
        claim, source=Source("derived", "the mean is the mean", claim.source.slug, Statement.DERIVED),
        bound=lambda k, c: c["at the mean"], holds=Equal(within=1e-9), seen={"at the mean": Seen(afresh, claim.unit)}, given={},
        rounding=lambda k, c: 1e-13 * c["at the mean"].max() + 0 * k, sharp={}, seeds=min(claim.seeds, 4),
    )


def square_distance(p: Any, s: HasX) -> Array:
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


def starts(p: Any, s: HasX, t: HasX) -> Array:
    """x_0 is the given start"""
    return off(s.x, p.x0) if s.k == 0 else 0 * p.x0[:, 0]


def accelerates(step: Rule, momentum: Callable[[Any, int], Array]) -> dict[str, Law[Any, Pair]]:
    def law(p: Any, s: Pair, t: Pair) -> Array:
        """y_{k+1} = prox(x_k − ∇f(x_k)/β), x_{k+1} = y_{k+1} + m_k (y_{k+1} − y_k)"""
        eta = step(p, s.k)
        y = p.prox(s.x - eta[:, None] * p.grad(s.x), eta)
        return off(t.y, y, s.x) + off(t.x, y + momentum(p, s.k)[:, None] * (y - s.y), s.x, s.y) + abs(t.k - s.k - 1)

    return {"the step": law, "the start": starts}
