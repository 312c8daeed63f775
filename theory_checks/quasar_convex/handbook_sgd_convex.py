"""Garrigos, Gower 2023 (v1), Theorem 5.3 and its cases: SGD on convex smooth components, weighted means of the gap.

f = (1/N) Σ f_i, f_i convex and L-smooth (L = L_max), x_{t+1} = x_t − s_t ∇f_i(x_t), R = ‖x_0 − x*‖, σ* = (1/N) Σ ‖∇f_i(x*)‖²,
a_T = weighted mean of E f(x_t) − f* over t < T; it dominates E f(x̄_T) − f*, the printed left-hand side. For every T ≥ 1:

    5.3     s_t < 1/(2L), weights p_t = s_t (1 − 2 s_t L), W = Σ p_t:   a_T ≤ R²/(2W) + σ* Σ s_t² / W
    5.5(1)  s_t = s < 1/(2L), uniform:        a_T ≤ R²/(2 s (1 − 2sL) T) + s σ*/(1 − 2sL);   for s ≤ 1/(4L):  ≤ R²/(sT) + 2 s σ*
    5.5(2)  s_t = s/√(t+1), weights p_t:      a_T ≤ R²/(2 s √T) + s (1 + log T) σ*/√T,   T ≥ 49
    short   s L < 1, uniform:                 a_T ≤ R²/(2 s T) + s σ*/(2 (1 − sL))
    1/L     s = 1/L, 0 < e < 2, uniform:      a_T ≤ R²/((2 − e) s T) + s (2 + e) σ*/(e (2 − e))

Deviation of 5.5(2): printed with log T and for every T. The proof bounds Σ_{t<T} 1/(t+1) ≤ 1 + log T and Σ s_t (1 − 2 s_t L) ≥ s √T,
the latter for T ≥ 49; no violation of the printed form is known. The last two are on slides of the first author (2025).
The expectation is exact: the second moment of (x − x*, 1) obeys a linear recursion on least squares. Index k means T = k + 1.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.quasar_convex.second_moments import MomentsOfSGD, SecondMoments
from problems.quasar_convex.finite_sums import Ridge, ridge
from ratecheck import Always, Array, Bound, Claim, Constants, Measure, Seen, Status, Theorem, Trait, Unit, mean, total
from theory_checks.quasar_convex._common import has_its_weights, on
from theory_checks.quasar_convex._handbook import SEEN_STEP, SEEN_SUMS, STEP, averages_over_subsets, expected_gap, source


def constant(share: float) -> MomentsOfSGD:
    """The step `share` / L_max."""
    return MomentsOfSGD(lambda c, k: share / c["L_max"].value)


def decaying(share: float) -> MomentsOfSGD:
    return MomentsOfSGD(lambda c, k: share / (k + 1) ** 0.5 / c["L_max"].value)


def weighted(share: float) -> Measure[Ridge, SecondMoments]:
    """The weights s_t (1 − 2 s_t L) of the decaying step."""
    return mean(expected_gap, lambda t: (share / (t + 1) ** 0.5) * (1 - 2 * share / (t + 1) ** 0.5))


def weighed(p: Ridge, s: SecondMoments) -> Array:
    """p_t of the step that was taken"""
    return s.step * (1 - 2 * s.step * p.constants["L_max"].value)


def general(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (2 * c["W"]) + c["sigma"] * c["sum s^2"] / c["W"]


def fixed(k: Array, c: Constants) -> Array:
    rest = 1 - 2 * c["s"] * c["L_max"]
    return c["R"] ** 2 / (2 * c["s"] * rest * (k + 1)) + c["s"] * c["sigma"] / rest


def small(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (c["s"] * (k + 1)) + 2 * c["s"] * c["sigma"]


def rooted(k: Array, c: Constants) -> Array:
    T = k + 1
    s = c["s"] * T**0.5  # s_0
    return c["R"] ** 2 / (2 * s * T**0.5) + s * (1 + np.log(T)) * c["sigma"] / T**0.5


def short(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (2 * c["s"] * (k + 1)) + c["s"] * c["sigma"] / (2 * (1 - c["s"] * c["L_max"]))


def full(e: float) -> Bound:
    return lambda k, c: c["R"] ** 2 / ((2 - e) * c["s"] * (k + 1)) + c["s"] * (2 + e) * c["sigma"] / (e * (2 - e))


GENERAL = Claim[Ridge, SecondMoments](
    source=source("Theorem 5.3", "sgd.convex.general"),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.FINITE_SUM}),
    instances={
        "least squares": partial(ridge, lam=0.0, N=12, n=4),
        "noisy": partial(ridge, noise=10.0, N=12, n=4),
        "one row, one unknown": partial(ridge, N=1, n=1, lam=0.0, noise=0.0),
    },
    algorithm=decaying(0.25),
    metric=weighted(0.25),
    unit=Unit(f=1),
    bound=general,
    holds=Always(),
    k=range(300),
    seen={"W": Seen(total(weighed), STEP), **SEEN_SUMS, **SEEN_STEP},
    given={"s < 1/(2 L_max)": lambda k, c: 2 * c["s"] * c["L_max"]},
    laws={"averages over the components": averages_over_subsets(1)},
    seeds=4,
)
CONSTANT = replace(
    GENERAL, source=source("Corollary 5.5(1)", "sgd.convex.const"), algorithm=constant(0.25), metric=mean(expected_gap), bound=fixed
)
SMALL = replace(CONSTANT, bound=small, given={"s ≤ 1/(4 L_max)": lambda k, c: 4 * c["s"] * c["L_max"]})
ROOT = replace(on(GENERAL, "least squares", "noisy"), source=source("Corollary 5.5(2)", "sgd.convex.sqrt"), bound=rooted, k=range(48, 500))
SHORT = replace(
    CONSTANT,
    source=source("slides on SGD, 2025", "sgd.convex.short", paper="cortild2025"),
    algorithm=constant(0.5),
    bound=short,
    given={"s < 1/L_max": lambda k, c: c["s"] * c["L_max"]},
)
FULL = replace(
    SHORT,
    source=source("slides on SGD, 2025", "sgd.convex.opt", paper="cortild2025"),
    algorithm=constant(1.0),
    bound=full(0.5),
    given={"s = 1/L_max": lambda k, c: np.maximum(c["s"] * c["L_max"], 1 / (c["s"] * c["L_max"])) - 1e-12},
)
LONE = {"one long row": partial(ridge, stretch=8.0, N=12, n=4)}

THEOREM = Theorem(
    claims={
        "any schedule": (GENERAL, Status.CONSISTENT),
        "any schedule: the weights": (has_its_weights(GENERAL, expected_gap, weighed), Status.CONSISTENT),
        "constant step": (CONSTANT, Status.CONSISTENT),
        "constant step, at most 1/(4 L)": (SMALL, Status.CONSISTENT),
        "step s/√(t+1), corrected": (ROOT, Status.CONSISTENT),
        "short steps": (SHORT, Status.CONSISTENT),
        "step 1/L, e = 1/2": (FULL, Status.CONSISTENT),
        "step 1/L, e = 1": (replace(FULL, bound=full(1.0)), Status.CONSISTENT),
    },
    foils={
        "general: the weights of another schedule": (
            has_its_weights(replace(on(GENERAL, "noisy"), algorithm=decaying(0.125)), expected_gap, weighed), Status.REFUTED
        ),
        "general: a quarter": (replace(GENERAL, bound=lambda k, c: general(k, c) / 4), Status.REFUTED),
        "general: no noise": (replace(on(GENERAL, "noisy"), bound=lambda k, c: c["R"] ** 2 / (2 * c["W"])), Status.REFUTED),
        "general: batches of two": (replace(on(GENERAL, "noisy"), algorithm=replace(decaying(0.25), batch=2)), Status.UNLAWFUL),
        "constant: step 3/L": (replace(CONSTANT, algorithm=constant(3.0)), Status.NOT_APPLICABLE),
        "constant: step 2.5/L, one row dominates": (replace(SMALL, instances=LONE, algorithm=constant(2.5), given={}), Status.REFUTED),
        "constant: no noise": (replace(on(CONSTANT, "noisy"), bound=lambda k, c: fixed(k, {**c, "sigma": 0})), Status.REFUTED),
        "sqrt: as if R were half": (replace(ROOT, bound=lambda k, c: rooted(k, c) / 8), Status.REFUTED),
        "short: a third": (replace(SHORT, bound=lambda k, c: short(k, c) / 3), Status.REFUTED),
        "short: sigma": (replace(SHORT, bound=lambda k, c: short(k, c) + c["sigma"]), Status.ILL_POSED),
        "1/L: no noise": (replace(on(FULL, "noisy"), bound=lambda k, c: full(0.5)(k, {**c, "sigma": 0})), Status.REFUTED),
    },
)
