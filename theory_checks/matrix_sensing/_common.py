"""Metrics and laws that several theorems of matrix sensing share."""

from __future__ import annotations

from typing import Any

from array_api_compat import array_namespace

from algorithms.matrix_sensing.descent import Factor
from algorithms.matrix_sensing.flow import Flow
from algorithms.matrix_sensing.oracles import column
from algorithms.matrix_sensing.scaled import Scaled
from problems.matrix_sensing.sensing import Sensing
from ratecheck import Array, Seen, Source, Statement, Unit, each

SHEET = "matrix sensing, common facts"


def derived(slug: str, place: str, paper: str = SHEET) -> Source:
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
    """X_{t+1} = X_t − η A*(A(X_tX_tᵀ) − y) X_t"""
    xp = array_namespace(s.X)
    G = p.gradient(xp.matmul(s.X, transposed(s.X)))
    return relative(t.X - s.X + column(s.step) * xp.matmul(G, s.X), s.X, t.X)


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
FREE_STEP = Seen(each(step_of), Unit())  # of scaled descent: no unit
