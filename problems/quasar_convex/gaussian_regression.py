"""Least squares on Gaussian features with a diagonal covariance: the risk and its moments in closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.UNBIASED})


@dataclass(frozen=True, eq=False)
class GaussianRegression:
    """½ E(⟨a, x⟩ − b)², a ~ N(0, diag λ), b = ⟨a, x*⟩ + σ ε, x* = 0: the excess risk is ½ Σ λ_i x_i²."""

    spectrum: Array  # (B, d), λ
    sigma2: Array  # (B,), σ²
    x0: Array  # (B, d)
    x_star: Array  # (B, d), zero
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS


def power_law(
    seeds: range,
    d: Annotated[int, (1, 60)] = 30,
    decay: Annotated[float, (0.5, 3.0)] = 2.0,
    coordinate: Annotated[int, (-1, 59)] = -1,
    R: Annotated[float, (0.0, 1e3)] = 1.0,
    sigma: Annotated[float, (0.0, 10.0)] = 1.0,
    cut: Annotated[int, (1, 20)] = 5,
) -> GaussianRegression:
    """λ_i = i^−decay; the start is R along one coordinate, or R times a random unit vector (−1). Steps as in the paper, ψ = 3."""
    B = len(seeds)
    lam = np.stack([np.arange(1, d + 1) ** -float(decay)] * B)
    if coordinate >= 0:
        start = np.zeros((B, d))
        start[:, min(coordinate, d - 1)] = R
    else:
        drawn = np.stack([np.random.default_rng([seed, 81]).standard_normal(d) for seed in seeds])
        start = R * drawn / np.linalg.norm(drawn, axis=1)[:, None]
    return posed(lam, start, np.full(B, sigma**2), cut)


def random_spectra(seeds: range, d: Annotated[int, (1, 40)] = 12, sigma: Annotated[float, (0.1, 10.0)] = 1.0) -> GaussianRegression:
    """Decays between 0.5 and 3, perturbed, cut-offs from 1 to d; the start is the optimum: nothing but variance."""
    rows, cuts = [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 82])
        rows.append(np.sort(np.arange(1, d + 1) ** -g.uniform(0.5, 3.0) * np.exp(0.3 * g.standard_normal(d)))[::-1])
        cuts.append(int(g.integers(1, d + 1)))
    lam = np.stack(rows)
    return posed(lam, 0 * lam, np.full(len(lam), sigma**2), np.array(cuts))


def posed(lam: np.ndarray, start: np.ndarray, sigma2: np.ndarray, cut: int | np.ndarray) -> GaussianRegression:
    B, d = lam.shape
    kt = np.minimum(np.broadcast_to(cut, (B,)), d).astype(float)
    tail = np.where(np.arange(d)[None, :] >= kt[:, None], lam, 0.0).sum(axis=1)
    delta = 1 / (6 * lam.sum(axis=1))
    gamma = np.maximum(delta, 1 / (6 * np.maximum(tail, 1e-3 * lam[:, 0])))
    inverse, exact = Unit(-1, 2), Side.EXACT
    constants = {
        "delta": Certified(delta, inverse, exact, "1/(2ψ tr H), ψ = 3"),
        "gamma": Certified(gamma, inverse, exact, "max{δ, 1/(2ψ Σ_{i > k̃} λ_i)}, the sum at least λ_1/1000"),
        "beta": Certified(delta / (3 * kt * gamma), Unit(), exact, "δ/(ψ k̃ γ)"),
        "lambda1": Certified(lam[:, 0], Unit(1, -2), exact, "largest eigenvalue of H"),
        "noise": Certified(sigma2, Unit(1, 0), exact, "σ²"),
    }
    return GaussianRegression(lam, sigma2, start, 0 * start, constants)
