"""Hinder, Sidford, Sohoni 2020, Lemma 6, with L known instead of found by backtracking (then 4 for the printed 8: derived).

Let f be L-smooth and γ-quasar-convex about x*, 0 < γ ≤ 1, R = ‖x_0 − x*‖. Algorithm 4 of the paper with line-search tolerance
γε/2 satisfies for every k ≥ 1, with ω_{−1} = 1 and (1 − ω_k)/ω_k² = 1/ω_{k−1}²,

    f(x_k) − f*  ≤  ω_{k−1}² [f(x_0) − f* + L R²/(2γ²)] + ε/2  ≤  4/(k + 2)² [f(x_0) − f* + L R²/(2γ²)] + ε/2,

and then f(x_k) − f* ≤ ε for k ≥ 4 R √(L/ε)/γ. Inside the proof: the energy
E_k = (f(x_k) − f*)/ω_{k−1}² + L ‖v_k − x*‖²/(2γ²) grows by at most (ε/2)/ω_k a step; that is the claim with teeth.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial, reduce

from algorithms.quasar_convex.accelerated import AcceleratedSublinear, Pair, omega_after
from algorithms.quasar_convex.line_search import Coupling
from problems.quasar_convex.powers import SeparablePowers, separable_powers
from ratecheck import Always, Array, Claim, Constants, Draw, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from ratecheck.oracles import Smooth
from theory_checks.quasar_convex._common import gap, on, relative, square, x_is_a_gradient_step_from_y, y_passes_the_line_search


def energy(p: SeparablePowers, states: Iterator[Pair]) -> Iterator[Array]:
    """E_k = (f(x_k) − f*)/ω_{k−1}² + L ‖v_k − x*‖²/(2γ²)"""
    omega = 1.0
    gamma, L = p.constants["gamma"].value, p.constants["L"].value
    for s in states:
        yield gap(p, s) / omega**2 + L / (2 * gamma**2) * square(s.v - p.x_star)
        omega = omega_after(omega)


def weights(p: SeparablePowers, states: Iterator[Pair]) -> Iterator[Array]:
    """1/ω_{k−1}², and Σ_{j<k} 1/ω_j = 1/ω_{k−1}² − 1."""
    omega = 1.0
    for s in states:
        yield 1 / omega**2 + 0 * s.c
        omega = omega_after(omega)


def start(c: Constants) -> Array:
    return c["e0"] + c["L"] * c["R"] ** 2 / (2 * c["gamma"] ** 2)


def bound(k: Array, c: Constants) -> Array:
    return 4 / (k + 2) ** 2 * start(c) + c["eps"] / 2


def omega_at(k: int) -> float:
    return reduce(lambda omega, _: omega_after(omega), range(k + 1), 1.0)


def searched(p: SeparablePowers, s: Pair) -> tuple[Array, Array, Array, Array, Array]:
    """b = 0, c = γ(1/ω_k − 1), tolerance γε/2"""
    gamma, eps = (p.constants[name].value for name in ("gamma", "eps"))
    return s.x, s.v, 0 * gamma, gamma * (1 / omega_at(s.k) - 1), gamma * eps / 2


def v_moves_against_the_gradient(p: SeparablePowers, s: Pair, t: Pair) -> Array:
    """v⁺ = v − γ/(L ω_k) ∇f(y)"""
    step = p.constants["gamma"].value / (p.constants["L"].value * omega_at(s.k))
    return relative(t.v - s.v + step[:, None] * p.grad(s.coupling.y), s.v, t.v)


def staying(p: Smooth, x: Array, v: Array, b: Array, c: Array, eps: Array, L: Array) -> Coupling:
    """α = 1, y = x: gradient descent beside an idle v."""
    return Coupling(1 + 0 * c, x, 0 * c)


def told(factor: float) -> AcceleratedSublinear:
    """The algorithm is told factor · γ."""
    return AcceleratedSublinear(gamma=lambda c: factor * c["gamma"].value)


INSTANCES: Mapping[str, Draw[SeparablePowers]] = {
    "p = 1": partial(separable_powers, p=1.0, kappa=1e4, R=3.0, n=20),
    "p = 0.3": partial(separable_powers, R=3.0),
    "p = 1, one dimension": partial(separable_powers, n=1, p=1.0, R=1.0),
}
GAP = Claim[SeparablePowers, Pair](
    source=Source("hinder2020", "Lemma 6 (printed with 8 and backtracking)", "qc.agd.sublinear", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH, Trait.QUASAR_CONVEX}),
    instances={name: INSTANCES[name] for name in ("p = 1", "p = 1, one dimension")},
    algorithm=AcceleratedSublinear(),
    metric=each(gap),
    unit=Unit(f=1),
    bound=bound,
    holds=Always(),
    k=range(1, 151),
    given={"γ ≤ 1": lambda k, c: c["gamma"]},
    laws={
        "y passes the line search": y_passes_the_line_search(searched),
        "x is a gradient step from y": x_is_a_gradient_step_from_y,
        "v moves against the gradient": v_moves_against_the_gradient,
    },
    seeds=4,
)
ENERGY = replace(
    GAP,
    instances=INSTANCES,
    metric=energy,
    bound=lambda k, c: start(c) + c["eps"] / 2 * (c["w"] - 1),
    seen={"w": Seen(weights)},
)
PRINTED = replace(
    on(GAP, "p = 1"), source=replace(GAP.source, statement=Statement.VERIFIED), bound=lambda k, c: 2 * bound(k, c) - c["eps"] / 2
)
FAR = on(ENERGY, "p = 0.3")

THEOREM = Theorem(
    claims={"energy": (ENERGY, Status.CONSISTENT), "gap, 4": (GAP, Status.CONSISTENT), "gap, 8 as printed": (PRINTED, Status.CONSISTENT)},
    foils={
        "no line search": (replace(FAR, algorithm=AcceleratedSublinear(search=staying)), Status.UNLAWFUL),
        "told 10 gamma": (replace(FAR, algorithm=told(10.0)), Status.UNLAWFUL),
        "told 10 gamma, unseen": (replace(FAR, algorithm=told(10.0), laws={}), Status.REFUTED),
        "1/k^3": (replace(GAP, bound=lambda k, c: 8 / (k + 2) ** 3 * start(c)), Status.REFUTED),
        "half of the energy": (replace(ENERGY, bound=lambda k, c: start(c) / 2), Status.REFUTED),
        "R for R^2": (replace(GAP, bound=lambda k, c: bound(k, {**c, "R": c["R"] ** 0.5})), Status.ILL_POSED),
    },
)
