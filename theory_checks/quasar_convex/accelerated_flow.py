"""Fu, Xu, Wilson 2023 (energy analysis; derived): accelerated flows for quasar-convex functions.

Let A_t > 0 be increasing, f differentiable, X(0) = Z(0) = x_0, e = f(X) − f*.

  general  f γ-quasar-convex:  Ẋ = (Ȧ/(γA))(Z − X), Ż = −(Ȧ/γ) ∇f(X):
           E_t = A_t e + ½ ‖Z − x*‖² never increases, so e(X_t) ≤ E_0/A_t; here A_t = γ²t²/4, from t_0 = 1/2;
  strong   f (γ, μ)-strongly quasar-convex:  Ẋ = (Ȧ/(γA))(Z − X), Ż = (Ȧ/A) [X − Z − ∇f(X)/(γμ)]:
           E_t = A_t (e + (μ/2)‖Z − x*‖²) never increases; here A_t = e^t.

Why: Ė = Ȧ [e − ⟨∇f, X − x*⟩/γ] in general: the energy is conserved as long as ⟨∇f, X − x*⟩ = γ e, and nearly so far away on
(1 + ‖x‖²)^{1/2} − 1, γ = 1: that is the sharp instance.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.quasar_convex.flows import Flow, Moment, doubled, halves
from problems.quasar_convex.homogeneous import Petals, bowl, petals
from problems.quasar_convex.powers import SeparablePowers, radial_power, separable_powers
from ratecheck import Always, Array, Claim, Constants, Draw, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from ratecheck.oracles import Smooth
from theory_checks.quasar_convex._common import Minimised, on, square

T0 = 0.5


def clock(k: int) -> float:
    return T0 + 0.25 * k


def weight(p: Smooth, t: float) -> Array:
    return p.constants["gamma"].value ** 2 * t**2 / 4


def general(p: Smooth, t: float, y: Array) -> Array:
    """Ȧ/A = 2/t, Ȧ = γ²t/2"""
    gamma = p.constants["gamma"].value[:, None]
    X, Z = halves(y)
    return array_namespace(y).concat([2 / (gamma * t) * (Z - X), -gamma * t / 2 * p.grad(X)], axis=-1)


def strong(p: Smooth, t: float, y: Array) -> Array:
    gamma, mu = (p.constants[name].value[:, None] for name in ("gamma", "mu"))
    X, Z = halves(y)
    return array_namespace(y).concat([(Z - X) / gamma, X - Z - p.grad(X) / (gamma * mu)], axis=-1)


def energy(p: Minimised, s: Moment) -> Array:
    X, Z = halves(s.y)
    return weight(p, s.t) * (p.value(X) - p.f_star) + 0.5 * square(Z - p.x_star)


def gap(p: Minimised, s: Moment) -> Array:
    return p.value(halves(s.y)[0]) - p.f_star


def strong_energy(p: Minimised, s: Moment) -> Array:
    X, Z = halves(s.y)
    return p.value(X) - p.f_star + 0.5 * p.constants["mu"].value * square(Z - p.x_star)


def start(c: Constants) -> Array:
    return c["A_0"] * c["e0"] + c["R"] ** 2 / 2


def strong_start(c: Constants) -> Array:
    return c["e0"] + c["mu"] / 2 * c["R"] ** 2


def source(slug: str) -> Source:
    return Source("fu2023", "continuous time; derived", slug, Statement.DERIVED)


POWERS: Mapping[str, Draw[SeparablePowers]] = {
    "p = 0.3": partial(separable_powers, n=4, kappa=10.0, R=3.0),
    "p = 1": partial(separable_powers, n=4, p=1.0, kappa=10.0, R=3.0),
    "far, p = 1": partial(radial_power, p=1.0, R=1e4),
}
PETALS: Mapping[str, Draw[Petals]] = {"six petals": partial(petals, kappa=10.0), "bowl": bowl, "flat bowl": partial(bowl, kappa=10.0)}
ENERGY = Claim[SeparablePowers, Moment](
    source=source("qc.ode.general"),
    assumes=frozenset({Trait.QUASAR_CONVEX}),
    instances=POWERS,
    algorithm=Flow(general, doubled, clock),
    metric=each(energy),
    unit=Unit(x=2),
    bound=lambda k, c: start(c) + 0 * k,
    holds=Always(),
    k=range(1, 41),
    rounding=lambda k, c: 1e-7 * start(c),  # of the integrator
    sharp={"far, p = 1": Equal(1e-3)},
    seen={
        "A": Seen(each(lambda p, s: weight(p, s.t)), Unit(-1, 2)),
        "A_0": Seen(each(lambda p, s: weight(p, T0)), Unit(-1, 2)),
    },
    seeds=4,
)
GAP = replace(
    ENERGY, instances={"p = 1, near": partial(separable_powers, n=4, p=1.0, R=0.5, kappa=10.0)}, metric=each(gap), unit=Unit(f=1),
    bound=lambda k, c: start(c) / c["A"], sharp={}, rounding=lambda k, c: 1e-7 * c["e0"],
)
STRONG = Claim[Petals, Moment](
    source=source("qc.ode.strong"),
    assumes=ENERGY.assumes,
    instances=PETALS,
    algorithm=Flow(strong, doubled, lambda k: 0.05 * k, substeps=14),
    metric=each(strong_energy),
    unit=Unit(f=1),
    bound=lambda k, c: np.exp(-0.05 * k) * strong_start(c),
    holds=Always(),
    k=range(1, 61),
    rounding=lambda k, c: 1e-7 * strong_start(c),
    seeds=4,
)


def fast(p: Smooth, t: float, y: Array) -> Array:
    """The general flow told 4γ."""
    gamma = p.constants["gamma"].value[:, None]
    X, Z = halves(y)
    return array_namespace(y).concat([2 / (4 * gamma * t) * (Z - X), -gamma * t / 8 * p.grad(X)], axis=-1)


def reversed_(p: Smooth, t: float, y: Array) -> Array:
    return -strong(p, t, y)


THEOREM = Theorem(
    claims={
        "general, energy": (ENERGY, Status.CONSISTENT),
        "general, gap": (GAP, Status.CONSISTENT),
        "strong, energy": (STRONG, Status.CONSISTENT),
    },
    foils={
        "told 4 gamma": (replace(on(ENERGY, "p = 0.3"), algorithm=Flow(fast, doubled, clock)), Status.REFUTED),
        "backwards": (replace(on(STRONG, "bowl"), algorithm=Flow(reversed_, doubled, lambda k: 0.05 * k)), Status.REFUTED),
        "A = t^3": (replace(GAP, bound=lambda k, c: start(c) / c["A"] / (1 + k)), Status.REFUTED),
        "energy halved": (replace(ENERGY, bound=lambda k, c: start(c) / 2), Status.REFUTED),
        "energy doubled": (replace(on(ENERGY, "far, p = 1"), bound=lambda k, c: 2 * start(c)), Status.UNSHARP),
        "strong, e^{3t}": (replace(STRONG, bound=lambda k, c: np.exp(-0.15 * k) * strong_start(c)), Status.REFUTED),
        "mu without its unit": (replace(STRONG, bound=lambda k, c: np.exp(-0.05 * k) * (c["e0"] + c["R"] ** 2)), Status.ILL_POSED),
    },
)
