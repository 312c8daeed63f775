"""Jain, Meka, Dhillon 2010: singular value projection, a projected gradient step on the matrices of rank r."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from algorithms.matrix_sensing.oracles import Sensed, Step, column, gram, truncated
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Projected:
    k: int
    X: Array  # (B, n, n), rank r
    G: Array  # (B, n, n), A*(A(X) − y)
    step: Array  # (B,) or a number
    misfit: Array  # (B,), ½‖A(X) − y‖²


def inverse_smoothness(problem: Sensed) -> Array:
    """1/(1 + δ)."""
    return 1 / (1 + problem.constants["delta"].value)


@dataclass(frozen=True)
class SVP:
    """X_{t+1} = P_r(X_t − η A*(A(X_t) − y)), started at X_0 = P_r(x₀x₀ᵀ)."""

    rank: int
    step: Step = inverse_smoothness

    def iterates(self, problem: Sensed, noise: Noise, /) -> Iterator[Projected]:
        X = truncated(gram(problem.x0), self.rank)
        eta = self.step(problem)
        for k in count():
            G = problem.gradient(X)
            yield Projected(k, X, G, eta, problem.misfit(X))
            X = truncated(X - column(eta) * G, self.rank)
