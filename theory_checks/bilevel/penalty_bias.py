"""Kwon, Kwon, Wright, Nowak 2023 (arXiv v1), Lemmas 3.1, 3.2, A.2, A.3: what a penalty λ on the lower level costs.

f is l_f1-smooth with ‖∇_y f‖ ≤ l_f0, g is l_g1-smooth, μ-strongly convex in y, with l_g2-Lipschitz Hessian; y*_λ = argmin_y f + λg,
L*_λ(x) = min_y f + λ(g − g*). For λ ≥ 2 l_f1/μ:

  (3.1)  ‖∇F − ∇L*_λ‖ ≤ C/λ,   C = (4 l_f0 l_g1/μ²)(l_f1 + 2 l_f0 l_g2/μ);  derived:  C_s = (1 + l_g1/μ)(l_f0/μ)(l_f1 + l_g2 l_f0/(2μ)) ≤ C/2;
         ‖y*_λ − y*‖ ≤ l_f0/(λμ)  (the proof of 3.2 has twice as much);
  (3.2)  ‖y*_{λ2}(x2) − y*_{λ1}(x1)‖ ≤ 2 (λ2 − λ1)/(λ1 λ2) · l_f0/μ + (3 l_g1/μ) ‖x2 − x1‖,     λ1 ≤ λ2;
  (A.2)  ‖∇F − ∇_x L_λ(x, y) + B'A⁻¹∇_y L_λ(x, y)‖ ≤ 2 (l_g1/μ)‖y − y*‖(l_f1 + λ min(2 l_g1, l_g2‖y − y*‖)),  any y, any λ > 0;
  (A.3)  y*_λ has a Lipschitz Jacobian J: constant 32 (l_g2 + l_f2/λ) l_g1²/μ³. Loose; its proof goes through
         ‖J − J'‖ ≤ (l_g2 + l_f2/λ)(‖dx‖ + ‖dy*_λ‖)(1 + ‖J'‖)/(μ − l_f1/λ).

C_s: with d = y*_λ − y*, Taylor's formula for ∇_y g and ∇_x g, remainders at most l_g2‖d‖²/2, and λ∇_y g(y*_λ) = −∇_y f.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.bilevel.batched import norm, solve
from algorithms.bilevel.implicit import exact_hypergradient
from algorithms.bilevel.penalty import Penalised, PenaltyPath, Point
from problems.bilevel import log_cosh
from ratecheck import (
    Always,
    Array,
    Claim,
    Constants,
    Draw,
    Measure,
    Noise,
    SameOrder,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
    each_step,
)
from theory_checks.bilevel._common import EPS, GRADIENT, relative

LENGTH = Unit(0, 1)


def at(p: Penalised, s: Point) -> Array:
    """∇L*_λ(x) = ∇_x f(y_λ) + λ(∇_x g(y_λ) − ∇_x g(y*))"""
    return p.upper_x(s.x, s.y_lam) + s.lam[:, None] * (p.lower_x(s.x, s.y_lam) - p.lower_x(s.x, s.y))


def bias(p: Penalised, s: Point) -> Array:
    return norm(exact_hypergradient(p, s.x) - at(p, s))


def relation(p: Penalised, s: Point) -> Array:
    """Lemma A.2 at y = y* + (random, of length 1/λ): here y is y_λ of the tenth of λ"""
    y, lam = _probe(p, s), s.lam[:, None]
    multiplier = solve(p.hessian(s.x, s.y), p.upper_y(s.x, y) + lam * p.lower_y(s.x, y))
    along_x = p.upper_x(s.x, y) + lam * (p.lower_x(s.x, y) - p.lower_x(s.x, s.y))
    return norm(exact_hypergradient(p, s.x) - along_x + p.cross_t(s.x, s.y, multiplier))


def _probe(p: Penalised, s: Point) -> Array:
    return s.y + 0.1 / s.lam[:, None]


def jacobian(p: Penalised, s: Point) -> Array:
    """dy*_λ/dx = −(A + ∂²_yy f/λ)⁻¹ B at y_λ (∂²_yx f = 0)"""
    xp = array_namespace(s.x)
    return -xp.linalg.solve(p.hessian(s.x, s.y_lam) + p.upper_yy(s.x, s.y_lam) / s.lam[:, None, None], p.cross_block(s.x, s.y_lam))


def spectral(J: Array) -> Array:
    return array_namespace(J).linalg.matrix_norm(J, ord=2)


def jacobian_change(p: Penalised, s: Point, t: Point) -> Array:
    return spectral(jacobian(p, t) - jacobian(p, s))


def balances(p: Penalised, s: Point, t: Point) -> Array:
    """∇_y f + λ∇_y g = 0 at y_λ, relative to λ L times the width of rounding around it"""
    residual = p.upper_y(s.x, s.y_lam) + s.lam[:, None] * p.lower_y(s.x, s.y_lam)
    scale = s.lam[:, None] * p.constants["L"].value[:, None] * (1 + array_namespace(s.x).abs(s.y_lam))
    return norm(residual / scale)


def doubles(p: Penalised, s: Point, t: Point) -> Array:
    """λ_{k+1} = 2 λ_k"""
    return relative((t.lam - 2 * s.lam)[:, None], t.lam[:, None])


def lam(p: Penalised, s: Point) -> Array:
    return s.lam


class HalfPenalty(PenaltyPath):
    """A wrong twin: y_λ belongs to λ/2."""

    def iterates(self, problem: Penalised, noise: Noise, /) -> Iterator[Point]:
        for s in super().iterates(problem, noise):
            yield replace(s, y_lam=problem.y_penalised(s.x, s.lam / 2))


def C(c: Constants) -> Array:
    return 4 * c["l_f0"] * c["l_g1"] / c["mu"] ** 2 * (c["l_f1"] + 2 * c["l_f0"] * c["l_g2"] / c["mu"])


def C_s(c: Constants) -> Array:
    return (1 + c["l_g1"] / c["mu"]) * c["l_f0"] / c["mu"] * (c["l_f1"] + c["l_g2"] * c["l_f0"] / (2 * c["mu"]))


def claim(slug: str, place: str, statement: Statement, metric: Measure[Penalised, Point], unit: Unit) -> Claim[Penalised, Point]:
    return Claim(
        source=Source("kwon2023 v1", place, slug, statement),
        assumes=frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH, Trait.LIPSCHITZ}),
        instances={"tilted": log_cosh.tilted},
        algorithm=PenaltyPath(spread=0.01),
        laws={"balances": balances, "doubles": doubles},
        seen={"lambda": Seen(each(lam))},
        given={"λ ≥ 2 l_f1/μ": lambda k, c: 2 * c["l_f1"] / c["mu"] / c["lambda"]},
        metric=metric,
        unit=unit,
        bound=lambda k, c: C_s(c) / c["lambda"],
        holds=Always(),
        k=range(18),
        rounding=lambda k, c: 1e4 * EPS * (c["l_g1"] / c["mu"] * c["l_f0"] + c["lambda"] * c["norm_B"] * c["l_f0"] / c["l_f1"]),
        seeds=8,
    )


Instances = Mapping[str, Draw[Penalised]]
FAR: Instances = {"far from the upper minimiser": partial(log_cosh.tilted, tilt=3.0), "log-cosh": log_cosh.log_cosh}
RANDOM: Instances = {"tilted": log_cosh.tilted, "log-cosh": log_cosh.log_cosh}
BIAS = replace(claim("f2sa.bias", "Lemma 3.1, sharper", Statement.DERIVED, each(bias), GRADIENT), sharp={"tilted": SameOrder(0.2)})
PRINTED_C = replace(
    BIAS, source=replace(BIAS.source, place="Lemma 3.1", statement=Statement.VERIFIED), instances=RANDOM, sharp={}, bound=lambda k, c: C(c) / c["lambda"]
)
DISTANCE = replace(
    claim("f2sa.y-distance", "proof of Lemma 3.2, halved", Statement.DERIVED, each(lambda p, s: norm(s.y_lam - s.y)), LENGTH),
    instances=FAR,
    bound=lambda k, c: c["l_f0"] / (c["lambda"] * c["mu"]),
    rounding=lambda k, c: 1e3 * EPS * c["l_f0"] / c["l_f1"],
)
LIPSCHITZ = replace(
    claim("f2sa.ylam-lipschitz", "Lemma 3.2", Statement.VERIFIED, each_step(lambda p, s, t: norm(t.y_lam - s.y_lam)), LENGTH),
    instances=RANDOM,
    algorithm=PenaltyPath(),
    seen={
        "lambda": Seen(each(lam)),
        "next": Seen(each_step(lambda p, s, t: t.lam)),
        "dx": Seen(each_step(lambda p, s, t: norm(t.x - s.x)), LENGTH),
    },
    bound=lambda k, c: 2 * (1 / c["lambda"] - 1 / c["next"]) * c["l_f0"] / c["mu"] + 3 * c["l_g1"] / c["mu"] * c["dx"],
    rounding=lambda k, c: 1e3 * EPS * c["dx"],
)
IN_LAMBDA = replace(  # x stands still: the first term alone
    LIPSCHITZ,
    algorithm=PenaltyPath(spread=0.0),
    instances=FAR,
    bound=lambda k, c: 2 * (1 / c["lambda"] - 1 / c["next"]) * c["l_f0"] / c["mu"],
    rounding=DISTANCE.rounding,
)


def relation_bound(k: Array, c: Constants) -> Array:
    d, L, mu = c["d"], c["l_g1"], c["mu"]
    return 2 * L / mu * d * (c["l_f1"] + c["lambda"] * np.minimum(2 * L, c["l_g2"] * d))


RELATION = replace(
    claim("f2sa.lagrangian-relation", "Lemma A.2", Statement.VERIFIED, each(relation), GRADIENT),
    instances={"at the upper minimiser": partial(log_cosh.tilted, tilt=0.0, s=0.01)},
    seen={"lambda": Seen(each(lam)), "d": Seen(each(lambda p, s: norm(_probe(p, s) - s.y)), LENGTH)},
    given={},
    bound=relation_bound,
)
CHANGES = {
    **LIPSCHITZ.seen,
    "dy": Seen(each_step(lambda p, s, t: norm(t.y_lam - s.y_lam)), LENGTH),
    "J": Seen(each_step(lambda p, s, t: spectral(jacobian(p, t)))),
}
JACOBIAN = replace(
    claim("f2sa.ylam-smooth", "Lemma A.3, its proof", Statement.DERIVED, each_step(jacobian_change), Unit()),
    instances={"curved": partial(log_cosh.tilted, s=0.5, cross=3.0)},
    algorithm=PenaltyPath(growth=1.0, shrink=0.7),  # λ stands still: the lemma is about x
    laws={"balances": balances},
    seen=CHANGES,
    bound=lambda k, c: (c["l_g2"] + c["l_f2"] / c["lambda"]) * (c["dx"] + c["dy"]) * (1 + c["J"]) / (c["mu"] - c["l_f1"] / c["lambda"]),
    rounding=lambda k, c: 1e3 * EPS * c["l_g1"] / c["mu"],
)
PRINTED_A3 = replace(
    JACOBIAN,
    source=replace(JACOBIAN.source, place="Lemma A.3", statement=Statement.VERIFIED),
    bound=lambda k, c: 32 * (c["l_g2"] + c["l_f2"] / c["lambda"]) * c["l_g1"] ** 2 / c["mu"] ** 3 * c["dx"],
)

THEOREM = Theorem(
    claims={
        "bias, sharper": (BIAS, Status.CONSISTENT),
        "bias": (PRINTED_C, Status.VACUOUS),
        "distance": (DISTANCE, Status.CONSISTENT),
        "Lipschitz in (λ, x)": (LIPSCHITZ, Status.CONSISTENT),
        "Lipschitz in λ": (IN_LAMBDA, Status.CONSISTENT),
        "relation": (RELATION, Status.CONSISTENT),
        "Jacobian, the proof": (JACOBIAN, Status.CONSISTENT),
        "Jacobian": (PRINTED_A3, Status.VACUOUS),
    },
    foils={
        "1/λ²": (replace(BIAS, bound=lambda k, c: C_s(c) / c["lambda"] ** 2, sharp={}), Status.REFUTED),
        "1/√λ": (replace(BIAS, bound=lambda k, c: C_s(c) / c["lambda"] ** 0.5), Status.UNSHARP),
        "without 1/μ": (replace(BIAS, bound=lambda k, c: C_s(c) * c["mu"] / c["lambda"]), Status.ILL_POSED),
        "without l_g1/μ": (replace(BIAS, bound=lambda k, c: C_s(c) / (1 + c["l_g1"] / c["mu"]) / c["lambda"]), Status.REFUTED),
        "half the distance": (replace(DISTANCE, bound=lambda k, c: c["l_f0"] / (2 * c["lambda"] * c["mu"])), Status.REFUTED),
        "y at half the penalty": (replace(DISTANCE, algorithm=HalfPenalty()), Status.UNLAWFUL),
        "y at half the penalty, unstated": (replace(DISTANCE, algorithm=HalfPenalty(), laws={}), Status.REFUTED),
        "difference of λ, not of 1/λ": (
            replace(IN_LAMBDA, bound=lambda k, c: (c["next"] - c["lambda"]) / c["next"] ** 3 * c["l_f0"] / c["mu"]), Status.REFUTED,
        ),
        "relation without l_f1": (replace(RELATION, bound=lambda k, c: relation_bound(k, {**c, "l_f1": 0 * c["l_f1"]})), Status.REFUTED),
        "constant Jacobian": (
            replace(
                JACOBIAN,
                instances={"more curved": partial(log_cosh.tilted, s=2.0, cross=3.0, a=10.0, w=10.0, tilt=3.0)},
                bound=lambda k, c: JACOBIAN.bound(k, {**c, "l_g2": 0 * c["l_g2"]}),
            ),
            Status.REFUTED,
        ),
    },
)
