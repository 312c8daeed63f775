"""Xu, Shen, Chi, Ma 2023 (ScaledGD(λ)): what one step can do (derived, δ = 0).

X_{t+1} = X_t − η(X_tX_tᵀ − M*)X_t(X_tᵀX_t + λI)⁻¹.
  stability   the mode of s contracts by |1 − 2ηs/(s+λ)|, so M* is stable if and only if η < 1 + λ/s_1;
  overshoot   ‖X_{t+1}‖ ≤ ‖X_t‖ + η s_1/(2√λ), because x/(x² + λ) ≤ 1/(2√λ): the error is not monotone;
  null law    k > r from a large start: 2ηt/λ · ‖X_tX_tᵀ − M*‖ → √(k − r): sublinear, unlike PrecGD;
  Newton      n = k = r = 1, η = 1/2, λ = 0: x⁺ − √m = (x − √m)²/(2x), Heron's iteration.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.matrix_sensing.oracles import constant
from algorithms.matrix_sensing.scaled import Scaled, ScaledDescent, current_error, fixed, fraction_of_s_r
from problems.matrix_sensing.ladders import conditioned
from problems.matrix_sensing.near import all_modes, scalar, stepped
from problems.matrix_sensing.sensing import Sensing
from ratecheck import Always, Array, Claim, Constants, Equal, Seen, Source, Status, Theorem, Threshold, Trait, Unit, each, each_step
from theory_checks.matrix_sensing._common import FREE_STEP, LAM, derived, descends_scaled, error, spectral

SYMMETRIC = frozenset({Trait.SYMMETRIC, Trait.LOW_RANK})
LAWS = {"scaled descent": descends_scaled}


def xu(slug: str, place: str) -> Source:
    return derived(slug, place, "xu2023, derived")


def grew(p: Sensing, states: Iterator[Scaled]) -> Iterator[Array]:
    """1 if the error is larger than at the start, else 0."""
    first = None
    for s in states:
        now = error(p, s)
        first = now if first is None else first
        yield array_namespace(now).astype(now > first, now.dtype)


def threshold(k: Array, c: Constants) -> Array:
    return np.where(c["eta"] > 1 + c["lam"] / c["s_1"], 1.0, 0.0)


def at(scale: float) -> Threshold:
    return Threshold(of=lambda c: c["eta"] / (1 + c["lam"] / c["s_1"]), at=scale)


def growth(p: Sensing, s: Scaled, t: Scaled) -> Array:
    return spectral(t.X) - spectral(s.X)


def leap(k: Array, c: Constants) -> Array:
    return c["eta"] * c["s_1"] / (2 * c["lam"] ** 0.5)


def distance_to_root(p: Sensing, s: Scaled, t: Scaled) -> Array:
    return t.X[:, 0, 0] - p.M[:, 0, 0] ** 0.5


STABILITY = Claim[Sensing, Scaled](
    source=xu("sgdl.stability", "largest stable step"),
    assumes=SYMMETRIC,
    instances={"top mode": stepped},
    algorithm=ScaledDescent(lambda p: p.constants["eta"].value, lambda p, Z: p.constants["lam"].value),
    laws=LAWS,
    metric=grew,
    unit=Unit(),
    bound=threshold,
    holds=at(1.0),
    k=range(150, 151),
    seeds=4,
)
OVERSHOOT = Claim[Sensing, Scaled](
    source=xu("sgdl.overshoot", "growth of ‖X‖ in one step"),
    assumes=SYMMETRIC,
    instances={"κ_X from 2 to 128": conditioned},
    algorithm=ScaledDescent(constant(0.3), fraction_of_s_r(0.05)),
    laws=LAWS,
    seen={"eta": FREE_STEP, "lam": LAM},
    metric=each_step(growth),
    unit=Unit(x=1),
    bound=leap,
    rounding=lambda k, c: 1e-14 * c["s_1"] ** 0.5,
    holds=Always(signed=True),
    k=range(150),
    seeds=8,
)
NULL = Claim[Sensing, Scaled](
    source=xu("sgdl.null-law", "limit of 2ηt/λ ‖XXᵀ − M*‖"),
    assumes=SYMMETRIC,
    instances={"k = r + 2, large start": partial(all_modes, size=0.4, k=5)},
    algorithm=ScaledDescent(constant(0.3), fixed(0.05)),
    laws=LAWS,
    seen={"eta": FREE_STEP, "lam": LAM},
    metric=each(error),
    unit=Unit(x=2),
    bound=lambda k, c: (c["k"] - c["r"]) ** 0.5 * c["lam"] / (2 * c["eta"] * k),
    holds=Equal(within=1e-2),
    k=range(4000, 4001),
    seeds=4,
)
NEWTON = Claim[Sensing, Scaled](
    source=xu("sgdl.newton", "η = 1/2, λ = 0, one dimension"),
    assumes=SYMMETRIC,
    instances={"scalar": scalar},
    algorithm=ScaledDescent(constant(0.5), fixed(0.0)),
    laws=LAWS,
    seen={"x": Seen(each(lambda p, s: s.X[:, 0, 0]), Unit(x=1))},
    metric=each_step(distance_to_root),
    unit=Unit(x=1),
    bound=lambda k, c: (c["x"] - c["s_1"] ** 0.5) ** 2 / (2 * c["x"]),
    rounding=lambda k, c: 1e-15 * (c["x"] + c["s_1"] ** 0.5 + c["s_1"] / c["x"]),
    holds=Equal(within=1e-12),
    k=range(12),
)

THEOREM = Theorem(
    claims={
        "stability": (STABILITY, Status.CONSISTENT),
        "overshoot": (OVERSHOOT, Status.CONSISTENT),
        "null law": (NULL, Status.CONSISTENT),
        "Newton": (NEWTON, Status.CONSISTENT),
    },
    foils={
        "stable up to 1": (replace(STABILITY, bound=lambda k, c: np.where(c["eta"] > 1, 1.0, 0.0)), Status.REFUTED),
        "doubled steps": (replace(STABILITY, algorithm=ScaledDescent(lambda p: 2 * p.constants["eta"].value, fixed(0.1))), Status.REFUTED),
        "a tenth of the leap": (replace(OVERSHOOT, bound=lambda k, c: leap(k, c) / 10), Status.REFUTED),
        "root of 2 lambda": (replace(OVERSHOOT, bound=lambda k, c: c["eta"] * c["s_1"] / (2 * c["lam"])), Status.ILL_POSED),
        "PrecGD": (replace(NULL, algorithm=ScaledDescent(constant(0.3), current_error(0.5)), k=range(60, 61)), Status.REFUTED),
        "k for k - r": (replace(NULL, bound=lambda k, c: c["k"] ** 0.5 * c["lam"] / (2 * c["eta"] * k)), Status.REFUTED),
        "eta = 0.45": (replace(NEWTON, algorithm=ScaledDescent(constant(0.45), fixed(0.0))), Status.REFUTED),
        "over x": (replace(NEWTON, bound=lambda k, c: (c["x"] - c["s_1"] ** 0.5) ** 2 / c["x"]), Status.REFUTED),
    },
)
