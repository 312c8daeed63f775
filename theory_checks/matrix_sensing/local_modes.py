"""The error near M*, mode by mode (C3.2 of the common facts, ms.local-modes), and what it gives for ScaledGD(λ).

Near XXᵀ = M*, k = r, δ = 0: in the eigenbasis of M* the entries of E = XXᵀ − M* obey, to first order in E,

    E_ij  →  (1 − η(a_i + a_j)) E_ij,   a_i = s_i for descent,   a_i = s_i/(s_i + λ) for ScaledGD(λ),   a_i = 0 off the signal.

The slowest mode is signal r against null, so from a generic start the error contracts at last by 1 − η s_r/(s_r + λ)
(sgdl.local-rate): with λ ≤ c s_r no condition number is left, while descent needs η ≤ O(1/s_1), hence 1 − O(s_r/s_1).
"""

from dataclasses import replace
from functools import partial

from algorithms.matrix_sensing.descent import Factor, FactoredDescent
from algorithms.matrix_sensing.oracles import constant
from algorithms.matrix_sensing.scaled import Scaled, ScaledDescent, fixed
from problems.matrix_sensing.near import all_modes, one_mode
from problems.matrix_sensing.sensing import Sensing
from ratecheck import Array, Claim, Constants, Equal, Status, Theorem, Trait, Unit, each_step
from theory_checks.matrix_sensing._common import FREE_STEP, LAM, STEP, derived, descends, descends_scaled, error


def quotient(p: Sensing, s: Factor | Scaled, t: Factor | Scaled) -> Array:
    """‖E_{t+1}‖/‖E_t‖"""
    return error(p, t) / error(p, s)


def mode(k: Array, c: Constants) -> Array:
    return 1 - c["eta"] * (c["s_i"] + c["s_j"])


def scaled_mode(k: Array, c: Constants) -> Array:
    return 1 - c["eta"] * (c["s_i"] / (c["s_i"] + c["lam"]) + c["s_j"] / (c["s_j"] + c["lam"]))


DESCENT = Claim[Sensing, Factor](
    source=derived("ms.local-modes", "C3.2"),
    assumes=frozenset({Trait.SYMMETRIC, Trait.LOW_RANK}),
    instances={"one mode": one_mode},
    algorithm=FactoredDescent(constant(0.1)),
    laws={"descent": descends},
    seen={"eta": STEP},
    metric=each_step(quotient),
    unit=Unit(),
    bound=mode,
    holds=Equal(within=1e-5),
    k=range(12),
    seeds=8,
)
SCALED = Claim[Sensing, Scaled](
    source=DESCENT.source,
    assumes=DESCENT.assumes,
    instances={"one mode": one_mode},
    algorithm=ScaledDescent(constant(0.2), fixed(0.05)),
    laws={"scaled descent": descends_scaled},
    seen={"eta": FREE_STEP, "lam": LAM},
    metric=each_step(quotient),
    unit=Unit(),
    bound=scaled_mode,
    holds=Equal(within=1e-5),
    k=range(12),
    seeds=8,
)
RATE = replace(
    SCALED,
    source=derived("sgdl.local-rate", "asymptotic factor of ScaledGD(λ), k = r", "xu2023, derived"),
    instances={"all modes": partial(all_modes, size=1e-3, least=0.1)},
    algorithm=ScaledDescent(constant(0.3), fixed(0.1)),
    bound=lambda k, c: 1 - c["eta"] * c["s_r"] / (c["s_r"] + c["lam"]),
    k=range(100, 121),
)

THEOREM = Theorem(
    claims={
        "descent": (DESCENT, Status.CONSISTENT),
        "scaled descent": (SCALED, Status.CONSISTENT),
        "slowest mode": (RATE, Status.CONSISTENT),
    },
    foils={
        "damping 0.06": (replace(SCALED, algorithm=ScaledDescent(constant(0.2), fixed(0.06)), seen={"eta": FREE_STEP},
                                 bound=lambda k, c: scaled_mode(k, {**c, "lam": 0.05 * c["s_1"]})), Status.REFUTED),
        "far from M*": (replace(DESCENT, instances={"far": lambda seeds: one_mode(seeds, 1e-2)}), Status.REFUTED),
        "2 eta s_r": (replace(RATE, bound=lambda k, c: 1 - 2 * c["eta"] * c["s_r"] / (c["s_r"] + c["lam"])), Status.REFUTED),
        "signal alone": (replace(DESCENT, bound=lambda k, c: 1 - 2 * c["eta"] * c["s_i"]), Status.REFUTED),
        "eta squared": (replace(DESCENT, bound=lambda k, c: 1 - c["eta"] ** 2 * (c["s_i"] + c["s_j"])), Status.ILL_POSED),
    },
)
