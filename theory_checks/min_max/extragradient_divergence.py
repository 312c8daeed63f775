"""Gorbunov, Taylor, Horváth, Gidel 2023 (poster), Theorem 6, third item: no steps of extragradient work for ρ = 1/(2L).

Let a = g1 L, b = g2 L. F = L Rot(2π/3) is 1/(2L)-negatively comonotone and L-Lipschitz; F(z) = L z is monotone. For every k

    F = L Rot(2π/3):   ‖x_k‖² = ((1 + b (1 − a)/2)² + (3/4) b² (1 + a)²)^k R²,      a factor above 1 for every a ≤ 1, b > 0;
    F = L z:           ‖x_k‖² = (1 + b (a − 1))^{2k} R²,                             a factor above 1 for every a > 1.

Rows draw their own (a, b).
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.min_max.extragradient import Extragradient, State
from algorithms.min_max.steps import Step
from problems.min_max.linear_operators import stepped
from ratecheck import Always, Array, AtLeast, Claim, Constants, Equal, Source, Statement, Status, Theorem, Trait, each
from theory_checks.min_max._common import LENGTH2, Game, Misreading, distance2, extrapolates, steps_with_the_middle_force

THIRD = partial(stepped, angle=2 * np.pi / 3)


def rotated(k: Array, c: Constants) -> Array:
    a, b = c["g1"] * c["L"], c["g2"] * c["L"]
    return ((1 + b * (1 - a) / 2) ** 2 + 0.75 * (b * (1 + a)) ** 2) ** k * c["R"] ** 2


def straight(k: Array, c: Constants) -> Array:
    a, b = c["g1"] * c["L"], c["g2"] * c["L"]
    return (1 + b * (a - 1)) ** (2 * k) * c["R"] ** 2


def at_least_the_start(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 + 0 * k


def own(name: str) -> Step:
    return lambda c: c[name].value


ROTATION = Claim[Game, State](
    source=Source("gorbunov2023", "Theorem 6, third item", "nc.eg.counter", Statement.VERIFIED),
    assumes=frozenset({Trait.NEGATIVE_COMONOTONE, Trait.SMOOTH}),
    instances={"L Rot(2π/3)": THIRD},
    algorithm=Extragradient(own("g1"), own("g2")),
    metric=each(distance2),
    unit=LENGTH2,
    bound=rotated,
    holds=Equal(1e-10),
    k=range(101),
    given={"ρ ≤ 1/(2L)": lambda k, c: 2 * c["rho"] * c["L"]},
    laws={"extrapolates": extrapolates, "steps with the middle force": steps_with_the_middle_force},
    seeds=64,
)
STRAIGHT = replace(ROTATION, instances={"L z": partial(stepped, angle=0.0, low1=1.0, high1=2.0)}, bound=straight)
SHORT = {"L Rot(2π/3)": partial(THIRD, low1=0.0, high1=1.0)}  # a ≤ 1
GROWS = replace(ROTATION, instances={**SHORT, **STRAIGHT.instances}, bound=at_least_the_start, holds=AtLeast())
SAFE = replace(ROTATION, instances={"angle 1.8": partial(stepped, angle=1.8, low1=0.7, high1=0.9, low2=0.0, high2=0.05)})

THEOREM = Theorem(
    claims={
        "rotation": (ROTATION, Status.CONSISTENT),
        "straight": (STRAIGHT, Status.CONSISTENT),
        "no steps work": (GROWS, Status.CONSISTENT),
    },
    foils={
        "a smaller ρ grows too": (replace(SAFE, bound=at_least_the_start, holds=AtLeast()), Status.REFUTED),
        "it converges": (replace(GROWS, holds=Always()), Status.REFUTED),
        "1 for 3/4": (replace(ROTATION, bound=lambda k, c: rotated(k, {**c, "L": c["L"] * (4 / 3) ** 0.5})), Status.REFUTED),
        "R for R²": (replace(ROTATION, bound=lambda k, c: rotated(k, c) / c["R"]), Status.ILL_POSED),
        "F misread by 1.1": (replace(ROTATION, algorithm=Misreading(ROTATION.algorithm, 1.1)), Status.UNLAWFUL),
        "steps swapped": (replace(ROTATION, algorithm=Extragradient(own("g2"), own("g1"))), Status.REFUTED),
    },
)
