"""Achab 2024: min over x of max_k f_k(x) as a saddle point over ℝ^d × simplex, with the saddle point planted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Barycentric:
    """f_k(x) = ½ (x − x*)ᵀQ_k(x − x*) + a_kᵀ(x − x*) + e_k, Σ λ*_k a_k = 0, e_k = 0 where λ*_k > 0 and e_k < 0 elsewhere."""

    Q: Array  # (B, K, d, d)
    a: Array  # (B, K, d)
    e: Array  # (B, K)
    x_star: Array  # (B, d)
    lam_star: Array  # (B, K)
    x0: Array  # (B, d)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.CONVEX_CONCAVE})

    def values(self, x: Array, /) -> Array:
        """(B, d) -> (B, K)."""
        xp = array_namespace(x)
        u = x - self.x_star
        Qu = xp.squeeze(xp.matmul(self.Q, u[:, None, :, None]), axis=-1)
        return xp.sum((0.5 * Qu + self.a) * u[:, None, :], axis=-1) + self.e

    def slopes(self, x: Array, /) -> Array:
        """(B, d) -> (B, K, d): the gradients."""
        xp = array_namespace(x)
        return xp.squeeze(xp.matmul(self.Q, (x - self.x_star)[:, None, :, None]), axis=-1) + self.a

    def curvature(self, lam: Array, /) -> Array:
        """(B, K) -> (B, d, d): Σ λ_k Q_k."""
        return array_namespace(lam).sum(lam[:, :, None, None] * self.Q, axis=1)

    def lowest(self, lam: Array, /) -> tuple[Array, Array]:
        """The minimiser of Σ λ_k f_k and its value; needs Σ λ_k Q_k ≻ 0."""
        xp = array_namespace(lam)
        slope = xp.sum(lam[:, :, None] * self.a, axis=1)
        x = self.x_star - xp.squeeze(xp.linalg.solve(self.curvature(lam), slope[:, :, None]), axis=-1)
        return x, xp.sum(lam * self.values(x), axis=-1)


def planted(
    seeds: range,
    d: Annotated[int, (2, 12)] = 5,
    K: Annotated[int, (2, 8)] = 4,
    inactive: Annotated[int, (0, 3)] = 1,
    bend: Annotated[float, (0.01, 10.0)] = 1.0,
    shift: Annotated[float, (0.0, 2.0)] = 0.0,
) -> Barycentric:
    """Q_k = bend · (random with spectrum in [0.1, 1]) − shift · I: convex at shift = 0, affine at bend = 0."""
    parts: list[tuple[Array, ...]] = []
    active = max(2, K - inactive)
    for seed in seeds:
        g = np.random.default_rng([seed, 14])
        bases = [np.linalg.qr(g.standard_normal((d, d)))[0] for _ in range(K)]
        Q = np.stack([bend * (u * g.uniform(0.1, 1.0, d)) @ u.T - shift * np.eye(d) for u in bases])
        lam = np.zeros(K)
        lam[:active] = 0.2 / active + 0.8 * g.dirichlet(np.ones(active))
        a = g.standard_normal((K, d))
        a[:active] -= lam[:active] @ a[:active]
        e = np.where(lam > 0, 0.0, -g.uniform(0.1, 1.0, K))
        x = g.standard_normal(d)
        parts.append((Q, a, e, x, lam, x + g.standard_normal(d)))
    Q, a, e, x, lam, x0 = (np.stack(p) for p in zip(*parts, strict=True))
    traits = {Trait.CONVEX, Trait.CONVEX_CONCAVE} if shift == 0 else set()
    constants = {"K": Certified(float(K), Unit(), Side.EXACT, "number of functions")}
    return Barycentric(Q, a, e, x, lam, x0, constants, frozenset(traits))


def affine(seeds: range, d: Annotated[int, (2, 12)] = 5, K: Annotated[int, (2, 8)] = 4) -> Barycentric:
    """Affine f_k: the saddle operator is skew, every inequality of the Bregman geometry is an equality."""
    return planted(seeds, d, K, inactive=0, bend=0.0)
