"""Chen, Tu, Zhao, Zhang 2023 (arXiv 2302.04552), convex losses of the SEA model: optimistic descent with the last gradient as guess.

f_t ~ 𝔇_t, F_t = E f_t L-smooth, |∇| ≤ G, diameter D; σ_t² variance of the gradients, Σ_t² = sup |∇F_t − ∇F_{t−1}|². With
η_t = D/√(10D²L² + 4G² + V_{t−1}), V_t = Σ_{s ≤ t} |g_s − g_{s−1}|², g_0 = 0, as recalled, for every fixed u
    E regret(u) ≤ 5√10 D²L + (5√5/2) DG + 5√2 D√(σ²_{1:T}) + 5D√(Σ²_{1:T}).
Derived, pathwise, linear losses:   Σ⟨g_t, x_t − u⟩ ≤ (D/2)√(4G² + V_T) + D√V_T,   hence E ≤ (3/2) D √(5G² + 2σ²_{1:T} + Σ²_{1:T}).
Why: two-step optimistic mirror descent with non-increasing η, Σ η_t|g_t − m_t|²/2 ≤ D√V_T as |g_t − m_t|² ≤ 4G². Checked against the
best u in hindsight, which is more than the expectation of the statement asks. Sign flips make Σ² = 4T, no noise and no drift give O(1).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.optimistic_descent import OptimisticDescent, Round
from problems.min_max.stochastic_adversary import VALUE, ExtendedAdversary, linear
from ratecheck import (
    Always,
    Array,
    Claim,
    Constants,
    InExpectation,
    SameOrder,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    arithmetic,
    total,
)
from theory_checks.min_max._common import relative

SOURCE = Source("chen2023sea", "convex losses, constants as recalled", "sea.convex", Statement.RECALLED)


def regret(p: ExtendedAdversary, states: Iterator[Round]) -> Iterator[Array]:
    """Σ ⟨g_t, x_t⟩ + (D/2)|Σ g_t|, its positive part: the best u of the ball in hindsight."""
    paid, sum_ = 0 * p.x0[:, 0], 0 * p.x0
    for s in states:
        xp = array_namespace(s.x)
        paid = paid + xp.sum(s.g * s.x, axis=-1)
        sum_ = sum_ + s.g
        yield xp.maximum(paid + p.radius * xp.sqrt(xp.sum(sum_**2, axis=-1)), 0 * paid)


def change2(p: ExtendedAdversary, s: Round) -> Array:
    return array_namespace(s.x).sum((s.g - s.m) ** 2, axis=-1)


def steps(p: ExtendedAdversary, s: Round, t: Round) -> Array:
    """x̂' = P[x̂ − η g], x' = P[x̂' − η' g], 1/η'² = 1/η² + |g − m|²/D²"""
    xp = array_namespace(s.x)
    hat = p.project(s.hat - s.eta[:, None] * s.g)
    x = p.project(hat - t.eta[:, None] * s.g)
    D2 = p.constants["D"].value ** 2
    step = xp.abs(1 / t.eta**2 - 1 / s.eta**2 - change2(p, s) / D2) * t.eta**2
    if s.k == 0:
        step = step + xp.abs(s.eta**2 * (10 * p.constants["L"].value ** 2 + 4 * p.constants["G"].value ** 2 / D2) - 1)
    return xp.max(xp.abs(t.hat - hat), axis=-1) + xp.max(xp.abs(t.x - x), axis=-1) + step


def hears(p: ExtendedAdversary, s: Round, t: Round) -> Array:
    """g = ∇f_k at the point played, the guess of the next round"""
    return relative(p.grad_at(s.x, s.k), s.g) + relative(s.g, t.m)


def recalled(k: Array, c: Constants) -> Array:
    T = k + 1
    steady = 5 * 10**0.5 * c["D"] ** 2 * c["L"] + 2.5 * 5**0.5 * c["D"] * c["G"]
    return steady + 5 * 2**0.5 * c["D"] * (c["sigma2"] * T) ** 0.5 + 5 * c["D"] * (c["drift2"] * T) ** 0.5


def derived(k: Array, c: Constants) -> Array:
    return 1.5 * c["D"] * (5 * c["G"] ** 2 + (2 * c["sigma2"] + c["drift2"]) * (k + 1)) ** 0.5


def pathwise(k: Array, c: Constants) -> Array:
    return c["D"] / 2 * (4 * c["G"] ** 2 + c["V"]) ** 0.5 + c["D"] * c["V"] ** 0.5


FLIPS = partial(linear, d=1, drift=1.0, sigma=0.0)
PATHWISE = Claim[ExtendedAdversary, Round](
    source=replace(SOURCE, place="pathwise inequality of the proof, linear losses", statement=Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX}),
    instances={"flips": FLIPS, "flips and noise": partial(linear, sigma=1.0), "noise": partial(linear, drift=0.0, sigma=1.0)},
    algorithm=OptimisticDescent(),
    metric=regret,
    unit=VALUE,
    bound=pathwise,
    holds=Always(),
    k=range(300),
    seen={"V": Seen(total(change2), Unit(2, -2))},
    laws={"optimistic step": steps, "oracle": hears},
    rounding=lambda k, c: 1e-12 * c["G"] * c["D"] + 0 * k,
    seeds=8,
)
EXPECTED = replace(
    PATHWISE,
    source=replace(SOURCE, place="convex losses, constants derived", statement=Statement.DERIVED),
    instances={"flips and noise": partial(linear, sigma=1.0), "noise": partial(linear, drift=0.0, sigma=1.0)},
    bound=derived,
    holds=InExpectation(),
    k=range(5, 200),
    seen={},
    seeds=96,
)
DRIFT = replace(EXPECTED, instances={"flips": FLIPS}, holds=Always(), seeds=1)  # σ = 0: the expectation is the value
RECALLED = replace(DRIFT, source=SOURCE, bound=recalled, k=range(100, 300))
ROOT = replace(DRIFT, bound=lambda k, c: c["D"] * c["G"] * (k + 1) ** 0.5, holds=SameOrder(within=0.1, across=arithmetic), k=range(1, 300))
STILL = replace(
    PATHWISE,
    instances={"neither": partial(linear, drift=1.0, sigma=0.0, flips=False)},
    bound=lambda k, c: 2.5 * c["D"] * c["G"] + 0 * k,
    seen={},
    k=range(1, 300),
)

THEOREM = Theorem(
    claims={
        "pathwise": (PATHWISE, Status.CONSISTENT),
        "in expectation": (EXPECTED, Status.CONSISTENT),
        "drift alone": (DRIFT, Status.CONSISTENT),
        "as recalled, drift alone": (RECALLED, Status.CONSISTENT),
        "√T with drift": (ROOT, Status.CONSISTENT),
        "constant with neither": (STILL, Status.CONSISTENT),
    },
    foils={
        "no optimism": (replace(PATHWISE, algorithm=OptimisticDescent(optimism=0.0)), Status.UNLAWFUL),
        "twice the step": (replace(PATHWISE, algorithm=OptimisticDescent(factor=2.0)), Status.UNLAWFUL),
        "no drift term": (replace(DRIFT, bound=lambda k, c: 5 * c["D"] * c["G"] + (k + 1) * c["sigma2"] * c["D"] / c["G"]), Status.REFUTED),
        "√T with neither": (replace(ROOT, instances={"neither": partial(linear, drift=1.0, sigma=0.0, flips=False)}), Status.REFUTED),
        "a sixth": (replace(PATHWISE, bound=lambda k, c: pathwise(k, c) / 6), Status.REFUTED),
        "variance for deviation": (replace(EXPECTED, bound=lambda k, c: derived(k, c) + c["D"] * c["sigma2"] * (k + 1)), Status.ILL_POSED),
    },
)
