"""One null mode of symmetric descent, from both sides (C3.3 of the common facts, xdd.sym.aligned).

X_0 aligned with M* = diag(1, 0): the null entry obeys b_{t+1} = b_t(1 − η b_t²). With u_0 = η b_0² < 1, c = (2 − u_0)/(1 − u_0)²,

    1/(1/b_0² + c η t)  ≤  b_t²  ≤  1/(1/b_0² + 2 η t)        for every t.

Why: with u = η b², 1/b_{t+1}² − 1/b_t² = η(2 − u)/(1 − u)², which lies between 2η and cη as u decreases.
"""

from dataclasses import replace
from typing import Annotated

import numpy as np

from algorithms.matrix_sensing.descent import Factor, FactoredDescent
from algorithms.matrix_sensing.oracles import constant
from problems.matrix_sensing.operators import identity
from problems.matrix_sensing.sensing import Sensing, sensing
from ratecheck import Always, Array, AtLeast, Certified, Claim, Constants, Seen, Side, Status, Theorem, Trait, Unit, each
from theory_checks.matrix_sensing._common import STEP, derived, descends


def aligned(seeds: range, largest: Annotated[float, (0.05, 1.2)] = 1.2) -> Sensing:
    """X_0 = diag(1, b_0), b_0 between largest/100 and largest, log-uniform."""
    b = np.array([largest * 100 ** -np.random.default_rng([seed, 43]).uniform() for seed in seeds])
    X = np.stack([np.diag([1.0, v]) for v in b])
    B = len(b)
    start = {"b_0": Certified(b, Unit(x=1), Side.EXACT, "prescribed start")}
    return sensing(np.tile(np.eye(2), (B, 1, 1)), np.tile([1.0, 0.0], (B, 1)), 1, X, identity(2, 2), start)


def null_entry(p: Sensing, s: Factor) -> Array:
    return s.Z[:, 1, 1]


def upper(k: Array, c: Constants) -> Array:
    return 1 / (1 / c["b_0"] ** 2 + 2 * c["eta"] * k)


def lower(k: Array, c: Constants) -> Array:
    u = c["eta"] * c["b_0"] ** 2
    return 1 / (1 / c["b_0"] ** 2 + (2 - u) / (1 - u) ** 2 * c["eta"] * k)


UPPER = Claim[Sensing, Factor](
    source=derived("xdd.sym.aligned", "C3.3", "xiong2024, derived"),
    assumes=frozenset({Trait.SYMMETRIC}),
    instances={"two modes": aligned},
    algorithm=FactoredDescent(constant(0.2)),
    laws={"descent": descends},
    seen={"eta": STEP},
    given={"η b_0² < 1": lambda k, c: c["eta"] * c["b_0"] ** 2},
    metric=each(null_entry),
    unit=Unit(x=2),
    bound=upper,
    holds=Always(power=0.9),
    k=range(1, 2000),
    seeds=8,
)
LOWER = replace(UPPER, bound=lower, holds=AtLeast(power=1.1))

THEOREM = Theorem(
    claims={"from above": (UPPER, Status.CONSISTENT), "from below": (LOWER, Status.CONSISTENT)},
    foils={
        "half the step": (replace(UPPER, algorithm=FactoredDescent(constant(0.1)),
                                  seen={"eta": Seen(each(lambda p, s: 2 * s.step), Unit(x=-2))}), Status.REFUTED),
        "too large": (replace(LOWER, instances={"b_0 = 5": lambda seeds: aligned(seeds, 5.0)}, k=range(1, 9)), Status.NOT_APPLICABLE),
        "3 eta t": (replace(UPPER, bound=lambda k, c: 1 / (1 / c["b_0"] ** 2 + 3 * c["eta"] * k)), Status.REFUTED),
        "2 eta t from below": (replace(LOWER, bound=upper), Status.REFUTED),
        "b for b^2": (replace(UPPER, metric=each(lambda p, s: s.X[:, 1, 1])), Status.REFUTED),
        "b_0 for its square": (replace(UPPER, bound=lambda k, c: 1 / (1 / c["b_0"] + 2 * c["eta"] * k)), Status.ILL_POSED),
    },
)
