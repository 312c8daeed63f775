"""Hardt, Ma, Recht 2018 (derived here for any input): linear systems driven by recorded inputs, with a ball certified around x*.

f = (1/N) Σ f_i, f_i(x) = (1/2π) ∫ |Ĝ − G|² S_i dθ, Ĝ = ŝ/p̂, G = s/p of degree n, S_i the spectrum of input i, continued periodically:
f_i is the mean square error of the output over one period. With m = min |p| on the circle:

  identity  ⟨∇f(x), x − x*⟩ = (1/2π) ∫ 2 Re(p/p̂) |Ĝ − G|² S dθ                                        for every input;
  ball      ⟨∇f(x), x − x*⟩ ≥ (2/(1 + q)) f(x) for ‖x − x*‖ ≤ q m/√n, q < 1;                            so f is star-convex there;
  descent   f(x_k) ≤ (L R²/2 + f(x_0))/(k + 1) for the step 1/L, R = ‖x_0 − x*‖ ≤ q m/√n, L for that ball;
  SGD       mean over t < T of E f(x_t) ≤ L_max R²·2/T for the step 1/(2 L_max).

Why: p̂ = p + δ with |δ| ≤ √n ‖x − x*‖ ≤ q m, and Re(1/(1 + w)) ≥ 1/(1 + |w|) for |w| < 1. Neither method leaves the ball; SGD because
‖x⁺ − x*‖² ≤ ‖x − x*‖² − 2 s (1 − s L_max) f_i(x), which also gives its bound. The inputs are 32 windows of an electroencephalogram.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.descent import GradientDescent, Point
from algorithms.quasar_convex.points import Ray, Sample, Scattered
from algorithms.quasar_convex.stochastic import SGD, Iterate
from problems.quasar_convex.driven_systems import driven_system, electroencephalogram
from problems.quasar_convex.linear_systems import LinearSystem
from ratecheck import (
    Always,
    Array,
    AtLeast,
    Claim,
    Constants,
    Draw,
    Equal,
    InExpectation,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
    mean,
)
from theory_checks.quasar_convex._common import distance2, gap, inner, moves_along_the_gradient, on, relative
from theory_checks.quasar_convex.linear_systems import size, slope, source, weighted

PERIODS = 5


def in_time(p: LinearSystem, s: Sample) -> Array:
    """Mean square of ŷ − y over the last of five periods of every window, the recursions started at rest."""
    xp = array_namespace(s.x)
    window = p.cosines.shape[1]
    u = xp.asarray(electroencephalogram(window))

    def response(x: Array) -> list[Array]:
        n = p.order
        y: list[Array] = [xp.zeros((x.shape[0], u.shape[0]), dtype=x.dtype)] * n
        for t in range(PERIODS * window):
            now = sum((x[:, n + j : n + j + 1] * u[None, :, (t - j - 1) % window] - x[:, j : j + 1] * y[-j - 1] for j in range(n)), 0 * y[0])
            y.append(now)
        return y[-window:]

    d = [a - b for a, b in zip(response(s.x), response(p.x_star), strict=True)]
    return xp.mean(sum((e * e for e in d), 0 * d[0]), axis=-1) / window


def descent_bound(k: Array, c: Constants) -> Array:
    return (c["L_ball"] * c["R"] ** 2 / 2 + c["e0"]) / (c["gamma"] * k + 1)


def stochastic_bound(k: Array, c: Constants) -> Array:
    return 2 * c["L_max_ball"] * c["R"] ** 2 / (k + 1)


def steps(p: LinearSystem, s: Iterate, t: Iterate) -> Array:
    """x_{k+1} = x_k − ∇f_i(x_k)/(2 L_max), every component written out"""
    xp = array_namespace(s.x)
    w = xp.astype(xp.arange(p.size)[None, :] == s.i[:, None], s.x.dtype)
    return relative(t.x - s.x + p.grad_batch(s.x, w) / (2 * p.constants["L_max_ball"].value)[:, None], s.x, t.x)


RADIUS: Mapping[str, Seen[LinearSystem, Point]] = {"r": Seen(each(lambda p, s: distance2(p, s) ** 0.5), Unit(x=1))}
INSIDE = {"in the ball": lambda k, c: c["r"] / c["R"] / (1 + 1e-12)}
INSTANCES: Mapping[str, Draw[LinearSystem]] = {
    "order 2": driven_system,
    "order 2, near": partial(driven_system, share=0.1),
    "order 4": partial(driven_system, n=4, radius=0.5, share=0.05),
}
IDENTITY = Claim[LinearSystem, Sample](
    source=source("lds.identity"),
    assumes=frozenset({Trait.SMOOTH}),
    instances=INSTANCES,
    algorithm=Scattered(-2.0, 0.0),
    metric=each(slope),
    unit=Unit(f=1),
    bound=lambda k, c: c["weighted"],
    holds=Equal(1e-9),
    rounding=lambda k, c: 1e-13 * c["size"],
    k=range(40),
    seen={"weighted": Seen(each(weighted), Unit(f=1)), "size": Seen(each(size), Unit(f=1))},
    seeds=4,
)
RISK = replace(
    IDENTITY, source=source("fam.lds"), instances={"order 2": driven_system}, algorithm=Ray(), metric=each(gap), bound=lambda k, c: c["in time"],
    k=range(1), seen={"in time": Seen(each(in_time), Unit(f=1))}, rounding=lambda k, c: 1e-14 * c["e0"],
)
BALL = replace(
    IDENTITY, source=source("lds.gamma"), assumes=frozenset({Trait.QUASAR_CONVEX}), bound=lambda k, c: c["weight"] * c["gap"], holds=AtLeast(),
    rounding=lambda k, c: 0.0 * k, seen={"gap": Seen(each(gap), Unit(f=1))}, k=range(300),
)
DESCENT = Claim[LinearSystem, Point](
    source=source("lds.gd"),
    assumes=frozenset({Trait.QUASAR_CONVEX, Trait.SMOOTH}),
    instances=INSTANCES,
    algorithm=GradientDescent(lambda c, k: 1 / c["L_ball"].value),
    metric=each(gap),
    unit=Unit(f=1),
    bound=descent_bound,
    holds=Always(),
    k=range(1, 301),
    seen=RADIUS,
    given=INSIDE,
    laws={"moves along the gradient": moves_along_the_gradient(lambda c: 1 / c["L_ball"])},
    seeds=8,
)
STOCHASTIC = Claim[LinearSystem, Iterate](
    source=Source("gower2021", "quasar-convex, interpolation, with its constant", "qc.sgd.quasar", Statement.DERIVED),
    assumes=frozenset({Trait.QUASAR_CONVEX, Trait.FINITE_SUM, Trait.INTERPOLATION}),
    instances={"order 2, near": INSTANCES["order 2, near"]},
    algorithm=SGD(lambda c, k: 0.5 / c["L_max_ball"].value),
    metric=mean(gap),
    unit=Unit(f=1),
    bound=stochastic_bound,
    holds=InExpectation(),
    k=range(300),
    seen={"r": Seen(each(lambda p, s: inner(s.x - p.x_star, s.x - p.x_star) ** 0.5), Unit(x=1))},
    given=INSIDE,
    laws={"steps": steps},
    seeds=64,
)


def whitened(p: LinearSystem, s: Sample) -> Array:
    """The identity with S = 1"""
    return array_namespace(s.x).mean(p.weight(s.x) * p.error2(s.x), axis=-1)


THEOREM = Theorem(
    claims={
        "identity": (IDENTITY, Status.CONSISTENT),
        "risk in time": (RISK, Status.CONSISTENT),
        "constant in the ball": (BALL, Status.CONSISTENT),
        "descent": (DESCENT, Status.CONSISTENT),
        "SGD": (STOCHASTIC, Status.CONSISTENT),
    },
    foils={
        "identity of white noise": (
            replace(IDENTITY, seen={**IDENTITY.seen, "weighted": Seen(each(whitened), Unit(f=1))}), Status.REFUTED
        ),
        "risk without its square": (replace(RISK, seen={"in time": Seen(each(lambda p, s: in_time(p, s) ** 0.5), Unit(f=1))}), Status.REFUTED),
        "a ball 20 times as large": (
            replace(BALL, instances={"order 4": partial(driven_system, n=4, radius=0.5, share=0.9)}, algorithm=Scattered(1.0, 1.5), assumes=frozenset()),
            Status.REFUTED,
        ),
        "twice the constant": (replace(BALL, bound=lambda k, c: 2 * c["weight"] * c["gap"]), Status.REFUTED),
        "step 1/(2L)": (replace(on(DESCENT, "order 2"), algorithm=GradientDescent(lambda c, k: 0.5 / c["L_ball"].value)), Status.UNLAWFUL),
        "descent like 1/k^2": (replace(on(DESCENT, "order 2, near"), bound=lambda k, c: descent_bound(k, c) / (k + 1)), Status.REFUTED),
        "step -1/L": (
            replace(on(DESCENT, "order 2"), algorithm=GradientDescent(lambda c, k: -1 / c["L_ball"].value), laws={}), Status.NOT_APPLICABLE
        ),
        "R for R^2": (replace(DESCENT, bound=lambda k, c: descent_bound(k, {**c, "R": c["R"] ** 0.5})), Status.ILL_POSED),
        "SGD: a tenth": (replace(STOCHASTIC, bound=lambda k, c: stochastic_bound(k, c) / 10), Status.REFUTED),
        "SGD: half the step": (replace(STOCHASTIC, algorithm=SGD(lambda c, k: 0.25 / c["L_max_ball"].value)), Status.UNLAWFUL),
    },
)
