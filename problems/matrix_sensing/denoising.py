"""A matrix of low rank seen through noise: Z = B + E."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from problems.matrix_sensing.rectangular import truth
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Denoising:
    Z: Array  # (B, rows, columns), observed
    M: Array  # (B, rows, columns), of rank r
    p_hat: Array  # (B,), share of known entries
    level: Array  # (B,), threshold (1 + d)‖Z − M‖
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.LOW_RANK})

    @property
    def x0(self) -> Array:
        return self.Z


def denoising(Z: Any, M: Any, d: Any, r: int, p_hat: Any = 1.0) -> Denoising:
    B = len(Z)
    noise = np.linalg.norm(Z - M, 2, axis=(1, 2))
    d = np.broadcast_to(np.asarray(d, dtype=float), (B,))

    def exact(value: Any, unit: Unit, proof: str) -> Certified:
        return Certified(np.broadcast_to(np.asarray(value, dtype=float), (B,)), unit, Side.EXACT, proof)

    constants = {
        "noise": exact(noise, Unit(x=1), "spectral norm of Z − M, computed"),
        "nuclear": exact(np.linalg.svd(M, compute_uv=False).sum(axis=1), Unit(x=1), "nuclear norm of M, computed"),
        "d": exact(d, Unit(), "excess of the threshold, prescribed"),
        "r": exact(r, Unit(), "rank of M"),
    }
    return Denoising(Z, M, np.broadcast_to(np.asarray(p_hat, dtype=float), (B,)).copy(), (1 + d) * noise, constants)


def random(
    seeds: range, rows: int = 20, columns: int = 15, r: Annotated[int, (1, 5)] = 3, noise: Annotated[float, (0.01, 3.0)] = 0.2,
    d: Annotated[float, (0.01, 4.0)] = 0.1,
) -> Denoising:
    """Gaussian noise, spectrum 1 … 1/r."""
    M, _, _ = truth(seeds, rows, columns, 1 / np.arange(1, r + 1))
    E = np.stack([np.random.default_rng([seed, 71]).standard_normal((rows, columns)) for seed in seeds])
    return denoising(M + noise * E / np.sqrt(rows), M, d, r)


def masked(
    seeds: range, rows: int = 20, columns: int = 15, r: Annotated[int, (1, 5)] = 3, p: Annotated[float, (0.2, 1.0)] = 0.5
) -> Denoising:
    """Entries in [−1, 1] known with probability p, zero elsewhere; p_hat is the share known."""
    M, _, _ = truth(seeds, rows, columns, 1 / np.arange(1, r + 1))
    M = M / np.abs(M).max(axis=(1, 2), keepdims=True)
    mask = np.stack([np.random.default_rng([seed, 72]).random((rows, columns)) < p for seed in seeds])
    share = mask.mean(axis=(1, 2))
    return denoising(mask * M, share[:, None, None] * M, 0.1, r, share)


def just_below(
    seeds: range, n: Annotated[int, (2, 10)] = 6, r: Annotated[int, (1, 5)] = 3, d: Annotated[float, (0.01, 4.0)] = 2.0
) -> Denoising:
    """M has r equal singular values (2+d)(1−10⁻⁹), E takes 1 from each: Z lies just below the threshold, and all is lost."""
    r = min(r, n - 1)
    M, U, V = truth(seeds, n, n, np.full(r, (2 + d) * (1 - 1e-9)))
    return denoising(M - U @ np.swapaxes(V, 1, 2), M, d, r)
