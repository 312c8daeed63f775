"""Hsieh, Iutzeler, Malick, Mertikopoulos 2019 (arXiv 1908.08465, read with proofs), Theorem 1 and B.2: gap of the mean, single-call methods.

V monotone and L-Lipschitz over a convex set, g < 1/(cL), c = 2 for the past extragradient and the optimistic gradient, 1 + √2 for the
reflected gradient; X̄_t the mean of X_{3/2}, …, X_{t+1/2}. For every t ≥ 1 and every R > 0 (t = k + 1)

    max_{‖p − X_1‖ ≤ R} ⟨V(p), X̄_t − p⟩  ≤  (R² + ‖X_1 − X_{1/2}‖²) / (2 g t).

Past extragradient and optimistic gradient start at X_{1/2} = X_1, the reflected gradient at X_{1/2} = X_0, X_1 = P(X_0 − g V(X_0)).
Skew V on the whole space: the maximum has a closed form, here for 1.5 and 0.5 times the distance to the zero; over the unit ball p runs over the whole ball and R is its diameter.
Without constraints g t V(X̄_t) = X_1 − X_{t+1}, an equality.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from algorithms.min_max.single_call import OptimisticGradient, PastExtragradient, ReflectedGradient, State
from algorithms.min_max.steps import over_L
from problems.min_max.constrained_operators import BallOperator, bilinear_over_ball
from problems.min_max.linear_operators import LinearOperator, skew
from ratecheck import (
    Always,
    Array,
    Claim,
    Constants,
    Equal,
    Measure,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    at_average,
    each,
)
from theory_checks.min_max._common import LENGTH2, STEP, dot, norm2, relative
from theory_checks.min_max._single_call import remembers, starts, starts_with_a_step

Set = LinearOperator | BallOperator


def gap_of_mean(factor: float) -> Measure[LinearOperator, State]:
    """⟨V(0), x⟩ − ⟨X_1, V(x)⟩ + R ‖V(x)‖ at the mean x, R = factor · ‖x_0 − z*‖."""

    def measure(p: LinearOperator, states: Iterator[State]) -> Iterator[Array]:
        R, b = factor * p.constants["R"].value, p.apply(0 * p.x0)
        first, total = 0 * p.x0, 0 * p.x0
        for k, s in enumerate(states):
            first, total = s.x if k == 0 else first, total + s.w
            F = p.apply(total / (k + 1))
            yield dot(b, total / (k + 1)) - dot(first, F) + R * norm2(F) ** 0.5

    return measure


def start(p: Set, states: Iterator[State]) -> Iterator[Array]:
    """‖X_1 − X_{1/2}‖², the same at every k"""
    value: Array = None
    for s in states:
        value = norm2(s.x - s.w1) if value is None else value
        yield value


def bound(k: Array, c: Constants, factor: float = 1.5) -> Array:
    return ((factor * c["R"]) ** 2 + c["start"]) / (2 * c["g"] * (k + 1))


def updates(p: Set, s: State, t: State) -> Array:
    """X_{t+1} = P(X_t − g V(X_{t+1/2}))"""
    return relative(p.project(s.x - s.g[:, None] * p.apply(s.w)), t.x)


def extrapolates(p: Set, s: State, t: State) -> Array:
    """X_{t+3/2} = P(X_{t+1} − g V(X_{t+1/2}))"""
    return relative(p.project(t.x - t.g[:, None] * p.apply(s.w)), t.w)


def corrects(p: Set, s: State, t: State) -> Array:
    """X_{t+1} = X_{t+1/2} + g (V(X_{t−1/2}) − V(X_{t+1/2}))"""
    return relative(s.w + s.g[:, None] * (p.apply(s.w1) - p.apply(s.w)), t.x)


def reflects(p: Set, s: State, t: State) -> Array:
    """X_{t+3/2} = 2 X_{t+1} − X_t"""
    return relative(2 * t.x - s.x, t.w)


PAST = Claim[LinearOperator, State](
    source=Source("hsieh2019", "Theorem 1, B.2", "sc.ergodic", Statement.VERIFIED),
    assumes=frozenset({Trait.MONOTONE, Trait.SMOOTH}),
    instances={"skew": partial(skew, pairs=5, L=1.0, floor=0.05), "one pair": skew},
    algorithm=PastExtragradient(over_L(0.49)),
    metric=gap_of_mean(1.5),
    unit=Unit(1, 0),
    bound=bound,
    holds=Always(),
    k=range(601),
    seen={"g": Seen(each(lambda p, s: s.g), STEP), "start": Seen(start, LENGTH2)},
    given={"g ≤ 1/(2L)": lambda k, c: 2 * c["g"] * c["L"]},
    laws={"updates": updates, "extrapolates": extrapolates, "remembers": remembers, "starts": starts},
    seeds=8,
)
REFLECTED = replace(
    PAST,
    algorithm=ReflectedGradient(over_L(0.41)),
    given={"g ≤ 1/((1 + √2)L)": lambda k, c: (1 + np.sqrt(2)) * c["g"] * c["L"]},
    laws={"updates": updates, "reflects": reflects, "remembers": remembers, "starts": starts_with_a_step},
)
NEAR = replace(REFLECTED, metric=gap_of_mean(0.5), bound=lambda k, c: bound(k, c, 0.5), holds=Always(signed=True))
PAST_BALL = Claim[BallOperator, State](
    source=PAST.source,
    assumes=frozenset({Trait.MONOTONE, Trait.COMPACT}),
    instances={"bilinear over a ball": bilinear_over_ball},
    algorithm=PastExtragradient(over_L(0.49)),
    metric=at_average(lambda p, z: p.gap(z), of=lambda s: s.w),
    unit=Unit(1, 0),
    bound=lambda k, c: bound(k, {**c, "R": 4 / 3 * c["r"]}),
    holds=Always(),
    k=range(301),
    seen={"g": Seen(each(lambda p, s: s.g), STEP), "start": Seen(start, LENGTH2)},
    given=PAST.given,
    laws={"updates": updates, "extrapolates": extrapolates, "remembers": remembers, "starts": starts},
    rounding=lambda k, c: 1e-14 * c["L"] * c["r"] ** 2,
    seeds=8,
)
OPTIMISTIC_BALL = replace(
    PAST_BALL,
    algorithm=OptimisticGradient(over_L(0.49)),
    laws={"extrapolates": extrapolates, "corrects": corrects, "remembers": remembers, "starts": starts},
)


def displacement(p: LinearOperator, states: Iterator[State]) -> Iterator[Array]:
    """‖X_1 − X_{t+1}‖/(g t)"""
    for s, t in pairwise(states):
        yield norm2(p.x0 - t.x) ** 0.5 / (s.g * (s.k + 1))


FORCE = replace(
    PAST,
    source=replace(PAST.source, place="the sum of the steps: the force at the mean", statement=Statement.DERIVED),
    metric=at_average(lambda p, z: norm2(p.apply(z)) ** 0.5, of=lambda s: s.w),
    unit=Unit(1, -1),
    bound=lambda k, c: c["displacement"],
    holds=Equal(1e-8),
    seen={"displacement": Seen(displacement, Unit(1, -1)), "g": PAST.seen["g"]},
    k=range(200),
)
SHORT = replace(PAST, instances={"one pair": skew}, algorithm=PastExtragradient(over_L(0.05)), holds=Always(power=0.9))

THEOREM = Theorem(
    claims={
        "past": (PAST, Status.CONSISTENT),
        "past, force at the mean": (FORCE, Status.CONSISTENT),
        "past, short steps": (SHORT, Status.CONSISTENT),
        "reflected": (REFLECTED, Status.CONSISTENT),
        "reflected, small R": (NEAR, Status.CONSISTENT),
        "past, ball": (PAST_BALL, Status.CONSISTENT),
        "optimistic, ball": (OPTIMISTIC_BALL, Status.CONSISTENT),
    },
    foils={
        "0.95 of the bound": (replace(SHORT, bound=lambda k, c: 0.95 * bound(k, c)), Status.REFUTED),
        "reflected, small R, half": (replace(NEAR, bound=lambda k, c: bound(k, c, 0.5) / 2), Status.REFUTED),
        "reflected from X_1 = X_0": (replace(NEAR, algorithm=ReflectedGradient(over_L(0.41), plain=True), laws={}), Status.REFUTED),
        "reflected from X_1 = X_0, watched": (replace(NEAR, algorithm=ReflectedGradient(over_L(0.41), plain=True)), Status.UNLAWFUL),
        "force at the last point": (replace(FORCE, metric=each(lambda p, s: norm2(s.Fw) ** 0.5)), Status.REFUTED),
        "1/t²": (replace(PAST, bound=lambda k, c: bound(k, c) / (k + 1)), Status.REFUTED),
        "no step": (replace(PAST, bound=lambda k, c: bound(k, c) * c["g"]), Status.ILL_POSED),
        "g = 0.6/L": (replace(PAST, algorithm=PastExtragradient(over_L(0.6))), Status.NOT_APPLICABLE),
        "g = 0.6/L, unstated": (replace(PAST, algorithm=PastExtragradient(over_L(0.6)), given={}), Status.REFUTED),
        "ball, a third": (replace(PAST_BALL, bound=lambda k, c: bound(k, {**c, "R": 4 / 3 * c["r"]}) / 3), Status.REFUTED),
        "ball, reflected": (replace(PAST_BALL, algorithm=ReflectedGradient(over_L(0.41))), Status.UNLAWFUL),
    },
)
