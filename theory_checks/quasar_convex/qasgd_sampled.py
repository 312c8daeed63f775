"""Fu, Xu, Wilson 2023 (step sizes of the released code; bounds derived): QASGD on finite sums, one component a step.

f = (1/N) Σ f_i, f L-smooth and γ-quasar-convex about x*, R = ‖x_0 − x*‖, ε the tolerance of the line search, which sees the exact f,
A_k = η(k + 1)², α_k = (A_{k+1} − A_k)/γ, E_k = A_k (f(x_k) − f*) + ½‖z_k − x*‖², x_{k+1} = y_k, z_{k+1} = z_k − α_k ∇f_i(y_k):

  one step  E[E_{k+1} | k] ≤ E_k + α_k ε + ½ α_k² (1/N) Σ ‖∇f_i(y_k)‖²;
  gap       E f(x_k) − f* ≤ [η (f(x_0) − f*) + R²/2 + η² G² S_k/(2γ²)]/(η (k + 1)²) + ε/γ,  S_k = Σ_{j<k} (2j + 3)²,
            for (1/N) Σ ‖∇f_i‖² ≤ G².

The conditional expectation is over all the components. Linear systems driven by recorded windows, where γ = 1 and L belong to a ball
that must not be left, and a generalised linear model with bounded gradients.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from array_api_compat import array_namespace

from algorithms.quasar_convex.line_search import Coupling, excess
from algorithms.quasar_convex.qasgd_sampled import SampledPair, SampledQASGD
from problems.quasar_convex.driven_systems import driven_system
from problems.quasar_convex.hinge import Hinge, hinge
from problems.quasar_convex.linear_systems import LinearSystem
from ratecheck import Always, Array, Claim, Constants, Draw, InExpectation, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from ratecheck.oracles import FiniteSum, Smooth
from theory_checks.quasar_convex._common import Minimised, gap, inner, on, relative, square
from theory_checks.quasar_convex.qasgd import squares


class Sum(FiniteSum, Minimised, Protocol):
    """A finite sum with a known minimiser."""


def weight(p: Sum, s: SampledPair) -> Array:
    """A_k = η(k + 1)², η from the step that was used"""
    return s.alpha * p.constants["gamma"].value * (s.k + 1) ** 2 / (2 * s.k + 3)


def energy(p: Sum, s: SampledPair) -> Array:
    return weight(p, s) * gap(p, s) + 0.5 * square(s.z - p.x_star)


def growth(p: Sum, s: SampledPair) -> Array:
    """(1/N) Σ ‖∇f_i(y)‖², component by component"""
    xp = array_namespace(s.x)
    B = s.x.shape[0]
    parts = [square(p.grad_one(s.coupling.y, xp.full((B,), i, dtype=xp.int64))) for i in range(p.size)]
    return xp.mean(xp.stack(parts), axis=0)


def expected_energy(p: Sum, s: SampledPair) -> Array:
    """E[E_{k+1} | k]"""
    y = s.coupling.y
    later = weight(p, s) * ((s.k + 2) / (s.k + 1)) ** 2 * (p.value(y) - p.f_star)
    return later + 0.5 * square(s.z - p.x_star) - s.alpha * inner(p.grad(y), s.z - p.x_star) + 0.5 * s.alpha**2 * growth(p, s)


def one_step(k: Array, c: Constants) -> Array:
    return c["E"] + c["alpha"] * c["eps"] + c["alpha"] ** 2 * c["g2"] / 2


def bound(k: Array, c: Constants) -> Array:
    start = c["eta"] * c["e0"] + c["R"] ** 2 / 2 + c["eta"] ** 2 * c["G"] ** 2 * squares(k) / (2 * c["gamma"] ** 2)
    return start / (c["eta"] * (k + 1) ** 2) + c["eps"] / c["gamma"]


def y_is_searched(p: Sum, s: SampledPair, t: SampledPair) -> Array:
    """y = τ x + (1 − τ) z with c f(y) + τ ⟨∇f(y), x − z⟩ ≤ c f(x) + ε, searched with c = γ(k + 1)²/(2k + 3)"""
    gamma = p.constants["gamma"].value
    c = gamma * (s.k + 1) ** 2 / (2 * s.k + 3)
    a = s.coupling.alpha[:, None]
    off = relative(s.coupling.y - a * s.x - (1 - a) * s.z, s.x, s.z) + abs(s.c / c - 1)
    xp = array_namespace(s.x)
    scale = c * (p.value(s.x) + p.constants["e0"].value) + s.eps  # 0 where the start is a minimiser
    return xp.maximum(off, excess(p, s.x, s.z, s.coupling, 0 * c, c, s.eps) / xp.where(scale > 0, scale, 1.0 + 0.0 * scale))


def z_moves_against_one_component(p: Sum, s: SampledPair, t: SampledPair) -> Array:
    """x⁺ = y, z⁺ = z − α_k ∇f_i(y), α_{k+1}/α_k = (2k + 5)/(2k + 3)"""
    xp = array_namespace(s.x)
    step = relative(t.z - s.z + s.alpha[:, None] * p.grad_one(s.coupling.y, s.i), s.z, t.z) + relative(t.x - s.coupling.y, t.x, s.z)
    return xp.maximum(step, xp.abs(t.alpha / s.alpha * (2 * s.k + 3) / (2 * s.k + 5) - 1))


def away(p: Sum, s: SampledPair) -> Array:
    """The farthest of x, z and y from x*"""
    xp = array_namespace(s.x)
    return xp.max(xp.stack([square(v - p.x_star) for v in (s.x, s.z, s.coupling.y)]), axis=0) ** 0.5


def on_the_ball(share: float = 0.02) -> SampledQASGD:
    """η = share/L_max, L and L_max of the ball, ε = f(x_0)/1000"""
    return SampledQASGD(lambda c: share / c["L_max_ball"].value, lambda c: c["L_ball"].value, lambda c: 1e-3 * c["e0"].value)


def bounded(factor: float = 1.0, K: int = 100) -> SampledQASGD:
    """η = γR/(G(K + 1)^{3/2}), ε = f(x_0)/1000"""
    return SampledQASGD(
        lambda c: factor * c["gamma"].value * c["R"].value / (c["G"].value * (K + 1) ** 1.5), eps=lambda c: 1e-3 * c["e0"].value
    )


def v_of_z(p: Smooth, x: Array, v: Array, b: Array, c: Array, eps: Array, L: Array) -> Coupling:
    """τ = 0, y = z: no coupling."""
    return Coupling(0 * c, v, 0 * c)


STEP = Unit(-1, 2)
SEEN: Mapping[str, Seen[Any, SampledPair]] = {
    "E": Seen(each(energy), Unit(x=2)),
    "alpha": Seen(each(lambda p, s: s.alpha), STEP),
    "eps": Seen(each(lambda p, s: s.eps), Unit(f=1)),
    "g2": Seen(each(growth), Unit(2, -2)),
    "r": Seen(each(away), Unit(x=1)),
}
LAWS = {"y is searched": y_is_searched, "z moves against one component": z_moves_against_one_component}
SYSTEMS: Mapping[str, Draw[LinearSystem]] = {"driven, order 2": driven_system, "driven, order 4": partial(driven_system, n=4, radius=0.5, share=0.05)}
LOCAL = Claim[Any, SampledPair](
    source=Source("fu2023 (released code)", "QASGD on finite sums, bound derived", "qc.qasgd.general", Statement.DERIVED),
    assumes=frozenset({Trait.QUASAR_CONVEX, Trait.SMOOTH, Trait.FINITE_SUM}),
    instances=SYSTEMS,
    algorithm=on_the_ball(),
    metric=each(expected_energy),
    unit=Unit(x=2),
    bound=one_step,
    holds=Always(),
    k=range(20),
    seen=SEEN,
    given={"in the ball": lambda k, c: c["r"] / c["R"] / (1 + 1e-12)},
    laws=LAWS,
    rounding=lambda k, c: 1e-13 * c["R"] ** 2,
    seeds=4,
)
EVERYWHERE = replace(
    LOCAL, instances={"GLM": partial(hinge, R=10.0), "GLM, far": partial(hinge, alpha=0.8, R=100.0)}, algorithm=bounded(), given={},
    seen={name: SEEN[name] for name in ("E", "alpha", "eps", "g2")}, k=range(60),
)
GAP = Claim[Hinge, SampledPair](
    source=LOCAL.source,
    assumes=LOCAL.assumes,
    instances={"GLM, α = 1": partial(hinge, alpha=1.0, R=30.0), "GLM, far": partial(hinge, alpha=0.8, R=100.0)},
    algorithm=bounded(),
    metric=each(gap),
    unit=Unit(f=1),
    bound=bound,
    holds=InExpectation(),
    k=range(1, 101),
    seen={"eta": Seen(each(lambda p, s: s.alpha * p.constants["gamma"].value / (2 * s.k + 3)), STEP), "eps": SEEN["eps"]},
    laws=LAWS,
    seeds=64,
)

THEOREM = Theorem(
    claims={
        "one step, driven systems": (LOCAL, Status.CONSISTENT),
        "one step, GLM": (EVERYWHERE, Status.CONSISTENT),
        "gap, GLM": (GAP, Status.CONSISTENT),
    },
    foils={
        "no line search": (replace(on(EVERYWHERE, "GLM, far"), algorithm=replace(bounded(100.0), search=v_of_z)), Status.UNLAWFUL),
        "one step without its noise": (replace(EVERYWHERE, algorithm=bounded(100.0), bound=lambda k, c: c["E"] + c["alpha"] * c["eps"]), Status.REFUTED),
        "nine tenths of the energy": (replace(LOCAL, bound=lambda k, c: 0.9 * one_step(k, c)), Status.REFUTED),
        "leaves the ball": (replace(on(LOCAL, "driven, order 2"), algorithm=on_the_ball(50.0)), Status.NOT_APPLICABLE),
        "gap: a tenth": (replace(GAP, bound=lambda k, c: bound(k, c) / 10), Status.REFUTED),
        "gap: R for R^2": (replace(GAP, bound=lambda k, c: bound(k, {**c, "R": c["R"] ** 0.5})), Status.ILL_POSED),
    },
)
