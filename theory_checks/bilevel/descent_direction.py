"""Salehi, Mukherjee, Roberts, Ehrhardt 2023, Proposition 3.1 (proved here): when an inexact hypergradient is a descent direction.

If ‖z − ∇F(x)‖ ≤ (1 − η)‖z‖ with 0 < η < 1, then
    ⟨∇F(x), z⟩ ≥ η‖z‖²,     η‖z‖ ≤ ‖∇F(x)‖ ≤ (2 − η)‖z‖,
and if F is L_F-smooth,   F(x − αz) ≤ F(x) − α(η − L_F α/2)‖z‖²     for every α > 0.
All of them are attained: the first and the last by z = ∇F/η, the upper bound on ‖∇F‖ by z = ∇F/(2 − η).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import inf

from algorithms.bilevel.batched import dot, norm
from algorithms.bilevel.implicit import exact_hypergradient
from algorithms.bilevel.oracles import Solvable
from algorithms.bilevel.outer import DescentWithError, Outer
from problems.bilevel import quadratic
from ratecheck import (
    Always,
    Array,
    AtLeast,
    Claim,
    Constants,
    Equal,
    Noise,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
    each_step,
)
from theory_checks.bilevel._common import EPS, GRADIENT, STEP, relative, value

ETA = 0.5


def squared(p: Solvable, s: Outer) -> Array:
    return dot(s.z, s.z)


def steps_along_z(p: Solvable, s: Outer, t: Outer) -> Array:
    """x_{k+1} = x_k − α z_k"""
    return relative(t.x - s.x + s.alpha * s.z, s.x, t.x)


def trusted(p: Solvable, s: Outer) -> Array:
    """‖z − ∇F‖ / ((1 − η)‖z‖)"""
    return norm(s.z - exact_hypergradient(p, s.x)) / ((1 - ETA) * norm(s.z))


def shortfall(p: Solvable, s: Outer, t: Outer) -> Array:
    """F(x_{k+1}) − F(x_k) + αη‖z‖²"""
    return value(p, t.x) - value(p, s.x) + ETA * s.alpha[:, 0] * dot(s.z, s.z)


def decrease(k: Array, c: Constants) -> Array:
    """½ L_F α² ‖z‖²"""
    return 0.5 * c["L_F"] * c["alpha"] ** 2 * c["z2"]


class HalfSteps(DescentWithError):
    """A wrong twin: it says α and moves by α/2."""

    def iterates(self, problem: Solvable, noise: Noise, /) -> Iterator[Outer]:
        for s in DescentWithError(self.eta, self.relative / 2).iterates(problem, noise):
            yield replace(s, alpha=2 * s.alpha)


def length(p: Solvable, s: Outer) -> Array:
    return s.alpha[:, 0]


SEEN = {
    "alpha": Seen(each(length), STEP),
    "z2": Seen(each(squared), Unit(2, -2)),
    "trust": Seen(each(trusted)),
}
DECREASE = Claim[Solvable, Outer](
    source=Source("salehi2023", "Proposition 3.1", "maid.descent-direction", Statement.DERIVED),
    assumes=frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH}),
    instances={"quadratic": partial(quadratic.quadratic, n=4, m=6), "one dimension": quadratic.scalar},
    algorithm=DescentWithError(ETA, 0.4),
    laws={"steps along z": steps_along_z},
    seen=SEEN,
    given={"‖z − ∇F‖ ≤ (1−η)‖z‖": lambda k, c: c["trust"] / (1 + 1e-9)},
    metric=each_step(shortfall),
    unit=Unit(1, 0),
    bound=decrease,
    holds=Always(signed=True),
    k=range(12),
    rounding=lambda k, c: 100 * EPS * (c["Delta"] + c["L_F"] * c["alpha"] ** 2 * c["z2"]),
)
WORST = replace(
    DECREASE, algorithm=DescentWithError(ETA, 0.4, inf), instances={"one dimension": quadratic.scalar}, sharp={"one dimension": Equal(1e-6)}
)
ANGLE = replace(
    DECREASE,
    algorithm=DescentWithError(ETA, 0.4, 2.0),
    metric=each(lambda p, s: dot(s.z, exact_hypergradient(p, s.x))),
    unit=Unit(2, -2),
    bound=lambda k, c: ETA * c["z2"],
    holds=AtLeast(rounding=1e-9),
    rounding=lambda k, c: 1e-9 * c["z2"],
)
LENGTH = replace(
    DECREASE,
    algorithm=DescentWithError(ETA, 0.4, -inf),
    metric=each(lambda p, s: norm(exact_hypergradient(p, s.x))),
    unit=GRADIENT,
    bound=lambda k, c: (2 - ETA) * c["z2"] ** 0.5,
    holds=Always(),
    rounding=lambda k, c: 1e-9 * c["z2"] ** 0.5,
    sharp={"quadratic": Equal(1e-8)},
)
SHORT = replace(
    LENGTH, algorithm=DescentWithError(ETA, 0.4, inf), bound=lambda k, c: ETA * c["z2"] ** 0.5, holds=AtLeast(), sharp={"quadratic": Equal(1e-8)}
)

THEOREM = Theorem(
    claims={
        "decrease": (DECREASE, Status.CONSISTENT),
        "decrease, worst direction": (WORST, Status.CONSISTENT),
        "angle": (ANGLE, Status.CONSISTENT),
        "‖∇F‖ at most": (LENGTH, Status.CONSISTENT),
        "‖∇F‖ at least": (SHORT, Status.CONSISTENT),
    },
    foils={
        "α²/4": (replace(WORST, bound=lambda k, c: decrease(k, c) / 2), Status.REFUTED),
        "α² L_F": (replace(WORST, bound=lambda k, c: decrease(k, c) * 2), Status.UNSHARP),
        "α for α²": (replace(WORST, bound=lambda k, c: decrease(k, c) / c["alpha"]), Status.ILL_POSED),
        "angle 2η": (replace(ANGLE, bound=lambda k, c: 2 * ETA * c["z2"]), Status.REFUTED),
        "less accurate than 1 − η": (replace(DECREASE, algorithm=DescentWithError(ETA / 3, 0.4)), Status.NOT_APPLICABLE),
        "less accurate, unstated": (replace(WORST, algorithm=DescentWithError(ETA / 3, 0.4, inf), given={}), Status.REFUTED),
        "steps by half of α": (replace(DECREASE, algorithm=HalfSteps(ETA, 0.4)), Status.UNLAWFUL),
        "shorter than ‖z‖": (replace(LENGTH, bound=lambda k, c: c["z2"] ** 0.5), Status.REFUTED),
    },
)
