"""Fu, Xu, Wilson 2023 (step sizes of the released code; bounds derived): QASGD for bounded gradients, and under strong growth.

Let f be L-smooth and γ-quasar-convex about x*, R = ‖x_0 − x*‖, ε the tolerance of the line search, which sees the exact f.

  general  E‖g‖² ≤ G², any η > 0, S_k = Σ_{j<k}(2j + 3)²:
           E f(x_k) − f*  ≤  [η (f(x_0) − f*) + R²/2 + η² G² S_k/(2γ²)] / (η (k + 1)²) + ε/γ;
  growth   E‖g‖² ≤ ρ ‖∇f‖², η = γ²/(4Lρ²), a step 1/(ρL) after the coupling:
           E f(x_k) − f*  ≤  [f(x_0) − f* + 2Lρ²R²/γ²] / (k + 1)² + ε/γ.

Inside the proof, with A_k = η(k + 1)², α_k = (A_{k+1} − A_k)/γ and E_k = A_k (f(x_k) − f*) + ½‖z_k − x*‖²:
E[E_{k+1} | k] ≤ E_k + α_k ε (+ ½ α_k² E‖g‖² in general). The conditional expectation is computed exactly: no sampling.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.line_search import Coupling
from algorithms.quasar_convex.qasgd import QASGD, Accelerated
from algorithms.quasar_convex.stochastic import perturbed
from problems.quasar_convex.powers import SeparablePowers, separable_powers
from ratecheck import (
    Always,
    Array,
    Certified,
    Claim,
    Constants,
    Draw,
    InExpectation,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
)
from ratecheck.oracles import Smooth
from theory_checks.quasar_convex._common import drawn_as_stated, gap, on, relative, square, y_passes_the_line_search


def weight(p: SeparablePowers, s: Accelerated) -> Array:
    """A_k = η(k + 1)², η from the step that was used"""
    return s.alpha * p.constants["gamma"].value * (s.k + 1) ** 2 / (2 * s.k + 3)


def energy(p: SeparablePowers, s: Accelerated) -> Array:
    return weight(p, s) * gap(p, s) + 0.5 * square(s.z - p.x_star)


def growth(p: SeparablePowers, s: Accelerated) -> Array:
    """E‖g‖² at y, given the state"""
    return p.constants["xi"].value * square(p.grad(s.coupling.y)) + p.constants["sigma2"].value


def expected_z(p: SeparablePowers, s: Accelerated) -> Array:
    """E ‖z⁺ − x*‖², given the state"""
    g = p.grad(s.coupling.y)
    return square(s.z - s.alpha[:, None] * g - p.x_star) + s.alpha**2 * (growth(p, s) - square(g))


def expected_energy(p: SeparablePowers, s: Accelerated) -> Array:
    """E[E_{k+1} | k] when x⁺ = y"""
    later = weight(p, s) * ((s.k + 2) / (s.k + 1)) ** 2
    return later * (p.value(s.coupling.y) - p.f_star) + 0.5 * expected_z(p, s)


def expected_energy_after_descent(p: SeparablePowers, s: Accelerated) -> Array:
    """E[E_{k+1} | k] when x⁺ = y − g/(ρL): with probability 1/ρ the full step 1/L, else none."""
    xi, y = p.constants["xi"].value, s.coupling.y
    moved = p.value(y - p.grad(y) / p.constants["L"].value[:, None])
    f = moved / xi + (1 - 1 / xi) * p.value(y)
    return weight(p, s) * ((s.k + 2) / (s.k + 1)) ** 2 * (f - p.f_star) + 0.5 * expected_z(p, s)


def searched(p: SeparablePowers, s: Accelerated) -> tuple[Array, Array, Array, Array, Array]:
    """b = 0, c = γ(k + 1)²/(2k + 3), tolerance ε"""
    gamma, eps = (p.constants[name].value for name in ("gamma", "eps"))
    return s.x, s.z, 0 * gamma, gamma * (s.k + 1) ** 2 / (2 * s.k + 3), eps


def z_moves_against_the_sample(p: SeparablePowers, s: Accelerated, t: Accelerated) -> Array:
    """z⁺ = z − α_k (ξ∇f(y) + ε), and α_{k+1}/α_k = (2k + 5)/(2k + 3); ξ and ε as stated"""
    xp = array_namespace(s.x)
    step = relative(t.z - s.z + s.alpha[:, None] * perturbed(p, s.coupling.y, s.d), s.z, t.z) + drawn_as_stated(p, s.d)
    return xp.maximum(step, xp.abs(t.alpha / s.alpha * (2 * s.k + 3) / (2 * s.k + 5) - 1))


def x_is_y(p: SeparablePowers, s: Accelerated, t: Accelerated) -> Array:
    """x⁺ = y"""
    return relative(t.x - s.coupling.y, t.x)


def x_is_a_short_step_from_y(p: SeparablePowers, s: Accelerated, t: Accelerated) -> Array:
    """x⁺ = y − g(y)/(ρL)"""
    h = 1 / (p.constants["xi"].value * p.constants["L"].value)
    return relative(t.x - s.coupling.y + h[:, None] * perturbed(p, s.coupling.y, s.d), t.x, s.coupling.y)


def squares(k: Array) -> Array:
    return (4 * k**3 + 12 * k**2 + 11 * k) / 3


def start(k: Array, c: Constants) -> Array:
    """What E E_k is at most in the general case."""
    noise = c["eta"] ** 2 * (c["xi"] * c["G"] ** 2 + c["sigma2"]) * squares(k) / (2 * c["gamma"] ** 2)
    return c["eta"] * c["e0"] + c["R"] ** 2 / 2 + noise + c["eta"] * ((k + 1) ** 2 - 1) * c["eps"] / c["gamma"]


def sgc_gap(k: Array, c: Constants) -> Array:
    start = c["e0"] + 2 * c["L"] * c["xi"] ** 2 * c["R"] ** 2 / c["gamma"] ** 2
    return start / (k + 1) ** 2 + c["eps"] / c["gamma"]


def one_step(k: Array, c: Constants) -> Array:
    return c["E"] + c["alpha"] * c["eps"] + c["alpha"] ** 2 * c["g2"] / 2


def bounded(c: Mapping[str, Certified], K: int = 100) -> Array:
    """η = γR/(G(K + 1)^{3/2}), G² = ξG² + σ²"""
    v = {name: item.value for name, item in c.items()}
    return v["gamma"] * v["R"] / ((v["xi"] * v["G"] ** 2 + v["sigma2"]) ** 0.5 * (K + 1) ** 1.5)


def v_of_z(p: Smooth, x: Array, v: Array, b: Array, c: Array, eps: Array, L: Array) -> Coupling:
    """α = 0, y = z: no coupling."""
    return Coupling(0 * c, v, 0 * c)


def source(slug: str) -> Source:
    return Source("fu2023 (released code)", "QASGD, bound derived", slug, Statement.DERIVED)


LOCAL: Mapping[str, Seen[SeparablePowers, Accelerated]] = {
    "E": Seen(each(energy), Unit(x=2)),
    "alpha": Seen(each(lambda p, s: s.alpha), Unit(-1, 2)),
    "g2": Seen(each(growth), Unit(2, -2)),
    "eta": Seen(each(lambda p, s: s.alpha * p.constants["gamma"].value / (2 * s.k + 3)), Unit(-1, 2)),
}
GENERAL: Mapping[str, Draw[SeparablePowers]] = {
    "p = 0.3": partial(separable_powers, kappa=100.0, R=3.0, sigma=0.2, eps=1e-2),
    "p = 1": partial(separable_powers, p=1.0, kappa=10.0, R=1.0, sigma=0.3, xi=2.0, eps=1e-2, n=4),
}
GROWING: Mapping[str, Draw[SeparablePowers]] = {
    "p = 0.3, rho = 2": partial(separable_powers, kappa=100.0, R=3.0, xi=2.0),
    "p = 1, rho = 5": partial(separable_powers, p=1.0, kappa=100.0, R=1.0, xi=5.0),
    "p = 1, exact": partial(separable_powers, p=1.0, kappa=1.0, R=3.0, n=2),
}
FAR: Mapping[str, Draw[SeparablePowers]] = {"far": partial(separable_powers, R=30.0, sigma=3.0)}
STEP = Claim[SeparablePowers, Accelerated](
    source=source("qc.qasgd.general"),
    assumes=frozenset({Trait.SMOOTH, Trait.QUASAR_CONVEX}),
    instances=GENERAL,
    algorithm=QASGD(eta=bounded),
    metric=each(expected_energy),
    unit=Unit(x=2),
    bound=one_step,
    holds=Always(),
    k=range(100),
    seen=LOCAL,
    given={"γ ≤ 1": lambda k, c: c["gamma"]},
    laws={"y passes the line search": y_passes_the_line_search(searched), "z moves": z_moves_against_the_sample, "x is y": x_is_y},
    seeds=8,
)
ENERGY = replace(STEP, metric=each(energy), bound=start, holds=InExpectation(), k=range(1, 101), seeds=64)
GAP = replace(
    on(ENERGY, "p = 1"), metric=each(gap), unit=Unit(f=1), bound=lambda k, c: start(k, c) / (c["eta"] * (k + 1) ** 2)
)
SGC = QASGD(
    eta=lambda c: c["gamma"].value ** 2 / (4 * c["L"].value * c["xi"].value ** 2), h=lambda c: 1 / (c["xi"].value * c["L"].value)
)
SGC_STEP = replace(
    STEP,
    source=source("qc.qasgd.sgc"),
    instances=GROWING,
    algorithm=SGC,
    metric=each(expected_energy_after_descent),
    bound=lambda k, c: c["E"] + c["alpha"] * c["eps"],
    given={"γ ≤ 1": lambda k, c: c["gamma"], "no additive noise": lambda k, c: 1e30 * c["sigma2"] / (c["L"] * c["e0"])},
    laws={**STEP.laws, "x is y": x_is_a_short_step_from_y},
)
SGC_GAP = replace(
    SGC_STEP, instances={"p = 1, exact": GROWING["p = 1, exact"]}, metric=each(gap), unit=Unit(f=1), bound=sgc_gap, holds=InExpectation(),
    k=range(1, 101), seeds=32,
)
ONE, GROWTH = on(STEP, "p = 0.3"), on(SGC_STEP, "p = 1, rho = 5")

THEOREM = Theorem(
    claims={
        "general, one step": (STEP, Status.CONSISTENT),
        "general, energy": (ENERGY, Status.CONSISTENT),
        "general, gap": (GAP, Status.CONSISTENT),
        "growth, one step": (SGC_STEP, Status.CONSISTENT),
        "growth, gap": (SGC_GAP, Status.CONSISTENT),
    },
    foils={
        "no coupling": (replace(STEP, algorithm=QASGD(eta=bounded, search=v_of_z), instances=FAR), Status.UNLAWFUL),
        "a step after the coupling": (replace(ONE, algorithm=QASGD(eta=bounded, h=lambda c: 1 / c["L"].value)), Status.UNLAWFUL),
        "no noise term": (replace(ONE, bound=lambda k, c: c["E"] + c["alpha"] * c["eps"]), Status.REFUTED),
        "energy, no noise term": (
            replace(on(ENERGY, "p = 0.3"), bound=lambda k, c: start(k, {**c, "G": 0.0, "sigma2": 0.0}) / 2), Status.REFUTED
        ),
        "growth ignored": (replace(GROWTH, algorithm=QASGD(lambda c: c["gamma"].value ** 2 / (4 * c["L"].value)), laws={}), Status.REFUTED),
        "step without eta": (replace(STEP, bound=lambda k, c: c["E"] + c["alpha"] * c["g2"] / 2), Status.ILL_POSED),
    },
)
