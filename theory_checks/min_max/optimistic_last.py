"""Gorbunov, Taylor, Gidel 2022 (arXiv 2205.08446; the authors' code read): the last iterate of optimistic gradient.

F monotone and L-Lipschitz, x̃_k = x_k − g F(x̃_{k−1}), x_{k+1} = x_k − g F(x̃_k), x̃_0 = x_0, 0 < g ≤ 1/(3L). For every N ≥ 0

    ‖F(x_N)‖²  ≤  3 (1 + 32 L² g²) R² / (g² (N + 32)),   R = ‖x_0 − z*‖.
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.optimistic import OptimisticGradient, State
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import nonnormal, normal, skew, spectrum
from ratecheck import Always, Array, Claim, Constants, SameOrder, Seen, Source, Statement, Status, Theorem, Trait, each
from ratecheck.performance import Operators, WorstCase, last_force2
from theory_checks.min_max._common import (
    FORCE2,
    STEP,
    Game,
    Misreading,
    extrapolates_with_the_past,
    residual2,
    steps_with_the_past_force,
    worst_row,
)


def bound(k: Array, c: Constants) -> Array:
    return 3 * (1 + 32 * (c["L"] * c["g"]) ** 2) * c["R"] ** 2 / (c["g"] ** 2 * (k + 32))


CLAIM = Claim[Game, State](
    source=Source("gorbunov2022optimistic", "Theorem 1", "vi.og.mono.last", Statement.VERIFIED),
    assumes=frozenset({Trait.MONOTONE, Trait.SMOOTH}),
    instances={"plane": partial(normal, pairs=1), "skew": partial(skew, pairs=4, floor=0.05), "non-normal": partial(nonnormal, pairs=1)},
    algorithm=OptimisticGradient(over_L(1 / 3), over_L(1 / 3)),
    metric=each(residual2),
    unit=FORCE2,
    bound=bound,
    holds=Always(),
    k=range(201),
    seen={"g": Seen(each(lambda p, s: s.g1), STEP)},
    given={"g ≤ 1/(3L)": lambda k, c: 3 * c["g"] * c["L"]},
    laws={"extrapolates with the past": extrapolates_with_the_past, "steps with the past force": steps_with_the_past_force},
)
ORDER = replace(
    CLAIM,
    instances={"continuum": partial(spectrum, decades=1.5)},
    k=range(1, 1201),
    seeds=64,
    sharp={"continuum": SameOrder(0.12, 0.35, worst_row)},
)

THEOREM = Theorem(
    claims={"force": (CLAIM, Status.CONSISTENT), "order over a continuum": (ORDER, Status.CONSISTENT)},
    foils={
        "a thirtieth": (replace(CLAIM, bound=lambda k, c: bound(k, c) / 30), Status.REFUTED),
        "1/N²": (replace(ORDER, bound=lambda k, c: 32 * bound(k, c) / (k + 32)), Status.REFUTED),
        "1/√N": (replace(ORDER, bound=lambda k, c: bound(k, c) * (k / 32 + 1) ** 0.5), Status.UNSHARP),
        "g for g²": (replace(CLAIM, bound=lambda k, c: bound(k, c) * c["g"]), Status.ILL_POSED),
        "g = 0.6/L": (replace(CLAIM, algorithm=OptimisticGradient(over_L(0.6), over_L(0.6))), Status.NOT_APPLICABLE),
        "g = 0.6/L, unstated": (replace(CLAIM, algorithm=OptimisticGradient(over_L(0.6), over_L(0.6)), given={}), Status.REFUTED),
        "no past": (
            replace(
                CLAIM, algorithm=OptimisticGradient(over_L(0.0), over_L(1 / 3)), laws={}, seen={"g": Seen(each(lambda p, s: s.g2), STEP)}
            ),
            Status.REFUTED,
        ),
        "F misread by 1.1": (replace(CLAIM, algorithm=Misreading(CLAIM.algorithm, 1.1)), Status.UNLAWFUL),
    },
    worst={"force": WorstCase({"f": Operators(L="L")}, {"L": 1.0, "R": 1.0}, last_force2)},
)
