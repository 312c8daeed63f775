"""Khalafi, Boob 2023 (arXiv 2209.04604; orders read in the abstract, constants derived): LPD and ALPD, strongly concave dual.

min_x max_y f(x) + ⟨Kx, y⟩ − g(y), f convex and L-smooth, g μ-strongly convex, κ = ‖K‖; steps as in `LinearizedPrimalDual`. For all
(x, y) and T ≥ 1, D = ‖x − x_1‖ (ALPD) or the largest ‖x − x_k‖, k ≤ T (LPD)

    ALPD:  L(x̄_T, y) − L(x, ȳ_T)  ≤  2 (L + κ²/μ) D² / (T (T + 1)),
    LPD:   L(x̄_T, y) − L(x, ȳ_T)  ≤  (L/(T + 1) + 2κ²/(μ (T + 1)²)) D².

Why: telescope with weights γ_k = k; β_{k+1} − 1 = β_k θ_{k+1}, 1/τ_k ≥ L/β_k + κ² σ_{k+1} θ_{k+1}, γ_k (1/σ_k + μ) ≥ γ_{k+1}/σ_{k+1}.
Here x = x*, y the best response to x̄_T. Over a log-uniform spectrum of f the orders T⁻² and T⁻¹ are met.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.linearized_primal_dual import LinearizedPrimalDual, State
from problems.min_max.convex_concave import ConvexConcave, flat_spectrum, quadratic
from ratecheck import Always, Array, Claim, Constants, SameOrder, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.min_max._common import LENGTH2, norm2, relative


def gap(p: ConvexConcave, s: State) -> Array:
    """max_y L(x̄_T, y) − L(x*, ȳ_T), T = k"""
    return p.gap(s.mean_x, s.mean_y)


def farthest2(p: ConvexConcave, states: Iterator[State]) -> Iterator[Array]:
    """max over j ≤ T of ‖x_j − x*‖²"""
    most = 0 * p.mu
    for s in states:
        most = array_namespace(most).maximum(most, norm2(s.x - p.x_star))
        yield most


def accelerated(k: Array, c: Constants) -> Array:
    return 2 * (c["L_f"] + c["K"] ** 2 / c["mu"]) * c["R"] ** 2 / (k * (k + 1))


def plain(k: Array, c: Constants) -> Array:
    return (c["L_f"] / (k + 1) + 2 * c["K"] ** 2 / (c["mu"] * (k + 1) ** 2)) * c["D2"]


def responds(p: ConvexConcave, s: State, t: State) -> Array:
    """K(x + θ(x − x⁻)) = ∇g(y⁺) + μ(k − 1)/2 (y⁺ − y)"""
    k = s.k + 1
    wanted = p.couple(s.x + s.k / k * (s.x - s.before))
    mu = p.mu[:, None]
    return relative(wanted, p.b + mu * t.y + mu * (s.k / 2) * (t.y - s.y), mu * (s.k + 1) * t.y, p.b) + relative(s.x, t.before)


def descends(p: ConvexConcave, s: State, t: State) -> Array:
    """ALPD: x⁺ = x − k/(2L + 2κ²/μ) (∇f((1 − 2/(k+1)) x̄ + 2x/(k+1)) + Kᵀy⁺)"""
    k, c = s.k + 1, p.constants
    tau = k / (2 * (c["L_f"].value + c["K"].value ** 2 / p.mu))
    middle = ((k - 1) * s.mean_x + 2 * s.x) / (k + 1)
    return relative(s.x - tau[:, None] * (p.grad(middle) + p.adjoint(t.y)), t.x, s.x)


def descends_plainly(p: ConvexConcave, s: State, t: State) -> Array:
    """LPD: x⁺ = x − (∇f(x) + Kᵀy⁺)/(L + 2κ²/(μ(k + 1)))"""
    c = p.constants
    tau = 1 / (c["L_f"].value + 2 * c["K"].value ** 2 / (p.mu * (s.k + 2)))
    return relative(s.x - tau[:, None] * (p.grad(s.x) + p.adjoint(t.y)), t.x, s.x)


def averages(p: ConvexConcave, s: State, t: State) -> Array:
    """(k + 1) x̄_k = (k − 1) x̄_{k−1} + 2 x⁺, and ȳ alike"""
    k = s.k + 1
    return relative((k + 1) * t.mean_x, (k - 1) * s.mean_x + 2 * t.x) + relative(
        (k + 1) * t.mean_y, (k - 1) * s.mean_y + 2 * t.y, t.y, s.mean_y
    )


ALPD = Claim[ConvexConcave, State](
    source=Source("khalafi2023", "ALPD, full constants", "alpd.gap", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX_CONCAVE, Trait.SMOOTH}),
    instances={"μ = 0.1": quadratic, "μ = 10": partial(quadratic, mu=10.0), "weak coupling": partial(quadratic, coupling=0.1, decades=4.0)},
    algorithm=LinearizedPrimalDual(),
    metric=each(gap),
    unit=Unit(1, 0),
    bound=accelerated,
    holds=Always(),
    k=range(1, 201),
    laws={"responds": responds, "descends": descends, "averages": averages},
    rounding=lambda k, c: 1e-13 * (c["L_f"] + c["K"] ** 2 / c["mu"]) * c["R"] ** 2,
    seeds=8,
)
LPD = replace(
    ALPD,
    source=replace(ALPD.source, place="LPD, full constants", slug="lpd.gap"),
    algorithm=LinearizedPrimalDual(accelerated=False),
    bound=plain,
    seen={"D2": Seen(farthest2, LENGTH2)},
    laws={"responds": responds, "descends": descends_plainly, "averages": averages},
)
ORDER = replace(
    ALPD,
    source=replace(ALPD.source, place="the orders of ALPD and LPD", slug="alpd.order", statement=Statement.VERIFIED),
    instances={"log-uniform": flat_spectrum},
    holds=SameOrder(0.1),
    k=range(20, 801),
    rounding=lambda k, c: 0 * k,
    seeds=2,
)
PLAIN_ORDER = replace(
    ORDER, algorithm=LinearizedPrimalDual(accelerated=False), bound=lambda k, c: c["L_f"] * c["R"] ** 2 / k, laws=LPD.laws
)
MISJUDGED = LinearizedPrimalDual(smoothness=0.3)

THEOREM = Theorem(
    claims={
        "ALPD": (ALPD, Status.CONSISTENT),
        "LPD": (LPD, Status.CONSISTENT),
        "ALPD, order": (ORDER, Status.CONSISTENT),
        "LPD, order": (PLAIN_ORDER, Status.CONSISTENT),
    },
    foils={
        "ALPD, a thirtieth": (replace(ALPD, bound=lambda k, c: accelerated(k, c) / 30), Status.REFUTED),
        "ALPD, L for L + κ²/μ": (
            replace(ALPD, bound=lambda k, c: accelerated(k, {**c, "K": 0 * c["K"]}) / 4, instances={"μ = 0.1": quadratic}),
            Status.REFUTED,
        ),
        "ALPD, R for R²": (replace(ALPD, bound=lambda k, c: accelerated(k, c) / c["R"]), Status.ILL_POSED),
        "ALPD, L understated": (replace(ALPD, algorithm=MISJUDGED), Status.UNLAWFUL),
        "ALPD, L understated, unstated": (replace(ALPD, algorithm=MISJUDGED, laws={}), Status.REFUTED),
        "ALPD, μ overstated": (
            replace(
                ALPD, algorithm=LinearizedPrimalDual(concavity=50.0), laws={}, bound=lambda k, c: accelerated(k, {**c, "mu": 50 * c["mu"]})
            ),
            Status.REFUTED,
        ),
        "LPD held to ALPD's order": (replace(ORDER, algorithm=LinearizedPrimalDual(accelerated=False), laws={}), Status.REFUTED),
        "LPD, a thirtieth": (replace(LPD, bound=lambda k, c: plain(k, c) / 30), Status.REFUTED),
    },
)
