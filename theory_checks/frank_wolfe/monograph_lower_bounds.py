"""Bubeck 2015 (arXiv 1405.4980v2), Theorems 3.13, 3.14, 3.15: lower bounds for methods that stay in the span of the gradients.

From x_1 = 0, after t calls of an oracle that answers with the first largest coordinate, s = 1..t:

    f = γ max_{i ≤ t} x_i + (a/2)‖x‖², a = (Lip/R)/(1 + √t), γ = Lip √t/(1 + √t), over ‖x‖ ≤ R:   min f(x_s) − f* ≥ R Lip/(2(1 + √t))
    γ = Lip/2, a = α, over ‖x‖ ≤ Lip/(2α):                                                       min f(x_s) − f* ≥ Lip²/(8αt)

with equality (f(x_1) is never improved). Smooth: f = (β/8) x'A_{2t+1}x − (β/4) x_1:  min f(x_s) − f* ≥ (3β/32) R²/(t + 1)²   (3.14)
and in ℓ₂, f = (α(κ−1)/8)(x'Ax − 2x_1) + (α/2)‖x‖²:  f(x_t) − f* ≥ (α/2) ((√κ−1)/(√κ+1))^{2(t−1)} R², every t ≥ 1   (3.15).
Index k = s − 1; the first three are held at k = t − 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any

from algorithms.frank_wolfe.gradient import Accelerated, Point, ProximalGradient, constant_momentum, growing, inverse_smoothness
from problems.frank_wolfe.chains import chain, long_chain
from problems.frank_wolfe.nonsmooth import resisting, resisting_strongly
from ratecheck import Array, AtLeast, Claim, Noise, Status, Theorem, Trait, Unit, best, each
from theory_checks.frank_wolfe._monograph import accelerates, bubeck, descends, gap

T = 16


def chosen(p: Any, k: int) -> Array:
    """R/(Lip √t)"""
    return p.constants["R"].value / p.constants["Lip"].value / T**0.5


@dataclass(frozen=True)
class OffTheSpan:
    """Halfway to x* at every step: it knows more than the oracle told."""

    def iterates(self, problem: Any, noise: Noise, /) -> Iterator[Point]:
        x = problem.x0
        for k in count():
            yield Point(k, x)
            x = x + 0.5 * (problem.x_star - x)


CLAIM = Claim[Any, Point](
    source=bubeck("Theorem 3.13", "bub.3.13"),
    assumes=frozenset({Trait.CONVEX, Trait.LIPSCHITZ}),
    instances={"resisting": partial(resisting, t=T)},
    algorithm=ProximalGradient(chosen),
    laws=descends(chosen),
    metric=best(gap),
    unit=Unit(f=1),
    bound=lambda k, c: c["R"] * c["Lip"] / (2 * (1 + c["t"] ** 0.5)),
    holds=AtLeast(),
    k=range(T - 1, T),
    sharp={"resisting": AtLeast(power=1.000001)},
    seeds=1,
)
STRONG = replace(
    CLAIM,
    source=bubeck("Theorem 3.13, strongly convex", "bub.3.13.sc"),
    assumes=CLAIM.assumes | {Trait.STRONGLY_CONVEX},
    instances={"resisting": partial(resisting_strongly, t=T)},
    bound=lambda k, c: c["Lip"] ** 2 / (8 * c["mu"] * c["t"]),
)
SMOOTH = replace(
    CLAIM,
    source=bubeck("Theorem 3.14", "bub.3.14"),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH}),
    instances={"chain": partial(chain, t=T)},
    algorithm=ProximalGradient(),
    laws=descends(inverse_smoothness),
    bound=lambda k, c: 3 * c["L"] / 32 * c["R"] ** 2 / (c["t"] + 1) ** 2,
    sharp={},
)
CHAIN = replace(
    SMOOTH,
    source=bubeck("Theorem 3.15", "bub.3.15"),
    assumes=SMOOTH.assumes | {Trait.STRONGLY_CONVEX},
    instances={"κ = 10": long_chain, "κ = 4": partial(long_chain, kappa=4.0)},
    metric=each(gap),
    bound=lambda k, c: c["mu"] / 2 * (((c["L"] / c["mu"]) ** 0.5 - 1) / ((c["L"] / c["mu"]) ** 0.5 + 1)) ** (2 * k) * c["R"] ** 2,
    k=range(25),
)


def nesterov(of: Claim[Any, Any], rule: Any) -> Claim[Any, Any]:
    return replace(of, algorithm=Accelerated(rule), laws=accelerates(inverse_smoothness, rule))


THEOREM = Theorem(
    claims={
        "3.13": (CLAIM, Status.CONSISTENT),
        "3.13, strongly convex": (STRONG, Status.CONSISTENT),
        "3.14, gradient descent": (SMOOTH, Status.CONSISTENT),
        "3.14, accelerated": (nesterov(SMOOTH, growing), Status.CONSISTENT),
        "3.15, gradient descent": (CHAIN, Status.CONSISTENT),
        "3.15, accelerated": (nesterov(CHAIN, constant_momentum), Status.CONSISTENT),
    },
    foils={
        "off the span": (replace(CLAIM, algorithm=OffTheSpan(), laws={}), Status.REFUTED),
        "off the span, strongly convex": (replace(STRONG, algorithm=OffTheSpan(), laws={}), Status.REFUTED),
        "off the span, smooth": (replace(SMOOTH, algorithm=OffTheSpan(), laws={}), Status.REFUTED),
        "off the span, with laws": (replace(CHAIN, algorithm=OffTheSpan()), Status.UNLAWFUL),
        "1% more": (replace(CLAIM, bound=lambda k, c: 1.01 * CLAIM.bound(k, c)), Status.REFUTED),
        "1% more, strongly convex": (replace(STRONG, bound=lambda k, c: 1.01 * STRONG.bound(k, c)), Status.REFUTED),
        "four times": (replace(nesterov(SMOOTH, growing), bound=lambda k, c: 4 * SMOOTH.bound(k, c)), Status.REFUTED),
        "the rate 1 − 1/κ": (
            replace(CHAIN, bound=lambda k, c: c["mu"] / 2 * (1 - c["mu"] / c["L"]) ** k * c["R"] ** 2 * 8),
            Status.REFUTED,
        ),
        "R for R²": (replace(SMOOTH, bound=lambda k, c: 3 * c["L"] / 32 * c["R"] / (c["t"] + 1) ** 2), Status.ILL_POSED),
    },
)
