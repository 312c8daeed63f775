"""Carderera, Besançon, Pokutta 2021 (arXiv 2105.13913), Theorems 2.4 and 2.6, Remark 2.5: monotone open loop steps, ν = 2.

f (M, 2)-generalized self-concordant, C = ω₂(½) L_f D², T = max{0, ⌈4MD⌉ − 2} (as printed without the 0, which its proof needs):

    h_t ≤ 4(T+1)/(t+1) max{h_0, C}   for t ≥ T,   h_t ≤ h_0 before                                         (Theorem 2.4)
    min_{s≤t≤K} g(x_t) ≤ (4(T+1) max{h_0, C}/(s+1) + C Σ_s^K γ_t²) / Σ_s^K γ_t   for K ≥ s ≥ T             (Theorem 2.6, derived constant)
    h_t ≤ 4K/(t+3),  K = ω₂(MD) L D², t ≥ 1, from the recursion h_{t+1} ≤ (1 − γ_t) h_t + γ_t² K            (Remark 2.5, derived)
    h_t ≤ 2K/(t+1)                                                                                         (Remark 2.5 as printed)

The recursion alone gives the printed form only up to h_2 ≤ 7K/9 > 2K/3; no function that breaks it is known.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

import numpy as np

from algorithms.frank_wolfe.monotone import MonotoneState, Reject, Sticky
from problems.frank_wolfe.logistic import breast_cancer, synthetic
from problems.frank_wolfe.simplex import squared_norm
from ratecheck import (
    Always,
    Array,
    Bound,
    Claim,
    Constants,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    best_within,
    each,
    each_step,
)
from theory_checks.frank_wolfe._common import Gapped, f_gap, fw_gap, primal_gap, roundoff
from theory_checks.frank_wolfe._self_concordance import REJECT, Concordant, omega

STEPS = 2 / (np.arange(2000) + 2)
SUM, SQUARES = np.concatenate([[0.0], np.cumsum(STEPS)]), np.concatenate([[0.0], np.cumsum(STEPS**2)])


class GappedConcordant(Gapped, Concordant, Protocol): ...


def burn_in(c: Constants) -> Array:
    return np.maximum(0.0, np.ceil(4 * c["M"] * c["D"]) - 2)


def top(c: Constants) -> Array:
    """max{h_0, C}"""
    return np.maximum(c["h_0"], omega(2.0, 0.5) * c["L"] * c["D"] ** 2)


def after(k: Array, c: Constants) -> Array:
    T = burn_in(c)
    return np.where(k < T, c["h_0"], 4 * (T + 1) / (k + 1) * top(c))


def anytime(c: Constants) -> Array:
    """K = ω₂(MD) L D²"""
    return omega(2.0, c["M"] * c["D"]) * c["L"] * c["D"] ** 2


def window(start: int) -> Callable[[int], int]:
    return lambda k: min(k, max(start, k // 2))


def dual(start: int) -> Bound:
    def bound(k: Array, c: Constants) -> Array:
        K, s = k.astype(int), np.minimum(k, np.maximum(start, k // 2)).astype(int)
        C = omega(2.0, 0.5) * c["L"] * c["D"] ** 2
        first = 4 * (burn_in(c) + 1) / (s + 1) * top(c)
        return (first + C * (SQUARES[K + 1] - SQUARES[s])) / (SUM[K + 1] - SUM[s])

    return bound


PRIMAL = Claim[GappedConcordant, MonotoneState](
    source=Source("carderera2021", "Theorem 2.4, ν = 2", "fw.gsc.primal-gap", Statement.VERIFIED),
    assumes=frozenset({Trait.SELF_CONCORDANT, Trait.COMPACT}),
    instances={"squared norm": squared_norm},
    algorithm=Reject(),
    laws=REJECT,
    metric=each(primal_gap),
    unit=Unit(f=1),
    bound=after,
    holds=Always(),
    k=range(1, 120),
    rounding=roundoff,
    gap=f_gap,
)

LOOSE = {"logistic": partial(synthetic, radius=0.1), "breast cancer": partial(breast_cancer, radius=0.5)}
LOGISTIC = replace(PRIMAL, instances=LOOSE, k=range(60, 120))
STEP = replace(
    PRIMAL,
    source=replace(PRIMAL.source, place="Theorem 2.4, its recursion"),
    instances={"logistic": synthetic},
    metric=each_step(lambda p, s, t: primal_gap(p, t)),
    bound=lambda k, c: (1 - 2 / (k + 2)) * c["h"] + (2 / (k + 2)) ** 2 * omega(2.0, 0.5) * c["L"] * c["D"] ** 2,
    seen={"h": Seen(each(primal_gap), Unit(f=1))},
    given={"t ≥ T": lambda k, c: burn_in(c) / k},
    k=range(20, 120),
)
DUAL = replace(
    PRIMAL,
    source=Source("carderera2021", "Theorem 2.6, derived constant", "fw.gsc.fw-gap", Statement.DERIVED),
    metric=best_within(fw_gap, window(0)),
    bound=dual(0),
    gap=lambda k, c: 0 * k,
)
DUAL_LATE = replace(
    DUAL, instances={"logistic": synthetic}, metric=best_within(fw_gap, window(20)), bound=dual(20), given=STEP.given, k=range(20, 120)
)
SAFE = replace(
    PRIMAL,
    source=Source("carderera2021", "Remark 2.5, derived form", "fw.gsc.nu2-anytime", Statement.DERIVED),
    bound=lambda k, c: 4 * anytime(c) / (k + 3),
)
REMARK = replace(SAFE.source, place="Remark 2.5", statement=Statement.VERIFIED)
PRINTED = replace(SAFE, source=REMARK, bound=lambda k, c: 2 * anytime(c) / (k + 1))

THEOREM = Theorem(
    claims={
        "primal gap": (PRIMAL, Status.CONSISTENT),
        "primal gap, logistic": (LOGISTIC, Status.VACUOUS),
        "one step of it": (STEP, Status.CONSISTENT),
        "duality gap": (DUAL, Status.CONSISTENT),
        "duality gap, logistic": (DUAL_LATE, Status.VACUOUS),
        "any time": (SAFE, Status.CONSISTENT),
        "any time, as printed": (PRINTED, Status.CONSISTENT),
        "any time, logistic": (replace(SAFE, instances={"logistic": synthetic}), Status.VACUOUS),
    },
    foils={
        "sticky": (replace(PRIMAL, instances={"logistic": partial(synthetic, n=3)}, algorithm=Sticky()), Status.UNLAWFUL),
        "T without the 0": (replace(PRIMAL, bound=lambda k, c: 4 * (np.ceil(4 * c["M"] * c["D"]) - 1) / (k + 1) * top(c)), Status.REFUTED),
        "burn-in of the step": (replace(STEP, k=range(1, 20)), Status.NOT_APPLICABLE),
        "a tenth": (replace(PRIMAL, bound=lambda k, c: after(k, c) / 10), Status.REFUTED),
        "a tenth, any time": (replace(SAFE, bound=lambda k, c: SAFE.bound(k, c) / 10), Status.REFUTED),
        "a tenth, duality gap": (replace(DUAL, bound=lambda k, c: DUAL.bound(k, c) / 10), Status.REFUTED),
        "D for D²": (replace(SAFE, bound=lambda k, c: SAFE.bound(k, c) / c["D"]), Status.ILL_POSED),
    },
)
