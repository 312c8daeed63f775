"""Garrigos, Gower 2023 (v1), Theorem 5.7: SGD with a constant step under strong convexity, last iterate in expectation.

Let f = (1/N) Σ f_i with every f_i convex and L_max-smooth, f μ-strongly convex, and 0 < s ≤ 1/(2 L_max)
(printed with <; its proof allows equality). The iterates of SGD with step s satisfy, for every k ≥ 0,

    E ‖x_k − x*‖²  ≤  (1 − s μ)^k ‖x_0 − x*‖² + 2 s σ* / μ,        σ* = (1/N) Σ ‖∇f_i(x*)‖².

Claimed twice: over independent seeds, and with the expectation computed exactly from E z z', z = (x − x*, 1).
k = 0 is left out: there the two sides agree by definition.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.stochastic import SGD, Iterate
from problems.quasar_convex.finite_sums import Ridge, ridge
from ratecheck import (
    Always,
    Array,
    Claim,
    Constants,
    Draw,
    InExpectation,
    Moment,
    SecondMoment,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
)
from theory_checks.quasar_convex._common import Misinformed, distance2, on, relative


def expected_distance2(p: Ridge, s: Moment[Iterate]) -> Array:
    return array_namespace(s.M).linalg.trace(s.M) - 1  # the last coordinate of z is 1


def bound(k: Array, c: Constants) -> Array:
    return (1 - c["s"] * c["mu"]) ** k * c["R"] ** 2 + 2 * c["s"] * c["sigma"] / c["mu"]


def moves_along_one_gradient(p: Ridge, s: Iterate, t: Iterate) -> Array:
    """x_{k+1} = x_k − s ∇f_i(x_k)"""
    step = s.step[..., None] * p.grad_one(s.x, s.i)
    return relative(t.x - s.x + step, s.x, t.x)


def sgd(claimed: float) -> SGD:
    """The step `claimed` / L_max."""
    return SGD(step=lambda c, k: claimed / c["L_max"].value)


STEP = Unit(-1, 2)
INSTANCES: Mapping[str, Draw[Ridge]] = {
    "ridge": ridge,
    "one long row": partial(ridge, stretch=6.0),
    "nearly interpolated": partial(ridge, noise=0.0, lam=1e-2),
}
SAMPLED = Claim[Ridge, Iterate](
    source=Source("garrigos2023 v1", "Theorem 5.7", "hb.sgd.sc.const", Statement.VERIFIED),
    assumes=frozenset({Trait.STRONGLY_CONVEX, Trait.FINITE_SUM}),
    instances=INSTANCES,
    algorithm=sgd(0.5),
    metric=each(distance2),
    unit=Unit(x=2),
    bound=bound,
    holds=InExpectation(),
    k=range(1, 401),
    seen={"s": Seen(each(lambda p, s: s.step), STEP)},
    given={"s ≤ 1/(2 L_max)": lambda k, c: 2 * c["s"] * c["L_max"]},
    laws={"moves along one gradient": moves_along_one_gradient},
    seeds=128,
)
EXACT = Claim[Ridge, Moment[Iterate]](
    source=SAMPLED.source,
    assumes=SAMPLED.assumes,
    instances=INSTANCES,
    algorithm=SecondMoment(sgd(0.5)),
    metric=each(expected_distance2),
    unit=Unit(x=2),
    bound=bound,
    holds=Always(),
    k=range(1, 801),
    seen={"s": Seen(each(lambda p, s: s.first.step), STEP)},
    given=SAMPLED.given,
    seeds=4,
)
UNREGULARISED = Misinformed[Ridge, Iterate](sgd(0.5), lambda p: replace(p, ridge=0 * p.ridge))

THEOREM = Theorem(
    claims={"over seeds": (SAMPLED, Status.CONSISTENT), "exact expectation": (EXACT, Status.CONSISTENT)},
    foils={
        "step 3/L_max": (replace(on(EXACT, "one long row"), algorithm=SecondMoment(sgd(3.0))), Status.NOT_APPLICABLE),
        "step 3/L_max, unstated": (replace(on(EXACT, "one long row"), algorithm=SecondMoment(sgd(3.0)), given={}), Status.REFUTED),
        "gradient without its ridge": (replace(on(SAMPLED, "ridge"), algorithm=UNREGULARISED, seeds=8), Status.UNLAWFUL),
        "no noise term": (replace(on(SAMPLED, "ridge"), bound=lambda k, c: (1 - c["s"] * c["mu"]) ** k * c["R"] ** 2), Status.REFUTED),
        "half": (replace(on(SAMPLED, "ridge"), bound=lambda k, c: bound(k, c) / 2), Status.REFUTED),
        "8 mu": (replace(on(EXACT, "ridge"), bound=lambda k, c: bound(k, {**c, "mu": 8 * c["mu"]})), Status.REFUTED),
        "sigma over mu^2": (replace(on(EXACT, "ridge"), bound=lambda k, c: bound(k, c) / c["mu"]), Status.ILL_POSED),
    },
)
