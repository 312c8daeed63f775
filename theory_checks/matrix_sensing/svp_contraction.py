"""Jain, Meka, Dhillon 2010, the contraction of singular value projection (constants re-derived, svp.f-contraction).

Let f(X) = ½‖A(X) − y‖², y = A(M*), rank(M*) ≤ r, and let A satisfy (1−δ)‖Z‖² ≤ ‖A(Z)‖² ≤ (1+δ)‖Z‖² for rank(Z) ≤ 2r.
Then X_{t+1} = P_r(X_t − A*(A(X_t) − y)/(1+δ)) satisfies, for every t,

    f(X_{t+1})  ≤  2δ/(1−δ) · f(X_t),        a contraction if and only if δ < 1/3.

Why: f(X⁺) ≤ f(X) + ⟨g, X⁺−X⟩ + (1+δ)/2 ‖X⁺−X‖², which X⁺ minimises over rank r; so it is at most its value at M*.
"""

from dataclasses import replace

from array_api_compat import array_namespace

from algorithms.matrix_sensing.oracles import column, constant
from algorithms.matrix_sensing.singular_value_projection import SVP, Projected
from problems.matrix_sensing.sensing import Sensing, certified
from problems.matrix_sensing.spurious import stalling
from ratecheck import Always, Array, Claim, Constants, Seen, Status, Theorem, Trait, Unit, each, each_step
from theory_checks.matrix_sensing._common import derived, relative, transposed


def next_misfit(p: Sensing, s: Projected, t: Projected) -> Array:
    return p.misfit(t.X)


def bound(k: Array, c: Constants) -> Array:
    return 2 * c["delta"] / (1 - c["delta"]) * c["f"]


def projects_a_gradient_step(p: Sensing, s: Projected, t: Projected) -> Array:
    """X_{t+1} = Y W Wᵀ with Y = X_t − η g_t and W the r leading eigenvectors of YᵀY"""
    xp = array_namespace(s.X)
    Y = s.X - column(1 / (1 + p.constants["delta"].value)) * p.gradient(s.X)
    _, W = xp.linalg.eigh(xp.matmul(transposed(Y), Y))
    W = W[:, :, -int(p.constants["r"].value[0]) :]
    return relative(t.X - xp.matmul(xp.matmul(Y, W), transposed(W)), s.X, t.X)


CLAIM = Claim[Sensing, Projected](
    source=derived("svp.f-contraction", "contraction of f under RIP(2r, δ)", "jain2010, re-derived"),
    assumes=frozenset({Trait.LOW_RANK, Trait.RESTRICTED_ISOMETRY}),
    instances={"certified, n = 12": certified},
    algorithm=SVP(rank=2),
    laws={"projected gradient": projects_a_gradient_step},
    seen={"f": Seen(each(lambda p, s: s.misfit), Unit(x=4))},
    metric=each_step(next_misfit),
    unit=Unit(x=4),
    bound=bound,
    rounding=lambda k, c: 1e-28 * c["norm_M"] ** 2,
    holds=Always(),
    k=range(20),
)
STALLING = replace(CLAIM, instances={"2 x 2, almost stuck": stalling}, algorithm=SVP(rank=1), holds=Always(power=0.6))

THEOREM = Theorem(
    claims={"every step": (CLAIM, Status.CONSISTENT), "worst direction": (STALLING, Status.CONSISTENT)},
    foils={
        "step 1": (replace(CLAIM, algorithm=SVP(2, constant(1.0))), Status.UNLAWFUL),
        "step 1/30": (replace(CLAIM, algorithm=SVP(2, constant(1 / 30)), laws={}), Status.REFUTED),
        "rank 1": (replace(CLAIM, algorithm=SVP(1), laws={}), Status.REFUTED),
        "half": (replace(STALLING, bound=lambda k, c: bound(k, c) / 2), Status.REFUTED),
        "delta squared": (replace(STALLING, bound=lambda k, c: bound(k, c) * c["delta"]), Status.REFUTED),
        "root of f": (replace(CLAIM, bound=lambda k, c: bound(k, c) ** 0.5), Status.ILL_POSED),
        "1 + delta": (replace(CLAIM, bound=lambda k, c: c["f"] * (1 - c["delta"])), Status.ILL_POSED),
    },
)
