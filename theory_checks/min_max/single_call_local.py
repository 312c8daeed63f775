"""Hsieh, Iutzeler, Malick, Mertikopoulos 2019 (arXiv 1908.08465, read), Theorem 6: past extragradient near a regular solution.

Let x* be a solution near which V is C¹ with a positive definite Jacobian, U a ball about it with α = inf_U ⟨V(x), x − x*⟩/‖x − x*‖² > 0 and
M = sup_U ‖V‖; g_t = g/(t + b) with g > 1/α and b large; noise of variance at most σ². If the start is close to x* (a fourth of U), then

    P(all X_{t+1/2} ∈ U) ≥ 1 − δ,    E[‖X_t − x*‖² | they are]  ≤  4 g² (M² + σ²)/((αg − 1)(1 − δ) t) + o(1/t).

The operator here is not monotone beyond √2 r, and runs that leave are lost. The metric of the rate is ‖X_t − x*‖² on runs that are
still inside, 0 on the others. Its order is attained; the constant is loose (ratio about 0.02), so that half of it is VACUOUS.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.past_moments import NoisyPastExtragradient, State
from problems.min_max.linear_operators import LENGTH
from problems.min_max.local_operator import LocalSpiral, local_spiral
from ratecheck import (
    Array,
    AtMostOrder,
    Claim,
    Constants,
    InExpectation,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    WithProbability,
    arithmetic,
    each,
)  # fmt: skip
from theory_checks.min_max._common import LENGTH2, Deceived, distance2
from theory_checks.min_max._single_call import hears

DELTA = 0.05


def middle(p: LocalSpiral, s: State) -> Array:
    """‖X_{t+1/2} − x*‖"""
    d = s.x - s.g[:, None] * s.past - p.x_star
    xp = array_namespace(d)
    return xp.sqrt(xp.sum(d * d, axis=-1))


def inside(p: LocalSpiral, states: Iterator[State]) -> Iterator[Array]:
    """‖X_t − x*‖² while X_{t+1/2} has stayed in U, then 0"""
    stayed = None
    for s in states:
        d = middle(p, s)
        xp = array_namespace(d)
        here = d <= p.r
        stayed = here if stayed is None else xp.logical_and(stayed, here)
        yield xp.where(stayed, distance2(p, s), xp.zeros_like(d))


def steps_with_the_last_force(p: LocalSpiral, s: State, t: State) -> Array:
    """X_{t+1} = X_t − g_t V_{t+1/2}, g_t = g/(t + b)"""
    c = p.constants
    g = c["g"].value / (s.k + 1 + c["b"].value)
    miss = t.x - (s.x - g[:, None] * t.past)
    xp = array_namespace(miss)
    return (xp.max(xp.abs(miss), axis=-1) + xp.abs(s.g - g)) / (1 + xp.max(xp.abs(s.x), axis=-1))


def rate(k: Array, c: Constants) -> Array:
    return 4 * c["g"] ** 2 * (c["M"] ** 2 + c["sigma"] ** 2) / ((c["alpha"] * c["g"] - 1) * (1 - DELTA) * (k + 1))


STAYS = Claim[LocalSpiral, State](
    source=Source("hsieh2019", "Theorem 6", "sc.local", Statement.VERIFIED),
    assumes=frozenset({Trait.UNBIASED, Trait.SMOOTH}),
    instances={"a fourth of U": local_spiral},
    algorithm=NoisyPastExtragradient(),
    metric=each(middle),
    unit=LENGTH,
    bound=lambda k, c: c["r"] + 0 * k,
    holds=WithProbability(DELTA),
    k=range(2000),
    given={"1/α ≤ g": lambda k, c: 1 / (c["alpha"] * c["g"])},
    laws={"steps with the last force": steps_with_the_last_force, "oracle": hears},
    seeds=256,
)
ORDER = replace(STAYS, metric=inside, unit=LENGTH2, bound=rate, holds=AtMostOrder(within=0.1, across=arithmetic), k=range(200, 5000), seeds=128)
CONSTANT = replace(ORDER, holds=InExpectation())

THEOREM = Theorem(
    claims={
        "the runs stay": (STAYS, Status.CONSISTENT),
        "order of the rate": (ORDER, Status.CONSISTENT),
        "its constant": (CONSTANT, Status.VACUOUS),
    },
    foils={
        "noise left out": (
            replace(STAYS, algorithm=Deceived(NoisyPastExtragradient(), lambda p: replace(p, sigma=0 * p.sigma))),
            Status.UNLAWFUL,
        ),
        "much noise": (replace(STAYS, instances={"σ = 8": partial(local_spiral, sigma=8.0)}), Status.REFUTED),
        "a ball of a fifth": (replace(STAYS, bound=lambda k, c: 0.2 * c["r"] + 0 * k), Status.REFUTED),
        "1/t²": (replace(ORDER, bound=lambda k, c: rate(k, c) / (k + 1)), Status.REFUTED),
        "g²σ² for M² + σ²": (replace(CONSTANT, bound=lambda k, c: rate(k, {**c, "M": 0 * c["M"]}) / 100), Status.REFUTED),
        "unit of the length": (replace(ORDER, bound=lambda k, c: rate(k, c) ** 0.5), Status.ILL_POSED),
        "too far": (replace(STAYS, instances={"beyond U": partial(local_spiral, start=1.5)}), Status.REFUTED),
    },
)
