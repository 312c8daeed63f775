"""Steps, levels, laws and quantiles of the clipped methods."""

from __future__ import annotations

from array_api_compat import array_namespace

from algorithms.min_max.clipped_descent import Iterate, Level, Noisy, Step
from problems.min_max.heavy_tails import HeavyGame
from ratecheck import Array, Constants, Law


def log_over_horizon(c: Constants) -> Array:
    """γ = ln K/(μ K), μ = 1."""
    return array_namespace(c["K"]).log(c["K"]) / c["K"]


def confidence(c: Constants) -> Array:
    """A = ln(6 (K + 1)/β), β = 0.05."""
    return array_namespace(c["K"]).log(120 * (c["K"] + 1))


def shrinking_level(c: Constants, k: int) -> Array:
    """λ_k = R e^{−γμk/2}/(γ A)."""
    xp = array_namespace(c["K"])
    gamma = log_over_horizon(c)
    return xp.exp(-gamma * k / 2) * c["R"] / (gamma * confidence(c))


def distance2(s: Iterate) -> Array:
    """(B, n)"""
    return array_namespace(s.z).sum(s.z**2, axis=-1)


def quantile(values: Array, share: float) -> Array:
    """(B, n) -> (B,): the order statistic at `share`."""
    xp = array_namespace(values)
    n = values.shape[-1]
    return xp.sort(values, axis=-1)[:, min(n - 1, int(share * n))]


def clipped_step(p: HeavyGame, s: Iterate, t: Iterate) -> Array:
    """z' = z − γ g with |g| ≤ λ, and half = z − γ first"""
    xp = array_namespace(s.z)
    gamma = s.gamma[:, None, None]
    norm = xp.sqrt(xp.sum(s.second**2, axis=-1))
    long = xp.max(xp.maximum(norm / s.level[:, None] - 1, 0 * norm), axis=-1)
    moved = xp.abs(t.z - s.z + gamma * s.second) + xp.abs(s.half - s.z + gamma * s.first)
    return long + xp.max(moved, axis=(-2, -1)) / (1 + xp.max(xp.abs(s.z), axis=(-2, -1)))


def misheard(p: Noisy, at: Array, normals: Array, uniforms: Array, level: Array, found: Array) -> Array:
    """How far `found` is from F(at) + noise, shortened to the level; the noise is that of the draws, one normal a coordinate."""
    xp = array_namespace(at)
    if normals.shape != at.shape:
        return 1 + 0 * level
    full = p.field(at) + p.disturbance(normals, uniforms)
    norm = xp.sqrt(xp.sum(full**2, axis=-1, keepdims=True))
    long = norm > level[:, None, None]
    wanted = xp.where(long, full * (level[:, None, None] / xp.where(long, norm, xp.ones_like(norm))), full)
    return xp.max(xp.abs(wanted - found), axis=(-2, -1)) / (1 + xp.max(xp.abs(found), axis=(-2, -1)))


def hears(p: HeavyGame, s: Iterate, t: Iterate) -> Array:
    """g = clip(F + noise, λ) at the point of the step, and the same at z for the half step; the noise recomputed from its draws"""
    off = misheard(p, s.half, s.normals[:, -1, :, :], s.uniforms[:, -1, :], s.level, s.second)
    if s.normals.shape[1] > 1:
        off = off + misheard(p, s.z, s.normals[:, 0, :, :], s.uniforms[:, 0, :], s.level, s.first)
    return off


def scheduled(step: Step, level: Level) -> Law[HeavyGame, Iterate]:
    def law(p: HeavyGame, s: Iterate, t: Iterate) -> Array:
        """γ and λ_k are those of the statement, computed from the constants"""
        xp = array_namespace(s.z)
        c = {name: v.value for name, v in p.constants.items()}
        return xp.abs(s.gamma / step(c) - 1) + xp.abs(s.level / level(c, s.k) - 1)

    return law
