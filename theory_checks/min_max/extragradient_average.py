"""Gorbunov, Taylor, Horváth, Gidel 2023 (poster), Theorem 6 (7) and C.1: extragradient, mean force.

⟨F(z), z − z*⟩ ≥ −ρ ‖F(z)‖², F L-Lipschitz, ρ < 1/(2L), 2ρ < g1 < 1/L, 0 < g2 ≤ g1 − 2ρ, w_k = x_k − g1 F(x_k). For every N ≥ 0

    (1/(N+1)) Σ_{k ≤ N} ‖F(x_k)‖²  ≤  R² / (g1 g2 (1 − L² g1²)(N+1)),      Σ_{k ≤ N} ‖F(w_k)‖²  ≤  R² / (g2 (g1 − 2ρ − g2)),

since every step has (derived; an equality for multiples of plane rotations)

    ‖x_{k+1} − z*‖²  ≤  ‖x_k − z*‖² − g2 (g1 − 2ρ − g2) ‖F(w_k)‖² − g1 g2 (1 − L² g1²) ‖F(x_k)‖².

There, with g2 = g1 − 2ρ, the first mean is its bound with R² − ‖x_{N+1} − z*‖² for R².
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.extragradient import Extragradient, State
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
    extrapolates,
    norm2,
    residual2,
    steps_with_the_middle_force,
)


def bound(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (c["g1"] * c["g2"] * (1 - (c["L"] * c["g1"]) ** 2) * (k + 1))


def bound_middle(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (c["g2"] * (c["g1"] - 2 * c["rho"] - c["g2"]))


def bound_step(k: Array, c: Constants) -> Array:
    middle = c["g2"] * (c["g1"] - 2 * c["rho"] - c["g2"]) * c["Fw2"]
    return c["distance2"] - middle - c["g1"] * c["g2"] * (1 - (c["L"] * c["g1"]) ** 2) * c["F2"]


STEPS: dict[str, Seen[Game, State]] = {"g1": Seen(each(lambda p, s: s.g1), STEP), "g2": Seen(each(lambda p, s: s.g2), STEP)}
MEAN = Claim[Game, State](
    source=Source("gorbunov2023", "Theorem 6, (7)", "nc.eg.best", Statement.VERIFIED),
    assumes=frozenset({Trait.NEGATIVE_COMONOTONE, Trait.SMOOTH}),
    instances={
        "plane": partial(normal, pairs=1, rho_L=0.2),
        "normal": partial(normal, rho_L=0.2),
        "non-normal": partial(nonnormal, pairs=1, rho_L=0.2),
    },
    algorithm=Extragradient(over_L(0.7), over_L(0.3)),
    metric=mean(residual2),
    unit=FORCE2,
    bound=bound,
    holds=Always(),
    k=range(101),
    seen=STEPS,
    given={"g1 ≤ 1/L": lambda k, c: c["g1"] * c["L"], "2ρ + g2 ≤ g1": lambda k, c: (2 * c["rho"] + c["g2"]) / c["g1"]},
    laws={"extrapolates": extrapolates, "steps with the middle force": steps_with_the_middle_force},
)
MIDDLE = replace(MEAN, metric=total(lambda p, s: norm2(s.Fw)), bound=bound_middle, algorithm=Extragradient(over_L(1.0), over_L(0.3)))
STEPWISE = replace(
    MEAN,
    metric=each_step(lambda p, s, t: distance2(p, t)),
    unit=LENGTH2,
    bound=bound_step,
    holds=Always(power=0.9),
    k=range(61),
    seen={
        **STEPS,
        "distance2": Seen(each(distance2), LENGTH2),
        "F2": Seen(each(residual2), FORCE2),
        "Fw2": Seen(each(lambda p, s: norm2(s.Fw)), FORCE2),
    },
    rounding=lambda k, c: 1e-14 * c["R"] ** 2,
    sharp={"plane": Equal(1e-10)},
)
ATTAINED = replace(
    MEAN,
    source=replace(MEAN.source, place="Theorem 6, (7), where every step is an equality", statement=Statement.DERIVED),
    instances={"plane": MEAN.instances["plane"]},
    bound=lambda k, c: bound(k, c) * (1 - c["left"] / c["R"] ** 2),
    holds=Equal(1e-9),
    k=range(100),
    seen={**STEPS, "left": Seen(each_step(lambda p, s, t: distance2(p, t)), LENGTH2)},
)
ABOVE = replace(MEAN, instances={"ρL = 0.5": partial(normal, pairs=1, rho_L=0.5)}, algorithm=Extragradient(over_L(0.9), over_L(0.05)))

THEOREM = Theorem(
    claims={
        "mean": (MEAN, Status.CONSISTENT),
        "mean, attained": (ATTAINED, Status.CONSISTENT),
        "middle forces": (MIDDLE, Status.CONSISTENT),
        "one step": (STEPWISE, Status.CONSISTENT),
    },
    foils={
        "mean with growing weights": (replace(ATTAINED, metric=mean(residual2, lambda k: k + 1.0)), Status.REFUTED),
        "half": (replace(MEAN, bound=lambda k, c: bound(k, c) / 2), Status.REFUTED),
        "1/(N+1)²": (replace(MEAN, bound=lambda k, c: 4 * bound(k, c) / (k + 1)), Status.REFUTED),
        "no ρ": (replace(STEPWISE, bound=lambda k, c: bound_step(k, {**c, "rho": 0 * c["rho"]})), Status.REFUTED),
        "g1 for g1 g2": (replace(MEAN, bound=lambda k, c: bound(k, c) * c["g2"]), Status.ILL_POSED),
        "ρL = 0.5": (ABOVE, Status.NOT_APPLICABLE),
        "ρL = 0.5, unstated": (replace(ABOVE, given={}, k=range(1001)), Status.REFUTED),
        "F misread by 1.1": (replace(MEAN, algorithm=Misreading(MEAN.algorithm, 1.1)), Status.UNLAWFUL),
    },
    worst={"mean": WorstCase({"f": Operators(rho="rho", L="L", minty=True)}, {"L": 1.0, "R": 1.0, "rho": 0.2}, mean_force2)},
)
