"""How slow every span method must be on a monotone operator (derived, for linear operators), calls of F counted.

For every m there are a skew F with ‖A‖ = L and a z_0 at distance R such that, if z_q − z_0 lies in the span of q ≤ 2m + 1 forces,

    ‖F(z_q)‖ ≥ L R / (2m + 1),

and the method of smallest residual meets it at q = 2m and 2m + 1. Why: ‖F(z_q)‖² is a weighted sum of |s p(i s)|², p(0) = 1; the even
part of p makes s p an odd polynomial of slope 1, and T_{2m+1} is the flattest one: the spectrum is the set of its extremal points.
Extragradient methods spend two calls a step: count calls, not steps.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.min_max.anchored import AnchoredExtragradient, FastExtragradient
from algorithms.min_max.extragradient import Extragradient
from algorithms.min_max.krylov import SmallestResidual, State
from algorithms.min_max.optimistic import OptimisticGradient
from algorithms.min_max.steps import over_L
from problems.min_max.anchored_worst_cases import chebyshev
from ratecheck import (
    Algorithm,
    Array,
    AtLeast,
    Claim,
    Constants,
    Counted,
    Counting,
    Equal,
    HasX,
    Seen,
    Source,
    Statement,
    Status,
    Tally,
    Theorem,
    Trait,
    each,
)
from theory_checks.min_max._common import FORCE, CountedGame, Game, residual

SOURCE = Source("nemirovsky1992", "span methods, linear operators", "vi.lower.span", Statement.DERIVED)
SPECTRA = {f"m = {m}": partial(chebyshev, m=m) for m in (1, 2, 4)}


def bound(k: Array, c: Constants) -> Array:
    """nothing is promised after 2m + 1 calls"""
    return np.where(c["calls"] <= 2 * c["m"] + 1, c["L"] * c["R"] / (2 * c["m"] + 1), 0.0)


def slow(method: Algorithm[Game, HasX], spent: Callable[[Counted[HasX]], int]) -> Claim[Game, Counted[HasX]]:
    """`spent`: calls made before x_k was known, from the calls made before the state k was yielded."""
    counting: Counting[Game, HasX] = Counting(method, counted)
    return Claim[Game, Counted[HasX]](
        source=SOURCE,
        assumes=frozenset({Trait.MONOTONE, Trait.AFFINE}),
        instances=SPECTRA,
        algorithm=counting,
        metric=each(lambda p, s: residual(p, s.state)),
        unit=FORCE,
        bound=bound,
        holds=AtLeast(),
        k=range(10),
        seen={"calls": Seen(each(lambda p, s: np.asarray(float(spent(s)))))},
        seeds=4,
    )


def counted(p: Game, tally: Tally) -> Game:
    return CountedGame(p, tally)


FASTEST = Claim[Game, State](
    source=SOURCE,
    assumes=frozenset({Trait.MONOTONE, Trait.AFFINE}),
    instances=SPECTRA,
    algorithm=SmallestResidual(),
    metric=each(residual),
    unit=FORCE,
    bound=bound,
    holds=AtLeast(),
    k=range(10),
    seen={"calls": Seen(each(lambda p, s: np.asarray(float(s.k))))},
    rounding=lambda k, c: 1e-12 * c["L"] * c["R"],
    seeds=4,
)


def met(m: int) -> Claim[Game, State]:
    return replace(FASTEST, instances={f"m = {m}": partial(chebyshev, m=m)}, k=range(2 * m, 2 * m + 2), holds=Equal(1e-10))


EXTRAGRADIENT = slow(Extragradient(over_L(0.7), over_L(0.7)), lambda s: s.calls["apply"] - 2)
OPTIMISTIC = slow(OptimisticGradient(over_L(0.5), over_L(0.5)), lambda s: s.calls["apply"] - 1)
FAST = slow(FastExtragradient(over_L(1.0), over_L(0.0)), lambda s: s.calls["apply"] - 2)

THEOREM = Theorem(
    claims={
        "smallest residual": (FASTEST, Status.CONSISTENT),
        **{f"met, m = {m}": (met(m), Status.CONSISTENT) for m in (1, 2, 4, 6)},
        "extragradient": (EXTRAGRADIENT, Status.CONSISTENT),
        "optimistic": (OPTIMISTIC, Status.CONSISTENT),
        "FEG": (FAST, Status.CONSISTENT),
        "EAG-V": (slow(AnchoredExtragradient(over_L(0.618), True), lambda s: s.calls["apply"] - 2), Status.CONSISTENT),
    },
    foils={
        "steps for calls": (replace(FASTEST, seen={"calls": Seen(each(lambda p, s: np.asarray(float(s.k // 2))))}), Status.REFUTED),
        "one per cent more": (replace(FASTEST, bound=lambda k, c: 1.01 * bound(k, c)), Status.REFUTED),
        "met at 2m + 2": (replace(met(4), k=range(10, 11), bound=lambda k, c: c["L"] * c["R"] / 9), Status.REFUTED),
        "R for L R": (replace(FASTEST, bound=lambda k, c: bound(k, c) / c["L"]), Status.ILL_POSED),
    },
)
