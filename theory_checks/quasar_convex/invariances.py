"""Hinder, Sidford, Sohoni 2020, Observations 1, 3, 4 (unique); sums and affine maps (derived).

unique: let f be γ-quasar-convex about x*. Then ‖∇f(x)‖ ‖x − x*‖ ≥ γ (f(x) − f*): only minimisers are stationary. And
    f(λx* + (1 − λ)x) − f* ≤ (1 − λ)^γ (f(x) − f*) for λ ∈ [0, 1]: sublevel sets are star-shaped about x*. Equalities for a
    function of one variable, or of degree γ.
sum: if every f_i is γ_i-quasar-convex about the SAME x*, then Σ c_i f_i, c_i ≥ 0, is min γ_i-quasar-convex, and for functions
    of separate variables γ_raw is the minimum.
affine: g(x) = f(x* + W(x − x*)), W invertible, has at x the ratio ⟨∇g, x − x*⟩/(g − g*) that f has at x* + W(x − x*), and is
    ‖W‖² L-smooth.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.points import Ray, Sample, Scattered
from problems.quasar_convex.homogeneous import Homogeneous, homogeneous
from problems.quasar_convex.planar import Explicit, flat, two_centres
from problems.quasar_convex.powers import RadialPower, SeparablePowers, along_the_worst, mixed_powers, radial_power
from ratecheck import Always, Array, AtLeast, Claim, Draw, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.quasar_convex._common import Minimised, gap, on, raw_gamma, square


def steepness(p: Minimised, s: Sample) -> Array:
    """‖∇f(x)‖ ‖x − x*‖"""
    return (square(p.grad(s.x)) * square(s.x - p.x_star)) ** 0.5


def inside(p: Minimised, s: Sample) -> Array:
    """f(λx* + (1 − λ)x) − f*"""
    t = s.t[:, None]
    return p.value(t * p.x_star + (1 - t) * s.x) - p.f_star


def image(p: RadialPower, x: Array) -> Array:
    """x* + W(x − x*)"""
    xp = array_namespace(x)
    return p.x_star + xp.squeeze(xp.matmul(p.W, (x - p.x_star)[:, :, None]), axis=-1)


def original(p: RadialPower, s: Sample) -> Array:
    """The ratio of f, W = I, at the image of x."""
    xp = array_namespace(s.x)
    plain = replace(p, W=xp.eye(p.W.shape[-1], dtype=s.x.dtype)[None, :, :] + 0 * p.W)
    return raw_gamma(plain, replace(s, x=image(p, s.x)))


def source(place: str, slug: str, statement: Statement) -> Source:
    return Source("hinder2020" if statement is Statement.VERIFIED else "derived", place, slug, statement)


DEGREES: Mapping[str, Draw[Homogeneous]] = {f"degree {q}": partial(homogeneous, q=q) for q in (0.3, 1.0)}
SUMS: Mapping[str, Draw[SeparablePowers]] = {
    "powers 0.2 to 1": partial(mixed_powers, kappa=1e4, R=1e6),
    "along the worst": along_the_worst,
}
MAPPED: Mapping[str, Draw[RadialPower]] = {
    "kappa = 100": partial(radial_power, kappa=100.0),
    "p = 1": partial(radial_power, p=1.0, kappa=1e4),
}
STATIONARY = Claim[Homogeneous, Sample](
    source=source("Observations 3, 4", "qc.prop.unique", Statement.VERIFIED),
    assumes=frozenset({Trait.QUASAR_CONVEX}),
    instances={**DEGREES, "one line": partial(homogeneous, q=0.3, pairs=1, a=0.0)},
    algorithm=Scattered(),
    metric=each(steepness),
    unit=Unit(f=1),
    bound=lambda k, c: c["q"] * c["gap"],
    holds=AtLeast(),
    k=range(200),
    seen={"gap": Seen(each(gap), Unit(f=1)), "t": Seen(each(lambda p, s: s.t))},
    given={"γ ≤ 1": lambda k, c: c["q"]},
    sharp={"one line": Equal(1e-9)},
    seeds=4,
)
STAR = replace(
    STATIONARY,
    metric=each(inside),
    bound=lambda k, c: (1 - c["t"]) ** c["q"] * c["gap"],
    holds=Always(),
    sharp={name: Equal(1e-9) for name in STATIONARY.instances},
    rounding=lambda k, c: 1e-10 * c["gap"],
)
SUM = Claim[SeparablePowers, Sample](
    source=source("section 0.2 of the theory sheet", "qc.prop.sum", Statement.DERIVED),
    assumes=STATIONARY.assumes,
    instances=SUMS,
    algorithm=Ray(),
    metric=each(raw_gamma),
    unit=Unit(),
    bound=lambda k, c: c["gamma"] + 0 * k,
    holds=AtLeast(),
    k=range(20),
    seeds=4,
)
LIMIT = replace(on(SUM, "along the worst"), holds=Equal(0.01), k=range(43, 44))
AFFINE = Claim[RadialPower, Sample](
    source=source("section 0.2 of the theory sheet", "qc.prop.affine", Statement.DERIVED),
    assumes=STATIONARY.assumes,
    instances=MAPPED,
    algorithm=Scattered(),
    metric=each(raw_gamma),
    unit=Unit(),
    bound=lambda k, c: c["original"],
    seen={"original": Seen(each(original))},
    holds=Equal(1e-9),
    k=range(200),
    seeds=4,
)


def control(draw: Draw[Explicit], claim: Claim[Homogeneous, Sample]) -> Claim[Explicit, Sample]:
    """The same statement, γ as claimed there, for a function that is not quasar-convex."""
    return Claim[Explicit, Sample](
        source=claim.source, assumes=claim.assumes, instances={"control": draw}, algorithm=Ray(1.0), metric=each(steepness),
        unit=claim.unit, bound=lambda k, c: c["gamma"] * c["gap"], holds=claim.holds, k=range(1), seen={"gap": Seen(each(gap), Unit(f=1))},
    )


THEOREM = Theorem(
    claims={
        "only minimisers are stationary": (STATIONARY, Status.CONSISTENT),
        "sublevel sets are stars": (STAR, Status.CONSISTENT),
        "sums": (SUM, Status.CONSISTENT),
        "sums, far along the worst": (LIMIT, Status.CONSISTENT),
        "affine maps": (AFFINE, Status.CONSISTENT),
    },
    foils={
        "a flat point": (control(flat, STATIONARY), Status.REFUTED),
        "two centres": (
            replace(control(two_centres, STATIONARY), metric=each(inside), algorithm=Scattered(0.0, 0.3), k=range(200), holds=Always(),
                    bound=lambda k, c: c["gap"], rounding=lambda k, c: 1e-9 * c["gap"]),
            Status.REFUTED,
        ),
        "star-convexity below degree 1": (replace(STAR, bound=lambda k, c: (1 - c["t"]) * c["gap"], sharp={}), Status.REFUTED),
        "sum keeps the mean": (replace(SUM, bound=lambda k, c: 3 * c["gamma"] + 0 * k, sharp={}), Status.REFUTED),
        "ratio at x itself": (
            replace(AFFINE, seen={"original": Seen(each(lambda p, s: original(replace(p, W=p.W * 2), s)))}), Status.REFUTED
        ),
        "gap without f": (replace(STATIONARY, bound=lambda k, c: c["q"] * c["gap"] ** 2, sharp={}), Status.ILL_POSED),
    },
)
