"""Xu, Shen, Chi, Ma 2023 (later arXiv version, as recalled): ScaledGD(λ) with noisy data, order only.

y = A(M*) + e, e_i ~ N(0, σ²) (per normalised measurement), α and δ small, k ≥ r: after O(log) iterations, with high
probability,   ‖X_TX_Tᵀ − M*‖_F  ≤  C κ⁴ σ √(n r).    Constants not read; the linear dependence on σ is tested, and that
C κ⁴ = 2 is enough at κ_M = 2, on certified operators.
"""

from dataclasses import replace

from algorithms.matrix_sensing.oracles import constant
from algorithms.matrix_sensing.scaled import Scaled, ScaledDescent, fraction_of_s_r
from problems.matrix_sensing.ladders import noisy
from problems.matrix_sensing.sensing import Sensing
from ratecheck import Always, Array, Claim, Constants, Scaling, Source, Statement, Status, Theorem, Trait, Unit, best
from theory_checks.matrix_sensing._common import descends_scaled, error


def bound(k: Array, c: Constants) -> Array:
    return 2 * c["sigma"] * (c["n"] * c["r"]) ** 0.5


CLAIM = Claim[Sensing, Scaled](
    source=Source("xu2023, later arXiv version", "noisy theorem, as recalled", "sgdl.noisy", Statement.RECALLED),
    assumes=frozenset({Trait.LOW_RANK, Trait.SYMMETRIC, Trait.RESTRICTED_ISOMETRY}),
    instances={"δ = 0.05": noisy},
    algorithm=ScaledDescent(constant(0.3), fraction_of_s_r(0.05)),
    laws={"scaled descent": descends_scaled},
    metric=best(error),
    unit=Unit(x=2),
    bound=bound,
    holds=Scaling(of=lambda c: c["sigma"], within=0.1),
    k=range(200, 201),
    seeds=8,
)
CONSTANT = replace(CLAIM, holds=Always())

THEOREM = Theorem(
    claims={"linear in σ": (CLAIM, Status.CONSISTENT), "C = 2": (CONSTANT, Status.CONSISTENT)},
    foils={
        "stopped early": (replace(CLAIM, k=range(30, 31)), Status.REFUTED),
        "too much damping": (replace(CLAIM, algorithm=ScaledDescent(constant(0.3), fraction_of_s_r(100.0))), Status.REFUTED),
        "root of sigma": (replace(CLAIM, bound=lambda k, c: (c["sigma"] * c["s_1"]) ** 0.5), Status.REFUTED),
        "no sqrt n": (replace(CONSTANT, bound=lambda k, c: c["sigma"] / c["n"]), Status.REFUTED),
        "squared": (replace(CLAIM, bound=lambda k, c: c["sigma"] ** 2), Status.ILL_POSED),
    },
)
