"""Jin, Li, Lyu, Du, Lee 2023 (ICML version), Theorems 4.1, 4.2, C.15: descent learns one eigenvector after the other.

U_{t+1} = U_t − μ A*A(U_tU_tᵀ − Z*)U_t, U_0 = αUbar; σ_1 > … > σ_r the eigenvalues of Z*, τ the smallest gap (the last to 0),
κ* = σ_1/τ. Hypotheses: RIP(2r + 1) with δ ≤ 10⁻¹² κ*^{−4.5}/r, step μ ≤ 10⁻⁴ δ/σ_1, α small. Then, with Z_s* the best
approximation of rank s OF THE MEASURED LOSS (not the truncation of Z*):
  4.1    there are times with ‖U_tU_tᵀ − Z_s*‖_F ≤ C α^{1/(M κ*²)} for every s ≤ min(columns, r) (tested with M = 1, one-sided);
  C.15   before that, ‖U_tU_tᵀ − X_sX_sᵀ‖_F ≤ 10⁷ κ*³ r δ σ_1, X_sX_sᵀ the truncation of Z*;
  4.2    with s < r columns and α below some bound the limit is Z_s*.

A step that meets μ ≤ 10⁻⁴ δ/σ_1 is below 10⁻¹⁶: no run can take it. The verdict says by what factor it is missed, and what
was observed; for δ = 0 Theorem 4.2 is derived (Z_s* is the truncation) and tested in full; the runnable lemmas are in landscape.py and local_linear.py, the exponents in plateau_exponent.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.matrix_sensing.descent import Factor, FactoredDescent
from algorithms.matrix_sensing.oracles import constant, truncated
from problems.matrix_sensing.ladders import starts
from problems.matrix_sensing.operators import symmetric
from problems.matrix_sensing.sensing import Sensing
from ratecheck import (
    Always,
    Array,
    Claim,
    Constants,
    Measure,
    Scaling,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    Vanishes,
    each,
)
from theory_checks.matrix_sensing._common import STEP, best_of_rank, derived, descends, frobenius

PAPER = "jin2023, ICML version"
N = 8
LADDER = partial(starts, spectrum=(1.0, 0.6, 0.3), n=N, k=N, low=1e-6, high=1e-3)
MEASURED = {"δ = 0.05": partial(LADDER, operator=symmetric(N, 0.05))}
SEEN = {"mu": STEP, "d": Seen(each(lambda p, s: p.constants["delta"].value), Unit())}


def closest(target: Callable[[Sensing, int], Array], s: int) -> Measure[Sensing, Factor]:
    """min over t ≤ k of the distance to target(p, s)."""

    def measure(p: Sensing, states: Iterator[Factor]) -> Iterator[Array]:
        goal = least = None
        for state in states:
            goal = target(p, s) if goal is None else goal
            now = frobenius(state.Z - goal)
            least = now if least is None else array_namespace(now).minimum(now, least)
            yield least

    return measure


def to_limit(p: Sensing, states: Iterator[Factor]) -> Iterator[Array]:
    goal = None
    for s in states:
        goal = best_of_rank(p, s.X.shape[-1]) if goal is None else goal
        yield frobenius(s.Z - goal)


def truth(p: Sensing, s: int) -> Array:
    return truncated(p.M, s)


def small_delta(k: Array, c: Constants) -> Array:
    return c["delta"] * 1e12 * (c["s_1"] / c["tau"]) ** 4.5 * c["r"]


def small_step(k: Array, c: Constants) -> Array:
    return c["mu"] * c["s_1"] / (1e-4 * c["d"])


def depth(k: Array, c: Constants) -> Array:
    return c["s_1"] * (c["alpha"] / c["s_1"] ** 0.5) ** ((c["tau"] / c["s_1"]) ** 2)


def first_fit(k: Array, c: Constants) -> Array:
    return 1e7 * (c["s_1"] / c["tau"]) ** 3 * c["r"] * c["delta"] * c["s_1"]


PLATEAU = Claim[Sensing, Factor](
    source=Source(PAPER, "Theorem 4.1", "inc.plateau.limit", Statement.VERIFIED),
    assumes=frozenset({Trait.LOW_RANK, Trait.SYMMETRIC, Trait.RESTRICTED_ISOMETRY}),
    instances=MEASURED,
    algorithm=FactoredDescent(constant(0.2)),
    laws={"descent": descends},
    seen=SEEN,
    given={"δ ≤ 1e-12 κ^-4.5/r": small_delta, "μ ≤ 1e-4 δ/σ_1": small_step},
    metric=closest(best_of_rank, 2),
    unit=Unit(x=2),
    bound=depth,
    holds=Scaling(of=lambda c: 1 / c["alpha"], within=0.0, one_sided=True),
    k=range(250),
    seeds=8,
)
FIT = replace(
    PLATEAU, source=Source(PAPER, "Lemma 4.3, Theorem C.15", "inc.first-fit", Statement.VERIFIED),
    instances={"δ = 1e-11": partial(LADDER, operator=symmetric(N, 1e-11), high=1e-5)},
    metric=closest(truth, 1), bound=first_fit, holds=Always(),
    k=range(100, 200),
)
UNDER = replace(
    PLATEAU, source=Source(PAPER, "Theorem 4.2", "inc.under.limit-is-Zs", Statement.VERIFIED),
    instances={"2 columns, δ = 0.1": partial(LADDER, k=2, operator=symmetric(N, 0.1))}, metric=to_limit,
    bound=lambda k, c: c["norm_M"], holds=Vanishes(within=1e-12), k=range(1500, 1501),
)
POPULATION = replace(
    UNDER, source=derived("inc.under.limit-is-Zs", "δ = 0: all other critical points are strict saddles", "jin2023, derived"), given={},
    instances={"2 columns, δ = 0": partial(LADDER, k=2)}, k=range(1200, 1201),
)

THEOREM = Theorem(
    claims={
        "limit of too few columns, δ = 0": (POPULATION, Status.CONSISTENT),
        "plateau": (PLATEAU, Status.NOT_APPLICABLE),
        "first fit": (FIT, Status.NOT_APPLICABLE),
        "limit of too few columns": (UNDER, Status.NOT_APPLICABLE),
    },
    foils={
        "truncation for Z_s*": (replace(UNDER, given={}, metric=each(lambda p, s: frobenius(s.Z - truth(p, 2)))), Status.REFUTED),
        "truncation as plateau": (replace(PLATEAU, given={}, metric=closest(truth, 2), bound=lambda k, c: c["alpha"] * c["s_1"] ** 0.5),
                                  Status.REFUTED),
        "alpha = 1": (replace(FIT, given={}, instances={"large": partial(LADDER, operator=symmetric(N, 1e-10), low=0.9, high=1.0)}),
                      Status.REFUTED),
        "stopped early": (replace(UNDER, given={}, k=range(100, 101)), Status.REFUTED),
    },
)
