"""Hinder, Sidford, Sohoni 2020, Lemma 5, with L known instead of found by backtracking (then derived).

Let f be L-smooth and (γ, μ)-strongly quasar-convex about x*, 0 < γ ≤ 1. Algorithm 3 of the paper, x_0 = v_0, satisfies with
Ψ_k = f(x_k) − f* + (μ/2) ‖v_k − x*‖², for every k,

    Ψ_{k+1}  ≤  (1 − γ √(μ/L)) Ψ_k,     so     f(x_k) − f*  ≤  (1 − γ √(μ/L))^k (f(x_0) − f* + (μ/2) ‖x_0 − x*‖²).

The paper prints γ/√(2κ) because its backtracking only knows L within a factor 2. The one-step inequality is the check with
teeth: it sees that the line search is gone where the gap does not.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from algorithms.quasar_convex.accelerated import AcceleratedStrong, Pair
from algorithms.quasar_convex.line_search import Coupling
from problems.quasar_convex.homogeneous import Petals, bowl, petals
from ratecheck import Always, Array, Claim, Constants, Draw, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from ratecheck.oracles import Smooth
from theory_checks.quasar_convex._common import gap, on, relative, square, x_is_a_gradient_step_from_y, y_passes_the_line_search


def energy(p: Petals, s: Pair) -> Array:
    return gap(p, s) + 0.5 * p.constants["mu"].value * square(s.v - p.x_star)


def rate(c: Constants) -> Array:
    return 1 - c["gamma"] * (c["mu"] / c["L"]) ** 0.5


def bound(k: Array, c: Constants) -> Array:
    return rate(c) ** k * (c["e0"] + c["mu"] * c["R"] ** 2 / 2)


def searched(p: Petals, s: Pair) -> tuple[Array, Array, Array, Array, Array]:
    """b = γμ/2, c = √(L/μ), ε = 0"""
    gamma, mu, L = (p.constants[name].value for name in ("gamma", "mu", "L"))
    return s.x, s.v, gamma * mu / 2, (L / mu) ** 0.5, 0 * mu


def v_mixes_v_and_y(p: Petals, s: Pair, t: Pair) -> Array:
    """v⁺ = v − γ √(μ/L) (v − y) − ∇f(y)/√(μL)"""
    gamma, mu, L = (p.constants[name].value[:, None] for name in ("gamma", "mu", "L"))
    y = s.coupling.y
    return relative(t.v - s.v + gamma * (mu / L) ** 0.5 * (s.v - y) + p.grad(y) / (mu * L) ** 0.5, s.v, y, t.v)


def fixed(p: Smooth, x: Array, v: Array, b: Array, c: Array, eps: Array, L: Array) -> Coupling:
    """Nesterov's coupling for convex functions, α = √κ/(1 + √κ): no line search."""
    a = c / (1 + c)
    return Coupling(a, a[:, None] * x + (1 - a)[:, None] * v, 0 * a)


INSTANCES: Mapping[str, Draw[Petals]] = {
    "six petals": partial(petals, kappa=1e3),
    "four petals, deep": partial(petals, a=0.9, m=4, pairs=2, kappa=1e2, gamma=1.0),
    "flat bowl": partial(bowl, gamma=0.5, kappa=1e4),
}
GAP = Claim[Petals, Pair](
    source=Source("hinder2020", "Lemma 5 (printed with backtracking)", "qc.agd.strong", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH, Trait.QUASAR_CONVEX}),
    instances=INSTANCES,
    algorithm=AcceleratedStrong(),
    metric=each(gap),
    unit=Unit(f=1),
    bound=bound,
    holds=Always(),
    k=range(1, 121),
    given={"γ ≤ 1": lambda k, c: c["gamma"]},
    laws={
        "y passes the line search": y_passes_the_line_search(searched),
        "x is a gradient step from y": x_is_a_gradient_step_from_y,
        "v mixes v and y": v_mixes_v_and_y,
    },
    rounding=lambda k, c: 1e-20 * c["e0"],
    seeds=4,
)
ENERGY = replace(
    GAP,
    metric=each_step(lambda p, s, t: energy(p, t)),
    bound=lambda k, c: rate(c) * c["energy"],
    seen={"energy": Seen(each(energy), Unit(f=1))},
    k=range(120),
)
PETAL, LAST = on(ENERGY, "four petals, deep"), on(GAP, "four petals, deep")
PLAIN = AcceleratedStrong(search=fixed)

THEOREM = Theorem(
    claims={"one step": (ENERGY, Status.CONSISTENT), "gap at every k": (GAP, Status.CONSISTENT)},
    foils={
        "no line search": (replace(PETAL, algorithm=PLAIN, seeds=16), Status.UNLAWFUL),
        "no line search, unseen": (replace(PETAL, algorithm=PLAIN, seeds=16, laws={}), Status.REFUTED),
        "mu 30 times too large": (replace(LAST, algorithm=AcceleratedStrong(mu=lambda c: 30 * c["mu"].value)), Status.UNLAWFUL),
        "bound with 30 mu": (replace(LAST, bound=lambda k, c: bound(k, {**c, "mu": 30 * c["mu"]})), Status.REFUTED),
        "rate 1 - 1.2 gamma/sqrt(kappa)": (replace(PETAL, bound=lambda k, c: (1.2 * rate(c) - 0.2) * c["energy"]), Status.REFUTED),
        "mu/L for its root": (replace(LAST, bound=lambda k, c: bound(k, {**c, "L": c["L"] ** 0.5})), Status.ILL_POSED),
    },
)
