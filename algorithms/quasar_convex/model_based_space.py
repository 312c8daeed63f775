"""Davis, Drusvyatskiy 2019: the steps of the stochastic sub-gradient and prox-linear methods in R^n, for a mean of |c_i| with c_i smooth."""

from __future__ import annotations

from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Problem


class Deviations(Problem, Protocol):
    """f = (1/N) Σ |c_i| with c_i smooth on R^n."""

    @property
    def size(self) -> int: ...
    def models(self, x: Array, /) -> tuple[Array, Array]: ...  # c_i(x), ∇c_i(x), (B, n) -> (B, N) and (B, N, n)


def subgradient_steps(p: Deviations, x: Array, step: Array) -> Array:
    """x − a sign(c_i) ∇c_i for every i, (B, N, n); at c_i = 0 the sub-gradient 0."""
    c, slopes = p.models(x)
    return x[:, None, :] - step[:, None, None] * array_namespace(x).sign(c)[:, :, None] * slopes


def prox_linear_steps(p: Deviations, x: Array, step: Array) -> Array:
    """argmin_y |c_i + ⟨∇c_i, y − x⟩| + ‖y − x‖²/(2 step) for every i, (B, N, n): along ∇c_i, to the kink and no further than `step`."""
    xp = array_namespace(x)
    c, slopes = p.models(x)
    squared = xp.sum(slopes * slopes, axis=-1)
    longest = step[:, None] + 0.0 * c
    exact = c / xp.where(squared > 0, squared, 1.0 + 0.0 * squared)
    return x[:, None, :] - xp.minimum(xp.maximum(exact, -longest), longest)[:, :, None] * slopes
