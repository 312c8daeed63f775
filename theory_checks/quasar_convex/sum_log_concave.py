"""Achab 2023, Lemma 1 and Proposition 5.3: sums of log-concave functions, pointwise.

F = −log Σ_i e^{−f_i}, f_i convex, w_i = e^{F − f_i}. For a probability vector μ and all x, y

  crossmu    F(y) ≥ F(x) + ⟨Σ μ_i ∇f_i(x), y − x⟩ + KL(μ ‖ w(x)) − KL(μ ‖ w(y));
  lemma1     μ = w(x):  F(y) ≥ F(x) + ⟨∇F(x), y − x⟩ − KL(w(x) ‖ w(y));
  cross      μ = w(y):  F(y) ≥ F(x) + ⟨Σ w_i(y) ∇f_i(x), y − x⟩ + KL(w(y) ‖ w(x));
  checkered  Σ over signs s with Π s_k = σ of Π_k 1/(1 + e^{−s_k t_k})  =  (1 + σ Π_k tanh(t_k/2))/2.

Why: F = f_i + log w_i for every i; average with weights μ. What is lost is Σ μ_i (f_i(y) − f_i(x) − ⟨∇f_i(x), y − x⟩), exactly:
nothing for affine f_i. (For lemma1 the check is KL(w(x)‖w(y)) ≥ what F lacks of convexity.)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np
from array_api_compat import array_namespace

from algorithms.quasar_convex.points import Sample, Scattered
from problems.quasar_convex.sum_log_concave import SumLogConcave, affine_parts, checkered, mixture
from ratecheck import Always, Array, AtLeast, Claim, Direct, Draw, Equal, Seen, Source, Statement, Status, Theorem, Unit, each
from theory_checks.quasar_convex._common import inner, on


def divergence(p: SumLogConcave, mu: Array, x: Array) -> Array:
    """KL(μ ‖ w(x))"""
    xp = array_namespace(x)
    return xp.sum(mu * (xp.log(xp.where(mu > 0, mu, 1 + 0 * mu)) - p.log_weights(x)), axis=-1)  # 0 log 0 = 0


def at(p: SumLogConcave, x: Array) -> Array:
    return array_namespace(x).exp(p.log_weights(x))


def rise(p: SumLogConcave, s: Sample, mu: Array) -> Array:
    """F(y) − F(x) − ⟨Σ μ_i ∇f_i(x), y − x⟩"""
    return p.value(s.y) - p.value(s.x) - inner(p.mixed_grad(s.x, mu), s.y - s.x)


def bregman(p: SumLogConcave, s: Sample) -> Array:
    """Σ μ_i (f_i(y) − f_i(x) − ⟨∇f_i(x), y − x⟩), μ = mix"""
    xp = array_namespace(s.x)
    d = p.parts(s.y) - p.parts(s.x) - xp.sum(p.part_grads(s.x) * (s.y - s.x)[:, None, :], axis=-1)
    return xp.sum(p.mix * d, axis=-1)


def size(p: SumLogConcave, s: Sample) -> Array:
    """The scale of the rounding of F."""
    xp = array_namespace(s.x)
    return 1 + xp.abs(p.value(s.x)) + xp.abs(p.value(s.y))


Reading = Callable[[SumLogConcave, Sample], Array]


def seen(**readings: Reading) -> Mapping[str, Seen[SumLogConcave, Sample]]:
    return {name: Seen(each(reading)) for name, reading in readings.items()}


@dataclass(frozen=True, eq=False)
class Patterns:
    summed: Array  # (B,)


@dataclass(frozen=True)
class SignPatterns:
    """Σ over s ∈ {−1, 1}^K with Π s_k = 1 of Π_k 1/(1 + e^{−s_k t_k}), t = the first K entries of x_0."""

    K: int

    def __call__(self, p: SumLogConcave) -> Patterns:
        xp = array_namespace(p.x0)
        total = 0 * p.x0[:, 0]
        for signs in product((-1.0, 1.0), repeat=self.K):
            if np.prod(signs) > 0:
                total = total + xp.prod(xp.stack([1 / (1 + xp.exp(-s * p.x0[:, k])) for k, s in enumerate(signs)]), axis=0)
        return Patterns(total)


def closed_form(K: int) -> Callable[[SumLogConcave, Patterns], Array]:
    """(1 + Π tanh(t_k/2))/2"""

    def reading(p: SumLogConcave, s: Patterns) -> Array:
        xp = array_namespace(p.x0)
        return (1 + xp.prod(xp.tanh(p.x0[:, :K] / 2), axis=-1)) / 2

    return reading


def source(place: str, slug: str) -> Source:
    return Source("achab2023", place, slug, Statement.VERIFIED)


INSTANCES: Mapping[str, Draw[SumLogConcave]] = {
    "mixture": mixture,
    "mixture, close": partial(mixture, n=2, m=5, spread=0.3, R=1.0),
    "checkered": checkered,
    "affine": affine_parts,
}
EQUALITY = {"affine": Equal(1e-9)}
CROSSMU = Claim[SumLogConcave, Sample](
    source=source("Lemma 1(ii)", "slc.crossmu"),
    assumes=frozenset(),
    instances=INSTANCES,
    algorithm=Scattered(-1.0, 0.3),
    metric=each(lambda p, s: rise(p, s, p.mix) + divergence(p, p.mix, s.y)),
    unit=Unit(),  # F is a logarithm: its unit is 1
    bound=lambda k, c: c["divergence"],
    holds=AtLeast(),
    k=range(100),
    seen=seen(divergence=lambda p, s: divergence(p, p.mix, s.x), bregman=bregman, size=size),
    rounding=lambda k, c: 1e-12 * c["size"],
    sharp=EQUALITY,
    seeds=4,
)
EXACT = replace(
    CROSSMU, bound=lambda k, c: c["divergence"] + c["bregman"], holds=Equal(1e-9), sharp={}, rounding=lambda k, c: 1e-11 * c["size"]
)
LEMMA1 = replace(
    CROSSMU,
    source=source("Lemma 1(ii), μ = w(x)", "slc.lemma1"),
    metric=each(lambda p, s: divergence(p, at(p, s.x), s.y)),
    bound=lambda k, c: np.maximum(c["defect"], 0.0),
    instances={name: draw for name, draw in INSTANCES.items() if name != "mixture, close"},  # convex where it is looked at
    seen=seen(defect=lambda p, s: -rise(p, s, at(p, s.x)), size=size),
)
CROSS = replace(
    CROSSMU,
    source=source("Lemma 1(i)", "slc.cross"),
    metric=each(lambda p, s: divergence(p, at(p, s.y), s.x)),
    bound=lambda k, c: c["rise"],
    holds=Always(),
    seen=seen(rise=lambda p, s: rise(p, s, at(p, s.y)), size=size),
)


def checkered_claim(K: int) -> Claim[SumLogConcave, Patterns]:
    return Claim[SumLogConcave, Patterns](
        source=source("Definition 5.1, Proposition 5.3", "slc.checkered"),
        assumes=frozenset(),
        instances={f"K = {K}": partial(affine_parts, n=6, R=4.0)},
        algorithm=Direct(SignPatterns(K)),
        metric=each(lambda p, s: s.summed),
        unit=Unit(),
        bound=lambda k, c: c["closed form"],
        holds=Equal(1e-12),
        k=range(1),
        seen={"closed form": Seen(each(closed_form(K)))},
        seeds=16,
    )


CHECKERED = checkered_claim(3)
ODD = replace(CHECKERED, seen={"closed form": Seen(each(closed_form(2)))})

THEOREM = Theorem(
    claims={
        "any weights": (CROSSMU, Status.CONSISTENT),
        "any weights, what is lost": (EXACT, Status.CONSISTENT),
        "weights of x": (LEMMA1, Status.CONSISTENT),
        "weights of y": (CROSS, Status.CONSISTENT),
        **{f"checkered, K = {K}": (checkered_claim(K), Status.CONSISTENT) for K in (1, 2, 3, 5)},
    },
    foils={
        "plain convexity": (replace(LEMMA1, metric=each(lambda p, s: 0 * s.t)), Status.REFUTED),
        "KL the wrong way round": (replace(CROSS, metric=each(lambda p, s: 3 * divergence(p, at(p, s.x), s.y)), sharp={}), Status.REFUTED),
        "weights of x for weights of y": (
            replace(CROSS, seen={**CROSS.seen, **seen(rise=lambda p, s: rise(p, s, at(p, s.x)))}, sharp={}), Status.REFUTED
        ),
        "half of what is lost": (replace(EXACT, bound=lambda k, c: c["divergence"] + c["bregman"] / 2), Status.REFUTED),
        "KL halved": (replace(on(CROSSMU, "affine"), bound=lambda k, c: c["divergence"] / 2), Status.UNSHARP),
        "one tanh too few": (ODD, Status.REFUTED),
    },
)
