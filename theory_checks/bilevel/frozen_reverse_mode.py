"""Ehrhardt, Roberts 2023 (authors' slides; proved here): reverse mode with frozen second derivatives is gradient descent for q.

Differentiate K gradient steps of length γ on g(x, ·) in reverse mode, but take every second derivative at the last iterate
y_K. The result is exactly  ∇_x f − B'q_K,  where q_K is the K-th gradient step of the same length, from 0, on A q = ∇_y f,
everything at y_K: both are  γ Σ_{j<K} (I − γA)^j ∇_y f. True reverse mode, along the trajectory, is something else.
"""

from dataclasses import replace

from array_api_compat import array_namespace

from algorithms.bilevel.adjoint import Adjoint, GradientAdjoint, ReverseMode
from algorithms.bilevel.batched import norm
from algorithms.bilevel.oracles import Bilevel
from problems.bilevel import denoising, logistic, multinomial, ridge
from ratecheck import Array, Claim, Draw, Lockstep, Seen, Source, Statement, Status, Theorem, Trait, Vanishes, each
from theory_checks.bilevel._common import GRADIENT, relative, says_what_it_is

Pair = tuple[Adjoint, Adjoint]


def same_lower_steps(p: Bilevel, s: Pair, t: Pair) -> Array:
    """y_{K+1} = y_K − γ ∇_y g(x, y_K), in both"""
    return array_namespace(s[0].y).maximum(*(relative(b.y - a.y + a.gamma * p.lower_y(p.x0, a.y), a.y, b.y) for a, b in zip(s, t, strict=True)))


def solves_for_q(p: Bilevel, s: Pair, t: Pair) -> Array:
    """q_K = γ Σ_{j<K} (I − γA)^j ∇_y f at y_K, in both"""
    return array_namespace(s[0].y).maximum(*(relative(u.q - series(p, u), u.q) for u in s))


def series(p: Bilevel, s: Adjoint) -> Array:
    """γ Σ_{j<K} (I − γA)^j ∇_y f"""
    q, term = 0 * s.v, p.upper_y(p.x0, s.y)
    for _ in range(s.k):
        q, term = q + s.gamma * term, term - s.gamma * p.hvp(p.x0, s.y, term)
    return q


CLAIM = Claim[Bilevel, Pair](
    source=Source("ehrhardt2023", "inexact automatic differentiation", "maid.inexact-ad-equals-gd", Statement.DERIVED),
    assumes=frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH}),
    instances={"logistic": logistic.planted, "ridge, diabetes": ridge.diabetes, "total variation": denoising.photograph},
    algorithm=Lockstep(ReverseMode(), GradientAdjoint()),
    laws={"same lower steps": same_lower_steps, "solves for q": solves_for_q, "v and z": lambda p, s, t: says_what_it_is(p, s[1], t[1])},
    seen={"z": Seen(each(lambda p, s: norm(s[1].z)), GRADIENT)},
    metric=each(lambda p, s: norm(s[0].z - s[1].z)),
    unit=GRADIENT,
    bound=lambda K, c: c["z"],
    holds=Vanishes(1e-13),
    k=range(1, 41),
    seeds=8,
)

MORE: dict[str, Draw[Bilevel]] = {"multinomial, wine": multinomial.wine, "total variation, digit": denoising.digit}
THEOREM = Theorem(
    claims={"every K": (CLAIM, Status.CONSISTENT), "every K, multinomial and an image": (replace(CLAIM, instances=MORE, seeds=2), Status.CONSISTENT)},
    foils={
        "along the trajectory": (replace(CLAIM, algorithm=Lockstep(ReverseMode(frozen=False), GradientAdjoint()), laws={"same lower steps": same_lower_steps}), Status.REFUTED),
        "another step for q": (replace(CLAIM, algorithm=Lockstep(ReverseMode(), GradientAdjoint(relative=0.9))), Status.REFUTED),
        "relative to z²": (replace(CLAIM, bound=lambda K, c: c["z"] ** 2), Status.ILL_POSED),
        "true reverse mode for both": (replace(CLAIM, algorithm=Lockstep(ReverseMode(False), ReverseMode(False))), Status.UNLAWFUL),
    },
)
