"""Bubeck 2015 (arXiv 1405.4980v2), Theorems 3.18, 3.19 and the two displays of section 5.1: Nesterov's method, ISTA, FISTA.

f convex and β-smooth, R = ‖x_1 − x*‖, x_1 = y_1, t = k + 1. With y_{t+1} = x_t − ∇f(x_t)/β:

    x_{t+1} = y_{t+1} + ((√κ − 1)/(√κ + 1)) (y_{t+1} − y_t), f α-strongly convex:
                                                f(y_t) − f* ≤ ((α + β)/2) R² exp(−(t − 1)/√κ)      (3.18)
    λ_0 = 0, λ_t = (1 + √(1 + 4λ²_{t−1}))/2, γ_t = (1 − λ_t)/λ_{t+1}, x_{t+1} = (1 − γ_t) y_{t+1} + γ_t y_t:
                                                f(y_t) − f* ≤ 2βR²/t²                               (3.19; t ≥ 2)
For f + g with the proximal map of g after each step: FISTA keeps 2βR²/t², ISTA has βR²/(2t), t ≥ 2 (at t = 1 the left side may be
infinite); at t = 2 it is met by f = 0, g = (βR/2)|x|, as βR²/(4(t − 1)) is for g = (βR/(2(t − 1)))|x|.
"""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from algorithms.frank_wolfe.gradient import Accelerated, Pair, Point, ProximalGradient, constant_momentum, growing, inverse_smoothness
from problems.frank_wolfe.composite import absolute, huber, isotropic, lasso, quadratic
from ratecheck import Always, Array, Claim, Status, Theorem, Trait, Unit, each
from ratecheck.performance import Convex, Smooth, WorstCase
from theory_checks.frank_wolfe._monograph import accelerates, bubeck, descends, gap, gap_of_y


def none(p: Any, k: int) -> Array:
    return 0 * p.x0[:, 0]


def one(p: Any, k: int) -> Array:
    return 1 + 0 * p.x0[:, 0]


def longer(p: Any, k: int) -> Array:
    return 2.5 / p.constants["L"].value


CLAIM = Claim[Any, Pair](
    source=bubeck("Theorem 3.19", "bub.3.19"),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH}),
    instances={"Huber": partial(huber, square=True), "quadratic": quadratic},
    algorithm=Accelerated(),
    laws=accelerates(inverse_smoothness, growing),
    metric=each(gap_of_y),
    unit=Unit(f=1),
    bound=lambda k, c: 2 * c["L"] * c["R"] ** 2 / (k + 1) ** 2,
    holds=Always(),
    k=range(1, 40),
    seeds=8,
)
FISTA = replace(
    CLAIM,
    source=bubeck("section 5.1, FISTA", "bub.fista"),
    assumes=frozenset({Trait.CONVEX}),
    instances={"lasso": partial(lasso, weight=5.0), "absolute": absolute},
)
STRONG = replace(
    CLAIM,
    source=bubeck("Theorem 3.18", "bub.3.18"),
    assumes=CLAIM.assumes | {Trait.STRONGLY_CONVEX},
    instances={"quadratic": quadratic, "isotropic": isotropic},
    algorithm=Accelerated(constant_momentum),
    laws=accelerates(inverse_smoothness, constant_momentum),
    bound=lambda k, c: (c["mu"] + c["L"]) / 2 * c["R"] ** 2 * np.exp(-k / (c["L"] / c["mu"]) ** 0.5),
    k=range(40),
)
ISTA = Claim[Any, Point](
    source=bubeck("section 5.1, ISTA", "bub.ista"),
    assumes=FISTA.assumes,
    instances={"lasso": lasso, "absolute": absolute},
    algorithm=ProximalGradient(),
    laws=descends(inverse_smoothness),
    metric=each(gap),
    unit=Unit(f=1),
    bound=lambda k, c: c["L"] * c["R"] ** 2 / (2 * (k + 1)),
    holds=Always(),
    k=range(1, 40),
    seeds=8,
    sharp={"absolute": Always(power=0.999999)},
)
ISTA_EXACT = replace(ISTA, bound=lambda k, c: c["L"] * c["R"] ** 2 / (4 * k))

THEOREM = Theorem(
    claims={
        "3.19": (CLAIM, Status.CONSISTENT),
        "FISTA": (FISTA, Status.CONSISTENT),
        "3.18": (STRONG, Status.CONSISTENT),
        "ISTA": (ISTA, Status.CONSISTENT),
        "ISTA, the exact worst case": (ISTA_EXACT, Status.CONSISTENT),
    },
    foils={
        "no momentum": (replace(CLAIM, algorithm=Accelerated(none), laws={}, instances={"Huber": huber}), Status.REFUTED),
        "momentum 1": (replace(CLAIM, algorithm=Accelerated(one)), Status.UNLAWFUL),
        "no momentum in 3.18": (
            replace(
                STRONG, algorithm=Accelerated(none), laws={}, instances={"condition 300": partial(quadratic, kappa=300.0)}, k=range(200)
            ),
            Status.REFUTED,
        ),
        "FISTA with step 2.5/β": (replace(FISTA, algorithm=Accelerated(step=longer), laws={}, instances={"lasso": lasso}), Status.REFUTED),
        "a third": (replace(CLAIM, bound=lambda k, c: CLAIM.bound(k, c) / 8), Status.REFUTED),
        "ISTA, 1% less": (replace(ISTA_EXACT, bound=lambda k, c: 0.99 * ISTA_EXACT.bound(k, c), sharp={}), Status.REFUTED),
        "ISTA from t = 1": (
            replace(
                ISTA, k=range(40), instances={"absolute": partial(absolute, start=2.0)}, bound=lambda k, c: ISTA.bound(k, c) / 2, sharp={}
            ),
            Status.REFUTED,
        ),
        "O(t⁻³)": (replace(CLAIM, bound=lambda k, c: CLAIM.bound(k, c) / (k + 1)), Status.REFUTED),
        "R for R²": (replace(FISTA, bound=lambda k, c: 2 * c["L"] * c["R"] / (k + 1) ** 2), Status.ILL_POSED),
    },
    worst={
        "3.19": WorstCase({"f": Smooth()}, {"L": 1.0, "R": 1.0}, lambda t: t.value(t.last.y)),
        "FISTA": WorstCase({"f": Smooth(), "h": Convex()}, {"L": 1.0, "R": 1.0}, lambda t: t.value(t.last.y, "f", "h")),
        "3.18": WorstCase({"f": Smooth(mu="mu")}, {"L": 1.0, "mu": 0.1, "R": 1.0}, lambda t: t.value(t.last.y)),
        "ISTA": WorstCase({"f": Smooth(), "h": Convex()}, {"L": 1.0, "R": 1.0}, lambda t: t.value(t.last.x, "f", "h")),
        "ISTA, the exact worst case": WorstCase(
            {"f": Smooth(), "h": Convex()}, {"L": 1.0, "R": 1.0}, lambda t: t.value(t.last.x, "f", "h")
        ),
    },
)
