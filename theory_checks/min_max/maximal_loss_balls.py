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

from algorithms.min_max.ball_steps import BallDescent, Descent
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


def gap(p: MaximalLoss, s: Descent) -> Array:
    return p.softmax(s.centre)


def distance(p: MaximalLoss, s: Descent) -> Array:
    d = s.centre - p.x_star
    xp = array_namespace(d)
    return xp.sqrt(xp.sum(d * d, axis=-1))


def inner_steps(p: MaximalLoss, s: Descent, t: Descent) -> Array:
    """x_{j+1} = P[x_j − r/(e L √T) exp((f_i(x_j) − f_i(x̄))/ε') ∇f_i] onto the ball around x̄ = x_0; the mean is the next centre"""
    xp = array_namespace(s.centre)
    r = s.radius[:, None]
    worst = xp.max(xp.abs(s.inner[0, :, :] - s.centre), axis=-1) + xp.max(xp.abs(t.centre - xp.mean(s.inner, axis=0)), axis=-1)
    length = r / (e * p.constants["L"].value[:, None] * INNER**0.5)
    for j in range(0, INNER - 1, 9):  # every ninth step: they are all alike
        x, i = s.inner[j, :, :], s.index[j, :]
        f, g = p.one(x, i)
        gain = xp.exp((f - p.one(s.centre, i)[0]) / p.smoothing)
        move = x - length * gain[:, None] * g - s.centre
        norm = xp.sqrt(xp.sum(move * move, axis=-1, keepdims=True))
        wanted = s.centre + move * xp.minimum(xp.ones_like(norm), r / xp.maximum(norm, xp.full_like(norm, 1e-300)))
        worst = worst + xp.max(xp.abs(s.inner[j + 1, :, :] - wanted), axis=-1)
    return worst / s.radius


def draws(p: MaximalLoss, s: Descent, t: Descent) -> Array:
    """i is drawn with the probabilities exp(f_i(x̄)/ε')/Σ: its uniform lies between the sums below i and up to i"""
    w = p.values(s.centre)
    xp = array_namespace(w)
    e_ = xp.exp((w - xp.max(w, axis=-1, keepdims=True)) / p.smoothing[:, None])
    prob = e_ / xp.sum(e_, axis=-1, keepdims=True)
    upper = xp.cumulative_sum(prob, axis=-1)
    number = xp.arange(w.shape[-1])[None, None, :]
    chosen = xp.astype(s.index[:, :, None] == number, w.dtype)
    high, low = xp.sum(chosen * upper[None, :, :], axis=-1), xp.sum(chosen * (upper - prob)[None, :, :], axis=-1)
    zero = xp.zeros_like(high)
    return xp.max(xp.maximum(low - s.uniforms, zero) + xp.maximum(s.uniforms - high, zero), axis=0)


def calls(p: MaximalLoss, s: Counted[Descent]) -> Array:
    return p.smoothing * 0 + s.calls["functions"]


def expected(k: Array, c: Constants) -> Array:
    rho = c["soft"] / (c["L"] * 1.05 * c["R0"])
    return (1 - rho) ** k * c["gap0"] + (1 - (1 - rho) ** k) * e**2 * c["soft"] / (rho * c["T"] ** 0.5)


MEAN = Claim[MaximalLoss, Descent](
    source=Source("wang2024", "classical baseline, unaccelerated balls", "max.count", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX, Trait.LIPSCHITZ}),
    instances={"twelve functions": partial(planted, N=12, d=3, smoothing=0.2)},
    algorithm=BallDescent(INNER),
    metric=each(gap),
    unit=VALUE,
    bound=expected,
    holds=InExpectation(),
    k=range(2, 10),
    seen={"distance": Seen(each(distance), LENGTH), "T": Seen(each(lambda p, s: float(INNER)))},
    given={"|x_k − x*| ≤ R": lambda k, c: c["distance"] / (1.05 * c["R0"])},
    laws={"inner steps": inner_steps, "draws": draws},
    seeds=96,
)
CALLS = Claim[MaximalLoss, Counted[Descent]](
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
        "half the step": (replace(MEAN, algorithm=BallDescent(INNER, length=0.5)), Status.UNLAWFUL),
        "uphill": (replace(MEAN, algorithm=BallDescent(INNER, length=-1.0), given={}, laws={}), Status.REFUTED),
        "inner steps free": (replace(CALLS, bound=lambda k, c: (k + 1) * c["N"]), Status.REFUTED),
        "one more inner step": (replace(CALLS, algorithm=Counting(BallDescent(INNER + 1), counted)), Status.REFUTED),
        "ε for ε'": (replace(MEAN, bound=lambda k, c: expected(k, c) * np.log(c["N"]) / c["soft"]), Status.ILL_POSED),
    },
)
