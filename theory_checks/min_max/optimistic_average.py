"""Gorbunov, Taylor, Horváth, Gidel 2023 (poster and notebooks read), Theorem 7 and C.6: optimistic gradient on average; sharpened sum derived.

F is L-Lipschitz and ⟨F(z), z − z*⟩ ≥ −ρ ‖F(z)‖²; x̃_k = x_k − g1 F(x̃_{k−1}), x_{k+1} = x_k − g2 F(x̃_k), x̃_0 = x_0, R = ‖x_0 − z*‖.
One step, for all g1, g2, ρ and k ≥ 1 (no L):

    ‖x_{k+1} − z*‖² ≤ ‖x_k − z*‖² − g2 (g1 − 2ρ − g2) ‖F(x̃_k)‖² − g1 g2 ‖F(x̃_{k−1})‖² + g1 g2 ‖F(x̃_k) − F(x̃_{k−1})‖².

Mean, for ρ < 1/(2L), 2ρ < g1 < 1/L, g2 ≤ min(1/L − g1, g1 − 2ρ):  mean_{k ≤ N} ‖F(x_k)‖² ≤ R² / (g1 g2 (1 − L² (g1 + g2)²)(N + 1)).

Sum (derived), whenever c > 0, which steps with g1 near 1/L reach for every ρ < 1/L:   c Σ_{1 ≤ k ≤ N} ‖F(x̃_k)‖² ≤ (1 + h⁺ L²) R²,
a = g1 g2, b = g2 (g1 − 2ρ − g2), q = L² g1 (g1 + g2), s = L² g2 (g1 + g2), t = L² g1 g2, c = b + a (1 − q − s)/(1 − q),
h = g2 (2ρ + g2) − a + a (s + q − t)/(1 − q). Why: D_k = ‖F(x̃_k) − F(x̃_{k−1})‖² obeys D_k ≤ s ‖F(x̃_{k−1})‖² − t ‖F(x̃_{k−2})‖² + q D_{k−1};
sum the one-step inequality.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.min_max.optimistic import OptimisticGradient, State
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import nonnormal, normal
from ratecheck import Always, Array, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, each, each_step, mean, total
from ratecheck.performance import Operators, WorstCase, mean_force2
from theory_checks.min_max._common import (
    FORCE2,
    LENGTH2,
    STEP,
    Game,
    Misreading,
    distance2,
    extrapolates_with_the_past,
    norm2,
    residual2,
    steps_with_the_past_force,
)


def bound(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (c["g1"] * c["g2"] * (1 - (c["L"] * (c["g1"] + c["g2"])) ** 2) * (k + 1))


def step_bound(k: Array, c: Constants) -> Array:
    a, b = c["g1"] * c["g2"], c["g2"] * (c["g1"] - 2 * c["rho"] - c["g2"])
    return c["distance2"] - b * c["force2"] - a * c["past2"] + a * c["drift2"]


def one_step_rounding(k: Array, c: Constants) -> Array:
    """45 ε ‖x‖ ‖x − x*‖: the digits that x − x* loses when x* is far from 0, in squares of the size of ‖x − x*‖² and ‖g F‖²."""
    near = c["distance2"] + c["g2"] ** 2 * c["force2"]
    return 1e-14 * np.sqrt(near * (near + c["x2"]))


def coefficient(c: Constants) -> Array:
    g1, g2, L2 = c["g1"], c["g2"], c["L"] ** 2
    q, s = L2 * g1 * (g1 + g2), L2 * g2 * (g1 + g2)
    return g2 * (g1 - 2 * c["rho"] - g2) + g1 * g2 * (1 - q - s) / (1 - q)


def sum_bound(k: Array, c: Constants) -> Array:
    g1, g2, L2 = c["g1"], c["g2"], c["L"] ** 2
    q, s, t = L2 * g1 * (g1 + g2), L2 * g2 * (g1 + g2), L2 * g1 * g2
    h = g2 * (2 * c["rho"] + g2) - g1 * g2 + g1 * g2 * (s + q - t) / (1 - q)
    return (1 + np.maximum(h, 0.0) * L2) * c["R"] ** 2 / coefficient(c) + 0 * k


STEPS = {"g1": Seen[Game, State](each(lambda p, s: s.g1), STEP), "g2": Seen[Game, State](each(lambda p, s: s.g2), STEP)}

MEAN = Claim[Game, State](
    source=Source("gorbunov2023", "Theorem 7, (9)", "nc.og.best", Statement.VERIFIED),
    assumes=frozenset({Trait.NEGATIVE_COMONOTONE, Trait.SMOOTH}),
    instances={"plane": partial(normal, pairs=1, rho_L=0.1), "non-normal": partial(nonnormal, pairs=1, rho_L=0.1)},
    algorithm=OptimisticGradient(over_L(0.5), over_L(0.2)),
    metric=mean(residual2),
    unit=FORCE2,
    bound=bound,
    holds=Always(),
    k=range(301),
    seen=STEPS,
    given={"2ρ + g2 ≤ g1": lambda k, c: (2 * c["rho"] + c["g2"]) / c["g1"], "g1 + g2 ≤ 1/L": lambda k, c: (c["g1"] + c["g2"]) * c["L"]},
    laws={"extrapolates with the past": extrapolates_with_the_past, "steps with the past force": steps_with_the_past_force},
    seeds=8,
)
ONE_STEP = replace(
    MEAN,
    source=replace(MEAN.source, place="C.6", slug="nc.og.onestep"),
    instances={**MEAN.instances, "ρL = 0.8": partial(nonnormal, rho_L=0.8)},
    metric=each_step(lambda p, s, t: distance2(p, t)),
    unit=LENGTH2,
    bound=step_bound,
    holds=Always(power=0.9),
    k=range(1, 81),
    seen={
        **STEPS,
        "distance2": Seen(each(distance2), LENGTH2),
        "force2": Seen(each(lambda p, s: norm2(s.Fw)), FORCE2),
        "past2": Seen(each(lambda p, s: norm2(s.past)), FORCE2),
        "drift2": Seen(each(lambda p, s: norm2(s.Fw - s.past)), FORCE2),
        "x2": Seen(each(lambda p, s: norm2(s.x)), LENGTH2),
    },
    given={},
    rounding=one_step_rounding,
)
def telescoping(p: Game, s: State) -> Array:
    """What a step takes from ‖x − z*‖² on a multiple of a plane rotation"""
    rho = p.constants["rho"].value
    return s.g2 * (s.g1 - 2 * rho - s.g2) * norm2(s.Fw) + s.g1 * s.g2 * (norm2(s.past) - norm2(s.Fw - s.past))


ATTAINED = replace(
    ONE_STEP,
    source=replace(ONE_STEP.source, place="C.6, summed", statement=Statement.DERIVED),
    instances={"plane": MEAN.instances["plane"]},
    metric=mean(telescoping),
    bound=lambda k, c: (c["R"] ** 2 - c["left"]) / (k + 1),
    holds=Equal(1e-9),
    k=range(100),
    seen={"left": Seen(each_step(lambda p, s, t: distance2(p, t)), LENGTH2)},
    rounding=lambda k, c: 0 * k,
)
SUM = replace(
    MEAN,
    source=Source("gorbunov2023", "sharpened sum", "nc.og.best-derived", Statement.DERIVED),
    metric=total(lambda p, s: norm2(s.Fw) * (1.0 if s.k else 0.0)),
    bound=sum_bound,
    k=range(1, 401),
    given={"g1 + g2 ≤ 1/L": lambda k, c: (c["g1"] + c["g2"]) * c["L"], "c > 0": lambda k, c: np.where(coefficient(c) > 0, 0.0, 2.0)},
)
FAR = replace(
    SUM,
    instances={"ρL = 0.55": partial(normal, pairs=1, rho_L=0.55), "ρL = 0.55, non-normal": partial(nonnormal, pairs=1, rho_L=0.55)},
    algorithm=OptimisticGradient(over_L(0.85), over_L(0.06)),
    k=range(1, 1501),
)
LONG = OptimisticGradient(over_L(0.9), over_L(0.9))

THEOREM = Theorem(
    claims={
        "one step": (ONE_STEP, Status.CONSISTENT),
        "one step, long steps": (replace(ONE_STEP, algorithm=LONG), Status.CONSISTENT),
        "mean": (MEAN, Status.CONSISTENT),
        "steps, summed on a rotation": (ATTAINED, Status.CONSISTENT),
        "sum": (SUM, Status.CONSISTENT),
        "sum, ρ beyond 1/(2L)": (FAR, Status.CONSISTENT),
    },
    foils={
        "one step without the drift": (
            replace(ONE_STEP, bound=lambda k, c: step_bound(k, {**c, "drift2": 0 * c["drift2"]})),
            Status.REFUTED,
        ),
        "one step, ρ for 2ρ": (replace(ONE_STEP, bound=lambda k, c: step_bound(k, {**c, "rho": c["rho"] / 2})), Status.REFUTED),
        "mean, 1/5 of the bound": (replace(MEAN, bound=lambda k, c: bound(k, c) / 5), Status.REFUTED),
        "mean, 1/(N + 1)²": (replace(MEAN, bound=lambda k, c: bound(k, c) / (k + 1)), Status.REFUTED),
        "mean, one g for two": (replace(MEAN, bound=lambda k, c: bound(k, c) * c["g2"]), Status.ILL_POSED),
        "sum, a third": (replace(SUM, bound=lambda k, c: sum_bound(k, c) / 3), Status.REFUTED),
        "g1 = g2 = 0.9/L": (replace(MEAN, algorithm=LONG), Status.NOT_APPLICABLE),
        "g1 = g2 = 0.9/L, believed": (
            replace(SUM, algorithm=LONG, given={}, bound=lambda k, c: sum_bound(k, {**c, "g1": 0.5 / c["L"], "g2": 0.2 / c["L"]})),
            Status.REFUTED,
        ),
        "F misread by 1.1": (replace(MEAN, algorithm=Misreading(MEAN.algorithm, 1.1)), Status.UNLAWFUL),
    },
    worst={"mean": WorstCase({"f": Operators(rho="rho", L="L", minty=True)}, {"L": 1.0, "R": 1.0, "rho": 0.0}, mean_force2)},
)
