"""An underdetermined operator whose restricted isometry constant is known (C.2 of the common facts, ms.blind-operator).

H = I − Σ_{i≤K} vec(z_i)vec(z_i)ᵀ with z_i = diag(h_i)/√n, h_i rows of a Hadamard matrix, h_1 all ones: the trace is not seen. Then

    | ‖A(Z)‖² − ‖Z‖_F² |  ≤  (K j/n) ‖Z‖_F²   for rank(Z) ≤ j,     with equality for K = 1 at projectors: δ_j = j/n.

All M* + tI fit the data, so an over-parameterised factor (k = n) has a continuum of solutions; descent from α·Gaussian finds M* up to
O(α²) (a little less: A*A(M*) = M* − (tr M*/n) I damps the null directions), from α = 1 another one.
Why: ⟨Z, z_i⟩² ≤ ‖Z‖_*² ‖z_i‖² ≤ j ‖Z‖_F²/n. A search from below attacks the constant.
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.matrix_sensing.descent import Factor, FactoredDescent
from algorithms.matrix_sensing.isometry_search import Candidate, IsometrySearch
from algorithms.matrix_sensing.oracles import constant, truncated
from problems.matrix_sensing.ladders import starts
from problems.matrix_sensing.operators import blind
from problems.matrix_sensing.sensing import Sensing, planted
from ratecheck import Always, Array, Claim, Draw, Equal, Law, Scaling, Status, Theorem, Trait, Unit, best, each
from theory_checks.matrix_sensing._common import derived, descends, error, frobenius, relative

N = 16


def defect(p: Sensing, s: Candidate) -> Array:
    """|‖A(Z)‖² − 1|"""
    return abs(array_namespace(s.Z).sum(s.Z * s.image, axis=(1, 2)) - 1)


def instance(K: int, j: int) -> Draw[Sensing]:
    return partial(planted, spectrum=(1.0,), n=N, k=j, alpha=1.0, operator=blind(N, K, j))


def searches(rank: int) -> Law[Sensing, Candidate]:
    def law(p: Sensing, s: Candidate, t: Candidate) -> Array:
        """Z_{k+1} = P_rank(3 Z_k − A*A(Z_k)), normalised; the image is A*A(Z_k)"""
        wanted = truncated(3 * s.Z - p.normal(s.Z), rank)
        off = t.Z - wanted / frobenius(wanted)[:, None, None]
        return frobenius(off) + abs(frobenius(s.Z) - 1) + relative(s.image - p.normal(s.Z), s.Z)

    return law


def climbs(p: Sensing, s: Candidate, t: Candidate) -> Array:
    """The search never goes back: ‖A(Z)‖² does not grow"""
    xp = array_namespace(s.Z)
    up = xp.sum(t.Z * t.image, axis=(1, 2)) - xp.sum(s.Z * s.image, axis=(1, 2))
    return xp.where(up > 1e-12, up, 0 * up)


ONE = Claim[Sensing, Candidate](
    source=derived("ms.blind-operator", "δ_j = j/n"),
    assumes=frozenset({Trait.RESTRICTED_ISOMETRY}),
    instances={"j = 1": instance(1, 1)},
    algorithm=IsometrySearch(1, -1.0),
    laws={"climbs": climbs, "searches": searches(1)},
    metric=each(defect),
    unit=Unit(),
    bound=lambda k, c: c["delta"],
    rounding=lambda k, c: 1e-13 + 0 * k,
    holds=Always(power=0.9),
    k=range(300),
)
TWO = replace(ONE, instances={"j = 2": instance(1, 2)}, algorithm=IsometrySearch(2, -1.0), laws={"climbs": climbs, "searches": searches(2)})
REACHED = replace(TWO, holds=Equal(within=1e-6), rounding=lambda k, c: 0 * k, k=range(300, 301))
FOUR = replace(ONE, instances={"K = 4, j = 1": instance(4, 1)})
BIAS = Claim[Sensing, Factor](
    source=derived("ms.blind-operator", "implicit bias, error O(α²)"),
    assumes=ONE.assumes,
    instances={"α from 1e-5 to 1e-2": partial(starts, spectrum=(1.0,), n=N, k=N, high=1e-2, operator=blind(N, 1, 3))},
    algorithm=FactoredDescent(constant(0.3)),
    laws={"descent": descends},
    metric=best(error),
    unit=Unit(x=2),
    bound=lambda k, c: c["alpha"] ** 2,
    holds=Scaling(of=lambda c: 1 / c["alpha"], within=0.0, one_sided=True),
    k=range(300, 301),
    seeds=8,
)

THEOREM = Theorem(
    claims={
        "rank 1": (ONE, Status.CONSISTENT),
        "rank 2": (TWO, Status.CONSISTENT),
        "rank 2, reached": (REACHED, Status.CONSISTENT),
        "four unseen directions": (FOUR, Status.CONSISTENT),
        "error of a small start": (BIAS, Status.CONSISTENT),
    },
    foils={
        "upward search": (replace(REACHED, algorithm=IsometrySearch(2, 1.0), laws={}), Status.REFUTED),
        "rank 2 for 1": (replace(TWO, instances={"j = 2": instance(1, 1)}), Status.REFUTED),
        "rank 2 for 1, by law": (replace(ONE, algorithm=IsometrySearch(2, -1.0)), Status.UNLAWFUL),
        "K forgotten": (replace(FOUR, bound=lambda k, c: c["delta"] / 4), Status.REFUTED),
        "stopped early": (replace(BIAS, k=range(20, 21)), Status.REFUTED),
        "large step": (replace(BIAS, algorithm=FactoredDescent(constant(1.1))), Status.REFUTED),
        "error alpha^3": (replace(BIAS, bound=lambda k, c: c["alpha"] ** 3 / c["s_1"] ** 0.5), Status.REFUTED),
        "unit": (replace(BIAS, bound=lambda k, c: c["alpha"]), Status.ILL_POSED),
    },
)
