"""ω_ν and d_ν of generalized self-concordance, on the host; the laws of the monotone steps."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from array_api_compat import array_namespace

from algorithms.frank_wolfe.monotone import MOST, MonotoneState, WithDomain
from ratecheck import Array, Constants, Law
from theory_checks.frank_wolfe._common import TINY, inner, norm


class Concordant(WithDomain, Protocol):
    def local(self, x: Array, v: Array, /) -> Array: ...


def omega(nu: float, t: Array) -> Array:
    """ω_ν(t), t < 1 if ν > 2 (∞ beyond), ω(0) = 1/2; by its series near 0, where the formulas cancel."""
    t = np.asarray(t, dtype=float)
    with np.errstate(all="ignore"):
        if nu == 2:
            formula = (np.expm1(t) - t) / t**2
        elif nu == 3:
            formula = (-t - np.log1p(-t)) / t**2
        elif nu == 4:
            formula = ((1 - t) * np.log1p(-t) + t) / t**2
        else:
            power = 2 * (3 - nu) / (2 - nu)
            formula = (nu - 2) / (4 - nu) / t * ((nu - 2) / (2 * (3 - nu) * t) * np.expm1(power * np.log1p(-t)) - 1)
        if nu > 2:
            formula = np.where(t < 1, formula, np.inf)
    slope = 1 / 6 if nu == 2 else 1 / (3 * (nu - 2))  # ω'(0)
    return np.where(np.abs(t) < 1e-4, 0.5 + slope * t, formula)


def distance(nu: float, M: Array, length: Array, local2: Array) -> Array:
    """d_ν from ‖y − x‖₂ and ‖y − x‖²_x."""
    factor = 1.0 if nu == 2 else nu / 2 - 1
    return factor * M * length ** (3 - nu) * local2 ** ((nu - 2) / 2)


def reached(nu: float, c: Constants) -> Array:
    """d_ν(x, y) of a step γ (v − x), from the seen γ, ‖v − x‖₂ ("length") and ‖v − x‖²_x ("local")."""
    return distance(nu, c["M"], c["gamma"] * c["length"], c["gamma"] ** 2 * c["local"])


def rejects(p: WithDomain, s: MonotoneState, t: MonotoneState) -> Array:
    """x_{t+1} is the trial x_t + 2/(t+2)·2^{−N} (v_t − x_t) where that is good, else x_t"""
    xp = array_namespace(s.x)
    gamma = 2 / (s.k + 2) * 0.5**s.halvings
    trial = s.x + gamma[:, None] * (s.v - s.x)
    miss = xp.max(xp.abs(t.x - xp.where(good_at(p, s, s.halvings)[:, None], trial, s.x)), axis=-1)
    return miss / (xp.max(xp.abs(s.v) + xp.abs(s.x), axis=-1) + TINY) + xp.abs(s.gamma - gamma)


def never_halves(p: WithDomain, s: MonotoneState, t: MonotoneState) -> Array:
    """N = 0"""
    return s.halvings


def resets(p: WithDomain, s: MonotoneState, t: MonotoneState) -> Array:
    """N is the smallest for which the trial is good: one less would be bad; MOST where none is"""
    xp = array_namespace(s.x)
    stuck = ~good_at(p, s, s.halvings) & (s.halvings < MOST)
    return xp.astype((good_at(p, s, s.halvings - 1) & (s.halvings > 0)) | stuck, s.x.dtype)


def good_at(p: WithDomain, s: MonotoneState, N: Array) -> Array:
    """Whether the trial with N halvings lies in the domain and f does not grow there."""
    xp = array_namespace(s.x)
    trial = s.x + (2 / (s.k + 2) * 0.5**N)[:, None] * (s.v - s.x)
    inside = p.inside(trial)
    return inside & (p.value(xp.where(inside[:, None], trial, s.x)) <= p.value(s.x))


def halves_until_good(p: WithDomain, s: MonotoneState, t: MonotoneState) -> Array:
    """N grows one by one and no further than to a good trial; the last trial is good unless N grew MOST times"""
    xp = array_namespace(s.x)
    wrong = (t.halvings > s.halvings) & good_at(p, t, t.halvings - 1)
    wrong = wrong | (~good_at(p, t, t.halvings) & (t.halvings < MOST))
    if s.k == 0:
        wrong = wrong | ((s.halvings > 0) & good_at(p, s, s.halvings - 1)) | (~good_at(p, s, s.halvings) & (s.halvings < MOST))
    return xp.astype(wrong, s.x.dtype) + xp.abs(t.halvings - xp.round(t.halvings))


def never_falls(p: WithDomain, s: MonotoneState, t: MonotoneState) -> Array:
    """N does not fall"""
    return array_namespace(s.x).maximum(s.halvings - t.halvings, 0 * s.halvings)


def v_is_minimal(p: WithDomain, s: MonotoneState, t: MonotoneState) -> Array:
    """⟨∇f(x_t), v_t⟩ = min over C"""
    xp = array_namespace(s.x)
    g = p.grad(s.x)
    return xp.abs(inner(g, s.v - p.lmo(g))) / (norm(g) * norm(s.v) + TINY)


REJECT: dict[str, Law[WithDomain, MonotoneState]] = {"rejects": rejects, "never halves": never_halves, "v is minimal": v_is_minimal}
STICKY: dict[str, Law[WithDomain, MonotoneState]] = {
    "rejects": rejects, "never falls": never_falls, "halves until good": halves_until_good, "v is minimal": v_is_minimal,
}
STATELESS: dict[str, Law[WithDomain, MonotoneState]] = {"rejects": rejects, "resets": resets, "v is minimal": v_is_minimal}
