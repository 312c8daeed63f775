"""Lee, Kim 2021 (read), Theorem 4.1 and Example 2: the fast extragradient (FEG), negative comonotonicity allowed.

F L-Lipschitz, ⟨F(z) − F(w), z − w⟩ ≥ −ρ' ‖F(z) − F(w)‖² with ρ' < 1/(2L) (the paper's ρ is −ρ'), steps 1/L, anchor 1/(k+1). For k ≥ 1

    ‖F(x_k)‖²  ≤  4 R² / ((1/L − 2ρ')² k²),

met exactly by f(x, y) = L x y at k = 2, 6, 10, … (ρ' = 0), where at k = 4, 8, … the residual is 0.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.min_max.anchored import FastExtragradient, State
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import nonnormal, normal, skew, spectrum
from ratecheck import Always, Array, Claim, Constants, Equal, SameOrder, Source, Statement, Status, Theorem, Trait, each
from ratecheck.performance import Operators, WorstCase, last_force2
from theory_checks.min_max._common import FORCE2, Game, Misreading, relative, residual2, worst_row


def bound(k: Array, c: Constants) -> Array:
    return 4 * c["R"] ** 2 / ((1 / c["L"] - 2 * c["rho"]) ** 2 * k**2)


def is_anchored(p: Game, s: State, t: State) -> Array:
    """x_{k+1} = b − F(w_k)/L − (1 − β) 2ρ F(x_k), w_k = b − (1 − β)(1/L + 2ρ) F(x_k), b = x_k + β (x_0 − x_k), β = 1/(k+1), ρ = −ρ'"""
    beta, a, rho = 1 / (s.k + 1), 1 / p.constants["L"].value[:, None], -p.constants["rho"].value[:, None]
    F, b = p.apply(s.x), s.x + beta * (p.x0 - s.x)
    w = b - (1 - beta) * (a + 2 * rho) * F
    return relative(b - a * p.apply(w) - (1 - beta) * 2 * rho * F, t.x)


def feg(weight: float = 1.0) -> FastExtragradient:
    return FastExtragradient(over_L(1.0), lambda c: -c["rho"].value, weight)


CLAIM = Claim[Game, State](
    source=Source("lee2021", "Theorem 4.1", "vi.feg", Statement.VERIFIED),
    assumes=frozenset({Trait.NEGATIVE_COMONOTONE, Trait.SMOOTH}),
    instances={
        "skew": partial(skew, pairs=4, L=1.0, floor=0.02),
        "ρ'L = 0.3, normal": partial(normal, rho_L=0.3),
        "ρ'L = 0.3, non-normal": partial(nonnormal, rho_L=0.3),
        "ρ'L = −0.1, plane": partial(normal, pairs=1, rho_L=-0.1),
    },
    algorithm=feg(),
    metric=each(residual2),
    unit=FORCE2,
    bound=bound,
    holds=Always(),
    k=range(1, 101),
    given={"ρ' < 1/(2L)": lambda k, c: 2 * np.maximum(c["rho"], 0.0) * c["L"]},
    laws={"is anchored": is_anchored},
)
EXACT = replace(CLAIM, instances={"f = Lxy": partial(skew, pairs=1)}, k=range(2, 203, 4), holds=Equal(1e-10), seeds=4)
ORDER = replace(
    CLAIM, instances={"continuum": spectrum}, k=range(1, 301), seeds=128, sharp={"continuum": SameOrder(0.06, across=worst_row)}, laws={}
)
HALF = replace(CLAIM, instances={"ρ'L = 0.6": partial(normal, rho_L=0.6)})

THEOREM = Theorem(
    claims={
        "every k": (CLAIM, Status.CONSISTENT),
        "exact on Lxy": (EXACT, Status.CONSISTENT),
        "order over a continuum": (ORDER, Status.CONSISTENT),
    },
    foils={
        "one per cent less": (replace(CLAIM, instances=EXACT.instances, bound=lambda k, c: 0.99 * bound(k, c)), Status.REFUTED),
        "exact at odd k": (replace(EXACT, k=range(3, 203, 4)), Status.REFUTED),
        "1/k": (replace(ORDER, bound=lambda k, c: bound(k, c) * k), Status.UNSHARP),
        "no 2ρ'": (
            replace(
                CLAIM, bound=lambda k, c: 4 * (c["R"] * c["L"] / k) ** 2, instances={"ρ'L = 0.45": partial(normal, rho_L=0.45)}, given={}
            ),
            Status.REFUTED,
        ),
        "L for L²": (replace(CLAIM, bound=lambda k, c: 4 * c["R"] ** 2 * c["L"] / k**2), Status.ILL_POSED),
        "ρ'L = 0.6": (HALF, Status.NOT_APPLICABLE),
        "anchor 1/(k+1)²": (replace(ORDER, algorithm=feg(2.0)), Status.REFUTED),
        "anchor 1/√(k+1)": (replace(CLAIM, algorithm=feg(0.5)), Status.UNLAWFUL),
        "F misread by 1.1": (replace(CLAIM, algorithm=Misreading(feg(), 1.1)), Status.UNLAWFUL),
    },
    worst={"every k": WorstCase({"f": Operators(rho="rho", L="L")}, {"L": 1.0, "R": 1.0, "rho": 0.3}, last_force2)},
)
