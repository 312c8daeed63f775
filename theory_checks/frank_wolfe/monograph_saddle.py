"""Bubeck 2015 (arXiv 1405.4980v2), Theorems 5.1 and 5.2: saddle points by mirror descent and mirror prox.

φ convex in x, concave in y, mirror map a Φ_X + b Φ_Y; here x'My on two simplices with entropies, R_X² = ln n, R_Y² = ln m, and
Lip = max |M_ij| is L_X, L_Y and β_12 = β_21 at once. The gap is max_j (x̄'M)_j − min_i (Mȳ)_i at the averages.

    φ(·, y) L_X-Lipschitz, φ(x, ·) L_Y-Lipschitz, a = L_X/R_X, b = L_Y/R_Y, η = √(2/t):    gap ≤ (R_X L_X + R_Y L_Y) √(2/t)      (5.1)
    a = 1/R_X², b = 1/R_Y², η = 1/(2 max(β_11 R_X², β_22 R_Y², β_12 R_X R_Y, β_21 R_X R_Y)), midpoints:
                                                       gap ≤ 4 max(β_11 R_X², β_22 R_Y², β_12 R_X R_Y, β_21 R_X R_Y)/t    (5.2, every t)
"""

from dataclasses import replace
from typing import Any

from algorithms.frank_wolfe.gradient import Point, Rule
from algorithms.frank_wolfe.mirror import Extrapolated, MirrorDescent, MirrorProx
from problems.frank_wolfe.games import dominant, game
from ratecheck import Always, Array, Claim, Status, Theorem, Trait, Unit, at_average, each
from theory_checks.frank_wolfe._monograph import bubeck, gap, gap_at
from theory_checks.frank_wolfe.monograph_mirror import descends, extrapolates

T = 64


def descent(factor: float) -> Rule:
    def rule(p: Any, k: int) -> Array:
        """factor η/a and factor η/b"""
        c = p.constants
        eta = factor * (2 / T) ** 0.5 / c["Lip"].value
        return p.blocks(eta * c["RX"].value, eta * c["RY"].value)

    return rule


def prox(factor: float) -> Rule:
    def rule(p: Any, k: int) -> Array:
        """factor η R_X² and factor η R_Y²"""
        c = p.constants
        eta = factor / (2 * c["Lip"].value)
        return p.blocks(eta * c["RX"].value / c["RY"].value, eta * c["RY"].value / c["RX"].value)

    return rule


CLAIM = Claim[Any, Point](
    source=bubeck("Theorem 5.1", "bub.5.1"),
    assumes=frozenset({Trait.CONVEX_CONCAVE, Trait.COMPACT}),
    instances={"game": game, "dominant": dominant},
    algorithm=MirrorDescent(descent(1.0)),
    laws=descends(descent(1.0)),
    metric=at_average(gap_at, lambda s: s.x),
    unit=Unit(f=1),
    bound=lambda k, c: (c["RX"] + c["RY"]) * c["Lip"] * (2 / (k + 1)) ** 0.5,
    holds=Always(),
    k=range(T - 1, T),
    rounding=lambda k, c: 1e-15 * c["Lip"] + 0 * k,
    seeds=8,
)
PROX = Claim[Any, Extrapolated](
    source=bubeck("Theorem 5.2", "bub.5.2"),
    assumes=CLAIM.assumes,
    instances={"game": game, "dominant": dominant},
    algorithm=MirrorProx(prox(1.0)),
    laws=extrapolates(prox(1.0)),
    metric=at_average(gap_at, lambda s: s.y),
    unit=Unit(f=1),
    bound=lambda k, c: 4 * c["Lip"] * c["RX"] * c["RY"] / (k + 1),
    holds=Always(),
    k=range(100),
    rounding=lambda k, c: 1e-15 * c["Lip"] + 0 * k,
    seeds=8,
)

THEOREM = Theorem(
    claims={"5.1": (CLAIM, Status.CONSISTENT), "5.2": (PROX, Status.CONSISTENT)},
    foils={
        "step × 0.02": (replace(CLAIM, algorithm=MirrorDescent(descent(0.02)), laws={}), Status.REFUTED),
        "step × 2": (replace(CLAIM, algorithm=MirrorDescent(descent(2.0))), Status.UNLAWFUL),
        "mirror prox, step × 0.01": (replace(PROX, algorithm=MirrorProx(prox(0.01)), laws={}), Status.REFUTED),
        "mirror prox, step × 2": (replace(PROX, algorithm=MirrorProx(prox(2.0))), Status.UNLAWFUL),
        "descent, the last point, for 5.2": (
            replace(CLAIM, algorithm=MirrorDescent(prox(1.0)), laws={}, metric=each(gap), bound=PROX.bound, k=range(100, 2000, 50)),
            Status.REFUTED,
        ),
        "a tenth": (replace(CLAIM, bound=lambda k, c: CLAIM.bound(k, c) / 10), Status.REFUTED),
        "O(t⁻²)": (replace(PROX, bound=lambda k, c: PROX.bound(k, c) / (k + 1)), Status.REFUTED),
        "Lip²": (replace(PROX, bound=lambda k, c: c["Lip"] * PROX.bound(k, c)), Status.ILL_POSED),
    },
)
