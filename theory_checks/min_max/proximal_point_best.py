"""Gorbunov, Taylor, Horváth, Gidel 2023 (arXiv 2210.13831, poster), Theorem 4 (4), and its tight form (derived).

⟨F(x), x − x*⟩ ≥ −ρ ‖F(x)‖² for a zero x*, g > 2ρ, x_N = x_{N−1} − g F(x_N), R = ‖x_0 − x*‖. For every N ≥ 1

    (1/N) Σ_{k=1..N} ‖x_k − x_{k−1}‖²  ≤  R² / ((1 − 2ρ/g) N),
    min_{1 ≤ k ≤ N} ‖x_k − x_{k−1}‖²   ≤  R² / ((1 − ρ/g)² + (N − 1)(1 − 2ρ/g)).

Why: ‖x_{k−1} − x*‖² ≥ ‖x_k − x*‖² + (1 − 2ρ/g) ‖x_k − x_{k−1}‖²; the last step alone obeys ‖x_{N−1} − x*‖ ≥ (1 − ρ/g) ‖x_N − x_{N−1}‖.
A spiral with N steps of the same length meets the second bound; multiples of plane rotations meet the first, less ‖x_N − x*‖² for R².
"""

from dataclasses import replace
from fractions import Fraction
from functools import partial

from algorithms.min_max.proximal_point import ProximalPoint, State
from problems.min_max.linear_operators import nonnormal, normal
from problems.min_max.star_operators import Spiral, spiral
from ratecheck import Always, Array, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, best, each, mean
from ratecheck.performance import Form, Operators, WorstCase
from theory_checks.min_max._common import LENGTH2, STEP, ResolventGame, distance2, is_proximal, relative, residual2

MEAN = Source("gorbunov2023", "Theorem 4, (4)", "nc.pp.best", Statement.VERIFIED)
TIGHT = Source("gorbunov2023", "Theorem 4, (4), sharpened", "nc.pp.best-tight", Statement.DERIVED)


def step2(p: ResolventGame, s: State) -> Array:
    """‖x_k − x_{k−1}‖² = g² ‖F(x_k)‖², k ≥ 1"""
    return s.g**2 * residual2(p, s)


def mean_bound(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / ((1 - 2 * c["rho"] / c["g"]) * k)


def bound(k: Array, c: Constants) -> Array:
    ratio = c["rho"] / c["g"]
    return c["R"] ** 2 / ((1 - ratio) ** 2 + (k - 1) * (1 - 2 * ratio))


def shortest_so_far(p: Spiral, s: State) -> Array:
    """‖x_{k+1} − x_k‖², read through the resolvent"""
    return distance2(replace(p, x_star=p.resolvent(s.x, s.g)), s)


def resolves(p: Spiral, s: State, t: State) -> Array:
    return relative(p.resolvent(s.x, s.g), t.x, s.x)


AVERAGE = Claim[ResolventGame, State](
    source=MEAN,
    assumes=frozenset({Trait.NEGATIVE_COMONOTONE}),
    instances={
        "plane": partial(normal, pairs=1, rho_L=0.4),
        "normal": partial(normal, rho_L=0.4),
        "non-normal": partial(nonnormal, pairs=1, rho_L=0.4),
    },
    algorithm=ProximalPoint(lambda c: 2.5 * c["rho"].value),
    metric=mean(step2, weight=lambda k: float(k > 0)),
    unit=LENGTH2,
    bound=mean_bound,
    holds=Always(),
    k=range(1, 101),
    seen={"g": Seen(each(lambda p, s: s.g), STEP)},
    given={"2ρ < g": lambda k, c: 2 * c["rho"] / c["g"]},
    laws={"is proximal": is_proximal},
)
ATTAINED = replace(
    AVERAGE,
    source=replace(MEAN, place="Theorem 4, (4), on a rotation", statement=Statement.DERIVED),
    instances={"plane": AVERAGE.instances["plane"]},
    bound=lambda k, c: mean_bound(k, c) * (1 - c["left"] / c["R"] ** 2),
    holds=Equal(1e-9),
    seen={"g": AVERAGE.seen["g"], "left": Seen(each(distance2), LENGTH2)},
)
BEST = replace(AVERAGE, source=TIGHT, metric=best(step2, start=1), bound=bound)


def attained(N: int, rho: float) -> Claim[Spiral, State]:
    return Claim[Spiral, State](
        source=TIGHT,
        assumes=frozenset({Trait.WEAK_MINTY}),
        instances={"spiral": partial(spiral, N=N, rho=rho, g_over_rho=1 / rho if rho else 3.0)},
        algorithm=ProximalPoint(lambda c: c["g"].value),
        metric=best(shortest_so_far),
        unit=LENGTH2,
        bound=lambda k, c: bound(k + 1, c),
        holds=Equal(1e-8),
        k=range(N - 1, N),
        laws={"resolves": resolves},
        seeds=2,
    )


THEOREM = Theorem(
    claims={
        "mean of the steps": (AVERAGE, Status.CONSISTENT),
        "mean of the steps, attained": (ATTAINED, Status.CONSISTENT),
        "shortest step": (BEST, Status.CONSISTENT),
        **{
            f"attained, N = {N}, ρ = {rho}": (attained(N, rho), Status.CONSISTENT)
            for N, rho in ((2, 0.4), (2, 0.1), (5, 0.4), (10, 0.0), (60, 0.4))
        },
    },
    foils={
        "growing weights": (replace(ATTAINED, metric=mean(step2, weight=lambda k: float(k))), Status.REFUTED),
        "half the mean": (replace(AVERAGE, bound=lambda k, c: 0.5 * mean_bound(k, c)), Status.REFUTED),
        "no ρ": (replace(attained(5, 0.4), bound=lambda k, c: c["R"] ** 2 / (k + 1), holds=Always()), Status.REFUTED),
        "one per cent less": (replace(attained(10, 0.0), bound=lambda k, c: 0.99 * bound(k + 1, c), holds=Always()), Status.REFUTED),
        "2ρ/g for ρ/g": (replace(BEST, bound=lambda k, c: c["R"] ** 2 / ((1 - 2 * c["rho"] / c["g"]) ** 2 + k - 1)), Status.REFUTED),
        "R for R²": (replace(BEST, bound=lambda k, c: bound(k, c) / c["R"]), Status.ILL_POSED),
        "g = 1.9ρ": (replace(AVERAGE, algorithm=ProximalPoint(lambda c: 1.9 * c["rho"].value)), Status.NOT_APPLICABLE),
        "under-relaxed": (replace(AVERAGE, algorithm=ProximalPoint(lambda c: 2.5 * c["rho"].value, 0.8)), Status.UNLAWFUL),
        "over-relaxed, no law": (replace(AVERAGE, algorithm=ProximalPoint(lambda c: 2.5 * c["rho"].value, 1.5), laws={}), Status.REFUTED),
    },
    worst={
        "mean of the steps": WorstCase(
            {"f": Operators(rho="rho", minty=True)},
            {"L": 1.0, "R": 1.0, "rho": 0.4},
            lambda t: sum((t.force2(s.x) for s in t.states[1:]), Form()) * Fraction(1, t.k),
        ),
        "shortest step": WorstCase(
            {"f": Operators(rho="rho", minty=True)}, {"L": 1.0, "R": 1.0, "rho": 0.4}, lambda t: [t.force2(s.x) for s in t.states[1:]]
        ),
    },
)
