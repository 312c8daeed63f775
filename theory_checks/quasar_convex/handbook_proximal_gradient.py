"""Garrigos, Gower 2023 (v1), Theorems 10.3, 10.5, 11.5, 11.9: proximal gradient descent, deterministic and stochastic.

F = f + h, f = (1/N) Σ f_i, f_i convex and L_max-smooth, f L-smooth, h convex, R = ‖x_0 − x*‖, x* the minimiser of F,
σ_F* = the variance of ∇f_i(x*) (not its second moment: ∇f(x*) need not vanish). For every t, T ≥ 1:

    10.3   x_+ = prox_{sh}(x − s ∇f(x)), s ≤ 1/L:                  F(x_t) − F* ≤ R²/(2 s t)
    10.5   the same, f μ-strongly convex:                          ‖x_t − x*‖² ≤ (1 − s μ)^t R²
    11.5   x_+ = prox_{s_t h}(x − s_t ∇f_i(x)), s_t nonincreasing, s_0 < 1/(4 L_max), weights s_t, t < T:
           mean of E F(x_t) − F* ≤ [R² + 2 s_0 (F(x_0) − F*)] / (2 (1 − 4 s_0 L_max) Σ s_t) + 2 σ_F* Σ s_t² / ((1 − 4 s_0 L_max) Σ s_t)
    11.9   s ≤ 1/(2 L_max), f μ-strongly convex:                   E ‖x_t − x*‖² ≤ (1 − s μ)^t R² + 2 s σ_F*/μ
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from algorithms.quasar_convex.proximal_gradients import Placed, ProximalGradient, StochasticProximalGradient
from algorithms.quasar_convex.stochastic import SGD, Iterate
from problems.quasar_convex.sparse_regression import SparseRegression, sparse_regression
from ratecheck import Always, Array, Claim, Constants, Draw, InExpectation, Seen, Status, Theorem, Trait, Unit, each, mean, total
from ratecheck.performance import Convex, Smooth, WorstCase, last_distance2
from theory_checks.quasar_convex._common import Misinformed, distance2, gap, has_its_weights, on, relative
from theory_checks.quasar_convex._handbook import STEP, source

START = 0.125  # s_0 L_max


def descent(share: float) -> ProximalGradient:
    return ProximalGradient(lambda c, k: share / c["L"].value)


def stochastic(share: float, root: bool = False) -> StochasticProximalGradient:
    return StochasticProximalGradient(lambda c, k: share / c["L_max"].value / ((k + 1) ** 0.5 if root else 1.0))


def sublinear(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (2 * c["s"] * k)


def linear(k: Array, c: Constants) -> Array:
    return (1 - c["s"] * c["mu"]) ** k * c["R"] ** 2


def general(k: Array, c: Constants) -> Array:
    s0 = START / c["L_max"]
    rest = (1 - 4 * START) * c["sum s"]
    return (c["R"] ** 2 + 2 * s0 * c["E0"]) / (2 * rest) + 2 * c["variance"] * c["sum s^2"] / rest


def noisy(k: Array, c: Constants) -> Array:
    return linear(k, c) + 2 * c["s"] * c["variance"] / c["mu"]


def weight(k: int) -> float:
    return float((k + 1) ** -0.5)


def proximal_step(p: SparseRegression, s: Placed, t: Placed) -> Array:
    """x_{k+1} = prox_{sh}(x_k − s ∇f(x_k))"""
    return relative(t.x - p.prox(s.x - s.step[:, None] * p.grad(s.x), s.step), s.x, t.x, p.x0)


def one_proximal_step(p: SparseRegression, s: Iterate, t: Iterate) -> Array:
    """x_{k+1} = prox_{sh}(x_k − s ∇f_i(x_k))"""
    return relative(t.x - p.prox(s.x - s.step[:, None] * p.grad_one(s.x, s.i), s.step), s.x, t.x, p.x0)


CONVEX = Claim[SparseRegression, Placed](
    source=source("Theorem 10.3", "pgd.convex"),
    assumes=frozenset({Trait.CONVEX}),
    instances={"lasso": sparse_regression, "one unknown": partial(sparse_regression, N=2, n=1, tau=0.1)},
    algorithm=descent(0.5),
    metric=each(gap),
    unit=Unit(f=1),
    bound=sublinear,
    holds=Always(),
    k=range(1, 101),
    seen={"s": Seen(each(lambda p, s: s.step), STEP)},
    given={"s ≤ 1/L": lambda k, c: c["s"] * c["L"]},
    laws={"proximal step": proximal_step},
    rounding=lambda k, c: 1e-13 * (c["E0"] + c["R"] ** 2 * c["L"] + c["sigma"] / c["mu"]),
)
STRONG = replace(
    CONVEX,
    source=source("Theorem 10.5", "pgd.sc"),
    assumes=frozenset({Trait.STRONGLY_CONVEX}),
    instances={"lasso": sparse_regression},
    algorithm=descent(1.0),
    metric=each(distance2),
    unit=Unit(x=2),
    bound=linear,
    rounding=lambda k, c: 1e-24 * (c["R"] ** 2 + c["sigma"] / c["mu"] ** 2),
)
MEAN = Claim[SparseRegression, Iterate](
    source=source("Theorem 11.5", "spgd.convex"),
    assumes=frozenset({Trait.CONVEX, Trait.FINITE_SUM}),
    instances={"lasso": sparse_regression, "far": partial(sparse_regression, R=10.0)},
    algorithm=stochastic(START, root=True),
    metric=mean(gap, weight),
    unit=Unit(f=1),
    bound=general,
    holds=InExpectation(),
    k=range(200),
    seen={
        "s": Seen(each(lambda p, s: s.step), STEP),
        "sum s": Seen(total(lambda p, s: s.step), STEP),
        "sum s^2": Seen(total(lambda p, s: s.step**2), Unit(-2, 4)),
    },
    given={"s < 1/(4 L_max)": lambda k, c: 4 * c["s"] * c["L_max"]},
    laws={"one proximal step": one_proximal_step},
    seeds=128,
)
NOISY = replace(
    MEAN,
    source=source("Theorem 11.9", "spgd.sc"),
    assumes=frozenset({Trait.STRONGLY_CONVEX, Trait.FINITE_SUM}),
    algorithm=stochastic(0.1),
    metric=each(distance2),
    unit=Unit(x=2),
    bound=noisy,
    k=range(1, 201),
    given={"s ≤ 1/(2 L_max)": lambda k, c: 2 * c["s"] * c["L_max"]},
)
NEAR: Mapping[str, Draw[SparseRegression]] = {"near": partial(sparse_regression, R=0.01, noise=3.0)}

THEOREM = Theorem(
    claims={
        "convex": (CONVEX, Status.CONSISTENT),
        "strongly convex": (STRONG, Status.CONSISTENT),
        "stochastic, convex": (MEAN, Status.CONSISTENT),
        "stochastic, convex: the weights": (has_its_weights(MEAN, gap, lambda p, s: s.step), Status.CONSISTENT),
        "stochastic, strongly convex": (NOISY, Status.CONSISTENT),
    },
    foils={
        "convex: a tenth": (replace(CONVEX, bound=lambda k, c: sublinear(k, c) / 10), Status.REFUTED),
        "convex: step 3/L": (replace(CONVEX, algorithm=descent(3.0)), Status.NOT_APPLICABLE),
        "convex: step 3/L, unstated": (replace(CONVEX, algorithm=descent(3.0), given={}), Status.REFUTED),
        "strong: 5 mu": (replace(STRONG, bound=lambda k, c: abs(1 - 5 * c["s"] * c["mu"]) ** k * c["R"] ** 2), Status.REFUTED),
        "no penalty": (
            replace(on(STRONG, "lasso"), algorithm=Misinformed(descent(1.0), lambda p: replace(p, tau=0 * p.tau))),
            Status.UNLAWFUL,
        ),
        "stochastic: a tenth": (replace(MEAN, bound=lambda k, c: general(k, c) / 10), Status.REFUTED),
        "stochastic: the weights of a constant step": (
            has_its_weights(replace(on(MEAN, "lasso"), metric=mean(gap)), gap, lambda p, s: s.step), Status.REFUTED
        ),
        "stochastic: never proximal": (replace(MEAN, algorithm=SGD(stochastic(START, root=True).step), seeds=8), Status.UNLAWFUL),
        "stochastic: no noise": (replace(NOISY, instances=NEAR, bound=linear), Status.REFUTED),
        "stochastic: step 1/L": (replace(NOISY, algorithm=stochastic(1.0)), Status.NOT_APPLICABLE),
        "stochastic: variance over mu^2": (replace(NOISY, bound=lambda k, c: noisy(k, c) / c["mu"]), Status.ILL_POSED),
    },
    worst={
        "convex": WorstCase(
            {"f": Smooth(), "h": Convex()}, {"L": 1.0, "R": 1.0, "E0": 1.0, "mu": 1.0, "sigma": 0.0}, lambda t: t.value(t.last.x, "f", "h")
        ),
        "strongly convex": WorstCase({"f": Smooth(mu="mu"), "h": Convex()}, {"L": 1.0, "R": 1.0, "mu": 0.1, "sigma": 0.0}, last_distance2),
    },
)
