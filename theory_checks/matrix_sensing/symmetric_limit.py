"""Xiong, Ding, Du 2024, why over-parameterised symmetric descent is slow: the constant of its 1/T law (derived, xdd.sym.limit).

Let M* have rank r and X₀ ∈ ℝ^{n×k} be generic, k > r. For the flow X' = (M* − XXᵀ)X, and for descent with step η, t = ηT,

    2 t ‖X_TX_Tᵀ − M*‖_F  →  √min(k − r, n − r),        whatever M*, X₀ and η are.

Why: only the block of null rows and null columns survives; each of its min(k−r, n−r) eigenvalues obeys b' = −2b², b ~ 1/(2t).
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.matrix_sensing.descent import Factor, FactoredDescent
from algorithms.matrix_sensing.flow import Flow, RiccatiFlow
from algorithms.matrix_sensing.oracles import constant
from problems.matrix_sensing.sensing import Sensing, planted
from ratecheck import Array, Claim, Constants, Equal, Seen, Status, Theorem, Trait, Unit, each
from theory_checks.matrix_sensing._common import derived, descends, error, flow_error

LOW = partial(planted, spectrum=(1.0, 0.75, 0.5), n=10, k=5, alpha=1.0)
WIDE = partial(planted, spectrum=(1.0, 0.75, 0.5), n=5, k=8, alpha=1.0)


def modes(c: Constants) -> Array:
    return np.minimum(c["k"], c["n"]) - c["r"]


def limit(k: Array, c: Constants) -> Array:
    return np.sqrt(modes(c)) / (2 * c["t"])


FLOW = Claim[Sensing, Flow](
    source=derived("xdd.sym.limit", "limit of 2t‖XXᵀ − M*‖", "xiong2024, sharpened"),
    assumes=frozenset({Trait.SYMMETRIC, Trait.LOW_RANK}),
    instances={"k = 5 of n = 10": LOW, "k = 8 > n = 5": WIDE},
    algorithm=RiccatiFlow(time=lambda k: 10.0 ** (4 + k)),
    seen={"t": Seen(each(lambda p, s: s.t), Unit(x=-2))},
    metric=each(flow_error),
    unit=Unit(x=2),
    bound=limit,
    holds=Equal(within=1e-8),
    k=range(6, 7),
)
DESCENT = Claim[Sensing, Factor](
    source=FLOW.source,
    assumes=FLOW.assumes,
    instances={"k = 5 of n = 10": partial(LOW, same=True)},
    algorithm=FactoredDescent(constant(0.25)),
    laws={"descent": descends},
    seen={"t": Seen(each(lambda p, s: s.k * s.step), Unit(x=-2))},
    metric=each(error),
    unit=Unit(x=2),
    bound=limit,
    holds=Equal(within=1e-3),
    k=range(20000, 20001),
    seeds=1,
)

THEOREM = Theorem(
    claims={"flow, t = 10^10": (FLOW, Status.CONSISTENT), "descent, T = 20000": (DESCENT, Status.CONSISTENT)},
    foils={
        "exact rank": (replace(FLOW, instances={"k = r": partial(LOW, k=3)}, bound=lambda k, c: 0.5 / c["t"]), Status.REFUTED),
        "T = 2000": (replace(DESCENT, k=range(2000, 2001)), Status.REFUTED),
        "step 0.3, not told": (replace(DESCENT, algorithm=FactoredDescent(constant(0.3)), laws={},
                                       seen={"t": Seen(each(lambda p, s: 0.25 * s.k), Unit(x=-2))}), Status.REFUTED),
        "k - r whatever n": (replace(FLOW, bound=lambda k, c: np.sqrt(c["k"] - c["r"]) / (2 * c["t"])), Status.REFUTED),
        "k instead of k - r": (replace(FLOW, bound=lambda k, c: np.sqrt(c["k"]) / (2 * c["t"])), Status.REFUTED),
        "1/t for 1/(2t)": (replace(FLOW, bound=lambda k, c: 2 * limit(k, c)), Status.REFUTED),
        "1/t^2": (replace(FLOW, bound=lambda k, c: limit(k, c) / c["t"]), Status.ILL_POSED),
    },
)
