"""Sadiev et al. 2023 (arXiv 2302.00999), Lemma on clipping: bias and variance of a clipped vector.

clip(X, λ) = min(1, λ/‖X‖) X, E X = x, E‖X − x‖^α ≤ σ^α, 1 < α ≤ 2, ‖x‖ ≤ λ/2. With Y = clip(X, λ)

    ‖Y − E Y‖ ≤ 2λ,    ‖E Y − x‖ ≤ 2^α σ^α/λ^{α−1},    E‖Y − E Y‖² ≤ 18 λ^{2−α} σ^α.

On finite laws, where both sides are sums; λ_k = 2‖x‖ 1.1^k.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.clipped import Level, RisingLevels, clip
from problems.quasar_convex.heavy_tails import FiniteLaw, scattered, spike
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.quasar_convex._common import on, square

Mapped = Callable[[FiniteLaw, Array], Array]  # the law, levels (B,) -> points (B, N, d)


def clipped(p: FiniteLaw, level: Array) -> Array:
    return clip(p.points, level[:, None, None])


def mean(p: FiniteLaw, y: Array) -> Array:
    return array_namespace(y).sum(p.chances[:, :, None] * y, axis=1)


def bias(shorten: Mapped) -> Callable[[FiniteLaw, Level], Array]:
    return lambda p, s: square(mean(p, shorten(p, s.level)) - p.x0) ** 0.5


def variance(shorten: Mapped) -> Callable[[FiniteLaw, Level], Array]:
    def of(p: FiniteLaw, s: Level) -> Array:
        y = shorten(p, s.level)
        return array_namespace(y).sum(p.chances * square(y - mean(p, y)[:, None, :]), axis=-1)

    return of


def farthest(p: FiniteLaw, s: Level) -> Array:
    y = clipped(p, s.level)
    return array_namespace(y).max(square(y - mean(p, y)[:, None, :]), axis=-1) ** 0.5


def rises(p: FiniteLaw, s: Level, t: Level) -> Array:
    """λ_k = 2‖x‖ 1.1^k"""
    xp = array_namespace(s.level)
    first = 2 * p.constants["mean"].value
    return xp.abs(s.level / (first * 1.1**s.k) - 1) + xp.abs(t.level / s.level - 1.1)


def bias_bound(k: Array, c: Constants) -> Array:
    return 2 ** c["alpha"] * c["sigma"] ** c["alpha"] * c["level"] ** (1 - c["alpha"])


def variance_bound(k: Array, c: Constants) -> Array:
    return 18 * c["level"] ** (2 - c["alpha"]) * c["sigma"] ** c["alpha"]


BIAS = Claim[FiniteLaw, Level](
    source=Source("sadiev2023, authors' poster", "Lemma 1", "clip.bias", Statement.VERIFIED),
    assumes=frozenset({Trait.UNBIASED}),
    instances={
        "spike, alpha 1.1": partial(spike, alpha=1.1, height=10.0),
        "spike, alpha 1.5": spike,
        "spike, alpha 2": partial(spike, alpha=2.0, height=2.0),
    },
    algorithm=RisingLevels(),
    metric=each(bias(clipped)),
    unit=Unit(x=1),
    bound=bias_bound,
    holds=Always(),
    k=range(40),
    seen={"level": Seen(each(lambda p, s: s.level), Unit(x=1))},
    given={"‖x‖ ≤ λ/2": lambda k, c: 2 * c["mean"] / c["level"]},
    laws={"rises": rises},
    rounding=lambda k, c: 1e-15 * c["mean"],
    seeds=4,
)
SCATTERED = replace(BIAS, instances={"scattered": scattered}, holds=Always(power=0.02))  # not a worst case: the spikes are
VARIANCE = replace(
    BIAS,
    instances={**BIAS.instances, "scattered": scattered},
    metric=each(variance(clipped)),
    unit=Unit(x=2),
    bound=variance_bound,
    holds=Always(power=0.01),  # no law is known that comes above a twelfth of the constant 18
    rounding=lambda k, c: 1e-15 * c["mean"] ** 2,
)
RANGE = replace(
    BIAS, instances={"spike": partial(spike, height=50.0), "scattered": scattered}, metric=each(farthest), bound=lambda k, c: 2 * c["level"]
)

THEOREM = Theorem(
    claims={
        "bias": (BIAS, Status.CONSISTENT),
        "bias, scattered": (SCATTERED, Status.CONSISTENT),
        "variance": (VARIANCE, Status.CONSISTENT),
        "range": (RANGE, Status.CONSISTENT),
    },
    foils={
        "a tenth of the bias": (replace(BIAS, bound=lambda k, c: 0.1 * bias_bound(k, c)), Status.REFUTED),
        "a hundredth of the variance": (replace(VARIANCE, bound=lambda k, c: 0.01 * variance_bound(k, c)), Status.REFUTED),
        "an eighth of the range": (replace(RANGE, bound=lambda k, c: c["level"] / 4), Status.REFUTED),
        "the bias falls like 1/level": (replace(BIAS, bound=lambda k, c: 0.1 * c["sigma"] ** 2 / c["level"]), Status.REFUTED),
        "not clipped": (
            replace(VARIANCE, metric=each(variance(lambda p, level: p.points)), bound=lambda k, c: variance_bound(k, c) / 18),
            Status.REFUTED,
        ),
        "level below the mean": (replace(on(BIAS, "spike, alpha 1.5"), algorithm=RisingLevels(first=0.5)), Status.NOT_APPLICABLE),
        "level below the mean, unstated": (
            replace(on(BIAS, "spike, alpha 1.5"), algorithm=RisingLevels(first=0.5), given={}, laws={}),
            Status.REFUTED,
        ),
        "sigma for sigma^alpha": (replace(BIAS, bound=lambda k, c: 2 * c["sigma"] * c["level"] ** (1 - c["alpha"])), Status.ILL_POSED),
    },
)
