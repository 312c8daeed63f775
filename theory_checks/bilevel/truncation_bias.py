"""Shaban, Cheng, Hatch, Boots 2019 (recalled, proved here), Proposition 3.1: the bias of truncated back-propagation.

y_{t+1} = y_t − γ ∇_y g(x, y_t), t < T;  A_{t+1} = I − γ ∂²_yy g(y_t),  B_{t+1} = −γ ∂²_yx g(y_t).  Keep the last K terms of
d_x f = ∇_x f + Σ_{t ≤ T} B_t' A_{t+1}'···A_T' ∇_y f(y_T). If g(x, ·) is μ-strongly convex and L-smooth and γ ≤ 1/L, then

    ‖h_{T−K} − d_x f‖  ≤  (1 − γμ)^K / (γμ) · ‖∇_y f(y_T)‖ · M_B,     M_B = max_{t ≤ T−K} ‖B_t‖,     1 ≤ K ≤ T.

Each dropped term has at least K factors of norm ≤ 1 − γμ: a geometric series. Attained as T − K → ∞ when A = μI and B_t is
a constant multiple of an orthogonal matrix. K terms cost K Hessian-vector products.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import norm
from algorithms.bilevel.oracles import Bilevel, Solvable
from algorithms.bilevel.truncated import Kept, TruncatedReverse
from problems.bilevel import finite_sum, multinomial, quadratic, ridge
from problems.bilevel.counted import counted
from ratecheck import (
    Always,
    Array,
    Claim,
    Constants,
    Count,
    Counted,
    Counting,
    Draw,
    Equal,
    Noise,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
)
from theory_checks.bilevel._common import EPS, GRADIENT, STEP, forward_mode, relative

T = 200


def bias(p: Bilevel, states: Iterator[Kept]) -> Iterator[Array]:
    """‖h_{T−K} − d_x f‖, with d_x f from forward mode: dy_{t+1} = A_{t+1} dy_t + B_{t+1}."""
    first = next(states)
    full = forward_mode(p, first.path, first.gamma)
    yield norm(first.h - full)
    for s in states:
        yield norm(s.h - full)


def largest_block(p: Solvable, states: Iterator[Kept]) -> Iterator[Array]:
    """M_B = max_{t ≤ T−K} ‖B_t‖, where B_t is taken at y_{t−1}"""
    first = next(states)
    xp = array_namespace(first.h)
    so_far, sizes = 0 * first.gamma[:, 0], []
    for y in first.path[:-1]:
        so_far = xp.maximum(so_far, first.gamma[:, 0] * xp.linalg.matrix_norm(p.cross_block(p.x0, y), ord=2))
        sizes.append(so_far)
    yield sizes[-1]
    for s in states:
        yield sizes[T - s.K - 1] if s.K < T else 0 * so_far


def bound(K: Array, c: Constants) -> Array:
    rate = c["gamma"] * c["mu"]
    return (1 - rate) ** K / rate * c["grad_f"] * c["M_B"]


def adds_the_next_term(p: Bilevel, s: Kept, t: Kept) -> Array:
    """h_{T−K−1} = h_{T−K} + B_{T−K}' a,  a = A_{T−K+1}'···A_T' ∇_y f(y_T)"""
    return relative(t.h - s.h + s.gamma * p.cross_t(p.x0, s.path[len(s.path) - 1 - t.K], s.adjoint), s.h, t.h)


def carries_the_adjoint(p: Bilevel, s: Kept, t: Kept) -> Array:
    """a ← A_{T−K}' a"""
    return relative(t.adjoint - s.adjoint + s.gamma * p.hvp(p.x0, s.path[len(s.path) - 1 - t.K], s.adjoint), s.adjoint, t.adjoint)


def rolls_out(p: Bilevel, s: Kept, t: Kept) -> Array:
    """y_T = y_{T−1} − γ ∇_y g(y_{T−1}), and the first step likewise"""
    xp = array_namespace(s.h)
    ends = [relative(v - u + s.gamma * p.lower_y(p.x0, u), u, v) for u, v in (s.path[:2], s.path[-2:])]
    return xp.maximum(*ends)


class ForgetsTheAdjoint(TruncatedReverse):
    """A wrong twin: every term uses ∇_y f(y_T) itself."""

    def iterates(self, problem: Bilevel, noise: Noise, /) -> Iterator[Kept]:
        for s in super().iterates(problem, noise):
            if s.K == 0:
                a, h = s.adjoint, s.h
            yield replace(s, h=h, adjoint=a)
            if s.K < self.T:
                h = h - s.gamma * problem.cross_t(problem.x0, s.path[self.T - s.K - 1], a)


CLAIM = Claim[Solvable, Kept](
    source=Source("shaban2019", "Proposition 3.1", "tbp.krmd-bias-global", Statement.DERIVED),
    assumes=frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH}),
    instances={
        "isotropic": quadratic.isotropic,
        "quadratic": quadratic.quadratic,
        "ridge, diabetes": ridge.diabetes,
    },
    algorithm=TruncatedReverse(T, 0.3),
    laws={"adds the next term": adds_the_next_term, "carries the adjoint": carries_the_adjoint, "rolls out": rolls_out},
    seen={
        "gamma": Seen(each(lambda p, s: s.gamma[:, 0]), STEP),
        "grad_f": Seen(each(lambda p, s: norm(p.upper_y(p.x0, s.path[-1]))), GRADIENT),
        "M_B": Seen(largest_block),
    },
    given={"γ ≤ 1/L": lambda K, c: c["gamma"] * c["L"]},
    metric=bias,
    unit=GRADIENT,
    bound=bound,
    holds=Always(),
    k=range(1, T),
    rounding=lambda K, c: 1e4 * EPS * c["grad_f"] / (c["gamma"] * c["mu"]),
    sharp={"isotropic": Equal(1e-9)},
    seeds=8,
)
PRODUCTS = Claim[Solvable, Counted[Kept]](
    source=CLAIM.source,
    assumes=CLAIM.assumes,
    instances={"quadratic": quadratic.quadratic},
    algorithm=Counting(TruncatedReverse(T, 0.3), counted),
    metric=each(lambda p, s: float(s.calls["hvp"])),
    unit=Unit(),
    bound=lambda K, c: K,
    holds=Count(),
    k=range(T + 1),
    seeds=1,
)

MORE: dict[str, Draw[Solvable]] = {
    "multinomial, iris": partial(multinomial.iris, low=0.0),
    "finite sum": partial(finite_sum.quadratics, samples=40, d_inner=8, d_outer=4),
}
ONE = {"isotropic": quadratic.isotropic}
THEOREM = Theorem(
    claims={
        "every K": (CLAIM, Status.CONSISTENT),
        "every K, multinomial and finite sum": (replace(CLAIM, instances=MORE, sharp={}, seeds=4), Status.CONSISTENT),
        "K products": (PRODUCTS, Status.CONSISTENT),
    },
    foils={
        "two terms more": (replace(CLAIM, instances=ONE, bound=lambda K, c: bound(K + 2, c)), Status.REFUTED),
        "one term fewer": (replace(CLAIM, instances=ONE, bound=lambda K, c: bound(K - 1, c)), Status.UNSHARP),
        "no geometric sum": (replace(CLAIM, bound=lambda K, c: bound(K, c) * c["gamma"] * c["mu"]), Status.REFUTED),
        "L for μ": (replace(CLAIM, bound=lambda K, c: bound(K, {**c, "mu": c["L"]})), Status.REFUTED),
        "without ∇_y f": (replace(CLAIM, bound=lambda K, c: bound(K, c) / c["grad_f"]), Status.ILL_POSED),
        "K + 1 products": (replace(PRODUCTS, bound=lambda K, c: K + 1), Status.REFUTED),
        "step 2.1/L": (replace(CLAIM, algorithm=TruncatedReverse(T, 2.1)), Status.NOT_APPLICABLE),
        "step 2.1/L, unstated": (replace(CLAIM, algorithm=TruncatedReverse(T, 2.1), given={}), Status.REFUTED),
        "adjoint forgotten": (replace(CLAIM, algorithm=ForgetsTheAdjoint(T, 0.3)), Status.UNLAWFUL),
    },
)
