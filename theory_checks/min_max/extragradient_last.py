"""Gorbunov, Loizou, Gidel 2022 (arXiv 2110.04261; talk handout read), Theorem 7: the last iterate of extragradient.

F monotone and L-Lipschitz, both steps equal to g with 0 < g ≤ 1/(√2 L), R = ‖x_0 − z*‖. For every K ≥ 0

    ‖F(x_K)‖²  ≤  R² / (g² (1 − L² g²) (K + 1)),
    max_{‖y − z*‖ ≤ R} ⟨F(y), x_K − y⟩  ≤  2 R² / (g √(1 − L² g²) √(K + 1)).

The gap of a skew F is R ‖A (x_K − z*)‖. Over a continuum of modes ‖F(x_K)‖² is of the order 1/K.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.min_max.extragradient import Extragradient, State
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import nonnormal, normal, skew, spectrum
from ratecheck import Always, Array, Claim, Constants, SameOrder, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from ratecheck.performance import Operators, WorstCase, last_force2
from theory_checks.min_max._common import FORCE2, STEP, Game, Misreading, residual2, same_step, steps_with_the_middle_force, worst_row


def bound(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (c["g"] ** 2 * (1 - (c["L"] * c["g"]) ** 2) * (k + 1))


def gap_bound(k: Array, c: Constants) -> Array:
    return 2 * c["R"] ** 2 / (c["g"] * np.sqrt(1 - (c["L"] * c["g"]) ** 2) * np.sqrt(k + 1))


def skew_gap(p: Game, s: State) -> Array:
    """R ‖F(x)‖ = max over ‖u‖ ≤ R of ⟨A u, x − z* − u⟩, since ⟨A u, u⟩ = 0"""
    return p.constants["R"].value * residual2(p, s) ** 0.5


CLAIM = Claim[Game, State](
    source=Source("gorbunov2021extragradient", "Theorem 7", "vi.eg.mono.last", Statement.VERIFIED),
    assumes=frozenset({Trait.MONOTONE, Trait.SMOOTH}),
    instances={"normal": normal, "non-normal": nonnormal, "skew": partial(skew, pairs=4, floor=0.05)},
    algorithm=Extragradient(over_L(0.5), over_L(0.5)),
    metric=each(residual2),
    unit=FORCE2,
    bound=bound,
    holds=Always(),
    k=range(101),
    seen={"g": Seen(each(lambda p, s: s.g1), STEP)},
    given={"g ≤ 1/(√2 L)": lambda k, c: c["g"] * c["L"] * 2**0.5},
    laws={"one step length": same_step, "steps with the middle force": steps_with_the_middle_force},
)
ORDER = replace(
    CLAIM, instances={"continuum": spectrum}, k=range(1, 401), seeds=128, sharp={"continuum": SameOrder(0.06, across=worst_row)}
)
GAP = replace(CLAIM, metric=each(skew_gap), unit=Unit(1, 0), bound=gap_bound, instances={"skew": CLAIM.instances["skew"]})
LONGEST = replace(CLAIM, algorithm=Extragradient(over_L(0.5**0.5), over_L(0.5**0.5)))

THEOREM = Theorem(
    claims={
        "force": (CLAIM, Status.CONSISTENT),
        "longest step": (LONGEST, Status.CONSISTENT),
        "order over a continuum": (ORDER, Status.CONSISTENT),
        "gap": (GAP, Status.CONSISTENT),
    },
    foils={
        "1/K²": (replace(ORDER, bound=lambda k, c: bound(k, c) / (k + 1)), Status.REFUTED),
        "1/√K": (replace(ORDER, bound=lambda k, c: bound(k, c) * (k + 1) ** 0.5), Status.UNSHARP),
        "a sixth": (replace(CLAIM, bound=lambda k, c: bound(k, c) / 6), Status.REFUTED),
        "g for g²": (replace(CLAIM, bound=lambda k, c: bound(k, c) * c["g"]), Status.ILL_POSED),
        "gradient": (
            replace(
                CLAIM,
                laws={},
                algorithm=Misreading(Extragradient(over_L(0.0), over_L(0.5)), 1.0),
                seen={"g": Seen(each(lambda p, s: s.g2), STEP)},
            ),
            Status.REFUTED,
        ),
        "F misread by 1.1": (replace(CLAIM, algorithm=Misreading(CLAIM.algorithm, 1.1)), Status.UNLAWFUL),
        "the gap decays like 1/K": (
            replace(
                GAP, instances={"continuum": spectrum}, seeds=128, k=range(1, 401), bound=lambda k, c: gap_bound(k, c) / (k + 1) ** 0.5
            ),
            Status.REFUTED,
        ),
    },
    worst={"force": WorstCase({"f": Operators(L="L")}, {"L": 1.0, "R": 1.0}, last_force2)},
)
