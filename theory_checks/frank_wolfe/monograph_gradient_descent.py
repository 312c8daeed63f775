"""Bubeck 2015 (arXiv 1405.4980v2), Theorems 3.3 (and its footnote 4) and 3.12: gradient descent on Rⁿ.

Let f be convex and β-smooth, R = ‖x_1 − x*‖, step 1/β. After t − 1 steps (t = k + 1 here)

    f(x_t) − f* ≤ 2βR²/(t − 1),   t ≥ 2          (3.3)
    f(x_t) − f* ≤ 2βR²/(t + 3),   t ≥ 1          (footnote, met at t = 1 by ½‖x − x*‖²)
    f(x_t) − f* ≤ βR²/(4(t − 1) + 2)             (the exact worst case, Drori, Teboulle 2014; met by a Huber function for each t)

If f is also α-strongly convex, κ = β/α, the step 2/(α + β) gives after t steps

    f(x_{t+1}) − f* ≤ (β/2) exp(−4t/(κ + 1)) R²   (3.12).
"""

from dataclasses import replace
from functools import partial
from typing import Any

from algorithms.frank_wolfe.gradient import Point, ProximalGradient, inverse_smoothness
from problems.frank_wolfe.composite import huber, isotropic, quadratic
from ratecheck import Always, Array, Claim, Status, Theorem, Trait, Unit, each
from ratecheck.performance import Smooth, WorstCase, last_gap
from theory_checks.frank_wolfe._monograph import bubeck, descends, gap


def shortest(p: Any, k: int) -> Array:
    """2/(α + β)"""
    return 2 / (p.constants["mu"].value + p.constants["L"].value)


def longer(p: Any, k: int) -> Array:
    """2.1/β"""
    return 2.1 / p.constants["L"].value


CLAIM = Claim[Any, Point](
    source=bubeck("Theorem 3.3", "bub.3.3"),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH}),
    instances={"Huber": partial(huber, first=10)},
    algorithm=ProximalGradient(),
    laws=descends(inverse_smoothness),
    metric=each(gap),
    unit=Unit(f=1),
    bound=lambda k, c: 2 * c["L"] * c["R"] ** 2 / k,
    holds=Always(),
    k=range(1, 30),
    seeds=8,
)
FOOTNOTE = replace(
    CLAIM,
    source=bubeck("Theorem 3.3, footnote 4", "bub.3.3.footnote"),
    instances={"Huber": huber, "isotropic": isotropic, "quadratic": quadratic},
    bound=lambda k, c: 2 * c["L"] * c["R"] ** 2 / (k + 4),
    k=range(40),
    sharp={"isotropic": Always(power=0.999999)},
)
EXACT = replace(
    FOOTNOTE,
    bound=lambda k, c: c["L"] * c["R"] ** 2 / (4 * k + 2),
    k=range(1, 40),
    instances={"Huber": huber, "quadratic": quadratic},
    sharp={"Huber": Always(power=0.999999)},
)
STRONG = replace(
    CLAIM,
    source=bubeck("Theorem 3.12", "bub.3.12"),
    assumes=CLAIM.assumes | {Trait.STRONGLY_CONVEX},
    instances={"quadratic": quadratic, "condition 3": partial(quadratic, kappa=3.0)},
    algorithm=ProximalGradient(shortest),
    laws=descends(shortest),
    bound=lambda k, c: c["L"] / 2 * c["R"] ** 2 * 2.718281828459045 ** (-4 * k / (c["L"] / c["mu"] + 1)),
    k=range(30),
)

THEOREM = Theorem(
    claims={
        "3.3": (CLAIM, Status.CONSISTENT),
        "footnote": (FOOTNOTE, Status.CONSISTENT),
        "the exact worst case": (EXACT, Status.CONSISTENT),
        "3.12": (STRONG, Status.CONSISTENT),
    },
    foils={
        "step 2.1/β": (
            replace(FOOTNOTE, algorithm=ProximalGradient(longer), laws={}, instances={"isotropic": isotropic}, sharp={}),
            Status.REFUTED,
        ),
        "step 2.1/β, with laws": (replace(CLAIM, algorithm=ProximalGradient(longer)), Status.UNLAWFUL),
        "step 1/β in 3.12": (replace(STRONG, algorithm=ProximalGradient()), Status.UNLAWFUL),
        "a tenth": (replace(CLAIM, bound=lambda k, c: 0.2 * c["L"] * c["R"] ** 2 / k), Status.REFUTED),
        "1% less than exact": (replace(EXACT, bound=lambda k, c: 0.99 * c["L"] * c["R"] ** 2 / (4 * k + 2)), Status.REFUTED),
        "exp(−8t/(κ+1))": (replace(STRONG, bound=lambda k, c: STRONG.bound(2 * k, c)), Status.REFUTED),
        "R for R²": (replace(CLAIM, bound=lambda k, c: 2 * c["L"] * c["R"] / k), Status.ILL_POSED),
    },
    worst={
        "3.3": WorstCase({"f": Smooth()}, {"L": 1.0, "R": 1.0}, last_gap),
        "footnote": WorstCase({"f": Smooth()}, {"L": 1.0, "R": 1.0}, last_gap),
        "the exact worst case": WorstCase({"f": Smooth()}, {"L": 1.0, "R": 1.0}, last_gap),
        "3.12": WorstCase({"f": Smooth(mu="mu")}, {"L": 1.0, "mu": 0.1, "R": 1.0}, last_gap),
    },
)
