"""Hsieh, Antonakopoulos, Cevher, Mertikopoulos 2022 (arXiv 2206.06015, read with appendix F): OG+ and OptDA+ under multiplicative noise.

N players, each gradient L-Lipschitz in norm, variationally stable; E|ξ^i|² ≤ σ_A² + σ_M² ‖V^i‖²; X_{t+1/2} = X_t − γ g_{t−1/2},
X_{t+1} = X_t − η g_{t+1/2}, g_{1/2} = 0, d = dist(X_1, equilibria). OG+ conditions: γ ≤ min(1/(3L√(2N(1 + σ_M²))), 1/(2(4N + 1)L σ_M²)),
η ≤ γ/(2(1 + σ_M²)); OptDA+: γ ≤ min(1/√(3N(1 + σ_M²)), 1/((4N + 1)σ_M²))/(2L), η ≤ γ/(4(1 + σ_M²)). With σ_A = 0, for every T

    Σ_t E‖V(X_{t+1/2})‖² ≤ 2d²/(γη) + 2‖V(X_1)‖²                                (OG+),    (2/γ)(d²/η + γ‖V(X_1)‖²)  (OptDA+)
    regret of i against ‖p − X_1^i‖ ≤ R ≤ R²/(2η) + (2/η)(d² + γη‖V(X_1)‖²)    (OG+),    R²/(2η) + (5/4)(d²/η + γ‖V(X_1)‖²);
with σ_A > 0   E‖X_{T+1} − x*‖² + ½ γη Σ_t E‖V(X_{t+1/2})‖² ≤ d² + γη‖V(X_1)‖² + T (9γ³ηNL² + γ²η(4N + 1)L + η²) N σ_A²    (OG+).

f = L x y, N = 2: all moments are exact, and so is the largest η (derived): the second moments shrink if and only if

    η/γ < 2 (1/(1 + σ_M²) − γ²L²)/(1 + γ²L²),      which is 2/(1 + σ_M²) as γ → 0, and gives γ = η = 1/(√3 L) without noise.

Why: E‖X‖², E⟨X, g⟩, E‖g‖² and E⟨JX, g⟩ (V = L J z) form a closed linear system; its largest eigenvalue, real since the map keeps a cone,
is 1 at that η only. Small steps: E‖X‖² changes by (−2ηγ + η²(1 + σ_M²)) E‖V‖². So the optimistic gradient, η = γ, fails for σ_M ≥ 1.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.separated_steps import Moments, OptimisticDualAveraging, Schedule, constant, quadratic
from algorithms.min_max.stability import Edge, StabilityEdge
from problems.min_max.noisy_bilinear import NoisyBilinear, separated
from ratecheck import Always, Array, AtLeast, Claim, Constants, Equal, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.min_max._common import FORCE2, LENGTH2

N = 2
Bound = Callable[[Array, Constants], Array]


def force2(p: NoisyBilinear, s: Moments) -> Array:
    """E‖V(X_{t+1/2})‖²"""
    second = quadratic(s.played, s.M, s.played)
    return p.L**2 * (second[:, 0, 0] + second[:, 1, 1])


def spread(p: NoisyBilinear, s: Moments) -> Array:
    """E‖X_t‖²"""
    second = quadratic(s.base, s.M, s.base)
    return second[:, 0, 0] + second[:, 1, 1]


def forces(p: NoisyBilinear, states: Iterator[Moments]) -> Iterator[Array]:
    total = 0 * p.L
    for s in states:
        total = total + force2(p, s)
        yield total


def energy(p: NoisyBilinear, states: Iterator[Moments]) -> Iterator[Array]:
    """E‖X_{T+1}‖² + ½ γη Σ_{t ≤ T} E‖V(X_{t+1/2})‖², T = k + 1"""
    weight = p.constants["gamma"].value * p.constants["eta"].value / 2
    total = 0 * p.L
    for s, t in pairwise(states):
        total = total + force2(p, s)
        yield spread(p, t) + weight * total


def regret(p: NoisyBilinear, states: Iterator[Moments]) -> Iterator[Array]:
    """The larger of the two players' expected regrets at the played points, against all p with |p − X_1^i| ≤ R."""
    xp = array_namespace(p.L)
    R = p.constants["R"].value
    paid, slope1, slope2 = 0 * p.L, 0 * p.L, 0 * p.L
    for s in states:
        second = quadratic(s.played, s.M, s.played)
        mean = xp.matmul(s.played, s.M)[:, :, 4]
        paid = paid + p.L * second[:, 0, 1]
        slope1, slope2 = slope1 + p.L * mean[:, 1], slope2 - p.L * mean[:, 0]
        first = paid - p.x0[:, 0] * slope1 + R * xp.abs(slope1)
        yield xp.maximum(first, -paid - p.x0[:, 1] * slope2 + R * xp.abs(slope2))


def moves(p: NoisyBilinear, s: Moments, t: Moments) -> Array:
    """E Y' = E Y + E V(X_{t+1/2}), E‖g'‖² = (1 + σ_M²) E‖V‖² + 2σ_A², E‖Y' − Y‖² the same

    X_t = X_1 − ηY is a difference: what is lost in E‖V‖² is 10⁻¹⁵ L²‖X_1‖², though E‖V‖² goes to 0.
    """
    xp = array_namespace(p.L)
    mean = xp.matmul(s.played, s.M)[:, :, 4]
    step = t.M[:, :2, 4] - s.M[:, :2, 4]
    force = xp.stack([p.L * mean[:, 1], -p.L * mean[:, 0]], axis=-1)
    heard = t.M[:, 2, 2] + t.M[:, 3, 3]
    foretold = (1 + p.sigma_M**2) * force2(p, s) + 2 * p.sigma_A**2
    size = xp.sqrt(foretold) + xp.max(xp.abs(s.M[:, :2, 4]), axis=-1)
    least = 1e-6 * (1 + p.sigma_M**2) * p.L**2 * xp.sum(p.x0 * p.x0, axis=-1)
    return xp.max(xp.abs(step - force), axis=-1) / size + xp.abs(heard - foretold) / xp.maximum(foretold, least)


def plays(p: NoisyBilinear, s: Moments, t: Moments) -> Array:
    """X_t = X_1 − η Y_t, X_{t+1/2} = X_t − γ g_{t−1/2}"""
    xp = array_namespace(p.L)
    gamma, eta = p.constants["gamma"].value[:, None], p.constants["eta"].value[:, None]
    Y, g = s.M[:, :2, 4], s.M[:, 2:4, 4]
    base, played = xp.matmul(s.base, s.M)[:, :, 4], xp.matmul(s.played, s.M)[:, :, 4]
    size = 1 + xp.max(xp.abs(Y), axis=-1) * eta[:, 0]
    return (xp.max(xp.abs(base - p.x0 + eta * Y), axis=-1) + xp.max(xp.abs(played - base + gamma * g), axis=-1)) / size + xp.max(
        xp.abs(s.played[:, :, 2:4] - s.base[:, :, 2:4] + gamma[:, :, None] * xp.eye(2, dtype=Y.dtype)[None, :, :]), axis=(-1, -2)
    ) / gamma[:, 0]


def sum_bound(k: Array, c: Constants) -> Array:
    return 2 * c["d"] ** 2 / (c["gamma"] * c["eta"]) + 2 * (c["L"] * c["d"]) ** 2 + 0 * k


def regret_bound(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (2 * c["eta"]) + 2 / c["eta"] * (c["d"] ** 2 + c["gamma"] * c["eta"] * (c["L"] * c["d"]) ** 2) + 0 * k


def dual_regret_bound(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (2 * c["eta"]) + 5 / 4 * (c["d"] ** 2 / c["eta"] + c["gamma"] * (c["L"] * c["d"]) ** 2) + 0 * k


def energy_bound(k: Array, c: Constants) -> Array:
    g, e, L = c["gamma"], c["eta"], c["L"]
    noise = (9 * g**3 * e * N * L**2 + g**2 * e * (4 * N + 1) * L + e**2) * N * c["sigma_A"] ** 2
    return c["d"] ** 2 + g * e * (L * c["d"]) ** 2 + (k + 1) * noise


def first(c: Constants) -> Array:
    m = 1 + c["sigma_M"] ** 2
    return 3 * c["gamma"] * c["L"] * (2 * N * m) ** 0.5


OG = {
    "γ ≤ 1/(3L√(2N(1 + σ_M²)))": lambda k, c: first(c),
    "γ ≤ 1/(2(4N + 1)Lσ_M²)": lambda k, c: 2 * (4 * N + 1) * c["gamma"] * c["L"] * c["sigma_M"] ** 2,
    "η ≤ γ/(2(1 + σ_M²))": lambda k, c: 2 * (1 + c["sigma_M"] ** 2) * c["eta"] / c["gamma"],
}
DUAL = {
    "γ ≤ 1/(2L√(3N(1 + σ_M²)))": lambda k, c: 2 * c["gamma"] * c["L"] * (3 * N * (1 + c["sigma_M"] ** 2)) ** 0.5,
    "γ ≤ 1/(2(4N + 1)Lσ_M²)": lambda k, c: 2 * (4 * N + 1) * c["gamma"] * c["L"] * c["sigma_M"] ** 2,
    "η ≤ γ/(4(1 + σ_M²))": lambda k, c: 4 * (1 + c["sigma_M"] ** 2) * c["eta"] / c["gamma"],
}
NO_ADDITIVE = {"σ_A = 0": lambda k, c: np.where(c["sigma_A"] > 0, np.inf, 0.0) + 0 * k}
STEPS = OptimisticDualAveraging(constant("gamma"), constant("eta"))
SWAPPED = OptimisticDualAveraging(constant("eta"), constant("gamma"))
PLAIN = OptimisticDualAveraging(constant("gamma"), constant("gamma"))

SUM = Claim[NoisyBilinear, Moments](
    source=Source("hsieh2022", "Theorem 4, appendix 8(b), 10(b)", "ogp.mult.sumV", Statement.VERIFIED),
    assumes=frozenset({Trait.MONOTONE, Trait.UNBIASED}),
    instances={"σ_M² = 1/4": separated, "σ_M² = 1": partial(separated, sigma_M=1.0)},
    algorithm=STEPS,
    metric=forces,
    unit=FORCE2,
    bound=sum_bound,
    holds=Always(),
    k=range(1501),
    given={**OG, **NO_ADDITIVE},
    laws={"moves": moves, "plays": plays},
    seeds=4,
)
REGRET = replace(
    SUM,
    source=replace(SUM.source, place="Theorem 1(b), appendix 9(b)", slug="ogp.mult.const-regret"),
    instances={**SUM.instances, "σ_M² = 1, R = 3": partial(separated, sigma_M=1.0, R=3.0)},
    metric=regret,
    unit=Unit(1, 0),
    bound=regret_bound,
)
DUAL_SUM = replace(
    SUM,
    instances={"σ_M² = 1/4": partial(separated, dual=True), "σ_M² = 1": partial(separated, sigma_M=1.0, dual=True)},
    given={**DUAL, **NO_ADDITIVE},
)
DUAL_REGRET = replace(
    DUAL_SUM,
    source=replace(SUM.source, place="Theorem 2(b), appendix 11(b)", slug="ogp.mult.const-regret"),
    metric=regret,
    unit=Unit(1, 0),
    bound=dual_regret_bound,
)
ENERGY = replace(
    SUM,
    source=replace(SUM.source, place="Proposition 5", slug="ogp.energy"),
    instances={
        "σ_A = 1": partial(separated, sigma_A=1.0),
        "σ_A = 1, short steps": partial(separated, sigma_A=1.0, shorter=10.0),
        "σ_M = 1, σ_A = 0.3": partial(separated, sigma_M=1.0, sigma_A=0.3),
    },
    metric=energy,
    unit=LENGTH2,
    bound=energy_bound,
    given=OG,
    k=range(1001),
)


def tuned(step: Callable[..., Array]) -> OptimisticDualAveraging:
    schedule: Schedule = lambda c, t: step(c)
    return OptimisticDualAveraging(constant("gamma"), schedule)


def largest_eta(k: Array, c: Constants) -> Array:
    h = (c["gamma"] * c["L"]) ** 2
    return 2 * c["gamma"] * (1 / (1 + c["sigma_M"] ** 2) - h) / (1 + h)


EDGE = Claim[NoisyBilinear, Edge](
    source=Source("hsieh2022", "the bilinear game, second moments", "ogp.bilinear.second-moment", Statement.DERIVED),
    assumes=frozenset({Trait.BILINEAR, Trait.UNBIASED}),
    instances={
        "σ_M² = 1/4": separated,
        "σ_M² = 1": partial(separated, sigma_M=1.0),
        "σ_M² = 4": partial(separated, sigma_M=2.0),
        "σ_M² = 0.01": partial(separated, sigma_M=0.1),
    },
    algorithm=StabilityEdge(tuned, lambda c: 0.05 * c["gamma"].value, lambda c: 3 * c["gamma"].value, K=40, halvings=40),
    metric=each(lambda p, s: s.step),
    unit=Unit(-1, 2),
    bound=largest_eta,
    holds=Equal(1e-10),
    k=range(1),
    given=NO_ADDITIVE,
    seeds=1,
)
SMALL = replace(
    EDGE,
    instances={
        "σ_M² = 1/4": partial(separated, shorter=200.0),
        "σ_M² = 1": partial(separated, sigma_M=1.0, shorter=100.0),
        "σ_M² = 4": partial(separated, sigma_M=2.0, shorter=40.0),
    },
    algorithm=StabilityEdge(tuned, lambda c: 0.05 * c["gamma"].value, lambda c: 3 * c["gamma"].value, K=40, halvings=25),
    bound=lambda k, c: 2 / (1 + c["sigma_M"] ** 2) * c["gamma"],
    holds=Equal(1e-4),  # of order γ²L²
)
FAILS = replace(
    SUM,
    source=EDGE.source,
    instances={"σ_M² = 1": partial(separated, sigma_M=1.0), "σ_M² = 4": partial(separated, sigma_M=2.0)},
    algorithm=PLAIN,
    metric=each(spread),
    unit=LENGTH2,
    bound=lambda k, c: 0.9 * c["d"] ** 2 + 0 * k,
    holds=AtLeast(),
    given={},
    laws={"moves": moves},
)


def scaled(bound: Bound, factor: float) -> Bound:
    return lambda k, c: factor * bound(k, c)


THEOREM = Theorem(
    claims={
        "sum of forces": (SUM, Status.CONSISTENT),
        "sum of forces, OptDA+": (DUAL_SUM, Status.CONSISTENT),
        "regret": (REGRET, Status.CONSISTENT),
        "regret, OptDA+": (DUAL_REGRET, Status.CONSISTENT),
        "energy": (ENERGY, Status.CONSISTENT),
        "edge of η": (EDGE, Status.CONSISTENT),
        "edge of η, small steps": (SMALL, Status.CONSISTENT),
        "η = γ fails": (FAILS, Status.CONSISTENT),
    },
    foils={
        "a quarter of the sum": (replace(SUM, bound=scaled(sum_bound, 0.25)), Status.REFUTED),
        "sum, η = 3γ": (replace(SUM, algorithm=tuned(lambda c: 3 * c["gamma"].value), laws={}), Status.REFUTED),
        "sum, steps swapped": (replace(SUM, algorithm=SWAPPED), Status.UNLAWFUL),
        "sum, γ for γη": (replace(SUM, bound=lambda k, c: sum_bound(k, c) * c["eta"]), Status.ILL_POSED),
        "σ_A = 1": (replace(SUM, instances={"σ_A = 1": ENERGY.instances["σ_A = 1"]}), Status.NOT_APPLICABLE),
        "σ_A = 1, unstated": (replace(SUM, instances={"σ_A = 1": ENERGY.instances["σ_A = 1"]}, given=OG), Status.REFUTED),
        "a third of the regret": (replace(REGRET, bound=scaled(regret_bound, 1 / 3)), Status.REFUTED),
        "energy without the noise": (
            replace(ENERGY, bound=lambda k, c: energy_bound(k, {**c, "sigma_A": 0 * c["sigma_A"]})),
            Status.REFUTED,
        ),
        "edge 2/(1 + σ_M²) at every γ": (replace(EDGE, bound=SMALL.bound), Status.REFUTED),
        "edge 2": (replace(EDGE, bound=lambda k, c: 2 * c["gamma"]), Status.REFUTED),
        "edge 2/(1 + σ_M)": (replace(EDGE, bound=lambda k, c: 2 / (1 + c["sigma_M"]) * c["gamma"]), Status.REFUTED),
    },
)
