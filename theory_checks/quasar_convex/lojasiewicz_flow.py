"""Liu, Yang, Hayou, Li 2022 (derived): gradient flow under the uniform Łojasiewicz gradient inequality.

Let ‖∇f(w)‖ ≥ c (f(w) − f*)^θ on the trajectory of ẇ = −∇f(w), θ ∈ [1/2, 1), c > 0, e_t = f(w_t) − f*. Then for every t ≥ 0

  θ = 1/2:       e_t ≤ e^{−c²t} e_0;
  θ ∈ (1/2, 1):  e_t ≤ (1 + M t)^{−1/(2θ−1)} e_0,   M = c² (2θ − 1) e_0^{2θ−1};
  length of the path up to t ≤ (e_0^{1−θ} − e_t^{1−θ})/(c (1 − θ)) ≤ e_0^{1−θ}/(c (1 − θ)).

Why: ė = −‖∇f‖² ≤ −c² e^{2θ}, and d/dt e^{1−θ} ≤ −c (1 − θ) ‖ẇ‖; integrate. All are equalities for ‖w‖^q/q, θ = (q − 1)/q, c = q^θ.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.quasar_convex.flows import Flow, Moment, gradient_and_length, with_length
from problems.quasar_convex.homogeneous import Petals, petals
from problems.quasar_convex.norm_powers import NormPower, norm_power
from ratecheck import Always, Array, Claim, Constants, Draw, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.quasar_convex._common import Minimised, on


def gap(p: Minimised, s: Moment) -> Array:
    return p.value(s.y[:, :-1]) - p.f_star


def length(p: Minimised, s: Moment) -> Array:
    return s.y[:, -1]


def fast(k: int) -> float:
    """t = k/20"""
    return k / 20


def slow(k: int) -> float:
    """t = 1.2^k − 1"""
    return 1.2**k - 1


def exponential(k: Array, c: Constants) -> Array:
    return np.exp(-(c["c"] ** 2) * c["t"]) * c["e0"]


def algebraic(k: Array, c: Constants) -> Array:
    p = 2 * c["theta"] - 1
    M = c["c"] ** 2 * p * c["e0"] ** p
    return (1 + M * c["t"]) ** (-1 / p) * c["e0"]


def path(k: Array, c: Constants) -> Array:
    q = 1 - c["theta"]
    return (c["e0"] ** q - c["gap"] ** q) / (c["c"] * q)


def whole_path(k: Array, c: Constants) -> Array:
    return path(k, {**c, "gap": 0.0 * c["gap"]})


def source(slug: str) -> Source:
    return Source("liu2022lojasiewicz", "uniform Łojasiewicz inequality; derived", slug, Statement.DERIVED)


SQUARE: Mapping[str, Draw[NormPower]] = {"q = 2": partial(norm_power, q=2.0)}
POWERS: Mapping[str, Draw[NormPower]] = {f"q = {q}": partial(norm_power, q=float(q), R=R) for q, R in ((3, 1.0), (4, 1.0), (8, 1.0))}
ALGEBRAIC = Claim[NormPower, Moment](
    source=source("lgi.rate"),
    assumes=frozenset(),
    instances=POWERS,
    algorithm=Flow(gradient_and_length, with_length, slow),
    metric=each(gap),
    unit=Unit(f=1),
    bound=algebraic,
    holds=Equal(1e-6),  # of the integrator
    k=range(1, 41),
    seen={"t": Seen(each(lambda p, s: s.t + 0 * p.f_star), Unit(-1, 2)), "gap": Seen(each(gap), Unit(f=1))},
    seeds=4,
)
EXPONENTIAL = replace(
    ALGEBRAIC, instances=SQUARE, algorithm=Flow(gradient_and_length, with_length, fast), bound=exponential, k=range(1, 201)
)
PATH = replace(ALGEBRAIC, source=source("lgi.length"), metric=each(length), unit=Unit(x=1), bound=path, holds=Equal(1e-6))
WHOLE = replace(
    on(PATH, "q = 3"), bound=whole_path, holds=Always(), k=range(40, 41), sharp={"q = 3": Equal(4e-3)}
)
BENT = Claim[Petals, Moment](
    source=source("lgi.rate"),
    assumes=frozenset({Trait.POLYAK_LOJASIEWICZ}),
    instances={"six petals": partial(petals, pairs=1), "two petals": partial(petals, pairs=2, m=2, a=0.2, kappa=3.0)},
    algorithm=Flow(gradient_and_length, with_length, fast),
    metric=each(gap),
    unit=Unit(f=1),
    bound=lambda k, c: np.exp(-2 * c["pl"] * c["t"]) * c["e0"],
    holds=Always(),
    k=range(1, 41),
    seen={"t": Seen(each(lambda p, s: s.t + 0 * p.f_star), Unit(-1, 2)), "gap": Seen(each(gap), Unit(f=1))},
    rounding=lambda k, c: 1e-6 * np.exp(-2 * c["pl"] * c["t"]) * c["e0"],
    seeds=4,
)
BENT_PATH = replace(
    BENT, source=source("lgi.length"), metric=each(length), unit=Unit(x=1),
    bound=lambda k, c: (c["e0"] ** 0.5 - c["gap"] ** 0.5) / (c["pl"] / 2) ** 0.5, rounding=lambda k, c: 1e-6 * c["R"],
)
FOUR = on(ALGEBRAIC, "q = 4")
ABOVE = replace(FOUR, holds=Always())
TWICE = Flow[NormPower](lambda p, t, y: 2 * gradient_and_length(p, t, y), with_length, slow)

THEOREM = Theorem(
    claims={
        "algebraic": (ALGEBRAIC, Status.CONSISTENT),
        "exponential": (EXPONENTIAL, Status.CONSISTENT),
        "length": (PATH, Status.CONSISTENT),
        "length of the whole path": (WHOLE, Status.CONSISTENT),
        "exponential, non-convex": (BENT, Status.CONSISTENT),
        "length, non-convex": (BENT_PATH, Status.CONSISTENT),
    },
    foils={
        "time twice as fast": (replace(FOUR, algorithm=TWICE), Status.REFUTED),
        "theta 0.65 for 0.75": (
            replace(ABOVE, bound=lambda k, c: algebraic(k, {**c, "theta": 0.65, "c": c["c"] * c["e0"] ** 0.1})), Status.REFUTED
        ),
        "theta 1/2": (replace(ABOVE, bound=lambda k, c: exponential(k, {**c, "c": c["c"] * c["e0"] ** 0.25})), Status.REFUTED),
        "length without 1 − θ": (replace(PATH, bound=lambda k, c: path(k, c) * (1 - c["theta"])), Status.REFUTED),
        "non-convex, 2.2 mu": (replace(BENT, bound=lambda k, c: BENT.bound(k, {**c, "pl": 2.2 * c["pl"]})), Status.REFUTED),
        "c for c^2": (replace(EXPONENTIAL, bound=lambda k, c: np.exp(-c["c"] * c["t"]) * c["e0"]), Status.ILL_POSED),
    },
)
