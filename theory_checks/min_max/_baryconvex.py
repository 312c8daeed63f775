"""Bregman geometry of φ(x, λ) = ½|x|² + Σ λ_k ln λ_k, and the law of the baryconvex prox."""

from __future__ import annotations

from array_api_compat import array_namespace

from algorithms.min_max.baryconvex_prox import Point, Step
from problems.min_max.baryconvex import Barycentric
from ratecheck import Array


def pairing(a: Point, b: Point, c: Point, d: Point) -> Array:
    """⟨∇φ(a) − ∇φ(b), c − d⟩."""
    xp = array_namespace(a.x)
    logs = xp.sum((a.log_lam - b.log_lam) * (xp.exp(c.log_lam) - xp.exp(d.log_lam)), axis=-1)
    return xp.sum((a.x - b.x) * (c.x - d.x), axis=-1) + logs


def divergence(a: Point, b: Point) -> Array:
    """D_φ(a, b) = ½|x − x'|² + KL(λ‖λ')."""
    xp = array_namespace(a.x)
    return 0.5 * xp.sum((a.x - b.x) ** 2, axis=-1) + xp.sum(xp.exp(a.log_lam) * (a.log_lam - b.log_lam), axis=-1)


def saddle(p: Barycentric) -> Point:
    xp = array_namespace(p.x_star)
    return Point(p.x_star, xp.log(xp.maximum(p.lam_star, xp.full_like(p.lam_star, 1e-300))))


def solves_the_saddle_problem(p: Barycentric, s: Step, t: Step) -> Array:
    """X − x + Σ Λ_k ∇f_k(X) = 0 and Λ ∝ λ exp f(X), from the first z on."""
    return _misses_the_saddle(p, t) if s.k else _misses_the_saddle(p, t) + _misses_the_saddle(p, s)


def _misses_the_saddle(p: Barycentric, t: Step) -> Array:
    xp = array_namespace(t.z.x)
    X, L = t.Tz.x, xp.exp(t.Tz.log_lam)
    stationary = X - t.z.x + xp.sum(L[:, :, None] * p.slopes(X), axis=1)
    logits = t.Tz.log_lam - t.z.log_lam - p.values(X)
    spread = xp.max(logits, axis=-1) - xp.min(logits, axis=-1)
    scale = 1 + xp.max(xp.abs(X), axis=-1) + xp.max(xp.abs(t.z.log_lam), axis=-1)
    return (xp.max(xp.abs(stationary), axis=-1) + spread) / scale


def starts(p: Barycentric, s: Step, t: Step) -> Array:
    """z_0 = (x_0, uniform)"""
    if s.k:
        return 0 * p.x0[:, 0]
    xp = array_namespace(s.z.x)
    uniform = xp.abs(xp.exp(s.z.log_lam) * s.z.log_lam.shape[-1] - 1)
    return xp.max(xp.abs(s.z.x - p.x0), axis=-1) + xp.max(uniform, axis=-1)


def continues(p: Barycentric, s: Step, t: Step) -> Array:
    """z_{k+1} = T z_k"""
    xp = array_namespace(t.z.x)
    return xp.max(xp.abs(t.z.x - s.Tz.x), axis=-1) + xp.max(xp.abs(xp.exp(t.z.log_lam) - xp.exp(s.Tz.log_lam)), axis=-1)
