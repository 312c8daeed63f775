"""Ma, Fattahi 2023: sub-gradient method (SubGM) for robust recovery from a small start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol, TypeAlias

from array_api_compat import array_namespace

from algorithms.matrix_sensing.oracles import column, gram
from ratecheck import Array, Noise, Problem


class Signed(Problem, Protocol):
    def value(self, Z: Array, /) -> Array: ...  # (1/m) Σ |⟨A_i, Z⟩ − y_i|, (B,)
    def sign_direction(self, Z: Array, /) -> Array: ...  # (B, n, n)


Rule: TypeAlias = Callable[[Any, int, Array], Array]  # (problem, k, Z) -> step, (B,) or a number


def residual_rule(eta: float) -> Rule:
    """η_t = η (1/m) Σ|residual| (noiseless; Polyak-like)."""
    return lambda problem, k, Z: eta * problem.value(Z)


def geometric_rule(eta: float, rho: float) -> Rule:
    """η_t = η ρ^t (outliers)."""
    return lambda problem, k, Z: eta * rho**k


@dataclass(frozen=True, eq=False)
class Signs:
    k: int
    X: Array  # (B, n, k)
    Z: Array  # (B, n, n), X Xᵀ
    D: Array  # (B, n, n), mean of sign · A_i
    step: Array  # (B,) or a number


@dataclass(frozen=True)
class SubgradientMethod:
    """X_{t+1} = X_t − 2 η_t D_t X_t."""

    rule: Rule

    def iterates(self, problem: Signed, noise: Noise, /) -> Iterator[Signs]:
        X = problem.x0
        xp = array_namespace(X)
        for k in count():
            Z = gram(X)
            D = problem.sign_direction(Z)
            step = self.rule(problem, k, Z)
            yield Signs(k, X, Z, D, step)
            X = X - 2 * column(step) * xp.matmul(D, X)
