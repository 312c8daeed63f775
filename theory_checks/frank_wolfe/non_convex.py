"""Lacoste-Julien 2016 (arXiv 1607.00345), Theorem 1: Frank–Wolfe on non-convex f; and a constant step.

For any f with curvature C_f over a compact convex set, h_0 = f(x_0) − min f, the step min(g/C, 1) with C ≥ C_f, or exact line search,

    min_{k≤t} g(x_k) ≤ max{2 h_0, C} / √(t+1)                                          for every t ≥ 0;
    min_{k≤t} g(x_k) ≤ h_0/(t+1) + C/2 while t+1 ≤ 2h_0/C, then √(2 C h_0/(t+1))    (derived, from the same proof);

each step gains at least min{g²/(2C), g − (C/2)·1[g > C]}. With the constant γ = 1/√K,

    min_{k<K} g(x_k) ≤ (h_0 + C/2)/√K .
"""

from dataclasses import replace

import numpy as np

from algorithms.frank_wolfe.descent import DescentFrankWolfe
from algorithms.frank_wolfe.steps import curvature_step, line_search
from algorithms.frank_wolfe.vanilla import FrankWolfe, State, open_loop
from problems.frank_wolfe.indefinite import IndefiniteQuadratic, on_box
from ratecheck import Always, Array, Claim, Constants, Source, Statement, Status, Theorem, Trait, Unit, best
from theory_checks.frank_wolfe._common import by_C, by_hessian, descent, frank_wolfe, fw_gap, roundoff


def printed(k: Array, c: Constants) -> Array:
    return np.maximum(2 * c["h_0"], c["C_f"]) / (k + 1) ** 0.5


def sharper(k: Array, c: Constants) -> Array:
    early = c["h_0"] / (k + 1) + c["C_f"] / 2
    return np.where(k + 1 <= 2 * c["h_0"] / c["C_f"], early, (2 * c["C_f"] * c["h_0"] / (k + 1)) ** 0.5)


PRINTED = Claim[IndefiniteQuadratic, State](
    source=Source("lacoste-julien2016", "Theorem 1", "fw.nonconvex", Statement.VERIFIED),
    assumes=frozenset({Trait.SMOOTH, Trait.COMPACT}),
    instances={"box": on_box},
    algorithm=DescentFrankWolfe(curvature_step),
    laws=descent(by_C),
    metric=best(fw_gap),
    unit=Unit(f=1),
    bound=printed,
    holds=Always(),
    k=range(1, 60),
    rounding=roundoff,
)
SHARPER = replace(PRINTED, source=replace(PRINTED.source, place="Theorem 1, two regimes", statement=Statement.DERIVED), bound=sharper)
SEARCH = replace(SHARPER, algorithm=DescentFrankWolfe(line_search), laws=descent(by_hessian))


def constant(K: int) -> Claim[IndefiniteQuadratic, State]:
    def rule(k: int) -> float:
        return float(K**-0.5)

    return replace(
        PRINTED,
        source=replace(PRINTED.source, place="constant step", slug="fw.nonconvex.const", statement=Statement.DERIVED),
        algorithm=FrankWolfe(rule),
        laws=frank_wolfe(rule),
        bound=lambda k, c: (c["h_0"] + c["C_f"] / 2) / K**0.5,
        k=range(K - 1, K),
    )


FEW, MANY = constant(4), constant(36)

THEOREM = Theorem(
    claims={
        "every t": (PRINTED, Status.CONSISTENT),
        "two regimes": (SHARPER, Status.CONSISTENT),
        "line search": (SEARCH, Status.CONSISTENT),
        "constant step, K = 4": (FEW, Status.CONSISTENT),
        "constant step, K = 36": (MANY, Status.CONSISTENT),
    },
    foils={
        "2/(k+2)": (replace(PRINTED, algorithm=FrankWolfe(open_loop)), Status.UNLAWFUL),
        "step 0.9": (replace(PRINTED, algorithm=FrankWolfe(lambda k: 0.9), laws={}), Status.REFUTED),
        "a tenth": (replace(PRINTED, bound=lambda k, c: printed(k, c) / 10), Status.REFUTED),
        "O(1/t)": (replace(SHARPER, bound=lambda k, c: sharper(k, c) / (k + 1) ** 0.5), Status.REFUTED),
        "h_0 forgotten": (replace(FEW, bound=lambda k, c: c["C_f"] / 2 / 4), Status.REFUTED),
        "no unit": (replace(SHARPER, bound=lambda k, c: sharper(k, c) * c["h_0"]), Status.ILL_POSED),
    },
)
