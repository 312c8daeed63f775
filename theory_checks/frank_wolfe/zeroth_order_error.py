"""Sahu, Zaheer, Kar 2019 (arXiv 1810.03233), Lemma 3.2 and 3.3: the error of the averaged estimate, and what it costs.

F(·; y) convex and L-smooth over a set of diameter R in ℝⁿ, E‖∇F‖² ≤ L₁², E‖∇F − ∇f‖² ≤ σ², γ_t = 2/(t+8), c_t and ρ_t of the scheme
(given in a length ℓ). With the average d_t of the estimates,

    pathwise (3.3)    h_{t+1} ≤ (1 − γ_t) h_t + γ_t R ‖∇f(x_t) − d_t‖ + L R² γ_t²/2
    RDSA, I-RDSA(m)   E‖∇f(x_t) − d_t‖² ≤ 2Q/(t+8)^{2/3},
        Q = (32σ² + 64 L₁²) N^{−1/3} + (128 L₁² + 2 L²R² + 416 L²ℓ²) N^{2/3},   N = n, or 1 + n/m
    KWSA              E‖∇f(x_t) − d_t‖² ≤ Q/(t+8)^{2/3},  Q = max{9^{2/3} ‖∇f(x_0) − d_0‖², 32σ² + 32 L²ℓ² + 2 L²R²}

These constants are far from met. Exactly, for f with ∇²f = L I, linear noise and one normal direction (E‖⟨u,z⟩z‖² = (n+2)‖u‖²,
E‖z‖⁶ = n(n+2)(n+4)), given the past, with b = (1−ρ)(∇f(x_t) − d_{t−1}):

    E‖∇f(x_t) − d_t‖² = ‖b‖² + ρ² ((n+2)(‖∇f‖² + σ²) + L²c² n(n+2)(n+4)/4 − ‖∇f‖²)               (derived)
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.frank_wolfe.zeroth_order import KWSA, RDSA, Scheme, ZerothOrder, ZerothState, improved
from problems.frank_wolfe.noisy import NoisyQuadratic, noisy_ball
from ratecheck import (
    Always,
    Array,
    Bound,
    Claim,
    Constants,
    InExpectation,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
    each_step,
)
from theory_checks.frank_wolfe._common import inner, norm, primal_gap, roundoff
from theory_checks.frank_wolfe._zeroth_order import AXES, ONE, Table, error2, laws, several

SQUARE = Unit(2, -2)


def random_directions(m: int | None) -> Bound:
    def bound(k: Array, c: Constants) -> Array:
        N = c["d"] if m is None else 1 + c["d"] / m
        Q = (32 * c["sigma"] ** 2 + 64 * c["L_1"] ** 2) * N ** (-1 / 3)
        Q = Q + (128 * c["L_1"] ** 2 + 2 * (c["L"] * c["R"]) ** 2 + 416 * (c["L"] * c["ell"]) ** 2) * N ** (2 / 3)
        return 2 * Q / (k + 8) ** (2 / 3)

    return bound


def axes(k: Array, c: Constants) -> Array:
    Q = np.maximum(9 ** (2 / 3) * c["start"], 32 * c["sigma"] ** 2 + 32 * (c["L"] * c["ell"]) ** 2 + 2 * (c["L"] * c["R"]) ** 2)
    return Q / (k + 8) ** (2 / 3)


def first(p: NoisyQuadratic, states: Iterator[ZerothState]) -> Iterator[Array]:
    """‖∇f(x_0) − d_0‖²"""
    kept = None
    for s in states:
        kept = error2(p, s) if kept is None else kept
        yield kept


def carried(p: NoisyQuadratic, states: Iterator[ZerothState]) -> Iterator[Array]:
    """‖(1 − ρ_t)(∇f(x_t) − d_{t−1})‖², d_{−1} = 0"""
    before = 0.0
    for s in states:
        e = (1 - s.rho) * (p.grad(s.x) - before)
        before = s.d
        yield inner(e, e)


def expected(second: float) -> Bound:
    """with E‖⟨u,z⟩z‖² = (n + second)‖u‖²"""

    def bound(k: Array, c: Constants) -> Array:
        n = c["d"]
        bias = (c["L"] * c["c"]) ** 2 * n * (n + 2) * (n + 4) / 4
        return c["carried"] + c["rho"] ** 2 * ((n + second) * (c["slope2"] + c["sigma"] ** 2) + bias - c["slope2"])

    return bound


def gap_after(p: NoisyQuadratic, s: ZerothState, t: ZerothState) -> Array:
    return primal_gap(p, t)


def mse(scheme: Scheme, row: Table, bound: Bound, place: str) -> Claim[NoisyQuadratic, ZerothState]:
    return Claim[NoisyQuadratic, ZerothState](
        source=Source("sahu2019", place, "zofw.mse", Statement.VERIFIED),
        assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT, Trait.UNBIASED}),
        instances={"ball": partial(noisy_ball, n=4)},
        algorithm=ZerothOrder(scheme),
        laws=laws(row),
        metric=each(error2),
        unit=SQUARE,
        bound=bound,
        holds=InExpectation(),
        k=range(1, 40),
        seeds=128,
    )


R_DSA = mse(RDSA, ONE, random_directions(None), "Lemma 3.2, RDSA")
I_RDSA = mse(improved(2), several(2), random_directions(2), "Lemma 3.2, I-RDSA")
K_WSA = replace(mse(KWSA, AXES, axes, "Lemma 3.2, KWSA"), seen={"start": Seen(first, SQUARE)})
EXACT = replace(
    R_DSA,
    source=replace(R_DSA.source, place="Lemma 3.2, one step, exact", statement=Statement.DERIVED),
    instances={"n = 2": partial(noisy_ball, n=2), "n = 4": partial(noisy_ball, n=4)},
    bound=expected(2.0),
    seen={
        "carried": Seen(carried, SQUARE),
        "slope2": Seen(each(lambda p, s: inner(p.grad(s.x), p.grad(s.x))), SQUARE),
        "rho": Seen(each(lambda p, s: s.rho + 0 * s.gamma)),
        "c": Seen(each(lambda p, s: s.c + 0 * s.gamma), Unit(0, 1)),
    },
    k=range(40),
    seeds=256,
)
PATH = Claim[NoisyQuadratic, ZerothState](
    source=Source("sahu2019", "Lemma 3.3", "zofw.lemma33", Statement.VERIFIED),
    assumes=EXACT.assumes,
    instances={"ball": noisy_ball},
    algorithm=ZerothOrder(KWSA),
    laws=laws(AXES),
    metric=each_step(gap_after),
    unit=Unit(f=1),
    bound=lambda k, c: (1 - c["gamma"]) * c["h"] + c["gamma"] * c["R"] * c["error"] + c["L"] * c["R"] ** 2 * c["gamma"] ** 2 / 2,
    holds=Always(),
    k=range(100),
    seen={
        "gamma": Seen(each(lambda p, s: s.gamma)),
        "h": Seen(each(primal_gap), Unit(f=1)),
        "error": Seen(each(lambda p, s: norm(p.grad(s.x) - s.d)), Unit(1, -1)),
    },
    rounding=roundoff,
)


def slow(k: int) -> float:
    return 1 / (k + 8)


THEOREM = Theorem(
    claims={
        "RDSA": (R_DSA, Status.VACUOUS),
        "I-RDSA": (I_RDSA, Status.VACUOUS),
        "KWSA": (K_WSA, Status.VACUOUS),
        "one step, exact": (EXACT, Status.CONSISTENT),
        "pathwise": (PATH, Status.CONSISTENT),
    },
    foils={
        "I-RDSA for RDSA": (replace(R_DSA, algorithm=ZerothOrder(improved(2))), Status.UNLAWFUL),
        "step 1/(t+8)": (replace(PATH, algorithm=ZerothOrder(KWSA, slow)), Status.UNLAWFUL),
        "s(n) = n": (replace(EXACT, instances={"n = 2": partial(noisy_ball, n=2)}, bound=expected(0.0), seeds=1024), Status.REFUTED),
        "nothing carried": (replace(EXACT, bound=lambda k, c: expected(2.0)(k, {**c, "carried": 0 * c["carried"]})), Status.REFUTED),
        "no error": (replace(PATH, bound=lambda k, c: PATH.bound(k, {**c, "error": 0 * c["error"]})), Status.REFUTED),
        "Q with L for L²": (replace(R_DSA, bound=lambda k, c: R_DSA.bound(k, {**c, "L": c["L"] ** 0.5})), Status.ILL_POSED),
    },
)
