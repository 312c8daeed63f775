"""Sadiev et al. 2023 (arXiv 2302.00999), Lemma 1: bias and variance of a clipped vector, on laws with finitely many values.

X̃ = min(1, λ/|X|) X, EX = x, E|X − x|^α ≤ σ^α, α ∈ (1, 2]. Then |X̃ − EX̃| ≤ 2λ, and if |x| ≤ λ/2
    |EX̃ − x| ≤ 2^α σ^α/λ^{α−1},        E|X̃ − EX̃|² ≤ 18 λ^{2−α} σ^α.
The second constant is far from attained; derived, and met with equality by one rare outlier at −λ as its probability vanishes:
    E|X̃ − EX̃|² ≤ (3λ/2)^{2−α} σ^α   (clipping is a projection: |X̃ − x| ≤ min(|X − x|, 3λ/2)).
All expectations are finite sums: nothing is sampled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from array_api_compat import array_namespace

from problems.min_max.heavy_tails import SLOPE, DiscreteLaw, outlier, scattered
from ratecheck import Always, Array, Claim, Constants, Direct, Draw, Equal, Source, Statement, Status, Theorem, Unit, each

SOURCE = Source("sadiev2023", "Lemma 1", "clip.moments", Statement.VERIFIED)


@dataclass(frozen=True, eq=False)
class Clipped:
    values: Array  # (B, J, d)
    mean: Array  # (B, d)


def norm(v: Array) -> Array:
    xp = array_namespace(v)
    return xp.sqrt(xp.sum(v * v, axis=-1))


def radial(p: DiscreteLaw) -> Clipped:
    xp = array_namespace(p.values)
    r = norm(p.values)
    values = p.values * xp.minimum(xp.ones_like(r), p.level[:, None] / xp.maximum(r, xp.full_like(r, 1e-300)))[:, :, None]
    return Clipped(values, xp.sum(p.weights[:, :, None] * values, axis=1))


def normalised(p: DiscreteLaw) -> Clipped:
    """Wrong: what is short is stretched to the level as well."""
    r = norm(p.values)
    values = p.values * (p.level[:, None] / r)[:, :, None]
    return Clipped(values, array_namespace(r).sum(p.weights[:, :, None] * values, axis=1))


def unclipped(p: DiscreteLaw) -> Clipped:
    return Clipped(p.values, p.mean)


def bias(p: DiscreteLaw, s: Clipped) -> Array:
    return norm(s.mean - p.mean)


def variance(p: DiscreteLaw, s: Clipped) -> Array:
    return array_namespace(s.mean).sum(p.weights * norm(s.values - s.mean[:, None, :]) ** 2, axis=-1)


def reach(p: DiscreteLaw, s: Clipped) -> Array:
    return array_namespace(s.mean).max(norm(s.values - s.mean[:, None, :]), axis=-1)


def bias_bound(k: Array, c: Constants) -> Array:
    return 2 ** c["alpha"] * c["sigma"] ** c["alpha"] / c["level"] ** (c["alpha"] - 1) + 0 * k


def variance_bound(factor: float, k: Array, c: Constants) -> Array:
    return factor * c["level"] ** (2 - c["alpha"]) * c["sigma"] ** c["alpha"] + 0 * k


def sharp_variance(k: Array, c: Constants) -> Array:
    return (1.5 * c["level"]) ** (2 - c["alpha"]) * c["sigma"] ** c["alpha"] + 0 * k


LAWS: Mapping[str, Draw[DiscreteLaw]] = {
    "α = 1.1, far outlier": partial(outlier, alpha=1.1, far=12.0),
    "α = 1.5": partial(outlier, alpha=1.5, far=2.0),
    "α = 2": partial(outlier, alpha=2.0, far=1.5),
}
REVERSED: Mapping[str, Draw[DiscreteLaw]] = {f"α = {a}, outlier at −λ": partial(outlier, alpha=a, far=-1.0) for a in (1.1, 1.5, 2.0)}
BIAS = Claim[DiscreteLaw, Clipped](
    source=SOURCE,
    assumes=frozenset(),
    instances=LAWS,
    algorithm=Direct(radial),
    metric=each(bias),
    unit=SLOPE,
    bound=bias_bound,
    holds=Always(),
    k=range(1),
    given={"|x| ≤ λ/2": lambda k, c: 2 * c["mean"] / c["level"] * (1 - 1e-12)},
)
VARIANCE = replace(
    BIAS,
    instances={**REVERSED, "scattered": scattered},
    metric=each(variance),
    unit=Unit(2, -2),
    bound=sharp_variance,
    sharp={"α = 1.5, outlier at −λ": Equal(within=1e-2), "α = 2.0, outlier at −λ": Equal(within=1e-4)},
)
PRINTED = replace(VARIANCE, bound=partial(variance_bound, 18.0), sharp={})
REACH = replace(BIAS, instances=REVERSED, metric=each(reach), bound=lambda k, c: 2 * c["level"] + 0 * k)

THEOREM = Theorem(
    claims={
        "bias": (BIAS, Status.CONSISTENT),
        "variance, sharp constant": (VARIANCE, Status.CONSISTENT),
        "variance, constant 18": (PRINTED, Status.VACUOUS),
        "reach": (REACH, Status.CONSISTENT),
    },
    foils={
        "no clipping": (
            replace(VARIANCE, algorithm=Direct(unclipped), instances={"far": partial(outlier, far=20.0)}, sharp={}),
            Status.REFUTED,
        ),
        "normalised": (replace(BIAS, algorithm=Direct(normalised)), Status.REFUTED),
        "mean outside λ/2": (
            replace(
                BIAS,
                instances={"no outlier": partial(outlier, far=0.5, rare=0.1)},
                given={"|x| ≤ λ/8": lambda k, c: 8 * c["mean"] / c["level"]},
            ),
            Status.NOT_APPLICABLE,
        ),
        "constant ¼ for 2^α": (replace(BIAS, bound=lambda k, c: bias_bound(k, c) / 2 ** c["alpha"] / 4), Status.REFUTED),
        "variance with λ for 3λ/2": (replace(VARIANCE, bound=partial(variance_bound, 0.9), sharp={}), Status.REFUTED),
        "power α": (replace(BIAS, bound=lambda k, c: 2 * c["sigma"] ** c["alpha"] / c["level"] ** c["alpha"]), Status.ILL_POSED),
    },
)
