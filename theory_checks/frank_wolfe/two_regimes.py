"""Jaggi 2013 (PMLR v28), Theorem 6: a small duality gap by holding the step, with an exact oracle (δ = 0).

Let Frank–Wolfe run with γ_k = 2/(k+2) for k < K and go on with the constant γ_k = 2/(K+2) for K ≤ k ≤ 2K+1 (the text says K+1 of
them, the proof sums K+2). Then some k in that second range has

    g(x_k) ≤ 2 C_f / (K + 2) .
"""

from collections.abc import Callable
from dataclasses import replace

from algorithms.frank_wolfe.vanilla import FrankWolfe, State, open_loop
from problems.frank_wolfe.logistic import breast_cancer
from problems.frank_wolfe.simplex import planted, squared_norm
from ratecheck import Always, Array, Claim, Constants, Source, Statement, Status, Theorem, Trait, Unit, best
from ratecheck.oracles import SmoothOverCompact
from theory_checks.frank_wolfe._common import frank_wolfe, fw_gap, roundoff


def held(K: int) -> Callable[[int], float]:
    return lambda k: open_loop(min(k, K))


def bound(k: Array, c: Constants) -> Array:
    return 2 * c["C_f"] / ((k - 1) / 2 + 2)


def claim(K: int) -> Claim[SmoothOverCompact, State]:
    return Claim[SmoothOverCompact, State](
        source=Source("jaggi2013", "Theorem 6", "fw.jaggi.tworegime", Statement.VERIFIED),
        assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT}),
        instances={"squared norm": squared_norm},
        algorithm=FrankWolfe(held(K)),
        laws=frank_wolfe(lambda k: 2 / (min(k, K) + 2)),
        metric=best(fw_gap, start=K),
        unit=Unit(f=1),
        bound=bound,
        holds=Always(),
        k=range(2 * K + 1, 2 * K + 2),
        rounding=roundoff,
    )


SHORT, LONG = claim(5), claim(60)
LOOSE = replace(SHORT, instances={"least squares": planted, "breast cancer": breast_cancer})

THEOREM = Theorem(
    claims={"K = 5": (SHORT, Status.CONSISTENT), "K = 60": (LONG, Status.CONSISTENT), "random and data": (LOOSE, Status.VACUOUS)},
    foils={
        "never held": (replace(SHORT, algorithm=FrankWolfe(open_loop)), Status.UNLAWFUL),
        "step 0.4": (replace(LONG, algorithm=FrankWolfe(lambda k: 0.4), laws={}), Status.REFUTED),
        "an eighth": (replace(SHORT, bound=lambda k, c: bound(k, c) / 8), Status.REFUTED),
        "K² for K": (replace(LONG, bound=lambda k, c: bound(k, c) / (k + 3)), Status.REFUTED),
        "no curvature": (replace(SHORT, bound=lambda k, c: bound(k, c) * c["L"]), Status.ILL_POSED),
    },
)
