"""Elenter, Chamon, Ribeiro 2024 (arXiv 2403.11844), near feasibility is linear in the richness on a grid; instance derived.

min φ²/2 s.t. 1 − φ ≤ 0 with φ on the grid of spacing h; n = ⌊1/h⌋, r = 1/h − n > 0. At the dual optimum λ_p = (n + ½) h there are
two Lagrangian minimisers n h and (n+1) h: one violates the constraint by exactly r h, the other has slack (1 − r) h, and
    D_p = g_p(λ_p) = n²h²/2 + (n + ½) h (1 − n h),   below P_p = (n+1)²h²/2: a duality gap that only randomisation closes.
"""

from dataclasses import replace

from array_api_compat import array_namespace

from algorithms.min_max.dual_ascent import Ties, tied
from problems.min_max.constrained_learning import LENGTH, ConstrainedQuadratic, unit_interval
from ratecheck import Array, Claim, Direct, Equal, Scaling, Source, Statement, Status, Theorem, Unit, each

SOURCE = Source("elenter2024", "one-dimensional example", "cl.grid", Statement.DERIVED)


def violated(p: ConstrainedQuadratic, s: Ties) -> Array:
    return p.slack(s.low)[:, 0]


def respected(p: ConstrainedQuadratic, s: Ties) -> Array:
    return -p.slack(s.high)[:, 0]


def multiplier(p: ConstrainedQuadratic, s: Ties) -> Array:
    return s.lam[:, 0]


def dual_value(p: ConstrainedQuadratic, s: Ties) -> Array:
    return p.lagrangian(s.low, s.lam)


def richness(p: ConstrainedQuadratic, s: Ties) -> Array:
    return array_namespace(s.lam).abs(s.low - s.high)[:, 0] / 2


CLAIM = Claim[ConstrainedQuadratic, Ties](
    source=SOURCE,
    assumes=frozenset(),
    instances={"1/h from 2 to 4000": unit_interval},
    algorithm=Direct(tied),
    metric=each(violated),
    unit=LENGTH,
    bound=lambda k, c: c["r"] * c["h"] + 0 * k,
    holds=Equal(within=1e-8),
    k=range(1),
    rounding=lambda k, c: 1e-14 * c["h"],
)
FEASIBLE = replace(CLAIM, metric=each(respected), bound=lambda k, c: (1 - c["r"]) * c["h"] + 0 * k)
LINEAR = replace(CLAIM, metric=each(violated), bound=lambda k, c: c["h"] + 0 * k, holds=Scaling(of=lambda c: c["h"], within=0.05))
DUAL = replace(CLAIM, metric=each(dual_value), unit=Unit(0, 2), bound=lambda k, c: c["D"] + 0 * k, rounding=lambda k, c: 1e-14 * c["D"])

THEOREM = Theorem(
    claims={
        "one minimiser violates": (CLAIM, Status.CONSISTENT),
        "the other is feasible": (FEASIBLE, Status.CONSISTENT),
        "linear in the spacing": (LINEAR, Status.CONSISTENT),
        "dual value": (DUAL, Status.CONSISTENT),
    },
    foils={
        "every minimiser is feasible": (replace(CLAIM, bound=lambda k, c: 0 * c["h"] + 0 * k), Status.REFUTED),
        "no duality gap": (replace(DUAL, bound=lambda k, c: c["P"] + 0 * k), Status.REFUTED),
        "rate √h": (replace(LINEAR, bound=lambda k, c: (c["h"] * c["h_max"]) ** 0.5 + 0 * k), Status.REFUTED),
        "bisection stopped early": (replace(CLAIM, algorithm=Direct(lambda p: tied(p, halvings=3))), Status.REFUTED),
        "r without h": (replace(CLAIM, bound=lambda k, c: c["r"] + 0 * k), Status.ILL_POSED),
    },
)
