"""Hsieh, Antonakopoulos, Cevher, Mertikopoulos 2022 (arXiv 2206.06015, read), Theorems 2(a) and 6: OptDA+ under additive noise.

E|ξ^i|² ≤ σ_A², γ_t = O(t^{−1/4}), η_t = Θ(t^{−1/2}), X_{t+1} = X_1 − η_{t+1} Σ_{s ≤ t} g_{s+1/2}, X_{t+1/2} = X_t − γ_t g_{t−1/2}. Then

    E regret_T ≤ O(√T)   at the played points, against every comparator of a ball,
    Σ_{t ≤ T} E‖V(X_{t+1/2})‖² = O(T^{1−q})   up to logarithms, if moreover γ_t = Ω(t^{−(1/2−q)}); here q = 1/4.

f = L x y: the moments are exact. Constants of the schedules are ours: γ_t = γ t^{−1/4}, η_t = η t^{−1/2}.
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.separated_steps import Moments, OptimisticDualAveraging, Schedule
from problems.min_max.noisy_bilinear import NoisyBilinear, separated
from ratecheck import Array, AtMostOrder, Claim, Source, Statement, Status, Theorem, Trait, Unit
from theory_checks.min_max._common import FORCE2
from theory_checks.min_max.separated_steps_bilinear import forces, moves, regret


def power(name: str, exponent: float) -> Schedule:
    return lambda c, t: c[name].value * t**exponent


def schedules(p: NoisyBilinear, s: Moments, t: Moments) -> Array:
    """X_t = X_1 − η t^{−1/2} Y_t, X_{t+1/2} = X_t − γ t^{−1/4} g: the maps themselves"""
    c, n = p.constants, s.k + 1
    base = abs(s.base[:, 0, 0] + c["eta"].value * n**-0.5) / c["eta"].value
    return base + abs(s.played[:, 0, 2] - s.base[:, 0, 2] + c["gamma"].value * n**-0.25) / c["gamma"].value


REGRET = Claim[NoisyBilinear, Moments](
    source=Source("hsieh2022", "Theorem 2(a)", "ogp.add.sqrtT", Statement.VERIFIED),
    assumes=frozenset({Trait.MONOTONE, Trait.UNBIASED}),
    instances={
        "σ_A = 1, R = 2": partial(separated, sigma_M=0.1, sigma_A=1.0, R=2.0),
        "σ_A = 2, σ_M = 0.2": partial(separated, sigma_M=0.2, sigma_A=2.0, R=2.0),
    },
    algorithm=OptimisticDualAveraging(power("gamma", -0.25), power("eta", -0.5)),
    metric=regret,
    unit=Unit(1, 0),
    bound=lambda k, c: c["R"] ** 2 / c["eta"] * (k + 1) ** 0.5,
    holds=AtMostOrder(0.1),
    k=range(20, 2001),
    laws={"moves": moves, "schedules": schedules},
    seeds=2,
)
FORCES = replace(
    REGRET,
    source=replace(REGRET.source, place="Theorem 6"),
    metric=forces,
    unit=FORCE2,
    bound=lambda k, c: (c["L"] * c["R"]) ** 2 * (k + 1) ** 0.75,
    holds=AtMostOrder(0.15),
)
CONSTANT = OptimisticDualAveraging(power("gamma", 0.0), power("eta", 0.0))

THEOREM = Theorem(
    claims={"regret": (REGRET, Status.CONSISTENT), "forces": (FORCES, Status.CONSISTENT)},
    foils={
        "regret of order T^0.2": (replace(REGRET, bound=lambda k, c: c["R"] ** 2 / c["eta"] * (k + 1) ** 0.2), Status.REFUTED),
        "forces of order T^0.3": (replace(FORCES, bound=lambda k, c: (c["L"] * c["R"]) ** 2 * (k + 1) ** 0.3), Status.REFUTED),
        "constant steps": (replace(FORCES, algorithm=CONSTANT), Status.UNLAWFUL),
        "no step": (replace(REGRET, bound=lambda k, c: c["R"] ** 2 * (k + 1) ** 0.5), Status.ILL_POSED),
        "η ten times γ": (
            replace(REGRET, algorithm=OptimisticDualAveraging(power("gamma", -1.0), power("gamma", 0.0)), laws={}),
            Status.REFUTED,
        ),
    },
)
