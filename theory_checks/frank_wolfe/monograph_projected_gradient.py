"""Bubeck 2015 (arXiv 1405.4980v2), Theorems 3.7 and 3.10: projected gradient descent with step 1/β.

Let f be convex and β-smooth over a convex X, R = ‖x_1 − x*‖, h_1 = f(x_1) − f*. Then for every t ≥ 1 (t = k + 1 here)

    f(x_t) − f* ≤ (3βR² + h_1)/t                 (3.7)

by way of f(x_{s+1}) ≤ f(x_s) − (β/2)‖x_{s+1} − x_s‖², met where the projection does nothing and f = (β/2)‖x − x*‖².
If f is also α-strongly convex, κ = β/α, after t steps   ‖x_{t+1} − x*‖² ≤ exp(−t/κ) R²   (3.10).
"""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from algorithms.frank_wolfe.gradient import Point, ProximalGradient, inverse_smoothness
from problems.frank_wolfe.composite import huber, in_box, isotropic
from ratecheck import Always, Array, AtLeast, Claim, Seen, Status, Theorem, Trait, Unit, each, each_step
from ratecheck.performance import Indicator, Smooth, WorstCase, distance, first_gap, last_gap
from theory_checks.frank_wolfe._monograph import bubeck, descends, gap, square, square_distance


def half(p: Any, k: int) -> Array:
    return 0.5 / p.constants["L"].value


def twice(p: Any, k: int) -> Array:
    return 2.05 / p.constants["L"].value


CLAIM = Claim[Any, Point](
    source=bubeck("Theorem 3.7", "bub.3.7"),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH}),
    instances={"box": partial(in_box, slope=30.0), "isotropic": isotropic, "Huber": huber},
    algorithm=ProximalGradient(),
    laws=descends(inverse_smoothness),
    metric=each(gap),
    unit=Unit(f=1),
    bound=lambda k, c: (3 * c["L"] * c["R"] ** 2 + c["h_0"]) / (k + 1),
    holds=Always(),
    k=range(40),
    seeds=8,
)
# f falls by at least (β/2)‖x_{s+1} − x_s‖²; once the step is rounding the fall is rounding of f
PROGRESS = replace(
    CLAIM,
    instances={"box": in_box, "isotropic": isotropic},
    metric=each_step(lambda p, s, t: p.value(s.x) - p.value(t.x)),
    seen={"moved": Seen(each_step(lambda p, s, t: square(t.x - s.x)), Unit(x=2))},
    bound=lambda k, c: c["L"] / 2 * c["moved"],
    holds=AtLeast(),
    rounding=lambda k, c: 1e-14 * (c["h_0"] + c["L"] * c["R"] ** 2),
    k=range(20),
    sharp={"isotropic": AtLeast(power=1.000001)},
)
STRONG = replace(
    CLAIM,
    source=bubeck("Theorem 3.10", "bub.3.10"),
    assumes=CLAIM.assumes | {Trait.STRONGLY_CONVEX},
    instances={"box": in_box, "box, slight slope": partial(in_box, kappa=30.0, slope=0.03)},
    metric=each(square_distance),
    unit=Unit(x=2),
    bound=lambda k, c: np.exp(-k * c["mu"] / c["L"]) * c["R"] ** 2,
    k=range(1, 30),
)

THEOREM = Theorem(
    claims={"3.7": (CLAIM, Status.CONSISTENT), "progress": (PROGRESS, Status.CONSISTENT), "3.10": (STRONG, Status.CONSISTENT)},
    foils={
        "half the step": (replace(CLAIM, algorithm=ProximalGradient(half)), Status.UNLAWFUL),
        "step 2.05/β": (replace(PROGRESS, algorithm=ProximalGradient(twice), laws={}, sharp={}), Status.REFUTED),
        "a tenth": (replace(CLAIM, bound=lambda k, c: CLAIM.bound(k, c) / 10), Status.REFUTED),
        "exp(−20 t/κ)": (replace(STRONG, bound=lambda k, c: STRONG.bound(20 * k, c)), Status.REFUTED),
        "β for β/2": (replace(PROGRESS, bound=lambda k, c: 1.001 * c["L"] / 2 * c["moved"]), Status.REFUTED),
        "R for R²": (replace(CLAIM, bound=lambda k, c: (3 * c["L"] * c["R"] + c["h_0"]) / (k + 1)), Status.ILL_POSED),
    },
    worst={
        "3.7": WorstCase(
            {"f": Smooth(), "h": Indicator()}, {"L": 1.0, "R": 1.0, "h_0": 0.5}, last_gap, start=[distance(), first_gap("h_0")]
        )
    },
)
