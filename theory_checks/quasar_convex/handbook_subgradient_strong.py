"""Garrigos, Gower 2023 (v1), Theorem 9.8, and a decaying step (derived): projected stochastic subgradients, strong convexity.

f = (1/N) Σ f_i μ-strongly convex, x_{t+1} = P(x_t − s_t g_i(x_t)) on a ball that holds x* and x_0, E ‖g_i‖² ≤ G² on the ball.

    9.8        s_t = s < 1/μ:                              E ‖x_t − x*‖² ≤ (1 − s μ)^t R² + s G²/μ            every t ≥ 1
    derived    s_t = 2/(μ (t + 1)), t = 1, 2, …, weights t:  mean of E f(x_t) − f* over t ≤ T  ≤  2 G²/(μ (T + 1))

Deviation: 9.8 is printed without the projection; no strongly convex function has bounded subgradients on the whole space.
Derivation of the second: 2 s_t e_t ≤ (1 − s_t μ) r_t² − r_{t+1}² + s_t² G²; times t/(2 s_t), the distances telescope and Σ t s_t G²/2 ≤ T G²/μ.
"""

from dataclasses import replace
from functools import partial

from algorithms.quasar_convex.stochastic import SGD, Iterate
from algorithms.quasar_convex.subgradients import ProjectedSubgradient
from problems.quasar_convex.absolute_deviations import AbsoluteDeviations, deviations
from ratecheck import Array, Claim, Constants, InExpectation, Seen, Statement, Status, Theorem, Trait, Unit, each, mean
from theory_checks.quasar_convex._common import distance2, gap, has_its_weights, on, relative
from theory_checks.quasar_convex._handbook import STEP, source


def constant(share: float) -> ProjectedSubgradient:
    return ProjectedSubgradient(lambda c, k: share / c["mu"].value)


def decaying(share: float = 2.0) -> ProjectedSubgradient:
    return ProjectedSubgradient(lambda c, k: share / (k + 2) / c["mu"].value)


def linear(k: Array, c: Constants) -> Array:
    return (1 - c["s"] * c["mu"]) ** k * c["R"] ** 2 + c["s"] * c["G"] ** 2 / c["mu"]


def sublinear(k: Array, c: Constants) -> Array:
    return 2 * c["G"] ** 2 / (c["mu"] * (k + 2))


def projects(p: AbsoluteDeviations, s: Iterate, t: Iterate) -> Array:
    """x_{k+1} = P(x_k − s g_i(x_k))"""
    return relative(t.x - p.project(s.x - s.step[:, None] * p.grad_one(s.x, s.i)), s.x, t.x, p.x0)


LINEAR = Claim[AbsoluteDeviations, Iterate](
    source=source("Theorem 9.8", "ssd.sc.const"),
    assumes=frozenset({Trait.STRONGLY_CONVEX, Trait.FINITE_SUM}),
    instances={
        "small radius": partial(deviations, pairs=4, n=3, mu=0.5, spread=0.3, radius=1.0),
        "widely spread": partial(deviations, pairs=4, n=2, mu=0.3, spread=3.0, radius=1.0),
    },
    algorithm=constant(0.02),
    metric=each(distance2),
    unit=Unit(x=2),
    bound=linear,
    holds=InExpectation(),
    k=range(1, 201),
    seen={"s": Seen(each(lambda p, s: s.step), STEP)},
    given={"s < 1/mu": lambda k, c: c["s"] * c["mu"]},
    laws={"projects": projects},
    seeds=128,
)
SUBLINEAR = replace(
    LINEAR,
    source=source("decaying step", "ssd.sc", Statement.DERIVED),
    algorithm=decaying(),
    metric=mean(gap, lambda k: k + 1.0),
    unit=Unit(f=1),
    bound=sublinear,
    k=range(200),
    given={"s = 2/(mu (k + 2))": lambda k, c: abs(c["s"] * c["mu"] * (k + 2) / 2 - 1) / 1e-9},
)
# t = 2/(μ s_t) − 1
WEIGHTS = has_its_weights(SUBLINEAR, gap, lambda p, s: 2 / (p.constants["mu"].value * s.step) - 1, Unit())
FREE = SGD(lambda c, k: 30.0 / c["mu"].value)

THEOREM = Theorem(
    claims={"constant step": (LINEAR, Status.CONSISTENT), "decaying step": (SUBLINEAR, Status.CONSISTENT), "decaying step: the weights": (WEIGHTS, Status.CONSISTENT)},
    foils={
        "constant: no noise": (replace(LINEAR, bound=lambda k, c: (1 - c["s"] * c["mu"]) ** k * c["R"] ** 2), Status.REFUTED),
        "constant: a tenth": (replace(LINEAR, bound=lambda k, c: linear(k, c) / 10), Status.REFUTED),
        "constant: step 30/mu": (replace(LINEAR, algorithm=FREE), Status.NOT_APPLICABLE),
        "constant: never projected": (replace(LINEAR, algorithm=FREE, given={}), Status.UNLAWFUL),
        "constant: G": (replace(LINEAR, bound=lambda k, c: c["R"] ** 2 + c["s"] * c["G"]), Status.ILL_POSED),
        "decaying: a tenth": (replace(SUBLINEAR, bound=lambda k, c: sublinear(k, c) / 10), Status.REFUTED),
        "decaying: 1/T^2": (replace(on(SUBLINEAR, "small radius"), bound=lambda k, c: sublinear(k, c) / (k + 1)), Status.REFUTED),
        "decaying: equal weights": (replace(on(WEIGHTS, "small radius"), metric=mean(gap)), Status.REFUTED),
        "decaying: step 1/(mu t)": (replace(SUBLINEAR, algorithm=decaying(1.0)), Status.NOT_APPLICABLE),
    },
)
