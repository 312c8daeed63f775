"""Homogeneous functions (derived): the quasar-convexity constant is the degree, with equality everywhere.

If f > 0 off x* is positively homogeneous of degree q about x*, then ⟨∇f(x), x − x*⟩ = q (f(x) − f*) at every x ≠ x* (Euler).
For q = 2 and f(x) = Σ_j s_j r_j² (1 + a cos m θ_j), 0 ≤ a < 1:

    μ(γ) := inf 2 (⟨∇f(x), x − x*⟩/γ − f(x)) / ‖x − x*‖² = 2 (2/γ − 1)(1 − a) min_j s_j       for 0 < γ < 2,
    L = max_j s_j max{2 + a (m² − 2), 2 (1 + a)},      ‖∇f(x)‖² ≥ 4 (1 − a) min_j s_j f(x).

Why: f ≥ (1 − a) min s ‖x − x*‖², attained; the Hessian's eigenvalues are convex (largest), concave (smallest) in cos mθ.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.points import Sample, Scattered
from problems.quasar_convex.homogeneous import Homogeneous, Petals, homogeneous, petals
from ratecheck import (
    Always,
    Array,
    AtLeast,
    Claim,
    Constants,
    Draw,
    Equal,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    best,
    each,
)
from theory_checks.quasar_convex._common import gap, inner, on, raw_gamma, square


def curve(p: Petals, s: Sample) -> Array:
    """2 (⟨∇f(x), x − x*⟩/γ − f(x)) / ‖x − x*‖²"""
    d = s.x - p.x_star
    return 2 * (inner(p.grad(s.x), d) / p.constants["gamma"].value - gap(p, s)) / square(d)


def curvature(p: Petals, s: Sample) -> Array:
    """‖∇f(x) − ∇f(y)‖ / ‖x − y‖ for y next to x"""
    xp = array_namespace(s.x)
    step = s.y - p.x_star
    y = s.x + 1e-5 * step * (square(s.x - p.x_star) / square(step))[:, None] ** 0.5
    return xp.sqrt(square(p.grad(s.x) - p.grad(y)) / square(s.x - y))


def source(slug: str) -> Source:
    return Source("derived", "section 0.3 of the theory sheet", slug, Statement.DERIVED)


def star_convexity(p: Homogeneous, s: Sample) -> Array:
    """f(t x* + (1 − t) x) / (f(x) − f*)"""
    t = s.t[:, None]
    return (p.value(t * p.x_star + (1 - t) * s.x) - p.f_star) / gap(p, s)


DEGREES: Mapping[str, Draw[Homogeneous]] = {f"degree {q}": partial(homogeneous, q=q) for q in (0.25, 1.0, 1.5)}
ONE_PAIR: Mapping[str, Draw[Petals]] = {
    "m = 6": partial(petals, pairs=1),
    "m = 2, a = 0.9": partial(petals, pairs=1, a=0.9, m=2, gamma=0.3),
    "m = 9, a = 0.1": partial(petals, pairs=1, a=0.1, m=9, gamma=1.0),
}
MANY: Mapping[str, Draw[Petals]] = {"three pairs": petals, **ONE_PAIR}
EULER = Claim[Homogeneous, Sample](
    source=source("fam.hom"),
    assumes=frozenset({Trait.QUASAR_CONVEX}),
    instances=DEGREES,
    algorithm=Scattered(),
    metric=each(raw_gamma),
    unit=Unit(),
    bound=lambda k, c: c["q"] + 0 * k,
    holds=Equal(1e-10),
    k=range(200),
    seeds=4,
)
CURVE = Claim[Petals, Sample](
    source=source("fam.hom2"),
    assumes=EULER.assumes,
    instances=MANY,
    algorithm=Scattered(),
    metric=best(curve),
    unit=Unit(1, -2),
    bound=lambda k, c: c["mu"] + 0 * k,
    holds=AtLeast(power=20.0),
    k=range(199, 200),
    sharp={name: Equal(0.05) for name in ONE_PAIR},
    seeds=4,
)
SMOOTH = replace(
    CURVE,
    metric=each(curvature),
    bound=lambda k, c: c["L"] + 0 * k,
    holds=Always(power=0.5),
    rounding=lambda k, c: 1e-7 * c["L"],  # gradients at relative distance 1e-5
    sharp={},
    k=range(400),
)
PL = replace(
    CURVE,
    metric=best(lambda p, s: square(p.grad(s.x)) / gap(p, s)),
    bound=lambda k, c: 2 * c["pl"] + 0 * k,
    instances=ONE_PAIR,
    k=range(599, 600),
    sharp={"m = 6": Equal(0.01), "m = 9, a = 0.1": Equal(0.01)},
)

T: Mapping[str, Seen[Homogeneous, Sample]] = {"t": Seen(each(lambda p, s: s.t))}


def mean_mu(k: Array, c: Constants) -> Array:
    """As if the smallest value of 1 + a cos mθ were 1."""
    return 2 * c["mu"] + 0 * k


THEOREM = Theorem(
    claims={
        "Euler": (EULER, Status.CONSISTENT),
        "curve of (gamma, mu)": (CURVE, Status.CONSISTENT),
        "smoothness": (SMOOTH, Status.CONSISTENT),
        "PL": (PL, Status.CONSISTENT),
    },
    foils={
        "degree 2 for all": (replace(EULER, bound=lambda k, c: 2 + 0 * k), Status.REFUTED),
        "star-convex below degree 1": (
            replace(on(EULER, "degree 0.25"), metric=each(star_convexity), bound=lambda k, c: 1 - c["t"], seen=T, holds=Always()),
            Status.REFUTED,
        ),
        "a forgotten in mu": (replace(CURVE, bound=mean_mu), Status.REFUTED),
        "L of the radial part": (replace(on(SMOOTH, "m = 9, a = 0.1"), bound=lambda k, c: c["L"] / 4 + 0 * k), Status.REFUTED),
        "PL with twice the constant": (replace(PL, bound=lambda k, c: 2 * PL.bound(k, c)), Status.REFUTED),
        "mu for its root": (replace(CURVE, bound=lambda k, c: c["mu"] ** 0.5 + 0 * k), Status.ILL_POSED),
    },
)
