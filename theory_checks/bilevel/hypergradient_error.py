"""Ehrhardt, Roberts 2023 (form read in the authors' code, constants proved here): hypergradient error, a priori.

As in the a posteriori bound, but with the true ε = ‖y − y*(x)‖ and with ∇_y f and B at the solution where possible:

    ‖z − ∇F(x)‖  ≤  (‖B‖/μ) r + [ ‖B‖L_f/μ + (‖B‖L_A/μ² + L_B/μ) ‖∇_y f(y*)‖ ] ε,        B at y.

With k conjugate-gradient steps from 0 the first term is at most  2√κ ((√κ−1)/(√κ+1))^k (‖B‖/μ) ‖∇_y f(y)‖,  κ = L/μ.
(The public code writes this term with L for ‖B‖, which needs ‖B‖ ≤ L.)
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

from algorithms.bilevel.adjoint import Adjoint, ConjugateAdjoint
from algorithms.bilevel.batched import dot, norm
from algorithms.bilevel.implicit import Approximate, ImplicitDifferentiation, hypergradient
from algorithms.bilevel.oracles import Bilevel, Solvable
from problems.bilevel import hyper_cleaning, log_cosh, logistic, multinomial, quadratic, ridge
from ratecheck import Always, Array, Claim, Constants, Draw, Equal, Noise, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.bilevel._common import (
    CURVATURE,
    EPS,
    GRADIENT,
    conjugates,
    cross_norm,
    descends_the_lower_level,
    differentiates_implicitly,
    error_at,
    relative,
    says_what_it_is,
)


def distance(p: Solvable, states: Iterator[Approximate | Adjoint]) -> Iterator[Array]:
    """ε = ‖y_k − y*‖"""
    y_star = p.y_star(p.x0)
    for s in states:
        yield norm(s.y - y_star)


def outer_gradient(p: Solvable, states: Iterator[Approximate | Adjoint]) -> Iterator[Array]:
    """‖∇_y f(y*)‖"""
    size = norm(p.upper_y(p.x0, p.y_star(p.x0)))
    for _ in states:
        yield size


def from_distance(k: Array, c: Constants) -> Array:
    mu, B = c["mu"], c["B"]
    return (B * c["L_f"] / mu + (B * c["L_A"] / mu**2 + c["L_B"] / mu) * c["grad_f_star"]) * c["eps"]


def bound(k: Array, c: Constants) -> Array:
    return c["B"] / c["mu"] * c["r"] + from_distance(k, c)


def bound_cg(k: Array, c: Constants) -> Array:
    root = (c["L"] / c["mu"]) ** 0.5
    return 2 * root * ((root - 1) / (root + 1)) ** k * c["B"] / c["mu"] * c["grad_f"] + from_distance(k, c)


def galerkin(p: Bilevel, s: Approximate, t: Approximate) -> Array:
    """q comes from conjugate gradients from 0 at (x, y): its residual is orthogonal to ∇_y f, relative to ‖∇_y f‖²"""
    v = p.upper_y(s.x, s.y)
    return relative(dot(v - p.hvp(s.x, s.y, s.q), v)[:, None], dot(v, v)[:, None])


class StaleCrossBlock(ImplicitDifferentiation):
    """A wrong twin: B at the first iterate."""

    def iterates(self, problem: Bilevel, noise: Noise, /) -> Iterator[Approximate]:
        for s in super().iterates(problem, noise):
            yield replace(s, z=problem.upper_x(s.x, s.y) - problem.cross_t(s.x, problem.y0, s.q))


class StaleMultiplier(ImplicitDifferentiation):
    """A wrong twin: q of the iterate before."""

    def iterates(self, problem: Bilevel, noise: Noise, /) -> Iterator[Approximate]:
        for s, t in pairwise(super().iterates(problem, noise)):
            yield replace(t, k=s.k, q=s.q, z=hypergradient(problem, t.x, t.y, s.q))


CLAIM = Claim[Solvable, Approximate](
    source=Source("ehrhardt2023", "a priori bound", "maid.hypergrad-apriori", Statement.DERIVED),
    assumes=frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH}),
    instances={
        "one dimension": quadratic.scalar,
        "log-cosh": log_cosh.scalar,
        "logistic, breast cancer": partial(logistic.breast_cancer, columns=3, low=0.0),
        "ridge, diabetes": partial(ridge.diabetes, low=0.0),
    },
    algorithm=ImplicitDifferentiation(solves=2, relative=0.2),
    laws={"descends the lower level": descends_the_lower_level, "differentiates implicitly": differentiates_implicitly, "Galerkin": galerkin},
    seen={
        "B": Seen(each(cross_norm), CURVATURE),
        "eps": Seen(distance, Unit(0, 1)),
        "grad_f_star": Seen(outer_gradient, GRADIENT),
        "r": Seen(each(lambda p, s: norm(p.hvp(s.x, s.y, s.q) - p.upper_y(s.x, s.y))), GRADIENT),
    },
    metric=error_at(lambda s: s.z),
    unit=GRADIENT,
    bound=bound,
    holds=Always(),
    k=range(100),
    rounding=lambda k, c: 1000 * EPS * c["B"] / c["mu"] * c["grad_f_star"],
    sharp={"one dimension": Equal(1e-9)},
    seeds=8,
)
CG = Claim[Solvable, Adjoint](
    source=CLAIM.source,
    assumes=CLAIM.assumes,
    instances={
        "quadratic": partial(quadratic.quadratic, n=1, m=3, mu=0.2),
        "isotropic": quadratic.isotropic,
    },
    algorithm=ConjugateAdjoint(lower=400),
    laws={"conjugates": conjugates, "v and z": says_what_it_is},
    seen={
        "B": Seen(each(lambda p, s: cross_norm(p, Approximate(s.k, p.x0, s.y, s.q, s.z, s.gamma))), CURVATURE),
        "eps": Seen(distance, Unit(0, 1)),
        "grad_f_star": Seen(outer_gradient, GRADIENT),
        "grad_f": Seen(each(lambda p, s: norm(s.v)), GRADIENT),
    },
    metric=error_at(lambda s: s.z),
    unit=GRADIENT,
    bound=bound_cg,
    holds=Always(),
    k=range(25),
    rounding=lambda k, c: 1000 * EPS * c["B"] / c["mu"] * c["grad_f_star"],
    seeds=8,
)

SOFTMAX: dict[str, Draw[Solvable]] = {
    "hyper-cleaning, digits": partial(hyper_cleaning.digits, train=24, valid=40, classes=3, components=3, lam=0.3, spread=1.0),
    "multinomial, iris": partial(multinomial.iris, low=0.0),
}
DIGITS = {"multinomial, digits": partial(multinomial.digits, classes=3, components=4, samples=60, low=-1.0)}
TIGHT = {"one dimension": quadratic.scalar}
THEOREM = Theorem(
    claims={
        "from ε and r": (CLAIM, Status.CONSISTENT),
        "from ε and r, softmax": (replace(CLAIM, instances=SOFTMAX, sharp={}), Status.CONSISTENT),
        "k steps of CG": (CG, Status.CONSISTENT),
        "k steps of CG, softmax": (replace(CG, instances=DIGITS), Status.CONSISTENT),
    },
    foils={
        "half": (replace(CLAIM, bound=lambda k, c: bound(k, c) / 2), Status.REFUTED),
        "without the L_A term": (replace(CLAIM, bound=lambda k, c: bound(k, {**c, "L_A": 0 * c["L_A"]})), Status.REFUTED),
        "without the L_B term": (replace(CLAIM, bound=lambda k, c: bound(k, {**c, "L_B": 0 * c["L_B"]})), Status.REFUTED),
        "without r": (replace(CLAIM, bound=from_distance), Status.REFUTED),
        "μ² for μ": (replace(CLAIM, bound=lambda k, c: bound(k, {**c, "mu": c["mu"] ** 2})), Status.ILL_POSED),
        "CG squared": (replace(CG, bound=lambda k, c: bound_cg(2 * k, c)), Status.REFUTED),
        "stale q": (replace(CLAIM, algorithm=StaleMultiplier(2, 0.2)), Status.UNLAWFUL),
        "stale B": (replace(CLAIM, algorithm=StaleCrossBlock(2, 0.2)), Status.UNLAWFUL),
        "stale B, unstated": (replace(CLAIM, algorithm=StaleCrossBlock(2, 0.2), laws={}), Status.REFUTED),
    },
)
