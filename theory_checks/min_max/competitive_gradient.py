"""Vyas, Azizzadenesheli 2023 (arXiv 2205.14232; authors' code read, constants derived): competitive gradient on quadratic games.

z⁺ = z − η (I + αS)⁻¹ F(z), S the interaction [[0, C], [−Cᵀ, 0]]. For f = xᵀCy, every singular value of C equal to s, exactly

    ‖z_k‖² = (1 − η s² (2α − η)/(1 + α² s²))^k ‖z_0‖²      (it converges if and only if η < 2α);
    flow:  ‖z(t)‖ = exp(−α s² t/(1 + α² s²)) ‖z_0‖;

for any quadratic game with Jacobian J, c = λ_min(sym(J (I + αS)⁻¹)), also where f is neither convex nor concave,

    ‖F(z(t))‖² ≤ e^{−2ct} ‖F(z_0)‖².

Why: d/dt ‖F‖² = −2 ⟨F, J (I + αS)⁻¹ F⟩; S and (I + αS)⁻¹ commute, and sym((I + αS)⁻¹ S) = αSᵀS(I + α²SᵀS)⁻¹.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.competitive_gradient import CompetitiveFlow, CompetitiveGradient, State
from algorithms.min_max.stability import Edge, StabilityEdge
from algorithms.min_max.steps import Step
from problems.min_max.competitive_quadratics import CompetitiveQuadratic, bilinear, indefinite
from problems.min_max.linear_operators import times
from ratecheck import Always, Array, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, each
from theory_checks.min_max._common import FORCE2, LENGTH2, STEP, distance2, relative, residual2


def own(name: str) -> Step:
    return lambda c: c[name].value


def short(factor: float) -> Step:
    """factor/(largest of L, 1/α), for the flow"""
    return lambda c: factor / (c["L"].value + 1 / c["alpha"].value)


def factor2(c: Constants) -> Array:
    return 1 - c["eta"] * c["s"] ** 2 * (2 * c["alpha"] - c["eta"]) / (1 + (c["alpha"] * c["s"]) ** 2)


def power(k: Array, c: Constants) -> Array:
    return factor2(c) ** k * c["R"] ** 2


def flow(k: Array, c: Constants) -> Array:
    a, s2 = c["alpha"], c["s"] ** 2
    return np.exp(-2 * a * s2 / (1 + a * a * s2) * c["h"] * k) * c["R"] ** 2


def stationarity(k: Array, c: Constants) -> Array:
    return np.exp(-2 * c["c"] * c["h"] * k) * c["F0"] ** 2


def competes(p: CompetitiveQuadratic, s: State, t: State) -> Array:
    """(I + αS)(z − z⁺) = η F(z)"""
    d = s.x - t.x
    return relative(s.eta[:, None] * p.apply(s.x), d + s.alpha[:, None] * times(p.S, d), s.x)


def flows(p: CompetitiveQuadratic, s: State, t: State) -> Array:
    """(I + G/2 + G²/12) z⁺ = (I − G/2 + G²/12) z, G = h (I + αS)⁻¹ J: Padé, which agrees with fourth order up to ‖G‖⁵, ‖G‖ ≤ 0.02"""
    xp = array_namespace(s.x)
    M = xp.eye(s.x.shape[-1], dtype=s.x.dtype)[None, :, :] + s.alpha[:, None, None] * p.S
    G = xp.linalg.solve(M, p.J) * s.eta[:, None, None]
    left = t.x + times(G, t.x) / 2 + times(G, times(G, t.x)) / 12
    right = s.x - times(G, s.x) / 2 + times(G, times(G, s.x)) / 12
    return relative(right, left)


STEPS = Claim[CompetitiveQuadratic, State](
    source=Source("vyas2023", "bilinear games", "cgo.bilinear.factor", Statement.DERIVED),
    assumes=frozenset({Trait.AFFINE}),
    instances={"η from 0.3 to 3 times 2α": bilinear, "s = 3": partial(bilinear, s=3.0)},
    algorithm=CompetitiveGradient(own("alpha"), own("eta")),
    metric=each(distance2),
    unit=LENGTH2,
    bound=power,
    holds=Equal(1e-10),
    k=range(61),
    laws={"competes": competes},
    rounding=lambda k, c: 1e-13 * power(k, c),
    seeds=32,
)
H = {"h": Seen[CompetitiveQuadratic, State](each(lambda p, s: s.eta), STEP)}
FLOW = replace(
    STEPS,
    source=replace(STEPS.source, place="bilinear games, the flow", slug="cgo.bilinear.flow"),
    algorithm=CompetitiveFlow(own("alpha"), short(0.02)),
    bound=flow,
    holds=Equal(1e-7),  # the fourth-order steps
    k=range(301),
    seen=H,
    laws={"flows": flows},
    rounding=lambda k, c: 0 * k,
    seeds=8,
)
STATIONARITY = replace(
    FLOW,
    source=replace(STEPS.source, place="stationarity along the flow", slug="cgo.cont.stationarity"),
    instances={
        "indefinite": indefinite,
        "α = 0.3": partial(indefinite, alpha=0.3),
        "8 dimensions": partial(indefinite, n=4, curvature=0.5),
    },
    metric=each(residual2),
    unit=FORCE2,
    bound=stationarity,
    holds=Always(rounding=1e-7),
    k=range(1, 201),
)
LONG = replace(STEPS, instances={"η > 2α": partial(bilinear, low=1.02, high=3.0)}, holds=Always(), bound=lambda k, c: c["R"] ** 2 + 0 * k)
TURN = Claim[CompetitiveQuadratic, Edge](
    source=replace(STEPS.source, place="bilinear games, the largest step"),
    assumes=STEPS.assumes,
    instances=STEPS.instances,
    algorithm=StabilityEdge(
        lambda step: CompetitiveGradient(own("alpha"), step), lambda c: c["alpha"].value, lambda c: 4.4 * c["alpha"].value, K=20
    ),
    metric=each(lambda p, s: s.step),
    unit=STEP,
    bound=lambda k, c: 2 * c["alpha"],
    holds=Equal(1e-10),
    k=range(1),
    seeds=8,
)

THEOREM = Theorem(
    claims={
        "factor": (STEPS, Status.CONSISTENT),
        "η < 2α shrinks": (replace(LONG, instances={"η < 2α": partial(bilinear, low=0.2, high=0.98)}), Status.CONSISTENT),
        "largest step": (TURN, Status.CONSISTENT),
        "flow": (FLOW, Status.CONSISTENT),
        "stationarity": (STATIONARITY, Status.CONSISTENT),
    },
    foils={
        "η > 2α": (LONG, Status.REFUTED),
        "largest step α": (replace(TURN, bound=lambda k, c: c["alpha"] + 0 * k), Status.REFUTED),
        "largest step 2/s": (replace(TURN, bound=lambda k, c: 2 / c["s"]), Status.REFUTED),
        "α for 2α": (
            replace(STEPS, bound=lambda k, c: (factor2(c) + c["eta"] * c["s"] ** 2 * c["alpha"]) ** k * c["R"] ** 2),
            Status.REFUTED,
        ),
        "α s for α² s²": (replace(STEPS, bound=lambda k, c: power(k, {**c, "s": c["s"] ** 2})), Status.ILL_POSED),
        "gradient descent ascent": (
            replace(STEPS, algorithm=CompetitiveGradient(lambda c: 0 * c["alpha"].value, own("eta")), laws={}),
            Status.REFUTED,
        ),
        "competitive gradient descent, α = η": (replace(STEPS, algorithm=CompetitiveGradient(own("eta"), own("eta"))), Status.REFUTED),
        "flow, twice the rate": (replace(FLOW, bound=lambda k, c: flow(2 * k, c)), Status.REFUTED),
        "steps for the flow": (replace(FLOW, algorithm=CompetitiveGradient(own("alpha"), short(0.02))), Status.UNLAWFUL),
        "stationarity, 1.5 c": (
            replace(STATIONARITY, bound=lambda k, c: stationarity(k, {**c, "c": c["c"] + 0.5 * np.abs(c["c"])})),
            Status.REFUTED,
        ),
        "stationarity, flow of F": (
            replace(STATIONARITY, algorithm=CompetitiveFlow(lambda c: 0 * c["alpha"].value, short(0.02)), laws={}),
            Status.REFUTED,
        ),
    },
)
