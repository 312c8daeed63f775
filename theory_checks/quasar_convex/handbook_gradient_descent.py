"""Garrigos, Gower 2023 (v1), Theorems 3.4, 3.6, 3.9: gradient descent, convex, strongly convex, Polyak–Łojasiewicz.

x_{k+1} = x_k − s ∇f(x_k), f L-smooth, 0 < s ≤ 1/L, R = ‖x_0 − x*‖, e_k = f(x_k) − f*. For every k ≥ 1:

    f convex:                                e_k         ≤ R² / (2 s k)
    f μ-strongly convex:                     ‖x_k − x*‖² ≤ (1 − s μ)^k R²
    f μ-Polyak–Łojasiewicz, convex or not:   e_k         ≤ (1 − s μ)^k e_0

The Huber function with δ = R/(2T + 1) is the worst convex function after T steps of length 1/L: there e_T = L R²/(4T + 2),
so the first bound is 2 + 1/T times too large and no more.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from algorithms.quasar_convex.descent import GradientDescent, Point
from problems.quasar_convex.finite_sums import Ridge, ridge
from problems.quasar_convex.smooth_examples import Huber, SquaredSines, huber, squared_sines
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from ratecheck.performance import PolyakLojasiewicz, Smooth, WorstCase, first_gap, last_distance2, last_gap
from theory_checks.quasar_convex._common import distance2, gap, moves_along_the_gradient, on, square


def descent(share: float) -> GradientDescent:
    """The step `share` / L."""
    return GradientDescent(step=lambda c, k: share / c["L"].value)


def sublinear(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (2 * c["s"] * k)


def linear(start: Callable[[Constants], Array]) -> Callable[[Array, Constants], Array]:
    return lambda k, c: (1 - c["s"] * c["mu"]) ** k * start(c)


def place(number: str, slug: str) -> Source:
    return Source("garrigos2023 v1", f"Theorem {number}", slug, Statement.VERIFIED)


def exact_gap(p: Ridge, s: Point) -> Array:
    return p.gap(s.x)


def floor(c: Constants, R2: Array) -> Array:
    """Square of the distance from x* at which rounding stops the iterates: κ (‖x‖ + R) + √(L f)/μ, for data of the size √L ‖x‖ + √f."""
    return (1e-14 / c["mu"]) ** 2 * c["L"] * (c["L"] * (c["x2"] + R2) + c["f"])


GIVEN = {"s ≤ 1/L": lambda k, c: c["s"] * c["L"]}
LAW = {"moves along the gradient": moves_along_the_gradient(lambda c: 1 / c["L"])}
STEP = Unit(-1, 2)
CONVEX = Claim[Huber, Point](
    source=place("3.4", "hb.gd.convex"),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH}),
    instances={"worst after 10 steps": huber, "worst after 50 steps": partial(huber, n=3, share=1 / 101)},
    algorithm=descent(1.0),
    metric=each(gap),
    unit=Unit(f=1),
    bound=sublinear,
    holds=Always(),
    k=range(1, 201),
    seen={"s": Seen(each(lambda p, s: s.step), STEP)},
    given=GIVEN,
    laws=LAW,
    seeds=4,
)
WORST = replace(
    CONVEX,
    instances={"worst after 10 steps": huber},
    bound=lambda k, c: c["L"] * c["R"] ** 2 / (4 * k + 2),
    k=range(1, 11),
    sharp={"worst after 10 steps": Always(power=1 - 1e-9)},
)
STRONG = Claim[Ridge, Point](
    source=place("3.6", "hb.gd.sc"),
    assumes=frozenset({Trait.STRONGLY_CONVEX, Trait.SMOOTH}),
    instances={"ridge": ridge, "ill-conditioned": partial(ridge, stretch=10.0, lam=1e-2)},
    algorithm=descent(1.0),
    metric=each(distance2),
    unit=Unit(x=2),
    bound=linear(lambda c: c["R"] ** 2),
    holds=Always(),
    k=range(1, 101),
    seen={
        "s": Seen(each(lambda p, s: s.step), STEP),
        "x2": Seen(each(lambda p, s: square(s.x)), Unit(x=2)),
        "f": Seen(each(lambda p, s: p.value(s.x)), Unit(f=1)),
    },
    given=GIVEN,
    laws=LAW,
    rounding=lambda k, c: floor(c, c["R"] ** 2),
)
LOJASIEWICZ = replace(
    STRONG,
    source=place("3.9", "hb.gd.pl"),
    assumes=frozenset({Trait.POLYAK_LOJASIEWICZ, Trait.SMOOTH}),
    metric=each(exact_gap),
    unit=Unit(f=1),
    bound=linear(lambda c: c["e0"]),
    rounding=lambda k, c: c["L"] / 2 * floor(c, 2 * c["e0"] / c["mu"]),  # growth: R² ≤ 2 e0/μ
)
NON_CONVEX = Claim[SquaredSines, Point](
    source=LOJASIEWICZ.source,
    assumes=LOJASIEWICZ.assumes,
    instances={"x² + 3 sin² x": squared_sines},
    algorithm=descent(1.0),
    metric=each(gap),
    unit=Unit(f=1),
    bound=LOJASIEWICZ.bound,
    holds=Always(),
    k=range(1, 101),
    seen={"s": Seen(each(lambda p, s: s.step), STEP)},
    given=GIVEN,
    laws=LAW,
)
LONG = GradientDescent(step=lambda c, k: 2.5 / c["L"].value)


THEOREM = Theorem(
    claims={
        "convex": (CONVEX, Status.CONSISTENT),
        "convex, worst case": (WORST, Status.CONSISTENT),
        "strongly convex": (STRONG, Status.CONSISTENT),
        "Polyak–Łojasiewicz": (LOJASIEWICZ, Status.CONSISTENT),
        "Polyak–Łojasiewicz, not convex": (NON_CONVEX, Status.CONSISTENT),
    },
    foils={
        "convex: 0.4 of the bound": (replace(CONVEX, bound=lambda k, c: 0.4 * sublinear(k, c)), Status.REFUTED),
        "convex: 1/k^1.5": (replace(CONVEX, bound=lambda k, c: sublinear(k, c) / k**0.5), Status.REFUTED),
        "convex: step 2.5/L": (replace(CONVEX, algorithm=LONG), Status.NOT_APPLICABLE),
        "convex: step 2.5/L, unstated": (replace(CONVEX, algorithm=LONG, given={}, laws={}), Status.REFUTED),
        "convex: half a step": (replace(CONVEX, algorithm=descent(0.5)), Status.UNLAWFUL),
        "worst case: 1% less": (replace(WORST, bound=lambda k, c: 0.99 * WORST.bound(k, c)), Status.REFUTED),
        "strong: 2.1 mu": (replace(STRONG, bound=lambda k, c: (1 - 2.1 * c["s"] * c["mu"]) ** k * c["R"] ** 2), Status.REFUTED),
        "strong: R": (replace(STRONG, bound=linear(lambda c: c["R"])), Status.ILL_POSED),
        "strong: step 2.5/L, unstated": (replace(on(STRONG, "ridge"), algorithm=LONG, given={}, laws={}), Status.REFUTED),
        "PL: L for mu": (replace(on(LOJASIEWICZ, "ridge"), bound=lambda k, c: (1 - 0.5 * c["s"] * c["L"]) ** k * c["e0"]), Status.REFUTED),
        "PL: e0/2": (replace(NON_CONVEX, bound=lambda k, c: NON_CONVEX.bound(k, c) / 4), Status.REFUTED),
    },
    worst={
        "convex": WorstCase({"f": Smooth()}, {"L": 1.0, "R": 1.0}, last_gap),
        "convex, worst case": WorstCase({"f": Smooth()}, {"L": 1.0, "R": 1.0}, last_gap),
        "strongly convex": WorstCase({"f": Smooth(mu="mu")}, {"L": 1.0, "mu": 0.1, "R": 1.0}, last_distance2),
        "Polyak–Łojasiewicz": WorstCase({"f": PolyakLojasiewicz()}, {"L": 1.0, "mu": 0.1, "e0": 1.0}, last_gap, start=[first_gap()]),
    },
)
