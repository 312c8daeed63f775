"""Sums with a common minimiser (derived), at work: one neuron with a leaky activation in square loss; ReLU as its negative control.

f(w) = (1/2N) Σ (σ(⟨w, a_i⟩) − σ(⟨w*, a_i⟩))², σ(u) = max(u, s u), 0 < s ≤ ½, R = ‖w_0 − w*‖, L = max ‖a_i‖². Then

  constant  ⟨∇f(w), w − w*⟩ ≥ 2 s f(w) for every w, and 2 s is reached in the limit by one feature;
  SGD       x⁺ = x − c ∇f_i(x), c = s/L:  mean over t < T of E f(x_t) ≤ L R²/(2 s² T), although f has kinks.

Why: term by term the ratio is 2σ'(u)(u − v)/(σ(u) − σ(v)): 2 s |u − v|/(v + s |u|) > 2 s for u < 0 < v, and at least 2 elsewhere.
‖∇f_i‖² ≤ 2 L f_i, so ‖x⁺ − w*‖² ≤ ‖x − w*‖² − 2 c (2 s − c L) f_i(x). For s = 0, ReLU, no constant is left: where every unit is
off, the gradient is 0 and the loss is not.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from algorithms.quasar_convex.points import Ray, Sample, Scattered
from algorithms.quasar_convex.stochastic import SGD, Iterate
from problems.quasar_convex.leaky_neurons import LeakyNeuron, dead_neuron, leaky_neuron
from ratecheck import (
    Array,
    AtLeast,
    Certified,
    Claim,
    Constants,
    Draw,
    Equal,
    InExpectation,
    Seen,
    Side,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
    mean,
)
from theory_checks.quasar_convex._common import gap, inner, on, raw_gamma, relative


def slope(p: LeakyNeuron, s: Sample) -> Array:
    """⟨∇f(w), w − w*⟩"""
    return inner(p.grad(s.x), s.x - p.x_star)


def bound(k: Array, c: Constants) -> Array:
    return 2 * c["L_max"] * c["R"] ** 2 / (c["gamma"] ** 2 * (k + 1))


def sgd(share: float = 0.5) -> SGD:
    """The step share · γ/L."""
    return SGD(lambda c, k: share * c["gamma"].value / c["L_max"].value)


def steps(p: LeakyNeuron, s: Iterate, t: Iterate) -> Array:
    """x_{k+1} = x_k − c (σ(u) − σ(v)) σ'(u) a_i"""
    a, length = p.A, p.constants["gamma"].value / (2 * p.constants["L_max"].value)
    u, v = (inner(a, x[:, None, :]) for x in (s.x, p.x_star))
    k = p.slope[:, None]
    residual = u * (u > 0) + k * u * (u <= 0) - v * (v > 0) - k * v * (v <= 0)
    move = residual * ((u >= 0) * 1.0 + k * (u < 0))
    chosen = sum(((s.i == i) * move[:, i])[:, None] * a[:, i, :] for i in range(p.size))
    return relative(t.x - s.x + length[:, None] * chosen, s.x, t.x)


SOURCE = Source("derived", "sections 0.2 and 0.4 of the theory sheet", "qc.prop.sum", Statement.DERIVED)
INSTANCES: Mapping[str, Draw[LeakyNeuron]] = {
    "slope 0.3": leaky_neuron,
    "slope 0.05": partial(leaky_neuron, slope=0.05, n=5),
    "slope 0.5, one feature": partial(leaky_neuron, slope=0.5, N=1, n=1),
}
EVERYWHERE = Claim[LeakyNeuron, Sample](
    source=SOURCE,
    assumes=frozenset({Trait.QUASAR_CONVEX}),
    instances=INSTANCES,
    algorithm=Scattered(-2.0, 1.0),
    metric=each(slope),
    unit=Unit(f=1),
    bound=lambda k, c: c["gamma"] * c["gap"],
    holds=AtLeast(),
    k=range(500),
    seen={"gap": Seen(each(gap), Unit(f=1))},
    seeds=4,
)


def across(seeds: range, slope: float = 0.3, past: float = 1e-4) -> LeakyNeuron:
    """One feature, started just beyond the kink: u = −past · v."""
    p = leaky_neuron(seeds, N=1, n=1, slope=slope)
    star = abs(p.x_star) * (1 - 2.0 * (p.A[:, 0, :] < 0))
    gamma = Certified(2 * slope + 0 * p.f_star, Unit(), Side.EXACT, "the infimum over w, approached as w tends to the kink from the far side")
    return replace(p, x_star=star, x0=-past * star, constants={**p.constants, "gamma": gamma})


REACHED = replace(
    EVERYWHERE, instances={"one feature": across, "slope 0.1": partial(across, slope=0.1)}, algorithm=Ray(), metric=each(raw_gamma), unit=Unit(),
    bound=lambda k, c: c["gamma"] + 0 * k, holds=Equal(1e-3), k=range(1), seen={},
)
STOCHASTIC = Claim[LeakyNeuron, Iterate](
    source=SOURCE,
    assumes=frozenset({Trait.QUASAR_CONVEX, Trait.FINITE_SUM, Trait.INTERPOLATION}),
    instances={"slope 0.5": partial(leaky_neuron, slope=0.5, n=1, N=10), "slope 0.3, one feature": partial(leaky_neuron, n=1, N=1)},
    algorithm=sgd(),
    metric=mean(gap),
    unit=Unit(f=1),
    bound=bound,
    holds=InExpectation(),
    k=range(100),
    laws={"steps": steps},
    seeds=64,
)
CONTROL = replace(EVERYWHERE, instances={"ReLU": dead_neuron}, algorithm=Scattered(-1.0, 1.0))

THEOREM = Theorem(
    claims={
        "constant": (EVERYWHERE, Status.CONSISTENT),
        "the constant is reached": (REACHED, Status.CONSISTENT),
        "SGD": (STOCHASTIC, Status.CONSISTENT),
    },
    foils={
        "ReLU": (CONTROL, Status.REFUTED),
        "twice the constant": (replace(REACHED, bound=lambda k, c: 2 * c["gamma"] + 0 * k, holds=AtLeast()), Status.REFUTED),
        "star-convex": (replace(on(EVERYWHERE, "slope 0.05"), bound=lambda k, c: c["gap"], instances={"slope 0.05": partial(across, slope=0.05)}, algorithm=Ray(0.9)), Status.REFUTED),
        "SGD: the whole step": (replace(STOCHASTIC, algorithm=sgd(1.0)), Status.UNLAWFUL),
        "SGD: step 10/L, unseen": (replace(STOCHASTIC, algorithm=sgd(10.0), laws={}), Status.REFUTED),
        "SGD: a twentieth": (replace(STOCHASTIC, bound=lambda k, c: bound(k, c) / 20), Status.REFUTED),
        "R for R^2": (replace(STOCHASTIC, bound=lambda k, c: bound(k, {**c, "R": c["R"] ** 0.5})), Status.ILL_POSED),
    },
)
