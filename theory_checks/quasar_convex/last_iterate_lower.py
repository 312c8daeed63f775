"""Harvey, Liaw, Plan, Randhawa 2019, Theorem 3.3, and the construction behind Remark 3.7: the last iterate pays a logarithm.

T ≥ 4, unit ball of R^T, x_1 = 0, projected subgradient descent; the oracle answers with the smallest maximising i ≤ T + 1.

  strongly convex  f = (1/c) max_i(⟨h_i, x⟩ + ½‖x‖²), steps c/t, h_i = (a_1, …, a_{i−1}, −1, 0, …), a_j = 1/(2(T + 1 − j)):
                   f(x_{T+1}) − f* ≥ log T/(4 c T); so has every mean of the last k iterates ≥ (log T − log k)/(4 c T);
  Lipschitz        f = max_i⟨h_i, x⟩, steps 1/√t, h_i = (a_1, …, a_{i−1}, −√i/(2√T), 0, …), a_j = 1/(8(T − j + 1)):
                   f(x_{T+1}) ≥ log T/(32 √T) (the constant recalled and reproduced, the order read).

Here f* ≤ f(0) = 0, so that f(x) is below f(x) − f*. The theorem prints x_T where its proof has x_{T+1}; index k = T here.
Linear decay on the same function ends below the bound: the logarithm is the schedule's.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.quasar_convex.last_iterate import Subgradients
from algorithms.quasar_convex.stochastic import Iterate
from problems.quasar_convex.lipschitz import Resisting, harvey, harvey_lipschitz
from ratecheck import (
    Always,
    Array,
    AtLeast,
    Bound,
    Claim,
    Constants,
    Law,
    Measure,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    at_average,
    each,
)
from theory_checks.quasar_convex._common import on, relative


def projects(step: Callable[[Constants, int], Array]) -> Law[Resisting, Iterate]:
    """x_{k+1} is the projection of x_k − η_k g_k, η_k computed again."""

    def law(p: Resisting, s: Iterate, t: Iterate) -> Array:
        eta = step({name: c.value for name, c in p.constants.items()}, s.k)
        free = s.x - eta[:, None] * p.grad(s.x)
        return relative(t.x - p.project(free), free, t.x)

    return law


def height(p: Resisting, s: Iterate) -> Array:
    """f(x_k), at most f(x_k) − f*"""
    return p.value(s.x)


def logarithm(k: Array, c: Constants) -> Array:
    return np.log(c["T"]) / (4 * c["c"] * c["T"]) + 0 * k


def suffix(last: int, T: int) -> Measure[Resisting, Iterate]:
    """f at the mean of the `last` iterates before x_{T+1}, that one included"""
    return at_average(lambda p, x: p.value(x), lambda s: s.x, lambda k: 1.0 if k > T - last else 0.0)


STRONG = Claim[Resisting, Iterate](
    source=Source("harvey2019 COLT", "Theorem 3.3", "li.lower.sc", Statement.VERIFIED),
    assumes=frozenset({Trait.CONVEX, Trait.LIPSCHITZ}),
    instances={
        "T = 100, c = 1": partial(harvey, T=100),
        "T = 100, c = 0.3": partial(harvey, T=100, c=0.3),
        "T = 100, c = 4": partial(harvey, T=100, c=4.0),
    },
    algorithm=Subgradients(lambda c, k: c["c"].value / (k + 1)),
    metric=each(height),
    unit=Unit(),
    bound=logarithm,
    holds=AtLeast(),
    k=range(100, 101),
    laws={"projected steps c/t": projects(lambda c, k: c["c"] / (k + 1))},
    seeds=1,
)
SHORT = replace(STRONG, instances={"T = 10": partial(harvey, T=10)}, k=range(10, 11))
LONG = replace(STRONG, instances={"T = 400": partial(harvey, T=400)}, k=range(400, 401))


def of_means(m: int) -> Bound:
    return lambda k, c: (np.log(c["T"]) - np.log(m)) / (4 * c["c"] * c["T"]) + 0 * k


MEANS = {f"mean of the last {m}": replace(on(STRONG, "T = 100, c = 1"), metric=suffix(m, 100), bound=of_means(m)) for m in (5, 25, 50)}
LIPSCHITZ = Claim[Resisting, Iterate](
    source=Source("harvey2019 COLT", "Remark 3.7; constant recalled, reproduced", "li.lower", Statement.RECALLED),
    assumes=STRONG.assumes,
    instances={"T = 100": partial(harvey_lipschitz, T=100)},
    algorithm=Subgradients(lambda c, k: 1 / (k + 1 + 0 * c["T"].value) ** 0.5),
    metric=each(height),
    unit=Unit(),
    bound=lambda k, c: np.log(c["T"]) / (32 * c["T"] ** 0.5) + 0 * k,
    holds=AtLeast(),
    k=range(100, 101),
    laws={"projected steps 1/√t": projects(lambda c, k: (k + 1 + 0 * c["T"]) ** -0.5)},
    seeds=1,
)
LIPSCHITZ_LONG = replace(LIPSCHITZ, instances={"T = 400": partial(harvey_lipschitz, T=400)}, k=range(400, 401))
DECAY = Subgradients(lambda c, k: (1 - (k + 1) / (c["T"].value + 1)) / (c["T"].value + 1) ** 0.5)

THEOREM = Theorem(
    claims={
        "strongly convex": (STRONG, Status.CONSISTENT),
        "strongly convex, short": (SHORT, Status.CONSISTENT),
        "strongly convex, long": (LONG, Status.CONSISTENT),
        **{name: (claim, Status.CONSISTENT) for name, claim in MEANS.items()},
        "Lipschitz": (LIPSCHITZ, Status.CONSISTENT),
        "Lipschitz, long": (LIPSCHITZ_LONG, Status.CONSISTENT),
    },
    foils={
        "no logarithm from above": (replace(STRONG, bound=lambda k, c: 0.9 / (c["c"] * c["T"]) + 0 * k, holds=Always()), Status.REFUTED),
        "log T/(2 c T)": (replace(STRONG, bound=lambda k, c: 2 * logarithm(k, c)), Status.REFUTED),
        "c forgotten": (replace(STRONG, bound=lambda k, c: logarithm(k, {**c, "c": 1.0})), Status.REFUTED),
        "shorter steps": (
            replace(on(STRONG, "T = 100, c = 1"), algorithm=Subgradients(lambda c, k: c["c"].value / (k + 2))),
            Status.UNLAWFUL,
        ),
        "the mean with weights t": (
            replace(LONG, metric=at_average(lambda p, x: p.value(x), lambda s: s.x, lambda k: k + 1.0)),
            Status.REFUTED,
        ),
        "linear decay": (replace(LIPSCHITZ_LONG, algorithm=DECAY, laws={}), Status.REFUTED),
        "linear decay, by law": (replace(LIPSCHITZ, algorithm=DECAY), Status.UNLAWFUL),
        "log T/(10 sqrt T)": (replace(LIPSCHITZ, bound=lambda k, c: np.log(c["T"]) / (10 * c["T"] ** 0.5) + 0 * k), Status.REFUTED),
    },
)
