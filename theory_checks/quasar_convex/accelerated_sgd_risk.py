"""Li et al. 2024 (arXiv 2311.14222), abstract: accelerated SGD has less bias in small eigen-directions, and more variance.

Gaussian least squares, H = diag λ, excess risk ½ Σ λ_i E x_i² of the last iterate (x* = 0), the same δ in SGD and in accelerated SGD.

  bias      σ = 0. Started along an eigenvector of a small eigenvalue, accelerated SGD has the smaller risk after K steps;
            along one of a large eigenvalue, the larger risk.
  variance  started at x* with σ > 0, the risk of accelerated SGD is at no k smaller than that of SGD.

Shown, not proved, on the spectra named here: power laws i^−p and random spectra. Both risks are exact (moments without sampling).
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.accelerated_sgd import AcceleratedMoments, Moments
from problems.quasar_convex.gaussian_regression import GaussianRegression, power_law, random_spectra
from ratecheck import Always, Array, AtLeast, Claim, Lockstep, Measure, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.quasar_convex._common import on, relative

Two = tuple[Moments, Moments]
NAMED = partial(power_law, d=30, decay=2.0, R=10.0, sigma=0.0, cut=5)  # which direction counts as small depends on the whole spectrum


def risk(which: int) -> Measure[GaussianRegression, Two]:
    def of(p: GaussianRegression, s: Two) -> Array:
        """½ Σ λ_i E x_i²"""
        return 0.5 * array_namespace(p.spectrum).sum(p.spectrum * s[which].xx, axis=-1)

    return each(of)


def sgd_moments(p: GaussianRegression, s: Two, t: Two) -> Array:
    """E x_i² of SGD: (1 − 2δλ_i + 2δ²λ_i²) E x_i² + δ² λ_i (Σ λ_j E x_j² + σ²)"""
    xp = array_namespace(p.spectrum)
    lam, xx = p.spectrum, s[1].xx
    delta = p.constants["delta"].value[:, None]
    new = (1 - 2 * delta * lam + 2 * delta**2 * lam**2) * xx
    new = new + delta**2 * lam * (xp.sum(lam * xx, axis=-1) + p.sigma2)[:, None]
    return relative(t[1].xx - new, s[1].xx, t[1].xx)


def accelerated_moments(p: GaussianRegression, s: Two, t: Two) -> Array:
    """δ² (E v_i²)⁺ − 2δγ (E x_i v_i)⁺ + γ² (E x_i²)⁺ = E (δ v_i − γ x_i)²⁺: the noise leaves this combination alone"""
    delta, gamma, beta = (p.constants[name].value[:, None] for name in ("delta", "gamma", "beta"))
    old, new = s[0], t[0]
    # δ v⁺ − γ x⁺ = (δβ − γ) y + δ (1 − β) v,  y = (x + β v)/(1 + β)
    x = (delta * beta - gamma) / (1 + beta)
    v = x * beta + delta * (1 - beta)
    was = x**2 * old.xx + 2 * x * v * old.xv + v**2 * old.vv
    now = gamma**2 * new.xx - 2 * delta * gamma * new.xv + delta**2 * new.vv
    return relative(now - was, gamma**2 * new.xx, delta**2 * new.vv, gamma**2 * old.xx)


def accelerated_kick(p: GaussianRegression, s: Two, t: Two) -> Array:
    """(E x_i²)⁺ = (1 − 2δλ_i + 2δ²λ_i²) E y_i² + δ² λ_i (Σ λ_j E y_j² + σ²)"""
    xp = array_namespace(p.spectrum)
    lam, old = p.spectrum, s[0]
    delta, beta = (p.constants[name].value[:, None] for name in ("delta", "beta"))
    yy = (old.xx + 2 * beta * old.xv + beta**2 * old.vv) / (1 + beta) ** 2
    new = (1 - 2 * delta * lam + 2 * delta**2 * lam**2) * yy + delta**2 * lam * (xp.sum(lam * yy, axis=-1) + p.sigma2)[:, None]
    return relative(t[0].xx - new, t[0].xx, yy)


LARGE = Claim[GaussianRegression, Two](
    source=Source("li2024 v1", "abstract (i)", "asgd.bias", Statement.VERIFIED),
    assumes=frozenset({Trait.UNBIASED}),
    instances={
        "first of i^-2": partial(NAMED, coordinate=0),
        "first, d = 60": partial(NAMED, d=60, coordinate=0, R=1.0),
    },
    algorithm=Lockstep(AcceleratedMoments(), AcceleratedMoments(plain=True)),
    metric=risk(0),
    unit=Unit(f=1),
    bound=lambda k, c: c["sgd"],
    holds=AtLeast(),
    k=range(500, 501),
    seen={"sgd": Seen(risk(1), Unit(f=1))},
    laws={"SGD": sgd_moments, "accelerated, without kick": accelerated_moments, "accelerated, kick": accelerated_kick},
    seeds=1,
)
SMALL = replace(
    LARGE,
    instances={
        "tenth of i^-2": partial(NAMED, coordinate=9),
        "thirtieth of i^-1.5": partial(NAMED, coordinate=29, decay=1.5, R=1.0),
    },
    holds=Always(power=0.01),  # how much less bias is not said: the ratio is small on purpose
)
VARIANCE = replace(
    LARGE,
    source=Source("li2024 v1", "abstract (ii)", "asgd.variance", Statement.VERIFIED),
    instances={"random spectra": random_spectra, "i^-2": partial(power_law, R=0.0), "i^-1": partial(power_law, R=0.0, decay=1.0)},
    k=range(20, 501),
    seeds=16,
)

THEOREM = Theorem(
    claims={
        "more bias in the first direction": (LARGE, Status.CONSISTENT),
        "less bias in a small direction": (SMALL, Status.CONSISTENT),
        "more variance": (VARIANCE, Status.CONSISTENT),
    },
    foils={
        "less bias in the first direction": (replace(LARGE, holds=Always()), Status.REFUTED),
        "more bias in a small direction": (replace(SMALL, holds=AtLeast()), Status.REFUTED),
        "less variance": (replace(VARIANCE, holds=Always()), Status.REFUTED),
        "twice the variance": (replace(VARIANCE, bound=lambda k, c: 2 * c["sgd"]), Status.REFUTED),
        "gamma halved": (
            replace(on(VARIANCE, "i^-2"), algorithm=Lockstep(AcceleratedMoments(stretch=0.5), AcceleratedMoments(plain=True)), seeds=1),
            Status.UNLAWFUL,
        ),
        "SGD with another fourth moment": (
            replace(on(VARIANCE, "i^-2"), algorithm=Lockstep(AcceleratedMoments(), AcceleratedMoments(plain=True, fourth=0.0)), seeds=1),
            Status.UNLAWFUL,
        ),
        "the risk squared": (replace(LARGE, bound=lambda k, c: c["sgd"] ** 2), Status.ILL_POSED),
    },
)
