"""Blondel et al. 2022, Theorem 1 (shape read in the first author's slides, constant proved here): precision of the implicit Jacobian.

If ‖Av‖ ≥ α‖v‖, A is γ- and B is β-Lipschitz in y on the segment from ŷ to y*, and ‖B(y*)‖ ≤ R, then J = −A⁻¹B at ŷ has

    ‖J(ŷ) − dy*/dx‖  ≤  (β/α + γR/α²) ‖ŷ − y*‖,

because A⁻¹B − A*⁻¹B* = A⁻¹(B − B*) + A⁻¹(A* − A)A*⁻¹B*. Attained in one dimension by ridge regression (γ = 0).
Here α = μ, γ = L_A, β = L_B. At the same iterate of gradient descent on ridge regression the unrolled Jacobian is further away
(their figure; no theorem: the first iterates on total-variation denoising have it the other way round, and so have, up to k of the
order of the condition number, one weight and one draw of ridge regression in fifty; k ≥ 3 L/μ is asked).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import norm
from algorithms.bilevel.jacobian import Implicit, Jacobian, Unrolled
from algorithms.bilevel.oracles import Solvable
from problems.bilevel import denoising, hyper_cleaning, log_cosh, logistic, multinomial, ridge
from ratecheck import Always, Array, Claim, Constants, Draw, Equal, Lockstep, Noise, Seen, Source, Statement, Status, Theorem, Trait, Unit
from theory_checks.bilevel._common import CURVATURE, EPS, agree, relative, unrolls

LOWER = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH})


def solution(p: Solvable) -> tuple[Array, Array]:
    """y* and dy*/dx"""
    y = p.y_star(p.x0)
    return y, -array_namespace(y).linalg.solve(p.hessian(p.x0, y), p.cross_block(p.x0, y))


def spectral(J: Array) -> Array:
    return array_namespace(J).linalg.matrix_norm(J, ord=2)


def error(p: Solvable, states: Iterator[Jacobian]) -> Iterator[Array]:
    _, J = solution(p)
    for s in states:
        yield spectral(s.J - J)


def error_of(i: int, p: Solvable, states: Iterator[tuple[Jacobian, Jacobian]]) -> Iterator[Array]:
    return error(p, (s[i] for s in states))


def distance(p: Solvable, states: Iterator[Jacobian]) -> Iterator[Array]:
    y, _ = solution(p)
    for s in states:
        yield norm(s.y - y)


def R(p: Solvable, states: Iterator[Jacobian]) -> Iterator[Array]:
    y, _ = solution(p)
    size = spectral(p.cross_block(p.x0, y))
    for _ in states:
        yield size


def bound(k: Array, c: Constants) -> Array:
    return (c["L_B"] / c["mu"] + c["L_A"] * c["R"] / c["mu"] ** 2) * c["eps"]


def implicit_at_the_iterate(p: Solvable, s: Jacobian, t: Jacobian) -> Array:
    """A J = −B at y_k"""
    xp = array_namespace(s.J)
    block = p.cross_block(p.x0, s.y)
    scale = spectral(p.hessian(p.x0, s.y)) * spectral(s.J) + spectral(block)
    return spectral(xp.matmul(p.hessian(p.x0, s.y), s.J) + block) / xp.where(scale > 0, scale, 1.0)


def descends(p: Solvable, s: Jacobian, t: Jacobian) -> Array:
    """y_{k+1} = y_k − γ ∇_y g"""
    return relative(t.y - s.y + s.gamma * p.lower_y(p.x0, s.y), s.y, t.y)


@dataclass(frozen=True)
class OneStepBehind:
    """A wrong twin: the Jacobian of the iterate before."""

    def iterates(self, problem: Solvable, noise: Noise, /) -> Iterator[Jacobian]:
        behind = None
        for s in Implicit(0.2).iterates(problem, noise):
            yield s if behind is None else replace(s, J=behind)
            behind = s.J


CLAIM = Claim[Solvable, Jacobian](
    source=Source("blondel2022", "Theorem 1", "imdiff.jacobian-precision", Statement.VERIFIED),
    assumes=LOWER,
    instances={
        "ridge, one weight": partial(ridge.planted, d=1),
        "ridge, diabetes": partial(ridge.diabetes, low=1.0),
        "log-cosh": log_cosh.scalar,
        "logistic, one weight": partial(logistic.planted, d=1, low=0.0),
    },
    algorithm=Implicit(0.2),
    laws={"implicit at the iterate": implicit_at_the_iterate, "descends": descends},
    seen={"eps": Seen(distance, Unit(0, 1)), "R": Seen(R, CURVATURE)},
    metric=error,
    unit=Unit(),
    bound=bound,
    holds=Always(),
    k=range(60),
    rounding=lambda k, c: 1000 * EPS * (1 + c["R"] / c["mu"]),
    sharp={"ridge, one weight": Equal(1e-9)},
    seeds=8,
)
UNROLLED = Claim[Solvable, tuple[Jacobian, Jacobian]](
    source=Source("blondel2022", "figure: implicit and unrolled at the same iterate", "imdiff.implicit-beats-unrolled", Statement.RECALLED),
    assumes=LOWER,
    instances={"ridge": partial(ridge.planted, d=8, rows=30, low=0.0, reach=0.0), "ridge, diabetes": partial(ridge.diabetes, low=0.0)},
    algorithm=Lockstep(Implicit(), Unrolled()),
    laws={
        "implicit at the iterate": lambda p, s, t: implicit_at_the_iterate(p, s[0], t[0]),
        "unrolls": lambda p, s, t: unrolls(p, s[1], t[1]),
        "descend": lambda p, s, t: array_namespace(s[0].y).maximum(descends(p, s[0], t[0]), descends(p, s[1], t[1])),
        "same y": lambda p, s, t: agree((s[0].y, s[1].y)),
    },
    seen={"unrolled": Seen(partial(error_of, 1))},
    metric=partial(error_of, 0),
    unit=Unit(),
    bound=lambda k, c: c["unrolled"],
    holds=Always(),
    k=range(40, 61),
    given={"k ≥ 3 L/μ": lambda k, c: 3 * c["L"] / c["mu"] / k},  # errors like λ^k against kλ^k; before, the unrolled one may cross 0
    rounding=lambda k, c: 1e-13 + 0 * k,
    seeds=8,
)

SOFTMAX: dict[str, Draw[Solvable]] = {
    "hyper-cleaning, digits": partial(hyper_cleaning.digits, train=24, valid=40, classes=3, components=3, lam=1.0, spread=1.0),
    "multinomial, iris": partial(multinomial.iris, low=0.0),
}
THEOREM = Theorem(
    claims={
        "every iterate": (CLAIM, Status.CONSISTENT),
        "every iterate, softmax": (replace(CLAIM, instances=SOFTMAX, sharp={}), Status.CONSISTENT),
        "implicit beats unrolled": (UNROLLED, Status.CONSISTENT),
    },
    foils={
        "L for μ": (replace(CLAIM, bound=lambda k, c: bound(k, {**c, "mu": c["L"]}), sharp={}, instances={"ridge": partial(ridge.planted, rows=9, low=-4.0)}), Status.REFUTED),
        "without the change of A": (replace(CLAIM, bound=lambda k, c: c["L_B"] / c["mu"] * c["eps"]), Status.REFUTED),
        "without the change of B": (replace(CLAIM, bound=lambda k, c: c["L_A"] * c["R"] / c["mu"] ** 2 * c["eps"]), Status.REFUTED),
        "ε²": (replace(CLAIM, bound=lambda k, c: bound(k, c) * c["eps"]), Status.ILL_POSED),
        "a tenth of the unrolled error": (replace(UNROLLED, bound=lambda k, c: c["unrolled"] / 10), Status.REFUTED),
        "implicit beats what is unrolled with another step": (replace(UNROLLED, algorithm=Lockstep(Implicit(), Unrolled(relative=0.5))), Status.UNLAWFUL),
        "implicit beats unrolled on total variation": (replace(UNROLLED, k=range(2, 6), given={}, seeds=32, instances={"photograph": denoising.photograph}), Status.REFUTED),
        "unrolled Jacobian": (replace(CLAIM, algorithm=Unrolled(relative=0.2)), Status.UNLAWFUL),
        "unrolled Jacobian, unstated": (replace(CLAIM, algorithm=Unrolled(relative=0.2), laws={}), Status.REFUTED),
        "one step behind": (replace(CLAIM, algorithm=OneStepBehind()), Status.UNLAWFUL),
    },
)
