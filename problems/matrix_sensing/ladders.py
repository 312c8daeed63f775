"""Batches of sensing problems whose rows differ in one certified constant: the scale of the start, κ, the noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np

from problems.matrix_sensing.operators import Measurements, cosine, identity
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
    high: Annotated[float, (1e-4, 1e-2)] = 1e-3,
    operator: Measurements | None = None,
) -> Sensing:
    """Rows sweep α; all have the eigenvectors and the direction of start of seed 0."""
    return planted(seeds, spectrum, n, k, rung(seeds, low, high), operator, same=True)


def conditioned(
    seeds: range, low: Annotated[float, (1.5, 4.0)] = 2.0, high: Annotated[float, (16.0, 256.0)] = 128.0, n: int = 12, r: int = 3, k: int = 5,
    alpha: Annotated[float, (1e-9, 1e-6)] = 1e-8,
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
