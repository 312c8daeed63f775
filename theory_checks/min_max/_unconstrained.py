"""Regret against all comparators of one norm, and the laws of the unconstrained learners."""

from __future__ import annotations

from collections.abc import Iterator

from array_api_compat import array_namespace

from algorithms.min_max.unconstrained_learners import Round, Stream
from ratecheck import Array


def regret_on_sphere(p: Stream, states: Iterator[Round]) -> Iterator[Array]:
    """sup over |u| = ρ of Σ_{t ≤ k} ⟨g_t, w_t − u⟩ = Σ ⟨g_t, w_t⟩ + ρ |Σ g_t|: at least the regret of the convex losses."""
    rho = p.constants["rho"].value
    paid, total = 0 * rho, 0 * p.x0
    for s in states:
        xp = array_namespace(s.w)
        paid = paid + xp.sum(s.g * s.w, axis=-1)
        total = total + s.g
        yield paid + rho * xp.sqrt(xp.sum(total * total, axis=-1))


def descends(p: Stream, s: Round, t: Round) -> Array:
    """w' (1 + 2η²L²) = w − η g"""
    xp = array_namespace(s.w)
    eta = s.eta[:, None]
    gap = t.w * (1 + 2 * (eta * p.constants["L"].value[:, None]) ** 2) - s.w + eta * s.g
    scale = xp.max(xp.abs(t.w), axis=-1) + xp.max(xp.abs(s.w), axis=-1) + s.eta * xp.max(xp.abs(s.g), axis=-1)
    return (xp.max(xp.abs(gap), axis=-1) + s.eta * xp.max(xp.abs(s.g - p.grad_at(s.w, s.k)), axis=-1)) / scale


def bets(p: Stream, s: Round, t: Round) -> Array:
    """(k + 2) w' = (θ − g)(wealth − ⟨g, w⟩) with θ = (k + 1) w/wealth; `eta` holds the wealth; g is the gradient of the round"""
    xp = array_namespace(s.w)
    theta = (s.k + 1) * s.w / s.eta[:, None] - s.g
    gap = xp.max(xp.abs((s.k + 2) * t.w - theta * t.eta[:, None]), axis=-1) / xp.max(
        xp.abs((s.k + 2) * t.w) + xp.abs(t.eta)[:, None], axis=-1
    )
    heard = xp.max(xp.abs(s.g - p.grad_at(s.w, s.k)), axis=-1) / (1 + xp.max(xp.abs(s.g), axis=-1))
    return gap + heard + xp.abs(t.eta - s.eta + xp.sum(s.g * s.w, axis=-1)) / s.eta
