"""Kwon, Kwon, Wright, Nowak 2023 (arXiv v1, source read), Lemma A.1: the smoothness constant of F. A term of the printed one is too small.

f is l_f1-smooth with ‖∇_y f‖ ≤ l_f0, g is l_g1-smooth, μ-strongly convex in y, with l_g2-Lipschitz Hessian. Then
    printed     l_F1 ≤ l_*0 (l_f1 + l_g1²/μ + 2 l_f0 l_g1 l_g2/μ²),     l_*0 = 1 + max_λ l_λ0 ≤ 1 + 3 l_g1/μ;
    corrected   l_F1 ≤ (1 + l_g1/μ)² (l_f1 + l_f0 l_g2/μ).
In the proof l_g1²/μ seems to stand where l_g1 l_f1/μ belongs. With g = ½y² − 10xy and f = l_f1 w²√(1 + (y/w)²), w = 0.1, we have
F''(0) = 100 l_f1, which exceeds the printed constant from l_f1 = 100 on (by 3.04 at 10⁴); the steps α ≤ 1/(2ξ l_F1) of
Theorem 4.1 want the corrected one, which follows from the four differences in ∇_x f − B'A⁻¹∇_y f and ‖dx‖ + ‖dy*‖ ≤ (1 + l_g1/μ)‖dx‖.

Beside it: the Hessian of L*_λ(x) = min_y f + λ(g − g*) does not grow with λ, although that of λg does.
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import norm
from algorithms.bilevel.implicit import exact_hypergradient
from algorithms.bilevel.penalty import Penalised, PenaltyPath, Point
from problems.bilevel import log_cosh
from ratecheck import Always, Array, Claim, Constants, Scaling, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from theory_checks.bilevel._common import CURVATURE, EPS, GRADIENT
from theory_checks.bilevel.penalty_bias import HalfPenalty, balances, jacobian, spectral


def change(p: Penalised, s: Point, t: Point) -> Array:
    """‖∇F(x_{k+1}) − ∇F(x_k)‖"""
    return norm(exact_hypergradient(p, t.x) - exact_hypergradient(p, s.x))


def corrected(k: Array, c: Constants) -> Array:
    return (1 + c["l_g1"] / c["mu"]) ** 2 * (c["l_f1"] + c["l_f0"] * c["l_g2"] / c["mu"]) * c["dx"]


def printed(k: Array, c: Constants) -> Array:
    inner = c["l_f1"] + c["l_g1"] ** 2 / c["mu"] + 2 * c["l_f0"] * c["l_g1"] * c["l_g2"] / c["mu"] ** 2
    return (1 + 3 * c["l_g1"] / c["mu"]) * inner * c["dx"]


def solves_the_lower_level(p: Penalised, s: Point, t: Point) -> Array:
    """∇_y g(x, y*) = 0, relative to L(1 + ‖y*‖)"""
    return norm(p.lower_y(s.x, s.y)) / (p.constants["l_g1"].value * (1 + norm(s.y) + norm(s.x)))


def curvature(p: Penalised, s: Point) -> Array:
    """‖∇²L*_λ‖ = ‖∂²_xx f + λB'(dy*_λ/dx − dy*/dx)‖"""
    xp = array_namespace(s.x)
    block = p.cross_block(s.x, s.y)
    J = -xp.linalg.solve(p.hessian(s.x, s.y), block)
    return spectral(p.upper_xx(s.x, s.y) + s.lam[:, None, None] * xp.matmul(xp.matrix_transpose(block), jacobian(p, s) - J))


CLAIM = Claim[Penalised, Point](
    source=Source("kwon2023 v1", "Lemma A.1, corrected", "f2sa.hyper-smoothness", Statement.DERIVED),
    assumes=frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH, Trait.LIPSCHITZ}),
    instances={"stiff upper level": log_cosh.stiff, "mild upper level": partial(log_cosh.stiff, l_f1=1.0)},
    algorithm=PenaltyPath(growth=1.0, shrink=0.5),
    laws={"solves the lower level": solves_the_lower_level},
    seen={"dx": Seen(each_step(lambda p, s, t: norm(t.x - s.x)), Unit(0, 1))},
    metric=each_step(change),
    unit=GRADIENT,
    bound=corrected,
    holds=Always(),
    k=range(24),
    rounding=lambda k, c: 1e3 * EPS * c["l_g1"] / c["mu"] * c["l_f0"],
    seeds=8,
)
UNIFORM = Claim[Penalised, Point](
    source=Source("kwon2023 v1", "section 3, smoothness of the penalty function", "f2sa.smoothness-uniform", Statement.DERIVED),
    assumes=CLAIM.assumes,
    instances={"log-cosh": log_cosh.ladder},
    algorithm=PenaltyPath(spread=0.0),
    laws={"balances": balances, "solves the lower level": solves_the_lower_level},
    metric=each(curvature),
    unit=CURVATURE,
    bound=lambda k, c: c["l_f1"] + 0 * k,
    holds=Scaling(of=lambda c: c["lam"], within=0.02),
    k=range(1, 2),
    seeds=12,
)

THEOREM = Theorem(
    claims={"corrected": (CLAIM, Status.CONSISTENT), "Hessian of L*_λ": (UNIFORM, Status.CONSISTENT)},
    printed={
        "Lemma A.1": (
            replace(CLAIM, source=Source("kwon2023 v1", "Lemma A.1", "f2sa.hyper-smoothness", Statement.VERIFIED), bound=printed), Status.REFUTED,
        ),
    },
    foils={
        "one factor 1 + κ": (replace(CLAIM, bound=lambda k, c: corrected(k, c) / (1 + c["l_g1"] / c["mu"])), Status.REFUTED),
        "half": (replace(CLAIM, bound=lambda k, c: corrected(k, c) / 2), Status.REFUTED),
        "without dx": (replace(CLAIM, bound=lambda k, c: corrected(k, c) / c["dx"]), Status.ILL_POSED),
        "Hessian like λ": (replace(UNIFORM, bound=lambda k, c: c["lam"] * c["l_g1"]), Status.REFUTED),
        "Hessian like √λ": (replace(UNIFORM, bound=lambda k, c: c["lam"] ** 0.5 * c["l_f1"]), Status.REFUTED),
        "at half the penalty": (replace(UNIFORM, algorithm=HalfPenalty(spread=0.0)), Status.UNLAWFUL),
    },
)
