"""Newton's method for lower levels whose third derivative is bounded by their second one."""

from __future__ import annotations

from collections.abc import Callable

from array_api_compat import array_namespace

from problems.bilevel.batched import norm, solve
from ratecheck import Array

NEWTON, CLOSE = 80, 1e-9


def newton(gradient: Callable[[Array], Array], curvature: Callable[[Array], Array], relative: Callable[[Array], Array], y: Array) -> Array:
    """The minimiser of g from y, to rounding; a row stands still after its first step of relative length 1e-9.

    Where |D³g(·)[d, d, d]| ≤ S d'Ad with S = relative(d), (B,), g(y − td) ≤ g − t d'Ad + (e^{tS} − tS − 1) d'Ad/S² decreases at
    t = log(1 + S)/S (Bach 2010), which tends to 1.
    """
    xp = array_namespace(y)
    moving = norm(y) >= 0
    for _ in range(NEWTON):
        d = solve(curvature(y), gradient(y))
        S = relative(d)
        t = xp.where(S > 0, xp.log1p(S) / xp.where(S > 0, S, 1 + 0 * S), 1 + 0 * S)
        y = xp.where(moving[:, None], y - t[:, None] * d, y)
        moving = moving & (norm(d) > CLOSE * (1 + norm(y)))
        if not xp.any(moving):
            break
    return y
