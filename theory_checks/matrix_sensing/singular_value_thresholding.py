"""Zhang, Cen, Shah 2023 (fairness by matrix estimation) and Chatterjee 2015: singular value thresholding, deterministic facts.

Z observed, e = ‖Z − B‖, τ = (1+d)e, SVT keeps the singular values of Z above τ; Ahat = SVT/p_hat.
  svt.nonexpansive   ‖Ahat_i − Ahat_j‖ ≤ ‖Z_i − Z_j‖/p_hat for all rows i, j: individual fairness with respect to the data;
  svt.chatterjee     ‖SVT − B‖_F ≤ K(d) √(e ‖B‖_*),  K(d) = (4+2d)√(2/d) + √(2+d);
  svt.rank           rank(B) = r:  rank(SVT) ≤ r  and  ‖SVT − B‖_F ≤ (2+d)√(2r) e.
Why: Ahat = ZVVᵀ/p_hat with V the kept right vectors; by Weyl σ_i(B) ≥ de on the kept set and ≤ (2+d)e off it. The instance "just
below" loses everything: it comes within √2 of the third and within a factor 5 of the second. (Re-derived with these constants.)
"""

from dataclasses import replace

from array_api_compat import array_namespace

from algorithms.matrix_sensing.thresholding import Estimate, Thresholding
from problems.matrix_sensing.denoising import Denoising, just_below, masked, random
from ratecheck import Always, Array, Claim, Constants, Equal, Seen, Status, Theorem, Trait, Unit, each
from theory_checks.matrix_sensing._common import derived, frobenius


def row_distances(A: Array) -> Array:
    """‖A_i − A_j‖, (B, rows, rows)"""
    xp = array_namespace(A)
    D = A[:, :, None, :] - A[:, None, :, :]
    return xp.sqrt(xp.sum(D * D, axis=-1))


def stretch(p: Denoising, s: Estimate) -> Array:
    """Largest ‖Ahat_i − Ahat_j‖ p_hat/‖Z_i − Z_j‖"""
    xp = array_namespace(s.scaled)
    below = row_distances(p.Z)
    above = row_distances(s.scaled) * p.p_hat[:, None, None]
    return xp.max(above / xp.where(below > 0, below, xp.ones_like(below)), axis=(1, 2))


def chatterjee(k: Array, c: Constants) -> Array:
    K = (4 + 2 * c["d"]) * (2 / c["d"]) ** 0.5 + (2 + c["d"]) ** 0.5
    return K * (c["noise"] * c["nuclear"]) ** 0.5


def by_rank(k: Array, c: Constants) -> Array:
    return (2 + c["d"]) * (2 * c["r"]) ** 0.5 * c["noise"]


ERROR = Claim[Denoising, Estimate](
    source=derived("svt.rank", "error for rank r", "zhang2023, derived"),
    assumes=frozenset({Trait.LOW_RANK}),
    instances={"just below": just_below, "random": random},
    algorithm=Thresholding(),
    metric=each(lambda p, s: frobenius(s.X - p.M)),
    unit=Unit(x=1),
    bound=by_rank,
    holds=Always(),
    k=range(1),
)
RANK = replace(ERROR, metric=each(lambda p, s: s.kept), unit=Unit(), bound=lambda k, c: c["r"], instances={"random": random})
SPLIT = replace(  # what is kept is orthogonal to what is cut: hard, not soft thresholding
    ERROR, metric=each(lambda p, s: frobenius(s.X) ** 2 + frobenius(p.Z - s.X) ** 2), unit=Unit(x=2), holds=Equal(within=1e-12),
    seen={"Z": Seen(each(lambda p, s: frobenius(p.Z)), Unit(x=1))}, bound=lambda k, c: c["Z"] ** 2,
)
NUCLEAR = replace(ERROR, source=derived("svt.chatterjee", "error for any matrix", "chatterjee2015, re-derived"), bound=chatterjee)
NUCLEAR = replace(NUCLEAR, instances={"just below": just_below})
ROWS = replace(
    ERROR, source=derived("svt.nonexpansive", "rows come no further apart", "zhang2023, derived"), instances={"half the entries": masked},
    algorithm=Thresholding(times=0.3), metric=each(stretch), unit=Unit(), bound=lambda k, c: 1 + 0 * k,
)

THEOREM = Theorem(
    claims={
        "error": (ERROR, Status.CONSISTENT),
        "rank": (RANK, Status.CONSISTENT),
        "definition": (SPLIT, Status.CONSISTENT),
        "error by the nuclear norm": (NUCLEAR, Status.CONSISTENT),
        "rows": (ROWS, Status.CONSISTENT),
    },
    foils={
        "threshold 0.3": (replace(RANK, algorithm=Thresholding(times=0.3)), Status.REFUTED),
        "not divided": (replace(ROWS, metric=each(lambda p, s: stretch(p, s) / p.p_hat)), Status.REFUTED),
        "threshold 3": (replace(ERROR, algorithm=Thresholding(times=3.0), bound=lambda k, c: by_rank(k, c) / 2), Status.REFUTED),
        "no root of 2": (replace(ERROR, bound=lambda k, c: by_rank(k, c) / 2), Status.REFUTED),
        "1 for the constant": (replace(NUCLEAR, bound=lambda k, c: (c["noise"] * c["nuclear"]) ** 0.5), Status.REFUTED),
        "unit": (replace(NUCLEAR, bound=lambda k, c: c["noise"] * c["nuclear"]), Status.ILL_POSED),
    },
)
