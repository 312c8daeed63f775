"""One and two variables (derived): exact constants, and functions that look quasar-convex and are not.

γ_raw = inf ⟨∇f(x), x − x*⟩ / (f(x) − f*):
  ‖x‖² + a (x_1³ − 3 x_1 x_2²) + b ‖x‖⁴, 4b > a²:   γ_raw = 3 − √(4b/(4b − a²)), on the whole plane;
  x² + 3 sin² x:                                     γ_raw = 0.49609… at |x| = 2.15384…;
  (x² + 1/8)^{1/6}:                                  γ_raw = 1/3 on R, and at least 1/2 on |x| ≤ D if and only if D ≤ 9.45989.

Proofs as code: for the cubic an exact sum of squares, with z = (x_1, x_2), w = (x_1² − x_2², −2 x_1 x_2), ⟨z, w⟩ = x_1³ − 3 x_1 x_2²,
⟨∇f, x⟩ − γ f = (2 − γ) ‖z + β w‖² + ((4 − γ) b − (2 − γ) β²) ‖z‖⁴,  β = (3 − γ) a / (2 (2 − γ)); for the sine ball arithmetic.
The negative controls are the foils: each breaks ⟨∇f, x − x*⟩ ≥ γ (f − f*) at a point that the check names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from array_api_compat import array_namespace
from flint import arb

from algorithms.quasar_convex.points import Sample, Scattered
from problems.quasar_convex.certificates import largest_proved, positive_on
from problems.quasar_convex.impostors import cauchy, proximal_sixth_root
from problems.quasar_convex.planar import Explicit, cubic, false_cubic, flat, sine, two_centres, valley, welsch
from problems.quasar_convex.powers import RadialPower, sixth_root
from ratecheck import Array, AtLeast, Claim, Direct, Draw, Equal, Source, Statement, Status, Theorem, Threshold, Trait, Unit, best, each
from theory_checks.quasar_convex._common import raw_gamma


@dataclass(frozen=True, eq=False)
class Proved:
    gamma: Array  # (B,) the largest constant that the proof accepted


def by_sum_of_squares(p: Explicit) -> Proved:
    """In rational arithmetic: the coefficient of ‖z‖⁴ that the square leaves over is not negative."""
    a, b = (Fraction(float(c)) for c in p.coefficients)

    def proves(g: float) -> bool:
        gamma = Fraction(g)
        beta = (3 - gamma) * a / (2 * (2 - gamma))
        return (4 - gamma) * b - (2 - gamma) * beta**2 >= 0

    value = largest_proved(proves, 2.0**-10, 1.99, steps=40)
    return Proved(array_namespace(p.x0).full(p.x0.shape[:1], value))


def by_balls(p: Explicit) -> Proved:
    """x f'(x) − γ f(x) > 0 on [0.05, 30]. Beyond, the ratio is at least x (2x − 3)/(x² + 3) > 1.8; below 0.05 it is > 1.9."""

    def proves(g: float) -> bool:
        return positive_on(lambda x: x * (2 * x + 3 * (2 * x).sin()) - arb(g) * (x * x + 3 * x.sin() ** 2), 0.05, 30.0)

    value = largest_proved(proves, 0.25, 1.0, steps=11)
    return Proved(array_namespace(p.x0).full(p.x0.shape[:1], value))


def at_least_half(p: RadialPower, s: Sample) -> Array:
    """1 where the ratio is at least 1/2, else 0"""
    xp = array_namespace(s.x)
    return xp.astype(raw_gamma(p, s) >= 0.5, s.x.dtype)


def source(slug: str) -> Source:
    return Source("derived", "sections 0.3 to 0.5 of the theory sheet", slug, Statement.DERIVED)


CUBICS: Mapping[str, Draw[Explicit]] = {
    "gamma = 0.5": cubic,
    "gamma = 1.1, a = 2": partial(cubic, a=2.0, gamma=1.1),
    "gamma = 1.8": partial(cubic, gamma=1.8),
}
SINE: Mapping[str, Draw[Explicit]] = {"3 sin²": sine}
CUBIC = Claim[Explicit, Sample](
    source=source("fam.cubic"),
    assumes=frozenset({Trait.QUASAR_CONVEX}),
    instances=CUBICS,
    algorithm=Scattered(-0.7, 0.3),
    metric=best(raw_gamma),
    unit=Unit(),
    bound=lambda k, c: c["gamma"] + 0 * k,
    holds=AtLeast(),
    k=range(9999, 10000),
    sharp={name: Equal(0.08) for name in CUBICS},
    seeds=4,
)
SINES = replace(
    CUBIC, source=source("fam.sin"), instances=SINE, algorithm=Scattered(-2.0, 0.0), holds=AtLeast(rounding=1e-7),
    sharp={"3 sin²": Equal(1e-3)},
)
PROVED = Claim[Explicit, Proved](
    source=source("fam.cubic"),
    assumes=CUBIC.assumes,
    instances=CUBICS,
    algorithm=Direct(by_sum_of_squares),
    metric=each(lambda p, s: s.gamma),
    unit=Unit(),
    bound=CUBIC.bound,
    holds=Equal(1e-9),
    k=range(1),
    seeds=1,
)
PROVED_SINE = replace(PROVED, source=source("fam.sin"), instances=SINE, algorithm=Direct(by_balls), holds=Equal(1e-3))
SIXTH = Claim[RadialPower, Sample](
    source=source("fam.sixth"),
    assumes=CUBIC.assumes,
    instances={"R": partial(sixth_root, R=1e60)},
    algorithm=Scattered(-1.0, 0.0),
    metric=each(raw_gamma),
    unit=Unit(),
    bound=lambda k, c: 1 / 3 + 0 * k,
    holds=Equal(1e-9),
    k=range(20),
    seeds=2,
)
ON_FIVE = replace(
    SIXTH, instances={"[-5, 5]": partial(sixth_root, R=5.0)}, metric=best(raw_gamma), bound=lambda k, c: 0.56520 + 0 * k,
    algorithm=Scattered(-0.5, 0.0), holds=Equal(1e-3), k=range(999, 1000),
)
HALF = replace(
    SIXTH,
    instances={"|x| = D on both sides": partial(sixth_root, R=9.45989, spread=1e-6)},
    algorithm=Scattered(0.0, 0.0),
    metric=each(at_least_half),
    bound=lambda k, c: 1.0 * (c["D"] < 9.45989) + 0 * k,
    holds=Threshold(of=lambda c: c["D"], at=9.45989),
    k=range(1),
    seeds=8,
)


def control(draw: Draw[Explicit]) -> Claim[Explicit, Sample]:
    """The definition with the γ claimed, at points around x*."""
    return replace(CUBIC, instances={"control": draw}, algorithm=Scattered(-1.0, 1.0), metric=each(raw_gamma), sharp={}, k=range(1000))


THEOREM = Theorem(
    claims={
        "cubic, found": (CUBIC, Status.CONSISTENT),
        "cubic, by sum of squares": (PROVED, Status.CONSISTENT),
        "sine, found": (SINES, Status.CONSISTENT),
        "sine, by balls": (PROVED_SINE, Status.CONSISTENT),
        "sixth root at infinity": (SIXTH, Status.CONSISTENT),
        "sixth root on [-5, 5]": (ON_FIVE, Status.CONSISTENT),
        "sixth root, one half": (HALF, Status.CONSISTENT),
    },
    foils={
        "false cubic": (replace(control(false_cubic), bound=lambda k, c: 0.01 + 0 * k), Status.REFUTED),
        "valley": (control(valley), Status.REFUTED),
        "flat point": (control(flat), Status.REFUTED),
        "Welsch": (control(welsch), Status.REFUTED),
        "two centres": (control(two_centres), Status.REFUTED),
        "Cauchy": (replace(control(cauchy), algorithm=Scattered(0.0, 12.0)), Status.REFUTED),
        "a quasar-convex function and a parabola": (control(proximal_sixth_root), Status.REFUTED),
        "sine with gamma 0.5": (replace(SINES, bound=lambda k, c: 0.5 + 0 * k, sharp={}), Status.REFUTED),
        "cubic proved beyond its constant": (replace(PROVED, bound=lambda k, c: 0.99 * c["gamma"] + 0 * k), Status.REFUTED),
        "one half up to 9.45986": (replace(HALF, bound=lambda k, c: 1.0 * (c["D"] < 9.45986) + 0 * k), Status.REFUTED),
    },
)
