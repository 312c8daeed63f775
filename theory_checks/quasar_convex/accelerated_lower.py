"""Hinder, Sidford, Sohoni 2020, Lemmas 11 and 12 (behind Theorem 3): no first-order method is faster than γ^{−1} √(L/ε) R.

f(x) = ¼ (x_1 − 1)² + ¼ Σ (x_i − x_{i+1})² + s Σ_{i ≤ T} Υ(x_i), Υ(t) = 120 ∫_1^t u²(u − 1)/(1 + u²) du, 0 < s ≤ 1e-4, T ≥ s^{−1/2}.
f is 3-smooth, 1/(100 T √s)-quasar-convex, its only minimiser is (1, …, 1), and

    f(x) − f*  ≥  2 T s     whenever x_i = 0 for all i ≥ ⌈T/2⌉ (1-based):

so every method that starts at 0 and moves in the span of gradients seen still has that gap after ⌈T/2⌉ − 1 gradients.
Lemma 11: |Υ''| ≤ 180, Υ(0) ∈ [5, 10], Υ(t) ≤ 60 (t − 1)², 40 (t − 1) Υ'(t) ≥ Υ(t) for t ∉ (−0.1, 0.1).
The printed γ is 30 times smaller than the smallest ratio that a search finds: VACUOUS is the honest verdict for it.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.descent import GradientDescent, Point
from algorithms.quasar_convex.points import Ray, Sample, Scattered
from problems.quasar_convex.hard_chain import HardChain, hard_chain, upsilon, upsilon_slope
from ratecheck import Always, Array, AtLeast, Claim, Draw, Equal, Source, Statement, Status, Theorem, Trait, Unit, best, each
from theory_checks.quasar_convex._common import Misinformed, gap, moves_along_the_gradient, raw_gamma, square


class Halved(HardChain):
    """The chain whose gradient is projected on x_i = 0, i ≥ ⌈T/2⌉: descent then finds the smallest gap there."""

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        T = x.shape[-1]
        return super().grad(x) * xp.astype(xp.arange(1, T + 1) < (T + 1) // 2, x.dtype)


def halved(p: HardChain) -> HardChain:
    return Halved(p.s, p.x0, p.x_star, p.f_star, p.constants)


def active(p: HardChain, s: Point) -> Array:
    """The largest index of a non-zero entry, 1-based"""
    xp = array_namespace(s.x)
    place = xp.arange(1, s.x.shape[-1] + 1, dtype=s.x.dtype)
    return xp.max(xp.where(s.x != 0, place, 0.0), axis=-1)


def smoothness(p: HardChain, s: Sample) -> Array:
    return (square(p.grad(s.x) - p.grad(s.y)) / square(s.x - s.y)) ** 0.5


def steepest_bend(p: HardChain, s: Sample) -> Array:
    """|Υ'(t) − Υ'(t')|/|t − t'| at neighbouring t on [−1, 3]"""
    t = _t(s)
    return abs(upsilon_slope(t + 1e-4) - upsilon_slope(t)) / 1e-4


def _t(s: Sample) -> Array:
    """From −1 to 3 in 400 steps."""
    return -1 + s.k / 100 + 0 * s.t


def source(place: str) -> Source:
    return Source("hinder2020", place, "qc.agd.lower", Statement.VERIFIED)


INSTANCES: Mapping[str, Draw[HardChain]] = {"T = 100": hard_chain, "T = 200": partial(hard_chain, T=200)}
DESCENT = GradientDescent(lambda c, k: 1 / c["L"].value)
SMALLEST = Claim[HardChain, Point](
    source=source("Lemma 12, gap"),
    assumes=frozenset({Trait.SMOOTH}),
    instances=INSTANCES,
    algorithm=Misinformed(DESCENT, halved),
    metric=each(gap),
    unit=Unit(),
    bound=lambda k, c: 2 * c["T"] * c["s"] + 0 * k,
    holds=AtLeast(),
    k=range(1501),
    given={"s ≤ 1e-4": lambda k, c: c["s"] / 1e-4, "T ≥ s^{-1/2}": lambda k, c: c["s"] ** -0.5 / c["T"] / (1 + 1e-12)},
    seeds=1,
)
FRONT = replace(
    SMALLEST,
    algorithm=DESCENT,
    metric=each(active),
    bound=lambda k, c: k + 0 * c["T"],
    holds=Equal(0.0),
    k=range(50),
    laws={"moves along the gradient": moves_along_the_gradient(lambda c: 1 / c["L"])},
)
EARLY = replace(SMALLEST, algorithm=DESCENT, k=range(49))
QUASAR = Claim[HardChain, Sample](
    source=source("Lemma 12, γ"),
    assumes=SMALLEST.assumes,
    instances=INSTANCES,
    algorithm=Scattered(-2.0, 0.5),
    metric=best(raw_gamma),
    unit=Unit(),
    bound=lambda k, c: c["gamma"] + 0 * k,
    holds=AtLeast(),
    k=range(200),
    seeds=2,
)
SMOOTH = replace(
    QUASAR, source=source("Lemma 12, L"), metric=each(smoothness), unit=Unit(1, -2), bound=lambda k, c: c["L"] + 0 * k, holds=Always()
)
BEND = replace(
    QUASAR, source=source("Lemma 11"), instances={"T = 100": hard_chain}, algorithm=Ray(1.0), metric=each(steepest_bend),
    bound=lambda k, c: 180 + 0 * k, holds=Always(power=0.99), k=range(400), seeds=1,
)
PARABOLA = replace(
    BEND, metric=each(lambda p, s: upsilon(_t(s))), bound=lambda k, c: 60 * (k / 100 - 2) ** 2, holds=Always(),
    rounding=lambda k, c: 1e-12 + 0 * k,
)
AT_ZERO = replace(BEND, metric=each(lambda p, s: upsilon(0 * s.t)), bound=lambda k, c: 7.3411 + 0 * k, holds=Equal(1e-4), k=range(1))
PULL = replace(
    PARABOLA, metric=each(lambda p, s: 40 * (_t(s) - 1) * upsilon_slope(_t(s))), holds=AtLeast(),
    bound=lambda k, c: (abs(k / 100 - 1) >= 0.1) * upsilon(k / 100 - 1),
)


THEOREM = Theorem(
    claims={
        "smallest gap on half of the coordinates": (SMALLEST, Status.CONSISTENT),
        "one coordinate a gradient": (FRONT, Status.CONSISTENT),
        "gap of descent until T/2": (EARLY, Status.CONSISTENT),
        "gamma": (QUASAR, Status.VACUOUS),
        "smoothness": (SMOOTH, Status.CONSISTENT),
        "bend of Upsilon": (BEND, Status.CONSISTENT),
        "parabola over Upsilon": (PARABOLA, Status.CONSISTENT),
        "Upsilon(0)": (AT_ZERO, Status.CONSISTENT),
        "pull of Upsilon": (PULL, Status.CONSISTENT),
    },
    foils={
        "all coordinates": (replace(SMALLEST, algorithm=DESCENT, k=range(6001)), Status.REFUTED),
        "eight times the gap": (replace(SMALLEST, bound=lambda k, c: 8 * SMALLEST.bound(k, c)), Status.REFUTED),
        "s too large": (replace(SMALLEST, instances={"s = 1e-2": partial(hard_chain, T=10, s=1e-2)}), Status.NOT_APPLICABLE),
        "two coordinates a gradient": (replace(FRONT, bound=lambda k, c: 2 * k + 0 * c["T"]), Status.REFUTED),
        "bend 170": (replace(BEND, bound=lambda k, c: 170 + 0 * k), Status.REFUTED),
        "pull 40 times as strong": (replace(PULL, bound=lambda k, c: 40 * PULL.bound(k, c)), Status.REFUTED),
        "L without its unit": (replace(SMOOTH, bound=lambda k, c: c["L"] * c["R"] + 0 * k), Status.ILL_POSED),
    },
)
