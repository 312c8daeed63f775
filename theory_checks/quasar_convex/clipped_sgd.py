"""Sadiev et al. 2023 (arXiv 2302.00999), clipped SGD with high probability: light tails, orders in K; forms verified, factors not.

E‖g − ∇f‖^α ≤ σ^α, 1 < α ≤ 2, x_{k+1} = x_k − γ clip(g_k, λ_k), A = ln(4(K + 1)/δ), γ of order min{1/(LA), ln B_K/(μ(K + 1))},
λ_k of order e^{−γμ(1 + k/2)} R/(γA) (√(Δ/L) for R under PL). With probability 1 − δ, up to powers of ln(K/δ),

    quasi-strongly convex:   ‖x_K − x*‖² = O(K^{−2(α−1)/α}),        μ-PL:   f(x_K) − f* = O(K^{−2(α−1)/α}).

Tails: at a fixed step the quantile at 1 − β is at most 2 ln(1/β)/ln 2 times the median (for a plane Gaussian it is ln(1/β)/ln 2, so
d ≥ 2: on a line a Gaussian has more than twice as much), λ being at most 5 times the scale s of the noise, or nothing is clipped;
without clipping it grows like a power of 1/β. Only orders are claimed: the numerical factors of the theorem were not read, and with
those recalled the bound would say nothing before K ≈ 10⁶. Rows have K = 50, 100, 200, 400; quantiles are over replicas of a run.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from math import log

import numpy as np
from array_api_compat import array_namespace

from algorithms.quasar_convex.clipped import ClippedSGD, Replicas, Rule, clip
from problems.quasar_convex.heavy_tails import HORIZONS, HeavySum, heavy_sum
from ratecheck import Always, Array, Certified, Claim, Constants, Measure, Scaling, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.quasar_convex._common import Misinformed, on

ALPHA, DELTA, BETA, K = 1.5, 0.05, 0.004, 200


def quantile(values: Array, at: float) -> Array:
    """(B, M) -> (B,)"""
    xp = array_namespace(values)
    return xp.sort(values, axis=-1)[:, int(at * values.shape[1])]


def r2(p: HeavySum, s: Replicas) -> Array:
    return array_namespace(s.x).sum(s.x * s.x, axis=-1)


def gap(p: HeavySum, s: Replicas) -> Array:
    return p.heights(s.x)


def at_horizon(m: Callable[[HeavySum, Replicas], Array]) -> Measure[HeavySum, Replicas]:
    """The quantile at 1 − δ of m at the row's own horizon, kept from there on; 0 before."""

    def measure(p: HeavySum, states: Iterator[Replicas]) -> Iterator[Array]:
        horizon = p.constants["K"].value
        xp = array_namespace(horizon)
        kept = 0 * horizon
        for s in states:
            if s.k in HORIZONS:
                kept = kept + quantile(m(p, s), 1 - DELTA) * xp.astype(horizon == s.k, horizon.dtype)
            yield kept

    return measure


def tail_over_median(p: HeavySum, s: Replicas) -> Array:
    d = r2(p, s)
    return quantile(d, 1 - BETA) / quantile(d, 0.5)


def confidence(c: Mapping[str, Certified]) -> Array:
    horizon = c["K"].value
    return array_namespace(horizon).log(4 * (horizon + 1) / DELTA)


def step(c: Mapping[str, Certified], k: int) -> Array:
    horizon = c["K"].value
    xp = array_namespace(horizon)
    long = 2 * (ALPHA - 1) / ALPHA * xp.log(horizon + 1) / (c["mu"].value * (horizon + 1))
    return xp.minimum(1 / (c["L"].value * confidence(c)), long)


def level(c: Mapping[str, Certified], k: int) -> Array:
    gamma = step(c, k)
    return array_namespace(gamma).exp(-gamma * c["mu"].value * (1 + k / 2)) * c["R"].value / (gamma * confidence(c))


def always(value: float) -> Rule:
    return lambda c, k: value + 0 * c["K"].value


def clipped_step(step_: Rule, level_: Rule) -> Callable[[HeavySum, Replicas, Replicas], Array]:
    def law(p: HeavySum, s: Replicas, t: Replicas) -> Array:
        """x_{k+1} = x_k − γ clip(g_k, λ_k), γ and λ_k computed again, g_k = ∇f(x_k) + s e (1 − u)^{−1/tail}"""
        xp = array_namespace(s.x)
        gamma, lam = step_(p.constants, s.k)[:, None, None], level_(p.constants, s.k)[:, None, None]
        miss = xp.max(xp.abs(t.x - s.x + gamma * clip(s.g, lam)), axis=(1, 2))
        noise = p.constants["noise"].value[:, None, None] * s.e / (1 - s.u) ** (1 / p.tail)
        wrong = xp.abs(s.g - p.grad(s.x) - noise) / (xp.abs(s.g) + xp.abs(noise))
        return miss / xp.max(xp.abs(xp.concat([s.x, t.x], axis=1)), axis=(1, 2)) + xp.max(wrong, axis=(1, 2))

    return law


FIXED, WIDE = always(0.02), always(5.0)
TAILS = Claim[HeavySum, Replicas](
    source=Source("sadiev2023, authors' poster", "Theorem 1 and experiments; shape", "clip.tails", Statement.RECALLED),
    assumes=frozenset({Trait.UNBIASED}),
    instances={"tail 1.6": heavy_sum, "tail 1.3": partial(heavy_sum, tail=1.3)},
    algorithm=ClippedSGD(FIXED, WIDE, replicas=1000),
    metric=each(tail_over_median),
    unit=Unit(),
    bound=lambda k, c: 2 * log(1 / BETA) / log(2) + 0 * k,
    holds=Always(),
    k=range(K, K + 1),
    given={
        "λ ≤ 5 s": lambda k, c: 1 / c["noise"] + 0 * k,
        "d ≥ 2": lambda k, c: 2 / c["d"] + 0 * k,
    },
    laws={"clipped step": clipped_step(FIXED, WIDE)},
    seeds=2,
)


def order(k: Array, c: Constants) -> Array:
    """K^{−2(α−1)/α} ln²(4K/δ)"""
    return c["K"] ** (-2 * (ALPHA - 1) / ALPHA) * np.log(4 * c["K"] / DELTA) ** 2 + 0 * k


STRONG = Claim[HeavySum, Replicas](
    source=Source("sadiev2023, authors' poster", "Theorem 2, case 4; order", "clip.qsc", Statement.VERIFIED),
    assumes=frozenset({Trait.POLYAK_LOJASIEWICZ, Trait.UNBIASED}),
    instances={"quadratic": heavy_sum},
    algorithm=ClippedSGD(step, level),
    metric=at_horizon(r2),
    unit=Unit(),
    bound=order,
    holds=Scaling(of=lambda c: c["K"], within=0.15, one_sided=True),
    k=range(HORIZONS[-1], HORIZONS[-1] + 1),
    laws={"clipped step": clipped_step(step, level)},
    seeds=8,
)
PL = replace(
    STRONG,
    source=Source("sadiev2023, authors' poster", "Theorem 2, case 2; order", "clip.pl", Statement.VERIFIED),
    instances={"not convex": partial(heavy_sum, wave=1.2)},
    metric=at_horizon(gap),
)


def lighter(p: HeavySum) -> HeavySum:
    return replace(p, tail=2 * p.tail)


NEVER = always(1e30)

THEOREM = Theorem(
    claims={"light tails": (TAILS, Status.CONSISTENT), "quasi-strongly convex": (STRONG, Status.CONSISTENT), "PL": (PL, Status.CONSISTENT)},
    foils={
        "not clipped": (replace(TAILS, algorithm=ClippedSGD(FIXED, NEVER, replicas=1000), laws={}), Status.REFUTED),
        "not clipped, by law": (replace(on(TAILS, "tail 1.6"), algorithm=ClippedSGD(FIXED, NEVER, replicas=50)), Status.UNLAWFUL),
        "gradients with lighter tails": (
            replace(on(TAILS, "tail 1.6"), algorithm=Misinformed(ClippedSGD(FIXED, WIDE, replicas=50), lighter)), Status.UNLAWFUL
        ),
        "tails of a constant": (replace(TAILS, bound=lambda k, c: 3 + 0 * k), Status.REFUTED),
        "a step without the horizon": (replace(STRONG, algorithm=ClippedSGD(always(0.05), WIDE), laws={}), Status.REFUTED),
        "a step without the horizon, PL": (replace(PL, algorithm=ClippedSGD(always(0.05), WIDE), laws={}), Status.REFUTED),
        "K^-2": (replace(STRONG, bound=lambda k, c: c["K"] ** -2.0 + 0 * k), Status.REFUTED),
        "K^-2, PL": (replace(PL, bound=lambda k, c: c["K"] ** -2.0 + 0 * k), Status.REFUTED),
        "level far too small": (replace(STRONG, algorithm=ClippedSGD(step, always(1e-3)), laws={}), Status.REFUTED),
    },
)
