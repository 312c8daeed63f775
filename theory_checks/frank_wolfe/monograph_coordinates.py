"""Bubeck 2015 (arXiv 1405.4980v2), Theorems 6.6, 6.7, 6.8: random coordinate descent, x_{s+1} = x_s − η_i ∂_i f(x_s) e_i.

6.6. f convex and Lip-Lipschitz on Rⁿ, i uniform, R² ≥ ‖x_1 − x*‖²/2. With the constant step η = (R/Lip) √(2n/t)

    E f((1/t) Σ x_s) − f* ≤ R Lip √(2n/t).

    The printed step is (R/Lip) √(2/(nt)), n times smaller: it is the step of stochastic mirror descent for the oracle n ∂_i f e_i
    (second moment n Lip²), which multiplies n ∂_i f. In the update above, as the book defines RCD, the factor n has to be in η. With
    the printed step and Lip‖x − x*‖₂ the iterates cover about √(t/n³) of the way, so f hardly falls in t < n³ steps while the bound
    does: n = 20, t = 100 gives twice the bound.

6.7. ∂_i f is β_i-Lipschitz along e_i, i drawn in proportion to β_i^γ, η_i = 1/β_i, R_{1−γ} the radius of the level set of x_1 around
    x* in the norm (Σ β_i^{1−γ} x_i²)^½:   E f(x_t) − f* ≤ 2 R²_{1−γ} Σ β_i^γ/(t − 1),  t ≥ 2.
6.8. If f is also α-strongly convex in that norm, κ_γ = Σ β_i^γ/α:   E f(x_{t+1}) − f* ≤ (1 − 1/κ_γ)^t (f(x_1) − f*),
    met by Σ β_i x_i²/2 from a multiple of e_i, i the least β.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from algorithms.frank_wolfe.stochastic_gradient import CoordinateDescent, Drawn, picked
from problems.frank_wolfe.stochastic import norm, separable
from ratecheck import Array, Claim, Constants, InExpectation, Law, Status, Theorem, Trait, Unit, at_average, each
from theory_checks.frank_wolfe._monograph import bubeck, gap, gap_at, is_the_mean, off, starts

T = 100


def uniform(p: Any) -> Array:
    return 0 * p.x0 + 1


def tuned(power: float) -> Callable[[Any], Array]:
    """(R/Lip) √(2/t) n^power"""

    def step(p: Any) -> Array:
        n = p.x0.shape[1]
        return (p.constants["R"].value / p.constants["Lip"].value * (2 / T) ** 0.5 * n**power)[:, None] + 0 * p.x0

    return step


def inverse(p: Any) -> Array:
    return 1 / p.beta


def double(p: Any) -> Array:
    return 2.5 / p.beta


def squared(p: Any) -> Array:
    return p.beta**2


def in_proportion(gamma: float) -> Callable[[Any], Array]:
    return lambda p: p.beta**gamma


def laws(step: Callable[[Any], Array], weights: Callable[[Any], Array]) -> dict[str, Law[Any, Drawn]]:
    def law(p: Any, s: Drawn, t: Drawn) -> Array:
        """one coordinate moves, by −η_i ∂_i f(x_k), and the draw says which"""
        return off(t.x, s.x - picked(weights(p), s.u) * step(p) * p.grad(s.x), s.x) + abs(t.k - s.k - 1)

    def fair(p: Any, s: Drawn, t: Drawn) -> Array:
        """the coordinate that moves is in the cell of the draw"""
        xp = array_namespace(s.x)
        moved = xp.astype(t.x != s.x, s.x.dtype)
        return xp.max(moved * (1 - picked(weights(p), s.u)), axis=-1)

    return {"the step": law, "the draw": fair, "the start": starts}


def claim(step: Callable[[Any], Array], weights: Callable[[Any], Array], place: str, slug: str) -> Claim[Any, Drawn]:
    return Claim[Any, Drawn](
        source=bubeck(place, slug),
        assumes=frozenset({Trait.CONVEX}),
        instances={"norm": norm},
        algorithm=CoordinateDescent(step, weights),
        laws=laws(step, weights),
        metric=each(gap),
        unit=Unit(f=1),
        bound=lambda k, c: c["h_0"] + 0 * k,
        holds=InExpectation(),
        k=range(1, 120),
        seeds=128,
    )


def lipschitz(k: Array, c: Constants) -> Array:
    return c["R"] * c["Lip"] * np.sqrt(2 * c["n"] / (k + 1))


LIPSCHITZ = replace(
    claim(tuned(0.5), uniform, "Theorem 6.6, corrected", "bub.6.6"),
    assumes=frozenset({Trait.CONVEX, Trait.LIPSCHITZ}),
    metric=at_average(gap_at, lambda s: s.x),
    bound=lipschitz,
    k=range(T - 1, T),
    seeds=64,
)
PRINTED = replace(
    LIPSCHITZ, source=bubeck("Theorem 6.6", "bub.6.6"), algorithm=CoordinateDescent(tuned(-0.5), uniform), laws=laws(tuned(-0.5), uniform)
)
SMOOTH, UNIFORM = (
    replace(
        claim(inverse, in_proportion(gamma), f"Theorem 6.7, γ = {gamma:g}", "bub.6.7"),
        assumes=frozenset({Trait.CONVEX, Trait.SMOOTH}),
        instances={"Huber": partial(separable, power=gamma)},
        bound=lambda k, c: 2 * c["R2_sum"] / k,
    )
    for gamma in (1.0, 0.0)
)
STRONG = replace(
    SMOOTH,
    source=bubeck("Theorem 6.8, γ = 1", "bub.6.8"),
    assumes=SMOOTH.assumes | {Trait.STRONGLY_CONVEX},
    instances={"quadratic": partial(separable, power=1.0, tau=float("inf"), n=4)},
    bound=lambda k, c: (1 - c["rate"]) ** k * c["h_0"],
    k=range(1, 20),
    sharp={"quadratic": InExpectation(power=0.5)},
)

THEOREM = Theorem(
    claims={
        "6.6, step (R/Lip)√(2n/t)": (LIPSCHITZ, Status.CONSISTENT),
        "6.6, the mean": (is_the_mean(LIPSCHITZ), Status.CONSISTENT),
        "6.7, γ = 1": (SMOOTH, Status.CONSISTENT),
        "6.7, γ = 0": (UNIFORM, Status.CONSISTENT),
        "6.8": (STRONG, Status.CONSISTENT),
    },
    foils={
        "6.6, the last point for the mean": (replace(is_the_mean(LIPSCHITZ), metric=each(gap)), Status.REFUTED),
        "the printed step, with laws": (replace(LIPSCHITZ, algorithm=CoordinateDescent(tuned(-0.5), uniform)), Status.UNLAWFUL),
        "uniform sampling for β_i": (replace(SMOOTH, algorithm=CoordinateDescent(inverse, uniform)), Status.UNLAWFUL),
        "step 2.5/β": (replace(STRONG, algorithm=CoordinateDescent(double, in_proportion(1.0)), laws={}, sharp={}), Status.REFUTED),
        "sampling in proportion to β²": (replace(STRONG, algorithm=CoordinateDescent(inverse, squared), laws={}, sharp={}), Status.REFUTED),
        "no n": (replace(LIPSCHITZ, bound=lambda k, c: lipschitz(k, c) / c["n"]), Status.REFUTED),
        "a twentieth": (replace(SMOOTH, bound=lambda k, c: 0.1 * c["R2_sum"] / k), Status.REFUTED),
        "twice the rate": (replace(STRONG, bound=lambda k, c: STRONG.bound(2 * k, c)), Status.REFUTED),
        "no R": (replace(LIPSCHITZ, bound=lambda k, c: c["Lip"] * np.sqrt(2 * c["n"] / (k + 1))), Status.ILL_POSED),
    },
    printed={"6.6, step (R/Lip)√(2/(nt))": (PRINTED, Status.REFUTED)},
)
