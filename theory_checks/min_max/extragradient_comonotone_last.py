"""Gorbunov, Taylor, Horváth, Gidel 2023 (poster), Theorem 6 (8): the last iterate of extragradient, negative comonotonicity allowed.

⟨F(x) − F(y), x − y⟩ ≥ −ρ ‖F(x) − F(y)‖², F L-Lipschitz, ρ ≤ 1/(8L), both steps g with 4ρ ≤ g ≤ 1/(2L). For every N ≥ 0

    ‖F(x_N)‖²  ≤  28 R² / (N g² + 320 g ρ)      and      ‖F(x_{N+1})‖ ≤ ‖F(x_N)‖.
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.extragradient import Extragradient, State
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import nonnormal, normal
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, each, each_step
from ratecheck.performance import Operators, WorstCase, last_force2
from theory_checks.min_max._common import FORCE2, STEP, Game, Misreading, residual2, same_step, steps_with_the_middle_force


def bound(k: Array, c: Constants) -> Array:
    return 28 * c["R"] ** 2 / (k * c["g"] ** 2 + 320 * c["g"] * c["rho"])


LAST = Claim[Game, State](
    source=Source("gorbunov2023", "Theorem 6, (8)", "nc.eg.last", Statement.VERIFIED),
    assumes=frozenset({Trait.NEGATIVE_COMONOTONE, Trait.SMOOTH}),
    instances={
        "plane": partial(normal, pairs=1, rho_L=0.125),
        "normal": partial(normal, rho_L=0.125),
        "non-normal": partial(nonnormal, pairs=1, rho_L=0.125),
    },
    algorithm=Extragradient(over_L(0.5), over_L(0.5)),
    metric=each(residual2),
    unit=FORCE2,
    bound=bound,
    holds=Always(),
    k=range(101),
    seen={"g": Seen(each(lambda p, s: s.g1), STEP)},
    given={
        "ρ ≤ 1/(8L)": lambda k, c: 8 * c["rho"] * c["L"],
        "4ρ ≤ g": lambda k, c: 4 * c["rho"] / c["g"],
        "g ≤ 1/(2L)": lambda k, c: 2 * c["g"] * c["L"],
    },
    laws={"one step length": same_step, "steps with the middle force": steps_with_the_middle_force},
)
SMALL = replace(
    LAST,
    instances={"plane": partial(normal, pairs=1, rho_L=0.08), "non-normal": partial(nonnormal, rho_L=0.08)},
    algorithm=Extragradient(over_L(0.4), over_L(0.4)),
)
DECREASE = replace(
    LAST,
    source=replace(LAST.source, place="Theorem 6, decrease", slug="nc.eg.decrease"),
    metric=each_step(lambda p, s, t: residual2(p, t)),
    bound=lambda k, c: c["force2"],
    holds=Always(power=0.9),
    seen={**LAST.seen, "force2": Seen(each(residual2), FORCE2)},
    rounding=lambda k, c: 1e-24 * (c["L"] * c["R"]) ** 2,
)
OUTSIDE = replace(DECREASE, instances={"ρL = 0.6": partial(normal, pairs=1, rho_L=0.6)})

THEOREM = Theorem(
    claims={"last": (LAST, Status.CONSISTENT), "last, smaller ρ": (SMALL, Status.CONSISTENT), "decrease": (DECREASE, Status.CONSISTENT)},
    foils={
        "2.8 for 28": (replace(LAST, bound=lambda k, c: bound(k, c) / 10), Status.REFUTED),
        "no 320 gρ": (replace(LAST, bound=lambda k, c: 0.5 * c["R"] ** 2 / ((k + 1) * c["g"] ** 2)), Status.REFUTED),
        "320 g": (replace(LAST, bound=lambda k, c: 28 * c["R"] ** 2 / (k * c["g"] ** 2 + 320 * c["g"])), Status.ILL_POSED),
        "ρL = 0.6": (OUTSIDE, Status.NOT_APPLICABLE),
        "ρL = 0.6, unstated": (replace(OUTSIDE, given={}), Status.REFUTED),
        "decrease by a tenth": (replace(DECREASE, bound=lambda k, c: 0.9 * c["force2"]), Status.REFUTED),
        "gradient": (replace(DECREASE, algorithm=Extragradient(over_L(0.0), over_L(0.5)), laws={}, given={}), Status.REFUTED),
        "F misread by 1.1": (replace(LAST, algorithm=Misreading(LAST.algorithm, 1.1)), Status.UNLAWFUL),
    },
    worst={"last": WorstCase({"f": Operators(rho="rho", L="L")}, {"L": 1.0, "R": 1.0, "rho": 0.125}, last_force2)},
)
