"""Metrics and laws that several theorems of bilevel optimization share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from array_api_compat import array_namespace

from algorithms.bilevel.adjoint import Adjoint
from algorithms.bilevel.batched import dot, norm
from algorithms.bilevel.implicit import Approximate, exact_hypergradient, hypergradient
from algorithms.bilevel.jacobian import Jacobian
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


def agree(*pairs: tuple[Array, ...]) -> Array:
    """How far what a state says is from what is expected of it: the largest relative distance of the first two of each tuple.

    What follows in a tuple are further scales, such as the point that a step starts from: x⁺ itself may pass 0. Of any shape (B, ...).
    """
    worst = None
    for arrays in pairs:
        xp = array_namespace(arrays[0])
        a, b, *scales = (xp.reshape(v, (v.shape[0], -1)) for v in arrays)
        off = relative(a - b, a, b, *scales)
        worst = off if worst is None else xp.maximum(worst, off)
    return worst


def forward_mode(p: Bilevel, path: Sequence[Array], gamma: Array) -> Array:
    """d f(x0, y_T)/dx through the steps y_{t+1} = y_t − γ ∇_y g, one coordinate of x at a time: the reference for reverse mode."""
    xp = array_namespace(gamma)
    x, columns = p.x0, []
    for j in range(x.shape[-1]):
        e = xp.zeros_like(x) + xp.eye(x.shape[-1], dtype=x.dtype)[j, :][None, :]
        dy = xp.zeros_like(path[0])
        for y in path[:-1]:
            dy = dy - gamma * (p.hvp(x, y, dy) + p.cross(x, y, e))
        columns.append(xp.sum(dy * p.upper_y(x, path[-1]), axis=-1))
    return p.upper_x(x, path[-1]) + xp.stack(columns, axis=-1)


def value(p: Solvable, x: Array) -> Array:
    """F(x) = f(x, y*(x))"""
    return p.upper(x, p.y_star(x))


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


def unrolls(p: Solvable, s: Jacobian, t: Jacobian) -> Array:
    """J_{k+1} = J_k − γ (A J_k + B), A and B at y_k; J_0 = 0"""
    xp = array_namespace(s.J)
    change = xp.matmul(p.hessian(p.x0, s.y), s.J) + p.cross_block(p.x0, s.y)
    first = xp.sum(xp.abs(s.J), axis=(-1, -2)) if s.k == 0 else 0.0
    return agree((t.J, s.J - s.gamma[:, :, None] * change, s.J)) + first


def differentiates_implicitly(p: Bilevel, s: Approximate, t: Approximate) -> Array:
    """z = ∇_x f − B'q"""
    return relative(s.z - hypergradient(p, s.x, s.y, s.q), s.z, p.cross_t(s.x, s.y, s.q))


def says_what_it_is(p: Bilevel, s: Adjoint, t: Adjoint) -> Array:
    """v = ∇_y f and z = ∇_x f − B'q, at (x0, y)"""
    back = p.cross_t(p.x0, s.y, s.q)
    return agree((s.v, p.upper_y(p.x0, s.y)), (s.z, p.upper_x(p.x0, s.y) - back, back))


def conjugates(p: Bilevel, s: Adjoint, t: Adjoint) -> Array:
    """Galerkin: the residual of q_{k+1} is orthogonal to that of q_k and to ∇_y f, relative to ‖∇_y f‖²; steepest descent fails the second"""
    r, after = (s.v - p.hvp(p.x0, u.y, u.q) for u in (s, t))
    xp = array_namespace(r)
    return xp.maximum(xp.abs(dot(r, after)), xp.abs(dot(s.v, after))) / dot(s.v, s.v)


def cross_norm(p: Solvable, s: Approximate) -> Array:
    """‖B‖ at (x, y_k)"""
    block = p.cross_block(s.x, s.y)
    return array_namespace(block).linalg.matrix_norm(block, ord=2)
