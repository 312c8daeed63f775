"""Diagonal quadratics with additive noise: the expected gap of SGD is a closed recursion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class NoisyQuadratic:
    """f(x) = ½ Σ λ_i x_i², g = ∇f + ξ with E ξ = 0, E ξ_i² = s_i² independent of x."""

    spectrum: Array  # (B, d)
    noise2: Array  # (B, d), s_i²
    x0: Array  # (B, d)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.UNBIASED})

    def value_of_squares(self, squares: Array, /) -> Array:
        """½ Σ λ_i E x_i², (B, d) -> (B,)."""
        return 0.5 * array_namespace(squares).sum(self.spectrum * squares, axis=-1)


def noisy_quadratic(
    seeds: range,
    d: Annotated[int, (1, 30)] = 10,
    kappa: Annotated[float, (1.0, 1e6)] = 1e3,
    sigma: Annotated[float, (0.0, 10.0)] = 1.0,
    R: Annotated[float, (0.0, 100.0)] = 1.0,
    eta: Annotated[float, (1e-3, 0.95)] = 0.3,
) -> NoisyQuadratic:
    """Eigenvalues between 1/κ and 1 on a logarithmic scale; the start along the flattest direction, the noise in all; ηL given."""
    rows = []
    for seed in seeds:
        g = np.random.default_rng([seed, 95])
        lam = np.sort(kappa ** -g.random(d))
        lam[-1] = 1.0
        lam[0] = 1 / kappa if d > 1 else 1.0
        share = g.random(d) + 0.1
        rows.append((lam, sigma**2 * share / share.sum(), R * np.eye(d)[0]))
    lam, noise2, x0 = (np.stack(part) for part in zip(*rows, strict=True))
    B = len(lam)
    constants = {
        "L": Certified(np.ones(B), Unit(1, -2), Side.EXACT, "the largest eigenvalue is 1"),
        "D": Certified(np.full(B, float(R)), Unit(0, 1), Side.EXACT, "‖x_0‖, x* = 0"),
        "sigma2": Certified(noise2.sum(axis=1), Unit(2, -2), Side.EXACT, "E‖ξ‖²"),
        "eta": Certified(np.full(B, float(eta)), Unit(-1, 2), Side.EXACT, "the step, as drawn"),
    }
    return NoisyQuadratic(lam, noise2, x0, constants)
