"""Jain, Netrapalli, Sanghavi 2013, Theorem 2.5; Gu, Song, Yin, Zhang 2024: alternating minimisation for completion (as recalled).

Entries of an incoherent M of rank k are known independently with probability p ≥ C κ² μ² k^{2.5} log n … / n. With high
probability every half-step multiplies the angle to the truth by at most 1/4 (JNS, fresh samples; here one sample is reused,
at p = 0.95, n = 100, where at most one sample in ten exceeds 1/4; at n = 60 it is one in four: n is too small for p there).
Regressions of relative accuracy ε_reg leave a floor proportional to ε_reg (Gu et al.).
Constants not read: tested are the factor 1/4 at high p, and the exponent 1 in ε_reg.
"""

from dataclasses import replace
from functools import partial

from algorithms.matrix_sensing.alternating import AlternatingMinimisation, HalfStep
from problems.matrix_sensing.rectangular import Completion, completion, sloppy
from ratecheck import Array, Claim, Scaling, Seen, Source, Statement, Status, Theorem, Trait, Unit, WithProbability, each, each_step
from theory_checks.matrix_sensing._common import frobenius, spectral, transposed


def sine(p: Completion, s: HalfStep) -> Array:
    T = p.U if s.left else p.V
    return spectral(s.Q - T @ (transposed(T) @ s.Q))


def error(p: Completion, s: HalfStep) -> Array:
    return frobenius(s.Z - p.M)


QUARTER = Claim[Completion, HalfStep](
    source=Source("jain2013, as recalled", "Theorem 2.5", "jns.complete", Statement.RECALLED),
    assumes=frozenset({Trait.LOW_RANK}),
    instances={"n = 100, p = 0.95": partial(completion, size=100)},
    algorithm=AlternatingMinimisation(2),
    seen={"s": Seen(each(sine), Unit())},
    metric=each_step(lambda p, s, t: sine(p, t)),
    unit=Unit(),
    bound=lambda k, c: c["s"] / 4,
    rounding=lambda k, c: 1e-14 + 0 * k,
    holds=WithProbability(0.1),
    k=range(8),
    seeds=80,
)
FLOOR = Claim[Completion, HalfStep](
    source=Source("gu2024, abstract", "robust alternating minimisation", "gu.robust", Statement.VERIFIED),
    assumes=frozenset({Trait.LOW_RANK}),
    instances={"accuracy from 1e-7 to 1e-2": sloppy},
    algorithm=AlternatingMinimisation(2, lambda p: p.constants["tol"].value),
    metric=each(error),
    unit=Unit(x=2),
    bound=lambda k, c: c["tol"] * c["norm_M"],
    holds=Scaling(of=lambda c: c["tol"], within=0.1),
    k=range(30, 31),
    seeds=8,
)

THEOREM = Theorem(
    claims={"a quarter": (QUARTER, Status.CONSISTENT), "floor of inexact regressions": (FLOOR, Status.CONSISTENT)},
    foils={
        "few samples": (replace(QUARTER, instances={"p = 0.4": partial(completion, p=0.4)}), Status.REFUTED),
        "coherent": (replace(QUARTER, instances={"coordinate vectors": partial(completion, coherent=True, p=0.5)}), Status.FAILED),
        "rank 1": (replace(QUARTER, algorithm=AlternatingMinimisation(1)), Status.REFUTED),
        "a thirtieth": (replace(QUARTER, bound=lambda k, c: c["s"] / 30), Status.REFUTED),
        "exact regressions": (replace(FLOOR, algorithm=AlternatingMinimisation(2)), Status.REFUTED),
        "root of the accuracy": (replace(FLOOR, bound=lambda k, c: c["tol"] ** 0.5 * c["norm_M"]), Status.REFUTED),
        "unit": (replace(FLOOR, bound=lambda k, c: c["tol"] * c["norm_M"] ** 2), Status.ILL_POSED),
    },
)
