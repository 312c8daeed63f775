"""Stochastic gradients g = ξ ∇f(x) + ε, with every moment known: the constants that a problem carries for them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ratecheck import Array, Certified, Side, Unit


def noise_constants(sigma: float, xi: float, L: Array) -> Mapping[str, Certified]:
    """ξ ∈ {0, xi} with mean 1, ε normal with E‖ε‖² = sigma², independent of each other and of the past."""
    ones, exact = np.ones_like(L), Side.EXACT
    return {
        "sigma2": Certified(sigma**2 * ones, Unit(2, -2), exact, "E‖ε‖² = E‖g(x*)‖², the variance as drawn"),
        "xi": Certified(xi * ones, Unit(), exact, "E ξ², so E‖g‖² = xi ‖∇f‖² + sigma²: strong growth for sigma = 0"),
        "rho": Certified((xi - 1) * L, Unit(1, -2), Side.UPPER, "E‖g − g(x*) − ∇f‖² = (xi − 1)‖∇f‖² ≤ 2 (xi − 1) L (f − f*)"),
    }
