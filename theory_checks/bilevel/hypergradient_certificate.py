"""Salehi, Mukherjee, Roberts, Ehrhardt 2023, Theorem 2.1 (as the authors' code states it; proved here): a certified hypergradient.

g(x, ·) is μ-strongly convex, ∂²_yy g(x, ·) is L_A-, ∂²_yx g(x, ·) is L_B-Lipschitz, f is L_f-smooth. At any y let
ε ≥ ‖y − y*(x)‖ (for instance ‖∇_y g(x, y)‖/μ), r = ‖A q − ∇_y f(y)‖ and z = ∇_x f − B'q, with A and B at y. Then, from
quantities at y alone,

    ‖z − ∇F(x)‖  ≤  (‖B‖/μ) r + [ ‖B‖L_f/μ + (‖B‖L_A/μ² + L_B/μ) ‖∇_y f(y)‖ ] ε + (L_B L_f/μ) ε²  =:  ω(ε, r).

Split z − ∇F into −B'(q − A⁻¹∇f), B'(A⁻¹∇f − A*⁻¹∇f*) and (B − B*)'A*⁻¹∇f*. Attained in one dimension on quadratics when y
lies between the upper-level target and y*: then all errors have one sign. (f does not depend on x here.)
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import norm
from algorithms.bilevel.implicit import Approximate, ImplicitDifferentiation
from algorithms.bilevel.oracles import Bilevel, Solvable
from problems.bilevel import hyper_cleaning, log_cosh, logistic, multinomial, quadratic, ridge
from ratecheck import Always, Array, Claim, Constants, Draw, Equal, Noise, Seen, Source, Statement, Status, Theorem, Trait, each
from theory_checks.bilevel._common import (
    CURVATURE,
    EPS,
    GRADIENT,
    cross_norm,
    descends_the_lower_level,
    differentiates_implicitly,
    error_at,
)


def omega(k: Array, c: Constants) -> Array:
    mu, B, v = c["mu"], c["B"], c["grad_f"]
    eps = c["grad_g"] / mu
    linear = B * c["L_f"] / mu + (B * c["L_A"] / mu**2 + c["L_B"] / mu) * v
    return B / mu * c["r"] + linear * eps + c["L_B"] * c["L_f"] / mu * eps**2


def solves_by_conjugate_gradients(p: Solvable, s: Approximate, t: Approximate) -> Array:
    """⟨q, A q − ∇_y f⟩ = 0: the residual is orthogonal to the Krylov space that holds q"""
    v = p.upper_y(s.x, s.y)
    xp = array_namespace(v)
    size = norm(s.q) * norm(v)
    return xp.abs(xp.sum(s.q * (p.hvp(s.x, s.y, s.q) - v), axis=-1)) / xp.where(size > 0, size, xp.ones_like(size))


class AddsTheCorrection(ImplicitDifferentiation):
    """A wrong twin: z = ∇_x f + B'q."""

    def iterates(self, problem: Bilevel, noise: Noise, /) -> Iterator[Approximate]:
        for s in super().iterates(problem, noise):
            yield replace(s, z=problem.upper_x(s.x, s.y) + problem.cross_t(s.x, s.y, s.q))


CLAIM = Claim[Solvable, Approximate](
    source=Source("salehi2023", "Theorem 2.1", "maid.hypergrad-aposteriori", Statement.VERIFIED),
    assumes=frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH}),
    instances={
        "one dimension": quadratic.scalar,
        "quadratic": partial(quadratic.quadratic, n=4, m=6, mu=0.2),
        "log-cosh": log_cosh.scalar,
        "logistic": partial(logistic.planted, d=3, low=-1.0),
        "ridge, diabetes": partial(ridge.diabetes, low=0.0),
    },
    algorithm=ImplicitDifferentiation(solves=2, relative=0.2),
    laws={
        "descends the lower level": descends_the_lower_level,
        "solves by conjugate gradients": solves_by_conjugate_gradients,
        "differentiates implicitly": differentiates_implicitly,
    },
    seen={
        "B": Seen(each(cross_norm), CURVATURE),
        "grad_g": Seen(each(lambda p, s: norm(p.lower_y(s.x, s.y))), GRADIENT),
        "grad_f": Seen(each(lambda p, s: norm(p.upper_y(s.x, s.y))), GRADIENT),
        "r": Seen(each(lambda p, s: norm(p.hvp(s.x, s.y, s.q) - p.upper_y(s.x, s.y))), GRADIENT),
    },
    metric=error_at(lambda s: s.z),
    unit=GRADIENT,
    bound=omega,
    holds=Always(),
    k=range(100),
    rounding=lambda k, c: 1000 * EPS * c["B"] / c["mu"] * c["grad_f"],
    sharp={"one dimension": Equal(1e-9)},
    seeds=8,
)

SOFTMAX: dict[str, Draw[Solvable]] = {
    "hyper-cleaning, digits": partial(hyper_cleaning.digits, train=24, valid=40, classes=3, components=3, lam=0.3, spread=1.0),
    "multinomial, wine": partial(multinomial.wine, low=0.0),
}
TIGHT = {"one dimension": quadratic.scalar}
STRETCHED = {"quadratic": partial(quadratic.quadratic, n=1, m=2, mu=0.02)}
THEOREM = Theorem(
    claims={
        "every point": (CLAIM, Status.CONSISTENT),
        "every point, softmax": (replace(CLAIM, instances=SOFTMAX, sharp={}), Status.CONSISTENT),
        "no linear solve": (replace(CLAIM, algorithm=ImplicitDifferentiation(solves=0, relative=0.2), instances=TIGHT), Status.CONSISTENT),
    },
    foils={
        "without the L_A term": (replace(CLAIM, bound=lambda k, c: omega(k, {**c, "L_A": 0 * c["L_A"]})), Status.REFUTED),
        "without the L_B terms": (replace(CLAIM, bound=lambda k, c: omega(k, {**c, "L_B": 0 * c["L_B"]})), Status.REFUTED),
        "ε = ‖∇g‖/L": (replace(CLAIM, instances=STRETCHED, sharp={}, bound=lambda k, c: omega(k, {**c, "grad_g": c["grad_g"] * c["mu"] / c["L"]})), Status.REFUTED),
        "without r": (replace(CLAIM, bound=lambda k, c: omega(k, {**c, "r": 0 * c["r"]})), Status.REFUTED),
        "B/μ² for B/μ": (replace(CLAIM, bound=lambda k, c: omega(k, {**c, "B": c["B"] / c["mu"]})), Status.ILL_POSED),
        "twice ω": (replace(CLAIM, instances=TIGHT, bound=lambda k, c: 2 * omega(k, c)), Status.UNSHARP),
        "wrong sign": (replace(CLAIM, algorithm=AddsTheCorrection(2, 0.2)), Status.UNLAWFUL),
        "wrong sign, unstated": (replace(CLAIM, algorithm=AddsTheCorrection(2, 0.2), laws={}), Status.REFUTED),
    },
)
