"""Hinder, Sidford, Sohoni 2020, Remark 1 (order only; constant derived): gradient descent, quasar-convex.

Let f be L-smooth and γ-quasar-convex about x*, 0 < γ ≤ 1. Then x_{k+1} = x_k − ∇f(x_k)/L satisfies for every k ≥ 0

    f(x_k) − f*  ≤  (L ‖x_0 − x*‖²/2 + f(x_0) − f*) / (γ k + 1).

Why: ‖x_{k+1} − x*‖² ≤ ‖x_k − x*‖² − (2γ/L)(f(x_k) − f*) + (2/L)(f(x_k) − f(x_{k+1})); sum it, f(x_k) decreases. The inequality
in braces is the second claim: it is what a wrong γ breaks first.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from algorithms.quasar_convex.descent import GradientDescent, Point
from problems.quasar_convex.powers import SeparablePowers, radial_power, separable_powers
from ratecheck import Always, Array, Claim, Constants, Draw, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from ratecheck.performance import QuasarConvex, WorstCase, distance, first_gap, last_gap
from theory_checks.quasar_convex._common import distance2, gap, moves_along_the_gradient, on


def bound(k: Array, c: Constants) -> Array:
    return (c["L"] * c["R"] ** 2 / 2 + c["e0"]) / (c["gamma"] * k + 1)


def descent(factor: float = 1.0) -> GradientDescent:
    """The step factor/L."""
    return GradientDescent(step=lambda c, k: factor / c["L"].value)


def one_step(k: Array, c: Constants) -> Array:
    return c["r2"] - 2 * c["gamma"] / c["L"] * c["gap"] + 2 / c["L"] * (c["gap"] - c["next gap"])


INSTANCES: Mapping[str, Draw[SeparablePowers]] = {
    "p = 0.3": separable_powers,
    "p = 1": partial(separable_powers, p=1.0, kappa=1e4, R=3.0),
    "p = 0.05, radial": partial(radial_power, n=1, p=0.05, R=30.0),
}
GAP = Claim[SeparablePowers, Point](
    source=Source("hinder2020", "Remark 1 (order), with its constant", "qc.gd.sublinear", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH, Trait.QUASAR_CONVEX}),
    instances=INSTANCES,
    algorithm=descent(),
    metric=each(gap),
    unit=Unit(f=1),
    bound=bound,
    holds=Always(),
    k=range(1, 501),
    given={"γ ≤ 1": lambda k, c: c["gamma"]},
    laws={"moves along the gradient": moves_along_the_gradient(lambda c: 1 / c["L"])},
    seeds=4,
)
STEP = replace(
    GAP,
    metric=each_step(lambda p, s, t: distance2(p, t)),
    unit=Unit(x=2),
    bound=one_step,
    rounding=lambda k, c: 1e-12 * c["R"] ** 2,  # a difference of squared distances
    seen={
        "r2": Seen(each(distance2), Unit(x=2)),
        "gap": Seen(each(gap), Unit(f=1)),
        "next gap": Seen(each_step(lambda p, s, t: gap(p, t)), Unit(f=1)),
    },
)
FAR = on(STEP, "p = 0.05, radial")

THEOREM = Theorem(
    claims={"gap": (GAP, Status.CONSISTENT), "one step": (STEP, Status.CONSISTENT)},
    foils={
        "step 2.1/L": (replace(on(GAP, "p = 1"), algorithm=descent(2.1)), Status.UNLAWFUL),
        "step 3/L, unseen": (replace(on(GAP, "p = 1"), algorithm=descent(3.0), laws={}, k=range(1, 3001)), Status.REFUTED),
        "gamma 1": (replace(GAP, bound=lambda k, c: bound(k, {**c, "gamma": 1.0})), Status.REFUTED),
        "gamma 1, one step": (replace(FAR, bound=lambda k, c: one_step(k, {**c, "gamma": 1.0})), Status.REFUTED),
        "1/k^2": (replace(GAP, bound=lambda k, c: bound(k, c) / (c["gamma"] * k + 1)), Status.REFUTED),
        "R for R^2": (replace(GAP, bound=lambda k, c: (c["L"] * c["R"] / 2 + c["e0"]) / (c["gamma"] * k + 1)), Status.ILL_POSED),
    },
    worst={
        "gap": WorstCase({"f": QuasarConvex()}, {"L": 1.0, "gamma": 0.5, "R": 1.0, "e0": 0.5}, last_gap, start=[distance(), first_gap()])
    },
)
