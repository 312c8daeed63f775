"""Gorbunov, Loizou, Gidel 2022 (arXiv 2110.04261; talk handout read), Theorem 6: the force of extragradient never grows.

F monotone and L-Lipschitz, both steps equal to g with 0 < g ≤ 1/(√2 L):   ‖F(x_{k+1})‖ ≤ ‖F(x_k)‖   for every k ≥ 0.
(The worst-case SDP says so for every g < 1/L.)
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.extragradient import Extragradient, State
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import nonnormal, normal, skew
from ratecheck import Always, Claim, Equal, Seen, Source, Statement, Status, Theorem, Trait, each, each_step
from theory_checks.min_max._common import FORCE2, STEP, Game, Misreading, residual2, same_step, steps_with_the_middle_force

CLAIM = Claim[Game, State](
    source=Source("gorbunov2021extragradient", "Theorem 6", "vi.eg.mono.decrease", Statement.VERIFIED),
    assumes=frozenset({Trait.MONOTONE, Trait.SMOOTH}),
    instances={"normal": normal, "non-normal": nonnormal, "skew": partial(skew, pairs=4, L=1.0, floor=0.05)},
    algorithm=Extragradient(over_L(0.7), over_L(0.7)),
    metric=each_step(lambda p, s, t: residual2(p, t)),
    unit=FORCE2,
    bound=lambda k, c: c["force2"],
    holds=Always(power=0.9),
    k=range(101),
    seen={"force2": Seen(each(residual2), FORCE2), "g": Seen(each(lambda p, s: s.g1), STEP)},
    given={"g ≤ 1/(√2 L)": lambda k, c: c["g"] * c["L"] * 2**0.5},
    laws={"one step length": same_step, "steps with the middle force": steps_with_the_middle_force},
    rounding=lambda k, c: 1e-24 * (c["L"] * c["R"]) ** 2,
)
LONG = replace(CLAIM, algorithm=Extragradient(over_L(1.1), over_L(1.1)), instances={"skew": CLAIM.instances["skew"]})

THEOREM = Theorem(
    claims={
        "g = 0.7/L": (CLAIM, Status.CONSISTENT),
        "g = 0.1/L": (replace(CLAIM, algorithm=Extragradient(over_L(0.1), over_L(0.1))), Status.CONSISTENT),
    },
    foils={
        "g = 1.1/L": (LONG, Status.NOT_APPLICABLE),
        "g = 1.1/L, unstated": (replace(LONG, given={}), Status.REFUTED),
        "gradient": (replace(LONG, given={}, laws={}, algorithm=Extragradient(over_L(0.0), over_L(0.5))), Status.REFUTED),
        "by 10 %": (replace(CLAIM, bound=lambda k, c: 0.9 * c["force2"]), Status.REFUTED),
        "it is constant": (replace(CLAIM, holds=Equal(1e-3)), Status.REFUTED),
        "norm for its square": (replace(CLAIM, bound=lambda k, c: c["force2"] ** 0.5), Status.ILL_POSED),
        "F misread by 1.01": (replace(CLAIM, algorithm=Misreading(CLAIM.algorithm, 1.01)), Status.UNLAWFUL),
    },
)
