"""Davis, Drusvyatskiy 2019 (arXiv 1803.06523 v3), Theorems 3.1, 3.4, 4.3: stochastic methods for weakly convex functions.

φ = f + r, f ρ-weakly convex, r closed convex, Moreau envelope φ_λ, rb > ρ, Δ = φ_{1/rb}(x_0) − min φ, E‖G‖² ≤ L². The output is x_{t*},
t* ≤ T random with probabilities proportional to the weights: the left side is that weighted mean, so t* need not be drawn.

  projsub   (3.4)  r an indicator, weights a_t:  E‖∇φ_{1/rb}‖² ≤ (rb/(rb − ρ)) [Δ + (rb L²/2) Σ a_t²]/Σ a_t;
  const     (3.5)  rb = 2ρ, a_t = g/√(T+1):      ≤ 2 [Δ + ρL²g²]/(g √(T+1));
  proxsub   (3.15) rb ≤ 2ρ, a_t ≤ 1/rb:          2 rb L² Σ a_t² in place of (rb L²/2) Σ a_t²;
  model     (4.15) prox-linear steps 1/b_t, b_t > rb, τ = ρ, η = 0, weights (rb − ρ)/b_t:
                   ≤ [rb Δ + 2rb²L² Σ 1/(b_t(b_t − rb))]/Σ (rb − ρ)/(2b_t);      (4.16) the same with b_t = rb + √(T+1)/g.

One step inside each proof, its expectation computed over all components, is the claim with teeth (a_t = a):
E[φ_{1/rb}(x_{t+1}) | t] ≤ φ_{1/rb}(x_t) − a ((rb − ρ)/rb) ‖∇φ_{1/rb}(x_t)‖² + a² rb L²/2.   The index k is T.
The mean for prox-linear stays a factor 10 to 30 below (4.15): VACUOUS there, tight in one step.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.quasar_convex.model_based import Drawn, ModelBased, Update, chosen, prox_linear_steps, subgradient_steps
from algorithms.quasar_convex.stochastic import Schedule
from problems.quasar_convex.phase_retrieval import PhaseRetrieval, phase_retrieval
from ratecheck import (
    Always,
    Array,
    Bound,
    Certified,
    Claim,
    Constants,
    Draw,
    InExpectation,
    Law,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
    total,
)
from theory_checks.quasar_convex._common import on, relative


def stationarity2(p: PhaseRetrieval, s: Drawn) -> Array:
    """‖∇φ_{1/rb}(x)‖² = rb² (x − prox)²"""
    rb = p.constants["rb"].value
    return (rb[:, None] * (s.x - p.nearest(s.x, rb)[1]))[:, 0] ** 2


def envelope(p: PhaseRetrieval, s: Drawn) -> Array:
    """φ_{1/rb}(x) − min φ"""
    return p.nearest(s.x, p.constants["rb"].value)[0][:, 0] - p.phi_min


def weighted_mean(p: PhaseRetrieval, states: Iterator[Drawn]) -> Iterator[Array]:
    """Σ a_t ‖∇φ(x_t)‖²/Σ a_t"""
    amount: Array = 0.0
    weights: Array = 0.0
    for s in states:
        amount, weights = amount + s.step * stationarity2(p, s), weights + s.step
        yield amount / weights


def expected_envelope(update: Update) -> Callable[[PhaseRetrieval, Drawn], Array]:
    def reading(p: PhaseRetrieval, s: Drawn) -> Array:
        """E[φ_{1/rb}(x_{t+1}) | t] − min φ, over all components"""
        values, _ = p.nearest(update(p, s.x, s.step), p.constants["rb"].value)
        return array_namespace(values).mean(values, axis=-1) - p.phi_min

    return reading


def takes(update: Update, step: Schedule) -> Law[PhaseRetrieval, Drawn]:
    """x_{t+1} is the step of component i with the step size of the statement"""

    def law(p: PhaseRetrieval, s: Drawn, t: Drawn) -> Array:
        length = array_namespace(s.x).asarray(step(p.constants, s.k))
        return relative(t.x - chosen(update(p, s.x, length), s.i), t.x, s.x)

    return law


def projected(k: Array, c: Constants) -> Array:
    return c["rb"] / (c["rb"] - c["rho"]) * (c["gap_0"] + c["rb"] * c["L"] ** 2 / 2 * c["a2"]) / c["a"]


def proximal(k: Array, c: Constants) -> Array:
    return c["rb"] / (c["rb"] - c["rho"]) * (c["gap_0"] + 2 * c["rb"] * c["L"] ** 2 * c["a2"]) / c["a"]


def constant_step(k: Array, c: Constants) -> Array:
    """(3.5), ρ in place of rb/2"""
    g = c["s"] * (k + 1) ** 0.5
    return 2 * (c["gap_0"] + c["rb"] / 2 * c["L"] ** 2 * g**2) / (g * (k + 1) ** 0.5)


def model_based(k: Array, c: Constants) -> Array:
    """1/b_t is the step s"""
    return (c["rb"] * c["gap_0"] + 2 * c["rb"] ** 2 * c["L"] ** 2 * c["ss"]) / (c["a"] * (c["rb"] - c["rho"]) / 2)


def one_step(factor: float) -> Bound:
    def bound(k: Array, c: Constants) -> Array:
        s, rb = c["s"], c["rb"]
        return c["envelope"] - s * (rb - c["rho"]) / rb * c["stationarity2"] + factor * rb * c["L"] ** 2 * s**2

    return bound


def model_step(k: Array, c: Constants) -> Array:
    s, rb = c["s"], c["rb"]
    noise = 2 * rb * c["L"] ** 2 * s**2 / (1 - rb * s)
    return c["envelope"] - s * (rb - c["rho"]) / (2 * rb) * c["stationarity2"] + noise


def source(place: str, slug: str) -> Source:
    return Source("davis2019 (1803.06523 v3)", place, slug, Statement.VERIFIED)


def decreasing(c: Mapping[str, Certified], k: int) -> Array:
    """a_t = 1/(20 rb √(t+1))"""
    return 0.05 / c["rb"].value / (k + 1) ** 0.5


T = 200


def tied(c: Mapping[str, Certified], k: int) -> Array:
    """a_t = g/√(T+1), g = 1/(5 rb)"""
    return 0.2 / c["rb"].value / (T + 1) ** 0.5


def linear(c: Mapping[str, Certified], k: int) -> Array:
    """1/b_t, b_t = rb + √(T+1)/g, g = 1/rb"""
    return 1 / (c["rb"].value * (1 + (T + 1) ** 0.5))


STEP = Unit(-1, 2)
SUMS: Mapping[str, Seen[PhaseRetrieval, Drawn]] = {
    "a": Seen(total(lambda p, s: s.step), STEP),
    "a2": Seen(total(lambda p, s: s.step**2), Unit(-2, 4)),
    "s": Seen(each(lambda p, s: s.step), STEP),
    "ss": Seen(total(lambda p, s: s.step**2 / (1 - p.constants["rb"].value * s.step)), Unit(-2, 4)),
}
LOCAL: Mapping[str, Seen[PhaseRetrieval, Drawn]] = {
    "s": SUMS["s"],
    "envelope": Seen(each(envelope), Unit(f=1)),
    "stationarity2": Seen(each(stationarity2), Unit(2, -2)),
}
BOX: Mapping[str, Draw[PhaseRetrieval]] = {
    "20 % outliers": partial(phase_retrieval, weight=0.0),
    "no outliers": partial(phase_retrieval, weight=0.0, outliers=0.0),
}
SPARSE: Mapping[str, Draw[PhaseRetrieval]] = {"r = |x|/5 on the box": partial(phase_retrieval, weight=0.2)}
MEAN = Claim[PhaseRetrieval, Drawn](
    source=source("Theorem 3.1, (3.4)", "wc.projsub"),
    assumes=frozenset({Trait.WEAKLY_CONVEX}),
    instances={"20 % outliers": BOX["20 % outliers"]},
    algorithm=ModelBased(decreasing),
    metric=weighted_mean,
    unit=Unit(2, -2),
    bound=projected,
    holds=InExpectation(),
    k=range(T + 1),
    seen=SUMS,
    given={"rb > ρ": lambda k, c: c["rho"] / c["rb"], "r is an indicator": lambda k, c: np.where(c["weight"] > 0, np.inf, 0.0) + 0 * k},
    laws={"steps": takes(subgradient_steps, decreasing)},
    seeds=64,
)
ONE_STEP = replace(
    MEAN, instances=BOX, metric=each(expected_envelope(subgradient_steps)), unit=Unit(f=1), bound=one_step(0.5), holds=Always(), seeds=8, k=range(60), seen=LOCAL,
    rounding=lambda k, c: 1e-13 * c["gap_0"],
)
CONST = replace(
    MEAN, source=source("Theorem 3.1, (3.5)", "wc.projsub.const"), algorithm=ModelBased(tied), bound=constant_step, k=range(T, T + 1),
    laws={"steps": takes(subgradient_steps, tied)},
)
PROX = replace(
    MEAN, source=source("Theorem 3.4, (3.15)", "wc.proxsub"), instances=SPARSE, bound=proximal, seeds=256,
    given={"rb > ρ": MEAN.given["rb > ρ"], "a_t ≤ 1/rb": lambda k, c: c["s"] * c["rb"]},
)
PROX_STEP = replace(PROX, metric=ONE_STEP.metric, unit=Unit(f=1), bound=one_step(2.0), holds=Always(), seeds=8, k=range(60), seen=LOCAL, rounding=ONE_STEP.rounding)
MODEL = replace(
    MEAN, source=source("Theorem 4.3, (4.15) and (4.16)", "wc.model"), algorithm=ModelBased(linear, prox_linear_steps), bound=model_based,
    given={**MEAN.given, "b_t > rb": lambda k, c: c["s"] * c["rb"]}, laws={"steps": takes(prox_linear_steps, linear)},
)
MODEL_STEP = replace(
    MODEL, metric=each(expected_envelope(prox_linear_steps)), unit=Unit(f=1), bound=model_step, holds=Always(), seeds=8, k=range(60), seen=LOCAL,
    rounding=ONE_STEP.rounding,
)

ONE = on(ONE_STEP, "20 % outliers")
SHORT: Seen[PhaseRetrieval, Drawn] = Seen(each(lambda p, s: s.step / 5), STEP)

THEOREM = Theorem(
    claims={
        "projected, mean": (MEAN, Status.CONSISTENT),
        "projected, one step": (ONE_STEP, Status.CONSISTENT),
        "projected, step tied to T": (CONST, Status.CONSISTENT),
        "proximal, mean": (PROX, Status.CONSISTENT),
        "proximal, one step": (PROX_STEP, Status.CONSISTENT),
        "prox-linear, mean": (MODEL, Status.VACUOUS),
        "prox-linear, one step": (MODEL_STEP, Status.CONSISTENT),
    },
    foils={
        "sub-gradient for prox-linear": (replace(MODEL_STEP, algorithm=ModelBased(linear)), Status.UNLAWFUL),
        "a step 5 times as long": (replace(ONE, algorithm=ModelBased(lambda c, k: 5 * decreasing(c, k))), Status.UNLAWFUL),
        "a step 5 times as long, unseen": (
            replace(ONE, algorithm=ModelBased(lambda c, k: 5 * decreasing(c, k)), laws={}, seen={**LOCAL, "s": SHORT}), Status.REFUTED
        ),
        "no noise term": (replace(ONE, bound=one_step(0.0)), Status.REFUTED),
        "fixed step, vanishing": (
            replace(CONST, algorithm=ModelBased(lambda c, k: 0.5 / c["rb"].value), bound=lambda k, c: c["L"] ** 2 / (k + 1), laws={}), Status.REFUTED
        ),
        "a tenth of the mean": (replace(MEAN, bound=lambda k, c: projected(k, c) / 10), Status.REFUTED),
        "L for L^2": (replace(MEAN, bound=lambda k, c: projected(k, {**c, "L": c["L"] ** 0.5})), Status.ILL_POSED),
    },
)
