"""Elenter, Chamon, Ribeiro 2024 (submission version), Theorem 3.5, Corollary 3.9 with Lemmas A.5, A.7, Propositions 3.10, 3.11.

min l_0(φ) s.t. l_i(φ) ≤ 0, i ≤ m, over convex compact F; parametrisation F_θ ⊂ F with every φ ∈ F within ν of it; l_0 μ_0-strongly
convex, all l_i M-Lipschitz; φ(λ), f_θ(λ) Lagrangian minimisers, λ_u, λ_p dual optima, Δ = max |λ|_1. For EVERY minimiser f_θ:
    0 ≤ g_p(λ) − g_u(λ) ≤ Mν(1 + |λ|_1);         ‖l(f_θ(λ)) − l(φ(λ))‖_∞ ≤ M √(2Mν(1 + |λ|_1)/μ_0)   (in the 2-norm: √(2β_g Mν(1+|λ|_1)));
    |λ_p − λ_u|² ≤ 2(Mν/μ_g)(1 + |λ_p|_1);          ‖l(φ(λ_p)) − l(φ*)‖² ≤ 2(β_g²/μ_g)Mν(1 + |λ_p|_1);
    ‖l(f_θ(λ_p)) − l(φ*)‖² ≤ 2β_g Mν(1 + |λ_p|_1)(1 + √(β_g/μ_g))²;
    ‖l(f_θ(λ_p)) − l(φ*)‖_∞ ≤ M[1 + √m κ_1κ_2(1+Δ)] √(2m(Mν/μ_0)(1 + |λ_p|_1)),  κ_1 = M/σ, κ_2 = β/μ_0,
with μ_g, β_g the concavity and smoothness of g_u; √m in the bracket is ours (see the dual smoothness). Coarse grids bring the bounds
within reach: for a smooth l_0 the true error is linear in ν. The inner equality g_p − g_u = ½μ_0|f_θ − φ|² is claimed as well.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.dual_ascent import Multipliers, RandomMultipliers, Ties, tied
from problems.min_max.constrained_learning import VALUE, ConstrainedQuadratic, gridded
from ratecheck import Always, Array, Claim, Constants, Direct, Draw, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, each

GRIDS: Mapping[str, Draw[ConstrainedQuadratic]] = {
    "two points": gridded,
    "two cells": partial(gridded, cells=2),
    "two constraints": partial(gridded, m=2),
}
ONE = {name: GRIDS[name] for name in ("two points", "two cells")}  # with m = 2 the multipliers' distance is 0.04 of its bound
PAPER = partial(Source, "elenter2024", statement=Statement.VERIFIED)
NU = Seen[ConstrainedQuadratic, Multipliers](each(lambda p, s: array_namespace(s.lam).sum(s.lam, axis=-1)))


def dual_difference(p: ConstrainedQuadratic, s: Multipliers) -> Array:
    return p.lagrangian(s.phi, s.lam) - p.lagrangian(p.free(s.lam), s.lam)


def half_squared_distance(p: ConstrainedQuadratic, s: Multipliers) -> Array:
    return 0.5 * p.mu0 * array_namespace(s.lam).sum((s.phi - p.free(s.lam)) ** 2, axis=-1)


def constraint_difference(p: ConstrainedQuadratic, s: Multipliers) -> Array:
    xp = array_namespace(s.lam)
    return xp.max(xp.abs(p.slack(s.phi) - p.slack(p.free(s.lam))), axis=-1)


def is_a_minimiser(p: ConstrainedQuadratic, s: Multipliers, t: Multipliers) -> Array:
    """no neighbour on the grid has a lower Lagrangian"""
    xp = array_namespace(t.lam)
    gap = xp.abs(t.phi - p.free(t.lam)) / p.h[:, None]
    return xp.max(xp.maximum(gap - 0.5, xp.zeros_like(gap)), axis=-1)


def over_ties(of: Callable[[ConstrainedQuadratic, Ties, Array], Array], largest: bool) -> Callable[[ConstrainedQuadratic, Ties], Array]:
    """The worst over all minimisers: each block takes its worse end. `of` gives (B, m); the max, or the sum of squares."""

    def metric(p: ConstrainedQuadratic, s: Ties) -> Array:
        xp = array_namespace(s.lam)
        worst = xp.maximum(xp.abs(of(p, s, s.low)), xp.abs(of(p, s, s.high)))
        return xp.max(worst, axis=-1) if largest else xp.sum(worst**2, axis=-1)

    return metric


def to_optimum(p: ConstrainedQuadratic, s: Ties, phi: Array) -> Array:
    return p.slack(phi) - p.slack(p.free(p.lam_star))


def to_shifted(p: ConstrainedQuadratic, s: Ties, phi: Array) -> Array:
    return p.slack(phi) - p.slack(p.free(s.lam))


def between_optima(p: ConstrainedQuadratic, s: Ties) -> Array:
    xp = array_namespace(s.lam)
    return xp.sum((p.slack(p.free(s.lam)) - p.slack(p.free(p.lam_star))) ** 2, axis=-1)


def between_multipliers(p: ConstrainedQuadratic, s: Ties) -> Array:
    return array_namespace(s.lam).sum((s.lam - p.lam_star) ** 2, axis=-1)


def near(k: Array, c: Constants) -> Array:
    return c["M"] * c["nu"] * (1 + c["lam"])


def delta(c: Constants) -> Array:
    return array_namespace(c["lam"]).maximum(c["lam"], c["lam_u"] + 0 * c["lam"])


def corollary(k: Array, c: Constants) -> Array:
    bracket = 1 + c["m"] ** 0.5 * (c["M"] / c["sigma"]) * (c["beta"] / c["mu0"]) * (1 + delta(c))
    return c["M"] * bracket * (2 * c["m"] * near(k, c) / c["mu0"]) ** 0.5


DUALGAP = Claim[ConstrainedQuadratic, Multipliers](
    source=PAPER("Lemma A.5", "cl.dualgap"),
    assumes=frozenset({Trait.STRONGLY_CONVEX}),
    instances=GRIDS,
    algorithm=RandomMultipliers(),
    metric=each(dual_difference),
    unit=VALUE,
    bound=near,
    holds=Always(),
    k=range(40),
    seen={"lam": NU},
    laws={"minimiser": is_a_minimiser},
    rounding=lambda k, c: 1e-14 * near(k, c),
    seeds=8,
)
EQUALITY = replace(
    DUALGAP,
    metric=each(dual_difference),
    bound=lambda k, c: c["half"],
    seen={"half": Seen(each(half_squared_distance), VALUE)},
    holds=Equal(within=1e-9),
    rounding=lambda k, c: 1e-13 * c["M"] * c["nu"],
)
STEP1 = replace(
    DUALGAP,
    source=PAPER("Proposition 3.11, in the maximum norm", "cl.step1"),
    metric=each(constraint_difference),
    bound=lambda k, c: c["M"] * (2 * near(k, c) / c["mu0"]) ** 0.5,
)
OPTIMUM = Claim[ConstrainedQuadratic, Ties](
    source=PAPER("Theorem 3.5", "cl.feasibility"),
    assumes=frozenset({Trait.STRONGLY_CONVEX}),
    instances=GRIDS,
    algorithm=Direct(tied),
    metric=each(over_ties(to_optimum, largest=False)),
    unit=Unit(2, 0),
    bound=lambda k, c: 2 * c["beta_g"] * near(k, c) * (1 + (c["beta_g"] / c["mu_g"]) ** 0.5) ** 2,
    holds=Always(),
    k=range(1),
    seen={"lam": Seen(each(lambda p, s: array_namespace(s.lam).sum(s.lam, axis=-1)))},
)
SHIFTED = replace(
    OPTIMUM,
    source=PAPER("Proposition 3.11", "cl.feasibility"),
    metric=each(over_ties(to_shifted, largest=False)),
    bound=lambda k, c: 2 * c["beta_g"] * near(k, c),
)
BETWEEN = replace(
    OPTIMUM,
    source=PAPER("Proposition 3.10", "cl.feasibility"),
    metric=each(between_optima),
    instances=ONE,
    bound=lambda k, c: 2 * c["beta_g"] ** 2 / c["mu_g"] * near(k, c),
)
DUALS = replace(
    OPTIMUM,
    source=PAPER("Lemma A.7", "cl.feasibility"),
    metric=each(between_multipliers),
    unit=Unit(),
    instances=ONE,
    bound=lambda k, c: 2 * near(k, c) / c["mu_g"],
)
MAIN = replace(
    OPTIMUM,
    source=PAPER("Corollary 3.9 with √m in the bracket", "cl.main"),
    metric=each(over_ties(to_optimum, largest=True)),
    unit=VALUE,
    bound=corollary,
)

THEOREM = Theorem(
    claims={
        "dual functions": (DUALGAP, Status.CONSISTENT),
        "inner equality": (EQUALITY, Status.CONSISTENT),
        "constraints at one multiplier": (STEP1, Status.CONSISTENT),
        "constraints at the dual optimum": (OPTIMUM, Status.CONSISTENT),
        "its first piece": (SHIFTED, Status.CONSISTENT),
        "its second piece": (BETWEEN, Status.CONSISTENT),
        "distance of the multipliers": (DUALS, Status.CONSISTENT),
        "Corollary 3.9": (MAIN, Status.CONSISTENT),
    },
    foils={
        "multipliers ignored": (replace(DUALGAP, algorithm=RandomMultipliers(lambda p, lam: p.grid(0 * lam))), Status.UNLAWFUL),
        "multipliers reversed": (replace(DUALGAP, algorithm=RandomMultipliers(lambda p, lam: p.grid(-9 * lam)), laws={}), Status.REFUTED),
        "half of the equality": (replace(EQUALITY, bound=lambda k, c: c["half"] / 2), Status.REFUTED),
        "ν squared without a constant": (replace(DUALGAP, bound=lambda k, c: c["mu0"] * c["nu"] ** 2 / 8), Status.REFUTED),
        "a hundredth": (replace(OPTIMUM, bound=lambda k, c: OPTIMUM.bound(k, c) / 100), Status.REFUTED),
        "linear in ν": (replace(MAIN, bound=lambda k, c: 0.1 * c["M"] * c["nu"]), Status.REFUTED),
        "M forgotten under the root": (replace(MAIN, bound=lambda k, c: corollary(k, c) / c["M"] ** 0.5), Status.ILL_POSED),
    },
)
