"""Sadiev et al. 2023 (arXiv 2302.00999), high probability for clipped descent ascent: light tails and orders in K; shapes verified.

F μ-strongly monotone and star-cocoercive, E|ξ|^α ≤ σ^α, γ of order ln K/(μK), λ_k = R e^{−γμk/2}/(γA), A = ln(6(K+1)/β):
with probability 1 − β    |z_K − z*|² = O( (σ²/μ²) K^{−2(α−1)/α} ) up to powers of ln(K/β).
Tails: the quantile at 1 − β is at most 2 ln(1/β)/ln 2 times the median (for a plane Gaussian it is ln(1/β)/ln 2), while without
clipping it grows like a power of 1/β. Orders: rows have K from 50 to 800, the metric is the quantile 0.95 over 256 replicas of
the last iterate; the order is an upper one. The constants of the theorem were not read.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from math import log

from array_api_compat import array_namespace

from algorithms.min_max.clipped_descent import ClippedDescentAscent, Iterate, never
from problems.min_max.heavy_tails import HeavyGame, game
from ratecheck import Always, Array, Claim, Constants, Law, Measure, Scaling, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.min_max._clipped import clipped_step, distance2, hears, log_over_horizon, quantile, shrinking_level

BETA = 0.001
K = 200
HORIZONS = (50, 100, 200, 400, 800)


def tail_over_median(p: HeavyGame, s: Iterate) -> Array:
    d = distance2(s)
    return quantile(d, 1 - BETA) / quantile(d, 0.5)


def at_horizon(m: Callable[[Iterate], Array]) -> Measure[HeavyGame, Iterate]:
    """m at the row's own horizon K, kept from there on; 0 before."""

    def measure(p: HeavyGame, states: Iterator[Iterate]) -> Iterator[Array]:
        horizon = p.constants["K"].value
        xp = array_namespace(horizon)
        kept = 0 * horizon
        for s in states:
            if any(s.k == h for h in HORIZONS):
                kept = kept + m(s) * xp.astype(xp.abs(horizon - s.k) < 0.5, horizon.dtype)
            yield kept

    return measure


def scheduled(p: HeavyGame, s: Iterate, t: Iterate) -> Array:
    """γ K = ln K, γ A λ_k = R e^{−γk/2}, A = ln(6(K + 1)/0.05), μ = 1"""
    c = {name: v.value for name, v in p.constants.items()}
    xp = array_namespace(s.z)
    gamma, A = xp.log(c["K"]) / c["K"], xp.log(6 * (c["K"] + 1) / 0.05)
    return xp.abs(s.gamma / gamma - 1) + xp.abs(s.level * gamma * A / (c["R"] * xp.exp(-gamma * s.k / 2)) - 1)


def light(k: Array, c: Constants) -> Array:
    return 2 * log(1 / BETA) / log(2) + 0 * k


LAWS: Mapping[str, Law[HeavyGame, Iterate]] = {"clipped step": clipped_step, "oracle": hears, "schedule": scheduled}
ANY_SCHEDULE = {"clipped step": clipped_step, "oracle": hears}

TAILS = Claim[HeavyGame, Iterate](
    source=Source("sadiev2023", "quantiles of the last iterate", "clip.tails", Statement.DERIVED),
    assumes=frozenset({Trait.MONOTONE}),
    instances={f"α = {a}": partial(game, alpha=a, replicas=3000, horizons=(K,)) for a in (1.2, 1.5)},
    algorithm=ClippedDescentAscent(log_over_horizon, shrinking_level),
    metric=each(tail_over_median),
    unit=Unit(),
    bound=light,
    holds=Always(),
    k=range(K, K + 1),
    laws=LAWS,
    seeds=1,
)
ORDER = Claim[HeavyGame, Iterate](
    source=Source("sadiev2023", "Theorems 2, 3: strongly monotone, in K", "clip.complexity", Statement.VERIFIED),
    assumes=frozenset({Trait.MONOTONE}),
    instances={f"α = {a}": partial(game, alpha=a, replicas=256, horizons=HORIZONS) for a in (1.2, 1.5, 2.0)},
    algorithm=ClippedDescentAscent(log_over_horizon, shrinking_level),
    metric=at_horizon(lambda s: quantile(distance2(s), 0.95)),
    unit=Unit(),
    bound=lambda k, c: c["sigma"] ** 2 * c["K"] ** (-2 * (c["alpha"] - 1) / c["alpha"]),
    holds=Scaling(of=lambda c: c["K"], within=0.1, one_sided=True),
    k=range(HORIZONS[-1], HORIZONS[-1] + 1),
    laws=LAWS,
    seeds=5,
)
HEAVY = {"α = 1.2": TAILS.instances["α = 1.2"]}
GAUSS = {"α = 2": ORDER.instances["α = 2.0"]}

THEOREM = Theorem(
    claims={"light tails": (TAILS, Status.CONSISTENT), "order in K": (ORDER, Status.CONSISTENT)},
    foils={
        "no clipping": (
            replace(TAILS, algorithm=ClippedDescentAscent(log_over_horizon, never), instances=HEAVY, laws=ANY_SCHEDULE),
            Status.REFUTED,
        ),
        "no clipping, watched": (replace(TAILS, algorithm=ClippedDescentAscent(log_over_horizon, never), instances=HEAVY), Status.UNLAWFUL),
        "a quarter": (replace(TAILS, bound=lambda k, c: light(k, c) / 4, instances=HEAVY), Status.REFUTED),
        "constant low level": (
            replace(ORDER, algorithm=ClippedDescentAscent(log_over_horizon, lambda c, k: 0.1 + 0 * c["K"]), instances=GAUSS, laws=ANY_SCHEDULE),
            Status.REFUTED,
        ),
        "constant step": (
            replace(ORDER, algorithm=ClippedDescentAscent(lambda c: 0.05 + 0 * c["K"], never), instances=GAUSS, laws=ANY_SCHEDULE),
            Status.REFUTED,
        ),
        "K^{-2}": (replace(ORDER, bound=lambda k, c: c["K"] ** -2.0, instances=GAUSS), Status.REFUTED),
    },
)
