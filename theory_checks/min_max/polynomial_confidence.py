"""Sadiev et al. 2023 (arXiv 2302.00999; the order read on the authors' poster, Theorem 1; instance derived): SGD pays √(1/δ).

For every δ there is a strongly convex smooth problem with noise of variance σ² such that SGD with ANY constant step γ needs
N = Ω(σ/(μ√(δε))) steps for P(|x_N − x*|² ≥ ε) < δ. Here f = μx²/2, x_0 > √ε, the last noise ±σ/√(2δ) with probability δ each:

    P(|x_N|² > ε) ≥ δ   for every γ and every N < ln(x_0/√ε)/(−ln(1 − γ_c μ)),   γ_c = √(2δε)/σ;

for γ = γ_c/1.5 the probability drops to 0 after a number of steps that grows like δ^{−1/2}. Why: x_N = (1 − γμ)^N x_0 ∓ γσ/√(2δ); with
γ ≥ γ_c the upper atom is outside, with γ < γ_c the middle is while N is so small.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.last_step_noise import LastStepNoise, Law
from problems.min_max.rare_noise import RareNoise, stepped
from ratecheck import Array, AtLeast, Claim, Constants, Scaling, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.min_max._common import relative


def failure(p: RareNoise, s: Law) -> Array:
    """P(|x_N| > √ε), N = k + 1"""
    xp = array_namespace(s.atoms)
    out = xp.astype(xp.abs(s.atoms) > p.radius[:, None] * (1 + 1e-12), s.weights.dtype)
    return xp.sum(out * s.weights, axis=-1)


def needed(p: RareNoise, states: Iterator[Law]) -> Iterator[Array]:
    """The number of steps so far after which P(|x_N| > √ε) ≥ δ, and 1"""
    steps = 1 + 0 * p.delta
    for s in states:
        xp = array_namespace(s.x)
        steps = steps + xp.astype(failure(p, s) >= p.delta, s.x.dtype)
        yield steps


def smallest(c: Constants) -> Array:
    critical = np.sqrt(2 * c["delta"]) * c["radius"] / c["sigma"]
    return np.log(c["R"] / c["radius"]) / -np.log1p(-np.minimum(critical * c["mu"], 0.999))


def bound(k: Array, c: Constants) -> Array:
    return np.where(k + 1 < smallest(c), c["delta"], 0.0)


def contracts(p: RareNoise, s: Law, t: Law) -> Array:
    """x⁺ = (1 − γμ) x, atoms x ± γ σ/√(2δ)"""
    step = p.constants["g"].value
    kick = (step * p.jump)[:, None]
    return (
        relative((1 - step * p.mu)[:, None] * s.x, t.x) + relative(t.x + kick, t.atoms[:, 2:]) + relative(t.x - kick, t.atoms[:, :1], t.x)
    )


def weighs(p: RareNoise, s: Law, t: Law) -> Array:
    """Noise up and down with probability δ each"""
    xp = array_namespace(s.x)
    return (xp.abs(s.weights[:, 0] - p.delta) + xp.abs(s.weights[:, 2] - p.delta)) / p.delta + xp.abs(xp.sum(s.weights, axis=-1) - 1)


ALL = Claim[RareNoise, Law](
    source=Source("sadiev2023", "Theorem 1, on an instance", "sgd.poly-delta", Statement.DERIVED),
    assumes=frozenset({Trait.STRONGLY_CONVEX, Trait.UNBIASED}),
    instances={"δ = 0.01": stepped, "δ = 0.001": partial(stepped, delta=0.001)},
    algorithm=LastStepNoise(),
    metric=each(failure),
    unit=Unit(),
    bound=bound,
    holds=AtLeast(),
    k=range(1200),
    laws={"contracts": contracts, "weights": weighs},
    seeds=64,
)
ORDER = replace(
    ALL,
    source=replace(ALL.source, place="Theorem 1, the order in δ", statement=Statement.VERIFIED),
    instances={"δ from 0.1 to 5·10⁻⁵": partial(stepped, ladder=True)},
    metric=needed,
    bound=lambda k, c: c["sigma"] / (c["mu"] * c["radius"] * np.sqrt(c["delta"])),
    holds=Scaling(of=lambda c: c["delta"], within=0.06),
    k=range(6000, 6001),
    seeds=12,
)
THEOREM = Theorem(
    claims={"every step fails early": (ALL, Status.CONSISTENT), "the order": (ORDER, Status.CONSISTENT)},
    foils={
        "three times as long": (replace(ALL, bound=lambda k, c: np.where(k + 1 < 3 * smallest(c), c["delta"], 0.0)), Status.REFUTED),
        "probability 3δ": (replace(ALL, bound=lambda k, c: 3 * bound(k, c)), Status.REFUTED),
        "ln(1/δ)": (replace(ORDER, bound=lambda k, c: np.log(1 / c["delta"]) * c["sigma"] / (c["mu"] * c["radius"])), Status.REFUTED),
        "1/δ": (replace(ORDER, bound=lambda k, c: c["sigma"] / (c["mu"] * c["radius"] * c["delta"])), Status.REFUTED),
        "1/ε for 1/√ε": (replace(ALL, bound=lambda k, c: bound(k, {**c, "radius": c["radius"] ** 2})), Status.ILL_POSED),
        "steps too long by 2": (replace(ALL, algorithm=LastStepNoise(2.0)), Status.UNLAWFUL),
    },
)
