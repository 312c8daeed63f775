"""Lower-level and linear solves to a prescribed accuracy, row by row; rows that are done stand still."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.bilevel.batched import norm
from algorithms.bilevel.oracles import Solvable
from ratecheck import Array

LONGEST = 4000  # steps after which a solve is given up: rounding has been reached


class Inexact(Solvable, Protocol):
    def smoothness(self, x: Array, /) -> Array: ...  # an upper bound on ‖A‖ at x, (B,)
    def cross_lipschitz(self, x: Array, /) -> Array: ...  # L_B at x, (B,)


def solve_lower(p: Inexact, x: Array, y: Array, accuracy: Array) -> Array:
    """‖∇_y g(x, y)‖ ≤ μ·accuracy, hence ‖y − y*(x)‖ ≤ accuracy: Nesterov 1983 with momentum (√κ−1)/(√κ+1), from y."""
    xp = array_namespace(x)
    mu, L = p.constants["mu"].value + 0 * x[:, 0], p.smoothness(x)
    root = xp.sqrt(L / mu)
    momentum, before = ((root - 1) / (root + 1))[:, None], y
    for _ in range(LONGEST):
        open_ = norm(p.lower_y(x, y)) > mu * accuracy
        if not xp.any(open_):
            break
        ahead = y + momentum * (y - before)
        after = ahead - p.lower_y(x, ahead) / L[:, None]
        before, y = xp.where(open_[:, None], y, before), xp.where(open_[:, None], after, y)
    return y


def solve_linear(
    A: Callable[[Array], Array], v: Array, q: Array, tolerance: Array, inverse: Callable[[Array], Array] | None = None
) -> Array:
    """‖A q − v‖ ≤ tolerance by conjugate gradients from q (Hestenes, Stiefel 1952), preconditioned by inverse ≈ A⁻¹ where it is given."""
    xp = array_namespace(v)
    r, enough = v - A(q), tolerance**2 + 0 * v[:, 0]
    direction = z = r if inverse is None else inverse(r)
    rho = xp.vecdot(r, z)
    for _ in range(LONGEST):
        open_ = (rho if inverse is None else xp.vecdot(r, r)) > enough
        if not xp.any(open_):
            break
        Ap = A(direction)
        curvature = xp.vecdot(direction, Ap)
        alpha = xp.where(open_, rho / xp.where(curvature > 0, curvature, 1.0), 0.0)[:, None]
        q, r = q + alpha * direction, r - alpha * Ap
        z = r if inverse is None else inverse(r)
        following = xp.where(open_, xp.vecdot(r, z), rho)  # a closed row keeps q, r and rho; its direction no longer matters
        direction, rho = z + (following / xp.where(rho > 0, rho, 1.0))[:, None] * direction, following
    return q
