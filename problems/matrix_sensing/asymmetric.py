"""Factorisation M* = U diag(s) Vᵀ sought as F Gᵀ, all of it seen (δ = 0)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from problems.matrix_sensing.ladders import rung
from problems.matrix_sensing.sensing import haar
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Asymmetric:
    """½‖F Gᵀ − M‖² and its start."""

    M: Array  # (B, n, m)
    U: Array  # (B, n, n) left singular vectors
    V: Array  # (B, m, m) right singular vectors
    F0: Array  # (B, n, k)
    G0: Array  # (B, m, k)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.LOW_RANK})

    @property
    def x0(self) -> Array:
        return self.F0

    def gradient(self, Z: Array, /) -> Array:  # (B, n, m) -> (B, n, m)
        return Z - self.M


def _exact(value: Any, unit: Unit, proof: str) -> Certified:
    return Certified(np.asarray(value, dtype=float), unit, Side.EXACT, proof)


def imbalanced(
    seeds: range, spectrum: Sequence[float] = (1.0, 0.75, 0.5), n: int = 8, k: int = 5, alpha: Any = 0.1,
    ratio: float = 1 / 3, same: bool = False,
) -> Asymmetric:
    """F_0 = α F~, G_0 = α · ratio · G~ with Gaussian F~, G~ / √n; ratio 1 with G~ = F~ would be the symmetric case."""
    B, r = len(seeds), len(spectrum)
    rngs = [np.random.default_rng([0 if same else seed, 41]) for seed in seeds]
    U, V = (np.stack([haar(n, g) for g in rngs]) for _ in range(2))
    F, G = (np.stack([g.standard_normal((n, k)) for g in rngs]) / np.sqrt(n) for _ in range(2))
    scale = np.broadcast_to(np.asarray(alpha, dtype=float), (B,))
    s = np.zeros((B, n))
    s[:, :r] = spectrum
    constants = {
        "alpha": _exact(scale, Unit(x=1), "scale of the start"),
        "s_1": _exact(s[:, 0], Unit(x=2), "largest singular value, prescribed"),
        "s_r": _exact(s[:, r - 1], Unit(x=2), "smallest positive singular value, prescribed"),
    }
    M = (U * s[:, None, :]) @ np.swapaxes(V, 1, 2)
    return Asymmetric(M, U, V, scale[:, None, None] * F, ratio * scale[:, None, None] * G, constants)


def imbalanced_ladder(
    seeds: range, low: float = 0.1, high: float = 0.25, n: int = 8, k: int = 5,
    ratio: float = 1 / 3,
) -> Asymmetric:
    """Rows sweep α, one direction of start."""
    return imbalanced(seeds, n=n, k=k, alpha=rung(seeds, low, high), ratio=ratio, same=True)


def balanced(seeds: range, n: int = 8, k: int = 5, alpha: Annotated[float, (0.05, 0.5)] = 0.3, tilt: float = 0.0) -> Asymmetric:
    """M symmetric PSD and G_0 = (1 − tilt) F_0; with tilt 0 descent never leaves the symmetric factorisation."""
    p = imbalanced(seeds, n=n, k=k, alpha=alpha)
    M = (p.U * np.array([1.0, 0.75, 0.5] + [0.0] * (n - 3))) @ np.swapaxes(p.U, 1, 2)
    return Asymmetric(M, p.U, p.U, p.F0, (1 - tilt) * p.F0, p.constants)


def null_pair(seeds: range, largest: Annotated[float, (0.1, 1.0)] = 1.0, share: Annotated[float, (0.01, 0.9)] = 0.7) -> Asymmetric:
    """M = 0 in one dimension, a_0 > b_0 > 0: a_0 = largest · (0.3 … 1), b_0 = a_0 · share · (0.2 … 1)."""
    g = [np.random.default_rng([seed, 42]) for seed in seeds]
    a = largest * np.array([h.uniform(0.3, 1.0) for h in g])
    b = a * share * np.array([h.uniform(0.2, 1.0) for h in g])
    one = np.ones((len(a), 1, 1))
    constants = {"a_0": _exact(a, Unit(x=1), "prescribed start"), "b_0": _exact(b, Unit(x=1), "prescribed start")}
    return Asymmetric(0 * one, one, one, a[:, None, None], b[:, None, None], constants)
