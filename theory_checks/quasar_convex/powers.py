"""Powers of 1 + t² (derived): the quasar-convexity constant of F_p, of its separable sums, and on a ball.

F_p(t) = (1 + t²)^{p/2} − 1, 0 < p ≤ 1. For f(x) = F_p(‖x − x*‖), and for f(x) = Σ_i F_p(√λ_i ⟨q_i, x − x*⟩), q_i orthonormal,

    γ_raw := inf ⟨∇f(x), x − x*⟩ / (f(x) − f*) = p,      and on the ball ‖x − x*‖ ≤ D, for the radial one,
    γ_raw(D) = p D² (1 + D²)^{p/2 − 1} / ((1 + D²)^{p/2} − 1);      f is L-smooth with L = p max λ_i, and no less.

Why: with s = 1 + t² the ratio is p (s − 1) s^{p/2 − 1}/(s^{p/2} − 1), which decreases from 2 to p. The ball's constant is
also found by a proof in ball arithmetic that knows no calculus: bisection of γ, boxes of t.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace
from flint import arb

from algorithms.quasar_convex.points import Ray, Sample, Scattered
from problems.quasar_convex.certificates import largest_proved, positive_on
from problems.quasar_convex.powers import SeparablePowers, radial_power, separable_powers
from ratecheck import (
    Always,
    Array,
    AtLeast,
    Claim,
    Constants,
    Direct,
    Draw,
    Equal,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    best,
    each,
)
from theory_checks.quasar_convex._common import on, raw_gamma, square


@dataclass(frozen=True, eq=False)
class Proved:
    gamma: Array  # (B,) the largest constant that ball arithmetic accepted


def proved_on_the_ball(p: SeparablePowers) -> Proved:
    """t F'(t) − γ F(t) > 0 on [1/8, R]; below 1/8 the ratio is at least 2/(1 + t²) > 1.96, as s^{p/2} − 1 ≤ (p/2)(s − 1)."""
    xp = array_namespace(p.x0)
    values = []
    for power, R in zip(map(float, p.p[:, 0]), map(float, p.constants["R"].value), strict=True):

        def proves(gamma: float, power: float = power, R: float = R) -> bool:
            def N(t: arb) -> arb:
                s, h = 1 + t * t, arb(power) / 2
                return s**h * (arb(power) * t * t / s - gamma) + gamma

            return gamma < 1.96 and (R <= 0.125 or positive_on(N, 0.125, R))

        values.append(largest_proved(proves, 0.5 * power, 1.5))
    return Proved(xp.asarray(values))


def smoothness(p: SeparablePowers, s: Sample) -> Array:
    """‖∇f(x) − ∇f(y)‖ / ‖x − y‖"""
    return (square(p.grad(s.x) - p.grad(s.y)) / square(s.x - s.y)) ** 0.5


def source(slug: str) -> Source:
    return Source("derived", "section 0.3 of the theory sheet", slug, Statement.DERIVED)


FAR: Mapping[str, Draw[SeparablePowers]] = {
    "p = 0.3": partial(radial_power, R=1e75),
    "p = 1": partial(radial_power, p=1.0, R=1e75),
}
NEAR: Mapping[str, Draw[SeparablePowers]] = {
    "p = 0.3": radial_power,
    "p = 0.7, R = 1000": partial(radial_power, p=0.7, R=1000.0),
}
SUMS: Mapping[str, Draw[SeparablePowers]] = {
    "p = 0.3, kappa = 1000": separable_powers,
    "p = 1, kappa = 1e6": partial(separable_powers, p=1.0, kappa=1e6, R=100.0),
}
EVERYWHERE = Claim[SeparablePowers, Sample](
    source=source("fam.Fp"),
    assumes=frozenset({Trait.QUASAR_CONVEX}),
    instances=NEAR,
    algorithm=Scattered(-3.0, 6.0),
    metric=each(raw_gamma),
    unit=Unit(),
    bound=lambda k, c: c["gamma"] + 0 * k,
    holds=AtLeast(),
    k=range(400),
    seeds=4,
)
AT_INFINITY = replace(
    EVERYWHERE, instances=FAR, algorithm=Ray(10.0), holds=Equal(1e-9), k=range(1),
    given={"far enough: γ_raw(R) is p": lambda k, c: c["gamma_R"] / c["gamma"] / (1 + 1e-10)},  # it is p/(1 − R^−p), slow for small p
)
ON_BALL = replace(
    EVERYWHERE,
    algorithm=Scattered(-3.0, 0.0),
    metric=best(raw_gamma),
    bound=lambda k, c: c["gamma_R"] + 0 * k,
    sharp={name: Equal(0.02) for name in NEAR},
    k=range(399, 400),
)
CERTIFIED = Claim[SeparablePowers, Proved](
    source=source("fam.Fp"),
    assumes=EVERYWHERE.assumes,
    instances=NEAR,
    algorithm=Direct(proved_on_the_ball),
    metric=each(lambda p, s: s.gamma),
    unit=Unit(),
    bound=ON_BALL.bound,
    holds=Always(power=0.999),
    k=range(1),
    seeds=1,
)
SEPARABLE = replace(EVERYWHERE, source=source("fam.Fp-sep"), instances=SUMS)
SMOOTH = replace(
    SEPARABLE,
    instances={"n = 2": partial(separable_powers, n=2)},
    algorithm=Scattered(-9.0, 1.0),
    metric=each(smoothness),
    unit=Unit(1, -2),
    bound=lambda k, c: c["L"] + 0 * k,
    holds=Always(power=0.9),
    rounding=lambda k, c: 1e-6 * c["L"],  # two gradients at distance 1e-8: their difference keeps 7 digits
)


def twice_gamma(k: Array, c: Constants) -> Array:
    return np.minimum(2 * c["gamma"], 1.99) + 0 * k


THEOREM = Theorem(
    claims={
        "p everywhere": (EVERYWHERE, Status.CONSISTENT),
        "p at infinity": (AT_INFINITY, Status.CONSISTENT),
        "on a ball": (ON_BALL, Status.CONSISTENT),
        "on a ball, by ball arithmetic": (CERTIFIED, Status.CONSISTENT),
        "separable sums": (SEPARABLE, Status.CONSISTENT),
        "smoothness of the sums": (SMOOTH, Status.CONSISTENT),
    },
    foils={
        "twice p": (replace(EVERYWHERE, bound=twice_gamma), Status.REFUTED),
        "twice p, sums": (replace(SEPARABLE, bound=twice_gamma), Status.REFUTED),
        "the ball's constant outside the ball": (replace(on(ON_BALL, "p = 0.3"), algorithm=Scattered(0.0, 2.0)), Status.REFUTED),
        "99 % of the ball's constant": (replace(CERTIFIED, bound=lambda k, c: 0.99 * c["gamma_R"] + 0 * k), Status.REFUTED),
        "half of L": (replace(SMOOTH, bound=lambda k, c: c["L"] / 2 + 0 * k), Status.REFUTED),
        "L without its unit": (replace(SMOOTH, bound=lambda k, c: c["L"] * c["R"] + 0 * k), Status.ILL_POSED),
    },
)
