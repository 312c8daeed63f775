"""Gower et al. 2019, Theorem 3.1 (exercise sheet of the handbook's authors): SGD, a constant step and then a decaying one.

f = (1/N) Σ f_i, f_i convex and L_max-smooth, f μ-strongly convex, κ = L_max/μ, R = ‖x_0 − x*‖, σ* = (1/N) Σ ‖∇f_i(x*)‖²,
s_t = 1/(2 L_max) for t ≤ 4⌈κ⌉, s_t = (2t + 1)/((t + 1)² μ) after. For every t ≥ 4⌈κ⌉:

    E ‖x_t − x*‖²  ≤  8 σ*/(μ² t) + 16 ⌈κ⌉² R² / (e² t²)

The second moments are exact. With κ near 1 the noise term is 6 times too large (4/3 against 8) and no more, which is why the
instances are strongly regularised: κ ≤ 4, so that t = 16 is in the second phase.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.quasar_convex.second_moments import MomentsOfSGD, SecondMoments
from algorithms.quasar_convex.stochastic import Schedule
from problems.quasar_convex.finite_sums import Ridge, ridge
from ratecheck import Always, Array, Certified, Claim, Constants, Status, Theorem, Trait, Unit, each
from theory_checks.quasar_convex._common import on, takes_the_steps
from theory_checks.quasar_convex._handbook import SEEN_STEP, averages_over_subsets, expected_distance2, source


def switched(factor: float = 1.0) -> Schedule:
    """1/(2 L_max), then `factor` · (2t + 1)/((t + 1)² μ)."""

    def step(c: Mapping[str, Certified], k: int) -> Array:
        L, mu = c["L_max"].value, c["mu"].value
        xp = array_namespace(mu)
        return xp.where(k <= 4 * xp.ceil(L / mu), 0.5 / L, factor * (2 * k + 1) / ((k + 1) ** 2 * mu))

    return step


def bound(k: Array, c: Constants) -> Array:
    kappa = np.ceil(c["L_max"] / c["mu"])
    return 8 * c["sigma"] / (c["mu"] ** 2 * k) + 16 * kappa**2 * c["R"] ** 2 / (np.e**2 * k**2)


def allowed(k: Array, c: Constants) -> Array:
    """The step of the statement."""
    early = k <= 4 * np.ceil(c["L_max"] / c["mu"])
    return np.where(early, 0.5 / c["L_max"], (2 * k + 1) / ((k + 1) ** 2 * c["mu"]))


def stated(c: Constants, k: int) -> Array:
    """1/(2 L_max) for t ≤ 4⌈κ⌉, then (1 − (t/(t + 1))²)/μ"""
    xp = array_namespace(c["mu"])
    late = (1 - (k / (k + 1)) ** 2) / c["mu"]
    return xp.where(xp.ceil(c["L_max"] / c["mu"]) * 4 < k, late, 1 / (2 * c["L_max"]))


CLAIM = Claim[Ridge, SecondMoments](
    source=source("Theorem 3.1 of the exercise sheet", "sgd.sc.switch", paper="gower2019"),
    assumes=frozenset({Trait.STRONGLY_CONVEX, Trait.SMOOTH, Trait.FINITE_SUM}),
    instances={
        "one unknown": partial(ridge, N=6, n=1, lam=10.0, noise=10.0),
        "three unknowns": partial(ridge, N=6, n=3, lam=10.0, noise=10.0),
    },
    algorithm=MomentsOfSGD(switched()),
    metric=each(expected_distance2),
    unit=Unit(x=2),
    bound=bound,
    holds=Always(),
    k=range(16, 800),
    seen=SEEN_STEP,
    given={
        "t ≥ 4 ceil(kappa)": lambda k, c: 4 * np.ceil(c["L_max"] / c["mu"]) / k,
        "s_t as stated": lambda k, c: 1 + np.abs(c["s"] / allowed(k, c) - 1) - 1e-12,
    },
    laws={"averages over the components": averages_over_subsets(1), "takes the steps": takes_the_steps(stated)},
    seeds=4,
)


def hesitant(c: Mapping[str, Certified], k: int) -> Array:
    return switched()(c, k) / (2 if k < 4 else 1)


CONSTANT = MomentsOfSGD(lambda c, k: 0.5 / c["L_max"].value)

THEOREM = Theorem(
    claims={"switched": (CLAIM, Status.CONSISTENT)},
    foils={
        "never switched": (replace(CLAIM, algorithm=CONSTANT), Status.NOT_APPLICABLE),
        "never switched, unstated": (replace(on(CLAIM, "one unknown"), algorithm=CONSTANT, given={}, laws={}), Status.REFUTED),
        "first steps half as long": (replace(on(CLAIM, "one unknown"), algorithm=MomentsOfSGD(hesitant), given={}), Status.UNLAWFUL),
        "batches of two": (replace(on(CLAIM, "one unknown"), algorithm=MomentsOfSGD(switched(), 2)), Status.UNLAWFUL),
        "noise term 1 for 8": (replace(CLAIM, bound=lambda k, c: bound(k, {**c, "sigma": c["sigma"] / 8})), Status.REFUTED),
        "no noise": (replace(CLAIM, bound=lambda k, c: bound(k, {**c, "sigma": 0 * c["sigma"]})), Status.REFUTED),
        "noise over k^2": (replace(CLAIM, bound=lambda k, c: bound(k, {**c, "sigma": c["sigma"] / k})), Status.REFUTED),
        "mu for mu^2": (replace(CLAIM, bound=lambda k, c: 8 * c["sigma"] / (c["mu"] * k)), Status.ILL_POSED),
    },
)
