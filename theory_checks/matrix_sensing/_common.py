"""Metrics and laws that several theorems of matrix sensing share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from array_api_compat import array_namespace

from algorithms.matrix_sensing.descent import Factor
from algorithms.matrix_sensing.flow import Flow
from algorithms.matrix_sensing.oracles import column, truncated
from algorithms.matrix_sensing.scaled import Scaled
from problems.matrix_sensing.sensing import Sensing
from ratecheck import Array, Seen, Source, Statement, Unit, each

COMMON = "derived, common facts of matrix sensing"


def derived(slug: str, place: str, paper: str = COMMON) -> Source:
    return Source(paper, place, slug, Statement.DERIVED)


def frobenius(E: Array) -> Array:
    """‖E‖_F, (B, n, m) -> (B,)."""
    return array_namespace(E).sqrt(array_namespace(E).sum(E * E, axis=(-2, -1)))


def spectral(E: Array) -> Array:
    """‖E‖, (B, n, m) -> (B,)."""
    xp = array_namespace(E)
    return xp.max(xp.linalg.svdvals(E), axis=-1)


def transposed(X: Array) -> Array:
    return array_namespace(X).matrix_transpose(X)


def relative(difference: Array, *scales: Array) -> Array:
    """‖difference‖_F over the largest ‖scale‖_F."""
    xp = array_namespace(difference)
    top = frobenius(scales[0])
    for other in scales[1:]:
        top = xp.maximum(top, frobenius(other))
    return frobenius(difference) / xp.where(top > 0, top, xp.ones_like(top))


def error(p: Sensing, s: Any) -> Array:
    """‖Z − M*‖_F, for states with a field Z."""
    return frobenius(s.Z - p.M)


def flow_error(p: Sensing, s: Flow) -> Array:
    """‖Z(t) − M*‖_F in the eigenbasis of M*."""
    xp = array_namespace(s.Z)
    return frobenius(s.Z - p.spectrum[:, :, None] * xp.eye(s.Z.shape[-1], dtype=s.Z.dtype))


def descends(p: Sensing, s: Factor, t: Factor) -> Array:
    """X_{t+1} = X_t − η A*(A(X_tX_tᵀ) − y) X_t; what the state calls Z and G belongs to X_t"""
    xp = array_namespace(s.X)
    Z = xp.matmul(s.X, transposed(s.X))
    G = p.gradient(Z)
    stale = relative(s.Z - Z, Z) + relative(s.G - G, p.gradient(0 * Z))
    return relative(t.X - s.X + column(s.step) * xp.matmul(G, s.X), s.X, t.X) + stale


def descends_scaled(p: Sensing, s: Scaled, t: Scaled) -> Array:
    """(X_t − X_{t+1})(X_tᵀX_t + λ I) = η A*(A(X_tX_tᵀ) − y) X_t"""
    xp = array_namespace(s.X)
    P = xp.matmul(transposed(s.X), s.X) + column(s.damping) * xp.eye(s.X.shape[-1], dtype=s.X.dtype)
    right = column(s.step) * xp.matmul(p.gradient(xp.matmul(s.X, transposed(s.X))), s.X)
    return relative(xp.matmul(t.X - s.X, P) + right, xp.matmul(s.X, P), xp.matmul(t.X, P))


def step_of(p: Any, s: Any) -> Array:
    """The step that the run used."""
    return s.step


STEP = Seen(each(step_of), Unit(x=-2))  # of descent on the factor
LAM: Seen[Any, Any] = Seen(each(lambda p, s: s.damping), Unit(x=2))  # of scaled descent
FREE_STEP = Seen(each(step_of), Unit())  # of scaled descent: no unit


def at_start(m: Callable[[Any, Any], Array]) -> Callable[[Any, Iterator[Any]], Iterator[Array]]:
    """m(x_0), at every k."""

    def measure(problem: Any, states: Iterator[Any]) -> Iterator[Array]:
        first = None
        for state in states:
            first = m(problem, state) if first is None else first
            yield first

    return measure


def best_of_rank(p: Sensing, s: int, iterations: int = 300) -> Array:
    """Z_s*, the minimiser of ½‖A(Z) − y‖² over rank s near the truncation of M*: projected gradient, step 1."""
    Z = truncated(p.M, s)
    for _ in range(iterations):
        Z = truncated(Z - p.gradient(Z), s)
    return Z


def best_factor(p: Sensing, s: int) -> Array:
    """U with UUᵀ = Z_s*, (B, n, s)."""
    xp = array_namespace(p.M)
    w, V = xp.linalg.eigh(best_of_rank(p, s))
    return V[:, :, -s:] * xp.sqrt(w[:, None, -s:])


def to_orbit(U: Array, target: Array) -> Array:
    """U − target Q with the orthogonal Q that brings them closest."""
    xp = array_namespace(U)
    W, _, Vh = xp.linalg.svd(xp.matmul(transposed(target), U), full_matrices=False)
    return U - xp.matmul(target, xp.matmul(W, Vh))
