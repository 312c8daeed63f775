"""What the trust-region theorems share."""

from __future__ import annotations

from typing import Any

from array_api_compat import array_namespace

from algorithms.frank_wolfe import duality_maps as maps
from algorithms.frank_wolfe.duality_maps import DualityMap
from algorithms.frank_wolfe.gradient import Rule
from algorithms.frank_wolfe.trust_region import Momentum, TrustRegion
from ratecheck import Array, Law, Source, Statement

NORMS: dict[str, DualityMap] = {"entries": maps.sign, "spectral": maps.polar, "frobenius": maps.direction}


def kovalev(place: str, slug: str, statement: Statement = Statement.DERIVED) -> Source:
    return Source("kovalev2025 (arXiv 2503.12645)", place, slug, statement)


def inner(a: Array, b: Array) -> Array:
    return array_namespace(a).sum(a * b, axis=(-2, -1))


def largest(a: Array) -> Array:
    return array_namespace(a).max(array_namespace(a).abs(a), axis=(-2, -1))


def radius(p: Any, k: int) -> Array:
    """η"""
    return p.constants["eps"].value


def at_least_the_size(name: str, b: float, factor: float = 1.0) -> Rule:
    def rule(p: Any, k: int) -> Array:
        """η = b max(‖x0‖, ‖x*‖)"""
        return factor * b * p.constants[f"size_{name}"].value

    return rule


def slope(towards: DualityMap) -> Any:
    def dual(p: Any, s: Momentum) -> Array:
        """dual norm of ∇f(x)"""
        g = p.grad(s.x)
        return inner(g, towards(g))

    return dual


def error(towards: DualityMap) -> Any:
    def dual(p: Any, s: Momentum) -> Array:
        """dual norm of m − ∇f(x)"""
        d = s.m - p.grad(s.x)
        return inner(d, towards(d))

    return dual


def height(p: Any, s: Momentum) -> Array:
    return p.value(s.x) - p.f_star


def laws(of: TrustRegion) -> dict[str, Law[Any, Momentum]]:
    def law(p: Any, s: Momentum, t: Momentum) -> Array:
        """x_{k+1} = (1 − b) x_k − η argmax ⟨m_k, ·⟩, m_{k+1} = (1 − al) m_k + al g_{k+1}, g taken afresh"""
        x = of.move(p, s.k, s.x, s.m)
        m = (1 - of.al) * s.m + of.al * p.sample(of.where(t.x, s.x), t.Z)
        first = 0 * p.wave
        if s.k == 0:
            first = largest(s.x - p.x0) + largest(s.m - p.sample(s.x, s.Z)) / (largest(s.m) + 1e-300)
        return (
            largest(t.x - x) / (largest(x) + largest(s.x) + 1e-300)
            + largest(t.m - m) / (largest(m) + largest(s.m) + 1e-300)
            + abs(t.k - s.k - 1)
            + first
        )

    return {"the step": law}
