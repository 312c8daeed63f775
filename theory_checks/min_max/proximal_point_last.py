"""Gorbunov, Taylor, Horváth, Gidel 2023 (arXiv 2210.13831, poster), Theorems 4 and 5, with the gap between them closed (derived).

F is ρ-negatively comonotone, ⟨F(x) − F(y), x − y⟩ ≥ −ρ ‖F(x) − F(y)‖², ρ ≥ 0 (0 if F is cocoercive), g > max(2ρ, 0),
x_N = x_{N−1} − g F(x_N), t = g / (2 (g − ρ)). For N ≥ 1

    ‖x_N − x_{N−1}‖²  ≤  (1 − 1/N)^{N−1} R² / ((1 − 2ρ/g) N)        if t ≤ (1 + √((N−1)/N)) / 2,
    ‖x_N − x_{N−1}‖²  ≤  4 t² (2t − 1)^{2(N−1)} R²                   otherwise,

and for every N some rotation of the plane attains it. The paper's own rotation attains it too, at its step N + 1.
Why: G = (F⁻¹ + ρI)⁻¹ is monotone, so J = (1 − t) I + t T with T nonexpansive: Lieder's rate of the Krasnoselskii–Mann iteration.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.proximal_point import ProximalPoint, State
from problems.min_max.linear_operators import nonnormal, normal
from problems.min_max.proximal_worst_cases import printed, slowest
from ratecheck import Always, Array, Certified, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, each, each_step
from ratecheck.performance import Operators, WorstCase
from theory_checks.min_max._common import LENGTH2, STEP, ResolventGame, is_proximal, norm2


def step2(p: ResolventGame, s: State, t: State) -> Array:
    """‖x_N − x_{N−1}‖² = g² ‖F(x_N)‖², N = k + 1"""
    return norm2(t.x - s.x)


def bound(k: Array, c: Constants) -> Array:
    rho = np.maximum(c["rho"], 0.0)
    N, t = k + 1, c["g"] / (2 * (c["g"] - rho))
    slow = (1 - 1 / N) ** (N - 1) / ((1 - 2 * rho / c["g"]) * N)
    fast = 4 * t**2 * (2 * t - 1) ** (2 * (N - 1))
    return np.where(t <= (1 + np.sqrt((N - 1) / N)) / 2, slow, fast) * c["R"] ** 2


def paper_lower(k: Array, c: Constants) -> Array:
    """g² ‖F(x_{N+1})‖² on the printed rotation, N + 1 = k + 1"""
    return c["g"] * c["R"] ** 2 / ((c["g"] - 2 * c["rho"]) * k * (1 + 1 / k) ** (k + 1))


def step(c: Mapping[str, Certified]) -> Array:
    """2.5 ρ, and 1/L where ρ ≤ 0"""
    rho, L = c["rho"].value, c["L"].value
    xp = array_namespace(rho)
    return xp.where(rho > 0, 2.5 * rho, 1 / L)


EVERY = Claim[ResolventGame, State](
    source=Source("gorbunov2023", "Theorem 4, last iterate, sharpened", "nc.pp.last-tight", Statement.DERIVED),
    assumes=frozenset({Trait.NEGATIVE_COMONOTONE}),
    instances={
        "normal": partial(normal, rho_L=0.4),
        "non-normal": partial(nonnormal, rho_L=0.4),
        "monotone": normal,
        "slowest": partial(slowest, N=30),
    },
    algorithm=ProximalPoint(step),
    metric=each_step(step2),
    unit=LENGTH2,
    bound=bound,
    holds=Always(),
    k=range(100),
    seen={"g": Seen(each(lambda p, s: s.g), STEP)},
    given={"2ρ < g": lambda k, c: 2 * c["rho"] / c["g"]},
    laws={"is proximal": is_proximal},
    seeds=8,
)


def attained(N: int) -> Claim[ResolventGame, State]:
    """The three (ρ, g) = (0.1, 1), (0.4, 1), (0.45, 1) of the worst-case table."""
    instances = {f"ρ = {rho}": partial(slowest, N=N, rho=rho, g_over_rho=1 / rho) for rho in (0.1, 0.4, 0.45)}
    return replace(EVERY, instances=instances, algorithm=AT_ITS_STEP, holds=Equal(1e-10), k=range(N - 1, N), seeds=2)


def lower(N: int) -> Claim[ResolventGame, State]:
    source = Source("gorbunov2023", "Theorem 5, lower bound", "nc.pp.last-lower", Statement.VERIFIED)
    instances = {"g = 3ρ": partial(printed, N=N), "g = 10ρ": partial(printed, N=N, g_over_rho=10.0)}
    return replace(attained(N), source=source, instances=instances, bound=paper_lower, k=range(N, N + 1))


AT_ITS_STEP = ProximalPoint(lambda c: c["g"].value)
TEN = attained(10)

THEOREM = Theorem(
    claims={
        "every N": (EVERY, Status.CONSISTENT),
        **{f"attained, N = {N}": (attained(N), Status.CONSISTENT) for N in (1, 2, 3, 10, 100)},
        **{f"the paper's rotation, N = {N}": (lower(N), Status.CONSISTENT) for N in (2, 5, 40)},
        "the paper's rotation is worst": (replace(lower(40), source=EVERY.source, bound=bound), Status.CONSISTENT),
    },
    foils={
        "one per cent less": (replace(TEN, bound=lambda k, c: 0.99 * bound(k, c), holds=Always()), Status.REFUTED),
        "slow regime only": (
            replace(attained(2), bound=lambda k, c: bound(k, c) * 0 + 0.5 * c["R"] ** 2 / (2 * (1 - 2 * c["rho"] / c["g"]))),
            Status.REFUTED,
        ),
        "the paper's upper bound": (
            replace(TEN, bound=lambda k, c: c["g"] * c["R"] ** 2 / ((c["g"] - 2 * c["rho"]) * (k + 1))),
            Status.REFUTED,
        ),
        "R for R²": (replace(TEN, bound=lambda k, c: bound(k, c) / c["R"]), Status.ILL_POSED),
        "over-relaxed": (replace(EVERY, algorithm=ProximalPoint(step, relaxation=1.5), laws={}), Status.REFUTED),
        "over-relaxed, with the law": (replace(EVERY, algorithm=ProximalPoint(step, relaxation=1.5)), Status.UNLAWFUL),
        "g = 1.9ρ": (
            replace(EVERY, algorithm=ProximalPoint(lambda c: 1.9 * c["rho"].value), instances={"normal": partial(normal, rho_L=0.4)}),
            Status.NOT_APPLICABLE,
        ),
        "worst at another N": (replace(TEN, k=range(10, 11)), Status.REFUTED),
    },
    worst={
        "every N": WorstCase({"f": Operators(rho="rho")}, {"L": 1.0, "R": 1.0, "rho": 0.4}, lambda t: t.distance2(t[t.k + 1].x - t.last.x))
    },
)
