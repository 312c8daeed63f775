"""Carmon, Jambulapati, Jin, Sidford 2021 (the classical baseline of Wang, Zhang, Li 2024), one ball at a time; constants derived.

F_s = ε' ln Σ exp(f_i/ε'), r = ε'/L; in each ball all N values once, then T inner steps with one f_i each (importance weights at the
centre, mean of the inner points as next centre). While |x_k − x*| ≤ R, with ρ = r/R, after k balls and k (N + T) function calls
    E F_s(x_k) − F_s*  ≤  (1 − ρ)^k (F_s(x_0) − F_s*) + (1 − (1 − ρ)^k) e² ε'/(ρ √T).
Why: towards x* a ball holds a point with gap (1 − ρ) times the old; the surrogate has gradients of norm ≤ e L, so T steps lose
e r L/√T of it, and its logarithm at most e times that. Not accelerated: R/r balls instead of (R/r)^{2/3}; the calls grow linearly in N.
"""

from dataclasses import replace
from functools import partial
from math import e

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.ball_steps import Ball, BallDescent
from problems.min_max.maximal_loss import LENGTH, VALUE, MaximalLoss, counted, planted
from ratecheck import (
    Array,
    Claim,
    Constants,
    Count,
    Counted,
    Counting,
    InExpectation,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
)

INNER = 100


def gap(p: MaximalLoss, s: Ball) -> Array:
    return p.softmax(s.centre)


def distance(p: MaximalLoss, s: Ball) -> Array:
    d = s.centre - p.x_star
    xp = array_namespace(d)
    return xp.sqrt(xp.sum(d * d, axis=-1))


def stays_in_the_ball(p: MaximalLoss, s: Ball, t: Ball) -> Array:
    """the next centre is a point of the ball, and not the centre itself"""
    d = t.centre - s.centre
    xp = array_namespace(d)
    moved = xp.sqrt(xp.sum(d * d, axis=-1)) / s.radius
    return xp.maximum(moved - 1, xp.zeros_like(moved)) + xp.astype(moved == 0, moved.dtype)


def calls(p: MaximalLoss, s: Counted[Ball]) -> Array:
    return p.smoothing * 0 + s.calls["functions"]


def expected(k: Array, c: Constants) -> Array:
    rho = c["soft"] / (c["L"] * 1.05 * c["R0"])
    return (1 - rho) ** k * c["gap0"] + (1 - (1 - rho) ** k) * e**2 * c["soft"] / (rho * c["T"] ** 0.5)


MEAN = Claim[MaximalLoss, Ball](
    source=Source("wang2024", "classical baseline, unaccelerated balls", "max.count", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX, Trait.LIPSCHITZ}),
    instances={"twelve functions": partial(planted, N=12, d=3, smoothing=0.2)},
    algorithm=BallDescent(INNER),
    metric=each(gap),
    unit=VALUE,
    bound=expected,
    holds=InExpectation(),
    k=range(2, 14),
    seen={"distance": Seen(each(distance), LENGTH), "T": Seen(each(lambda p, s: float(INNER)))},
    given={"|x_k − x*| ≤ R": lambda k, c: c["distance"] / (1.05 * c["R0"])},
    laws={"a point of the ball": stays_in_the_ball},
    seeds=128,
)
CALLS = Claim[MaximalLoss, Counted[Ball]](
    source=MEAN.source,
    assumes=MEAN.assumes,
    instances={f"N = {N}": partial(planted, N=N, d=3) for N in (10, 100, 1000)},
    algorithm=Counting(BallDescent(INNER), counted),
    metric=each(calls),
    unit=Unit(),
    bound=lambda k, c: (k + 1) * (c["N"] + INNER),
    holds=Count(),
    k=range(5),
    seeds=2,
)

THEOREM = Theorem(
    claims={"expected gap": (MEAN, Status.CONSISTENT), "function calls": (CALLS, Status.CONSISTENT)},
    foils={
        "long way out": (replace(MEAN, algorithm=BallDescent(INNER), bound=lambda k, c: 0.5 ** (k / 2) * c["gap0"]), Status.REFUTED),
        "uphill": (replace(MEAN, algorithm=BallDescent(INNER, length=-1.0), given={}), Status.REFUTED),
        "inner steps free": (replace(CALLS, bound=lambda k, c: (k + 1) * c["N"]), Status.REFUTED),
        "one more inner step": (replace(CALLS, algorithm=Counting(BallDescent(INNER + 1), counted)), Status.REFUTED),
        "ε for ε'": (replace(MEAN, bound=lambda k, c: expected(k, c) * np.log(c["N"]) / c["soft"]), Status.ILL_POSED),
    },
)
