"""Bubeck 2015 (arXiv 1405.4980v2), Theorems 6.1, 6.2, 6.3: stochastic mirror descent with Φ = ½‖·‖², and 6.5: SVRG.

The oracle is unbiased; E‖g̃‖² ≤ G² on X, E‖g̃ − ∇f‖² ≤ σ², x_1 = 0 = argmin Φ, R² = sup Φ − Φ(x_1) = r²/2 on the ball of radius r.

    η = (R/G) √(2/t):                                     E f(mean of x_1..x_t) − f* ≤ R G √(2/t)               (6.1)
    f α-strongly convex, η_s = 2/(α(s + 1)):              E f(Σ 2s x_s/(t(t + 1))) − f* ≤ 2G²/(α(t + 1))        (6.2, every t)
    f β-smooth, step 1/(β + 1/η), η = (R/σ) √(2/t):       E f(mean of x_2..x_{t+1}) − f* ≤ R σ √(2/t) + βR²/t   (6.3)

SVRG on a mean of β-smooth convex f_i, f α-strongly convex, κ = β/α, η = 1/(10β), 20κ steps an epoch, y^{s+1} their mean:

    E f(y^{s+1}) − f* ≤ 0.9^s (f(y^1) − f*);   the proof gives 1/(αη(1 − 2βη) 20κ) + 2βη/(1 − 2βη) = 0.875 an epoch          (6.5).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from algorithms.frank_wolfe.gradient import Rule
from algorithms.frank_wolfe.stochastic_gradient import Epoch, Noisy, StochasticGradient, VarianceReduced
from problems.frank_wolfe.stochastic import finite_sum, sloped_ball
from ratecheck import Array, Claim, InExpectation, Law, Measure, Status, Theorem, Trait, Unit, at_average, each
from theory_checks.frank_wolfe._monograph import bubeck, gap, gap_at, gap_of_y, is_the_mean, off, starts

T = 64
INNER = 60  # 20 κ, κ = 3


def constant(factor: float) -> Rule:
    def rule(p: Any, k: int) -> Array:
        """factor (R/G) √(2/T) = factor r/(G √T)"""
        return factor * p.constants["r"].value / p.constants["G"].value / T**0.5

    return rule


def decreasing(p: Any, k: int) -> Array:
    """2/(α(s + 1)), s = k + 1"""
    return 2 / (p.constants["mu"].value * (k + 2))


def early(p: Any, k: int) -> Array:
    return 1 / (p.constants["mu"].value * (k + 2))


def damped(p: Any, k: int) -> Array:
    """1/(β + 1/η), η = (R/σ) √(2/T)"""
    return 1 / (p.constants["L"].value + T**0.5 * p.constants["sigma"].value / p.constants["r"].value)


def tenth(p: Any, k: int) -> Array:
    return 0.1 / p.constants["L"].value


def fast(p: Any, k: int) -> Array:
    return 8 / p.constants["L"].value


def laws(rule: Rule) -> dict[str, Law[Any, Noisy]]:
    def law(p: Any, s: Noisy, t: Noisy) -> Array:
        """x_{k+1} = Π(x_k − η_k g̃(x_k))"""
        eta = rule(p, s.k)
        return off(t.x, p.prox(s.x - eta[:, None] * p.sample(s.x, s.z), eta), s.x) + abs(t.k - s.k - 1)

    return {"the step": law, "the start": starts}


def one_epoch(p: Any, s: Epoch, t: Epoch) -> Array:
    """y^{s+1} is the mean of the 20κ points of the epoch, the draws replayed"""
    return off(t.y, VarianceReduced(INNER, tenth).epoch(p, s.y, s.drawn, tenth(p, s.k)), s.y) + abs(t.k - s.k - 1)


def shifted(p: Any, states: Iterator[Noisy]) -> Iterator[Array]:
    """f at the mean of x_2, ..., x_{t+1}, t = k + 1"""
    measure: Measure[Any, Noisy] = at_average(gap_at, lambda s: s.x)
    yield from measure(p, islice(states, 1, None))


CLAIM = Claim[Any, Noisy](
    source=bubeck("Theorem 6.1", "bub.6.1"),
    assumes=frozenset({Trait.CONVEX, Trait.UNBIASED, Trait.COMPACT}),
    instances={"slope": sloped_ball},
    algorithm=StochasticGradient(constant(1.0)),
    laws=laws(constant(1.0)),
    metric=at_average(gap_at, lambda s: s.x),
    unit=Unit(f=1),
    bound=lambda k, c: c["r"] * c["G"] / (k + 1) ** 0.5,
    holds=InExpectation(),
    k=range(T - 1, T),
    seeds=128,
)
STRONG = replace(
    CLAIM,
    source=bubeck("Theorem 6.2", "bub.6.2"),
    assumes=CLAIM.assumes | {Trait.STRONGLY_CONVEX},
    instances={
        "noisy": partial(sloped_ball, beta=1.0, slope=0.1, sigma=2.5, radius=1.0),
        "far": partial(sloped_ball, beta=1.0, slope=0.1, sigma=0.5, on_sphere=True),
    },
    algorithm=StochasticGradient(decreasing),
    laws=laws(decreasing),
    metric=at_average(gap_at, lambda s: s.x, weight=lambda k: k + 1.0),
    bound=lambda k, c: 2 * c["G"] ** 2 / (c["mu"] * (k + 2)),
    k=range(50),
)
SMOOTH = replace(
    CLAIM,
    source=bubeck("Theorem 6.3", "bub.6.3"),
    assumes=CLAIM.assumes | {Trait.SMOOTH},
    instances={"slope": partial(sloped_ball, beta=0.02)},
    algorithm=StochasticGradient(damped),
    laws=laws(damped),
    metric=shifted,
    bound=lambda k, c: c["r"] * c["sigma"] / (k + 1) ** 0.5 + c["L"] * c["r"] ** 2 / (2 * (k + 1)),
)
SVRG = Claim[Any, Epoch](
    source=bubeck("Theorem 6.5", "bub.6.5"),
    assumes=frozenset({Trait.CONVEX, Trait.STRONGLY_CONVEX, Trait.SMOOTH, Trait.FINITE_SUM}),
    instances={"quadratics": finite_sum},
    algorithm=VarianceReduced(INNER, tenth),
    laws={"the epoch": one_epoch},
    metric=each(gap_of_y),
    unit=Unit(f=1),
    bound=lambda k, c: 0.9**k * c["h_0"],
    given={"20κ": lambda k, c: 20 * c["L"] / c["mu"] / INNER + 0 * k},
    holds=InExpectation(),
    k=range(1, 8),
    seeds=64,
)
PROOF = replace(SVRG, source=bubeck("Theorem 6.5, the factor of its proof", "bub.6.5"), bound=lambda k, c: 0.875**k * c["h_0"])

THEOREM = Theorem(
    claims={
        "6.1": (CLAIM, Status.CONSISTENT),
        "6.1, the mean": (is_the_mean(CLAIM), Status.CONSISTENT),
        "6.2": (STRONG, Status.CONSISTENT),
        "6.3": (SMOOTH, Status.CONSISTENT),
        "6.5": (SVRG, Status.CONSISTENT),
        "6.5, factor 0.875": (PROOF, Status.CONSISTENT),
    },
    foils={
        "6.1, the last point for the mean": (replace(is_the_mean(CLAIM), metric=each(gap)), Status.REFUTED),
        "step × 0.1": (replace(CLAIM, algorithm=StochasticGradient(constant(0.1))), Status.UNLAWFUL),
        "step × 0.02, a slope": (
            replace(
                CLAIM,
                algorithm=StochasticGradient(constant(0.02)),
                laws={},
                instances={"steep": partial(sloped_ball, slope=2.0, sigma=0.5)},
            ),
            Status.REFUTED,
        ),
        "step 1/(α(s + 1))": (replace(STRONG, algorithm=StochasticGradient(early)), Status.UNLAWFUL),
        "SVRG with step 8/β": (replace(SVRG, algorithm=VarianceReduced(INNER, fast), laws={}), Status.REFUTED),
        "SVRG with step 8/β, with laws": (replace(SVRG, algorithm=VarianceReduced(INNER, fast)), Status.UNLAWFUL),
        "a tenth": (replace(CLAIM, bound=lambda k, c: CLAIM.bound(k, c) / 10), Status.REFUTED),
        "a tenth, 6.3": (replace(SMOOTH, bound=lambda k, c: SMOOTH.bound(k, c) / 10), Status.REFUTED),
        "O(1/t²)": (replace(STRONG, bound=lambda k, c: STRONG.bound(k, c) / (k + 2)), Status.REFUTED),
        "factor 0.1": (replace(SVRG, bound=lambda k, c: 0.1**k * c["h_0"]), Status.REFUTED),
        "G for G²": (replace(STRONG, bound=lambda k, c: 2 * c["G"] / (c["mu"] * (k + 2))), Status.ILL_POSED),
    },
)
