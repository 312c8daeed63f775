"""Hinder, Sidford, Sohoni 2020, baseline of section 1 (derived): gradient descent with step 1/L, distance and gap together.

Let f be L-smooth and (γ, μ)-strongly quasar-convex about x*, 0 < γ ≤ 1. Then x_{k+1} = x_k − ∇f(x_k)/L satisfies

    E_k := ‖x_k − x*‖² + (2/L)(f(x_k) − f*)  ≤  (1 − γ min(1, μ/L))^k E_0      for every k.

Why: ‖x_{k+1} − x*‖² ≤ ‖x_k − x*‖² − (2γ/L)(f(x_k) − f* + μ‖x_k − x*‖²/2) + ‖∇f‖²/L², and the last term is at most
(2/L)(f(x_k) − f(x_{k+1})). The distance alone may grow with this step.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.quasar_convex.descent import GradientDescent, Point
from problems.quasar_convex.homogeneous import Petals, bowl, petals
from ratecheck import Always, Array, Claim, Constants, Draw, SameRate, Source, Statement, Status, Theorem, Trait, Unit, each
from ratecheck.performance import QuasarConvex, WorstCase, distance, first_gap
from theory_checks.quasar_convex._common import distance2, gap, moves_along_the_gradient, on


def energy(p: Petals, s: Point) -> Array:
    return distance2(p, s) + 2 / p.constants["L"].value * gap(p, s)


def bound(k: Array, c: Constants) -> Array:
    return (1 - c["gamma"] * np.minimum(1.0, c["mu"] / c["L"])) ** k * (c["R"] ** 2 + 2 * c["e0"] / c["L"])


def descent(factor: float = 1.0) -> GradientDescent:
    """The step factor/L."""
    return GradientDescent(step=lambda c, k: factor / c["L"].value)


INSTANCES: Mapping[str, Draw[Petals]] = {
    "six petals": petals,
    "one petal pair, small gamma": partial(petals, pairs=1, a=0.9, m=4, gamma=0.1),
    "flat bowl": partial(bowl, gamma=0.05, kappa=1000.0),
}
CLAIM = Claim[Petals, Point](
    source=Source("hinder2020", "section 1, gradient descent", "qc.gd.strong.lyap", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH, Trait.QUASAR_CONVEX}),
    instances=INSTANCES,
    algorithm=descent(),
    metric=each(energy),
    unit=Unit(x=2),
    bound=bound,
    holds=Always(),
    k=range(1, 301),
    given={"γ ≤ 1": lambda k, c: c["gamma"]},
    laws={"moves along the gradient": moves_along_the_gradient(lambda c: 1 / c["L"])},
    rounding=lambda k, c: 1e-24 * c["R"] ** 2,
    sharp={"flat bowl": SameRate(within=0.03)},
    seeds=4,
)
BOWL = on(CLAIM, "flat bowl")

THEOREM = Theorem(
    claims={"step 1/L": (CLAIM, Status.CONSISTENT)},
    foils={
        "step 0.9/L": (replace(BOWL, algorithm=descent(0.9)), Status.UNLAWFUL),
        "step 0.9/L, unseen": (replace(BOWL, algorithm=descent(0.9), laws={}, k=range(1, 1001)), Status.REFUTED),
        "ascent": (replace(BOWL, algorithm=descent(-1.0), laws={}), Status.REFUTED),
        "rate with 1.1 mu": (replace(BOWL, bound=lambda k, c: bound(k, {**c, "mu": 1.1 * c["mu"]}), k=range(1, 1001)), Status.REFUTED),
        "rate with mu/2": (replace(BOWL, bound=lambda k, c: bound(k, {**c, "mu": 0.5 * c["mu"]})), Status.UNSHARP),
        "gap without 2/L": (
            replace(CLAIM, bound=lambda k, c: bound(k, {**c, "e0": 0.0}) + c["e0"], metric=each(distance2)),
            Status.ILL_POSED,
        ),
    },
    worst={
        "step 1/L": WorstCase(
            {"f": QuasarConvex(mu="mu")},
            {"L": 1.0, "gamma": 0.5, "mu": 0.2, "R": 1.0, "e0": 0.5},
            lambda t: t.distance2(t.last.x) + t.value(t.last.x) * 2,
            start=[distance(), first_gap()],
        )
    },
)
