"""Spectra of one step of a two-timescale method, and the laws of the methods."""

from __future__ import annotations

from typing import Any

from array_api_compat import array_namespace

from algorithms.min_max.two_timescale import Iterate, StepMatrix
from problems.min_max.local_minimax import LocalGame
from ratecheck import Array, Direct


def radius2(s: StepMatrix) -> Array:
    """The squared spectral radius of the step."""
    xp = array_namespace(s.T)
    w = xp.linalg.eigvals(s.T)
    return xp.max(xp.real(w) ** 2 + xp.imag(w) ** 2, axis=-1)


def growth(p: LocalGame, s: StepMatrix) -> Array:
    """τ (ρ² − 1)."""
    return (radius2(s) - 1) * p.constants["tau"].value


def decrease(p: LocalGame, s: StepMatrix) -> Array:
    """τ (1 − ρ²)."""
    return -growth(p, s)


def is_stable(p: LocalGame, s: StepMatrix) -> Array:
    """1 where the spectral radius is below 1, else 0."""
    r = radius2(s)
    return array_namespace(r).astype(r < 1, r.dtype)


def spectrum(p: LocalGame) -> Array:
    """(B, n) complex: the eigenvalues of Λ_τ H."""
    xp = array_namespace(p.H)
    return xp.linalg.eigvals(p.scale[:, :, None] * p.H)


SPECTRUM: Direct[LocalGame, Array] = Direct(spectrum)


def extragradient_law(p: Any, s: Iterate, t: Iterate) -> Array:
    """z' = z − η Λ F(z − η Λ F(z))"""
    xp = array_namespace(s.z)
    eta = s.eta[:, None]
    gap = xp.max(xp.abs(t.z - s.z + eta * p.apply(s.z - eta * p.apply(s.z))), axis=-1)
    return gap / xp.maximum(xp.max(xp.abs(s.z), axis=-1), xp.max(xp.abs(t.z), axis=-1))
