"""Factorisations (δ = 0) that start near a solution, in one mode of the error or in all."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from problems.matrix_sensing.operators import identity
from problems.matrix_sensing.sensing import Sensing, sensing
from ratecheck import Certified, Side, Unit

MODES = ((0, 0), (0, 1), (1, 2), (2, 2), (0, 3), (1, 4), (2, 3), (0, 2))  # eigenvectors i ≤ j; 0, 1, 2 are signal


def _exact(value: Any, unit: Unit, proof: str) -> Certified:
    return Certified(np.asarray(value, dtype=float), unit, Side.EXACT, proof)


def one_mode(seeds: range, size: Annotated[float, (1e-8, 3e-7)] = 1e-7, least: Annotated[float, (0.2, 0.9)] = 0.3) -> Sensing:
    """M* = diag(1, (1+least)/2, least, 0, 0), k = r = 3; row s starts with XXᵀ − M* along the mode MODES[s mod 8]."""
    B, n, r = len(seeds), 5, 3
    s = np.tile([1.0, (1 + least) / 2, least, 0.0, 0.0], (B, 1))
    X = np.zeros((B, n, r))
    X[:, range(r), range(r)] = np.sqrt(s[:, :r])
    pairs = [MODES[seed % len(MODES)] for seed in seeds]
    for b, (i, j) in enumerate(pairs):
        # dX = E X (XᵀX)⁻¹, halved on the signal block, makes X dXᵀ + dX Xᵀ = E to first order
        if j < r:
            X[b, i, j] += size / 2 / np.sqrt(s[b, j])
            X[b, j, i] += size / 2 / np.sqrt(s[b, i])
        else:
            X[b, j, i] += size / np.sqrt(s[b, i])
    V = np.tile(np.eye(n), (B, 1, 1))
    more = {
        "s_i": _exact([s[b, i] for b, (i, _) in enumerate(pairs)], Unit(x=2), "eigenvalue of the first index of the mode"),
        "s_j": _exact([s[b, j] for b, (_, j) in enumerate(pairs)], Unit(x=2), "eigenvalue of the second index of the mode"),
    }
    return sensing(V, s, r, X, identity(n, n), more)


def all_modes(seeds: range, size: Annotated[float, (1e-6, 1e-2)] = 1e-3, least: Annotated[float, (0.05, 0.5)] = 0.1, k: int = 3) -> Sensing:
    """M* = diag(1, 1/2, least, 0, 0, 0), X₀ = X* + size · Gaussian, k ≥ 3 columns."""
    B, n, r = len(seeds), 6, 3
    s = np.tile([1.0, 0.5, least, 0.0, 0.0, 0.0], (B, 1))
    X = np.stack([np.random.default_rng([seed, 23]).standard_normal((n, k)) for seed in seeds]) * size
    X[:, range(r), range(r)] += np.sqrt(s[:, :r])
    return sensing(np.tile(np.eye(n), (B, 1, 1)), s, r, X, identity(n, n), {})


def stepped(seeds: range, size: Annotated[float, (1e-9, 1e-6)] = 1e-7, lam: Annotated[float, (0.01, 1.0)] = 0.1) -> Sensing:
    """The mode (1, 1) alone, λ given, and row s steps with η = (1 + λ/s_1) · (0.9, 1.1, 0.99, 1.01)[s mod 4]."""
    p = one_mode(range(0, 8 * len(seeds), 8), size)
    factor = np.array([(0.9, 1.1, 0.99, 1.01)[seed % 4] for seed in seeds])
    more = {
        "lam": _exact(np.full(len(seeds), lam), Unit(x=2), "the damping, prescribed"),
        "eta": _exact(factor * (1 + lam), Unit(), "the step of the row, prescribed; s_1 = 1"),
    }
    return sensing(p.V, p.spectrum, 3, p.x0, identity(5, 5), {**p.constants, **more})


def scalar(seeds: range, spread: Annotated[float, (1.1, 100.0)] = 10.0) -> Sensing:
    """n = k = r = 1: M* = m, x₀ > 0, both log-uniform in [1/spread, spread]."""
    g = [np.random.default_rng([seed, 24]) for seed in seeds]
    m, x = (np.array([[spread ** h.uniform(-1, 1)] for h in g]) for _ in range(2))
    return sensing(np.ones((len(g), 1, 1)), m, 1, x[:, :, None], identity(1, 1), {})
