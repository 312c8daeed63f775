"""Yao, Yu, Zeng, Zhang 2024: the proximal Lagrangian value function of a constrained lower level (proved here).

v(x, y, z) = min_θ max_{λ ≥ 0} g(x, θ) + λ'c(x, θ) + ‖θ − y‖²/(2γ₁) − ‖λ − z‖²/(2γ₂), the lower level being min_y g(x, y), c(x, y) ≤ 0.
With the saddle point (θ*, λ*):
    ∇v = (∇_x g(x, θ*) + λ*'∇_x c(x, θ*), (y − θ*)/γ₁, (λ* − z)/γ₂),
    c(x, y) ≤ 0 and z ≥ 0  ⇒  v(x, y, z) ≤ g(x, y)      (take θ = y; λ'c ≤ 0), which fails for infeasible y;
and a gradient descent-ascent step η on (θ, λ) contracts by √(1 − 2ηρ + η²L²): ρ = min(μ_g + 1/γ₁, 1/γ₂) is the modulus of strong
monotonicity and L the norm of the saddle operator, so it contracts iff η < 2ρ/L² on I + ωJ, where this is attained.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import dot, norm
from algorithms.bilevel.lvhba import Constrained, Iterate, SaddleSteps, descent_ascent
from algorithms.bilevel.points import RandomPoints, Sample
from problems.bilevel import joint_quadratic
from ratecheck import Always, Array, Claim, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, Vanishes, each
from theory_checks.bilevel._common import GRADIENT, STEP, relative

H = 1e-5


def multiplier(p: Constrained, s: Sample) -> Array:
    """z ≥ 0 that varies with the sample"""
    xp = array_namespace(s.x)
    return xp.abs(p.z0 + xp.sum(s.dx, axis=-1, keepdims=True))


def slope(p: Constrained, s: Sample) -> Array:
    z = multiplier(p, s)
    theta, lam = p.saddle(s.x, s.y, z)
    return dot(p.lower_x(s.x, theta) + p.constraint_x(s.x, lam), s.dx) + dot(s.y - theta, s.dy) / p.g1 + array_namespace(z).sum(lam - z, axis=-1) / p.g2


def without_multipliers(p: Constrained, s: Sample) -> Array:
    z = multiplier(p, s)
    theta, lam = p.saddle(s.x, s.y, z)
    return dot(p.lower_x(s.x, theta), s.dx) + dot(s.y - theta, s.dy) / p.g1 + array_namespace(z).sum(lam - z, axis=-1) / p.g2


def difference(p: Constrained, s: Sample) -> Array:
    """Along (dx, dy, 1)"""
    z = multiplier(p, s)
    ends = [p.lagrangian(s.x + h * s.dx, s.y + h * s.dy, z + h) for h in (H, -H)]
    return (ends[0] - ends[1]) / (2 * H)


def missed(formula: Callable[[Constrained, Sample], Array], p: Constrained, s: Sample) -> Array:
    return array_namespace(s.x).abs(difference(p, s) - formula(p, s))


def saddle_point(p: Constrained, s: Sample, t: Sample) -> Array:
    """One descent-ascent step from (θ*, λ*) goes nowhere"""
    z = multiplier(p, s)
    theta, lam = p.saddle(s.x, s.y, z)
    after, up = descent_ascent(p, s.x, s.y, z, theta, lam, 0.1)
    return (norm(after - theta) + norm(up - lam)) / (1 + norm(theta) + norm(lam))


def feasible(p: Constrained, s: Sample) -> tuple[Array, Array]:
    """The sample scaled towards w = 0, which is strictly feasible, until it is feasible"""
    xp = array_namespace(s.x)
    origin = p.constraint(0 * s.x, 0 * s.y)
    ahead = p.constraint(s.x, s.y) - origin
    room = xp.min(xp.where(ahead > 0, -origin / xp.where(ahead > 0, ahead, 1.0), 1.0), axis=-1)
    t = xp.minimum(room, 1.0 + 0 * room)[:, None]
    return t * s.x, t * s.y


def value(p: Constrained, s: Sample) -> Array:
    return p.lagrangian(*feasible(p, s), multiplier(p, s))


def distance(p: Constrained, states: Iterator[Iterate]) -> Iterator[Array]:
    star = p.saddle(p.x0, p.y0, p.z0)
    for s in states:
        yield array_namespace(s.x).sqrt(norm(s.theta - star[0]) ** 2 + norm(s.lam - star[1]) ** 2)


def next_distance(p: Constrained, states: Iterator[Iterate]) -> Iterator[Array]:
    distances = distance(p, states)
    next(distances)
    yield from distances


def saddle_steps(eta: float, p: Constrained, s: Iterate, t: Iterate) -> Array:
    """(θ, λ) moves by η along the saddle operator"""
    theta, lam = descent_ascent(p, s.x, s.y, s.z, s.theta, s.lam, eta)
    xp = array_namespace(s.x)
    return xp.maximum(relative(t.theta - theta, theta, s.theta), relative(t.lam - lam, lam, s.lam))


GRADIENT_OF_V = Claim[Constrained, Sample](
    source=Source("yao2024", "gradient of the value function", "lvhba.envelope-gradient", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH}),
    instances={"quadratic, 3 constraints": joint_quadratic.constrained},
    algorithm=RandomPoints(),
    laws={"saddle point": saddle_point},
    seen={"size": Seen(each(lambda p, s: norm(s.dx) * norm(p.lower_x(s.x, s.y)) + norm(s.dy) + 10), GRADIENT)},
    metric=each(partial(missed, slope)),
    unit=GRADIENT,
    bound=lambda k, c: c["size"],
    holds=Vanishes(1e-7),
    k=range(30),
)
BELOW = replace(
    GRADIENT_OF_V,
    source=replace(GRADIENT_OF_V.source, place="v ≤ g at feasible points", slug="lvhba.gap-nonneg"),
    seen={"g": Seen(each(lambda p, s: p.lower(*feasible(p, s))), Unit(1, 0))},
    metric=each(value),
    unit=Unit(1, 0),
    bound=lambda k, c: c["g"],
    holds=Always(signed=True),
)


def contraction(eta: float, slug: str = "lvhba.gda-step") -> Claim[Constrained, Iterate]:
    return Claim(
        source=Source("yao2024", "step of (θ, λ), the range derived", slug, Statement.DERIVED),
        assumes=frozenset({Trait.CONVEX, Trait.SMOOTH}),
        instances={"rotation": joint_quadratic.rotation, "quadratic, 3 constraints": joint_quadratic.constrained},
        algorithm=SaddleSteps(eta),
        laws={"saddle steps": partial(saddle_steps, eta)},
        seen={"before": Seen(distance, Unit(0, 1)), "eta": Seen(each(lambda p, s: 0 * s.x[:, 0] + eta), STEP)},
        given={"η < 2ρ/L²": lambda k, c: c["eta"] * c["L_T"] ** 2 / (2 * c["rho_T"])},
        metric=next_distance,
        unit=Unit(0, 1),
        bound=lambda k, c: (1 - 2 * c["eta"] * c["rho_T"] + (c["eta"] * c["L_T"]) ** 2) ** 0.5 * c["before"],
        holds=Always(),
        k=range(40),
        rounding=lambda k, c: 1e-12 * c["before"],
        sharp={"rotation": Equal(1e-9)},
    )


GDA = contraction(0.02)
LONG = replace(contraction(0.5), bound=lambda k, c: c["before"], sharp={})  # ω = 2: 2ρ/L² = 0.4

THEOREM = Theorem(
    claims={"gradient": (GRADIENT_OF_V, Status.CONSISTENT), "below g": (BELOW, Status.CONSISTENT), "contraction": (GDA, Status.CONSISTENT)},
    foils={
        "gradient without multipliers": (replace(GRADIENT_OF_V, metric=each(partial(missed, without_multipliers))), Status.REFUTED),
        "infeasible y": (
            replace(BELOW, metric=each(lambda p, s: p.lagrangian(s.x, s.y, multiplier(p, s))), seen={"g": Seen(each(lambda p, s: p.lower(s.x, s.y)), Unit(1, 0))}),
            Status.REFUTED,
        ),
        "nine tenths of g": (replace(BELOW, bound=lambda k, c: 0.8 * c["g"]), Status.REFUTED),
        "η = 0.5": (LONG, Status.NOT_APPLICABLE),
        "η = 0.5, unstated": (replace(LONG, given={}), Status.REFUTED),
        "1 − 4ηρ": (replace(GDA, sharp={}, bound=lambda k, c: (1 - 4 * c["eta"] * c["rho_T"]) ** 0.5 * c["before"]), Status.REFUTED),
        "another η": (replace(GDA, algorithm=SaddleSteps(0.03)), Status.UNLAWFUL),
        "ρ² for ρ": (replace(GDA, bound=lambda k, c: (1 - 2 * c["eta"] * c["rho_T"] ** 2) * c["before"]), Status.ILL_POSED),
    },
)
