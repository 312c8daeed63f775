"""Li et al. 2024 (arXiv 2311.14222), setting; derived: in which eigen-directions accelerated SGD contracts faster than SGD.

Accelerated SGD on least squares with Hessian H = diag λ, parameters δ ≤ γ, β, α = 1/(1 + β); c = (1 − β)/(1 + β),
q = αδ + (1 − α)γ. In the mean, (x, v) moves in the direction of an eigenvalue λ by a 2 × 2 matrix M with

    det M = c (1 − δλ),    tr M = 1 + c − qλ.

With ρ its spectral radius: ρ > 1 − δλ, slower than SGD with the same δ, if and only if λ > (1 − c)/δ; and (1 − ρ)/λ → (γ + δ)/2
as λ → 0. (k counts the eigen-directions, the largest eigenvalue first.)

Why: for complex eigenvalues ρ² = det M, and c(1 − δλ) > (1 − δλ)² iff c > 1 − δλ. If they are real and both below 1 − δλ, so is
det M < (1 − δλ)²; and det(M − (1 − δλ) I) = (1 − δλ) λ (q − δ) ≥ 0 puts both on one side of 1 − δλ. (Both are positive if qλ < 1 + c.)
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.accelerated_sgd import Direction, MeanSteps
from problems.quasar_convex.gaussian_regression import GaussianRegression, power_law
from ratecheck import Array, Claim, Constants, Count, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.quasar_convex._common import on


def trace(p: GaussianRegression, s: Direction) -> Array:
    return s.of_x[0] + s.of_v[1]


def determinant(p: GaussianRegression, s: Direction) -> Array:
    return s.of_x[0] * s.of_v[1] - s.of_x[1] * s.of_v[0]


def radius(p: GaussianRegression, s: Direction) -> Array:
    """The larger modulus of the two eigenvalues, from the entries of the matrix."""
    xp = array_namespace(s.eigenvalue)
    half = (s.of_x[0] - s.of_v[1]) / 2
    d = half * half + s.of_x[1] * s.of_v[0]
    real = xp.abs(trace(p, s)) / 2 + xp.sqrt(xp.where(d > 0, d, 0 * d))
    return xp.where(d >= 0, real, xp.sqrt(xp.abs(determinant(p, s))))


def slower(p: GaussianRegression, s: Direction) -> Array:
    """1 if the radius is above that of SGD, else 0"""
    xp = array_namespace(s.eigenvalue)
    slack = radius(p, s) - (1 - p.constants["delta"].value * s.eigenvalue)
    return xp.where(slack > 0, 1 + 0 * slack, 0 * slack)


def effective(p: GaussianRegression, s: Direction) -> Array:
    """(1 − ρ)/λ"""
    return (1 - radius(p, s)) / s.eigenvalue


def in_order(p: GaussianRegression, s: Direction, t: Direction) -> Array:
    """The k-th state holds the k-th eigenvalue, and k rises by 1."""
    xp = array_namespace(s.eigenvalue)
    off = xp.abs(t.eigenvalue - p.spectrum[:, t.k]) + xp.abs(s.eigenvalue - p.spectrum[:, s.k])
    return off / t.eigenvalue + abs(t.k - s.k - 1)


def c_(c: Constants) -> Array:
    return (1 - c["beta"]) / (1 + c["beta"])


def q_(c: Constants) -> Array:
    return (c["delta"] + c["beta"] * c["gamma"]) / (1 + c["beta"])


DETERMINANT = Claim[GaussianRegression, Direction](
    source=Source("li2024 v1", "Section 2, setting; spectrum derived", "asgd.spectrum", Statement.DERIVED),
    assumes=frozenset({Trait.UNBIASED}),
    instances={
        f"cut {cut}, decay {decay:g}": partial(power_law, d=30, cut=cut, decay=decay)  # one k an eigenvalue
        for cut, decay in ((2, 2.0), (5, 2.0), (10, 2.0), (4, 1.0))
    },
    algorithm=MeanSteps(),
    metric=each(determinant),
    unit=Unit(),
    bound=lambda k, c: c_(c) * (1 - c["delta"] * c["lam"]),
    holds=Equal(1e-12),
    k=range(30),
    seen={"lam": Seen(each(lambda p, s: s.eigenvalue), Unit(1, -2))},
    laws={"in order": in_order},
    seeds=1,
)
TRACE = replace(DETERMINANT, metric=each(trace), bound=lambda k, c: 1 + c_(c) - q_(c) * c["lam"])
SLOWER = replace(DETERMINANT, metric=each(slower), bound=lambda k, c: 1.0 * (c["lam"] > (1 - c_(c)) / c["delta"]), holds=Count())
SMALL = replace(
    DETERMINANT,
    instances={"decay 3": partial(power_law, d=60, decay=3.0, cut=2), "decay 2.5": partial(power_law, d=60, decay=2.5, cut=4)},
    metric=each(effective),
    unit=Unit(-1, 2),
    bound=lambda k, c: (c["gamma"] + c["delta"]) / 2 + 0 * k,
    holds=Equal(0.01),
    k=range(55, 60),
)

THEOREM = Theorem(
    claims={
        "determinant": (DETERMINANT, Status.CONSISTENT),
        "trace": (TRACE, Status.CONSISTENT),
        "where it is slower": (SLOWER, Status.CONSISTENT),
        "small eigenvalues": (SMALL, Status.CONSISTENT),
    },
    foils={
        "never slower": (replace(SLOWER, bound=lambda k, c: 0 * c["lam"]), Status.REFUTED),
        "slower from (1 - c)/gamma on": (replace(SLOWER, bound=lambda k, c: 1.0 * (c["lam"] > (1 - c_(c)) / c["gamma"])), Status.REFUTED),
        "slower from 2(1 - c)/delta on": (
            replace(SLOWER, bound=lambda k, c: 1.0 * (c["lam"] > 2 * (1 - c_(c)) / c["delta"])),
            Status.REFUTED,
        ),
        "gamma itself for small eigenvalues": (replace(SMALL, bound=lambda k, c: c["gamma"] + 0 * k), Status.REFUTED),
        "gamma doubled": (replace(TRACE, algorithm=MeanSteps(stretch=2.0)), Status.REFUTED),
        "gamma doubled, small eigenvalues": (replace(on(SMALL, "decay 3"), algorithm=MeanSteps(stretch=2.0)), Status.REFUTED),
        "q lambda^2": (replace(TRACE, bound=lambda k, c: 1 + c_(c) - q_(c) * c["lam"] ** 2), Status.ILL_POSED),
    },
)
