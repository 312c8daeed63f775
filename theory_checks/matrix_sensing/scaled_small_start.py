"""Xu, Shen, Chi, Ma 2023 (author version, May 2023), Theorems 1–3: ScaledGD(λ) from a small random start.

M* of rank r, κ = σ_1(X*)/σ_r(X*), X_0 = α G, G_ij ~ N(0, 1/n); λ ≤ c s_r fixed, η ≤ c, δ ≤ c r^{−1/2} κ^{−C}, α small.
  Theorem 2   with high probability, for some T ≤ T_min = (C/η) log(‖X*‖/α):  ‖X_TX_Tᵀ − M*‖_F ≤ α^{1/3} ‖X*‖^{5/3};
  (24)        the same for EVERY t in [T_min/2, 4 T_min] if k > r (early stopping), for every t ≥ T_min/2 if k = r;
  Theorem 3   k = r: for some T ≤ T_min and all t ≥ T:  ‖X_tX_tᵀ − M*‖_F ≤ (1 − cη)^{t−T} ‖M*‖;
  Theorem 1   O(log κ log(κn) + log 1/ε) iterations, against a power of κ for plain descent.

The constants c, C are universal and not stated. Checked with C = 0.25 in Theorem 2, C = 0.5 in (24), c = 1/2 in Theorem 3:
smaller constants than a proof would give, so that a run could fail. The exponent 1/3 is loose: the floor is ~ α².
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import ceil, log

import numpy as np
from array_api_compat import array_namespace

from algorithms.matrix_sensing.descent import Factor, FactoredDescent
from algorithms.matrix_sensing.oracles import constant
from algorithms.matrix_sensing.scaled import Scaled, ScaledDescent, fraction_of_s_r
from problems.matrix_sensing.ladders import conditioned
from problems.matrix_sensing.operators import cosine
from problems.matrix_sensing.sensing import Sensing, planted
from ratecheck import Array, Claim, Constants, Scaling, Source, Statement, Status, Theorem, Trait, Unit, WithProbability, best, each
from theory_checks.matrix_sensing._common import FREE_STEP, STEP, descends, descends_scaled, error

PAPER, ALPHA, ETA = "xu2023, author version of May 2023", 1e-4, 0.3
L = log(1 / ALPHA) / ETA  # T_min / C
FIRST, EARLY = ceil(0.25 * L), ceil(0.15 * L)
OVER = partial(planted, spectrum=(1.0, 0.5, 0.25), n=12, k=6, alpha=ALPHA, operator=cosine(12, 0.02))
EXACT = partial(OVER, k=3)
HYPOTHESES = frozenset({Trait.LOW_RANK, Trait.SYMMETRIC, Trait.RESTRICTED_ISOMETRY})
SCALED = ScaledDescent(constant(ETA), fraction_of_s_r(0.05))


def source(slug: str, place: str) -> Source:
    return Source(PAPER, place, slug, Statement.VERIFIED)


def accuracy(k: Array, c: Constants) -> Array:
    return c["alpha"] ** (1 / 3) * c["s_1"] ** (5 / 6)


def linear(k: Array, c: Constants) -> Array:
    return (1 - c["eta"] / 2) ** (k - EARLY) * c["s_1"]


def passage(p: Sensing, states: Iterator[Scaled | Factor]) -> Iterator[Array]:
    """The first index at which the error is at most 1e-6 s_1 (the current index until then)."""
    since = None
    for k, s in enumerate(states):
        now = error(p, s)
        xp = array_namespace(now)
        since = xp.zeros_like(now) if since is None else since
        since = since + xp.astype((now > 1e-6 * p.spectrum[:, 0]) & (since == k), now.dtype)
        yield since


SOME = Claim[Sensing, Scaled](
    source=source("sgdl.theorem2", "Theorem 2"),
    assumes=HYPOTHESES,
    instances={"k = 2r, δ = 0.02": OVER},
    algorithm=SCALED,
    laws={"scaled descent": descends_scaled},
    metric=best(error),
    unit=Unit(x=2),
    bound=accuracy,
    holds=WithProbability(0.1),
    k=range(FIRST, FIRST + 1),
    seeds=80,
)
WINDOW = replace(
    SOME, source=source("sgdl.plateau.all-t", "inequality (24), proof of Theorem 2"), metric=each(error),
    k=range(FIRST, ceil(2 * L)), instances={"k = 2r, δ = 0.02": OVER, "k = r": EXACT},
)
LINEAR = replace(
    WINDOW, source=source("sgdl.exact-param.linear", "Theorem 3"), instances={"k = r": EXACT}, seen={"eta": FREE_STEP},
    bound=linear, rounding=lambda k, c: 1e-14 * c["s_1"], k=range(EARLY, 200),
)
COUNT = Claim[Sensing, Scaled](
    source=source("sgdl.iterations", "Theorem 1 and Table 1"),
    assumes=HYPOTHESES,
    instances={"κ_X from 2 to 128": conditioned},
    algorithm=SCALED,
    laws={"scaled descent": descends_scaled},
    metric=passage,
    unit=Unit(),
    bound=lambda k, c: np.log(c["kappa"]) * np.log(c["kappa"] * c["n"]) + np.log(1e6),
    holds=Scaling(of=lambda c: c["kappa"], within=0.05, one_sided=True),
    k=range(400, 401),
    seeds=8,
)
PLAIN = Claim[Sensing, Factor](
    source=COUNT.source, assumes=HYPOTHESES, instances={"κ_X from 2 to 6": partial(conditioned, high=6.0)},
    algorithm=FactoredDescent(constant(0.3)), laws={"descent": descends}, seen={"eta": STEP}, metric=passage, unit=Unit(),
    bound=COUNT.bound, holds=COUNT.holds, k=range(3000, 3001), seeds=8,
)

THEOREM = Theorem(
    claims={
        "some T": (SOME, Status.CONSISTENT),
        "every t of the window": (WINDOW, Status.CONSISTENT),
        "exact rank, linear": (LINEAR, Status.CONSISTENT),
        "iterations against κ": (COUNT, Status.CONSISTENT),
    },
    foils={
        "descent without scaling": (PLAIN, Status.REFUTED),
        "iterations free of n and log": (replace(COUNT, bound=lambda k, c: 10 / c["kappa"]), Status.REFUTED),
        "eta = 1.1": (replace(WINDOW, algorithm=ScaledDescent(constant(1.1), fraction_of_s_r(0.05))), Status.REFUTED),
        "a fifth of T_min": (replace(SOME, k=range(ceil(0.1 * L), ceil(0.1 * L) + 1)), Status.REFUTED),
        "alpha": (replace(WINDOW, bound=lambda k, c: c["alpha"] * c["s_1"] ** 0.5), Status.REFUTED),
        "unit": (replace(SOME, bound=lambda k, c: accuracy(k, c) / c["alpha"]), Status.ILL_POSED),
        "c = 2 eta": (replace(LINEAR, bound=lambda k, c: (1 - 2 * c["eta"]) ** (k - EARLY) * c["s_1"]), Status.REFUTED),
    },
)
