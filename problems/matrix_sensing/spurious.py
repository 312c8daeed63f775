"""2 × 2 sensing with A*A of spectrum {1 − δ, 1 + δ}: a spurious local minimum appears at δ = 1/2, SVP stalls at δ = 1/3."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from problems.matrix_sensing.operators import Symmetric, in_band, svec
from problems.matrix_sensing.sensing import Sensing, sensing
from ratecheck import Array, Certified, Side, Unit

DELTAS = (0.30, 0.51, 0.40, 0.55, 0.45, 0.60, 0.49, 0.70)  # one a row, on both sides of 1/2


def two_by_two(delta: Array, x0: Array) -> Sensing:
    """‖A(Z)‖² = a² + 2δac + c² + 2(1+δ)b² for Z = [[a, b], [b, c]], M* = e₁e₁ᵀ; one δ a row."""
    d = np.asarray(delta, dtype=float)
    B = len(d)
    A = np.zeros((B, 3, 3))  # svec coordinates (a, √2 b, c)
    A[:, 0, 0] = A[:, 0, 2] = np.sqrt((1 + d) / 2)
    A[:, 1, 0] = np.sqrt((1 - d) / 2)
    A[:, 1, 2] = -A[:, 1, 0]
    A[:, 2, 1] = np.sqrt(1 + d)
    exact = Certified(d, Unit(), Side.EXACT, "the eigenvalues of A*A are 1 − δ, 1 + δ, 1 + δ")
    operator = Symmetric(A, 2, *svec(2), in_band(0.0))
    V, s = np.tile(np.eye(2), (B, 1, 1)), np.tile([1.0, 0.0], (B, 1))
    return sensing(V, s, 1, x0, operator, {"delta": exact})


def near_spurious(seeds: range, offset: Annotated[float, (1e-4, 2e-2)] = 1e-2) -> Sensing:
    """Start at the stationary point (0, √δ), moved by `offset` along e₁; row s has δ = DELTAS[s mod 8]."""
    d = np.array([DELTAS[seed % len(DELTAS)] for seed in seeds])
    return two_by_two(d, np.stack([np.full_like(d, offset), np.sqrt(d)], axis=-1)[:, :, None])


def stalling(seeds: range, excess: Annotated[float, (0.01, 1.0)] = 0.02) -> Sensing:
    """Start x₀x₀ᵀ = t e₂e₂ᵀ, t just above (1/δ − 1)/2: the largest t for which the wrong direction survives one SVP step.

    Row s has δ between 0.15 and 0.33.
    """
    d = np.array([0.15 + 0.18 * ((seed * 7) % 16) / 15 for seed in seeds])
    t = (1 / d - 1) / 2 * (1 + excess)
    return two_by_two(d, np.stack([np.zeros_like(d), np.sqrt(t)], axis=-1)[:, :, None])
