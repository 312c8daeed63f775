"""Shaban, Cheng, Hatch, Boots 2019 (recalled; proved here where enforced): is a truncated derivative a descent direction?

A, B constant, ∇_x f = 0, v = ∇_y f(y_T), h_K = −B'γ Σ_{j<K} (I−γA)^j v, d = h_T.
(i) Orthogonal: BB' = b²I, y_T = y*, T → ∞, γ ≤ 1/L:  cos(h_K, d) ≥ 2√c/(1+c), c = 1 − (1−γμ)^K (Kantorovich; attained).
(ii) Short horizon: BB' has eigenvalues in [s_min, s_max], s = γLT ≤ 1:
     ⟨h_K, d⟩ ≥ γ² K T (s_min − (2s + s²) s_max) ‖v‖²,  so positive for full rank once γ is small AT FIXED T.
(iii) As commonly stated: "full rank, T large, γ small => descent for every K ≥ 1". By (ii) true for γ → 0 first; for T → ∞
     first it is false: A = diag(1, 100), BB' = uu' + I/100, u = (1, −1)/√2, v = (1, 2).
(iv) h_K = 0 does not make x stationary: g = ½(y−x)², f = ½y² + φ(x), φ'(x) = −(1−(1−γ)^K) y_T: d = ((1−γ)^K − (1−γ)^T) y_T.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.adjoint import Adjoint, NeumannAdjoint
from algorithms.bilevel.batched import dot, norm
from algorithms.bilevel.implicit import exact_hypergradient
from algorithms.bilevel.oracles import Bilevel, Solvable
from algorithms.bilevel.truncated import Kept, TruncatedReverse
from problems.bilevel import quadratic
from problems.bilevel.quadratic import Quadratic
from ratecheck import Array, AtLeast, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, Vanishes, each
from theory_checks.bilevel._common import EPS, GRADIENT, STEP, forward_mode
from theory_checks.bilevel.neumann_series import adds_a_term
from theory_checks.bilevel.truncation_bias import ForgetsTheAdjoint, adds_the_next_term, carries_the_adjoint

LOWER = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH})


def cosine(p: Solvable, states: Iterator[Adjoint]) -> Iterator[Array]:
    d = exact_hypergradient(p, p.x0)
    xp = array_namespace(d)
    for s in states:
        size = norm(s.z) * norm(d)
        yield dot(s.z, d) / xp.where(size > 0, size, 1.0)


def with_full(m: str, p: Bilevel, states: Iterator[Kept]) -> Iterator[Array]:
    """⟨h_K, d⟩ ("inner"), its cosine ("cosine") or d itself, the first coordinate ("full")"""
    d = None
    for s in states:
        d = forward_mode(p, s.path, s.gamma) if d is None else d
        inner = dot(s.h, d)
        yield {"inner": inner, "cosine": inner / (norm(s.h) * norm(d) + 1e-300), "full": d[:, 0]}[m]


def kantorovich(K: Array, c: Constants) -> Array:
    part = 1 - (1 - c["gamma"] * c["mu"]) ** K
    return 2 * part**0.5 / (1 + part)


def short_horizon(T: int, K: Array, c: Constants) -> Array:
    s = c["gamma"] * c["L"] * T
    return c["gamma"] ** 2 * K * T * (c["s_min"] - (2 * s + s**2) * c["s_max"]) * c["v"] ** 2


def step(p: Bilevel, s: Adjoint | Kept) -> Array:
    return s.gamma[:, 0]


ORTHOGONAL = Claim[Solvable, Adjoint](
    source=Source("shaban2019", "descent, orthogonal cross block", "tbp.descent-orthogonal", Statement.DERIVED),
    assumes=LOWER,
    instances={"orthogonal": partial(quadratic.orthogonal, stretch=1.0), "worst for K = 1": quadratic.kantorovich},
    algorithm=NeumannAdjoint(lower=0),
    laws={"adds a term": adds_a_term},
    seen={"gamma": Seen(each(step), STEP)},
    metric=cosine,
    unit=Unit(),
    bound=kantorovich,
    holds=AtLeast(),
    k=range(1, 60),
    given={"γ ≤ 1/L": lambda k, c: c["gamma"] * c["L"]},
    seeds=8,
)
ATTAINED = replace(ORTHOGONAL, instances={"worst for K = 1": quadratic.kantorovich}, holds=Equal(1e-12), k=range(1, 2), seeds=1)


def horizon(slug: str, T: int, relative: float) -> Claim[Quadratic, Kept]:
    return Claim(
        source=Source("shaban2019", "descent, full rank", slug, Statement.DERIVED),
        assumes=LOWER,
        instances={"nearly orthogonal": partial(quadratic.orthogonal, stretch=1.2)},
        algorithm=TruncatedReverse(T, relative),
        laws={"adds the next term": adds_the_next_term, "carries the adjoint": carries_the_adjoint},
        seen={"gamma": Seen(each(step), STEP), "v": Seen(each(lambda p, s: norm(p.upper_y(p.x0, s.path[-1]))), GRADIENT)},
        given={"γLT ≤ 1": lambda K, c: c["gamma"] * c["L"] * T},
        metric=partial(with_full, "inner"),
        unit=Unit(2, -2),
        bound=partial(short_horizon, T),
        holds=AtLeast(),
        k=range(1, T + 1),
        rounding=lambda K, c: 100 * EPS * c["gamma"] ** 2 * K * T * c["s_max"] * c["v"] ** 2,
        seeds=8,
    )


SHORT = horizon("tbp.descent-short-horizon", 20, 0.2 / 20)
GENERAL = replace(
    horizon("tbp.descent-general", 200, 0.002 / 200),
    source=Source("shaban2019", "descent lemma as commonly stated, γ → 0 at fixed T", "tbp.descent-general", Statement.RECALLED),
    instances={"full rank": partial(quadratic.full_rank, second=1.0)},
    seeds=1,
)
LIMITS = replace(
    GENERAL,
    instances={"full rank": quadratic.full_rank},
    algorithm=TruncatedReverse(2000, 1e-2), given={}, metric=partial(with_full, "cosine"), unit=Unit(), bound=lambda K, c: 0 * K, rounding=lambda K, c: 0 * K, k=range(1, 11),
)

STATIONARY = Claim[Quadratic, Kept](
    source=Source("shaban2019", "a zero of h_K is not stationary", "tbp.not-stationary", Statement.DERIVED),
    assumes=LOWER,
    instances={"K = 3, γ = 1/2": partial(quadratic.blind, K=3, gamma=0.5)},
    algorithm=TruncatedReverse(12, 0.5),
    laws={"adds the next term": adds_the_next_term, "carries the adjoint": carries_the_adjoint},
    seen={"y": Seen(each(lambda p, s: s.path[-1][:, 0]), GRADIENT)},
    metric=partial(with_full, "full"),
    unit=GRADIENT,
    bound=lambda K, c: (0.5**3 - 0.5**12) * c["y"],
    holds=Equal(1e-12),
    k=range(3, 4),
    seeds=8,
)
ZERO = replace(STATIONARY, metric=each(lambda p, s: norm(s.h)), bound=lambda K, c: c["y"], holds=Vanishes())

THEOREM = Theorem(
    claims={
        "orthogonal": (ORTHOGONAL, Status.CONSISTENT),
        "orthogonal, attained": (ATTAINED, Status.CONSISTENT),
        "short horizon": (SHORT, Status.CONSISTENT),
        "full rank, γ → 0 at fixed T": (GENERAL, Status.CONSISTENT),
        "h = 0": (ZERO, Status.CONSISTENT),
        "but d ≠ 0": (STATIONARY, Status.CONSISTENT),
    },
    foils={
        "full rank, T → ∞ at fixed γ": (LIMITS, Status.REFUTED),
        "cos ≥ √c": (replace(ORTHOGONAL, bound=lambda K, c: 1.1 * kantorovich(K, c)), Status.REFUTED),
        "full rank for orthogonal": (replace(ORTHOGONAL, instances={"full rank": quadratic.full_rank}), Status.REFUTED),
        "three times": (replace(SHORT, bound=lambda K, c: 3 * short_horizon(20, K, c)), Status.REFUTED),
        "γ for γ²": (replace(SHORT, bound=lambda K, c: short_horizon(20, K, c) / c["gamma"]), Status.ILL_POSED),
        "h = 0 at K = 4": (replace(ZERO, k=range(4, 5)), Status.REFUTED),
        "(1−γ)^K alone": (replace(STATIONARY, bound=lambda K, c: 0.5**3 * c["y"]), Status.REFUTED),
        "adjoint forgotten": (replace(SHORT, algorithm=ForgetsTheAdjoint(20, 0.01)), Status.UNLAWFUL),
    },
)
