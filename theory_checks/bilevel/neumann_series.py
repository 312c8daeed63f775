"""Lorraine, Vicol, Duvenaud 2020 (recalled, proved here), Theorem 2 and Algorithm 3: unrolling is a Neumann series.

(i) Gradient descent y_{i+1} = y_i − a ∇_y g(x, y_i) that starts AT y*(x) has, exactly,
      dy_i/dx = −a Σ_{j<i} (I − aA)^j B,     A, B at y*(x),          with limit −A⁻¹B if ‖I − aA‖ < 1:
    the iterates stay at y*, so Z_{i+1} = (I − aA) Z_i − aB, Z_0 = 0.
(ii) For any v:  A⁻¹v − a Σ_{j<K} (I − aA)^j v = (I − aA)^K A⁻¹v,  hence at most (1 − aμ)^K ‖v‖/μ if a ≤ 1/L.
(iii) With the same number of products Av, conjugate gradients are never worse in the norm ‖·‖_A.
(The contraction condition is recalled to be printed with a sign slip: I + aA.)
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count

from array_api_compat import array_namespace

from algorithms.bilevel.adjoint import Adjoint, ConjugateAdjoint, NeumannAdjoint
from algorithms.bilevel.batched import dot, norm, solve
from algorithms.bilevel.implicit import hypergradient
from algorithms.bilevel.jacobian import Implicit, Jacobian, NeumannJacobian, Unrolled
from algorithms.bilevel.oracles import Bilevel, Solvable
from problems.bilevel import denoising, hyper_cleaning, logistic, multinomial, quadratic, ridge
from ratecheck import (
    Always,
    Array,
    Claim,
    Constants,
    Equal,
    Lockstep,
    Noise,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    Vanishes,
    each,
)
from theory_checks.bilevel._common import EPS, GRADIENT, STEP, conjugates, relative, says_what_it_is, unrolls

LOWER = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH})
LENGTH = Unit(0, 1)


def size(J: Array) -> Array:
    return array_namespace(J).linalg.matrix_norm(J)


def inverse_applied(p: Solvable, s: Adjoint) -> Array:
    return solve(p.hessian(p.x0, s.y), s.v)


def remainder(p: Solvable, s: Adjoint) -> Array:
    """(I − aA)^K A⁻¹v"""
    e = inverse_applied(p, s)
    for _ in range(s.k):
        e = e - s.gamma * p.hvp(p.x0, s.y, e)
    return e


def energy(p: Solvable, s: Adjoint) -> Array:
    """‖q − A⁻¹v‖_A"""
    e = s.q - inverse_applied(p, s)
    return array_namespace(e).sqrt(dot(e, p.hvp(p.x0, s.y, e)))


def adds_a_term(p: Bilevel, s: Adjoint, t: Adjoint) -> Array:
    """q_{K+1} = q_K − a (A q_K − v): the Neumann series is gradient descent from 0"""
    return relative(t.q - s.q + s.gamma * (p.hvp(p.x0, s.y, s.q) - s.v), t.q)


UNROLL = Claim[Solvable, tuple[Jacobian, Jacobian]](
    source=Source("lorraine2020", "Theorem 2", "ift.neumann-unroll-identity", Statement.DERIVED),
    assumes=LOWER,
    instances={"logistic": logistic.planted, "ridge, diabetes": ridge.diabetes, "total variation": denoising.photograph},
    algorithm=Lockstep(Unrolled(solved=True), NeumannJacobian()),
    laws={"unrolls": lambda p, s, t: unrolls(p, s[0], t[0])},
    seen={"size": Seen(each(lambda p, s: size(s[1].J)))},
    metric=each(lambda p, s: size(s[0].J - s[1].J)),
    unit=Unit(),
    bound=lambda k, c: c["size"],
    holds=Vanishes(1e-11),
    k=range(1, 201),
    seeds=4,
)
ERROR = Claim[Solvable, Adjoint](
    source=Source("lorraine2020", "Algorithm 3", "ift.neumann-error", Statement.DERIVED),
    assumes=LOWER,
    instances={"isotropic": quadratic.isotropic, "quadratic": partial(quadratic.quadratic, m=4, mu=0.2), "ridge, diabetes": ridge.diabetes},
    algorithm=NeumannAdjoint(relative=0.5),
    laws={"adds a term": adds_a_term, "v and z": says_what_it_is},
    seen={"v": Seen(each(lambda p, s: norm(s.v)), GRADIENT), "a": Seen(each(lambda p, s: s.gamma[:, 0]), STEP)},
    given={"a ≤ 1/L": lambda k, c: c["a"] * c["L"]},
    metric=each(lambda p, s: norm(inverse_applied(p, s) - s.q)),
    unit=LENGTH,
    bound=lambda k, c: (1 - c["a"] * c["mu"]) ** k * c["v"] / c["mu"],
    holds=Always(),
    k=range(100),
    rounding=lambda k, c: 100 * EPS * c["v"] / c["mu"],
    sharp={"isotropic": Equal(1e-9)},
    seeds=8,
)
IDENTITY = replace(
    ERROR,
    metric=each(lambda p, s: norm(inverse_applied(p, s) - s.q - remainder(p, s))),
    seen={"q_star": Seen(each(lambda p, s: norm(inverse_applied(p, s))), LENGTH)},
    given={},
    bound=lambda k, c: c["q_star"],
    holds=Vanishes(1e-12),
    rounding=lambda k, c: 0 * k,
    sharp={},
    k=range(41),
)


class SteepestDescent(ConjugateAdjoint):
    """A wrong twin: every step of q along the residual, as long as is best."""

    def iterates(self, problem: Bilevel, noise: Noise, /) -> Iterator[Adjoint]:
        s = next(super().iterates(problem, noise))
        for k in count():
            yield replace(s, k=k, z=hypergradient(problem, problem.x0, s.y, s.q))
            r = s.v - problem.hvp(problem.x0, s.y, s.q)
            s = replace(s, q=s.q + (dot(r, r) / dot(r, problem.hvp(problem.x0, s.y, r)))[:, None] * r)


VERSUS_CG = Claim[Solvable, tuple[Adjoint, Adjoint]](
    source=Source("lorraine2020", "comparison of inverse approximations", "ift.neumann-vs-cg", Statement.DERIVED),
    assumes=LOWER,
    instances={"breast cancer": partial(logistic.breast_cancer, low=-6.0), "ridge, diabetes": ridge.diabetes},
    algorithm=Lockstep(ConjugateAdjoint(), NeumannAdjoint()),
    laws={
        "CG conjugates": lambda p, s, t: conjugates(p, s[0], t[0]),
        "Neumann adds a term": lambda p, s, t: adds_a_term(p, s[1], t[1]),
        "v and z": lambda p, s, t: array_namespace(s[0].v).maximum(says_what_it_is(p, s[0], t[0]), says_what_it_is(p, s[1], t[1])),
    },
    seen={"neumann": Seen(each(lambda p, s: energy(p, s[1])), Unit(0.5, 0))},
    metric=each(lambda p, s: energy(p, s[0])),
    unit=Unit(0.5, 0),
    bound=lambda k, c: c["neumann"],
    holds=Always(),
    k=range(1, 8),
    seeds=8,
)


def bound(k: Array, c: Constants) -> Array:
    return ERROR.bound(k, c)


CLEANING = {"hyper-cleaning, digits": partial(hyper_cleaning.digits, train=24, valid=40, classes=3, components=3, lam=0.3, spread=1.0)}
THEOREM = Theorem(
    claims={
        "unrolling": (UNROLL, Status.CONSISTENT),
        "unrolling, hyper-cleaning": (replace(UNROLL, instances=CLEANING), Status.CONSISTENT),
        "remainder": (IDENTITY, Status.CONSISTENT),
        "error": (ERROR, Status.CONSISTENT),
        "error, hyper-cleaning": (replace(ERROR, instances=CLEANING, sharp={}), Status.CONSISTENT),
        "conjugate gradients": (VERSUS_CG, Status.CONSISTENT),
        "conjugate gradients, multinomial": (replace(VERSUS_CG, instances={"wine": multinomial.wine}), Status.CONSISTENT),
    },
    foils={
        "not from y*": (replace(UNROLL, algorithm=Lockstep(Unrolled(), NeumannJacobian())), Status.REFUTED),
        "Neumann with half the step": (replace(UNROLL, algorithm=Lockstep(Unrolled(True), NeumannJacobian(0.5))), Status.REFUTED),
        "implicit, not unrolled": (replace(UNROLL, algorithm=Lockstep(Implicit(), NeumannJacobian())), Status.UNLAWFUL),
        "one term more": (replace(ERROR, bound=lambda k, c: bound(k + 1, c)), Status.REFUTED),
        "without 1/μ": (replace(ERROR, bound=lambda k, c: bound(k, c) * c["mu"]), Status.ILL_POSED),
        "step 2.1/L": (replace(ERROR, algorithm=NeumannAdjoint(relative=2.1)), Status.NOT_APPLICABLE),
        "step 2.1/L, unstated": (replace(ERROR, algorithm=NeumannAdjoint(relative=2.1), given={}), Status.REFUTED),
        "steepest descent for CG": (
            replace(VERSUS_CG, instances={"ridge, diabetes": ridge.diabetes}, algorithm=Lockstep(SteepestDescent(), NeumannAdjoint())), Status.UNLAWFUL,
        ),
        "CG no better than half": (replace(VERSUS_CG, bound=lambda k, c: c["neumann"] / 4), Status.REFUTED),
        "Neumann better than CG": (
            replace(VERSUS_CG, metric=each(lambda p, s: energy(p, s[1])), seen={"neumann": Seen(each(lambda p, s: energy(p, s[0])), Unit(0.5, 0))}),
            Status.REFUTED,
        ),
    },
)
