"""Batches of sensing problems whose rows differ in one certified constant: the scale of the start, κ, the noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np

from problems.matrix_sensing.operators import Measurements, Symmetric, cosine, identity, spectrum_in_band, svec
from problems.matrix_sensing.sensing import Sensing, haar, planted, sensing
from ratecheck import Certified, Side, Unit

STEPS = 8  # rows of one sweep


def rung(seeds: range, low: float, high: float) -> Any:
    """Row s: the (s mod 8)-th of 8 log-spaced values from `high` down to `low`."""
    return high * (low / high) ** (np.array([seed % STEPS for seed in seeds]) / (STEPS - 1))


def starts(
    seeds: range,
    spectrum: Sequence[float] = (1.0, 0.5),
    n: int = 4,
    k: int = 4,
    low: Annotated[float, (1e-7, 1e-5)] = 1e-5,
    high: Annotated[float, (1e-4, 1e-3)] = 1e-3,
    operator: Measurements | None = None,
) -> Sensing:
    """Rows sweep α; all have the eigenvectors and the direction of start of seed 0."""
    return planted(seeds, spectrum, n, k, rung(seeds, low, high), operator, same=True)


def conditioned(
    seeds: range, low: Annotated[float, (1.5, 4.0)] = 2.0, high: Annotated[float, (16.0, 256.0)] = 128.0,
    n: int = 12, r: int = 3, k: int = 5, alpha: Annotated[float, (1e-9, 1e-6)] = 1e-8,
) -> Sensing:
    """Rows sweep κ_X = √(s_1/s_r), spectrum geometric, α fixed, δ = 0."""
    kappa = rung(seeds, low, high)
    s = np.zeros((len(seeds), n))
    s[:, :r] = kappa[:, None] ** (-2 * np.arange(r) / (r - 1))
    g = np.random.default_rng(25)
    V, G = haar(n, g), g.standard_normal((n, k)) / np.sqrt(n)
    more = {
        "kappa": Certified(kappa, Unit(), Side.EXACT, "√(s_1/s_r), prescribed"),
        "alpha": Certified(np.full(len(seeds), alpha), Unit(x=1), Side.EXACT, "scale of the start"),
    }
    return sensing(np.tile(V, (len(seeds), 1, 1)), s, r, np.tile(alpha * G, (len(seeds), 1, 1)), identity(n, n), more)


def noisy(
    seeds: range, low: Annotated[float, (1e-7, 1e-5)] = 1e-6, high: Annotated[float, (1e-4, 1e-2)] = 1e-3, n: int = 12,
    delta: Annotated[float, (0.0, 0.1)] = 0.05,
) -> Sensing:
    """Rows sweep the standard deviation of the noise, one noise direction, r = 2, k = 4, certified operator."""
    return planted(seeds, (1.0, 0.5), n, 4, 1e-9, cosine(n, delta), same=True, noise=rung(seeds, low, high))


def isometries(
    seeds: range, low: Annotated[float, (1e-5, 1e-3)] = 1e-4, high: Annotated[float, (1e-2, 0.1)] = 0.1, n: int = 8,
    spectrum: Sequence[float] = (1.0, 0.6, 0.3), k: int = 2,
) -> Sensing:
    """Rows sweep δ: A_b = diag(√(1 + δ_b ξ)) Qᵀ with one Q and one ξ; start X_0 = X_k, the truncation of the truth."""
    delta = rung(seeds, low, high)
    upper, weight, place = svec(n)
    xi = np.linspace(-1, 1, len(upper))
    Q = spectrum_in_band(len(upper), 0.0, np.random.default_rng(26))
    proof = "all eigenvalues of A*A lie in [1 − δ, 1 + δ]"
    A = Symmetric(
        np.sqrt(1 + delta[:, None] * xi)[:, :, None] * Q, n, upper, weight, place, Certified(delta, Unit(), Side.UPPER, proof)
    )
    return truncated_start(seeds, spectrum, n, k, A, 0.0)


def truncated_start(
    seeds: range, spectrum: Sequence[float] = (1.0, 0.6, 0.3), n: int = 8, k: int = 2, operator: Measurements | None = None,
    radius: Annotated[float, (0.1, 0.999)] = 0.99,
) -> Sensing:
    """X_0 = X_k + D, X_k X_kᵀ the truncation of M* to rank k, ‖D‖_F = radius · 10⁻² √s_1 τ/s_1; row 0: D along v_{k+1}."""
    r, s = len(spectrum), np.zeros(n)
    s[:r] = spectrum
    V = haar(n, np.random.default_rng(27))
    tau = float((s[:r] - s[1 : r + 1]).min())
    start = []
    for seed in seeds:
        D = np.random.default_rng([seed, 28]).standard_normal((n, k))
        if seed == 0:
            D = np.outer(V[:, min(k, n - 1)], np.arange(k) == k - 1)
        start.append(V[:, :k] * np.sqrt(s[:k]) + radius * 1e-2 * np.sqrt(s[0]) * tau / s[0] * D / np.linalg.norm(D))
    B = len(seeds)
    return sensing(np.tile(V, (B, 1, 1)), np.tile(s, (B, 1)), r, np.stack(start), operator or identity(n, n), {})
