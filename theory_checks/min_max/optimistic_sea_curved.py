"""Chen, Tu, Zhao, Zhang 2023 (arXiv 2302.04552), strongly convex and exp-concave losses of the SEA model.

Orders of the abstract: strongly convex min{log(σ²_{1:T} + Σ²_{1:T}), (σ²_max + Σ²_max) log T}/λ; exp-concave d log(σ²_{1:T} + Σ²_{1:T}).
Derived, pathwise, for every u, with m_t = g_{t−1}:
    λ-strongly convex, η_t = 2/(λ t):                Σ f_t(x_t) − f_t(u) ≤ Σ |g_t − m_t|²/(λ t);
    f_t(x_t) − f_t(u) ≤ ⟨g_t, x_t − u⟩ − (β/2)⟨g_t, x_t − u⟩², H_1 = h I with h ≥ 2β max|g_t|², H_{t+1} = H_t + (β/2) g_t g_tᵀ:
                                                     Σ f_t(x_t) − f_t(u) ≤ (h/2)|u|² + Σ |g_t − m_t|²_{H_t⁻¹}.
                                                     Σ |g_t − m_t|²_{H_t⁻¹} ≤ (9/β) d ln(1 + (β/(2dh)) Σ |g_t|²).
Why: two-step optimistic mirror descent; the curvature pays for the growth of 1/η_t, of H_t; the last by determinants. In expectation
the sums are O(log T), O(d log T) under bounded noise and drift; the regret is O(1) with neither.
u is the best point in hindsight. Least squares have β = 1/max r_t².
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.optimistic_descent import NewtonRound, OptimisticNewton, Round, StronglyConvexDescent
from problems.min_max.stochastic_adversary import VALUE, ExtendedAdversary, NoisyRegression, regression, strongly_convex
from ratecheck import (
    Always,
    Array,
    AtMostOrder,
    Claim,
    Measure,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    arithmetic,
    each,
    total,
)
from theory_checks.min_max._common import relative

BETA, H0 = 0.8, 2.0
SOURCE = Source("chen2023sea", "strongly convex losses", "sea.strong", Statement.DERIVED)


def regret(p: ExtendedAdversary, states: Iterator[Round]) -> Iterator[Array]:
    """Σ f_t(x_t) − min_u Σ f_t(u) = Σ f_t(x_t) + |Σ c_t|²/(2λT)"""
    paid, sum_ = 0 * p.x0[:, 0], 0 * p.x0
    for s in states:
        xp = array_namespace(s.x)
        c = p.c[:, s.k, :]
        paid = paid + xp.sum(c * s.x + 0.5 * p.lam * s.x**2, axis=-1)
        sum_ = sum_ + c
        yield paid + xp.sum(sum_**2, axis=-1) / (2 * p.lam * (s.k + 1))


def weighted_change(p: ExtendedAdversary, s: Round) -> Array:
    return array_namespace(s.x).sum((s.g - s.m) ** 2, axis=-1) / (p.lam * (s.k + 1))


def steps(p: ExtendedAdversary, s: Round, t: Round) -> Array:
    """x̂' = x̂ − 2g/(λt), x' = x̂' − 2g/(λ(t+1))"""
    xp = array_namespace(s.x)
    hat = s.hat - 2 / (p.lam * (s.k + 1)) * s.g
    return xp.max(xp.abs(t.hat - hat), axis=-1) + xp.max(xp.abs(t.x - hat + 2 / (p.lam * (s.k + 2)) * s.g), axis=-1)


def least_squares_regret(h: float) -> Measure[NoisyRegression, NewtonRound]:
    """Σ f_t(x_t) − min_u [Σ f_t(u) + (h/2)|u|²]"""

    def measure(p: NoisyRegression, states: Iterator[NewtonRound]) -> Iterator[Array]:
        B, d = p.x0.shape
        xp = array_namespace(p.x0)
        A, c, paid, b2 = h * xp.eye(d)[None, :, :] + xp.zeros((B, d, d)), xp.zeros((B, d)), xp.zeros((B,)), xp.zeros((B,))
        for s in states:
            a, b = p.a[:, s.k, :], p.b[:, s.k]
            A, c = A + a[:, :, None] * a[:, None, :], c + b[:, None] * a
            paid, b2 = paid + 0.5 * p.residual(s.x, s.k) ** 2, b2 + b * b
            yield paid - 0.5 * (b2 - xp.sum(c * xp.squeeze(xp.linalg.solve(A, c[:, :, None]), axis=-1), axis=-1))

    return measure


def newton_change(p: NoisyRegression, s: NewtonRound) -> Array:
    xp = array_namespace(s.x)
    v = (s.g - s.m)[:, :, None]
    return xp.sum(v * xp.linalg.solve(s.H, v), axis=(-2, -1))


def newton_steps(p: NoisyRegression, s: NewtonRound, t: NewtonRound) -> Array:
    """H' = H + (β/2) g gᵀ, H (x̂' − x̂) = −g, H'(x' − x̂') = −g"""
    xp = array_namespace(s.x)
    metric = t.H - s.H - BETA / 2 * s.g[:, :, None] * s.g[:, None, :]
    hat = xp.squeeze(xp.matmul(s.H, (t.hat - s.hat)[:, :, None]), axis=-1) + s.g
    x = xp.squeeze(xp.matmul(t.H, (t.x - t.hat)[:, :, None]), axis=-1) + s.g
    return xp.max(xp.abs(metric), axis=(-2, -1)) + xp.max(xp.abs(hat), axis=-1) + xp.max(xp.abs(x), axis=-1)


def hears(p: ExtendedAdversary, s: Round, t: Round) -> Array:
    """g = ∇f_k at the point played, the guess of the next round"""
    return relative(p.grad_at(s.x, s.k), s.g) + relative(s.g, t.m)


def newton_hears(p: NoisyRegression, s: NewtonRound, t: NewtonRound) -> Array:
    """The same, and H_1 = h I"""
    xp = array_namespace(s.x)
    off = relative(p.grad_at(s.x, s.k), s.g, s.g + 1) + relative(s.g, t.m, s.g + 1)
    first = H0 * xp.eye(s.x.shape[-1], dtype=s.x.dtype)[None, :, :]
    return off if s.k else off + xp.max(xp.abs(s.H - first), axis=(-2, -1)) / H0


STRONG = Claim[ExtendedAdversary, Round](
    source=replace(SOURCE, place="pathwise inequality of the proof"),
    assumes=frozenset({Trait.CONVEX}),
    instances={
        "noise": strongly_convex,
        "flips": partial(strongly_convex, flips=True, sigma=0.0),
        "neither": partial(strongly_convex, sigma=0.0),
    },
    algorithm=StronglyConvexDescent(1.0),
    metric=regret,
    unit=VALUE,
    bound=lambda k, c: c["sum"],
    holds=Always(signed=True),
    k=range(5, 400),
    seen={"sum": Seen(total(weighted_change), VALUE)},
    laws={"optimistic step": steps, "oracle": hears},
    rounding=lambda k, c: 1e-12 * (k + 1) * c["G"] * c["D"],
    seeds=6,
)
STRONG_ORDER = replace(
    STRONG,
    source=SOURCE,
    instances={"noise": strongly_convex, "flips": partial(strongly_convex, flips=True, sigma=0.0)},
    bound=lambda k, c: c["G"] * c["D"] * np.log(k + 2),
    holds=AtMostOrder(within=0.1, across=arithmetic),
    k=range(1, 600),
    seen={},
    seeds=32,
)
STILL = replace(
    STRONG,
    source=SOURCE,
    instances={"neither": partial(strongly_convex, sigma=0.0)},
    bound=lambda k, c: c["G"] * c["D"] + 0 * k,
    holds=AtMostOrder(within=0.1),
    k=range(1, 400),
    seen={},
)
CONCAVE = Claim[NoisyRegression, NewtonRound](
    source=Source("chen2023sea", "exp-concave losses, pathwise inequality of the proof", "sea.expconcave", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX}),
    instances={"least squares": regression, "little noise": partial(regression, noise=0.1)},
    algorithm=OptimisticNewton(BETA, H0),
    metric=least_squares_regret(H0),
    unit=Unit(),
    bound=lambda k, c: c["sum"],
    holds=Always(signed=True),
    k=range(5, 400),
    seen={
        "sum": Seen(total(newton_change)),
        "r2": Seen(each(lambda p, s: p.residual(s.x, s.k) ** 2)),
        "g2": Seen(each(lambda p, s: array_namespace(s.g).sum(s.g**2, axis=-1))),
    },
    given={"β ≤ 1/r²": lambda k, c: BETA * c["r2"], "2β|g|² ≤ h": lambda k, c: 2 * BETA * c["g2"] / H0},
    laws={"optimistic Newton step": newton_steps, "oracle": newton_hears},
    rounding=lambda k, c: 1e-12 * (k + 1),
    seeds=6,
)
CONCAVE_ORDER = replace(
    CONCAVE,
    source=replace(CONCAVE.source, place="exp-concave losses, d log T with a constant"),
    metric=total(newton_change),
    bound=lambda k, c: 9 / BETA * c["d"] * np.log(1 + BETA * c["all"] / (2 * c["d"] * H0)),
    seen={**CONCAVE.seen, "all": Seen(total(lambda p, s: array_namespace(s.g).sum(s.g**2, axis=-1)))},
)

THEOREM = Theorem(
    claims={
        "strongly convex, pathwise": (STRONG, Status.CONSISTENT),
        "strongly convex, log T": (STRONG_ORDER, Status.CONSISTENT),
        "strongly convex, neither noise nor drift": (STILL, Status.CONSISTENT),
        "exp-concave, pathwise": (CONCAVE, Status.CONSISTENT),
        "exp-concave, d log T": (CONCAVE_ORDER, Status.CONSISTENT),
    },
    foils={
        "steps 1/√t": (replace(STRONG, algorithm=StronglyConvexDescent(1.0, power=0.5)), Status.UNLAWFUL),
        "steps a tenth as long in order log T": (
            replace(STRONG_ORDER, algorithm=StronglyConvexDescent(1.0, factor=0.1), laws={}),
            Status.REFUTED,
        ),
        "an eighth": (replace(STRONG, bound=lambda k, c: c["sum"] / 8), Status.REFUTED),
        "short steps with neither": (replace(STILL, algorithm=StronglyConvexDescent(1.0, factor=0.1), laws={}), Status.REFUTED),
        "logarithm of a tenth": (
            replace(CONCAVE_ORDER, bound=lambda k, c: 9 / BETA * c["d"] * np.log(1 + BETA * c["all"] / (20 * c["d"] * H0))),
            Status.REFUTED,
        ),
        "metric frozen": (replace(CONCAVE, algorithm=OptimisticNewton(BETA, H0, growth=0.0)), Status.UNLAWFUL),
        "an eighth of the sum": (replace(CONCAVE, bound=lambda k, c: c["sum"] / 8), Status.REFUTED),
        "G for G D": (replace(STILL, bound=lambda k, c: c["G"] + 0 * k), Status.ILL_POSED),
    },
)
