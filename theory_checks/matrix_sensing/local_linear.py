"""Jin et al. 2023 (ICML version), Lemma F.1: descent of rank s contracts near its best solution.

U_{t+1} = U_t − μ A*A(U_tU_tᵀ − Z*)U_t with s columns, dist(U_0, U_s*) ≤ 10⁻² √σ_1/κ*, δ ≤ 10⁻¹² κ*^{−4.5}/r; dist is the distance up
to rotation. The proof only needs the runnable step μ ≤ 1.25·10⁻⁴ τ/σ_1²:

    dist²(U_t, U_s*)  ≤  (1 − 0.05 τ μ)^t dist²(U_0, U_s*)        for every t.

A hundred such steps move little: the inequality is met to 1 − 10⁻⁶, and the foil with rate 3τμ shows that it can fail.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from algorithms.matrix_sensing.descent import Factor, FactoredDescent
from algorithms.matrix_sensing.oracles import constant
from problems.matrix_sensing.ladders import truncated_start
from problems.matrix_sensing.operators import symmetric
from problems.matrix_sensing.sensing import Sensing
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit
from theory_checks.matrix_sensing._common import STEP, at_start, best_factor, descends, frobenius, to_orbit


def orbit_distance(p: Sensing, states: Iterator[Factor]) -> Iterator[Array]:
    """dist²(U_t, U_s*)"""
    best = None
    for s in states:
        best = best_factor(p, s.X.shape[-1]) if best is None else best
        yield frobenius(to_orbit(s.X, best)) ** 2


def bound(k: Array, c: Constants) -> Array:
    return (1 - 0.05 * c["tau"] * c["mu"]) ** k * c["d_0"]


def longest(p: Sensing) -> Array:
    return 1.25e-4 * p.constants["tau"].value / p.constants["s_1"].value ** 2


CLAIM = Claim[Sensing, Factor](
    source=Source("jin2023, ICML version", "Lemma F.1", "inc.landscape.local-linear", Statement.VERIFIED),
    assumes=frozenset({Trait.LOW_RANK, Trait.SYMMETRIC, Trait.RESTRICTED_ISOMETRY}),
    instances={
        f"s = {s}": partial(truncated_start, spectrum=(1.0, 0.5), k=s, operator=symmetric(8, 1e-14)) for s in (1, 2)
    },
    algorithm=FactoredDescent(longest),
    laws={"descent": descends},
    seen={"mu": STEP, "d_0": Seen(at_start(lambda p, s: frobenius(to_orbit(s.X, best_factor(p, s.X.shape[-1]))) ** 2), Unit(x=2))},
    given={
        "δ ≤ 1e-12 κ^-4.5/r": lambda k, c: c["delta"] * 1e12 * (c["s_1"] / c["tau"]) ** 4.5 * c["r"],
        "μ ≤ 1.25e-4 τ/σ_1²": lambda k, c: c["mu"] * c["s_1"] ** 2 / (1.25e-4 * c["tau"]),
        "dist_0 ≤ 1e-2 √σ_1/κ": lambda k, c: c["d_0"] ** 0.5 / (1e-2 * c["tau"] / c["s_1"] ** 0.5),
    },
    metric=orbit_distance,
    unit=Unit(x=2),
    bound=bound,
    holds=Always(rounding=1e-12),
    k=range(1, 150),
    seeds=8,
)

THEOREM = Theorem(
    claims={"every step": (CLAIM, Status.CONSISTENT)},
    foils={
        "rate 3 tau": (replace(CLAIM, bound=lambda k, c: (1 - 3 * c["tau"] * c["mu"]) ** k * c["d_0"]), Status.REFUTED),
        "step 0.1": (replace(CLAIM, algorithm=FactoredDescent(constant(0.1))), Status.NOT_APPLICABLE),
        "uphill": (replace(CLAIM, algorithm=FactoredDescent(constant(-1e-4)), given={}), Status.REFUTED),
        "root": (replace(CLAIM, bound=lambda k, c: bound(k, c) ** 0.5), Status.ILL_POSED),
    },
)
