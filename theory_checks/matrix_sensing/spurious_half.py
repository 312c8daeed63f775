"""A spurious local minimum appears exactly at δ = 1/2 (ms.spurious-half; generalises Zhang, Josz, Sojoudi, Lavaei 2018).

n = 2, M* = e₁e₁ᵀ, ‖A(Z)‖² = a² + 2δac + c² + 2(1+δ)b² for Z = [[a, b], [b, c]]: all eigenvalues of A*A are 1 ± δ.
Gradient descent on ¼‖A(xxᵀ) − y‖², started beside the point (0, √δ), ends with the error

    ‖xxᵀ − M*‖_F  =  0 if δ < 1/2,      √(1 + δ²) if δ > 1/2.

Why: A*A(xxᵀ − M*) = diag(δ² − 1, 0) kills (0, √δ), so it is stationary; the second derivative along e₁ has the sign of
(1+δ)δ − (1−δ²) = (1+δ)(2δ − 1). So no condition weaker than δ < 1/2 can promise convergence from every start.
"""

from dataclasses import replace

import numpy as np

from algorithms.matrix_sensing.descent import Factor, FactoredDescent
from algorithms.matrix_sensing.oracles import constant
from problems.matrix_sensing.sensing import Sensing
from problems.matrix_sensing.spurious import near_spurious
from ratecheck import Array, Claim, Constants, Status, Theorem, Threshold, Trait, Unit, each
from theory_checks.matrix_sensing._common import derived, descends, error


def limit(k: Array, c: Constants, at: float = 0.5) -> Array:
    return np.where(c["delta"] < at, 0.0, np.sqrt(1 + c["delta"] ** 2)) * c["s_1"]


def moved(at: float) -> Threshold:
    return Threshold(of=lambda c: c["delta"], at=at, within=1e-9)


CLAIM = Claim[Sensing, Factor](
    source=derived("ms.spurious-half", "the family of spurious minima", "zhang2018, generalised"),
    assumes=frozenset({Trait.RESTRICTED_ISOMETRY}),
    instances={"2 x 2": near_spurious},
    algorithm=FactoredDescent(constant(0.4)),
    laws={"descent": descends},
    metric=each(error),
    unit=Unit(x=2),
    bound=limit,
    rounding=lambda k, c: 1e-12 * c["s_1"],
    holds=moved(0.5),
    k=range(4000, 4001),
    seeds=8,
)

THEOREM = Theorem(
    claims={"the limit flips at 1/2": (CLAIM, Status.CONSISTENT)},
    foils={
        "stopped early": (replace(CLAIM, k=range(150, 151)), Status.REFUTED),
        "step 1.2": (replace(CLAIM, algorithm=FactoredDescent(constant(1.2)), k=range(150, 151)), Status.REFUTED),
        "far start": (replace(CLAIM, instances={"2 x 2": lambda seeds: near_spurious(seeds, 0.9)}), Status.REFUTED),
        "flips at 0.45": (replace(CLAIM, bound=lambda k, c: limit(k, c, 0.45), holds=moved(0.45)), Status.REFUTED),
        "wrong height": (replace(CLAIM, bound=lambda k, c: limit(k, c) / np.sqrt(1 + c["delta"] ** 2)), Status.REFUTED),
        "nothing above": (replace(CLAIM, holds=moved(0.8)), Status.VACUOUS),
        "unit of the factor": (replace(CLAIM, bound=lambda k, c: limit(k, c) / c["s_1"] ** 0.5, k=range(2, 3)), Status.ILL_POSED),
    },
)
