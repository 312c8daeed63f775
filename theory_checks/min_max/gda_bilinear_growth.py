"""Folklore: gradient descent ascent leaves a bilinear saddle point; derived, an equality.

F(z) = A (z − z*), A skew, all its singular values equal to s (f = xᵀCy with CᵀC = s² I). For every step g and every k ≥ 0

    ‖z_k − z*‖² = (1 + g² s²)^k ‖z_0 − z*‖².

Why: ⟨F(z), z − z*⟩ = 0 and ‖F(z)‖ = s ‖z − z*‖, so a step adds g² s² ‖z − z*‖². No step size converges.
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.gradient import GradientDescentAscent, State
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import skew
from ratecheck import Always, Array, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, each
from theory_checks.min_max._common import LENGTH2, STEP, Game, distance2, relative


def bound(k: Array, c: Constants) -> Array:
    return (1 + (c["g"] * c["L"]) ** 2) ** k * c["R"] ** 2


def goes_against_F(p: Game, s: State, t: State) -> Array:
    """x_{k+1} = x_k − g F(x_k)"""
    return relative(s.x - s.g[:, None] * p.apply(s.x), t.x)


CLAIM = Claim[Game, State](
    source=Source("folklore", "bilinear games", "vi.gda.bilinear-growth", Statement.DERIVED),
    assumes=frozenset({Trait.MONOTONE, Trait.AFFINE}),
    instances={"one pair": partial(skew, floor=1.0), "four pairs": partial(skew, pairs=4, floor=1.0)},
    algorithm=GradientDescentAscent(over_L(0.13)),
    metric=each(distance2),
    unit=LENGTH2,
    bound=bound,
    holds=Equal(1e-10),
    k=range(501),
    seen={"g": Seen(each(lambda p, s: s.g), STEP)},
    laws={"goes against F": goes_against_F},
    seeds=4,
)
ONE = {"one pair": skew}

THEOREM = Theorem(
    claims={
        "growth": (CLAIM, Status.CONSISTENT),
        "long step": (replace(CLAIM, algorithm=GradientDescentAscent(over_L(2.0)), k=range(101)), Status.CONSISTENT),
    },
    foils={
        "it converges": (replace(CLAIM, bound=lambda k, c: c["R"] ** 2 + 0 * k, holds=Always(), instances=ONE), Status.REFUTED),
        "1 + g s": (replace(CLAIM, bound=lambda k, c: (1 + c["g"] * c["L"]) ** k * c["R"] ** 2, instances=ONE), Status.REFUTED),
        "R for R²": (replace(CLAIM, bound=lambda k, c: bound(k, c) / c["R"], instances=ONE), Status.ILL_POSED),
        "unequal singular values": (replace(CLAIM, instances={"floor 0.5": partial(skew, pairs=4, floor=0.5)}), Status.REFUTED),
        "half the step": (
            replace(
                CLAIM, algorithm=GradientDescentAscent(over_L(0.065)), seen={"g": Seen(each(lambda p, s: 2 * s.g), STEP)}, instances=ONE
            ),
            Status.REFUTED,
        ),
    },
)
