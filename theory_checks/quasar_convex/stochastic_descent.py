"""Gower, Sebbouh, Loizou 2021 (orders; constants derived): SGD for quasar-convex, strongly quasar-convex and PL functions.

Let f be L-smooth, E g(x) = ∇f(x), E‖g(x) − g(x*) − ∇f(x)‖² ≤ 2ρ (f(x) − f*) (expected residual), σ² = E‖g(x*)‖², step s. Then

  quasar    s < ζ/(2ρ + L):       (1/k) Σ_{t<k} E f(x_t) − f*  ≤  R²/(2 s k (ζ − s(2ρ + L))) + s σ²/(ζ − s(2ρ + L));
  strong    s ≤ ζ/(2ρ + L):       E‖x_k − x*‖²  ≤  (1 − sζμ)^k R² + 2 s σ²/(ζμ);
  PL        s ≤ μ/(L(μ + 2ρ)):    E f(x_k) − f*  ≤  (1 − sμ)^k (f(x_0) − f*) + L s σ²/μ     (‖∇f‖² ≥ 2μ (f − f*)).

Why: E‖g‖² ≤ 4ρ e + ‖∇f‖² + 2σ² and ‖∇f‖² ≤ 2 L e. The PL claim is also run with the exact expectation, on a ridge sum.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.stochastic import SGD, Iterate, NoisyDescent, NoisyPoint, perturbed
from problems.quasar_convex.finite_sums import Ridge, ridge
from problems.quasar_convex.homogeneous import Petals, petals
from ratecheck import (
    Always,
    Array,
    Claim,
    Constants,
    Draw,
    InExpectation,
    Moment,
    SecondMoment,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
    mean,
)
from theory_checks.quasar_convex._common import Misinformed, distance2, drawn_as_stated, gap, has_its_weights, on, relative


def moves_along_the_sample(p: Petals, s: NoisyPoint, t: NoisyPoint) -> Array:
    """x_{k+1} = x_k − s (ξ ∇f(x_k) + ε), ξ and ε as stated"""
    return relative(t.x - s.x + s.step[..., None] * perturbed(p, s.x, s.d), s.x, t.x) + drawn_as_stated(p, s.d)


def descent(share: float) -> NoisyDescent:
    """The step share · γ/(2ρ + L)."""
    return NoisyDescent(step=lambda c, k: share * c["gamma"].value / (2 * c["rho"].value + c["L"].value))


def slow(share: float) -> NoisyDescent:
    """The step share · μ/(L(μ + 2ρ)), μ the PL constant."""
    return NoisyDescent(step=lambda c, k: share * c["pl"].value / (c["L"].value * (c["pl"].value + 2 * c["rho"].value)))


def quasar(k: Array, c: Constants) -> Array:
    """The mean over t < K is the reading at k = K − 1."""
    margin = c["gamma"] - c["s"] * (2 * c["rho"] + c["L"])
    return c["R"] ** 2 / (2 * c["s"] * (k + 1) * margin) + c["s"] * c["sigma2"] / margin


def strong(k: Array, c: Constants) -> Array:
    return (1 - c["s"] * c["gamma"] * c["mu"]) ** k * c["R"] ** 2 + 2 * c["s"] * c["sigma2"] / (c["gamma"] * c["mu"])


def lojasiewicz(k: Array, c: Constants) -> Array:
    return (1 - c["s"] * c["pl"]) ** k * c["e0"] + c["L"] * c["s"] * c["sigma2"] / c["pl"]


def exact_lojasiewicz(k: Array, c: Constants) -> Array:
    return (1 - c["s"] * c["mu"]) ** k * c["e0"] + c["L"] * c["s"] * c["sigma"] / c["mu"]


def expected_gap(p: Ridge, s: Moment[Iterate]) -> Array:
    """½ tr(H E d dᵀ), d = x − x*"""
    xp = array_namespace(s.M)
    n = p.x_star.shape[-1]
    H = xp.matmul(xp.matrix_transpose(p.A), p.A) / p.size + p.ridge[:, None, None] * xp.eye(n, dtype=s.M.dtype)[None, :, :]
    return 0.5 * xp.sum(xp.reshape(H * s.M[:, :n, :n], (H.shape[0], -1)), axis=-1)


def source(slug: str) -> Source:
    return Source("gower2021", "orders there, constants in section 2 of the theory sheet", slug, Statement.DERIVED)


S = {"s": Seen[Petals, NoisyPoint](each(lambda p, s: s.step), Unit(-1, 2))}
two = partial(petals, pairs=1, m=2, gamma=1.0)
INSTANCES: Mapping[str, Draw[Petals]] = {
    "additive": partial(petals, pairs=2, kappa=10.0, sigma=0.1),
    "multiplicative": partial(petals, pairs=2, kappa=10.0, xi=4.0),
    "both, gamma 1": partial(two, sigma=0.3, xi=2.0),
}
QUASAR = Claim[Petals, NoisyPoint](
    source=source("qc.sgd.quasar"),
    assumes=frozenset({Trait.SMOOTH, Trait.QUASAR_CONVEX}),
    instances={"additive": partial(two, sigma=0.5), "multiplicative": partial(two, xi=4.0), "both": partial(two, sigma=0.3, xi=2.0)},
    algorithm=descent(0.5),
    metric=mean(gap),
    unit=Unit(f=1),
    bound=quasar,
    holds=InExpectation(),
    k=range(200),
    seen=S,
    given={"s < ζ/(2ρ + L)": lambda k, c: c["s"] * (2 * c["rho"] + c["L"]) / c["gamma"]},
    laws={"moves along the sample": moves_along_the_sample},
    seeds=128,
)
STRONG = replace(
    QUASAR, source=source("qc.sgd.strong"), instances=INSTANCES, algorithm=descent(1.0), metric=each(distance2), unit=Unit(x=2),
    bound=strong, k=range(1, 201),
)
PL = replace(
    QUASAR,
    source=source("qc.sgd.pl"),
    instances=INSTANCES,
    assumes=frozenset({Trait.SMOOTH, Trait.POLYAK_LOJASIEWICZ}),
    algorithm=slow(1.0),
    metric=each(gap),
    bound=lojasiewicz,
    k=range(1, 201),
    given={"s ≤ μ/(L(μ + 2ρ))": lambda k, c: c["s"] * c["L"] * (c["pl"] + 2 * c["rho"]) / c["pl"]},
)
EXACT = Claim[Ridge, Moment[Iterate]](
    source=source("qc.sgd.pl"),
    assumes=frozenset({Trait.SMOOTH, Trait.POLYAK_LOJASIEWICZ, Trait.FINITE_SUM}),
    instances={"ridge": ridge, "noisy": partial(ridge, noise=1.0)},
    algorithm=SecondMoment[Ridge, Iterate](SGD(step=lambda c, k: c["mu"].value / (c["L"].value * (c["mu"].value + 2 * c["rho"].value)))),
    metric=each(expected_gap),
    unit=Unit(f=1),
    bound=exact_lojasiewicz,
    holds=Always(),
    k=range(1, 401),
    seen={"s": Seen(each(lambda p, s: s.first.step), Unit(-1, 2))},
    given={"s ≤ μ/(L(μ + 2ρ))": lambda k, c: c["s"] * c["L"] * (c["mu"] + 2 * c["rho"]) / c["mu"]},
    seeds=4,
)


def quieter(p: Petals) -> Petals:
    """A quarter of σ²"""
    sigma2 = p.constants["sigma2"]
    return replace(p, constants={**p.constants, "sigma2": replace(sigma2, value=sigma2.value / 4)})


ADDITIVE = on(STRONG, "additive")
REFERENCE = SecondMoment[Ridge, Iterate](SGD(step=lambda c, k: 2.5 / c["L_max"].value))

THEOREM = Theorem(
    claims={
        "quasar, mean gap": (QUASAR, Status.CONSISTENT),
        "quasar, mean gap: equal weights": (has_its_weights(QUASAR, gap, lambda p, s: s.step), Status.CONSISTENT),
        "strong, distance": (STRONG, Status.CONSISTENT),
        "PL, gap": (PL, Status.CONSISTENT),
        "PL, exact expectation": (EXACT, Status.CONSISTENT),
    },
    foils={
        "mean gap: growing weights": (
            has_its_weights(replace(on(QUASAR, "additive"), metric=mean(gap, lambda k: k + 1.0)), gap, lambda p, s: s.step), Status.REFUTED
        ),
        "step three times as long": (replace(ADDITIVE, algorithm=descent(3.0)), Status.NOT_APPLICABLE),
        "half the noise": (
            replace(ADDITIVE, algorithm=Misinformed(descent(1.0), quieter)), Status.UNLAWFUL
        ),
        "step 15 times as long, unstated": (
            replace(STRONG, instances={"six": partial(petals, pairs=1, gamma=1.0)}, algorithm=descent(15.0), given={}), Status.REFUTED
        ),
        "step 2.5/L_max, unstated": (
            replace(EXACT, instances={"long row": partial(ridge, stretch=6.0)}, algorithm=REFERENCE, given={}), Status.REFUTED
        ),
        "no noise term": (replace(on(STRONG, "both, gamma 1"), bound=lambda k, c: strong(k, {**c, "sigma2": 0.0})), Status.REFUTED),
        "noise term a tenth, mean gap": (replace(on(QUASAR, "additive"), bound=lambda k, c: quasar(k, c) / 10), Status.REFUTED),
        "PL with 6 mu": (replace(EXACT, bound=lambda k, c: exact_lojasiewicz(k, {**c, "mu": 6 * c["mu"]})), Status.REFUTED),
        "sigma for sigma^2": (replace(PL, bound=lambda k, c: lojasiewicz(k, {**c, "sigma2": c["sigma2"] ** 0.5})), Status.ILL_POSED),
    },
)
