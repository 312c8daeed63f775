"""Tyurin 2025 (arXiv 2412.08424), Theorem 5.1 (the exact count is ours): the batch perceptron needs Ω(n) iterations.

Data z = (½, −1) once and (½, 1) n − 1 times, R²/μ² = 5. From θ_0 = 0 the batch perceptron, first step (1/2n) Σ z_i, then
(1/n) Σ {z_i : ⟨z_i, θ⟩ ≤ 0}, classifies every example after exactly

    N = 2 + ⌊0.3 n − 0.8⌋ ≥ 0.3 n + 0.2  iterations (n ≥ 20, n a multiple of 10),

although the perceptrons that add one example, or the mean of the unclassified ones, need at most R²/μ² = 5.

Why: θ_1 = (¼, ½ − 1/n); while (½, −1) is unclassified it alone is added, times 1/n. After s such steps its margin is
−⅜ + 1/n + (5/4) s/n, positive as soon as s > 0.3 n − 0.8, and (½, 1) stays classified.

Table 1 of the paper, n = 1000, θ_0 = 0: normalised gradient descent on the logistic loss with the steps 100, 10, 1, 0.1 needs
2, 2, 16, 157 iterations, gradient descent with the step 100 needs 308.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.quasar_convex.perceptrons import (
    BatchPerceptron,
    LogisticDescent,
    NormalisedLogisticDescent,
    NormalisedPerceptron,
    Perceptron,
    Step,
    Weighted,
)
from problems.quasar_convex.separable import Separable, crowd
from ratecheck import Algorithm, Always, AtLeast, Claim, Count, Source, Statement, Status, Theorem, Trait, Unit
from theory_checks.quasar_convex._common import on
from theory_checks.quasar_convex.perceptron_mistakes import adds_its_weights, iterations, once

COUNTED = Claim[Separable, Weighted](
    source=Source("tyurin2025 v1", "Theorem 5.1", "perc.lower", Statement.VERIFIED),
    assumes=frozenset({Trait.FINITE_SUM}),
    instances={f"n = {n}": partial(crowd, n=n) for n in (20, 100, 500)},
    algorithm=BatchPerceptron(),
    metric=iterations,
    unit=Unit(),
    bound=lambda k, c: 2 + np.floor(0.3 * c["n"] - 0.8) + 0 * k,
    holds=Count(),
    k=range(170, 200),
    laws={"adds its weights": adds_its_weights("batch")},
    seeds=1,
)
LINEAR = replace(COUNTED, bound=lambda k, c: 0.3 * c["n"] + 0.2 + 0 * k, holds=AtLeast())
QUICK = replace(COUNTED, algorithm=NormalisedPerceptron(), bound=once, holds=Always(), laws={"adds its weights": adds_its_weights("mean")})
SINGLE = replace(QUICK, algorithm=Perceptron(), laws={"adds its weights": adds_its_weights("one")})
TABLE = {100.0: 2, 10.0: 2, 1.0: 16, 0.1: 157}


def of_step(step: float) -> Step:
    return lambda c: step + 0 * c["R"].value


def tabled(algorithm: Algorithm[Separable, Weighted], count: int) -> Claim[Separable, Weighted]:
    """The step is a number of the table, so nothing here has a unit."""
    return replace(
        COUNTED,
        source=Source("tyurin2025 v1", "Table 1", "perc.lower", Statement.VERIFIED),
        instances={"n = 1000": partial(crowd, n=1000)},
        algorithm=algorithm,
        bound=lambda k, c: count + 0 * k,
        k=range(330, 340),
        laws={},
    )


def normalised(step: float, count: int) -> Claim[Separable, Weighted]:
    return tabled(NormalisedLogisticDescent(of_step(step)), count)


PLAIN = tabled(LogisticDescent(of_step(100.0)), 308)

THEOREM = Theorem(
    claims={
        "exact count": (COUNTED, Status.CONSISTENT),
        "of the order of n": (LINEAR, Status.CONSISTENT),
        "the normalised one is quick": (QUICK, Status.CONSISTENT),
        "one at a time is quick": (SINGLE, Status.CONSISTENT),
        **{f"Table 1, normalised, step {step:g}": (normalised(step, count), Status.CONSISTENT) for step, count in TABLE.items()},
        "Table 1, gradient descent, step 100": (PLAIN, Status.CONSISTENT),
    },
    foils={
        "R^2/mu^2 for the batch": (replace(LINEAR, bound=once, holds=Always()), Status.REFUTED),
        "one more": (replace(COUNTED, bound=lambda k, c: 3 + np.floor(0.3 * c["n"] - 0.8) + 0 * k), Status.REFUTED),
        "n/2": (replace(LINEAR, bound=lambda k, c: 0.5 * c["n"] + 0 * k), Status.REFUTED),
        "the mean of the unclassified": (replace(on(LINEAR, "n = 500"), algorithm=NormalisedPerceptron(), laws={}), Status.REFUTED),
        "the mean, by law": (replace(on(LINEAR, "n = 500"), algorithm=NormalisedPerceptron()), Status.UNLAWFUL),
        "Table 1: step 0.1 as quick as step 1": (normalised(0.1, 16), Status.REFUTED),
        "Table 1: not normalised": (tabled(LogisticDescent(of_step(100.0)), 2), Status.REFUTED),
        "a whole first step": (replace(on(COUNTED, "n = 100"), algorithm=BatchPerceptron(first=1.0), laws={}), Status.REFUTED),
    },
)
