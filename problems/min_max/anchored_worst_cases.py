"""Rotations on which Halpern's iteration meets its bound at a chosen step; spectra on which no span method is faster."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from problems.min_max.linear_operators import STEP, LinearOperator, certified, rotation
from ratecheck import Certified, Side, Unit


def halpern_worst(seeds: range, N: Annotated[int, (1, 200)] = 10, c: Annotated[float, (0.05, 5.0)] = 0.5) -> LinearOperator:
    """F = (I − T)/(2c), T the rotation of the plane by π/(N+1): x_N is the mean of T⁰x_0, …, T^N x_0, and T^{N+1} x_0 = −x_0."""
    A = (np.eye(2) - rotation(np.pi / (N + 1))) / (2 * c)
    x0 = np.stack([[np.cos(seed), np.sin(seed)] for seed in seeds])
    B = len(x0)
    return certified(
        np.stack([A] * B),
        x0,
        np.zeros_like(x0),
        np.full(B, np.linalg.norm(A, 2)),
        np.full(B, -c),
        "I − 2cF is a rotation",
        c=Certified(np.full(B, c), STEP, Side.EXACT, "cocoercivity: I − 2cF is an isometry"),
    )


def chebyshev(seeds: range, m: Annotated[int, (0, 8)] = 4, L: Annotated[float, (0.1, 10.0)] = 1.0) -> LinearOperator:
    """Skew, singular values L cos(jπ/(2m+1)), j ≤ m, and energies of z_0 proportional to 1/s_j² (the first one halved).

    For odd Q of degree ≤ 2m+1, Q'(0) = Σ c_j Q(s_j) with Σ |c_j| = (2m+1)/L; z_0 has the energies |c_j|, so Σ |c_j| Q(s_j)² / Σ |c_j|
    is at least (L Q'(0)/(2m+1))², whatever Q: every method whose iterates stay in the span of 2m+1 forces is that slow.
    """
    rows, x0 = [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 14])
        s = L * np.cos(np.arange(m + 1) * np.pi / (2 * m + 1))
        energy = 1 / s**2
        energy[0] /= 2
        angle = g.random(m + 1) * 2 * np.pi
        size = np.sqrt(energy / energy.sum())
        C = np.diag(s)
        rows.append(np.block([[np.zeros_like(C), C], [-C, np.zeros_like(C)]]))
        x0.append(np.r_[size * np.cos(angle), size * np.sin(angle)])
    B, start = len(x0), np.stack(x0)
    return certified(
        np.stack(rows),
        start,
        np.zeros_like(start),
        np.full(B, L),
        np.zeros(B),
        "skew, singular values as given",
        m=Certified(np.full(B, float(m)), Unit(), Side.EXACT, "half of the number of calls for which the spectrum is the worst"),
    )
