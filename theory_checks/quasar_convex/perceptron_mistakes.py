"""Tyurin 2025 (arXiv 2412.08424), Theorems 3.3, 5.2, 5.3, 6.1: how many iterations until every example is classified.

Let z_1, …, z_n with R = max ‖z_i‖ and μ = max over ‖θ‖ = 1 of min_i ⟨z_i, θ⟩ > 0, θ_0 = 0, and let N be the number of
iterations before the first k with ⟨z_i, θ_k⟩ > 0 for all i. Then

  one at a time   θ⁺ = θ + z_i, i any unclassified example                      N ≤ R²/μ²
  normalised      θ⁺ = θ + mean of the unclassified z_i                         N ≤ R²/μ²
  batch           θ⁺ = θ + (1/n) Σ unclassified z_i (1/(2n) in the first step)  N ≤ n R²/μ²
  normalised GD   θ⁺ = θ − γ β ∇f(θ), 1/β = (1/n) Σ 1/(1 + exp⟨z_i, θ⟩)          N ≤ R²/μ² + 2 log(2n − 1)/(γ μ²)

f the logistic loss. The first is met with equality by n orthogonal examples, the others by a single example.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.quasar_convex.perceptrons import (
    BatchPerceptron,
    LogisticDescent,
    NormalisedLogisticDescent,
    NormalisedPerceptron,
    Perceptron,
    Weighted,
)
from problems.quasar_convex.separable import Separable, opposed, orthogonal, separable
from ratecheck import Algorithm, Always, Array, Claim, Constants, Draw, Equal, Law, Noise, Source, Statement, Status, Theorem, Trait, Unit
from theory_checks.quasar_convex._common import on, relative


def iterations(p: Separable, states: Iterator[Weighted]) -> Iterator[Array]:
    """How many of θ_0, …, θ_k come before the first that classifies every example."""
    amount: Array = 0.0
    unsolved: Array = 1.0
    for s in states:
        xp = array_namespace(s.x)
        worst = xp.min(p.margins(s.x), axis=-1)
        unsolved = unsolved * xp.where(worst <= 0, 1 + 0 * worst, 0 * worst)
        amount = amount + unsolved
        yield amount


def adds_its_weights(weights: str, step: float = 1.0) -> Law[Separable, Weighted]:
    """θ_{k+1} = θ_k + Σ w_i z_i, the weights computed again from θ_k."""

    def law(p: Separable, s: Weighted, t: Weighted) -> Array:
        xp = array_namespace(s.x)
        m = p.margins(s.x)
        wrong = xp.astype(m <= 0, s.x.dtype)
        found = xp.sum(wrong, axis=-1, keepdims=True)
        n = m.shape[1]
        if weights == "one":  # Σ w = 1 on the unclassified, one of them alone
            w = s.w
            off = xp.abs(xp.sum(w, axis=-1) - xp.minimum(found[:, 0], 1 + 0 * found[:, 0])) + xp.sum(w * (1 - wrong), axis=-1)
            off = off + xp.sum(w * (1 - w), axis=-1)
        else:
            # the logarithm of 1/(1 + e^m): its exponential may underflow, the shares do not
            log_doubt = -xp.where(m > 0, m, 0 * m) - xp.log1p(xp.exp(-xp.abs(m)))
            doubt = xp.exp(log_doubt - xp.max(log_doubt, axis=-1, keepdims=True))
            all_ = xp.sum(doubt, axis=-1, keepdims=True)
            R2 = p.constants["R"].value ** 2
            table = {
                "batch": wrong / n * (0.5 if s.k == 0 else 1.0),
                "mean": wrong / xp.where(found > 0, found, 1 + 0 * found),
                "doubt": step * doubt / (all_ * R2[:, None]),
            }
            w = table[weights]
            off = 0 * found[:, 0]
        return off + relative(t.x - s.x - p.combined(w), s.x, t.x)

    return law


@dataclass(frozen=True)
class Forgetful:
    """A foil: subtracts a part of the iterate at every step."""

    keep: float

    def iterates(self, problem: Separable, noise: Noise, /) -> Iterator[Weighted]:
        for s in Perceptron().iterates(problem, noise):
            yield replace(s, x=self.keep**s.k * s.x)


def once(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / c["mu"] ** 2 + 0 * k


def batch(k: Array, c: Constants) -> Array:
    return c["n"] * once(k, c)


def of(slug: str, place: str, algorithm: Algorithm[Separable, Weighted], weights: str) -> Claim[Separable, Weighted]:
    one: Mapping[str, Draw[Separable]] = {"one example": partial(orthogonal, n=1), "opposed": opposed}
    return Claim[Separable, Weighted](
        source=Source("tyurin2025 v1", place, slug, Statement.VERIFIED),
        assumes=frozenset({Trait.FINITE_SUM}),
        instances=one,
        algorithm=algorithm,
        metric=iterations,
        unit=Unit(),
        bound=once,
        holds=Always(),
        k=range(40),
        laws={"adds its weights": adds_its_weights(weights)},
        rounding=lambda k, c: 1e-12 * c["n"],
        sharp={"one example": Equal(1e-9)},
        seeds=2,
    )


ONE = replace(
    of("perc.one", "Theorem 5.2", Perceptron(), "one"),
    instances={"orthogonal": orthogonal, "opposed": opposed, "drawn": partial(separable, n=6, margin=0.5)},
    sharp={},
    seeds=4,
)
TIGHT = replace(on(ONE, "orthogonal"), k=range(12, 40), sharp={"orthogonal": Equal(1e-9)})
MEAN = of("perc.norm", "Theorem 5.3", NormalisedPerceptron(), "mean")
BATCH = replace(of("perc.batch", "Theorem 3.3", BatchPerceptron(), "batch"), bound=batch)
BATCH = replace(BATCH, instances={"one example": BATCH.instances["one example"], "opposed": partial(opposed, copies=1, margin=1.0)})
CROWD = replace(BATCH, instances={"opposed": opposed, "drawn": partial(separable, n=3, d=2, margin=1.0)}, sharp={}, seeds=8, k=range(200))


def descent(step: float) -> Claim[Separable, Weighted]:
    """γ = step/R²."""
    return replace(
        of("perc.nlr", "Theorem 6.1", gradient(step), "doubt"),
        bound=lambda k, c: once(k, c) * (1 + 2 * np.log(2 * c["n"] - 1) / step),
        laws={"adds its weights": adds_its_weights("doubt", step)},
    )


def gradient(step: float) -> NormalisedLogisticDescent:
    return NormalisedLogisticDescent(lambda c: step / c["R"].value ** 2)


GRADIENT = descent(100.0)
SHORT = replace(descent(0.1), sharp={})

THEOREM = Theorem(
    claims={
        "one at a time": (ONE, Status.CONSISTENT),
        "one at a time, orthogonal": (TIGHT, Status.CONSISTENT),
        "normalised": (MEAN, Status.CONSISTENT),
        "batch": (BATCH, Status.CONSISTENT),
        "batch, many examples": (CROWD, Status.CONSISTENT),
        "normalised gradient descent": (GRADIENT, Status.CONSISTENT),
        "normalised gradient descent, short steps": (SHORT, Status.CONSISTENT),
    },
    foils={
        "0.9 R^2/mu^2": (replace(TIGHT, bound=lambda k, c: 0.9 * once(k, c), sharp={}), Status.REFUTED),
        "R/mu": (replace(TIGHT, bound=lambda k, c: once(k, c) ** 0.5, sharp={}), Status.REFUTED),
        "twice as many": (replace(TIGHT, bound=lambda k, c: 2 * once(k, c)), Status.UNSHARP),
        "an iterate that shrinks": (replace(on(ONE, "opposed"), algorithm=Forgetful(0.9)), Status.UNLAWFUL),
        "mean, not one": (replace(on(ONE, "opposed"), algorithm=NormalisedPerceptron()), Status.UNLAWFUL),
        "a whole first step": (replace(on(BATCH, "opposed"), algorithm=BatchPerceptron(first=1.0)), Status.UNLAWFUL),
        "plain gradient descent": (
            replace(on(GRADIENT, "opposed"), algorithm=LogisticDescent(lambda c: 100.0 / c["R"].value ** 2)),
            Status.UNLAWFUL,
        ),
        "mu forgotten": (replace(on(MEAN, "opposed"), bound=lambda k, c: c["R"] ** 2 + 0 * k), Status.ILL_POSED),
        "mu three times as large": (replace(on(MEAN, "opposed"), bound=lambda k, c: once(k, c) / 9, sharp={}), Status.REFUTED),
        "batch without n": (replace(on(BATCH, "opposed"), bound=lambda k, c: once(k, c) / 3), Status.REFUTED),
        "no logarithm": (replace(on(SHORT, "opposed"), bound=once), Status.REFUTED),
    },
)
