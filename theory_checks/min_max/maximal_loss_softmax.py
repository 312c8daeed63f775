"""Carmon, Jambulapati, Jin, Sidford 2021, as used by Wang, Zhang, Li 2024 (arXiv 2402.12745): softmax and ball stability; derived.

f_1, ..., f_N L-Lipschitz, F_s = ε' ln Σ exp(f_i/ε'), p_i ∝ exp(f_i/ε'). For every x, and every x with |x − x̄| ≤ r = ε'/L:
    0 ≤ F_s(x) − max_i f_i(x) ≤ ε' ln N  (= ε/2 for ε' = ε/(2 ln N));
    |ln p_i(x) − ln p_i(x̄)| ≤ 2;         |ln Σ p_i(x̄) exp((f_i(x) − f_i(x̄))/ε')| ≤ 1.
So an index sampled at the centre can be used in the whole ball: N queries a ball (quantum: √N, by Gibbs sampling, not checkable here).
Equality: N equal functions; f = ±x far from the kink.
"""

from dataclasses import replace

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.ball_steps import Ball, BallPoints
from problems.min_max.maximal_loss import VALUE, MaximalLoss, identical, opposite, planted
from ratecheck import Always, Array, Claim, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, each


def softmax_excess(p: MaximalLoss, s: Ball) -> Array:
    return p.softmax(s.x) - array_namespace(s.x).max(p.values(s.x), axis=-1)


def log_weights(p: MaximalLoss, x: Array) -> Array:
    return (p.values(x) - p.softmax(x)[:, None]) / p.smoothing[:, None]


def weight_change(p: MaximalLoss, s: Ball) -> Array:
    xp = array_namespace(s.x)
    return xp.max(xp.abs(log_weights(p, s.x) - log_weights(p, s.centre)), axis=-1)


def gain_change(p: MaximalLoss, s: Ball) -> Array:
    xp = array_namespace(s.x)
    gain = xp.exp(log_weights(p, s.centre) + (p.values(s.x) - p.values(s.centre)) / p.smoothing[:, None])
    return xp.abs(xp.log(xp.sum(gain, axis=-1)))


def used_radius(p: MaximalLoss, s: Ball) -> Array:
    d = s.x - s.centre
    xp = array_namespace(d)
    return xp.sqrt(xp.sum(d * d, axis=-1))


SANDWICH = Claim[MaximalLoss, Ball](
    source=Source("wang2024", "softmax of the losses", "max.softmax", Statement.DERIVED),
    assumes=frozenset({Trait.LIPSCHITZ}),
    instances={"planted": planted, "equal functions": identical},
    algorithm=BallPoints(),
    metric=each(softmax_excess),
    unit=VALUE,
    bound=lambda k, c: c["soft"] * np.log(c["N"]) + 0 * k,
    holds=Always(),
    k=range(50),
    sharp={"equal functions": Equal(within=1e-9)},
    rounding=lambda k, c: 1e-14 * c["L"] * c["R0"],
    seeds=8,
)
WEIGHTS = replace(
    SANDWICH,
    source=replace(SANDWICH.source, place="weights in a ball", slug="max.ball-stability"),
    instances={"planted": planted, "± x": opposite},
    metric=each(weight_change),
    unit=Unit(),
    bound=lambda k, c: 2.0 + 0 * k,
    seen={"r": Seen(each(used_radius), Unit(0, 1))},
    given={"r ≤ ε'/L": lambda k, c: (1 - 1e-9) * c["r"] * c["L"] / c["soft"]},
    sharp={"± x": Equal(within=1e-9)},
    rounding=lambda k, c: 1e-13 + 0 * k,
)
GAIN = replace(WEIGHTS, metric=each(gain_change), bound=lambda k, c: 1.0 + 0 * k)

THEOREM = Theorem(
    claims={"softmax": (SANDWICH, Status.CONSISTENT), "weights": (WEIGHTS, Status.CONSISTENT), "gain": (GAIN, Status.CONSISTENT)},
    foils={
        "half of it": (replace(SANDWICH, bound=lambda k, c: c["soft"] * np.log(c["N"]) / 2), Status.REFUTED),
        "one and a half of it": (replace(SANDWICH, bound=lambda k, c: 1.5 * c["soft"] * np.log(c["N"]) + 0 * k), Status.UNSHARP),
        "four times the radius": (replace(WEIGHTS, algorithm=BallPoints(4.0)), Status.NOT_APPLICABLE),
        "four times the radius, unstated": (replace(WEIGHTS, algorithm=BallPoints(4.0), given={}), Status.REFUTED),
        "one for two": (replace(WEIGHTS, bound=lambda k, c: 1.0 + 0 * k), Status.REFUTED),
        "ε' squared": (replace(SANDWICH, bound=lambda k, c: c["soft"] ** 2 * np.log(c["N"])), Status.ILL_POSED),
    },
)
