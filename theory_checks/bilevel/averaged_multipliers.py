"""Liu, Liu, Yao, Zeng, Zhang 2023: sl-BAMM and the bias of averaging the two levels (rate recalled, the rest proved here).

φ_μ = μF + (1−μ)g, g convex with many minimisers, F = ½(y−c)'Q(y−c), g = ½y'Ay − b'y, y_0 the F-best minimiser of g:
    ‖y_μ − y_0‖ ≤ μ/(1−μ) · √κ(Q) · ‖Q(y_0 − c)‖/λ⁺_min(A),
because Q(y_0 − c) + As = 0 and (μQ + (1−μ)A)(y_μ − y_0) = μAs, where (τQ + A)⁻¹A has Q-norm at most 1. Attained for Q = I, μ → 0.
sl-BAMM with its "strategy 3" follows x_μ: on the authors' toy plus (ρ/2)‖x‖², x_{μ} = (1−μ)²/((1−μ)²+ρ) e, and the KKT residual
of φ_μ tends to 0 (a polynomial rate is claimed; its exponents are not known to us, so only the limit is tested).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

from array_api_compat import array_namespace

from algorithms.bilevel.averaged import BAMM, Aggregated, Averaged, Iterate, Mixture, Mixtures, pieces
from algorithms.bilevel.batched import apply, norm
from problems.bilevel import joint_quadratic, singular
from problems.bilevel.singular import Singular
from ratecheck import (
    Always,
    Array,
    Claim,
    Constants,
    Noise,
    SameOrder,
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
from theory_checks.bilevel._common import relative

LENGTH = Unit(0, 1)


def stationary(p: Aggregated, s: Mixture, t: Mixture) -> Array:
    """μQ(y_μ − c) + (1−μ)(A y_μ − b) = 0"""
    residual = s.mu * apply(p.Q, s.y - p.c) + (1 - s.mu) * (apply(p.A, s.y) - p.b)
    return relative(residual, p.b, apply(p.Q, p.c))


def bound(k: Array, c: Constants) -> Array:
    return c["mu"] / (1 - c["mu"]) * c["kappa_Q"] ** 0.5 * c["slope"] / c["lam_plus"]


def residual(p: Averaged, s: Iterate) -> Array:
    return norm(array_namespace(s.x).concat(list(pieces(p, s.x, s.y, s.v, s.mu)), axis=-1))


def first_residual(p: Averaged, states: Iterator[Iterate]) -> Iterator[Array]:
    value = residual(p, next(states))
    yield value
    for _ in states:
        yield value


def target(p: Averaged, s: Iterate) -> Array:
    """x_μ"""
    rho = p.constants["rho"].value
    return (1 - s.mu) ** 2 / ((1 - s.mu) ** 2 + rho) + 0 * s.x


def steps(p: Averaged, s: Iterate, t: Iterate) -> Array:
    """The three updates from the old point"""
    dy, dv, dx = pieces(p, s.x, s.y, s.v, s.mu)
    xp = array_namespace(dx)
    along = xp.maximum(relative(t.y - s.y + s.steps[0] * dy, t.y, s.y), relative(t.v - s.v + s.steps[1] * dv, t.v, s.v))
    return xp.maximum(along, relative(t.x - s.x + s.steps[2] * dx, t.x, s.x))


def schedule(a: BAMM, p: Averaged, s: Iterate, t: Iterate) -> Array:
    """μ_k = μ0 (k+1)^{−1/p0}, and the steps β, β(k+1)^{−τ/2}, β(k+1)^{−3τ/2} μ_k³ of y, v, x"""
    j = s.k + 1
    mu = a.mu0 * j ** (-1 / a.p0)
    stated = (mu, a.beta, a.beta * j ** (-a.tau / 2), a.beta * j ** (-1.5 * a.tau) * mu**3)
    return 0 * s.x[:, 0] + max(abs(said / wanted - 1) for said, wanted in zip((s.mu, *s.steps), stated, strict=True))


class Ahead(Mixtures):
    """A wrong twin: y of the next μ."""

    def iterates(self, problem: Aggregated, noise: Noise, /) -> Iterator[Mixture]:
        for s, t in pairwise(super().iterates(problem, noise)):
            yield replace(s, y=t.y)


BIAS = Claim[Singular, Mixture](
    source=Source("liu2023", "bias of the aggregation", "bamm.aggregation-bias", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH}),
    instances={"κ(Q) = 2": singular.singular, "Q = I": partial(singular.singular, m=2, rank=1, kappa=1.0)},
    algorithm=Mixtures(),
    laws={"stationary": stationary},
    seen={"mu": Seen(each(lambda p, s: s.mu + 0 * s.y[:, 0]))},
    metric=each(lambda p, s: norm(s.y - p.y_opt)),
    unit=LENGTH,
    bound=bound,
    holds=Always(),
    k=range(1, 30),
    rounding=lambda k, c: 1e-14 * c["slope"] / c["lam_plus"] / c["mu"],
    sharp={"Q = I": SameOrder(0.1)},
)
STRATEGY = BAMM(beta=0.5)
TRACKING = Claim[Averaged, Iterate](
    source=Source("liu2023", "iterates follow the averaged problem", "bamm.tracking", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH}),
    instances={"ρ = 1/2": joint_quadratic.averaged},
    algorithm=STRATEGY,
    laws={"steps": steps, "schedule": partial(schedule, STRATEGY)},
    seen={"x_mu": Seen(each(lambda p, s: norm(target(p, s))), LENGTH)},
    metric=each(lambda p, s: norm(s.x - target(p, s))),
    unit=LENGTH,
    bound=lambda k, c: c["x_mu"],
    holds=Vanishes(1e-2),
    k=range(990, 1000),
    seeds=1,
)
KKT = replace(
    TRACKING,
    source=Source("liu2023", "convergence of the KKT residual, order not known", "bamm.kkt", Statement.RECALLED),
    instances={"ρ = 1/2": joint_quadratic.averaged, "ρ = 0": partial(joint_quadratic.averaged, rho=0.0)},
    seen={"first": Seen(first_residual, Unit(1, -1))},
    metric=each(residual),
    unit=Unit(1, -1),
    bound=lambda k, c: c["first"],
)
STALLS, NO_UPPER = BAMM(p0=2.2, beta=0.5), BAMM(mu0=1e-9, beta=0.5)

THEOREM = Theorem(
    claims={"bias": (BIAS, Status.CONSISTENT), "tracking": (TRACKING, Status.CONSISTENT), "KKT": (KKT, Status.CONSISTENT)},
    foils={
        "μ²": (replace(BIAS, bound=lambda k, c: bound(k, c) * c["mu"], sharp={}), Status.REFUTED),
        "√μ": (replace(BIAS, bound=lambda k, c: bound(k, c) / c["mu"] ** 0.5), Status.UNSHARP),
        "without λ⁺": (replace(BIAS, bound=lambda k, c: bound(k, c) * c["lam_plus"]), Status.ILL_POSED),
        "a third of it": (replace(BIAS, bound=lambda k, c: bound(k, c) / 3, sharp={}), Status.REFUTED),
        "μ one step ahead": (replace(BIAS, algorithm=Ahead()), Status.UNLAWFUL),
        "p0 = 2.2: Σ α_k < ∞": (replace(TRACKING, algorithm=STALLS, laws={}), Status.REFUTED),
        "μ = 0": (replace(TRACKING, algorithm=NO_UPPER, laws={}), Status.REFUTED),
        "another schedule": (replace(TRACKING, algorithm=STALLS, k=range(10, 20)), Status.UNLAWFUL),
    },
)
