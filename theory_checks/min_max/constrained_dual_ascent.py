"""Elenter, Chamon, Ribeiro 2024 (submission version), dual ascent: Lemma 4.1, Proposition 4.2 with our constants, and derived bounds.

φ_t ∈ argmin L(·, λ_t), λ_{t+1} = [λ_t + η s_t]_+, E s_t = l(φ_t). With λ_0 = 0 and T = k + 1 steps, deterministic s_t, B = max |l(φ_t)|:
    g* − best_{t<T} g(λ_t) ≤ |λ*|²/(2ηT) + ηB²/2;        max_i l_i(mean φ_t) ≤ |λ_T|_∞/(ηT).
Stochastic, S² ≥ E|s_t|²: in expectation the first holds with S² for B² (Lemma 4.1 is its limit, almost surely).
And for any λ ≥ 0 with g_p(λ) ≥ D_p − δ:   ‖l(f_θ(λ)) − l(φ*)‖ ≤ √(2β_g N) + β_g √(2(δ + N)/μ_g),  N = Mν(1 + |λ|_1)
(this has the role of Proposition 4.2; constants ours).
Why the last: g_u(λ) ≥ g_p(λ) − N ≥ D_u − δ − N, μ_g-concavity bounds |λ − λ_u|, β_g-smoothness moves it to l(φ(λ)).
Linear parametrisation (a subspace): no duality gap, the Lagrangian minimiser at the dual optimum is feasible.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.dual_ascent import DualAscent, Multipliers, at_rate, over_functions, over_grid, over_subspace, tied
from problems.min_max.constrained_learning import VALUE, ConstrainedQuadratic, gridded, planted
from ratecheck import (
    Always,
    Array,
    Claim,
    Constants,
    Equal,
    InExpectation,
    Law,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    Vanishes,
    at_average,
    best,
    each,
)

Minimiser = Callable[[ConstrainedQuadratic, Array], Array]
SD = 0.3  # standard deviation of the noise on every constraint value

STEP = Seen[ConstrainedQuadratic, Multipliers](each(lambda p, s: s.eta), Unit(-1, 0))


def dual_gap(p: ConstrainedQuadratic, s: Multipliers) -> Array:
    return p.lagrangian(p.free(p.lam_star), p.lam_star) - p.lagrangian(s.phi, s.lam)


def largest_ascent2(p: ConstrainedQuadratic, states: Iterator[Multipliers]) -> Iterator[Array]:
    """max_{t ≤ k} |l(φ_t)|²"""
    largest: Array = None
    for s in states:
        xp = array_namespace(s.lam)
        now = xp.sum(s.ascent**2, axis=-1)
        largest = now if largest is None else xp.maximum(largest, now)
        yield largest


def average_violation(p: ConstrainedQuadratic, phi: Array) -> Array:
    return array_namespace(phi).max(p.slack(phi), axis=-1)


def ascends(minimiser: Minimiser) -> Law[ConstrainedQuadratic, Multipliers]:
    def law(p: ConstrainedQuadratic, s: Multipliers, t: Multipliers) -> Array:
        """λ' = [λ + η s]_+ with s = l(φ) up to the noise, φ a minimiser of the Lagrangian"""
        xp = array_namespace(s.lam)
        gap = xp.abs(t.lam - xp.maximum(0 * s.lam, s.lam + s.eta[:, None] * s.ascent))
        wrong = p.lagrangian(s.phi, s.lam) - p.lagrangian(minimiser(p, s.lam), s.lam)
        return xp.max(gap, axis=-1) / (1 + xp.max(xp.abs(t.lam), axis=-1)) + xp.abs(wrong) / (1 + xp.abs(p.objective(s.phi)))

    return law


def follows_constraints(p: ConstrainedQuadratic, s: Multipliers, t: Multipliers) -> Array:
    """s = l(φ), without noise"""
    xp = array_namespace(s.lam)
    return xp.max(xp.abs(s.ascent - p.slack(s.phi)), axis=-1)


def follows_noisy_constraints(p: ConstrainedQuadratic, s: Multipliers, t: Multipliers) -> Array:
    """s = l(φ) + SD ξ, ξ the draw"""
    xp = array_namespace(s.lam)
    return xp.max(xp.abs(s.ascent - p.slack(s.phi) - SD * s.draw), axis=-1) / (1 + xp.max(xp.abs(s.ascent), axis=-1))


def violation(p: ConstrainedQuadratic, s: Multipliers) -> Array:
    """the largest of l_i⁺ and |λ_i l_i| at the minimiser"""
    xp = array_namespace(s.lam)
    slack = p.slack(s.phi)
    return xp.max(xp.maximum(slack, xp.abs(slack * s.lam)), axis=-1)


def grid_gap(p: ConstrainedQuadratic, states: Iterator[Multipliers]) -> Iterator[Array]:
    """D_p − g_p(λ_t)"""
    optimum = tied(p)
    value = p.lagrangian(optimum.high, optimum.lam)
    for s in states:
        yield value - p.lagrangian(s.phi, s.lam)


def best_grid_gap(p: ConstrainedQuadratic, states: Iterator[Multipliers]) -> Iterator[Array]:
    smallest: Array = None
    for gap in grid_gap(p, states):
        smallest = gap if smallest is None else array_namespace(gap).minimum(smallest, gap)
        yield smallest


def squared_optimum(p: ConstrainedQuadratic, states: Iterator[Multipliers]) -> Iterator[Array]:
    lam = tied(p).lam
    R2 = array_namespace(lam).sum(lam**2, axis=-1)
    for _ in states:
        yield R2


def constraint_distance(p: ConstrainedQuadratic, s: Multipliers) -> Array:
    xp = array_namespace(s.lam)
    return xp.sqrt(xp.sum((p.slack(s.phi) - p.slack(p.free(p.lam_star))) ** 2, axis=-1))


def out_of_box(p: ConstrainedQuadratic, s: Multipliers) -> Array:
    xp = array_namespace(s.lam)
    return xp.max(xp.abs(p.centre(s.lam)) / p.rho, axis=-1)


def bound(k: Array, c: Constants) -> Array:
    return c["R2"] / (2 * c["eta"] * (k + 1)) + c["eta"] * c["B2"] / 2


def noisy_bound(k: Array, c: Constants) -> Array:
    return c["squared"] / (2 * c["eta"] * (k + 1)) + c["eta"] * (c["S2"] + c["m"] * c["sd"] ** 2) / 2


def near_optimal(k: Array, c: Constants) -> Array:
    n = c["M"] * c["nu"] * (1 + c["lam"])
    return (2 * c["beta_g"] * n) ** 0.5 + c["beta_g"] * (2 * (c["delta"] + n) / c["mu_g"]) ** 0.5


ASCENT = Claim[ConstrainedQuadratic, Multipliers](
    source=Source("elenter2024", "dual ascent, deterministic", "cl.dual-ascent", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX}),
    instances={"ten variables, five constraints": planted, "one constraint": partial(planted, n=4, m=1)},
    algorithm=DualAscent(),
    metric=best(dual_gap),
    unit=VALUE,
    bound=bound,
    holds=Always(),
    k=range(100),
    seen={"eta": STEP, "B2": Seen(largest_ascent2, Unit(2, 0))},
    laws={"ascends": ascends(over_functions), "constraints": follows_constraints},
    rounding=lambda k, c: 1e-13 * c["beta_g"] * c["R2"],
    seeds=8,
)
VIOLATION = replace(
    ASCENT,
    metric=at_average(average_violation, of=lambda s: s.phi),
    bound=lambda k, c: c["reached"] / (c["eta"] * (k + 1)),
    holds=Always(signed=True),
    seen={"eta": STEP, "reached": Seen(each(lambda p, s: array_namespace(s.lam).max(s.following, axis=-1)))},
    rounding=lambda k, c: 1e-13 * c["beta_g"] * c["R2"] ** 0.5,
    sharp={"one constraint": Equal(1e-9)},  # the multiplier only rises
)
NOISY = Claim[ConstrainedQuadratic, Multipliers](
    source=Source("elenter2024", "Lemma 4.1, in expectation after T steps", "cl.best-iterate", Statement.VERIFIED),
    assumes=ASCENT.assumes,
    instances={"two points": gridded},
    algorithm=DualAscent(over_grid, at_rate(0.2), noise=SD),
    metric=best_grid_gap,
    unit=VALUE,
    bound=noisy_bound,
    holds=InExpectation(),
    k=range(5, 60),
    seen={"eta": STEP, "squared": Seen(squared_optimum), "sd": Seen(each(lambda p, s: SD), VALUE)},
    laws={"ascends": ascends(over_grid), "constraints": follows_noisy_constraints},
    rounding=lambda k, c: 1e-13 * c["M"] * c["nu"],
    seeds=256,
)
NEAR = replace(
    NOISY,
    source=replace(NOISY.source, place="Proposition 4.2, constants ours", statement=Statement.DERIVED),
    instances={"two points": gridded, "four cells": partial(gridded, cells=4)},
    algorithm=DualAscent(over_grid, at_rate(0.05), noise=SD),
    metric=each(constraint_distance),
    bound=near_optimal,
    holds=Always(),
    seen={
        "lam": Seen(each(lambda p, s: array_namespace(s.lam).sum(s.lam, axis=-1))),
        "delta": Seen(grid_gap, VALUE),
        "out": Seen(each(out_of_box)),
    },
    given={"the box is inactive": lambda k, c: c["out"]},
    seeds=16,
)
FEASIBLE = replace(
    ASCENT,
    source=Source("elenter2024", "linear parametrisations", "cl.convex-feasible", Statement.DERIVED),
    instances={"six of ten coordinates": partial(planted, m=3, kept=6)},
    algorithm=DualAscent(over_subspace),
    metric=each(violation),
    bound=lambda k, c: c["beta_g"] + 0 * k,
    holds=Vanishes(1e-9),
    k=range(900, 901),
    seen={},
    rounding=lambda k, c: 0 * c["beta_g"],
    laws={"ascends": ascends(over_subspace), "constraints": follows_constraints},
)
STEEP = DualAscent(step=at_rate(2.5))
THEOREM = Theorem(
    claims={
        "best dual value": (ASCENT, Status.CONSISTENT),
        "violation of the average": (VIOLATION, Status.CONSISTENT),
        "stochastic, on a grid": (NOISY, Status.CONSISTENT),
        "constraints at every multiplier": (NEAR, Status.CONSISTENT),
        "linear parametrisation": (FEASIBLE, Status.CONSISTENT),
    },
    foils={
        "step 2.5/β_g reaches the optimum": (
            replace(FEASIBLE, algorithm=STEEP, instances={"one": partial(planted, m=1)}, laws={}),
            Status.REFUTED,
        ),
        "wrong minimiser": (replace(ASCENT, algorithm=DualAscent(lambda p, lam: p.free(lam / 2))), Status.UNLAWFUL),
        "wrong minimiser, unwatched": (
            replace(VIOLATION, algorithm=DualAscent(lambda p, lam: p.free(lam / 2)), laws={}, sharp={}, bound=lambda k, c: 0 * c["reached"]),
            Status.REFUTED,
        ),
        "no step term": (replace(ASCENT, bound=lambda k, c: c["R2"] / (20 * c["eta"] * (k + 1) ** 2)), Status.REFUTED),
        "stochastic, without noise": (replace(NOISY, algorithm=DualAscent(over_grid, at_rate(0.2))), Status.UNLAWFUL),
        "violation of the last point": (
            replace(VIOLATION, metric=each(lambda p, s: average_violation(p, s.phi)), instances={"one constraint": partial(planted, n=4, m=1)}),
            Status.UNSHARP,
        ),
        "half the violation": (replace(VIOLATION, bound=lambda k, c: VIOLATION.bound(k, c) / 2), Status.REFUTED),
        "a tenth, stochastic": (replace(NOISY, bound=lambda k, c: noisy_bound(k, c) / 10), Status.REFUTED),
        "a grid is feasible": (
            replace(FEASIBLE, instances={"two cells": partial(gridded, cells=2)}, algorithm=DualAscent(over_grid), laws={}),
            Status.REFUTED,
        ),
        "ν alone": (replace(NEAR, bound=lambda k, c: 0.3 * c["M"] * c["nu"]), Status.REFUTED),
        "no step in the bound": (replace(ASCENT, bound=lambda k, c: c["R2"] / (k + 1)), Status.ILL_POSED),
    },
)
