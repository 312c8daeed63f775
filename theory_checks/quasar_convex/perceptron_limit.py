"""Tyurin 2025 (arXiv 2412.08424), Theorems 3.2, 4.1: logistic regression with huge steps is the batch perceptron; its loss misleads.

f(θ) = (1/n) Σ log(1 + exp(−⟨z_i, θ⟩)), θ_0 = 0, θ_{t+1} = θ_t − γ ∇f(θ_t), data separable.

  limit       if no ⟨z_i, p_t⟩ is 0 (t ≥ 1), then θ_t/γ → p_t as γ → ∞, p the batch perceptron: p_1 = (1/2n) Σ z_i, and then
              p_{t+1} = p_t + (1/n) Σ {z_i : ⟨z_i, p_t⟩ ≤ 0}. Run where γ min |⟨z_i, p_t⟩| ≥ 60, so that the error is rounding.
  unreliable  for z = (1, −1), (1, 4): f(θ_1) → ∞, f(θ_2) → 0, ‖∇f(θ_1)‖ → 1/√2 as γ → ∞. With numbers, for every γ ≥ 4:
              f(θ_1) ≥ γ/8;  f(θ_2) ≤ exp(−¾γ + 3γ e^{−γ/4});  |‖∇f(θ_1)‖ − 1/√2| ≤ (1/√2) e^{−γ/4} + ½√17 e^{−7γ/2}.

Why the numbers: θ_1 = γ(½, ¾), so the margins there are −γ/4 and 7γ/2; with s = 1/(1 + exp) of these, θ_2 = θ_1 + (γ/2) Σ s_i z_i
has margins at least ¾γ − γ e^{−γ/4} − (3/2)γ e^{−7γ/2} and 2γ; and log(1 + e^{−m}) ≤ e^{−m}.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.quasar_convex.perceptrons import BatchPerceptron, LogisticDescent, Perceptron, Step, Weighted
from problems.quasar_convex.separable import Separable, opposed, separable, unreliable
from ratecheck import (
    Always,
    Array,
    AtLeast,
    Claim,
    Constants,
    Equal,
    Law,
    Lockstep,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    Vanishes,
    each,
)
from theory_checks.quasar_convex._common import on, relative, square

Both = tuple[Weighted, Weighted]
HUGE = 1e8
BATCH = BatchPerceptron()


def huge(times: float) -> Step:
    """γ = times/R²"""
    return lambda c: times / c["R"].value ** 2


def away(times: float) -> Callable[[Separable, Both], Array]:
    def metric(p: Separable, s: Both) -> Array:
        """‖θ_t/γ − p_t‖"""
        gamma = times / p.constants["R"].value ** 2
        return square(s[0].x / gamma[:, None] - s[1].x) ** 0.5

    return metric


def narrowest(p: Separable, s: Both) -> Array:
    """min |⟨z_i, p_t⟩|/R², 1 at the start"""
    xp = array_namespace(s[1].x)
    least = xp.min(xp.abs(p.margins(s[1].x)), axis=-1) / p.constants["R"].value ** 2
    return least if s[1].k else 1 + 0 * least


def descends(times: float) -> Law[Separable, Both]:
    def law(p: Separable, s: Both, t: Both) -> Array:
        """θ_{t+1} = θ_t − γ ∇f(θ_t)"""
        gamma = times / p.constants["R"].value[:, None] ** 2
        return relative(t[0].x - s[0].x + gamma * p.grad(s[0].x), s[0].x, t[0].x)

    return law


def counts_mistakes(p: Separable, s: Both, t: Both) -> Array:
    """p_{t+1} = p_t + (1/n) Σ unclassified, half of it at the start"""
    xp = array_namespace(s[1].x)
    m = p.margins(s[1].x)
    w = xp.where(m <= 0, 1 + 0 * m, 0 * m) * (1.0 if s[1].k else 0.5) / m.shape[1]
    return relative(t[1].x - s[1].x - p.combined(w), s[1].x, t[1].x)


def pair(times: float, batch: BatchPerceptron | Perceptron = BATCH) -> Lockstep[Separable, Weighted, Weighted]:
    return Lockstep(LogisticDescent(huge(times)), batch)


LIMIT = Claim[Separable, Both](
    source=Source("tyurin2025 v1", "Theorem 3.2", "perc.limit", Statement.VERIFIED),
    assumes=frozenset({Trait.FINITE_SUM}),
    instances={"drawn": separable, "opposed": partial(opposed, margin=0.21, copies=3, height=0.83), "many": partial(separable, n=40, d=5)},
    algorithm=pair(HUGE),
    metric=each(away(HUGE)),
    unit=Unit(x=-1),
    bound=lambda k, c: c["length"],
    holds=Vanishes(1e-12),
    k=range(1, 16),
    seen={"length": Seen(each(lambda p, s: square(s[1].x) ** 0.5), Unit(x=-1)), "narrowest": Seen(each(narrowest))},
    given={"γ min |⟨z_i, p_t⟩| ≥ 60": lambda k, c: 60 / (HUGE * c["narrowest"])},
    laws={"descends": descends(HUGE), "counts mistakes": counts_mistakes},
    seeds=6,
)
GAMMAS = {"gamma = 4": 4.0, "gamma = 10": 10.0, "gamma = 100": 100.0, "gamma = 800": 800.0}
SLOPE = 2**-0.5


def g(c: Constants) -> Array:
    return c["gamma"]


def raw(p: Separable, s: Weighted) -> Array:
    return p.constants["gamma"].value


def steps(p: Separable, s: Weighted, t: Weighted) -> Array:
    """θ_{t+1} = θ_t − γ ∇f(θ_t)"""
    return relative(t.x - s.x + raw(p, s)[:, None] * p.grad(s.x), s.x, t.x)


def misled(p: Separable, s: Weighted) -> Array:
    xp = array_namespace(s.x)
    return xp.abs(square(p.grad(s.x)) ** 0.5 - SLOPE)


def shift(k: Array, c: Constants) -> Array:
    return SLOPE * np.exp(-g(c) / 4) + 17**0.5 / 2 * np.exp(-3.5 * g(c)) + 0 * k


RISES = Claim[Separable, Weighted](
    source=Source("tyurin2025 v1", "Theorem 4.1 (the limits; the numbers are ours)", "perc.unreliable", Statement.VERIFIED),
    assumes=frozenset({Trait.FINITE_SUM}),
    instances={name: partial(unreliable, gamma=value) for name, value in GAMMAS.items()},
    algorithm=LogisticDescent(lambda c: c["gamma"].value),
    metric=each(lambda p, s: p.value(s.x)),
    unit=Unit(),
    bound=lambda k, c: g(c) / 8 + 0 * k,
    holds=AtLeast(),
    k=range(1, 2),
    laws={"descends": steps},
    sharp={"gamma = 800": Equal(1e-9)},
    seeds=1,
)
FALLS = replace(
    on(RISES, "gamma = 100"), bound=lambda k, c: np.exp(-0.75 * g(c) + 3 * g(c) * np.exp(-g(c) / 4)) + 0 * k, holds=Always(), k=range(2, 3)
)
SLOPES = replace(
    on(RISES, "gamma = 4", "gamma = 10", "gamma = 100"),
    metric=each(misled),
    bound=shift,
    holds=Always(),
    rounding=lambda k, c: 1e-15 + 0 * k,
)
SLOPES = replace(SLOPES, sharp={})

THEOREM = Theorem(
    claims={
        "limit": (LIMIT, Status.CONSISTENT),
        "the loss after one step": (RISES, Status.CONSISTENT),
        "the loss after two steps": (FALLS, Status.CONSISTENT),
        "the slope after one step": (SLOPES, Status.CONSISTENT),
    },
    foils={
        "a whole first step": (replace(on(LIMIT, "drawn"), algorithm=pair(HUGE, BatchPerceptron(first=1.0)), laws={}), Status.REFUTED),
        "a whole first step, by law": (replace(on(LIMIT, "drawn"), algorithm=pair(HUGE, BatchPerceptron(first=1.0))), Status.UNLAWFUL),
        "one example at a time": (replace(on(LIMIT, "drawn"), algorithm=pair(HUGE, Perceptron()), laws={}), Status.REFUTED),
        "moderate steps": (
            replace(on(LIMIT, "drawn"), algorithm=pair(10.0), metric=each(away(10.0)), laws={"descends": descends(10.0)}),
            Status.REFUTED,
        ),
        "not divided by gamma": (replace(on(LIMIT, "drawn"), metric=each(away(1.0))), Status.REFUTED),
        "steps too short": (
            replace(LIMIT, given={"ten times as far": lambda k, c: 60 / (1e-7 * HUGE * c["narrowest"])}),
            Status.NOT_APPLICABLE,
        ),
        "the loss stays": (replace(RISES, bound=lambda k, c: 0.2 * g(c) + 0 * k, sharp={}), Status.REFUTED),
        "the loss falls faster": (replace(FALLS, bound=lambda k, c: np.exp(-0.8 * g(c)) + 0 * k), Status.REFUTED),
        "half a step": (replace(RISES, algorithm=LogisticDescent(lambda c: c["gamma"].value / 2)), Status.UNLAWFUL),
        "the slope at once": (replace(SLOPES, bound=lambda k, c: 0.5 * shift(k, c)), Status.REFUTED),
    },
)
