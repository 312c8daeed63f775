"""Cai, Alacaoglu, Diakonikolas 2024: F = (1/N) Σ F_i, F_i(z) = A_i (z − z*) + e_i, cocoercive on average."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.min_max.linear_operators import CURVATURE, LENGTH, times
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class FiniteSumOperator:
    """⟨F(u) − F(v), u − v⟩ ≥ (1/(N L)) Σ ‖F_i(u) − F_i(v)‖²."""

    A: Array  # (B, n, n), the mean
    parts: Array  # (B, N, n, n)
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.MONOTONE, Trait.COCOERCIVE, Trait.FINITE_SUM, Trait.AFFINE})

    def apply(self, z: Array, /) -> Array:  # (B, n) -> (B, n), the mean operator
        return times(self.A, z - self.x_star)

    def part(self, z: Array, weight: Array, /) -> Array:  # (B, n), (B, N) -> (B, n), Σ weight_i A_i (z − z*)
        xp = array_namespace(z)
        mixed = xp.sum(self.parts * weight[:, :, None, None], axis=1)
        return times(mixed, z - self.x_star)


def mixed(
    seeds: range,
    N: Annotated[int, (5, 64)] = 36,  # of 4, a batch costs as many calls as all
    n: Annotated[int, (2, 8)] = 4,
    spread: Annotated[float, (0.0, 2.0)] = 1.0,
    damping: Annotated[float, (0.005, 1.0)] = 0.05,
) -> FiniteSumOperator:
    """A_i = skew + damping · I + spread · (rank one, mean near damping); L = λ_max of Σ A_iᵀA_i/N relative to sym A, computed."""
    parts, x0, star, L = [], [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 71])
        K = g.standard_normal((n, n))
        K = (K - K.T) / np.linalg.norm(K - K.T, 2)
        D = g.standard_normal((N, n, n))
        D = spread * np.sqrt(damping) * (D - np.swapaxes(D, 1, 2)) / np.sqrt(8 * n)
        A = K + damping * np.eye(n) + D
        mean = A.mean(axis=0)
        root = np.linalg.inv(np.linalg.cholesky((mean + mean.T) / 2))
        square = np.einsum("kij,kil->jl", A, A) / N
        L.append(np.linalg.eigvalsh(root @ square @ root.T)[-1])
        z, d = g.standard_normal(n), g.standard_normal(n)
        parts.append(A)
        star.append(z)
        x0.append(z + d / np.linalg.norm(d))
    B = len(parts)
    P = np.stack(parts)
    constants = {
        "L": Certified(np.array(L), CURVATURE, Side.EXACT, "λ_max of (1/N) Σ A_iᵀA_i relative to sym A, computed"),
        "N": Certified(np.full(B, float(N)), Unit(), Side.EXACT, "number of components"),
        "R": Certified(np.full(B, 1.0), LENGTH, Side.EXACT, "‖u_0 − u*‖, u* planted"),
    }
    return FiniteSumOperator(P.mean(axis=1), P, np.stack(x0), np.stack(star), constants)
