"""Franceschi, Frasconi, Salzo, Grazzi, Pontil 2018, Theorems 3.1, 3.2 (recalled; explicit versions proved here).

f(λ) = E(w_λ, λ), w_λ the unique lower-level minimiser, λ in a compact Λ; f_T(λ) = E(w_{T,λ}, λ) after T gradient steps from w_0.
(3.1)  If E and w_λ are continuous, f has a minimum on Λ. What can be run is the continuity: |f(λ) − f(λ')| ≤ L_E ‖w_λ − w_λ'‖.
(3.2)  If w_{T,λ} → w_λ uniformly and E is Lipschitz, inf f_T → inf f and minimisers accumulate at minimisers.
Explicit: g μ-strongly convex, γ ≤ 1/L:  |inf f_T − inf f| ≤ L_E (1 − γμ)^T max_λ ‖w_0 − w_λ‖.
Without uniqueness it fails: Λ = [−1, 1], g = (w_1 − λw_2)², E = |λ| + (w_2 − 1)². Gradient descent from 0 stays at 0, inf f_T = 1 for
every T, while inf f = 0 (w = (0, 1), λ = 0).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

from array_api_compat import array_namespace

from algorithms.bilevel.iterated import Family, IteratedLevel, OnGrid
from problems.bilevel import compact
from problems.bilevel.compact import Interval
from ratecheck import Always, Array, Claim, Constants, Equal, Noise, Seen, Source, Statement, Status, Theorem, Trait, Unit, Vanishes, each
from theory_checks.bilevel._common import STEP

LENGTH = Unit(0, 1)


def lowest(p: OnGrid, s: Family) -> Array:
    """inf f_T on the grid"""
    return array_namespace(s.w).min(p.upper(s.w), axis=-1)


def gap(p: Interval, s: Family) -> Array:
    xp = array_namespace(s.w)
    return xp.abs(lowest(p, s) - xp.min(p.upper(p.w_star), axis=-1))


def astray(p: Interval, s: Family) -> Array:
    """f(argmin f_T) − min f: minimisers of f_T become minimisers of f"""
    xp = array_namespace(s.w)
    f = p.upper(p.w_star)
    chosen = xp.argmin(p.upper(s.w), axis=-1)
    picked = xp.astype(xp.arange(f.shape[-1])[None, :] == chosen[:, None], f.dtype)
    return xp.sum(picked * f, axis=-1) - xp.min(f, axis=-1)


def modulus(p: Interval, s: Family) -> Array:
    """max |f(λ) − f(λ')|/|λ − λ'| over grid points s.k + 1 apart"""
    xp = array_namespace(s.w)
    f, j = p.upper(p.w_star), s.k + 1
    return xp.max(xp.abs(f[:, j:] - f[:, :-j]), axis=-1) / (p.grid[j] - p.grid[0])


def descends(p: OnGrid, s: Family, t: Family) -> Array:
    """w_{T+1} = w_T − γ∇_w g at every λ"""
    xp = array_namespace(s.w)
    residual = t.w - s.w + s.gamma * p.lower_y(s.w)
    size = xp.max(xp.abs(t.w), axis=(-1, -2))
    return xp.max(xp.abs(residual), axis=(-1, -2)) / xp.where(size > 0, size, 1.0)


def bound(k: Array, c: Constants) -> Array:
    return (1 - c["gamma"] * c["mu"]) ** k * c["far"]


class SkipsSteps(IteratedLevel):
    """A wrong twin: every second iterate."""

    def iterates(self, problem: OnGrid, noise: Noise, /) -> Iterator[Family]:
        for k, s in enumerate(islice(super().iterates(problem, noise), 0, None, 2)):
            yield replace(s, k=k)


GAP = Claim[Interval, Family](
    source=Source("franceschi2018", "explicit rate", "franceschi.inf-gap", Statement.DERIVED),
    assumes=frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.COMPACT, Trait.LIPSCHITZ}),
    instances={"5 weights": compact.interval, "one weight": partial(compact.interval, m=1)},
    algorithm=IteratedLevel(0.9),
    laws={"descends": descends},
    seen={"gamma": Seen(each(lambda p, s: s.gamma[:, 0, 0]), STEP)},
    given={"γ ≤ 1/L": lambda k, c: c["gamma"] * c["L"]},
    metric=each(gap),
    unit=LENGTH,
    bound=bound,
    holds=Always(),
    k=range(120),
    rounding=lambda k, c: 1e-14 * c["far"],
)
CONVERGENCE = replace(
    GAP,
    source=Source("franceschi2018", "Theorem 3.2", "franceschi.convergence", Statement.RECALLED),
    metric=each(gap),
    bound=lambda k, c: c["far"],
    holds=Vanishes(1e-9),
    rounding=lambda k, c: 0 * k,
    k=range(400, 401),
)
MINIMISERS = replace(CONVERGENCE, metric=each(astray), holds=Vanishes(1e-12))
CONTINUOUS = replace(
    GAP,
    source=Source("franceschi2018", "Theorem 3.1, the continuity in its proof", "franceschi.existence", Statement.RECALLED),
    seen={},
    given={},
    metric=each(modulus),
    bound=lambda k, c: c["slope"] + 0 * k,
    k=range(20),
)
COUNTER = Claim[OnGrid, Family](
    source=Source("franceschi2018", "counter-example", "franceschi.counterexample", Statement.DERIVED),
    assumes=frozenset({Trait.COMPACT}),
    instances={"(w1 − λw2)²": compact.degenerate},
    algorithm=IteratedLevel(0.9),
    laws={"descends": descends},
    metric=each(lowest),
    unit=Unit(),
    bound=lambda k, c: 1 + 0 * k,
    holds=Equal(1e-15),
    k=range(200),
    seeds=1,
)

THEOREM = Theorem(
    claims={
        "gap of the infima": (GAP, Status.CONSISTENT),
        "infima converge": (CONVERGENCE, Status.CONSISTENT),
        "minimisers converge": (MINIMISERS, Status.CONSISTENT),
        "continuity": (CONTINUOUS, Status.CONSISTENT),
        "counter-example": (COUNTER, Status.CONSISTENT),
    },
    foils={
        "twice the rate": (replace(GAP, bound=lambda k, c: bound(2 * k, c)), Status.REFUTED),
        "μ for γμ": (replace(GAP, bound=lambda k, c: (1 - c["mu"]) ** k * c["far"]), Status.ILL_POSED),
        "a third of the slope": (replace(CONTINUOUS, bound=lambda k, c: c["slope"] / 3 + 0 * k), Status.REFUTED),
        "converges without uniqueness": (replace(COUNTER, bound=lambda k, c: 0 * k, k=range(100, 101)), Status.REFUTED),
        "γ = 2.1/L": (replace(GAP, algorithm=IteratedLevel(2.1)), Status.NOT_APPLICABLE),
        "γ = 2.1/L, unstated": (replace(CONVERGENCE, given={}, algorithm=IteratedLevel(2.1)), Status.REFUTED),
        "every second iterate": (replace(GAP, algorithm=SkipsSteps(0.9)), Status.UNLAWFUL),
    },
)
