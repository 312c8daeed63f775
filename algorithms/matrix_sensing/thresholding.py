"""Singular value thresholding (Chatterjee 2015): keep the singular values above a level, divide by the share of known entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Observed(Problem, Protocol):
    @property
    def Z(self) -> Array: ...  # (B, rows, columns)
    @property
    def p_hat(self) -> Array: ...  # (B,)
    @property
    def level(self) -> Array: ...  # (B,)


@dataclass(frozen=True, eq=False)
class Estimate:
    X: Array  # (B, rows, columns), kept part of Z, not divided
    scaled: Array  # (B, rows, columns), X / p_hat
    kept: Array  # (B,), number of singular values kept


@dataclass(frozen=True)
class Thresholding:
    """One state: Σ_{σ_i > times · level} σ_i u_i v_iᵀ."""

    times: float = 1.0

    def iterates(self, problem: Observed, noise: Noise, /) -> Iterator[Estimate]:
        xp = array_namespace(problem.Z)
        U, s, Vh = xp.linalg.svd(problem.Z, full_matrices=False)
        keep = xp.astype(s > self.times * problem.level[:, None], s.dtype)
        X = xp.matmul(U * (s * keep)[:, None, :], Vh)
        yield Estimate(X, X / problem.p_hat[:, None, None], xp.sum(keep, axis=-1))
