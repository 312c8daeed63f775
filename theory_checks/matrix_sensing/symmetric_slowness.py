"""Xiong, Ding, Du 2024 (abstract read), the curse of symmetry: k > r costs 1/T, at best.

X_{T+1} = X_T − η(X_TX_Tᵀ − M*)X_T with k > r columns:   ‖X_TX_Tᵀ − M*‖_F²  =  Ω(1/T²)   (xdd.sym.lower), exactly of that order.
For the flow, from ANY start and at EVERY t (xdd.sym.flow-lower, derived): with S the signal rows of X_0 in the eigenbasis of
M*, N the others, Q an orthonormal basis of ker S and q_i the singular values of N Q,

    ‖Z(t) − M*‖_F  ≥  √( Σ_i ( q_i²/(1 + 2 t q_i²) )² ).

Why: Z_22(t) = N K⁻¹ Nᵀ with K = I + SᵀD_tS + 2tNᵀN, K⁻¹ ⪰ Q(QᵀKQ)⁻¹Qᵀ, and Q kills S. With k = r the rate is linear.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.matrix_sensing.descent import Factor, FactoredDescent
from algorithms.matrix_sensing.flow import Flow, RiccatiFlow
from algorithms.matrix_sensing.oracles import constant
from problems.matrix_sensing.sensing import Sensing, planted
from ratecheck import (
    Array,
    AtLeast,
    Certified,
    Claim,
    Constants,
    SameOrder,
    Seen,
    Side,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
)
from theory_checks.matrix_sensing._common import derived, descends, error, flow_error

BASE = partial(planted, spectrum=(1.0, 0.75, 0.5), n=8, k=5)


def with_null_values(seeds: range, k: int = 5, alpha: float = 0.3) -> Sensing:
    """The singular values q_1, q_2, … of N Q as constants."""
    p = BASE(seeds, k=k, alpha=alpha)
    X = np.swapaxes(p.V, 1, 2) @ p.x0
    Q = np.swapaxes(np.linalg.svd(X[:, :3])[2], 1, 2)[:, :, 3:]
    q = np.linalg.svd(X[:, 3:] @ Q, compute_uv=False)
    more = {f"q_{i + 1}": Certified(q[:, i], Unit(x=1), Side.EXACT, "singular value of N Q, computed") for i in range(q.shape[1])}
    return replace(p, constants={**p.constants, **more})


def floor(k: Array, c: Constants) -> Array:
    return sum((c[q] ** 2 / (1 + 2 * c["t"] * c[q] ** 2)) ** 2 for q in ("q_1", "q_2")) ** 0.5


FLOW = Claim[Sensing, Flow](
    source=derived("xdd.sym.flow-lower", "lower bound for the flow", "xiong2024, derived"),
    assumes=frozenset({Trait.SYMMETRIC, Trait.LOW_RANK}),
    instances={"k = r + 2": with_null_values, "small start": partial(with_null_values, alpha=0.01)},
    algorithm=RiccatiFlow(time=lambda k: 10.0 ** (-1 + k / 10)),
    seen={"t": Seen(each(lambda p, s: s.t), Unit(x=-2))},
    metric=each(flow_error),
    unit=Unit(x=2),
    bound=floor,
    holds=AtLeast(),
    k=range(80),
    sharp={"k = r + 2": AtLeast(power=1.05)},
)
ORDER = Claim[Sensing, Factor](
    source=Source("xiong2024, abstract", "lower bound Ω(1/T²)", "xdd.sym.lower", Statement.VERIFIED),
    assumes=FLOW.assumes,
    instances={"k = r + 2": partial(BASE, alpha=1.0)},
    algorithm=FactoredDescent(constant(0.2)),
    laws={"descent": descends},
    metric=each(lambda p, s: error(p, s) ** 2),
    unit=Unit(x=4),
    bound=lambda k, c: c["s_1"] ** 2 / k**2,
    holds=SameOrder(within=0.1),
    k=range(10, 5000),
    seeds=4,
)

THEOREM = Theorem(
    claims={"flow, every t": (FLOW, Status.CONSISTENT), "order 1/T^2": (ORDER, Status.CONSISTENT)},
    foils={
        "k = r": (replace(ORDER, instances={"k = r": partial(BASE, k=3, alpha=1.0)}, k=range(10, 300)), Status.REFUTED),
        "1/T for the square": (replace(ORDER, bound=lambda k, c: c["s_1"] ** 2 / k, k=range(10, 1000)), Status.REFUTED),
        "step 1/50, too early": (replace(ORDER, algorithm=FactoredDescent(constant(0.02)), k=range(10, 100)), Status.REFUTED),
        "t for 2t": (replace(FLOW, bound=lambda k, c: floor(k, {**c, "t": c["t"] / 2})), Status.REFUTED),
        "clock too fast": (replace(FLOW, algorithm=RiccatiFlow(time=lambda k: 10.0 ** (-1 + k / 10)),
                                   seen={"t": Seen(each(lambda p, s: s.t / 1.1), Unit(x=-2))}), Status.REFUTED),
        "singular values for squares": (replace(FLOW, bound=lambda k, c: c["q_1"] / (1 + 2 * c["t"] * c["q_1"] ** 2)), Status.ILL_POSED),
    },
)
