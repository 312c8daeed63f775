"""Uzan, Weinberger 2024 (arXiv 2403.06971), linear game under the squared error: pure and mixed minimax representations.

x has covariance Σ ≻ 0, responses fᵀS⁻¹f ≤ 1 with S ≻ 0, R ∈ ℝ^{d×r}; λ_1 ≥ ... ≥ λ_d eigenvalues of M = Σ^{1/2} S Σ^{1/2}, vectors V.
    regret(R, f) = fᵀ(Σ − ΣR(RᵀΣR)⁻¹RᵀΣ)f,
    pure:    min_R max_f regret = λ_{r+1},  attained by R* = Σ^{-1/2} V_{1:r};
    mixed:   min over laws of R of max_f E regret = t* = max_{l > r} (l − r)/Σ_{i ≤ l} 1/λ_i.
Mixed, why (our proof): E[I − P] runs through the Fantope {0 ⪯ W ⪯ I, tr W = d − r}; w_i = min(1, t*/λ_i) in the basis V gives
λ_max(M^{1/2}WM^{1/2}) = t*; conversely against the random response f_i = SΣ^{1/2}v_i/√λ_i with odds 1/λ_i, i ≤ l, every R pays
at least the d − r smallest of l equal numbers 1/Σ(1/λ_i) and d − l zeros, that is t*.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.representation_responses import (
    AgainstPrior,
    Mixed,
    Neighbours,
    Prior,
    Pure,
    best_mixed,
    best_pure,
    one_coordinate_late,
    principal_components,
    pure_as_mixed,
)
from problems.min_max.representation import F, RepresentationGame, isotropic, planted
from ratecheck import Array, AtLeast, Claim, Constants, Direct, Draw, Equal, Source, Statement, Status, Theorem, each

GAMES: Mapping[str, Draw[RepresentationGame]] = {
    "6 to 2": planted,
    "10 to 3, slow decay": partial(planted, d=10, rank=3, decay=0.2),
    "isotropic": isotropic,
}


def worst_regret(p: RepresentationGame, s: Pure) -> Array:
    return p.worst(p.regret_matrix(s.R))


def worst_expected_regret(p: RepresentationGame, s: Mixed) -> Array:
    mean = sum((s.weights[:, j][:, None, None] * p.regret_matrix(R) for j, R in enumerate(s.atoms)), start=0 * p.sigma)
    return p.worst(mean)


def regret_against_prior(p: RepresentationGame, s: Prior) -> Array:
    xp = array_namespace(s.C)
    return xp.sum(s.C * p.regret_matrix(s.R), axis=(-2, -1))


PURE = Claim[RepresentationGame, Pure](
    source=Source("uzan2024", "Section 3, pure strategies", "rep.pure", Statement.VERIFIED),
    assumes=frozenset(),
    instances=GAMES,
    algorithm=Direct(best_pure),
    metric=each(worst_regret),
    unit=F,
    bound=lambda k, c: c["lam_r1"],
    holds=Equal(within=1e-10),
    k=range(1),
)
NO_BETTER = replace(PURE, algorithm=Neighbours(), holds=AtLeast(), k=range(150), seeds=8)
MIXED = Claim[RepresentationGame, Mixed](
    source=Source("uzan2024", "Section 3, Theorem 3, mixed strategies", "rep.mixed", Statement.DERIVED),
    assumes=frozenset(),
    instances=GAMES,
    algorithm=Direct(best_mixed),
    metric=each(worst_expected_regret),
    unit=F,
    bound=lambda k, c: c["t"],
    holds=Equal(within=1e-10),
    k=range(1),
)
PRIOR = Claim[RepresentationGame, Prior](
    source=MIXED.source,
    assumes=frozenset(),
    instances=GAMES,
    algorithm=AgainstPrior(),
    metric=each(regret_against_prior),
    unit=F,
    bound=lambda k, c: c["t"],
    holds=AtLeast(),
    k=range(150),
    seeds=8,
)
PRIOR_VALUE = replace(PRIOR, holds=Equal(within=1e-10), k=range(1))  # k = 0 is the best pure representation: a saddle point


def times(factor: float, name: str) -> Claim[RepresentationGame, Pure]:
    def bound(k: Array, c: Constants) -> Array:
        return factor * c[name]

    return replace(NO_BETTER, bound=bound)


THEOREM = Theorem(
    claims={
        "value in pure strategies": (PURE, Status.CONSISTENT),
        "no pure representation does better": (NO_BETTER, Status.CONSISTENT),
        "value in mixed strategies": (MIXED, Status.CONSISTENT),
        "no representation beats the prior": (PRIOR, Status.CONSISTENT),
        "the best one meets it": (PRIOR_VALUE, Status.CONSISTENT),
    },
    foils={
        "principal components": (replace(PURE, algorithm=Direct(principal_components)), Status.REFUTED),
        "v_2 ... v_{r+1}": (replace(PURE, algorithm=Direct(one_coordinate_late)), Status.REFUTED),
        "lambda_r": (replace(PURE, bound=lambda k, c: c["lam_r"]), Status.REFUTED),
        "2 % more for every R": (times(1.02, "lam_r1"), Status.REFUTED),
        "at least lambda_r": (times(1.0, "lam_r"), Status.REFUTED),
        "mixing is of no use": (replace(MIXED, algorithm=Direct(pure_as_mixed)), Status.REFUTED),
        "water to the last coordinate": (replace(MIXED, bound=lambda k, c: c["t_all"]), Status.REFUTED),
        "prior on all coordinates": (replace(PRIOR, algorithm=AgainstPrior(waterline=False)), Status.REFUTED),
        "square root": (replace(MIXED, bound=lambda k, c: (c["t"]) ** 0.5), Status.ILL_POSED),
    },
)
