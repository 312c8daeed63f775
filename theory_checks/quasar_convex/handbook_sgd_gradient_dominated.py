"""Garrigos, Gower 2023 (v1), Theorem 5.9: SGD under Polyak–Łojasiewicz; and SGD without it, best gradient (derived).

f = (1/N) Σ f_i, f L-smooth, f_i L_max-smooth, e_t = f(x_t) − f*, Δ* = f* − (1/N) Σ inf f_i, constant step s.

    f μ-PL, s ≤ μ/(L L_max):      E e_t ≤ (1 − s μ)^t e_0 + s (L L_max/μ) Δ*                 for every t
    s = √(2/(L L_max T)):         min_{t<T} E ‖∇f(x_t)‖² ≤ √(2 L L_max/T) (2 e_0 + Δ*)

Why the second (derived): E e_{t+1} ≤ E e_t − s E‖∇f‖² + (s² L/2) E‖∇f_i‖² and E‖∇f_i‖² ≤ 2 L_max (e_t + Δ*), so with
a = s² L L_max = 2/T: E e_{t+1} ≤ (1 + a) E e_t − s E‖∇f(x_t)‖² + a Δ*. The weights (1 + a)^{−t−1} telescope:
min E‖∇f‖² ≤ (a/s)(e_0/q + Δ*), q = 1 − (1 + 2/T)^{−T} ≥ 2/3. The instances start at the stationary variance, where only
2 e_0 is lost. The expectations are exact.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.quasar_convex.second_moments import MomentsOfSGD, SecondMoments
from problems.quasar_convex.finite_sums import Ridge, ridge
from ratecheck import Always, Array, Claim, Constants, Statement, Status, Theorem, Trait, Unit, best, each
from theory_checks.quasar_convex._common import on
from theory_checks.quasar_convex._handbook import SEEN_STEP, averages_over_subsets, expected_gap, expected_gradient2, source

T = 200


def stationary(seeds: range, n: int = 1, lam: float = 1.0) -> Ridge:
    """Started where E ‖∇f(x_t)‖² stays: at ‖x_0 − x*‖² = s σ*/(2 L)."""
    p = ridge(seeds, N=8, n=n, lam=lam, noise=1.0)
    c = {name: constant.value for name, constant in p.constants.items()}
    factor = (c["sigma"] / (2 * c["L"]) * (2 / (c["L"] * c["L_max"] * T)) ** 0.5) ** 0.5
    changed = {name: replace(p.constants[name], value=c[name] * factor**power) for name, power in (("R", 1), ("e0", 2))}
    return replace(p, x0=p.x_star + factor[:, None] * (p.x0 - p.x_star), constants={**p.constants, **changed})


def dominated(share: float) -> MomentsOfSGD:
    """The step `share` · μ/(L L_max)."""
    return MomentsOfSGD(lambda c, k: share * c["mu"].value / c["L"].value / c["L_max"].value)


def horizon(share: float) -> MomentsOfSGD:
    """The step `share` · √(2/(L L_max T))."""
    return MomentsOfSGD(lambda c, k: share * (2 / c["L"].value / c["L_max"].value / T) ** 0.5)


def linear(k: Array, c: Constants) -> Array:
    return (1 - c["s"] * c["mu"]) ** k * c["e0"] + c["s"] * c["L"] * c["L_max"] / c["mu"] * c["Delta"]


def best_gradient(k: Array, c: Constants) -> Array:
    return (2 * c["L"] * c["L_max"] / T) ** 0.5 * (2 * c["e0"] + c["Delta"])


LINEAR = Claim[Ridge, SecondMoments](
    source=source("Theorem 5.9", "sgd.pl"),
    assumes=frozenset({Trait.POLYAK_LOJASIEWICZ, Trait.SMOOTH, Trait.FINITE_SUM}),
    instances={
        "ridge": partial(ridge, N=12, n=4),
        "noisy": partial(ridge, N=12, n=4, noise=1.0),
        "one long row": partial(ridge, N=12, n=4, stretch=5.0),
    },
    algorithm=dominated(1.0),
    metric=each(expected_gap),
    unit=Unit(f=1),
    bound=linear,
    holds=Always(),
    k=range(1, 401),
    seen=SEEN_STEP,
    given={"s ≤ mu/(L L_max)": lambda k, c: c["s"] * c["L"] * c["L_max"] / c["mu"]},
    laws={"averages over the components": averages_over_subsets(1)},
    seeds=4,
)
BEST = replace(
    LINEAR,
    source=source("later version, non-convex SGD", "sgd.nonconvex", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH, Trait.FINITE_SUM}),
    instances={"stationary": stationary, "stationary, strongly regularised": partial(stationary, lam=10.0)},
    algorithm=horizon(1.0),
    metric=best(expected_gradient2),
    unit=Unit(f=2, x=-2),
    bound=best_gradient,
    k=range(T - 1, T),
    given={"s² L L_max T = 2": lambda k, c: np.abs(c["s"] ** 2 * c["L"] * c["L_max"] * T / 2 - 1) / 1e-9},
)
LONG = dominated(1e2)

THEOREM = Theorem(
    claims={"Polyak–Łojasiewicz": (LINEAR, Status.CONSISTENT), "best gradient": (BEST, Status.CONSISTENT)},
    foils={
        "PL: no noise": (
            replace(on(LINEAR, "noisy"), bound=lambda k, c: linear(k, {**c, "Delta": 0 * c["Delta"]}), k=range(1, 1001)),
            Status.REFUTED,
        ),
        "PL: half of e0": (
            replace(LINEAR, bound=lambda k, c: linear(k, {**c, "e0": c["e0"] / 2, "Delta": c["Delta"] / 2})),
            Status.REFUTED,
        ),
        "PL: mu for mu^2": (replace(LINEAR, bound=lambda k, c: linear(k, c) / c["mu"]), Status.ILL_POSED),
        "PL: 20 mu": (replace(on(LINEAR, "ridge"), bound=lambda k, c: linear(k, {**c, "mu": 20 * c["mu"]})), Status.REFUTED),
        "PL: step 100 times": (replace(LINEAR, algorithm=LONG), Status.NOT_APPLICABLE),
        "PL: step 100 times, unstated": (replace(LINEAR, algorithm=LONG, given={}), Status.REFUTED),
        "PL: batches of two": (replace(on(LINEAR, "noisy"), algorithm=replace(dominated(1.0), batch=2)), Status.UNLAWFUL),
        "best: a fifth": (replace(BEST, bound=lambda k, c: best_gradient(k, c) / 5), Status.REFUTED),
        "best: a hundredth of the step": (replace(BEST, algorithm=horizon(0.01)), Status.NOT_APPLICABLE),
    },
)
