"""Bubeck 2015 (arXiv 1405.4980v2), Theorems 4.2, 4.3, 4.4: mirror descent, dual averaging, mirror prox.

Φ is ρ-strongly convex on X, x_1 = argmin Φ, R² = sup Φ − Φ(x_1); here the entropy on the simplex, ρ = 1 in ℓ₁, R² = ln n.

    f convex, Lip-Lipschitz, η = (R/Lip) √(2ρ/t):          f(mean of x_s) − f* ≤ R Lip √(2/(ρt))       (4.2)
    dual averaging, η = (R/Lip) √(ρ/(2t)):                 f(mean of x_s) − f* ≤ 2 R Lip √(2/(ρt))     (4.3)
    f β-smooth, mirror prox with η = ρ/β:                  f(mean of y_{s+1}) − f* ≤ βR²/(ρt)          (4.4, every t)
"""

from dataclasses import replace
from typing import Any

from algorithms.frank_wolfe.gradient import Point, Rule
from algorithms.frank_wolfe.mirror import DualAveraging, Extrapolated, MirrorDescent, MirrorProx
from problems.frank_wolfe.games import bowl, slope, symmetric_game
from ratecheck import Always, Array, Claim, Law, Status, Theorem, Trait, Unit, at_average, each
from theory_checks.frank_wolfe._monograph import bubeck, gap, gap_at, off, starts

T = 64


def tuned(factor: float) -> Rule:
    def rule(p: Any, k: int) -> Array:
        """factor (R/Lip)/√T"""
        return (factor * (p.constants["R2"].value / T) ** 0.5 / p.constants["Lip"].value)[:, None]

    return rule


def smooth(factor: float) -> Rule:
    def rule(p: Any, k: int) -> Array:
        """factor/β"""
        return (factor / p.constants["L"].value)[:, None]

    return rule


def descends(rule: Rule) -> dict[str, Law[Any, Point]]:
    def law(p: Any, s: Point, t: Point) -> Array:
        """x_{k+1} ∝ x_k exp(−η g(x_k)); with a constant step dual averaging is the same recursion"""
        return off(t.x, p.mirror(s.x, rule(p, s.k) * p.apply(s.x))) + abs(t.k - s.k - 1)

    return {"the step": law, "the start": starts}


def extrapolates(rule: Rule) -> dict[str, Law[Any, Extrapolated]]:
    def law(p: Any, s: Extrapolated, t: Extrapolated) -> Array:
        """y from F(x), x_{k+1} from F(y), both mirror steps from x_k"""
        eta = rule(p, s.k)
        return off(s.y, p.mirror(s.x, eta * p.apply(s.x))) + off(t.x, p.mirror(s.x, eta * p.apply(s.y))) + abs(t.k - s.k - 1)

    return {"the step": law, "the start": starts}


CLAIM = Claim[Any, Point](
    source=bubeck("Theorem 4.2", "bub.4.2"),
    assumes=frozenset({Trait.CONVEX, Trait.LIPSCHITZ, Trait.COMPACT}),
    instances={"symmetric game": symmetric_game, "slope": slope},
    algorithm=MirrorDescent(tuned(2**0.5)),
    laws=descends(tuned(2**0.5)),
    metric=at_average(gap_at, lambda s: s.x),
    unit=Unit(f=1),
    bound=lambda k, c: c["Lip"] * (2 * c["R2"] / (k + 1)) ** 0.5,
    holds=Always(),
    k=range(T - 1, T),
    rounding=lambda k, c: 1e-15 * c["Lip"] + 0 * k,
    seeds=8,
)
AVERAGING = replace(
    CLAIM,
    source=bubeck("Theorem 4.3", "bub.4.3"),
    algorithm=DualAveraging(tuned(0.5**0.5)),
    laws=descends(tuned(0.5**0.5)),
    bound=lambda k, c: 2 * c["Lip"] * (2 * c["R2"] / (k + 1)) ** 0.5,
)
PROX = Claim[Any, Extrapolated](
    source=bubeck("Theorem 4.4", "bub.4.4"),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT}),
    instances={"bowl": bowl, "slope": slope},
    algorithm=MirrorProx(smooth(1.0)),
    laws=extrapolates(smooth(1.0)),
    metric=at_average(gap_at, lambda s: s.y),
    unit=Unit(f=1),
    bound=lambda k, c: c["L"] * c["R2"] / (k + 1),
    holds=Always(),
    k=range(60),
    rounding=lambda k, c: 1e-15 * c["L"] + 0 * k,
    seeds=8,
)

THEOREM = Theorem(
    claims={"4.2": (CLAIM, Status.CONSISTENT), "4.3": (AVERAGING, Status.CONSISTENT), "4.4": (PROX, Status.CONSISTENT)},
    foils={
        "step × 30, the last point": (
            replace(CLAIM, algorithm=MirrorDescent(tuned(30.0)), laws={}, metric=each(gap), instances={"symmetric game": symmetric_game}),
            Status.REFUTED,
        ),
        "step × 0.01": (replace(CLAIM, algorithm=MirrorDescent(tuned(0.01)), laws={}), Status.REFUTED),
        "step × ½": (replace(CLAIM, algorithm=MirrorDescent(tuned(0.5**0.5))), Status.UNLAWFUL),
        "mirror prox with step 0.1/β": (replace(PROX, algorithm=MirrorProx(smooth(0.1)), laws={}), Status.REFUTED),
        "mirror prox with step 0.1/β, with laws": (replace(PROX, algorithm=MirrorProx(smooth(0.1))), Status.UNLAWFUL),
        "a fifth": (replace(CLAIM, bound=lambda k, c: CLAIM.bound(k, c) / 5), Status.REFUTED),
        "a tenth of 4.3": (replace(AVERAGING, bound=lambda k, c: AVERAGING.bound(k, c) / 10), Status.REFUTED),
        "O(t⁻²)": (replace(PROX, bound=lambda k, c: PROX.bound(k, c) / (k + 1)), Status.REFUTED),
        "Lip²": (replace(CLAIM, bound=lambda k, c: c["Lip"] * CLAIM.bound(k, c)), Status.ILL_POSED),
    },
)
