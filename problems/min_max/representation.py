"""Uzan, Weinberger 2024: the linear representation game under the mean squared error, with its value planted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

F = Unit(1, 0)


@dataclass(frozen=True, eq=False)
class RepresentationGame:
    """A player chooses R ∈ ℝ^{d×r}, an adversary f with fᵀS⁻¹f ≤ 1; the regret is fᵀ(Σ − ΣR(RᵀΣR)⁻¹RᵀΣ)f."""

    sigma: Array  # (B, d, d), covariance of the features
    spread: Array  # (B, d, d), the matrix S of the adversary
    t_star: Array  # (B,), the value in mixed strategies
    rank: int
    x0: Array  # (B, d, rank), any representation
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SYMMETRIC})

    def regret_matrix(self, r: Array, /) -> Array:
        """(B, d, r) -> (B, d, d): the matrix of the quadratic form f ↦ regret(R, f)."""
        xp = array_namespace(r)
        sr = xp.matmul(self.sigma, r)
        return self.sigma - xp.matmul(sr, xp.linalg.solve(xp.matmul(xp.matrix_transpose(r), sr), xp.matrix_transpose(sr)))

    def worst(self, regret: Array, /) -> Array:
        """(B, d, d) -> (B,): the largest fᵀ regret f over fᵀS⁻¹f ≤ 1."""
        xp = array_namespace(regret)
        half = root(self.spread)
        return xp.linalg.eigvalsh(xp.matmul(half, xp.matmul(regret, half)))[:, -1]


def root(a: Array) -> Array:
    """The symmetric square root, (B, d, d) -> (B, d, d)."""
    xp = array_namespace(a)
    w, v = xp.linalg.eigh(a)
    return xp.matmul(v * xp.sqrt(w)[:, None, :], xp.matrix_transpose(v))


def _game(seeds: range, spectra: list[Array], rank: int) -> RepresentationGame:
    """Σ at random, S = Σ^{-1/2} V diag(λ) Vᵀ Σ^{-1/2}: the spectrum λ of Σ^{1/2} S Σ^{1/2} is exact up to rounding."""
    d = len(spectra[0])
    sigma, spread, start = [], [], []
    for seed, lam in zip(seeds, spectra, strict=True):
        g = np.random.default_rng([seed, 15])
        u, v = (np.linalg.qr(g.standard_normal((d, d)))[0] for _ in range(2))
        scale = np.exp(g.uniform(-1.0, 1.0, d))
        back = (u / np.sqrt(scale)) @ u.T
        sigma.append((u * scale) @ u.T)
        spread.append(back @ (v * lam) @ v.T @ back)
        start.append(g.standard_normal((d, rank)))
    lam = np.stack(spectra)  # descending
    index = np.arange(1, d + 1)
    values = (index - rank) / np.cumsum(1 / lam, axis=1)
    t = values.max(axis=1)
    constants = {
        "lam_1": Certified(lam[:, 0], F, Side.EXACT, "planted largest eigenvalue of M = Σ^{1/2} S Σ^{1/2}"),
        "lam_r": Certified(lam[:, rank - 1], F, Side.EXACT, "planted eigenvalue r of M"),
        "lam_r1": Certified(lam[:, rank], F, Side.EXACT, "planted eigenvalue r + 1 of M"),
        "t": Certified(t, F, Side.EXACT, "water level max_{l > r} (l − r) / Σ_{i ≤ l} 1/λ_i of the planted spectrum"),
        "t_all": Certified(values[:, -1], F, Side.EXACT, "the same with l = d, where the water may not reach"),
        "d": Certified(float(d), Unit(), Side.EXACT, "dimension"),
        "r": Certified(float(rank), Unit(), Side.EXACT, "rank of the representation"),
    }
    return RepresentationGame(np.stack(sigma), np.stack(spread), t, rank, np.stack(start), constants)


def planted(
    seeds: range, d: Annotated[int, (2, 16)] = 6, rank: Annotated[int, (1, 15)] = 2, decay: Annotated[float, (0.05, 3.0)] = 0.6
) -> RepresentationGame:
    """λ_i = exp(−decay · (sum of i random gaps)): generic, simple spectra, λ_1/λ_d at most about 10⁵ for the sake of rounding."""
    r = min(rank, d - 1)
    gaps = [np.random.default_rng([seed, 16]).uniform(0.2, 1.8, d) for seed in seeds]
    spectra = [np.exp(-min(decay, 11.0 / g[1:].sum()) * np.cumsum(g)) for g in gaps]
    return _game(seeds, spectra, r)


def isotropic(seeds: range, d: Annotated[int, (2, 16)] = 5, rank: Annotated[int, (1, 15)] = 2) -> RepresentationGame:
    """λ = (1, ..., 1): the pure value is 1, the mixed one (d − r)/d."""
    return _game(seeds, [np.ones(d) for _ in seeds], min(rank, d - 1))
