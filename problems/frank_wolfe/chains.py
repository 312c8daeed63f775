"""The tridiagonal quadratics on which no method in the span of the gradients is fast (Nesterov; Bubeck 2015, 3.14 and 3.15)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from problems.frank_wolfe.composite import Composite
from problems.frank_wolfe.nonsmooth import steps
from ratecheck import Array, Certified, Side, Trait, Unit


def _chain(n: int) -> Array:
    return 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)


def chain(seeds: range, t: Annotated[int, (1, 30)] = 12, beta: Annotated[float, (0.1, 10.0)] = 2.0) -> Composite:
    """Theorem 3.14: (β/8) x'Ax − (β/4) x_1, A tridiagonal (2, −1) of order 2t + 1; from 0, x*_i = 1 − i/(2t + 2)."""
    B, n = len(seeds), 2 * t + 1
    one, zero = np.ones((B, 1)), np.zeros((B, n))
    star = 1 - np.arange(1, n + 1) / (n + 1)
    constants = {
        "L": Certified(np.full(B, beta), Unit(1, -2), Side.EXACT, "the β of the construction (A ≼ 4)"),
        "R": Certified(np.full(B, np.linalg.norm(star)), Unit(0, 1), Side.EXACT, "‖x*‖"),
        **steps(seeds, t),
    }
    H = beta / 4 * _chain(n) * one[:, :, None]
    return Composite(
        H, zero, 0 * one[:, 0], np.inf * one[:, 0], star * one, zero, 0 * one[:, 0], constants, frozenset({Trait.CONVEX, Trait.SMOOTH})
    )


def long_chain(seeds: range, kappa: Annotated[float, (2.0, 100.0)] = 10.0, n: int = 150) -> Composite:
    """Theorem 3.15: (α(κ − 1)/8)(x'Ax − 2x_1) + (α/2)‖x‖², α = 1, x*_i = q^i, q = (√κ − 1)/(√κ + 1), in ℓ₂.

    The first n coordinates: the others of x* weigh q^{2n}, the others of x_t are 0 for t ≤ n.
    """
    B = len(seeds)
    q = (kappa**0.5 - 1) / (kappa**0.5 + 1)
    one, zero = np.ones((B, 1)), np.zeros((B, n))
    star = q ** np.arange(1.0, n + 1)
    constants = {
        "L": Certified(np.full(B, kappa), Unit(1, -2), Side.EXACT, "α + α(κ − 1), as A ≼ 4"),
        "mu": Certified(np.ones(B), Unit(1, -2), Side.EXACT, "α"),
        "R": Certified(np.full(B, q / (1 - q * q) ** 0.5), Unit(0, 1), Side.EXACT, "‖x*‖ in ℓ₂"),
    }
    H = ((kappa - 1) / 4 * _chain(n) + np.eye(n)) * one[:, :, None]
    traits = frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.STRONGLY_CONVEX})
    return Composite(H, zero, 0 * one[:, 0], np.inf * one[:, 0], star * one, zero, 0 * one[:, 0], constants, traits)
