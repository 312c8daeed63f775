"""Salehi, Mukherjee, Roberts, Ehrhardt 2023, Lemmas 3.5, 3.8, Remark 3.6, Theorem 3.19: MAID (proved here except the last).

y ≈ y*(x) to ε, z ≈ ∇F(x) with ω ≤ (1−η)‖z‖; e(y) = ‖∇_y f‖ε + L_f ε²/2 ≥ |f(x, y) − F(x)|. The trial x⁺ = x − αz passes if
    f(x⁺, y⁺) + e(y⁺) − f(x, y) + e(y) + λα‖z‖² ≤ 0,      0 < λ < η.
(3.5)  A trial that passes decreases the true objective:  F(x⁺) ≤ F(x) − λα‖z‖².
(3.8)  Every α with  2(e(y) + e(y⁺)) ≤ α(η − λ − L_F α/2)‖z‖²  passes. Below that interval shrinking α cannot help, only accuracy.
Rate   min_{j ≤ k} ‖∇F(x_j)‖² ≤ (2−η)² (F(x_0) − F*) / (λ Σ α_j),  the sum over the trials that passed (with α_min: (λ α_min K)).
(3.19) ‖∇F(x_k)‖ → 0, without L_F and without a summable schedule. With fixed accuracies the line search stalls.
(λ here is the one decrease parameter of the paper. On ridge regression L_F is unknown; μ = λ_min(G) holds for every θ.)
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import log

from array_api_compat import array_namespace

from algorithms.bilevel.batched import dot, norm
from algorithms.bilevel.implicit import exact_hypergradient, hypergradient
from algorithms.bilevel.inexact import Inexact
from algorithms.bilevel.maid import FLOOR, MAID, RandomTrials, Trial, certificate, uncertainty
from problems.bilevel import denoising, hyper_cleaning, quadratic, ridge
from ratecheck import (
    Always,
    Array,
    AtLeast,
    Claim,
    Count,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    Vanishes,
    best,
    each,
    total,
)
from theory_checks.bilevel._common import GRADIENT, STEP, agree, relative, value

ETA, LAM = 0.8, 0.5


def decrease(p: Inexact, s: Trial) -> Array:
    """F(x) − F(x⁺) where the trial passed; elsewhere nine times the certified decrease, which says nothing"""
    xp = array_namespace(s.x)
    return xp.where(s.passed > 0, value(p, s.x) - value(p, s.x_trial), 9 * LAM * s.alpha * dot(s.z, s.z))


def squared_gradient(p: Inexact, s: Trial) -> Array:
    g = exact_hypergradient(p, s.x)
    return dot(g, g)


def predicted(p: Inexact, s: Trial) -> Array:
    """1.0 where Lemma 3.8 promises that the trial passes"""
    xp = array_namespace(s.x)
    E = uncertainty(p, s.x, s.y, s.eps) + uncertainty(p, s.x_trial, s.y_trial, s.eps)
    inside = s.alpha * (ETA - LAM - 0.5 * p.constants["L_F"].value * s.alpha) * dot(s.z, s.z) >= 2 * E
    return xp.astype(inside & (s.omega <= (1 - ETA) * norm(s.z)), s.x.dtype)


def wider(p: Inexact, s: Trial) -> Array:
    """As `predicted`, with a quarter of the uncertainty: not promised"""
    xp = array_namespace(s.x)
    E = uncertainty(p, s.x, s.y, s.eps) + uncertainty(p, s.x_trial, s.y_trial, s.eps)
    return xp.astype(s.alpha * (ETA - LAM) * dot(s.z, s.z) >= E / 2, s.x.dtype)


def moves_if_passed(p: Inexact, s: Trial, t: Trial) -> Array:
    """x_{k+1} = x_k − α z where the trial passed, x_k elsewhere"""
    return relative(t.x - s.x + (s.passed * s.alpha)[:, None] * s.z, t.x, s.x)


def tests(p: Inexact, s: Trial, t: Trial) -> Array:
    """passed = (U(x⁺) − Lo(x) + λα‖z‖² ≤ 0), recomputed"""
    xp = array_namespace(s.x)
    E = uncertainty(p, s.x, s.y, s.eps) + uncertainty(p, s.x_trial, s.y_trial, s.eps)
    over = p.upper(s.x_trial, s.y_trial) - p.upper(s.x, s.y) + E + LAM * s.alpha * dot(s.z, s.z)
    doubtful = xp.abs(over) <= 1e-14 * xp.abs(p.upper(s.x, s.y))
    return xp.where(doubtful, 0.0, xp.abs(xp.astype(over <= 0, s.x.dtype) - s.passed))


def trusts(p: Inexact, s: Trial, t: Trial) -> Array:
    """‖y − y*‖ ≤ ε, ω ≥ ‖z − ∇F‖, and ω ≤ (1 − η)‖z‖: by how much, relative"""
    xp = array_namespace(s.x)
    far = norm(s.y - p.y_star(s.x)) / s.eps
    wrong = norm(s.z - exact_hypergradient(p, s.x)) / s.omega
    coarse = s.omega / ((1 - ETA) * norm(s.z))
    over = xp.maximum(far, xp.maximum(wrong, coarse)) - 1 - 1e-9
    return xp.where((over > 0) & (s.eps > 1e-10), over, 0.0)


def differentiates(p: Inexact, s: Trial, t: Trial) -> Array:
    """z = ∇_x f − B'q and ω = ω(ε, ‖A q − ∇_y f‖), at this (x, y)"""
    omega = certificate(p, s.x, s.y, s.eps, norm(p.hvp(s.x, s.y, s.q) - p.upper_y(s.x, s.y)))
    off = relative(s.z - hypergradient(p, s.x, s.y, s.q), s.z, p.cross_t(s.x, s.y, s.q))
    return off + array_namespace(s.x).abs(s.omega / omega - 1)


def searches(a: MAID, p: Inexact, s: Trial, t: Trial) -> Array:
    """α and ε grow after a trial that passed, α shrinks after one that failed; after as many failures in a row as are allowed ε shrinks,
    α returns and one failure more is allowed. Further powers of ν are for ω ≤ (1−η)‖z‖. At first ε_0 and α_0/‖z‖, at x_0"""
    xp = array_namespace(s.x)
    failures, allowed, first = s.search
    passed, failed = s.passed > 0, failures + 1
    weary = ~passed & (failed >= allowed)
    back = xp.where(passed, a.rho_up * s.alpha, first)
    alpha = xp.where(passed | weary, back, a.rho * s.alpha)
    patience = xp.where(passed, a.patience + 0 * allowed, xp.where(weary, allowed + 1, allowed))
    eps = xp.maximum(s.eps * xp.where(passed, a.nu_up + 0 * s.eps, xp.where(weary, a.nu + 0 * s.eps, 1 + 0 * s.eps)), FLOOR + 0 * s.eps)
    off = agree((t.alpha, alpha), (t.search[0], xp.where(passed | weary, 0 * failed, failed)), (t.search[1], patience), (t.search[2], back))
    off = off + _not_a_power(a.nu, t.eps / eps)
    if s.k > 0:
        return off
    alpha = a.alpha0 / norm(s.z)
    return off + agree((s.x, p.x0), (s.alpha, alpha), (first, alpha), (allowed, a.patience + 0 * alpha)) + failures + _not_a_power(a.nu, s.eps / a.eps0)


def _not_a_power(nu: float, ratio: Array) -> Array:
    """How far the ratio is from ν^j, j = 0, 1, ..."""
    xp = array_namespace(ratio)
    j = xp.log(ratio) / log(nu)
    return xp.abs(j - xp.maximum(xp.round(j), 0 * j))


class OldPoint(MAID):
    """A wrong twin: z is taken at the y of the trial before."""

    def _gradient(self, p: Inexact, x: Array, y: Array, q: Array, eps: Array, delta: Array) -> tuple[Array, ...]:
        found = super()._gradient(p, x, y, q, eps, delta)
        return *found[:2], hypergradient(p, x, y, found[1]), *found[3:]


CERTIFIED = Claim[Inexact, Trial](
    source=Source("salehi2023", "Lemma 3.5, Remark 3.6", "maid.linesearch-certified", Statement.DERIVED),
    assumes=frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH}),
    instances={"quadratic": partial(quadratic.quadratic, n=4, m=6, mu=0.2), "ridge": partial(ridge.planted, d=5, rows=30, reach=40.0), "ridge, diabetes": partial(ridge.diabetes, reach=40.0, low=0.0)},
    algorithm=MAID(ETA, LAM),
    laws={"moves if passed": moves_if_passed, "tests": tests, "trusts": trusts, "differentiates": differentiates, "searches": partial(searches, MAID(ETA, LAM))},
    seen={"alpha": Seen(each(lambda p, s: s.alpha), STEP), "z2": Seen(each(lambda p, s: dot(s.z, s.z)), Unit(2, -2))},
    metric=each(decrease),
    unit=Unit(1, 0),
    bound=lambda k, c: LAM * c["alpha"] * c["z2"],
    holds=AtLeast(),
    k=range(60),
    rounding=lambda k, c: 1e-13 * c["scale"],
    seeds=4,
)
CERTIFIED = replace(CERTIFIED, seen={**CERTIFIED.seen, "scale": Seen(each(lambda p, s: array_namespace(s.x).abs(p.upper(s.x, s.y))), Unit(1, 0))})
REACH = 3.0
BOXED = replace(  # on an image of 8 × 8 pixels L_A is a bound over a box
    CERTIFIED,
    instances={"total variation, digit": partial(denoising.digit, reach=REACH)},
    seen={**CERTIFIED.seen, "far": Seen(each(lambda p, s: array_namespace(s.x).max(array_namespace(s.x).abs(s.x - p.x0), axis=-1)))},
    given={"θ in the box": lambda k, c: c["far"] / REACH},
    k=range(40),
)
CLEANING = replace(CERTIFIED, instances={"hyper-cleaning, digits": partial(hyper_cleaning.digits, train=12, valid=40, classes=3, components=3, lam=1.0, spread=1.0)})
RATE = replace(
    CERTIFIED,
    source=Source("salehi2023", "Theorem 3.19, its rate", "maid.stationarity-rate", Statement.DERIVED),
    instances={"quadratic": partial(quadratic.quadratic, n=8, m=4, mu=0.2)},
    seen={"sum": Seen(total(lambda p, s: s.passed * s.alpha), STEP)},
    metric=best(squared_gradient),
    unit=Unit(2, -2),
    bound=lambda k, c: (2 - ETA) ** 2 * c["Delta"] / (LAM * c["sum"]),
    holds=Always(),
    k=range(6, 40),
    rounding=lambda k, c: 1e-16 * c["L_F"] * c["Delta"],
)
INTERVAL = Claim[Inexact, Trial](
    source=Source("salehi2023", "Lemma 3.8, explicit", "maid.step-interval", Statement.DERIVED),
    assumes=CERTIFIED.assumes,
    instances={"quadratic": partial(quadratic.quadratic, n=5, m=8, mu=0.2)},
    algorithm=RandomTrials(LAM),
    laws={"tests": tests},
    seen={"predicted": Seen(each(predicted))},
    metric=each(lambda p, s: s.passed * predicted(p, s)),
    unit=Unit(),
    bound=lambda k, c: c["predicted"],
    holds=Count(),
    k=range(400),
    seeds=32,
)


def gradient_norm(p: Inexact, states: Iterator[Trial]) -> Iterator[Array]:
    """‖∇F(x_k)‖, taken where the claim looks: at the start and after 150 trials"""
    g = None
    for s in states:
        if g is None or s.k >= 150:
            g = norm(exact_hypergradient(p, s.x))
        yield g


def first_gradient(p: Inexact, states: Iterator[Trial]) -> Iterator[Array]:
    g = norm(exact_hypergradient(p, p.x0))
    for _ in states:
        yield g


CONVERGENCE = replace(  # the theorem has no rate: a thousandth after 300 trials is a statement about these instances
    CERTIFIED,
    source=Source("salehi2023", "Theorem 3.19", "maid.convergence", Statement.VERIFIED),
    instances={"quadratic": partial(quadratic.quadratic, n=2, m=3, mu=0.5, L=1.0, start=1.0), "one dimension": quadratic.scalar},
    seen={"first": Seen(first_gradient, GRADIENT)},
    metric=gradient_norm,
    unit=GRADIENT,
    bound=lambda k, c: c["first"],
    holds=Vanishes(1e-3),
    rounding=lambda k, c: 0 * k,
    k=range(299, 300),
)
FIXED = MAID(ETA, LAM, adaptive=False)

THEOREM = Theorem(
    claims={
        "certified decrease": (CERTIFIED, Status.CONSISTENT),
        "certified decrease, hyper-cleaning": (CLEANING, Status.CONSISTENT),
        "certified decrease, denoising": (BOXED, Status.CONSISTENT),
        "rate": (RATE, Status.CONSISTENT),
        "interval": (INTERVAL, Status.CONSISTENT),
        "convergence": (CONVERGENCE, Status.CONSISTENT),
    },
    foils={
        "four times the decrease": (replace(CERTIFIED, bound=lambda k, c: 4 * LAM * c["alpha"] * c["z2"]), Status.REFUTED),
        "‖z‖ for ‖z‖²": (replace(CERTIFIED, bound=lambda k, c: LAM * c["alpha"] * c["z2"] ** 0.5), Status.ILL_POSED),
        "a twentieth of the rate": (replace(RATE, bound=lambda k, c: RATE.bound(k, c) / 20), Status.REFUTED),
        "wider interval": (replace(INTERVAL, k=range(200), metric=each(lambda p, s: s.passed * wider(p, s)), seen={"predicted": Seen(each(wider))}), Status.REFUTED),
        "a test eight times as strict": (replace(INTERVAL, algorithm=RandomTrials(LAM, 8.0)), Status.UNLAWFUL),
        "a test eight times as strict, unstated": (replace(INTERVAL, algorithm=RandomTrials(LAM, 8.0), laws={}), Status.REFUTED),
        "α halved twice": (replace(CERTIFIED, algorithm=MAID(ETA, LAM, rho=0.25)), Status.UNLAWFUL),
        "z at the y before": (replace(CERTIFIED, algorithm=OldPoint(ETA, LAM), k=range(8)), Status.UNLAWFUL),
        "fixed accuracy": (replace(CONVERGENCE, algorithm=FIXED), Status.UNLAWFUL),
        "fixed accuracy, unstated": (replace(CONVERGENCE, algorithm=FIXED, laws={}), Status.REFUTED),
    },
)
