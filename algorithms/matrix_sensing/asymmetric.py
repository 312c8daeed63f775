"""Gradient descent on F Gᵀ, and the one modification of Xiong, Ding, Du 2024, Section 5 (formula reconstructed)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.matrix_sensing.oracles import Step, column
from ratecheck import Array, Noise, Problem


class TwoFactors(Problem, Protocol):
    @property
    def F0(self) -> Array: ...  # (B, n, k)
    @property
    def G0(self) -> Array: ...  # (B, m, k)
    def gradient(self, Z: Array, /) -> Array: ...  # (B, n, m) -> (B, n, m)


@dataclass(frozen=True, eq=False)
class Pair:
    k: int
    F: Array  # (B, n, k)
    G: Array  # (B, m, k)
    Z: Array  # (B, n, m), F Gᵀ
    E: Array  # (B, n, m), gradient at Z
    step: Array  # (B,) or a number


def moved(F: Array, G: Array, E: Array, step: Array) -> tuple[Array, Array]:
    """F − η E G and G − η Eᵀ F."""
    xp = array_namespace(F)
    return F - column(step) * xp.matmul(E, G), G - column(step) * xp.matmul(xp.matrix_transpose(E), F)


def rebalanced(F: Array, G: Array, beta: float) -> tuple[Array, Array]:
    """F = A S Bᵀ becomes β A, G becomes G B S/β: the product stays, the imbalance does not depend on the start."""
    xp = array_namespace(F)
    A, S, Bt = xp.linalg.svd(F, full_matrices=False)
    return beta * A, xp.matmul(G, xp.matrix_transpose(Bt)) * S[:, None, :] / beta


@dataclass(frozen=True)
class AsymmetricDescent:
    """F_{t+1} = F_t − η E_t G_t,  G_{t+1} = G_t − η E_tᵀ F_t,  E_t = A*(A(F_tG_tᵀ) − y); `modify` = (index, β), or never."""

    step: Step
    modify: tuple[int, float] | None = None

    def iterates(self, problem: TwoFactors, noise: Noise, /) -> Iterator[Pair]:
        F, G = problem.F0, problem.G0
        xp = array_namespace(F)
        eta = self.step(problem)
        for k in count():
            if self.modify is not None and k == self.modify[0]:
                F, G = rebalanced(F, G, self.modify[1])
            Z = xp.matmul(F, xp.matrix_transpose(G))
            E = problem.gradient(Z)
            yield Pair(k, F, G, Z, E, eta)
            F, G = moved(F, G, E, eta)
