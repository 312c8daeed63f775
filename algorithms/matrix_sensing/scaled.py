"""Tong, Ma, Chi 2021 (ScaledGD); Xu, Shen, Chi, Ma 2023 (λ fixed); Zhang, Fattahi, Zhang 2021 (PrecGD, λ from the error)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

from array_api_compat import array_namespace

from algorithms.matrix_sensing.oracles import Sensed, Step, column, gram
from ratecheck import Array, Noise

Damping: TypeAlias = Callable[[Any, Array], Array]  # (problem, Z) -> λ, (B,) or a number


@dataclass(frozen=True, eq=False)
class Scaled:
    k: int
    X: Array  # (B, n, k)
    Z: Array  # (B, n, n), X Xᵀ
    G: Array  # (B, n, n), A*(A(Z) − y)
    step: Array  # (B,) or a number
    damping: Array  # (B,) or a number


def fixed(damping: float) -> Damping:
    return lambda problem, Z: damping


def fraction_of_s_r(fraction: float) -> Damping:
    """λ = fraction · s_r."""
    return lambda problem, Z: fraction * problem.constants["s_r"].value


def current_error(fraction: float) -> Damping:
    """λ_t = fraction · ‖A(Z_t) − y‖ (PrecGD)."""
    return lambda problem, Z: fraction * (2 * problem.misfit(Z)) ** 0.5


@dataclass(frozen=True)
class ScaledDescent:
    """X_{t+1} = X_t − η A*(A(X_tX_tᵀ) − y) X_t (X_tᵀX_t + λ_t I)⁻¹."""

    step: Step
    damping: Damping

    def iterates(self, problem: Sensed, noise: Noise, /) -> Iterator[Scaled]:
        X = problem.x0
        xp = array_namespace(X)
        eye = xp.eye(X.shape[-1], dtype=X.dtype)
        eta = self.step(problem)
        for k in count():
            Z = gram(X)
            G = problem.gradient(Z)
            damping = self.damping(problem, Z)
            yield Scaled(k, X, Z, G, eta, damping)
            Xt = xp.matrix_transpose(X)
            P = xp.matmul(Xt, X) + column(damping) * eye
            X = X - column(eta) * xp.matmul(G, xp.matrix_transpose(xp.linalg.solve(P, Xt)))
