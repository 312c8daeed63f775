"""Brechet, Papagiannouli, An, Montufar 2023, Theorems 4.2 and 4.5: the critical points of the Bures–Wasserstein loss.

Σ_0 = Ω diag(λ) Ωᵀ with distinct λ, W ∈ ℝ^{n×k} of rank k. For every set J of k indices and every orthogonal Q,
  4.2   W = Ω_J diag(λ_J)^{1/2} Qᵀ is a critical point of L, of value Σ_{j∉J} λ_j (the minimum if J holds the k largest);
  4.5   for τ ≤ min λ_J, W = Ω_J (diag(λ_J) − τI)^{1/2} Qᵀ is one of L_τ, of value Σ_{j∉J} (√λ_j − √τ)².
Row s takes the s-th of the ten sets J. That all other points are not critical is not a statement that a run can test.
"""

from dataclasses import dataclass, replace
from functools import partial

from problems.matrix_sensing.bures import Bures, critical
from ratecheck import Array, Claim, Direct, Equal, Source, Statement, Status, Theorem, Unit, Vanishes, each
from theory_checks.matrix_sensing._common import frobenius

PAPER = "brechet2023, author copy"


@dataclass(frozen=True, eq=False)
class Point:
    W: Array  # (B, n, k)


def shrunk(p: Bures) -> Point:
    return Point(0.99 * p.x0)


def first(p: Bures) -> Point:
    return Point(p.x0)


VALUE = Claim[Bures, Point](
    source=Source(PAPER, "Theorem 4.2", "bw.critical-values", Statement.VERIFIED),
    assumes=frozenset(),
    instances={"n = 5, k = 2": partial(critical, tau=0.0)},
    algorithm=Direct(first),
    metric=each(lambda p, s: p.value(s.W)),
    unit=Unit(x=2),
    bound=lambda k, c: c["rest"],
    holds=Equal(within=1e-12),
    k=range(1),
    seeds=10,
)
GRADIENT = replace(
    VALUE, metric=each(lambda p, s: frobenius(p.grad(s.W))), unit=Unit(x=1), bound=lambda k, c: c["trace"] ** 0.5, holds=Vanishes(1e-13)
)
SMOOTH = replace(
    VALUE, source=replace(VALUE.source, place="Theorem 4.5", slug="bw.smoothed.critical-values"),
    instances={f"τ = {tau}": partial(critical, tau=tau) for tau in (0.01, 0.2)},
    metric=each(lambda p, s: p.smoothed(s.W)), bound=lambda k, c: c["smooth_rest"], holds=Equal(within=1e-11),
)
SMOOTH_GRADIENT = replace(
    SMOOTH, metric=each(lambda p, s: frobenius(p.smoothed_grad(s.W))), unit=Unit(x=1), bound=GRADIENT.bound, holds=Vanishes(1e-12)
)

THEOREM = Theorem(
    claims={
        "value": (VALUE, Status.CONSISTENT),
        "gradient": (GRADIENT, Status.CONSISTENT),
        "smoothed value": (SMOOTH, Status.CONSISTENT),
        "smoothed gradient": (SMOOTH_GRADIENT, Status.CONSISTENT),
    },
    foils={
        "1 % off the point": (replace(GRADIENT, algorithm=Direct(shrunk)), Status.REFUTED),
        "value 1 % off": (replace(VALUE, algorithm=Direct(shrunk)), Status.REFUTED),
        "all the trace": (replace(VALUE, bound=lambda k, c: c["trace"]), Status.REFUTED),
        "tau forgotten": (replace(SMOOTH, bound=lambda k, c: c["rest"]), Status.REFUTED),
        "plain loss at the smoothed point": (replace(SMOOTH_GRADIENT, metric=GRADIENT.metric), Status.REFUTED),
        "unit": (replace(VALUE, bound=lambda k, c: c["rest"] ** 0.5), Status.ILL_POSED),
    },
)
