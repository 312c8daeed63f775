"""What the iterations of matrix sensing ask of a problem, and the steps and projections that they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from array_api_compat import array_namespace

from ratecheck import Array, Problem


class Sensed(Problem, Protocol):
    """Data of a matrix: gradient(Z) = A*(A(Z) − y)."""

    def gradient(self, Z: Array, /) -> Array: ...  # (B, n, n) -> (B, n, n)
    def misfit(self, Z: Array, /) -> Array: ...  # (B, n, n) -> (B,), ½‖A(Z) − y‖²


Step: TypeAlias = Callable[[Any], Array]  # problem -> the step of each row, (B,), or one number for all


def constant(eta: float) -> Step:
    return lambda problem: eta


def column(step: Array) -> Array:
    """A step (B,) or a number, to be multiplied with (B, n, n)."""
    return step if isinstance(step, int | float) else step[:, None, None]


def gram(X: Array) -> Array:
    """X Xᵀ."""
    xp = array_namespace(X)
    return xp.matmul(X, xp.matrix_transpose(X))


def truncated(Y: Array, r: int) -> Array:
    """The best approximation of rank r."""
    xp = array_namespace(Y)
    U, s, Vh = xp.linalg.svd(Y, full_matrices=False)
    return xp.matmul(U[:, :, :r] * s[:, None, :r], Vh[:, :r, :])
