"""Tyurin 2025 (arXiv 2412.08424), Theorem 5.1 (the exact count is ours): the batch perceptron needs Ω(n) iterations.

Data z = (½, −1) once and (½, 1) n − 1 times, R²/μ² = 5. From θ_0 = 0 the batch perceptron, first step (1/2n) Σ z_i, then
(1/n) Σ {z_i : ⟨z_i, θ⟩ ≤ 0}, classifies every example after exactly

    N = 2 + ⌊0.3 n − 0.8⌋ ≥ 0.3 n + 0.2  iterations (n ≥ 20, n a multiple of 10),

although the perceptrons that add one example, or the mean of the unclassified ones, need at most R²/μ² = 5.

Why: θ_1 = (¼, ½ − 1/n); while (½, −1) is unclassified it alone is added, times 1/n. After s such steps its margin is
−⅜ + 1/n + (5/4) s/n, positive as soon as s > 0.3 n − 0.8, and (½, 1) stays classified.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.quasar_convex.perceptrons import BatchPerceptron, NormalisedPerceptron, Perceptron, Weighted
from problems.quasar_convex.separable import Separable, crowd
from ratecheck import Always, AtLeast, Claim, Count, Source, Statement, Status, Theorem, Trait, Unit
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

THEOREM = Theorem(
    claims={
        "exact count": (COUNTED, Status.CONSISTENT),
        "of the order of n": (LINEAR, Status.CONSISTENT),
        "the normalised one is quick": (QUICK, Status.CONSISTENT),
        "one at a time is quick": (SINGLE, Status.CONSISTENT),
    },
    foils={
        "R^2/mu^2 for the batch": (replace(LINEAR, bound=once, holds=Always()), Status.REFUTED),
        "one more": (replace(COUNTED, bound=lambda k, c: 3 + np.floor(0.3 * c["n"] - 0.8) + 0 * k), Status.REFUTED),
        "n/2": (replace(LINEAR, bound=lambda k, c: 0.5 * c["n"] + 0 * k), Status.REFUTED),
        "the mean of the unclassified": (replace(on(LINEAR, "n = 500"), algorithm=NormalisedPerceptron(), laws={}), Status.REFUTED),
        "the mean, by law": (replace(on(LINEAR, "n = 500"), algorithm=NormalisedPerceptron()), Status.UNLAWFUL),
        "a whole first step": (replace(on(COUNTED, "n = 100"), algorithm=BatchPerceptron(first=1.0), laws={}), Status.REFUTED),
    },
)
