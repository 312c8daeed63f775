"""Cai, Alacaoglu, Diakonikolas 2024 (arXiv 2310.02987; abstract read, constants recalled): variance-reduced Halpern iteration.

0 = F(u), F = (1/N) Σ F_i, ⟨F(u) − F(v), u − v⟩ ≥ (1/(N L)) Σ ‖F_i(u) − F_i(v)‖². λ_k = 2/(k + 4), η = 1/(4L), batch b = ⌈√N⌉,
refreshed with probability p_k = 4/(min(k, √N) + 5). Then for every k

    E‖F(u_k)‖ ≤ 16 L ‖u_0 − u*‖/(k + 4);
    expected calls of components for one step (derived)   N p_k + 2b (1 − p_k), about 6√N;
    hence Õ(N + √N L/ε) calls for a residual ε (order read): residual · (calls − N) = O(√N L ‖u_0 − u*‖).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.steps import over_L
from algorithms.min_max.variance_reduced_halpern import State, VarianceReducedHalpern
from problems.min_max.finite_sum_operators import FiniteSumOperator, mixed
from ratecheck import Array, AtMostOrder, Claim, Constants, InExpectation, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.min_max._common import FORCE, relative, residual


def bound(k: Array, c: Constants) -> Array:
    return 16 * c["L"] * c["R"] / (k + 4)


def expected_calls(k: Array, c: Constants) -> Array:
    """N + the sum of N p_j + 2b (1 − p_j), j < k"""
    N = c["N"]
    b, root = np.ceil(np.sqrt(N)), np.sqrt(N)
    j = np.arange(int(np.max(k)))[:, None]
    p = np.minimum(1.0, 4 / (np.minimum(j, root) + 5))
    total = np.concatenate([0 * N[None, :], np.cumsum(N * p + 2 * b * (1 - p), axis=0)], axis=0)
    return N + total[np.asarray(k, dtype=int)[:, 0]]


def halpern(p: FiniteSumOperator, s: State, t: State) -> Array:
    """x⁺ = λ x_0 + (1 − λ) x − F̃/(4L), λ = 2/(k + 4)"""
    lam = 2 / (s.k + 4)
    return relative(lam * p.x0 + (1 - lam) * s.x - s.estimate / (4 * p.constants["L"].value[:, None]), t.x, s.x)


def estimates(p: FiniteSumOperator, s: State, t: State) -> Array:
    """F̃⁺ = F(x⁺), or F̃ + Σ weight_i (F_i(x⁺) − F_i(x))"""
    fresh = t.fresh[:, None]
    recursive = s.estimate + p.part(t.x, t.weight) - p.part(s.x, t.weight)
    return relative(fresh * p.apply(t.x) + (1 - fresh) * recursive, t.estimate, p.apply(s.x), p.part(t.x, t.weight))


def draws(p: FiniteSumOperator, s: State, t: State) -> Array:
    """weight_i = how many of the ⌈√N⌉ draws are i, over ⌈√N⌉; fresh if coin < p_k; N calls if fresh, 2⌈√N⌉ if not; all at the start"""
    xp = array_namespace(s.x)
    N = p.parts.shape[1]
    b = int(np.ceil(np.sqrt(N)))
    if t.batch.shape[-1] != b:
        return 1 + 0 * s.calls
    wrong = xp.sum(xp.astype(t.batch[:, :, None] == xp.arange(N), s.x.dtype), axis=1) / b - t.weight
    fresh = t.coin * (min(s.k, N**0.5) + 5) < 4
    calls = xp.where(fresh, s.calls + N, s.calls + 2 * b)
    off = xp.max(xp.abs(wrong), axis=-1) + xp.abs(t.fresh - xp.astype(fresh, s.x.dtype)) + xp.abs(t.calls - calls) / calls
    return off + (0 * s.calls if s.k else relative(p.apply(p.x0), s.estimate) + relative(p.x0, s.x) + xp.abs(s.calls / N - 1))


def worth(p: FiniteSumOperator, states: Iterator[State]) -> Iterator[Array]:
    """‖F(u_k)‖ · (calls of the last k steps), over √N"""
    N = p.constants["N"].value
    for s in states:
        yield residual(p, s) * (s.calls - N) / N**0.5


RESIDUAL = Claim[FiniteSumOperator, State](
    source=Source("cai2024", "cocoercive case", "vrh.coco.residual", Statement.RECALLED),
    assumes=frozenset({Trait.COCOERCIVE, Trait.FINITE_SUM}),
    instances={"36 components": mixed, "one operator": partial(mixed, spread=0.0)},
    algorithm=VarianceReducedHalpern(),
    metric=each(residual),
    unit=FORCE,
    bound=bound,
    holds=InExpectation(),
    k=range(301),
    laws={"Halpern": halpern, "estimates": estimates, "draws": draws},
    seeds=64,
)
CALLS = replace(
    RESIDUAL,
    source=Source("cai2024", "calls of a step", "vrh.calls", Statement.DERIVED),
    instances={"36 components": mixed, "64 components": partial(mixed, N=64)},
    metric=each(lambda p, s: s.calls),
    unit=Unit(),
    bound=expected_calls,
    holds=InExpectation(),
    k=range(0, 301, 10),
)

WORTH = replace(
    RESIDUAL,
    source=Source("cai2024", "the order of the calls", "vrh.complexity", Statement.VERIFIED),
    instances={"16 components": partial(mixed, N=16, damping=0.5), "36 components": partial(mixed, damping=0.5)},
    metric=worth,
    bound=lambda k, c: c["L"] * c["R"] + 0 * k,
    holds=AtMostOrder(0.25, loose=0.5),
    k=range(10, 401),
    seeds=32,
)

THEOREM = Theorem(
    claims={"residual": (RESIDUAL, Status.CONSISTENT), "calls": (CALLS, Status.CONSISTENT), "worth": (WORTH, Status.CONSISTENT)},
    foils={
        "calls, a third less": (replace(CALLS, bound=lambda k, c: 0.67 * expected_calls(k, c)), Status.REFUTED),
        "calls, as many as N": (replace(CALLS, bound=lambda k, c: c["N"] ** 0.5 * (k + 6)), Status.REFUTED),
        "residual, L for 16 L": (replace(RESIDUAL, bound=lambda k, c: bound(k, c) / 1600), Status.REFUTED),
        "residual, 1/k²": (replace(RESIDUAL, bound=lambda k, c: bound(k, c) / (k + 4)), Status.REFUTED),
        "residual, no L": (replace(RESIDUAL, bound=lambda k, c: bound(k, c) / c["L"]), Status.ILL_POSED),
        "η = 4/L": (replace(RESIDUAL, algorithm=VarianceReducedHalpern(step=over_L(4.0))), Status.UNLAWFUL),
        "η = 10/L, unstated": (replace(RESIDUAL, algorithm=VarianceReducedHalpern(step=over_L(10.0)), laws={}), Status.REFUTED),
        "refreshed half as often": (
            replace(RESIDUAL, algorithm=VarianceReducedHalpern(chance=lambda k, N: 2 / (min(k, N**0.5) + 5)), k=range(30), seeds=8),
            Status.UNLAWFUL,
        ),
        "no anchor": (replace(RESIDUAL, algorithm=VarianceReducedHalpern(anchored=False)), Status.UNLAWFUL),
        "worth, k^1.5 for the calls": (replace(WORTH, metric=each(lambda p, s: residual(p, s) * (s.k + 1) ** 1.5)), Status.REFUTED),
        "a tenth of the residual bound": (replace(RESIDUAL, bound=lambda k, c: bound(k, c) / 10), Status.REFUTED),
    },
)
