"""Shaban, Cheng, Hatch, Boots 2019 (recalled, proved here), Proposition 3.1: truncation when convexity is only local.

As in the global statement, but ∂²_yy g ⪰ α only at the last iterates y_{T−K−1}, ..., y_T; elsewhere ‖∂²_yy g‖ ≤ L. γ ≤ 1/L:

    ‖h_{T−K} − d_x f‖  ≤  2^{T−K+1} (1 − γα)^K ‖∇_y f(y_T)‖ M_B,

since the factors A_{t+1} = I − γ ∂²_yy g(y_t) have norm at most 2 before. Within a factor 8 when the first T − K iterates lie
where the curvature is −L. The global formula fails there.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import norm
from algorithms.bilevel.truncated import Kept, TruncatedReverse
from problems.bilevel.escape import Escape, escape
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, each
from theory_checks.bilevel._common import CURVATURE, EPS, GRADIENT, STEP, forward_mode
from theory_checks.bilevel.truncation_bias import ForgetsTheAdjoint, adds_the_next_term, carries_the_adjoint, rolls_out

T = 14


def bias(p: Escape, states: Iterator[Kept]) -> Iterator[Array]:
    full = None
    for s in states:
        full = forward_mode(p, s.path, s.gamma) if full is None else full
        yield norm(s.h - full)


def least_curvature(p: Escape, s: Kept) -> Array:
    """min ∂_yy g over y_{T−K−1}, ..., y_T"""
    xp = array_namespace(s.h)
    least = p.curvature(s.path[T])[:, 0]
    for y in s.path[max(T - s.K - 1, 0) : T]:
        least = xp.minimum(least, p.curvature(y)[:, 0])
    return least


def bound(K: Array, c: Constants) -> Array:
    return 2 ** (T - K + 1) * (1 - c["gamma"] * c["alpha"]) ** K * c["grad_f"] * c["M_B"]


CLAIM = Claim[Escape, Kept](
    source=Source("shaban2019", "Proposition 3.1, local", "tbp.krmd-bias-local", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH}),
    instances={"leaves a concave region": escape, "less convex": partial(escape, a=0.3)},
    algorithm=TruncatedReverse(T, 1.0),
    laws={"adds the next term": adds_the_next_term, "carries the adjoint": carries_the_adjoint, "rolls out": rolls_out},
    seen={
        "gamma": Seen(each(lambda p, s: s.gamma[:, 0]), STEP),
        "grad_f": Seen(each(lambda p, s: norm(p.upper_y(p.x0, s.path[-1]))), GRADIENT),
        "M_B": Seen(each(lambda p, s: s.gamma[:, 0])),  # |∂_yx g| = 1
        "curvature": Seen(each(least_curvature), CURVATURE),
    },
    given={
        "γ ≤ 1/L": lambda K, c: c["gamma"] * c["L"],
        "convex at the kept iterates": lambda K, c: 1 + (c["alpha"] - c["curvature"]) / c["alpha"],
    },
    metric=bias,
    unit=GRADIENT,
    bound=bound,
    holds=Always(),
    k=range(1, T - 3),
    rounding=lambda K, c: 1e4 * EPS * c["grad_f"],
)


def globally(K: Array, c: Constants) -> Array:
    rate = c["gamma"] * c["alpha"]
    return (1 - rate) ** K / rate * c["grad_f"] * c["M_B"]


THEOREM = Theorem(
    claims={"kept iterates in the convex part": (CLAIM, Status.CONSISTENT)},
    foils={
        "the global formula": (replace(CLAIM, bound=globally), Status.REFUTED),
        "2^(T−K−3)": (replace(CLAIM, bound=lambda K, c: bound(K, c) / 16), Status.REFUTED),
        "without ∇_y f": (replace(CLAIM, bound=lambda K, c: bound(K, c) / c["grad_f"]), Status.ILL_POSED),
        "all iterates": (replace(CLAIM, k=range(1, T + 1)), Status.NOT_APPLICABLE),
        "adjoint forgotten": (replace(CLAIM, algorithm=ForgetsTheAdjoint(T, 1.0)), Status.UNLAWFUL),
    },
)
