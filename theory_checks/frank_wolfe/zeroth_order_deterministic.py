"""Sahu, Zaheer, Kar 2019 (arXiv 1810.03233), Theorem 3.1: Frank–Wolfe from exact values, differences over the axes.

F convex and L-smooth over a set of Euclidean diameter R, n coordinates. With γ_t = 2/(t+2), t from 0, and differences of length
c_t = γ_t R/n (the paper prints γ_t = 2/(t+1) and two forms of c_t; this one has the unit of x), for every t

    F(x_t) − F* ≤ max{2 h_0, 4 L R²}/(t + 2) .

The estimate is off by ‖g − ∇F‖ ≤ c L √n/2, so that   h_{t+1} ≤ (1 − γ_t) h_t + γ_t² (L R²/2)(1 + 1/√n)   (derived).
"""

from dataclasses import replace

import numpy as np
from array_api_compat import array_namespace

from algorithms.frank_wolfe.zeroth_order import FiniteDifferences, ZerothState
from problems.frank_wolfe.noisy import NoisyQuadratic, exact_ball, exact_l1_ball
from ratecheck import Always, Array, Claim, Constants, Law, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from theory_checks.frank_wolfe._common import norm, primal_gap, roundoff
from theory_checks.frank_wolfe._zeroth_order import moves_towards_v


def bound(k: Array, c: Constants) -> Array:
    return np.maximum(2 * c["h_0"], 4 * c["L"] * c["R"] ** 2) / (k + 2)


def step(k: Array, c: Constants) -> Array:
    gamma = 2 / (k + 2)
    return (1 - gamma) * c["h"] + gamma**2 * c["L"] * c["R"] ** 2 / 2 * (1 + c["d"] ** -0.5)


def differs(p: NoisyQuadratic, s: ZerothState, t: ZerothState) -> Array:
    """g_t from differences of length c_t = γ_t R/n, γ_t = 2/(t+2)"""
    xp = array_namespace(s.x)
    gamma, R = 2 / (s.k + 2), float(xp.max(p.constants["R"].value))
    c, n = gamma * R / s.x.shape[1], s.x.shape[1]
    eye = xp.eye(n, dtype=s.x.dtype)[None, :, :]
    g = (p.values(s.x[:, None, :] + c * eye, 0 * s.x) - p.values(s.x[:, None, :], 0 * s.x)) / c
    return xp.max(xp.abs(s.g - g), axis=-1) / xp.max(xp.abs(g), axis=-1) + xp.abs(s.gamma / gamma - 1)


LAWS: dict[str, Law[NoisyQuadratic, ZerothState]] = {"differs": differs, "towards v": moves_towards_v}
CLAIM = Claim[NoisyQuadratic, ZerothState](
    source=Source("sahu2019", "Theorem 3.1", "zofw.det.primal", Statement.VERIFIED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT}),
    instances={"ℓ₁ ball": exact_l1_ball},
    algorithm=FiniteDifferences(),
    laws=LAWS,
    metric=each(primal_gap),
    unit=Unit(f=1),
    bound=bound,
    holds=Always(),
    k=range(1, 150),
    rounding=roundoff,
)
STEP = replace(
    CLAIM,
    source=replace(CLAIM.source, place="Theorem 3.1, one step", statement=Statement.DERIVED),
    instances={"ℓ₁ ball": exact_l1_ball, "ball": exact_ball},
    metric=each_step(lambda p, s, t: primal_gap(p, t)),
    bound=step,
    seen={"h": Seen(each(primal_gap), Unit(f=1))},
)
ERROR = replace(
    CLAIM,
    source=replace(CLAIM.source, place="Theorem 3.1, ‖g − ∇F‖", statement=Statement.DERIVED),
    metric=each(lambda p, s: norm(s.g - p.grad(s.x))),
    unit=Unit(1, -1),
    bound=lambda k, c: c["c"] * c["L"] * c["d"] ** 0.5 / 2,
    seen={"c": Seen(each(lambda p, s: s.c + 0 * s.gamma), Unit(0, 1))},
    rounding=lambda k, c: 1e-12 * c["L"] * c["R"] + 0 * k,
)

THEOREM = Theorem(
    claims={"every t": (CLAIM, Status.CONSISTENT), "one step": (STEP, Status.CONSISTENT), "estimate": (ERROR, Status.CONSISTENT)},
    foils={
        "constant difference": (replace(CLAIM, algorithm=FiniteDifferences(lambda k: 0.3)), Status.UNLAWFUL),
        "constant difference, unstated": (
            replace(STEP, instances={"ball": exact_ball}, algorithm=FiniteDifferences(lambda k: 3.0), laws={}),
            Status.REFUTED,
        ),
        "a tenth": (replace(CLAIM, bound=lambda k, c: bound(k, c) / 10), Status.REFUTED),
        "O(t^{−5/2})": (replace(CLAIM, bound=lambda k, c: bound(k, c) / (k + 2) ** 1.5), Status.REFUTED),
        "half of the error": (replace(ERROR, bound=lambda k, c: ERROR.bound(k, c) / 2), Status.REFUTED),
        "R for R²": (replace(CLAIM, bound=lambda k, c: 4 * c["L"] * c["R"] / (k + 2)), Status.ILL_POSED),
    },
)
