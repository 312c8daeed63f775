"""Vyas, Azizzadenesheli 2023 (arXiv 2205.14232; authors' notebooks read): α-coherence, on f(x, y) = x² y + x y over {x ≥ −1/3}.

α-coherent: ⟨(I − αS(z)) F(z), z − z*⟩ ≥ 0 for all z. Here z* = 0 and the product is x²y + α(2x + 1)(x²(x + 1) + y²(2x + 1)), a square
in y; it is nonnegative for all y if and only if α² ≥ x²/(4 (2x + 1)³ (x + 1)), whose largest value over −1/3 ≤ x is 9/8 at x = −1/3.
So the game is α-coherent if and only if   α ≥ 3/(2√2)   (derived, exact). A grid that contains the worst point decides.

Recalled, without constants: strictly α-coherent and small steps, CGO converges to the saddle; α-coherent, so does OCGO. α = 0 is the
gradient descent ascent, which does not (nor is the game 0-coherent).
"""

from dataclasses import dataclass, replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.competitive_gradient import ProjectedCompetitiveGradient, State
from algorithms.min_max.steps import Step
from problems.min_max.competitive_quadratics import QuadraticTimesLinear, planar
from ratecheck import Always, Array, Claim, Constants, Direct, Source, Statement, Status, Theorem, Threshold, Trait, Unit, each
from theory_checks.min_max._common import LENGTH2, distance2, relative

CRITICAL = 3 / (2 * 2**0.5)


@dataclass(frozen=True, eq=False)
class Verdicts:
    coherent: Array  # (B,), 1 or 0


def decide(p: QuadraticTimesLinear) -> Verdicts:
    """The sign of the smallest product over x in [−1/3, 3], the best y for each x: y = −x²/(2α(2x + 1)²)."""
    alpha = p.constants["alpha"].value
    xp = array_namespace(alpha)
    coherent = xp.ones_like(alpha)
    for j in range(201):
        x = xp.full_like(alpha, -1 / 3 + j / 60)
        y = -(x**2) / (2 * alpha * (2 * x + 1) ** 2)
        value = p.coherence(xp.stack([x, y], axis=-1), alpha)
        coherent = xp.where(value < -1e-12, xp.zeros_like(alpha), coherent)
    return Verdicts(coherent)


def own(name: str) -> Step:
    return lambda c: c[name].value


def critical(c: Constants, at: float = CRITICAL) -> Array:
    return 1.0 * (c["alpha"] >= at)


def moves(p: QuadraticTimesLinear, s: State, t: State) -> Array:
    """z⁺ = P(z − η (I + αS)⁻¹ F(z)), α and η as given"""
    c = p.constants
    return relative(p.project(s.x - c["eta"].value[:, None] * p.compete(s.x, c["alpha"].value)), t.x, s.x)


def moves_twice(p: QuadraticTimesLinear, s: State, t: State) -> Array:
    """w = P(z − η G(z)), z⁺ = P(z − η G(w)), G the competitive field"""
    alpha, eta = p.constants["alpha"].value, p.constants["eta"].value[:, None]
    w = p.project(s.x - eta * p.compete(s.x, alpha))
    return relative(p.project(s.x - eta * p.compete(w, alpha)), t.x, s.x)


COHERENT = Claim[QuadraticTimesLinear, Verdicts](
    source=Source("vyas2023", "coherence of x²y + xy", "cgo.coherence.instances", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH}),
    instances={"α from 0.9 to 1.2": planar, "α from 1.05 to 1.07": partial(planar, low=1.05, high=1.07)},
    algorithm=Direct(decide),
    metric=each(lambda p, s: s.coherent),
    unit=Unit(),
    bound=lambda k, c: critical(c) + 0 * k,
    holds=Threshold(of=lambda c: c["alpha"], at=CRITICAL),
    k=range(1),
    seeds=64,
)
COMPETES = Claim[QuadraticTimesLinear, State](
    source=Source("vyas2023", "convergence under strict coherence", "cgo.strict-coherent", Statement.RECALLED),
    assumes=frozenset({Trait.SMOOTH}),
    instances={"α from 1.1 to 2": partial(planar, low=1.1, high=2.0)},
    algorithm=ProjectedCompetitiveGradient(own("alpha"), own("eta")),
    metric=each(distance2),
    unit=LENGTH2,
    bound=lambda k, c: c["R"] ** 2 * 0.995**k,
    holds=Always(),
    k=range(1, 601),
    laws={"moves": moves},
    seeds=8,
)
OPTIMISTIC = replace(
    COMPETES,
    source=replace(COMPETES.source, place="convergence of OCGO under coherence", slug="ocgo.coherent"),
    algorithm=ProjectedCompetitiveGradient(own("alpha"), own("eta"), optimistic=True),
    laws={"moves twice": moves_twice},
)
DESCENT = ProjectedCompetitiveGradient(lambda c: 0 * c["alpha"].value, own("eta"))

THEOREM = Theorem(
    claims={
        "coherence": (COHERENT, Status.CONSISTENT),
        "CGO converges": (COMPETES, Status.CONSISTENT),
        "OCGO converges": (OPTIMISTIC, Status.CONSISTENT),
    },
    foils={
        "1 for 3/(2√2)": (replace(COHERENT, bound=lambda k, c: critical(c, 1.0) + 0 * k), Status.REFUTED),
        "9/8 for its root": (replace(COHERENT, bound=lambda k, c: critical(c, 9 / 8) + 0 * k), Status.REFUTED),
        "coherent for every α": (replace(COHERENT, bound=lambda k, c: 1.0 + 0 * c["alpha"]), Status.REFUTED),
        "α = 0": (replace(COMPETES, algorithm=DESCENT, laws={}), Status.REFUTED),
        "α = 0, seen": (replace(COMPETES, algorithm=DESCENT), Status.UNLAWFUL),
        "OCGO, the plain step": (replace(OPTIMISTIC, algorithm=COMPETES.algorithm), Status.UNLAWFUL),
        "CGO, twenty times the rate": (replace(COMPETES, bound=lambda k, c: c["R"] ** 2 * 0.9**k), Status.REFUTED),
    },
)
