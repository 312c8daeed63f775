"""Bubeck 2015 (arXiv 1405.4980v2), Theorems 3.2 and 3.9: projected sub-gradient descent.

Let f be convex, its sub-gradients at most Lip long on X, X inside the ball of radius R around x_1. After t calls of the oracle

    η = R/(Lip √t):                        f((1/t) Σ x_s) − f* ≤ R Lip/√t                        (3.2)

met by Lip max_i x_i on the ball in t dimensions: each sub-gradient shows one new coordinate, and the last is still 0 in the average.
If f is also α-strongly convex, η_s = 2/(α(s + 1)), s from 1:
                                           f(Σ 2s x_s/(t(t + 1))) − f* ≤ 2 Lip²/(α(t + 1))       (3.9, every t).
"""

from dataclasses import replace
from functools import partial
from typing import Any

from algorithms.frank_wolfe.gradient import Point, ProximalGradient, Rule
from problems.frank_wolfe.nonsmooth import corner, deviation, resisting_strongly
from ratecheck import Always, Array, Claim, Status, Theorem, Trait, Unit, at_average, best, each
from ratecheck.performance import Convex, WorstCase
from theory_checks.frank_wolfe._monograph import bubeck, descends, gap, gap_at, is_the_mean

T = 16


def tuned(factor: float) -> Rule:
    def rule(p: Any, k: int) -> Array:
        """η = factor R/(Lip √T)"""
        return factor * p.constants["R"].value / p.constants["Lip"].value / T**0.5

    return rule


def decreasing(p: Any, k: int) -> Array:
    """η_s = 2/(α(s + 1)), s = k + 1"""
    return 2 / (p.constants["mu"].value * (k + 2))


def decreasing_early(p: Any, k: int) -> Array:
    """1/(α s)"""
    return 1 / (p.constants["mu"].value * (k + 1))


CLAIM = Claim[Any, Point](
    source=bubeck("Theorem 3.2", "bub.3.2"),
    assumes=frozenset({Trait.CONVEX, Trait.LIPSCHITZ, Trait.COMPACT}),
    instances={"corner": partial(corner, t=T), "absolute deviations": partial(deviation, a=0.0)},
    algorithm=ProximalGradient(tuned(1.0)),
    laws=descends(tuned(1.0)),
    metric=at_average(gap_at, lambda s: s.x),
    unit=Unit(f=1),
    bound=lambda k, c: c["R"] * c["Lip"] / (k + 1) ** 0.5,
    holds=Always(),
    k=range(T - 1, T),  # the step is chosen for T calls
    sharp={"corner": Always(power=0.999999)},
    seeds=8,
)
STRONG = replace(
    CLAIM,
    source=bubeck("Theorem 3.9", "bub.3.9"),
    assumes=CLAIM.assumes | {Trait.STRONGLY_CONVEX},
    instances={"deviations": partial(deviation, a=3.0), "resisting": partial(resisting_strongly, t=20)},
    algorithm=ProximalGradient(decreasing),
    laws=descends(decreasing),
    metric=at_average(gap_at, lambda s: s.x, weight=lambda k: k + 1.0),
    bound=lambda k, c: 2 * c["Lip"] ** 2 / (c["mu"] * (k + 2)),
    k=range(60),
    sharp={},
)

ON_DEVIATIONS = replace(CLAIM, instances={"absolute deviations": CLAIM.instances["absolute deviations"]}, sharp={})

THEOREM = Theorem(
    claims={
        "3.2": (CLAIM, Status.CONSISTENT),
        "3.2, the mean": (is_the_mean(ON_DEVIATIONS), Status.CONSISTENT),
        "3.2, the best point": (replace(CLAIM, metric=best(gap)), Status.CONSISTENT),
        "3.9": (STRONG, Status.CONSISTENT),
    },
    foils={
        "step × 5": (
            replace(CLAIM, algorithm=ProximalGradient(tuned(5.0)), laws={}, instances={"deviations": deviation}, sharp={}),
            Status.REFUTED,
        ),
        "step × 2": (replace(CLAIM, algorithm=ProximalGradient(tuned(2.0))), Status.UNLAWFUL),
        "step 1/(αs)": (replace(STRONG, algorithm=ProximalGradient(decreasing_early)), Status.UNLAWFUL),
        "1% less": (replace(CLAIM, bound=lambda k, c: 0.99 * CLAIM.bound(k, c)), Status.REFUTED),
        "the last point for the mean": (replace(is_the_mean(ON_DEVIATIONS), metric=each(gap)), Status.REFUTED),
        "the last point": (replace(CLAIM, metric=each(gap), bound=lambda k, c: 0.9 * CLAIM.bound(k, c), sharp={}), Status.REFUTED),
        "a twentieth": (replace(STRONG, bound=lambda k, c: STRONG.bound(k, c) / 20), Status.REFUTED),
        "Lip for Lip²": (replace(STRONG, bound=lambda k, c: 2 * c["Lip"] / (c["mu"] * (k + 2))), Status.ILL_POSED),
    },
    worst={
        "3.2": WorstCase(
            {"f": Convex(G="Lip")}, {"Lip": 1.0, "R": 1.0}, lambda t: t.value(sum(s.x for s in t.states) / len(t.states)), k=(T - 1,)
        )
    },
)
