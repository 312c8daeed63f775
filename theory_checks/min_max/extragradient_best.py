"""Extragradient, best iterate with every constant kept (derived; equal to the worst-case SDP of the class to four digits).

F is L-Lipschitz and ⟨F(z), z − z*⟩ ≥ −ρ ‖F(z)‖² for a zero z* (weak Minty); 2ρ < g1 < 1/L, 0 < g2 ≤ g1 − 2ρ. For every N ≥ 0

    min_{k ≤ N} ‖F(x_k)‖²  ≤  ‖x_0 − z*‖² / ( 1/L² + g1 g2 (1 − L² g1²) N ).

Why: with h = F(w_k), g = F(x_k), one step gives ‖x_{k+1} − z*‖² ≤ ‖x_k − z*‖² − g2 (g1 − 2ρ − g2) ‖h‖² − g1 g2 (1 − L² g1²) ‖g‖².
Sum over k < N, and ‖x_N − z*‖ ≥ ‖F(x_N)‖/L. The usual bound forgets the last term, and has no 1/L².
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.extragradient import Extragradient, State
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import nonnormal, normal
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, best, each
from ratecheck.performance import Operators, WorstCase, least_force2
from theory_checks.min_max._common import FORCE2, STEP, Game, Misreading, relative, residual2


def bound(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (1 / c["L"] ** 2 + c["g1"] * c["g2"] * (1 - (c["L"] * c["g1"]) ** 2) * k)


def extrapolates(p: Game, s: State, t: State) -> Array:
    """w_k = x_k − g1 F(x_k)"""
    return relative(s.x - s.g1[:, None] * p.apply(s.x), s.w)


def steps_with_the_middle_force(p: Game, s: State, t: State) -> Array:
    """x_{k+1} = x_k − g2 F(w_k)"""
    return relative(s.x - s.g2[:, None] * p.apply(s.w), t.x)


MONOTONE = Claim[Game, State](
    source=Source("gorbunov2023", "sharpened, best iterate", "vi.eg.best-tight", Statement.DERIVED),
    assumes=frozenset({Trait.NEGATIVE_COMONOTONE, Trait.SMOOTH}),
    instances={"normal": partial(normal, pairs=1), "non-normal": nonnormal},
    algorithm=Extragradient(over_L(0.5), over_L(0.5)),
    metric=best(residual2),
    unit=FORCE2,
    bound=bound,
    holds=Always(),
    k=range(1, 61),
    seen={"g1": Seen(each(lambda p, s: s.g1), STEP), "g2": Seen(each(lambda p, s: s.g2), STEP)},
    given={"g1 ≤ 1/L": lambda k, c: c["g1"] * c["L"], "2ρ + g2 ≤ g1": lambda k, c: (2 * c["rho"] + c["g2"]) / c["g1"]},
    laws={"extrapolates": extrapolates, "steps with the middle force": steps_with_the_middle_force},
    seeds=8,
)
COMONOTONE = replace(
    MONOTONE,
    instances={"ρL = 0.2, normal": partial(normal, pairs=1, rho_L=0.2), "ρL = 0.2, non-normal": partial(nonnormal, rho_L=0.2)},
    algorithm=Extragradient(over_L(0.7), over_L(0.3)),
)
SHORT = replace(
    MONOTONE, instances={"normal": partial(normal, pairs=1)}, algorithm=Extragradient(over_L(0.5), over_L(0.02)), k=range(5, 61)
)

TOO_LONG = replace(
    MONOTONE,
    instances={"F = Lx": partial(normal, pairs=1, rho_L=-0.99)},
    algorithm=Extragradient(over_L(1.5), over_L(0.5)),
    seen={"g1": Seen(each(lambda p, s: s.g1 / 3), STEP), "g2": Seen(each(lambda p, s: s.g2), STEP)},
)

THEOREM = Theorem(
    claims={
        "monotone": (MONOTONE, Status.CONSISTENT),
        "weak Minty": (COMONOTONE, Status.CONSISTENT),
        "short second step": (replace(SHORT, holds=Always(power=0.85)), Status.CONSISTENT),
    },
    foils={
        "0.9 of the bound": (replace(SHORT, bound=lambda k, c: 0.9 * bound(k, c)), Status.REFUTED),
        "1/L for 1/L²": (replace(MONOTONE, bound=lambda k, c: c["R"] ** 2 / (1 / c["L"] + 0 * k)), Status.ILL_POSED),
        "g1 = 1.3/L": (replace(MONOTONE, algorithm=Extragradient(over_L(1.3), over_L(0.5))), Status.NOT_APPLICABLE),
        "g1 = 1.5/L, believed 0.5/L": (replace(TOO_LONG, laws={}), Status.REFUTED),
        "F misread by 1.1": (replace(MONOTONE, algorithm=Misreading(MONOTONE.algorithm, 1.1)), Status.UNLAWFUL),
    },
    worst={
        "monotone": WorstCase({"f": Operators(L="L")}, {"L": 1.0, "R": 1.0, "rho": 0.0}, least_force2),
        "weak Minty": WorstCase({"f": Operators(rho="rho", L="L", minty=True)}, {"L": 1.0, "R": 1.0, "rho": 0.2}, least_force2),
    },
)
