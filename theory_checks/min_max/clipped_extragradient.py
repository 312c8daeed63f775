"""Sadiev et al. 2023 (arXiv 2302.00999), clipped extragradient on monotone games: the step identity, the order in K, the constants.

F monotone, L-Lipschitz, E|ξ|^α ≤ σ^α near z*. Each step z̃ = z − γ F̃_1, z' = z − γ F̃_2 satisfies, whatever F̃_1, F̃_2 are, for every u
    2γ⟨F̃_2, z̃ − u⟩ = |z − u|² − |z' − u|² + γ²|F̃_2 − F̃_1|² − γ²|F̃_1|²      (the identity the proof sums; derived).
Theorem (order verified, constants as recalled): with A = ln(6(K+1)/β), R = |z_0 − z*|,
    γ ≤ min( 1/(160 L A), 20^{(2−α)/α} R/(10800^{1/α}(K+1)^{1/α} σ A^{(α−1)/α}) ),  λ = R/(20γA):
    with probability 1 − β    Gap_R(mean of z̃^k) ≤ 9R²/(2γ(K+1)),    that is O(R²L/K + σR K^{−(α−1)/α}) up to logarithms.
With these constants the iterates hardly move and the bound is empty below K of order 10⁶; the order is tested with
γ = min(1/(4L), R/(σK^{1/α})), λ = R/γ, on rows with K from 100 to 800 (quantile 0.95 over 400 replicas, an upper order). Skew F: Gap_R(z) = R L|z|.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.clipped_descent import ClippedExtragradient, Iterate, never
from problems.min_max.heavy_tails import HeavyGame, game
from ratecheck import (
    Array,
    Claim,
    Constants,
    Equal,
    Quantile,
    Scaling,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
    each_step,
)
from theory_checks.min_max._clipped import clipped_step, confidence, hears, quantile, scheduled
from theory_checks.min_max._common import Deceived

SOURCE = Source("sadiev2023", "clipped extragradient, monotone, constants as recalled", "clip.seg.mono", Statement.RECALLED)
HORIZONS = (100, 200, 400, 800)
skew = partial(game, mu=0.0, skew=1.0)


def averaged_gap(p: HeavyGame, states: Iterator[Iterate]) -> Iterator[Array]:
    """(B, n): R L |mean of z̃_0..z̃_k|, frozen at the row's horizon."""
    horizon = p.constants["K"].value
    sum_ = 0 * p.x0
    for s in states:
        xp = array_namespace(s.z)
        inside = xp.astype(horizon > s.k, s.z.dtype)
        sum_ = sum_ + inside[:, None, None] * s.half
        mean = sum_ / xp.minimum(horizon, 0 * horizon + s.k + 1)[:, None, None]
        yield p.skew * xp.sqrt(xp.sum(mean**2, axis=-1))


def one_replica(p: HeavyGame, states: Iterator[Iterate]) -> Iterator[Array]:
    for gap in averaged_gap(p, states):
        yield gap[:, 0]


def upper_quantile(p: HeavyGame, states: Iterator[Iterate]) -> Iterator[Array]:
    for gap in averaged_gap(p, states):
        yield quantile(gap, 0.95)


def pairing(p: HeavyGame, s: Iterate, t: Iterate) -> Array:
    """2γ⟨F̃_2, z̃ − z_0⟩ of replica 0 (u = z_0), plus 4R² to stay positive"""
    u = p.x0
    return 4 + 2 * s.gamma * array_namespace(u).sum((s.second * (s.half - u))[:, 0, :], axis=-1)


def telescoped(p: HeavyGame, s: Iterate, t: Iterate) -> Array:
    u = p.x0
    xp = array_namespace(u)
    gain = s.gamma[:, None, None] ** 2 * ((s.second - s.first) ** 2 - s.first**2)
    return 4 + xp.sum(((s.z - u) ** 2 - (t.z - u) ** 2 + gain)[:, 0, :], axis=-1)


def small_step(c: Constants) -> Array:
    xp = array_namespace(c["K"])
    A, a = confidence(c), c["alpha"]
    noisy = 20 ** ((2 - a) / a) * c["R"] / (10800 ** (1 / a) * (c["K"] + 1) ** (1 / a) * c["sigma"] * A ** ((a - 1) / a))
    return xp.minimum(1 / (160 * c["L"] * A), noisy)


def small_level(c: Constants, k: int) -> Array:
    return c["R"] / (20 * small_step(c) * confidence(c))


def practical_step(c: Constants) -> Array:
    return array_namespace(c["K"]).minimum(1 / (4 * c["L"]), c["R"] / (c["sigma"] * c["K"] ** (1 / c["alpha"])))


def practical_level(c: Constants, k: int) -> Array:
    return c["R"] / practical_step(c)


def stated(p: HeavyGame, s: Iterate, t: Iterate) -> Array:
    """γ = min(1/(160 L A), 20^{(2−α)/α} R/((10800 (K + 1))^{1/α} σ A^{(α−1)/α})), λ = R/(20γA)"""
    c = {name: v.value for name, v in p.constants.items()}
    xp = array_namespace(s.z)
    a, A = c["alpha"], xp.log(6 * (c["K"] + 1) / 0.05)
    root = (20 ** (2 - a) / (10800 * (c["K"] + 1) * A ** (a - 1))) ** (1 / a)
    gamma = xp.minimum(1 / (160 * c["L"] * A), root * c["R"] / c["sigma"])
    return xp.abs(s.gamma / gamma - 1) + xp.abs(20 * s.level * gamma * A / c["R"] - 1)


PRACTICAL = ClippedExtragradient(practical_step, practical_level)
IDENTITY = Claim[HeavyGame, Iterate](
    source=replace(SOURCE, place="the identity summed in the proof", statement=Statement.DERIVED),
    assumes=frozenset({Trait.MONOTONE}),
    instances={"α = 1.5": partial(skew, alpha=1.5)},
    algorithm=PRACTICAL,
    metric=each_step(pairing),
    unit=Unit(),
    bound=lambda k, c: c["telescoped"],
    holds=Equal(within=1e-10),
    k=range(300),
    seen={"telescoped": Seen(each_step(telescoped))},
    laws={"clipped step": clipped_step, "oracle": hears, "schedule": scheduled(practical_step, practical_level)},
    seeds=8,
)
EMPTY = Claim[HeavyGame, Iterate](
    source=SOURCE,
    assumes=IDENTITY.assumes,
    instances={"α = 1.5": partial(skew, alpha=1.5)},
    algorithm=ClippedExtragradient(small_step, small_level),
    metric=one_replica,
    unit=Unit(),
    bound=lambda k, c: 9 * c["R"] ** 2 / (2 * c["gamma"] * (k + 1)),
    holds=Quantile(0.05),
    k=range(298, 300),
    seen={"gamma": Seen(each(lambda p, s: s.gamma))},
    laws={"clipped step": clipped_step, "oracle": hears, "schedule": stated},
    seeds=160,
)
ORDER = replace(
    EMPTY,
    source=replace(SOURCE, place="order in K, practical constants", statement=Statement.VERIFIED),
    instances={f"α = {a}": partial(skew, alpha=a, sigma=1.0, replicas=400, horizons=HORIZONS) for a in (1.4, 2.0)},
    algorithm=PRACTICAL,
    metric=upper_quantile,
    bound=lambda k, c: c["R"] * c["sigma"] * (c["K"] / confidence(c)) ** (1 / c["alpha"] - 1) + c["L"] * c["R"] ** 2 / c["K"],
    holds=Scaling(of=lambda c: c["K"], within=0.15, one_sided=True),
    k=range(HORIZONS[-1] - 1, HORIZONS[-1]),
    seen={},
    laws=IDENTITY.laws,
    seeds=4,
)
ONE = {"α = 2.0": ORDER.instances["α = 2.0"]}


ANY_SCHEDULE = {"clipped step": clipped_step, "oracle": hears}


def short(c: Constants) -> Array:
    return 1 / (c["L"] * c["K"])


THEOREM = Theorem(
    claims={
        "step identity": (IDENTITY, Status.CONSISTENT),
        "order in K": (ORDER, Status.CONSISTENT),
        "constants of the theorem": (EMPTY, Status.VACUOUS),
    },
    foils={
        "step identity without the half step": (
            replace(IDENTITY, metric=each_step(lambda p, s, t: pairing(p, replace(s, half=s.z), t))),
            Status.REFUTED,
        ),
        "step 1/(LK)": (replace(ORDER, algorithm=ClippedExtragradient(short, never), instances=ONE, laws={}), Status.REFUTED),
        "noise left out": (
            replace(IDENTITY, algorithm=Deceived(PRACTICAL, lambda p: replace(p, scale=0 * p.scale))),
            Status.UNLAWFUL,
        ),
        "clipped low, watched": (
            replace(IDENTITY, algorithm=ClippedExtragradient(practical_step, lambda c, k: 0.05 + 0 * c["K"])),
            Status.UNLAWFUL,
        ),
        "clipped low": (
            replace(ORDER, algorithm=ClippedExtragradient(practical_step, lambda c, k: 0.05 + 0 * c["K"]), instances=ONE, laws=ANY_SCHEDULE),
            Status.REFUTED,
        ),
        "K^{-1}": (replace(ORDER, bound=lambda k, c: c["L"] * c["R"] ** 2 / c["K"], instances=ONE), Status.REFUTED),
        "one millionth": (replace(EMPTY, bound=lambda k, c: 9 * c["R"] ** 2 / (2 * c["gamma"] * (k + 1)) * 1e-6), Status.REFUTED),
    },
)
