"""Garrigos, Gower 2023 (v1), and its later parts: how tight the bounds are (derived): instances on which they are met, or nearly.

Index k means T = k + 1 iterates. The Huber function with slope u and curvature L, f = |x|, f(x) = G max_j |x_j|, a kink without curvature:

    5.3, 5.5(1), 6.9(1)  Huber, constant step s: the mean is u (R − u s (T − 1)/2 − u/(2L)), at best R²/(2 s (T − 1) + 2/L). So the bias
                         R²/(2 s (1 − 2 s L) T) is met up to (1 − 2 s L)(1 + 1/(s L T))⁻¹, R²/(2 s T) as T grows; decaying steps the same.
    10.3                 the kink: F(x_k) = L R²/(4 k) after k steps 1/L exactly; R²/(2 s k) is twice that.
    11.5                 the kink, constant s: the bound is met up to (1 − 4 s L) and O(1/T).
    9.5, 9.6             max |x_j|, x_0 = (G s_0, …, G s_{T−1}): every step sets one coordinate to 0, Σ s_t f(x_t) = G² Σ s_t² and
                         R² = G² Σ s_t²: equality in 9.5 for every schedule. 9.6 only loses what Σ s_t and Σ s_t² are bounded by.
    SPS*, IMA-SPS        max |x_j| from R (±1, …, ±1)/√n: G R/√T for T = n, exactly, the last iterate too.
    3.6, 3.9, 6.11, 10.5 an eigenvector of curvature μ: (1 − s μ)^{2k} against (1 − s μ)^k.

    9.8                  the distance alone, by a step so short that the noise term is small.

7.4, 9.11 and the Polyak step under interpolation stay loose on all that we tried: the best of it is here.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from algorithms.quasar_convex.averaged_momentum import AveragedMomentum
from algorithms.quasar_convex.polyak_steps import StochasticPolyak
from algorithms.quasar_convex.proximal_gradients import StochasticProximalGradient
from algorithms.quasar_convex.stochastic import SGD
from algorithms.quasar_convex.subgradients import ProjectedSubgradient
from problems.quasar_convex.smooth_examples import Huber, huber
from problems.quasar_convex.sparse_regression import sparse_regression
from problems.quasar_convex.worst_cases import across_the_ball, kink, largest_coordinate, slow_direction, slow_lasso
from ratecheck import Always, Array, Claim, Constants, Seen, Status, Theorem, Trait, Unit, each, mean, total
from theory_checks.quasar_convex import handbook_gradient_descent as descent
from theory_checks.quasar_convex import handbook_minibatch as minibatch
from theory_checks.quasar_convex import handbook_momentum as momentum
from theory_checks.quasar_convex import handbook_polyak as polyak
from theory_checks.quasar_convex import handbook_proximal_gradient as proximal
from theory_checks.quasar_convex import handbook_sgd_convex as sgd
from theory_checks.quasar_convex import handbook_subgradient as subgradient
from theory_checks.quasar_convex import handbook_subgradient_strong as strong
from theory_checks.quasar_convex._common import gap, has_its_weights, relative
from theory_checks.quasar_convex._handbook import STEP, source

AnyClaim = Claim[Any, Any]


def moves(p: Any, s: Any, t: Any) -> Array:
    """x_{k+1} = x_k − s ∇f_i(x_k)"""
    return relative(t.x - s.x + s.step[:, None] * p.grad_one(s.x, s.i), s.x, t.x)


def on_worst(claim: AnyClaim, name: str, draw: Any, power: float, **changes: Any) -> AnyClaim:
    """The claim on one instance for every index, certain, with the share of the bound that is met."""
    return replace(claim, instances={name: draw}, holds=Always(), sharp={name: Always(power=power)}, seeds=2, **changes)


def weighed(p: Any, s: Any) -> Array:
    """p_t of the step that was taken"""
    return s.step * (1 - 2 * s.step * p.constants["L_max"].value)


SEEN = {
    "s": Seen[Any, Any](each(lambda p, s: s.step), STEP),
    "sum s": Seen[Any, Any](total(lambda p, s: s.step), STEP),
    "sum s^2": Seen[Any, Any](total(lambda p, s: s.step**2), Unit(-2, 4)),
    "W": Seen[Any, Any](total(weighed), STEP),
}


def huber_mean(
    place: str, slug: str, share: float, T: int, bound: Callable[[Array, Constants], Array], power: float, paper: str = "garrigos2023 v1"
) -> AnyClaim:
    """Constant steps share/L and the slope that is worst for them at T; σ* = 0."""
    return Claim[Huber, Any](
        source=source(place, slug, paper=paper),
        assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.FINITE_SUM}),
        instances={"Huber": partial(huber, share=1 / (share * (T - 1) + 1))},
        algorithm=SGD(lambda c, k: share / c["L_max"].value),
        metric=mean(gap),
        unit=Unit(f=1),
        bound=lambda k, c: bound(k, {**c, "sigma": 0.0}),
        holds=Always(),
        k=range(T),
        seen={"s": SEEN["s"]},
        given={"s ≤ 1/L_max": lambda k, c: c["s"] * c["L_max"]},
        laws={"moves along the gradient": moves},
        sharp={"Huber": Always(power=power)},
        seeds=2,
    )


T, SMALL, LONG = 25, 0.02, 1500
GENERAL = replace(
    huber_mean("Theorem 5.3", "sgd.convex.general", 0.25, 2000, sgd.general, 0.85),
    instances={"Huber": partial(huber, share=0.0428)},
    algorithm=SGD(lambda c, k: 0.25 / c["L_max"].value / (k + 1) ** 0.5),
    metric=mean(gap, lambda t: (0.25 / (t + 1) ** 0.5) * (1 - 0.5 / (t + 1) ** 0.5)),
    seen=SEEN,
)
ROOT = replace(
    GENERAL, source=source("Corollary 5.5(2)", "sgd.convex.sqrt"), k=range(48, 2000), bound=lambda k, c: sgd.rooted(k, {**c, "sigma": 0.0}),
    sharp={"Huber": Always(power=0.45)},
)
CONSTANT = huber_mean("Corollary 5.5(1)", "sgd.convex.const", SMALL, LONG, sgd.fixed, 0.9)
BATCH = huber_mean(
    "Corollary 6.9(1), equal components", "mb.convex", SMALL, LONG, lambda k, c: minibatch.fixed(2)(k, {**c, "L": c["L_max"]}), 0.9
)
SHORT = huber_mean("slides on SGD, 2025", "sgd.convex.short", 0.5, 200, sgd.short, 0.99, "cortild2025")
OPTIMAL = huber_mean("slides on SGD, 2025, e = 1/20", "sgd.convex.opt", 1.0, 200, sgd.full(0.05), 0.95, "cortild2025")
KINK = on_worst(proximal.CONVEX, "kink", kink, 0.5 - 1e-9, algorithm=proximal.descent(1.0), rounding=lambda k, c: 1e-13 * c["E0"])
KINK_EXACT = replace(
    KINK, bound=lambda k, c: c["L"] * c["R"] ** 2 / (4 * k), instances={"kink": partial(kink, T=40.0)}, k=range(1, 21), sharp={"kink": Always(power=1 - 1e-9)}
)


def rare(k: Array, c: Constants) -> Array:
    """11.5 for constant s, σ_F* = 0"""
    rest = (1 - 4 * c["s"] * c["L_max"]) * c["sum s"]
    return (c["R"] ** 2 + 2 * c["s"] * c["E0"]) / (2 * rest)


KINK_MEAN = on_worst(
    proximal.MEAN, "kink", partial(kink, T=999.0, share=0.01), 0.9, algorithm=StochasticProximalGradient(lambda c, k: 0.01 / c["L_max"].value),
    metric=mean(gap), bound=rare, k=range(1000),
)
DECAYING = partial(largest_coordinate, n=200, decay=0.5)
FLAT = partial(largest_coordinate, n=T)
LAW = {"moves along one sub-gradient": moves}
EQUAL = 1 - 1e-9
SCHEDULE = on_worst(subgradient.GENERAL, "decaying coordinates", DECAYING, EQUAL, laws=LAW)
SCHEDULED = replace(
    SCHEDULE, source=source("Theorem 9.6, corrected, for the mean", "ssd.sqrt"), bound=subgradient.rooted(1.0), k=range(1, 200),
    sharp={"decaying coordinates": Always(power=0.9)},
)
FIXED = on_worst(subgradient.CONSTANT, "equal coordinates", FLAT, EQUAL, algorithm=SGD(lambda c, k: c["scale"].value / c["G"].value), laws=LAW)
TARGET = on_worst(polyak.LIPSCHITZ, "equal coordinates", FLAT, EQUAL, k=range(T))
LAST = on_worst(polyak.LAST, "equal coordinates", FLAT, EQUAL, k=range(T))
BALL = on_worst(
    subgradient.BALL, "across the ball", across_the_ball, 0.58, algorithm=ProjectedSubgradient(subgradient.decaying(7.75)),
)
MOMENTUM = replace(
    huber_mean("Theorem 7.4", "sgdm.convex", 1.0, 2, momentum.bound, 0.36),
    instances={"Huber": partial(huber, share=0.0151)},
    algorithm=AveragedMomentum(lambda c, k: 0.25 / c["L_max"].value),
    metric=each(gap),
    k=range(201),
    seen={"eta": Seen(each(lambda p, s: s.eta), STEP)},
    given={"eta ≤ 1/(4 L_max)": lambda k, c: 4 * c["eta"] * c["L_max"]},
    laws={"averages z": momentum.averages_z},
)
POLYAK = on_worst(polyak.SMOOTH, "one row", partial(sparse_regression, N=1, n=1, tau=0.0, noise=0.0), 1 / 3 - 1e-9)
SLOW = on_worst(descent.STRONG, "slow direction", slow_direction, 0.998)
SLOW_GAP = on_worst(descent.LOJASIEWICZ, "slow direction", slow_direction, 0.998)
SLOW_BATCH = on_worst(minibatch.linear(2), "slow direction", partial(slow_direction, copies=minibatch.N // 2), 0.99, k=range(1, 101))
SLOW_LASSO = on_worst(proximal.STRONG, "slow direction", slow_lasso, 0.998)
SHORT_STEP = replace(strong.LINEAR, instances={"small radius": strong.LINEAR.instances["small radius"]}, algorithm=strong.constant(1e-3), k=range(1, 21))


def less(claim: AnyClaim, share: float) -> AnyClaim:
    return replace(claim, bound=lambda k, c: share * claim.bound(k, c))


THEOREM = Theorem(
    claims={
        "5.3, decaying steps": (GENERAL, Status.CONSISTENT),
        "5.3, the weights": (has_its_weights(GENERAL, gap, weighed), Status.CONSISTENT),
        "5.5(1)": (CONSTANT, Status.CONSISTENT),
        "5.5(2)": (ROOT, Status.CONSISTENT),
        "6.9(1), equal components": (BATCH, Status.CONSISTENT),
        "short steps": (SHORT, Status.CONSISTENT),
        "step 1/L, e = 1/20": (OPTIMAL, Status.CONSISTENT),
        "10.3": (KINK, Status.CONSISTENT),
        "10.3, worst case": (KINK_EXACT, Status.CONSISTENT),
        "11.5": (KINK_MEAN, Status.CONSISTENT),
        "9.5": (SCHEDULE, Status.CONSISTENT),
        "9.5, constant step": (FIXED, Status.CONSISTENT),
        "9.6, corrected": (SCHEDULED, Status.CONSISTENT),
        "9.11": (BALL, Status.CONSISTENT),
        "SPS*": (TARGET, Status.CONSISTENT),
        "IMA-SPS, last iterate": (LAST, Status.CONSISTENT),
        "7.4": (MOMENTUM, Status.CONSISTENT),
        "SPS": (POLYAK, Status.CONSISTENT),
        "3.6": (SLOW, Status.CONSISTENT),
        "3.9": (SLOW_GAP, Status.CONSISTENT),
        "6.11, b = 2": (SLOW_BATCH, Status.CONSISTENT),
        "10.5": (SLOW_LASSO, Status.CONSISTENT),
        "9.8, a short step": (SHORT_STEP, Status.CONSISTENT),
    },
    foils={
        "5.3, equal weights": (replace(has_its_weights(GENERAL, gap, weighed), metric=mean(gap)), Status.REFUTED),
        "5.5(1): 10% less": (less(CONSTANT, 0.9), Status.REFUTED),
        "5.3: 15% less": (less(GENERAL, 0.85), Status.REFUTED),
        "short steps: 1% less": (less(SHORT, 0.99), Status.REFUTED),
        "10.3: 1% less than the worst case": (less(KINK_EXACT, 0.99), Status.REFUTED),
        "11.5: 10% less": (less(KINK_MEAN, 0.9), Status.REFUTED),
        "9.5: 1% less": (less(SCHEDULE, 0.99), Status.REFUTED),
        "9.6: 10% less": (less(SCHEDULED, 0.9), Status.REFUTED),
        "9.11: 42% less": (less(BALL, 0.58), Status.REFUTED),
        "SPS*: 1% less": (less(TARGET, 0.99), Status.REFUTED),
        "IMA-SPS: 1% less": (less(LAST, 0.99), Status.REFUTED),
        "SPS: two thirds less": (less(POLYAK, 1 / 3.1), Status.REFUTED),
        "SPS*: twice the step": (replace(TARGET, algorithm=StochasticPolyak(None, 2.0)), Status.UNLAWFUL),
        "3.6: step 1/2L": (replace(SLOW, algorithm=descent.descent(0.5)), Status.UNLAWFUL),
        "11.5: R for R^2": (replace(KINK_MEAN, bound=lambda k, c: rare(k, {**c, "R": c["R"] ** 0.5})), Status.ILL_POSED),
    },
)
