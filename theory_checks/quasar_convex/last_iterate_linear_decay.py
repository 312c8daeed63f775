"""Defazio, Cutkosky, Mehta, Mishchenko 2023 (arXiv 2310.07831; derived): schedules that are good at the last iterate.

f convex, x_{t+1} = x_t − η_t g_t, t = 1, …, T, E g_t ∈ ∂f(x_t), ‖x_1 − x*‖ ≤ D, E‖g_t‖² ≤ G_t². (Index k = t − 1.)

  weights       any w_t > 0 fixed in advance, η_t = w_t Σ_{p>t} w_p / Σ w_p:  E f(x_T) − f* ≤ (D² + Σ w_t² G_t²)/(2 Σ w_t)
  linear decay  w_t = D/(G√T), η_t = (D/(G√T))(1 − t/T):                      E f(x_T) − f* ≤ D G/√T
  refined       w_t = D G_t^−2/√Q, Q = Σ G_t^−2:                              E f(x_T) − f* ≤ D/√Q

Why: with W_t = Σ_{p≥t} w_p and z_t = x_t + W_1 Σ_{k ≤ min(t, T−1)} (1/W_{k+1} − 1/W_k)(x_t − x_k), convexity gives
W_1 (f(x_T) − f*) ≤ Σ w_t⟨g_t, z_t − x*⟩, and z_{t+1} = z_t − w_t g_t: the usual sum of squares. The last two are met with
equality by max_i G_i x_i with an oracle that always answers with a new coordinate: at x_T one coordinate is still 0.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.quasar_convex.last_iterate import FromWeights, RefinedSubgradients, Subgradients, constant, linear_decay
from algorithms.quasar_convex.stochastic import Iterate
from problems.quasar_convex.lipschitz import AbsoluteDeviations, Resisting, absolute_deviations, resisting
from ratecheck import Always, Array, Claim, Constants, Equal, InExpectation, Law, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.quasar_convex._common import on, relative


def missing(p: Resisting | AbsoluteDeviations, s: Iterate) -> Array:
    """f(x_k) − f*"""
    return p.value(s.x) - p.f_star


def steps_by(length: Callable[[Constants, int], Array]) -> Law[Resisting | AbsoluteDeviations, Iterate]:
    """x_{k+1} = x_k − η_k g_k with η_k computed again from the constants."""

    def law(p: Resisting | AbsoluteDeviations, s: Iterate, t: Iterate) -> Array:
        eta = length({name: c.value for name, c in p.constants.items()}, s.k)
        return relative(t.x - s.x + eta[:, None] * p.grad_one(s.x, s.i), s.x, t.x)

    return law


def decays(c: Constants, k: int) -> Array:
    t = k + 1
    return (t < c["T"]) * c["D"] * (c["T"] - t) / (c["G"] * c["T"] ** 1.5)


def classic(k: Array, c: Constants) -> Array:
    return c["D"] * c["G"] / c["T"] ** 0.5 + 0 * k


def source(slug: str) -> Source:
    return Source("defazio2023 v1", "last-iterate schedules; proof ours", slug, Statement.DERIVED)


def tiny(k: Array, c: Constants) -> Array:
    return 1e-14 * c["D"] * c["G"] + 0 * k


TIGHT = Claim[Resisting, Iterate](
    source=source("li.lineardecay"),
    assumes=frozenset({Trait.CONVEX, Trait.LIPSCHITZ}),
    instances={"resisting, T = 20": partial(resisting, T=20), "resisting, T = 5": partial(resisting, T=5, slope=3.0, R=2.0)},
    algorithm=Subgradients(linear_decay),
    metric=each(missing),
    unit=Unit(f=1),
    bound=classic,
    holds=Always(),
    k=range(19, 20),
    laws={"linear decay": steps_by(decays)},
    rounding=tiny,
    sharp={"resisting, T = 20": Equal(1e-9), "resisting, T = 5": Equal(1e-9)},
    seeds=2,
)
SAMPLED = Claim[AbsoluteDeviations, Iterate](
    source=TIGHT.source,
    assumes=TIGHT.assumes,
    instances={
        "absolute deviations": partial(absolute_deviations, T=50, kinks=4, pairs=6, spread=20.0),
        "one variable": partial(absolute_deviations, T=50, n=1, pairs=3, spread=20.0),
    },
    algorithm=Subgradients(linear_decay),
    metric=each(missing),
    unit=Unit(f=1),
    bound=classic,
    holds=InExpectation(),
    k=range(49, 50),
    laws={"linear decay": steps_by(decays)},
    rounding=tiny,
    seeds=256,
)
UNEVEN = tuple(float(u) for u in np.exp(0.3 * np.sin(np.arange(20.0))) / 20**0.5)


def weighted(c: Constants, k: int) -> Array:
    u = np.asarray(UNEVEN)
    return (u[k] * u[k + 1 :].sum() / u.sum() if k < len(u) else 0.0) * c["D"] / c["G"]


def with_weights(k: Array, c: Constants) -> Array:
    u = np.asarray(UNEVEN)
    return c["D"] * c["G"] * (1 + (u * u).sum()) / (2 * u.sum()) + 0 * k


WEIGHTS = replace(
    on(TIGHT, "resisting, T = 20"),
    source=source("li.weights"),
    algorithm=Subgradients(FromWeights(UNEVEN)),
    bound=with_weights,
    laws={"weights": steps_by(weighted)},
    sharp={},
)
WEIGHTS_SAMPLED = replace(
    SAMPLED,
    source=source("li.weights"),
    instances={"one variable": partial(absolute_deviations, n=1, pairs=2, spread=20.0, T=20)},
    algorithm=Subgradients(FromWeights(UNEVEN)),
    bound=with_weights,
    laws={"weights": steps_by(weighted)},
    k=range(19, 20),
)


def refined_step(p: Resisting, s: Iterate, t: Iterate) -> Array:
    """η_t = D G_t^−2 Σ_{p>t} G_p^−2 / Q^{3/2}"""
    inverse = p.sizes**-2.0
    T = inverse.shape[1]
    late = sum((inverse[:, j] for j in range(s.k + 1, T)), start=0 * inverse[:, 0])
    eta = p.constants["D"].value * inverse[:, min(s.k, T - 1)] * late / p.constants["Q"].value ** 1.5
    return relative(t.x - s.x + eta[:, None] * p.grad_one(s.x, s.i), s.x, t.x)


OPTIMAL = replace(
    TIGHT,
    source=source("li.weights.opt"),
    instances={"uneven": partial(resisting, T=20, uneven=0.5), "very uneven": partial(resisting, T=20, uneven=1.5, R=3.0)},
    algorithm=RefinedSubgradients(),
    bound=lambda k, c: c["D"] / c["Q"] ** 0.5 + 0 * k,
    laws={"refined": refined_step},
    sharp={"uneven": Equal(1e-9), "very uneven": Equal(1e-9)},
    seeds=8,
)

THEOREM = Theorem(
    claims={
        "linear decay, tight": (TIGHT, Status.CONSISTENT),
        "linear decay": (SAMPLED, Status.CONSISTENT),
        "weights": (WEIGHTS, Status.CONSISTENT),
        "weights, sampled": (WEIGHTS_SAMPLED, Status.CONSISTENT),
        "refined, tight": (OPTIMAL, Status.CONSISTENT),
    },
    foils={
        "0.9 D G/sqrt T": (replace(TIGHT, bound=lambda k, c: 0.9 * classic(k, c), sharp={}), Status.REFUTED),
        "1/T": (replace(TIGHT, bound=lambda k, c: c["D"] * c["G"] / c["T"] + 0 * k, sharp={}), Status.REFUTED),
        "0.2 in expectation": (replace(on(SAMPLED, "one variable"), bound=lambda k, c: 0.2 * classic(k, c)), Status.REFUTED),
        "twice": (replace(TIGHT, bound=lambda k, c: 2 * classic(k, c)), Status.UNSHARP),
        "constant steps": (replace(on(TIGHT, "resisting, T = 20"), algorithm=Subgradients(constant)), Status.UNLAWFUL),
        "weights, 0.9": (replace(WEIGHTS, bound=lambda k, c: 0.9 * with_weights(k, c)), Status.REFUTED),
        "uneven, classic steps": (replace(OPTIMAL, algorithm=Subgradients(linear_decay)), Status.UNLAWFUL),
        "Q of twice the sizes": (replace(OPTIMAL, bound=lambda k, c: c["D"] / (2 * c["Q"] ** 0.5) + 0 * k, sharp={}), Status.REFUTED),
        "Q to the power 1": (replace(OPTIMAL, algorithm=RefinedSubgradients(power=1.0)), Status.UNLAWFUL),
        "D squared": (replace(TIGHT, bound=lambda k, c: c["D"] * classic(k, c)), Status.ILL_POSED),
    },
)
