"""Gradient descent on the factor X of X Xᵀ (Burer, Monteiro 2003), any number of columns, any start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.matrix_sensing.oracles import Sensed, Step, column, gram
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Factor:
    k: int
    X: Array  # (B, n, k)
    Z: Array  # (B, n, n), X Xᵀ
    G: Array  # (B, n, n), A*(A(Z) − y)
    step: Array  # (B,) or a number


@dataclass(frozen=True)
class FactoredDescent:
    """X_{t+1} = X_t − η A*(A(X_tX_tᵀ) − y) X_t."""

    step: Step

    def iterates(self, problem: Sensed, noise: Noise, /) -> Iterator[Factor]:
        X = problem.x0
        xp = array_namespace(X)
        eta = self.step(problem)
        for k in count():
            Z = gram(X)
            G = problem.gradient(Z)
            yield Factor(k, X, Z, G, eta)
            X = X - column(eta) * xp.matmul(G, X)
