"""Jain, Netrapalli, Sanghavi 2013, Theorem 2.2 (as recalled, then proved here with explicit constants): alternating minimisation.

M = U*Σ*V*ᵀ of rank k, κ = σ_1/σ_k, A with isometry constant δ = δ_2k < 1, ε = δ/(1−δ). Start: the k leading left singular
vectors of A*(y); every half-step solves its least squares exactly. s_F (s) is the Frobenius (spectral) norm of (I − P_U*)U_t. Then
  derived rate   s_F(next) ≤ ε κ s_F / (√(1−s²) − ε κ s_F),   ‖M − U_tVᵀ‖_F ≤ σ_1 s_F/(1−δ),   s_F(0) ≤ κ√k √(2δ(1+δ))/(1−δ);
  Theorem 2.2    δ ≤ 1/(100 k κ²):  every half-step multiplies s by at most 1/4 (0.0103 by the line above), and
                 ‖M − U_TV_Tᵀ‖_F ≤ ‖M‖_F e^{−T/2} after T steps of two halves.
Why: V_0 = MᵀU solves the problem for A*A = I; test the normal equations with U(V − V_0)ᵀ: ‖V − V_0‖_F ≤ ε σ_1 s_F.
The constants 1/4, e^{−1/2} and that of the start are far above what happens: they come out VACUOUS, the derived rates do not.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.matrix_sensing.alternating import AlternatingMinimisation, HalfStep
from problems.matrix_sensing.rectangular import Rectangular, certified
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from theory_checks.matrix_sensing._common import derived, frobenius, relative, spectral, transposed

ALLOWED = 1 / (100 * 2 * 4)  # k = 2, κ = 2
SLOPPY = AlternatingMinimisation(2, lambda p: 1e-3 * p.constants["s_1"].value)
SMALL = {
    "spread spectrum": partial(certified, delta=ALLOWED),
    "two-point spectrum": partial(certified, delta=ALLOWED, two_points=True),
}
LARGE = {name: partial(draw, delta=0.08) for name, draw in SMALL.items()}


def outside(p: Rectangular, s: HalfStep) -> Array:
    """(I − P*) Q"""
    T = p.U if s.left else p.V
    xp = array_namespace(T)
    return s.Q - xp.matmul(T, xp.matmul(transposed(T), s.Q))


def sine(p: Rectangular, s: HalfStep) -> Array:
    return spectral(outside(p, s))


def sine_f(p: Rectangular, s: HalfStep) -> Array:
    return frobenius(outside(p, s))


def solves_its_least_squares(p: Rectangular, s: HalfStep, t: HalfStep) -> Array:
    """A*(A(Z) − y) is orthogonal to all QWᵀ, and the next Q spans W"""
    xp = array_namespace(s.Q)
    G = p.gradient(s.Z)
    normal = xp.matmul(transposed(G) if s.left else G, s.Q)
    rest = s.W - xp.matmul(t.Q, xp.matmul(transposed(t.Q), s.W))
    return relative(normal, s.Z) + relative(rest, s.W)


def rate(k: Array, c: Constants) -> Array:
    e = c["delta"] / (1 - c["delta"]) * c["kappa"] * c["s_F"]
    return e / (np.sqrt(1 - c["s"] ** 2) - e)


def used(k: Array, c: Constants) -> Array:
    return c["delta"] / (1 - c["delta"]) * c["kappa"] * c["s_F"] / np.sqrt(1 - c["s"] ** 2)


def small(k: Array, c: Constants) -> Array:
    return c["delta"] * 100 * c["r"] * c["kappa"] ** 2


def start(k: Array, c: Constants) -> Array:
    return c["kappa"] * np.sqrt(2 * c["r"] * c["delta"] * (1 + c["delta"])) / (1 - c["delta"])


RATE = Claim[Rectangular, HalfStep](
    source=derived("jns.sense.derived-rate", "one half-step, any δ < 1", "jain2013, re-derived"),
    assumes=frozenset({Trait.LOW_RANK, Trait.RESTRICTED_ISOMETRY}),
    instances=LARGE,
    algorithm=AlternatingMinimisation(rank=2),
    laws={"least squares": solves_its_least_squares},
    seen={"s": Seen(each(sine), Unit()), "s_F": Seen(each(sine_f), Unit())},
    given={"ε κ s_F < √(1 − s²)": used},
    metric=each_step(lambda p, s, t: sine_f(p, t)),
    unit=Unit(),
    bound=rate,
    rounding=lambda k, c: 1e-14 + 0 * k,
    holds=Always(),
    k=range(8),
)
ERROR_NOW = replace(
    RATE, metric=each(lambda p, s: frobenius(s.Z - p.M)), unit=Unit(x=2), rounding=lambda k, c: 1e-14 * c["s_1"],
    bound=lambda k, c: c["s_1"] * c["s_F"] / (1 - c["delta"]),
)
START = replace(RATE, metric=each(sine_f), bound=start, given={}, laws={}, k=range(1))
QUARTER = replace(
    RATE, source=Source("jain2013, as recalled", "Theorem 2.2, half-step", "jns.sense.half-step", Statement.RECALLED), instances=SMALL,
    given={"δ ≤ 1/(100 k κ²)": small}, bound=lambda k, c: c["s"] / 4, k=range(3),
    metric=each_step(lambda p, s, t: sine(p, t)),
)
HUNDREDTH = replace(
    QUARTER, bound=lambda k, c: 0.0103 * c["s"], source=replace(QUARTER.source, statement=Statement.DERIVED), algorithm=AlternatingMinimisation(1),
    instances={"k = 1, 3 x 3": partial(certified, delta=0.01, kappa=1.0, r=1, rows=3, columns=3, two_points=True)},
)
EXPONENTIAL = replace(
    ERROR_NOW, source=Source("jain2013, as recalled", "Theorem 2.2", "jns.sense.error", Statement.RECALLED), instances=QUARTER.instances,
    given=QUARTER.given, bound=lambda k, c: c["norm_M"] * np.exp(-(k + 1) / 4), k=range(1, 8, 2),
)
THEOREM = Theorem(
    claims={
        "derived rate": (RATE, Status.CONSISTENT),
        "error": (ERROR_NOW, Status.CONSISTENT),
        "start": (START, Status.VACUOUS),
        "a quarter": (QUARTER, Status.VACUOUS),
        "0.0103": (HUNDREDTH, Status.CONSISTENT),
        "e^{-T/2}": (EXPONENTIAL, Status.VACUOUS),
    },
    foils={
        "rank 1": (replace(RATE, algorithm=AlternatingMinimisation(1), given={}), Status.REFUTED),
        "inexact regressions": (replace(RATE, algorithm=SLOPPY, laws={}),
                                Status.REFUTED),
        "a third of the rate": (replace(RATE, bound=lambda k, c: rate(k, c) / 3), Status.REFUTED),
        "no kappa": (replace(RATE, bound=lambda k, c: rate(k, {**c, "kappa": 0.3})), Status.REFUTED),
        "delta 20 times too large": (replace(QUARTER, instances=LARGE), Status.NOT_APPLICABLE),
        "1/1000": (replace(HUNDREDTH, bound=lambda k, c: 1e-4 * c["s"]), Status.REFUTED),
        "1 - delta upstairs": (replace(ERROR_NOW, bound=lambda k, c: c["s_1"] * c["s_F"] * (1 - c["delta"])), Status.ILL_POSED),
    },
)
