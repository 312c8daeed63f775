"""Liu, Liu, Yao, Zeng, Zhang 2024: the Moreau envelope of the lower level (proved here).

φ(x, ·) is ρ-weakly convex, γρ < 1, v_γ(x, y) = min_θ φ(x, θ) + ‖θ − y‖²/(2γ), attained at θ*. Then (Danskin)
    ∇v_γ = (∇_x φ(x, θ*), (y − θ*)/γ),
and if φ is L-smooth in y,
    γ/(2(1+γL)) ‖∇_y φ‖²  ≤  φ − v_γ  ≤  γ/(2(1−γρ)) ‖∇_y φ‖².
Left: test θ = y − t∇_y φ with t = 1/(L + 1/γ). Right: φ(θ) ≥ φ(y) + ⟨∇φ, θ−y⟩ − ρ‖θ−y‖²/2, minimised over θ. Attained by
φ = +L y²/2 and by φ = −ρ y²/2. For γ > 1/ρ the envelope has kinks.
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import dot, norm
from algorithms.bilevel.meha import Envelope
from algorithms.bilevel.points import RandomPoints, Sample
from problems.bilevel import weakly_convex
from ratecheck import Always, Array, AtLeast, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, Vanishes, each
from theory_checks.bilevel._common import GRADIENT

H = 1e-5


def slope(p: Envelope, s: Sample) -> Array:
    """⟨∇v_γ, (dx, dy)⟩ by the formula"""
    theta = p.prox(s.x, s.y)
    return dot(p.lower_x(s.x, theta), s.dx) + dot(s.y - theta, s.dy) / p.gamma


def without_prox(p: Envelope, s: Sample) -> Array:
    """The formula with y for θ* in ∇_x φ"""
    return dot(p.lower_x(s.x, s.y), s.dx) + dot(s.y - p.prox(s.x, s.y), s.dy) / p.gamma


def difference(p: Envelope, s: Sample) -> Array:
    return (p.envelope(s.x + H * s.dx, s.y + H * s.dy) - p.envelope(s.x - H * s.dx, s.y - H * s.dy)) / (2 * H)


def size(p: Envelope, s: Sample) -> Array:
    return norm(s.dx) + norm(s.dy) + norm(s.y - p.prox(s.x, s.y)) / p.gamma


def gap(p: Envelope, s: Sample) -> Array:
    return p.lower(s.x, s.y) - p.envelope(s.x, s.y)


def minimises(p: Envelope, s: Sample, t: Sample) -> Array:
    """∇_y φ(x, θ*) + (θ* − y)/γ = 0"""
    theta = p.prox(s.x, s.y)
    return norm(p.lower_y(s.x, theta) + (theta - s.y) / p.gamma[:, None]) / (1 + norm(theta - s.y) / p.gamma)


GRADIENT_OF_V = Claim[Envelope, Sample](
    source=Source("liu2024envelope", "gradient of the envelope", "meha.envelope-gradient", Statement.DERIVED),
    assumes=frozenset({Trait.WEAKLY_CONVEX, Trait.SMOOTH}),
    instances={"sines": weakly_convex.sines, "parabola": weakly_convex.parabola},
    algorithm=RandomPoints(2.0),
    laws={"minimises": minimises},
    seen={"size": Seen(each(size), GRADIENT)},
    metric=each(lambda p, s: array_namespace(s.x).abs(difference(p, s) - slope(p, s))),
    unit=GRADIENT,
    bound=lambda k, c: c["size"],
    holds=Vanishes(1e-8),
    k=range(40),
)
UPPER = Claim[Envelope, Sample](
    source=Source("liu2024envelope", "gap of the envelope", "meha.gap-sandwich", Statement.DERIVED),
    assumes=frozenset({Trait.WEAKLY_CONVEX, Trait.SMOOTH}),
    instances={"sines": weakly_convex.sines, "concave parabola": partial(weakly_convex.parabola, s=-1.0)},
    algorithm=RandomPoints(2.0),
    laws={"minimises": minimises},
    seen={"g2": Seen(each(lambda p, s: dot(p.lower_y(s.x, s.y), p.lower_y(s.x, s.y))), Unit(2, -2)), "scale": Seen(each(lambda p, s: 10 + dot(s.y, s.y)), Unit(1, 0))},
    given={"γρ < 1": lambda k, c: c["gamma"] * c["rho"] * (1 + 1e-12)},
    metric=each(gap),
    unit=Unit(1, 0),
    bound=lambda k, c: c["gamma"] / (2 * (1 - c["gamma"] * c["rho"])) * c["g2"],
    holds=Always(),
    k=range(40),
    rounding=lambda k, c: 1e-15 * c["scale"],
    sharp={"concave parabola": Equal(1e-9)},
)
LOWER = replace(
    UPPER,
    instances={"sines": weakly_convex.sines, "convex parabola": weakly_convex.parabola},
    given={},
    bound=lambda k, c: c["gamma"] / (2 * (1 + c["gamma"] * c["L"])) * c["g2"],
    holds=AtLeast(),
    sharp={"convex parabola": Equal(1e-9)},
)


def weak(k: Array, c: Constants) -> Array:
    return c["gamma"] / 2 * c["g2"]


THEOREM = Theorem(
    claims={"gradient": (GRADIENT_OF_V, Status.CONSISTENT), "gap at most": (UPPER, Status.CONSISTENT), "gap at least": (LOWER, Status.CONSISTENT)},
    foils={
        "∇_x φ at y": (
            replace(GRADIENT_OF_V, metric=each(lambda p, s: array_namespace(s.x).abs(difference(p, s) - without_prox(p, s)))), Status.REFUTED,
        ),
        "γ > 1/ρ": (
            replace(GRADIENT_OF_V, instances={"kink": weakly_convex.kinked}, algorithm=RandomPoints(0.0), laws={}), Status.REFUTED,
        ),
        "γ/2 from above": (replace(UPPER, bound=weak), Status.REFUTED),
        "γ/2 from below": (replace(LOWER, bound=weak), Status.REFUTED),
        "1/γ for γ": (replace(UPPER, bound=lambda k, c: weak(k, c) / c["gamma"] ** 2), Status.ILL_POSED),
        "γ = 3": (replace(UPPER, instances={"kink": weakly_convex.kinked}, sharp={}), Status.NOT_APPLICABLE),
    },
)
