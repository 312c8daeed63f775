"""Gorbunov, Taylor, Horváth, Gidel 2023 (poster), Theorem 5, second part: a proximal step must exceed 2ρ; an equality.

F(x) = −x/ρ is ρ-negatively comonotone; the proximal point method multiplies by ρ/(ρ − g), so for every k

    ‖x_k − x*‖² = (ρ/(g − ρ))^{2k} R²,   and it converges if and only if g > 2ρ.

Rows have g/ρ on both sides of 2.
"""

from dataclasses import replace

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.proximal_point import ProximalPoint, State
from algorithms.min_max.stability import Edge, StabilityEdge
from problems.min_max.linear_operators import LinearOperator
from problems.min_max.proximal_worst_cases import repelling
from ratecheck import Array, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Threshold, Trait, Unit, each
from theory_checks.min_max._common import LENGTH2, STEP, distance2, is_proximal

SOURCE = Source("gorbunov2023", "Theorem 5, divergence", "nc.pp.diverge", Statement.VERIFIED)


def bound(k: Array, c: Constants) -> Array:
    return (c["rho"] / (c["g"] - c["rho"])) ** (2 * k) * c["R"] ** 2


FACTOR = Claim[LinearOperator, State](
    source=SOURCE,
    assumes=frozenset({Trait.NEGATIVE_COMONOTONE}),
    instances={"F = −x/ρ": repelling},
    algorithm=ProximalPoint(lambda c: c["g"].value),
    metric=each(distance2),
    unit=LENGTH2,
    bound=bound,
    holds=Equal(1e-10),
    k=range(51),
    seen={"g": Seen(each(lambda p, s: s.g), STEP)},
    laws={"is proximal": is_proximal},
    seeds=10,
)


def further_than_the_start(p: LinearOperator, s: State) -> Array:
    """1 if ‖z_k − z*‖ > R, else 0"""
    d = distance2(p, s)
    return array_namespace(d).astype(d > p.constants["R"].value ** 2, d.dtype)


FLIP = replace(
    FACTOR,
    metric=each(further_than_the_start),
    unit=Unit(),
    bound=lambda k, c: np.where(c["g"] > 2 * c["rho"], 0.0, 1.0),
    holds=Threshold(of=lambda c: c["g"] / c["rho"], at=2.0),
    k=range(1, 51),
)
EDGE = Claim[LinearOperator, Edge](
    source=SOURCE,
    assumes=FACTOR.assumes,
    instances=FACTOR.instances,
    algorithm=StabilityEdge(ProximalPoint, lambda c: 4 * c["rho"].value, lambda c: 1.2 * c["rho"].value),  # stable above: ends swapped
    metric=each(lambda p, s: s.step),
    unit=STEP,
    bound=lambda k, c: 2 * c["rho"],
    holds=Equal(1e-10),
    k=range(1),
    seeds=1,
)

THEOREM = Theorem(
    claims={"factor": (FACTOR, Status.CONSISTENT), "flip": (FLIP, Status.CONSISTENT), "edge": (EDGE, Status.CONSISTENT)},
    foils={
        "flips at 2.2": (replace(FLIP, bound=lambda k, c: np.where(c["g"] > 2.2 * c["rho"], 0.0, 1.0)), Status.REFUTED),
        "edge ρ": (replace(EDGE, bound=lambda k, c: c["rho"]), Status.REFUTED),
        "edge 2/ρ": (replace(EDGE, bound=lambda k, c: 2 / c["rho"]), Status.ILL_POSED),
        "factor ρ/g": (replace(FACTOR, bound=lambda k, c: (c["rho"] / c["g"]) ** (2 * k) * c["R"] ** 2), Status.REFUTED),
        "over-relaxed": (replace(FACTOR, algorithm=ProximalPoint(lambda c: c["g"].value, 1.1)), Status.UNLAWFUL),
    },
)
