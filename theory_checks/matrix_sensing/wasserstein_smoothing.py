"""Brechet, Papagiannouli, An, Montufar 2023 (author copy), Lemma 3.3: how far smoothing moves the loss. Printed and safe.

L_τ(W) is the Bures–Wasserstein loss at WWᵀ + τI. The lemma prints, with the eigenvalues of Σ_0,
    |L_τ(W) − L(W)|  ≤  n√τ ( √τ + 2 √λ_max/√λ_min ),
which cannot hold in every unit: at W = 0, Σ_0 = 100 I_3, τ = 1 the difference is 57 and the bound 9. The step of the proof that
bounds ‖τΣ_0‖ gives λ_max in place of √λ_max; so corrected it is right. Sharper, and derived here: for every W

    0  ≤  nτ − ( L_τ(W) − L(W) )  ≤  2√τ tr Σ_0^{1/2},        with equality on the right at W = 0.

Why: 0 ≤ tr (A+B)^{1/2} − tr A^{1/2} ≤ tr B^{1/2}, with A = Σ_0^{1/2}WWᵀΣ_0^{1/2} and B = τΣ_0.
"""

from dataclasses import dataclass, replace
from functools import partial

from problems.matrix_sensing.bures import Bures, close_to_singular, random
from ratecheck import Always, Array, Certified, Claim, Constants, Direct, Source, Statement, Status, Theorem, Unit, each
from theory_checks.matrix_sensing._common import derived


@dataclass(frozen=True, eq=False)
class Point:
    W: Array  # (B, n, n)


def difference(p: Bures, s: Point) -> Array:
    return p.smoothed(s.W) - p.value(s.W)


def saved(p: Bures, s: Point) -> Array:
    """nτ − (L_τ − L)"""
    return s.W.shape[1] * p.tau - difference(p, s)


def distance(p: Bures, s: Point) -> Array:
    return abs(difference(p, s))


def sharp(k: Array, c: Constants) -> Array:
    return 2 * c["tau"] ** 0.5 * c["trace_root"]


def corrected(k: Array, c: Constants) -> Array:
    return c["n"] * c["tau"] ** 0.5 * (c["tau"] ** 0.5 + 2 * c["lam_max"] / c["lam_min"] ** 0.5)


def printed(k: Array, c: Constants) -> Array:
    return c["n"] * c["tau"] ** 0.5 * (c["tau"] ** 0.5 + 2 * (c["lam_max"] / c["lam_min"]) ** 0.5)


def pure_numbers(seeds: range, scale: float = 100.0) -> Bures:
    """The same, read as in the paper: Σ_0 a pure number."""
    p = close_to_singular(seeds, scale)
    return replace(p, constants={n: Certified(c.value, Unit(), c.side, c.proof) for n, c in p.constants.items()})


SHARP = Claim[Bures, Point](
    source=derived("bw.smoothed.gap", "two-sided, sharp", "brechet2023, sharpened"),
    assumes=frozenset(),
    instances={"isotropic": close_to_singular, "random": partial(random, tau=0.1)},
    algorithm=Direct(lambda p: Point(p.x0)),
    metric=each(saved),
    unit=Unit(x=2),
    bound=sharp,
    rounding=lambda k, c: 1e-13 * (c["trace"] + c["n"] * c["tau"]),
    holds=Always(),
    k=range(1),
    seeds=30,
)
CORRECTED = replace(
    SHARP, source=Source("brechet2023, author copy", "Lemma 3.3, corrected", "bw.smoothed.gap", Statement.DERIVED), metric=each(distance),
    bound=corrected, instances={"isotropic": close_to_singular},
)
PRINTED = replace(
    CORRECTED, source=Source("brechet2023, author copy", "Lemma 3.3", "bw.smoothed.gap", Statement.VERIFIED),
    instances={"Σ_0 = 100 I_3": pure_numbers}, unit=Unit(), bound=printed,
)

THEOREM = Theorem(
    claims={"sharp": (SHARP, Status.CONSISTENT), "lemma, corrected": (CORRECTED, Status.CONSISTENT)},
    printed={"lemma 3.3": (PRINTED, Status.REFUTED)},
    foils={
        "printed, with units": (replace(CORRECTED, bound=printed), Status.ILL_POSED),
        "half": (replace(SHARP, bound=lambda k, c: sharp(k, c) / 2), Status.REFUTED),
        "other side": (replace(SHARP, metric=each(lambda p, s: -saved(p, s))), Status.FAILED),
        "at 100 times the root": (replace(SHARP, algorithm=Direct(lambda p: Point(100 * p.root)), instances=CORRECTED.instances),
                                  Status.VACUOUS),
        "n tau alone": (replace(CORRECTED, bound=lambda k, c: c["n"] * c["tau"] / 10), Status.REFUTED),
    },
)
