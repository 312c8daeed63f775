"""Kovalev 2025 (arXiv 2503.12645v2, constants as quoted by a public reader), the corollary of Theorem 2: steps to accuracy tol.

    η = min{tol/(16L), tol³/(256ρ²σ²L)},  al = min{1, tol²/(16ρ²σ²)},
    K = ⌈max{2048 LΔρ²σ²/tol⁴, 256ρ³σ³/tol³, 128 LΔ/tol², 16ρσ/tol}⌉    give    E min_{1≤k≤K} ‖∇f(x_k)‖* ≤ tol.

On an instance the gradient is far below tol after so many steps: that claim is empty. What carries it is claimed beside it: the right
side of Theorem 2 at these parameters is at most tol. Its terms are at most tol times 1/8, 1/8, 1/2, 3/32, 1/8. Here ρ = 1 (Frobenius).
"""

from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np

from algorithms.frank_wolfe.duality_maps import direction
from algorithms.frank_wolfe.trust_region import Momentum, TrustRegion
from problems.frank_wolfe.targets import Target, target
from ratecheck import Always, Array, Certified, Claim, InExpectation, Side, Status, Theorem, Trait, Unit, best, each
from theory_checks.frank_wolfe._trust_region import kovalev, laws, radius, slope

TOL, SIGMA = 2.0, 1.0
AL = min(1.0, TOL**2 / (16 * SIGMA**2))


def tuned(seeds: range) -> Target:
    """Isotropic, L = 3, one instance; η and tol among the constants."""
    made = target(seeds, p=3, q=2, kappa=1.0, start=0.0, reach=0.3, sigma=SIGMA, shared=True)
    L, one = made.constants["L"].value, np.ones(len(seeds))
    eta = np.minimum(TOL / (16 * L), TOL**3 / (256 * SIGMA**2 * L))
    extra = {
        "eps": Certified(eta, Unit(0, 1), Side.EXACT, "η of the corollary"),
        "tol": Certified(TOL * one, Unit(1, -1), Side.EXACT, "chosen"),
    }
    return replace(made, constants={**made.constants, **extra})


def needed(c: Any) -> Array:
    """K before rounding up"""
    L, height, noise, tol = c["L"], c["gap_0"], c["sigma"], c["tol"]
    first, second = 2048 * L * height * noise**2 / tol**4, 256 * noise**3 / tol**3
    return np.maximum(np.maximum(first, second), np.maximum(128 * L * height / tol**2, 16 * noise / tol))


K = ceil(float(needed({name: constant.value for name, constant in tuned(range(1)).constants.items()})[0]))
METHOD = TrustRegion(direction, radius, AL)


def right_side(scale: float = 1.0) -> Any:
    def bound(p: Any, s: Momentum) -> Array:
        """Δ/(ηK) + 2ρσ/(al K) + 2√al ρσ + 3Lη/2 + 2Lη/al at K times `scale`"""
        c = {name: constant.value for name, constant in p.constants.items()}
        steps, drift = K * scale, c["L"] * c["eps"]
        return c["gap_0"] / (c["eps"] * steps) + 2 * c["sigma"] / (AL * steps) + 2 * AL**0.5 * c["sigma"] + 1.5 * drift + 2 * drift / AL

    return bound


CLAIM = Claim[Any, Momentum](
    source=kovalev("corollary of Theorem 2", "ntr.thm2.cor"),
    assumes=frozenset({Trait.SMOOTH, Trait.UNBIASED}),
    instances={"tuned": tuned},
    algorithm=METHOD,
    laws=laws(METHOD),
    metric=best(slope(direction), start=1),
    unit=Unit(f=1, x=-1),
    bound=lambda k, c: c["tol"] + 0 * k,
    given={"K": lambda k, c: needed(c) / k},
    holds=InExpectation(),
    k=range(K, K + 1),
    seeds=32,
)
BUDGET = replace(CLAIM, metric=each(right_side()), holds=Always(power=0.5), k=range(K, K + 1), seeds=2)

THEOREM = Theorem(
    claims={"after K steps": (CLAIM, Status.VACUOUS), "the budget": (BUDGET, Status.CONSISTENT)},
    foils={
        "half the steps": (replace(CLAIM, k=range(K // 2, K // 2 + 1)), Status.NOT_APPLICABLE),
        "a tenth of the steps": (replace(BUDGET, metric=each(right_side(0.1))), Status.REFUTED),
        "al = 1": (replace(CLAIM, algorithm=TrustRegion(direction, radius, 1.0)), Status.UNLAWFUL),
        "tol/100": (replace(CLAIM, bound=lambda k, c: c["tol"] / 100 + 0 * k), Status.REFUTED),
        "0.75 tol": (replace(BUDGET, bound=lambda k, c: 0.75 * c["tol"] + 0 * k), Status.REFUTED),
        "tol²": (replace(BUDGET, bound=lambda k, c: c["tol"] ** 2 + 0 * k), Status.ILL_POSED),
    },
)
