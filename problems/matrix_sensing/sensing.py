"""Symmetric matrix sensing: y = A(M*) + e, M* = V diag(s) Vᵀ of rank r, sought as X Xᵀ or as a matrix of rank r."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.matrix_sensing.operators import Measurements, identity, symmetric
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.LOW_RANK, Trait.SYMMETRIC, Trait.RESTRICTED_ISOMETRY})


@dataclass(frozen=True, eq=False)
class Sensing:
    """f(Z) = ½‖A(Z) − y‖²; the factored loss is ½ f(X Xᵀ), whose gradient is A*(A(XXᵀ) − y) X."""

    operator: Measurements
    y: Array  # (B, m)
    M: Array  # (B, n, n), the truth
    V: Array  # (B, n, n), eigenvectors of M
    spectrum: Array  # (B, n), eigenvalues of M, decreasing, 0 after the rank
    x0: Array  # (B, n, k), start of the factor
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def gradient(self, Z: Array, /) -> Array:  # (B, n, n) -> (B, n, n)
        return self.operator.adjoint(self.operator.forward(Z) - self.y)

    def normal(self, Z: Array, /) -> Array:  # A*A(Z), (B, n, n) -> (B, n, n)
        return self.operator.adjoint(self.operator.forward(Z))

    def misfit(self, Z: Array, /) -> Array:  # (B, n, n) -> (B,)
        r = self.operator.forward(Z) - self.y
        return 0.5 * array_namespace(r).sum(r * r, axis=-1)


def haar(n: int, rng: np.random.Generator) -> Any:
    Q, R = np.linalg.qr(rng.standard_normal((n, n)))
    return Q * np.sign(np.diag(R))


def _exact(value: Any, unit: Unit, proof: str) -> Certified:
    return Certified(np.asarray(value, dtype=float), unit, Side.EXACT, proof)


def planted(
    seeds: range,
    spectrum: Sequence[float] | Any,
    n: int,
    k: int,
    alpha: Any = 1e-3,
    operator: Measurements | None = None,
    same: bool = False,
    aligned: bool = False,
    noise: Any = 0.0,
) -> Sensing:
    """Haar eigenvectors (`aligned`: the standard basis), start α N(0, 1/n), α a number or one a row.

    `same`: every row has the eigenvectors and the direction of start of seed 0, so that rows differ in α alone.
    """
    B, r = len(seeds), len(spectrum)
    rngs = [np.random.default_rng([0 if same else seed, 21]) for seed in seeds]
    V = np.stack([np.eye(n) if aligned else haar(n, g) for g in rngs])
    G = np.stack([g.standard_normal((n, k)) for g in rngs]) / np.sqrt(n)
    s = np.zeros((B, n))
    s[:, :r] = np.asarray(spectrum, dtype=float)
    scale = np.broadcast_to(np.asarray(alpha, dtype=float), (B,))
    start = {"alpha": _exact(scale, Unit(0, 1), "scale of the start")}
    return sensing(V, s, r, scale[:, None, None] * G, operator or identity(n, n), start, noise, rngs)


def sensing(
    V: Any, s: Any, r: int, x0: Any, operator: Measurements, more: Mapping[str, Certified], noise: Any = 0.0, rngs: Any = ()
) -> Sensing:
    """The problem with eigenvectors V (B, n, n), eigenvalues s (B, n), rank r and start x0 (B, n, k)."""
    B, n, k = x0.shape
    M = (V * s[:, None, :]) @ np.swapaxes(V, 1, 2)
    M = (M + np.swapaxes(M, 1, 2)) / 2
    y = operator.forward(M)
    sigma = np.broadcast_to(np.asarray(noise, dtype=float), (B,))
    if sigma.any():
        y = y + sigma[:, None] * np.stack([g.standard_normal(y.shape[1]) for g in rngs])
    gaps = s[:, :r] - np.concatenate([s[:, 1:r], np.zeros((B, 1))], axis=1)
    constants = {
        **{f"s_{i + 1}": _exact(s[:, i], Unit(0, 2), "eigenvalue of M*, prescribed") for i in range(min(r + 1, n))},
        "s_r": _exact(s[:, r - 1], Unit(0, 2), "smallest positive eigenvalue of M*, prescribed"),
        "tau": _exact(gaps.min(axis=1), Unit(0, 2), "smallest gap of the prescribed spectrum, the last to 0"),
        "norm_M": _exact(np.sqrt((s * s).sum(axis=1)), Unit(0, 2), "Frobenius norm of the prescribed spectrum"),
        "n": _exact(np.full(B, n), Unit(), "dimension"),
        "r": _exact(np.full(B, r), Unit(), "rank of M*"),
        "k": _exact(np.full(B, k), Unit(), "columns of the factor"),
        "sigma": _exact(sigma, Unit(0, 2), "standard deviation of the noise"),
        "delta": Certified(operator.delta.value + np.zeros(B), Unit(), operator.delta.side, operator.delta.proof),
        **more,
    }
    return Sensing(operator, y, M, V, s, x0, constants)


def certified(
    seeds: range,
    n: Annotated[int, (2, 16)] = 12,
    r: int = 2,
    delta: Annotated[float, (0.0, 0.33)] = 0.3,
    kappa: Annotated[float, (1.0, 1e3)] = 2.0,
    k: Annotated[int, (1, 16)] = 2,
    alpha: Annotated[float, (1e-6, 1.0)] = 1e-3,
) -> Sensing:
    """A certified dense operator, spectrum 1 … 1/κ (geometric); k is at most n."""
    rank = min(r, n)
    return planted(seeds, np.geomspace(1.0, 1.0 / kappa, rank) if rank > 1 else [1.0], n, min(k, n), alpha, symmetric(n, delta))

