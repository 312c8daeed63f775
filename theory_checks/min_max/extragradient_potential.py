"""Gorbunov, Taylor, Horváth, Gidel 2023 (authors' notebooks read), C.3 and C.4: the potential of extragradient, step by step.

⟨F(x) − F(y), x − y⟩ ≥ −ρ ‖F(x) − F(y)‖², F L-Lipschitz, both steps g, w = x − g F(x), x⁺ = x − g F(w). For all g, ρ, L

    ‖F(x⁺)‖² ≤ ‖F(x)‖² − (1/2 − 2L²g²) ‖F(w) − F(x)‖² − (1/2 − ρ/g) ‖F(w) − F(x⁺)‖² − (1/2 − 2ρ/g) ‖F(x) − F(x⁺)‖²,

and for 4ρ ≤ g ≤ 1/(2L)   ‖x_k − z*‖² + (k g² (1 − 5ρ/(2g) − L²g²) + 40 g ρ) ‖F(x_k)‖²   does not grow.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from algorithms.min_max.extragradient import Extragradient, State
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import nonnormal, normal
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, each, each_step
from theory_checks.min_max._common import (
    FORCE2,
    LENGTH2,
    STEP,
    Game,
    Misreading,
    distance2,
    norm2,
    residual2,
    same_step,
    steps_with_the_middle_force,
)


def bound(k: Array, c: Constants) -> Array:
    a, b = 1 / 2 - 2 * (c["L"] * c["g"]) ** 2, c["rho"] / c["g"]
    return c["F2"] - a * c["w to x"] - (1 / 2 - b) * c["w to next"] - (1 / 2 - 2 * b) * c["x to next"]


def potential(p: Game, s: State, growth: float = 1.0) -> Array:
    L, rho, g = p.constants["L"].value, p.constants["rho"].value, s.g1
    weight = growth * s.k * g**2 * (1 - 2.5 * rho / g - (L * g) ** 2) + 40 * g * rho
    return distance2(p, s) + weight * residual2(p, s)


ONE_STEP = Claim[Game, State](
    source=Source("gorbunov2023", "Lemmas C.3 and C.4", "nc.eg.potential", Statement.VERIFIED),
    assumes=frozenset({Trait.NEGATIVE_COMONOTONE, Trait.SMOOTH}),
    instances={
        "plane": partial(normal, pairs=1, rho_L=0.125),
        "non-normal": partial(nonnormal, rho_L=0.125),
        "ρL = 0.05": partial(nonnormal, rho_L=0.05),
    },
    algorithm=Extragradient(over_L(0.5), over_L(0.5)),
    metric=each_step(lambda p, s, t: residual2(p, t)),
    unit=FORCE2,
    bound=bound,
    holds=Always(power=0.9),
    k=range(81),
    seen={
        "F2": Seen(each(residual2), FORCE2),
        "w to x": Seen(each(lambda p, s: norm2(s.Fw - s.F)), FORCE2),
        "w to next": Seen(each_step(lambda p, s, t: norm2(s.Fw - t.F)), FORCE2),
        "x to next": Seen(each_step(lambda p, s, t: norm2(s.F - t.F)), FORCE2),
        "g": Seen(each(lambda p, s: s.g1), STEP),
    },
    laws={"one step length": same_step, "steps with the middle force": steps_with_the_middle_force},
    rounding=lambda k, c: 1e-24 * (c["L"] * c["R"]) ** 2,
)


def lyapunov(growth: float) -> Claim[Game, State]:
    phi: Callable[[Game, State], Array] = lambda p, s: potential(p, s, growth)
    return replace(
        ONE_STEP,
        metric=each_step(lambda p, s, t: phi(p, t)),
        unit=LENGTH2,
        bound=lambda k, c: c["potential"],
        seen={"potential": Seen(each(phi), LENGTH2), "g": ONE_STEP.seen["g"]},
        given={"4ρ ≤ g": lambda k, c: 4 * c["rho"] / c["g"], "g ≤ 1/(2L)": lambda k, c: 2 * c["g"] * c["L"]},
        rounding=lambda k, c: 1e-24 * c["R"] ** 2,
    )


LYAPUNOV = lyapunov(1.0)
LONG = Extragradient(over_L(1.2), over_L(1.2))

THEOREM = Theorem(
    claims={
        "one step": (ONE_STEP, Status.CONSISTENT),
        "one step, g = 1.2/L": (replace(ONE_STEP, algorithm=LONG), Status.CONSISTENT),
        "Lyapunov": (LYAPUNOV, Status.CONSISTENT),
    },
    foils={
        "no L² g²": (replace(ONE_STEP, algorithm=LONG, bound=lambda k, c: bound(k, {**c, "L": 0 * c["L"]})), Status.REFUTED),
        "2 for 1/2": (replace(ONE_STEP, bound=lambda k, c: bound(k, c) - 1.5 * c["w to x"]), Status.REFUTED),
        "ρ for ρ/g": (replace(ONE_STEP, bound=lambda k, c: bound(k, {**c, "g": c["g"] ** 2})), Status.ILL_POSED),
        "weights grow three times as fast": (lyapunov(3.0), Status.REFUTED),
        "g = 1.2/L": (replace(LYAPUNOV, algorithm=LONG), Status.NOT_APPLICABLE),
        "F misread by 1.1": (replace(ONE_STEP, algorithm=Misreading(ONE_STEP.algorithm, 1.1)), Status.UNLAWFUL),
    },
)
