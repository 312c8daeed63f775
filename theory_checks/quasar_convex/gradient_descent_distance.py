"""Hinder, Sidford, Sohoni 2020, baseline of section 1 (derived): gradient descent with step γ/L, squared distance.

Let f be L-smooth and (γ, μ)-strongly quasar-convex about its minimiser x*, 0 < γ ≤ 1:
f* ≥ f(x) + (1/γ) ⟨∇f(x), x* − x⟩ + (μ/2) ‖x* − x‖² for every x. Then x_{k+1} = x_k − (γ/L) ∇f(x_k) satisfies

    ‖x_k − x*‖²  ≤  (1 − γ² μ/L)^k ‖x_0 − x*‖²      for every k.

Why: ⟨∇f, x − x*⟩ ≥ γ (f − f*) + (γμ/2) ‖x − x*‖² and ‖∇f‖² ≤ 2 L (f − f*); with s = γ/L the two terms in f − f* cancel.
Tight: on h ‖x‖² with L = 2h, for which (γ, 2 (2/γ − 1) h) is an admissible pair, both sides agree at every k and every γ.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from algorithms.quasar_convex.descent import GradientDescent, Point
from problems.quasar_convex.homogeneous import Petals, bowl, petals
from ratecheck import Always, Array, Claim, Constants, Draw, Equal, SameRate, Source, Statement, Status, Theorem, Trait, Unit, each
from ratecheck.performance import QuasarConvex, WorstCase, last_distance2
from theory_checks.quasar_convex._common import distance2, moves_along_the_gradient, on


def bound(k: Array, c: Constants) -> Array:
    return (1 - c["gamma"] ** 2 * c["mu"] / c["L"]) ** k * c["R"] ** 2


def descent(factor: float = 1.0) -> GradientDescent:
    """The step factor · γ/L."""
    return GradientDescent(step=lambda c, k: factor * c["gamma"].value / c["L"].value)


INSTANCES: Mapping[str, Draw[Petals]] = {
    "six petals": petals,
    "nine petals, deep": partial(petals, a=0.9, m=9, pairs=2, kappa=10.0, gamma=0.3),
    "bowl": bowl,
    "flat bowl": partial(bowl, gamma=0.05, kappa=50.0),
}
CLAIM = Claim[Petals, Point](
    source=Source("hinder2020", "section 1, gradient descent", "qc.gd.strong.dist", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH, Trait.QUASAR_CONVEX}),
    instances=INSTANCES,
    algorithm=descent(),
    metric=each(distance2),
    unit=Unit(x=2),
    bound=bound,
    holds=Always(),
    k=range(1, 301),
    given={"γ ≤ 1": lambda k, c: c["gamma"]},
    laws={"moves along the gradient": moves_along_the_gradient(lambda c: c["gamma"] / c["L"])},
    rounding=lambda k, c: 1e-24 * c["R"] ** 2,
    sharp={"bowl": Equal(1e-9), "flat bowl": SameRate(within=0.03)},
    seeds=4,
)
ONE = on(CLAIM, "bowl")

THEOREM = Theorem(
    claims={"step γ/L": (CLAIM, Status.CONSISTENT)},
    foils={
        "half the step": (replace(ONE, algorithm=descent(0.5)), Status.UNLAWFUL),
        "half the step, unseen": (replace(ONE, algorithm=descent(0.5), laws={}), Status.REFUTED),
        "seven times the step, unseen": (replace(ONE, algorithm=descent(7.0), laws={}), Status.REFUTED),
        "gamma for gamma^2": (replace(ONE, bound=lambda k, c: bound(k, {**c, "gamma": c["gamma"] ** 0.5})), Status.REFUTED),
        "half the rate": (replace(ONE, bound=lambda k, c: bound(k, {**c, "mu": c["mu"] / 2})), Status.UNSHARP),
        "R for R^2": (replace(ONE, bound=lambda k, c: bound(k, c) / c["R"]), Status.ILL_POSED),
    },
    worst={"step γ/L": WorstCase({"f": QuasarConvex(mu="mu")}, {"L": 1.0, "gamma": 0.5, "mu": 0.2, "R": 1.0}, last_distance2)},
)
