"""Lee, Lyu, Yao 2023 (LPGD): how large the condition number may be (derived counterexample, sdl.lpgd.sharp-threshold).

Z* = diag(1, 0), F quadratic in the diagonal entries with Hessian ½[[K+1, K−1], [K−1, K+1]] (eigenvalues 1, K). Started beside
diag(0, b), b = (K−1)/(K+1), LPGD of rank 1 ends at the distance

    τ = 2/(μ+L):   0 if K < 2 + √5,  else √(1 + b²);        τ = 1/L:   0 if K < 3,  else √(1 + b²).

Why: the gradient step sends diag(0, b) to diag(τK/h_22, b), and P_1 keeps the second entry if and only if τK < h_12 = (K−1)/2.
So K < 3 of the theorem is exactly right for τ = 1/L, and 2 + √5 for the best τ. Random instances never show it.
"""

from dataclasses import replace
from functools import partial
from math import sqrt

import numpy as np

from algorithms.matrix_sensing.low_rank_projected_gradient import LPGD, Truncated
from problems.matrix_sensing.rectangular import Rectangular, trapped
from ratecheck import Array, Bound, Claim, Constants, Status, Theorem, Threshold, Trait, Unit, each
from theory_checks.matrix_sensing._common import derived
from theory_checks.matrix_sensing.lpgd import distance, truncates_a_gradient_step


def limit(at: float) -> Bound:
    def bound(k: Array, c: Constants) -> Array:
        return np.where(c["K"] > at, np.sqrt(1 + c["delta"] ** 2), 0.0) * c["s_1"]  # b = δ = (K−1)/(K+1)

    return bound


def flip(at: float) -> Threshold:
    return Threshold(of=lambda c: c["K"], at=at, within=1e-9)


BEST = Claim[Rectangular, Truncated](
    source=derived("sdl.lpgd.sharp-threshold", "spurious fixed point", "lee2023, counterexample"),
    assumes=frozenset({Trait.LOW_RANK}),
    instances={"K = 4, 4.2, 4.3, 5": trapped},
    algorithm=LPGD(1, lambda p: 1 / p.constants["mean"].value),
    laws={"truncated step": truncates_a_gradient_step},
    metric=each(distance),
    unit=Unit(x=2),
    bound=limit(2 + sqrt(5)),
    rounding=lambda k, c: 1e-10 * c["s_1"],
    holds=flip(2 + sqrt(5)),
    k=range(150, 151),
    seeds=4,
)
SHORT = replace(
    BEST, instances={"K = 2.8, 2.9, 3.1, 4": partial(trapped, K=(2.8, 3.1, 2.9, 4.0))},
    algorithm=LPGD(1, lambda p: 1 / p.constants["L"].value),
    bound=limit(3.0), holds=flip(3.0),
)

THEOREM = Theorem(
    claims={"step 2/(mu+L)": (BEST, Status.CONSISTENT), "step 1/L": (SHORT, Status.CONSISTENT)},
    foils={
        "step 1/L where 2/(mu+L) is told": (replace(BEST, algorithm=SHORT.algorithm), Status.REFUTED),
        "start at the other side": (replace(BEST, instances={"nudged by 2": partial(trapped, nudge=-0.9)}), Status.REFUTED),
        "3 for the best step": (replace(BEST, instances=SHORT.instances, bound=limit(3.0), holds=flip(3.0)), Status.REFUTED),
        "no trap": (replace(SHORT, bound=lambda k, c: 0 * c["s_1"]), Status.REFUTED),
        "unit": (replace(SHORT, bound=lambda k, c: limit(3.0)(k, c) * c["s_1"]), Status.ILL_POSED),
    },
)
