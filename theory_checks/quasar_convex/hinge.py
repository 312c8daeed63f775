"""Fu, Xu, Wilson 2023, experiments (constants derived): the flattened hinge is α-quasar-convex about every separating point.

f(x) = (1/N) Σ φ_α(1 − b_i⟨a_i, x⟩), φ_α(t) = 0 (t ≤ 0), t²/2 (0 ≤ t ≤ 1), (t^α − 1)/α + ½ (t > 1), 0 < α ≤ 1. If b_i⟨a_i, x*⟩ ≥ 1
for all i, then f is α-quasar-convex about x* and L-smooth, L = λ_max((1/N) Σ a_i a_iᵀ); its components are ‖a_i‖²-smooth.
f(x) = (1/N) Σ φ_α(b_i⟨a_i, x⟩) + ½ λ ‖x‖² is (α, λ(2/α − 1))-strongly quasar-convex about 0, whatever the data.

Why: t φ'(t) ≥ α φ(t) with equality as t → ∞; and t_i − t_i* ≥ t_i. One example at margin 1, far away, is tight.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from algorithms.quasar_convex.points import Ray, Sample, Scattered
from problems.quasar_convex.hinge import Hinge, breast_cancer, hinge, regularised_hinge
from ratecheck import Always, Array, AtLeast, Claim, Constants, Draw, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.quasar_convex._common import gap, inner, on, square


def slope(p: Hinge, s: Sample) -> Array:
    """⟨∇f(x), x − x*⟩"""
    return inner(p.grad(s.x), s.x - p.x_star)


def lower(k: Array, c: Constants) -> Array:
    return c["gamma"] * (c["gap"] + c["mu"] / 2 * c["r2"])


def source(slug: str) -> Source:
    return Source("fu2023", "experiments; constants derived", slug, Statement.DERIVED)


LOCAL: Mapping[str, Seen[Hinge, Sample]] = {
    "gap": Seen(each(gap), Unit(f=1)),
    "r2": Seen(each(lambda p, s: square(s.x - p.x_star)), Unit(x=2)),
}
SEPARABLE: Mapping[str, Draw[Hinge]] = {
    "alpha = 0.5": partial(hinge, R=1e4),
    "alpha = 1": partial(hinge, alpha=1.0, R=1e4),
}
ONE: Mapping[str, Draw[Hinge]] = {"one example": partial(hinge, N=1, n=2, R=1e30)}
RIDGED: Mapping[str, Draw[Hinge]] = {
    "drawn": regularised_hinge,
    "alpha = 0.1": partial(regularised_hinge, alpha=0.1),
    "breast cancer": breast_cancer,
}
PLAIN = Claim[Hinge, Sample](
    source=source("fam.hinge"),
    assumes=frozenset({Trait.QUASAR_CONVEX}),
    instances=SEPARABLE,
    algorithm=Scattered(-5.0, 3.0),
    metric=each(slope),
    unit=Unit(f=1),
    bound=lambda k, c: c["gamma"] * c["gap"],
    holds=AtLeast(),
    k=range(300),
    seen=LOCAL,
    seeds=4,
)
TIGHT = replace(PLAIN, instances=ONE, algorithm=Ray(), k=range(20), sharp={"one example": Equal(1e-9)})
STRONG = replace(
    PLAIN,
    source=source("fam.hinge-reg"),
    instances=RIDGED,
    algorithm=Scattered(-3.0, 3.0),
    bound=lower,
)
SMOOTH = replace(
    STRONG,
    algorithm=Scattered(-6.0, 0.0),
    metric=each(lambda p, s: (square(p.grad(s.x) - p.grad(s.y)) / square(s.x - s.y)) ** 0.5),
    unit=Unit(1, -2),
    bound=lambda k, c: c["L"] + 0 * k,
    holds=Always(),
    rounding=lambda k, c: 1e-6 * c["L"],
)

THEOREM = Theorem(
    claims={
        "separable": (PLAIN, Status.CONSISTENT),
        "one example": (TIGHT, Status.CONSISTENT),
        "regularised": (STRONG, Status.CONSISTENT),
        "smoothness": (SMOOTH, Status.CONSISTENT),
    },
    foils={
        "alpha too large": (replace(TIGHT, bound=lambda k, c: 1.1 * c["gamma"] * c["gap"]), Status.REFUTED),
        "alpha halved": (replace(TIGHT, bound=lambda k, c: 0.5 * c["gamma"] * c["gap"]), Status.UNSHARP),
        "mu of the convex case": (replace(STRONG, bound=lambda k, c: lower(k, {**c, "mu": 4 * c["mu"]})), Status.REFUTED),
        "L of one half": (replace(on(SMOOTH, "drawn"), bound=lambda k, c: 0.3 * c["L"] + 0 * k), Status.REFUTED),
        "r for r^2": (replace(STRONG, bound=lambda k, c: c["gamma"] * (c["gap"] + c["mu"] / 2 * c["r2"] ** 0.5)), Status.ILL_POSED),
    },
)
