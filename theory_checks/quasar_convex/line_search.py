"""Hinder, Sidford, Sohoni 2020, Lemma 4: the cost of one binary line search.

Let f be L-smooth. Given x, v, b ≥ 0, c ≥ 0, ε ≥ 0, not both b and ε zero, Algorithm 2 finds α ∈ [0, 1], y = αx + (1 − α)v, with
c f(y) + α(⟨∇f(y), x − v⟩ − αb‖x − v‖²) ≤ c f(x) + ε after at most

    6 + 3 ⌈log₂⁺((4 + c) min{2L³/b³, L‖x − v‖²/(2ε)})⌉        evaluations of f and of ∇f;

a term of the minimum whose denominator is 0 is dropped. Counted along both accelerated methods.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.quasar_convex.accelerated import AcceleratedStrong, AcceleratedSublinear, Pair
from algorithms.quasar_convex.line_search import Coupling, binary_search
from problems.quasar_convex.homogeneous import Petals, petals
from problems.quasar_convex.powers import SeparablePowers, separable_powers
from ratecheck import Always, Array, Claim, Constants, Draw, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from ratecheck.oracles import Smooth
from theory_checks.quasar_convex import accelerated_strong, accelerated_sublinear
from theory_checks.quasar_convex._common import Minimised, gap, inner, square


def calls(p: Minimised, s: Pair) -> Array:
    """Evaluations of one search, as long as f is above its rounding"""
    xp = array_namespace(s.x)
    return xp.where(gap(p, s) > 1e-14 * p.constants["e0"].value, s.coupling.calls, 0.0)


def counts_its_calls(p: Smooth, s: Pair, t: Pair) -> Array:
    """1 for α = 1, where the slope at x allows it; 3 for α = 0; else 3 + 2j, α an odd multiple of 2^{1−j} times the first α (j ≤ 30)"""
    xp = array_namespace(s.x)
    d, alpha = s.x - s.v, s.coupling.alpha
    D = square(d)
    slope = inner(p.grad(s.x), d)
    stays = slope <= s.eps + s.b * D
    first = 1 - (s.eps + s.b * D) / xp.where(D > 0, p.constants["L"].value * D, 1.0)
    j = (s.coupling.calls - 3) / 2
    halves = xp.where((j >= 1) & (j <= 30), j, 1.0 + 0 * j) - 1
    multiple = alpha / xp.where(stays, 1.0, first) * 2**halves
    odd = xp.abs((multiple - 1) / 2 - xp.round((multiple - 1) / 2)) + xp.abs(j - xp.round(j)) + xp.where(j < 1, 1.0, 0.0)
    search = xp.where(alpha > 0, xp.where(j > 30, 0 * j, odd), xp.abs(j))
    return xp.where(stays, xp.abs(alpha - 1) + xp.abs(s.coupling.calls - 1), search)


def length(argument: Array) -> Array:
    return 6 + 3 * np.ceil(np.log2(np.maximum(argument, 1.0)))


def by_curvature(k: Array, c: Constants) -> Array:
    return length((4 + c["c"]) * 2 * (c["L"] / c["b"]) ** 3)


def by_tolerance(k: Array, c: Constants) -> Array:
    return length((4 + c["c"]) * c["L"] * c["D"] / (2 * c["tol"]))


def patient(p: Smooth, x: Array, v: Array, b: Array, c: Array, eps: Array, L: Array) -> Coupling:
    """A foil: the interval shrinks, but the search starts over 20 times."""
    found = binary_search(p, x, v, b, c, eps, L)
    return replace(found, calls=20 * found.calls)


PETALS: Mapping[str, Draw[Petals]] = {
    "six petals": partial(petals, kappa=1e2),
    "four petals, deep": partial(petals, a=0.9, m=4, pairs=2, kappa=10.0, gamma=1.0),
}
POWERS: Mapping[str, Draw[SeparablePowers]] = {"p = 0.3": separable_powers, "p = 1": partial(separable_powers, p=1.0, eps=0.1)}
STRONG = Claim[Petals, Pair](
    source=Source("hinder2020", "Lemma 4", "qc.agd.linesearch", Statement.VERIFIED),
    assumes=frozenset({Trait.SMOOTH}),
    instances=PETALS,
    algorithm=AcceleratedStrong(),
    metric=each(calls),
    unit=Unit(),
    bound=by_curvature,
    holds=Always(),
    k=range(100),
    seen={"b": Seen(each(lambda p, s: s.b), Unit(1, -2)), "c": Seen(each(lambda p, s: s.c))},
    laws={**accelerated_strong.GAP.laws, "counts its calls": counts_its_calls},
    seeds=4,
)
SUBLINEAR = Claim[SeparablePowers, Pair](
    source=STRONG.source,
    assumes=STRONG.assumes,
    instances=POWERS,
    algorithm=AcceleratedSublinear(),
    metric=each(calls),
    unit=Unit(),
    bound=by_tolerance,
    holds=Always(),
    k=range(1, 150),
    seen={
        "tol": Seen(each(lambda p, s: s.eps), Unit(f=1)),
        "c": Seen(each(lambda p, s: s.c)),
        "D": Seen(each(lambda p, s: square(s.x - s.v)), Unit(x=2)),
    },
    laws={**accelerated_sublinear.GAP.laws, "counts its calls": counts_its_calls},
    seeds=4,
)

THEOREM = Theorem(
    claims={"by curvature": (STRONG, Status.CONSISTENT), "by tolerance": (SUBLINEAR, Status.CONSISTENT)},
    foils={
        "twenty searches": (replace(STRONG, algorithm=AcceleratedStrong(search=patient), laws={}), Status.REFUTED),
        "twenty searches, by law": (replace(STRONG, algorithm=AcceleratedStrong(search=patient)), Status.UNLAWFUL),
        "four evaluations": (replace(STRONG, bound=lambda k, c: 4 + 0 * k * c["b"]), Status.REFUTED),
        "a tenth": (replace(SUBLINEAR, bound=lambda k, c: by_tolerance(k, c) / 10), Status.REFUTED),
        "L/b^3": (replace(STRONG, bound=lambda k, c: length((4 + c["c"]) * 2 * c["L"] / c["b"] ** 3)), Status.ILL_POSED),
    },
)
