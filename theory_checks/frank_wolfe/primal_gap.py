"""Jaggi 2013 (PMLR v28), Theorem 1, with an exact oracle (δ = 0).

Let f be convex over a compact convex C, with curvature C_f = sup (2/γ²) (f(y) − f(x) − ⟨∇f(x), y − x⟩) over x, s ∈ C,
y = x + γ(s − x), γ ∈ (0, 1]; C_f ≤ L D² in every norm. The iterates of Frank–Wolfe with γ_k = 2/(k+2), k from 0, satisfy

    f(x_k) − f* ≤ 2 C_f / (k + 2)        for every k ≥ 1.

On data the curvature that the steps meet is far below C_f. The proof gives, with C_j = (2/γ_j²)(f(x_{j+1}) − f(x_j) −
⟨∇f(x_j), x_{j+1} − x_j⟩) ≤ C_f as met by the run,   f(x_k) − f* ≤ Σ_{j<k} 2 (j+1)/(j+2) C_j / (k (k+1)).
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from algorithms.frank_wolfe.vanilla import FrankWolfe, State, open_loop
from problems.frank_wolfe.logistic import breast_cancer
from problems.frank_wolfe.simplex import planted, squared_norm
from ratecheck import Always, Array, Claim, Constants, SameOrder, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from ratecheck.performance import Indicator, Smooth, WorstCase, last_gap
from theory_checks.frank_wolfe._common import Gapped, f_gap, frank_wolfe, inner, primal_gap, roundoff


def bound(k: Array, c: Constants) -> Array:
    return 2 * c["C_f"] / (k + 2)


CLAIM = Claim[Gapped, State](
    source=Source("jaggi2013", "Theorem 1", "fw.jaggi.primal", Statement.VERIFIED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT}),
    instances={"least squares": planted, "squared norm": squared_norm},
    algorithm=FrankWolfe(open_loop),
    laws=frank_wolfe(lambda k: 2 / (k + 2)),
    metric=each(primal_gap),
    unit=Unit(f=1),
    bound=bound,
    holds=Always(),
    k=range(1, 201),
    rounding=roundoff,
    gap=f_gap,
    sharp={"squared norm": SameOrder(within=0.1)},
)


def curvature_met(p: Gapped, states: Iterator[State]) -> Iterator[Array]:
    """Σ_{j<k} 2 (j+1)/(j+2) C_j / (k (k+1)), nothing at k = 0"""
    total = 0.0 * p.f_star
    for s, t in pairwise(states):
        yield total / max(s.k * (s.k + 1), 1)
        total = total + (s.k + 1) * (s.k + 2) * (p.value(t.x) - p.value(s.x) - inner(s.g, t.x - s.x))


MET = replace(
    CLAIM,
    instances={"least squares": planted, "breast cancer": breast_cancer},
    seen={"met": Seen(curvature_met, Unit(f=1))},
    bound=lambda k, c: c["met"],
    sharp={},
)

THEOREM = Theorem(
    claims={
        "every k": (CLAIM, Status.CONSISTENT),
        "on data": (replace(CLAIM, instances={"breast cancer": breast_cancer}, sharp={}), Status.VACUOUS),
        "with the curvature met": (MET, Status.CONSISTENT),
    },
    foils={
        "step 1/(k+2)": (replace(CLAIM, algorithm=FrankWolfe(lambda k: 1 / (k + 2))), Status.UNLAWFUL),
        "step 0.1": (replace(CLAIM, algorithm=FrankWolfe(lambda k: 0.1), laws={}), Status.REFUTED),
        "O(1/k²)": (replace(CLAIM, bound=lambda k, c: bound(k, c) / (k + 2)), Status.REFUTED),
        "O(1/√k)": (replace(CLAIM, bound=lambda k, c: bound(k, c) * (k + 2) ** 0.5), Status.UNSHARP),
        "a quarter": (replace(CLAIM, bound=lambda k, c: bound(k, c) / 4), Status.REFUTED),
        "a third of the curvature met": (replace(MET, bound=lambda k, c: c["met"] / 3), Status.REFUTED),
        "L D for L D²": (replace(CLAIM, bound=lambda k, c: 2 * c["L"] * c["D"] / (k + 2)), Status.ILL_POSED),
    },
    worst={
        "every k": WorstCase(
            {"f": Smooth(), "h": Indicator(D="D")}, {"L": 1.0, "D": 1.0, "C_f": 1.0, "f_gap": 0.0, "n": 1.0}, last_gap, start=[]
        )
    },
)
