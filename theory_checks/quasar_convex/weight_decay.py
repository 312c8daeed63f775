"""Kovalev 2025, star-convex part (abstract read; constants derived): momentum, linear minimisation over a ball, weight decay.

‖·‖ any norm, dual ‖·‖_*; f star-convex about x* and ‖∇f(x) − ∇f(y)‖_* ≤ L ‖x − y‖; ‖x_0‖, ‖x*‖ ≤ η/β, 0 < β < 1.
x_{k+1} = (1 − β) x_k + η argmin_{‖v‖ ≤ 1} ⟨m_{k+1}, v⟩, m_{k+1} = (1 − α) m_k + α g(x_k), e_k = f(x_k) − f*.

  det    exact gradients, α = 1:  e_k ≤ (1 − β)^k e_0 + 2Lη²/β;
  stoch  E‖g − ∇f‖₂² ≤ σ², ‖·‖_* ≤ ρ‖·‖₂, m_0 = g(x_0):  E e_{k+1} ≤ (1 − β) E e_k + 2Lη² + 2η E_k,
         E_k = (1 − α)^{k+1} ρσ + √α ρσ + 2ηL(1 − α)/α          (summed here to a bound at every k).

Why: a Frank–Wolfe step of size β over the ball of radius η/β, which holds x*; the last term of E_k is how far m lags behind.
For exact gradients one step is e_{k+1} ≤ (1 − β) e_k + 2Lη²: the claim with teeth.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.orthogonalised import Decayed, TrustRegion, euclidean, signs
from algorithms.quasar_convex.stochastic import perturbed
from problems.quasar_convex.homogeneous import Petals, petals_from_origin
from ratecheck import (
    Always,
    Array,
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
    each_step,
)
from theory_checks.quasar_convex._common import drawn_as_stated, gap, inner, on, relative

BETA, ALPHA = 0.05, 0.2


def radius(ratio: float, beta: float = BETA) -> TrustRegion:
    """Exact memory (α = 1), the ball of radius ratio · ‖x*‖."""
    return TrustRegion(lambda c: ratio * beta * c["R"].value, beta)


def momentum(p: Petals, s: Decayed, t: Decayed) -> Array:
    """m_{k+1} = (1 − α) m_k + α (∇f(x_k) + ε_k), noise as stated"""
    moved = relative(s.next_m - (1 - ALPHA) * s.m - ALPHA * perturbed(p, s.x, s.d), s.next_m, s.m)
    return moved + relative(t.m - s.next_m, t.m, s.next_m) + drawn_as_stated(p, s.d)


def gradient(p: Petals, s: Decayed, t: Decayed) -> Array:
    """m_{k+1} = ∇f(x_k)"""
    return relative(s.next_m - p.grad(s.x), s.next_m)


def steps(norm: str) -> Law[Petals, Decayed]:
    """v = (x⁺ − (1 − β)x)/η has norm 1 and ⟨m⁺, v⟩ = −‖m⁺‖_*"""

    def law(p: Petals, s: Decayed, t: Decayed) -> Array:
        xp = array_namespace(s.x)
        v = (t.x - (1 - BETA) * s.x) / s.eta[:, None]
        if norm == "euclidean":
            size, dual = xp.sqrt(inner(v, v)), xp.sqrt(inner(s.next_m, s.next_m))
        else:
            size, dual = xp.max(xp.abs(v), axis=-1), xp.sum(xp.abs(s.next_m), axis=-1)
        return xp.maximum(xp.abs(size - 1), xp.abs(inner(s.next_m, v) / dual + 1))

    return law


def bound(k: Array, c: Constants) -> Array:
    return (1 - BETA) ** k * c["e0"] + 2 * c["L"] * c["eta"] ** 2 / BETA


def one_step(k: Array, c: Constants) -> Array:
    return (1 - BETA) * c["gap"] + 2 * c["L"] * c["eta"] ** 2


def noisy(k: Array, c: Constants) -> Array:
    """Σ_{j<k} (1 − β)^{k−1−j} (2Lη² + 2ηE_j), ρ = 1 for the Euclidean norm."""
    a, b, eta = 1 - ALPHA, 1 - BETA, c["eta"]
    decay = (1 - b**k) / BETA
    transient = a * (b**k - a**k) / (b - a)
    sigma = c["sigma2"] ** 0.5
    steady = 2 * c["L"] * eta**2 + 2 * eta * (ALPHA**0.5 * sigma + 2 * eta * c["L"] * a / ALPHA)
    return b**k * c["e0"] + steady * decay + 2 * eta * sigma * transient


def source(slug: str) -> Source:
    return Source("kovalev2025", "star-convex functions; constants derived", slug, Statement.DERIVED)


one_pair = partial(petals_from_origin, pairs=1, m=3, a=0.3)
INSTANCES: Mapping[str, Draw[Petals]] = {
    "two pairs": petals_from_origin,
    "one pair": one_pair,
    "a bowl": partial(petals_from_origin, pairs=1, m=2, a=0.0),
}
DET = Claim[Petals, Decayed](
    source=source("star.wd.det"),
    assumes=frozenset({Trait.STAR_CONVEX, Trait.SMOOTH}),
    instances=INSTANCES,
    algorithm=radius(1.5),
    metric=each(gap),
    unit=Unit(f=1),
    bound=bound,
    holds=Always(),
    k=range(1, 201),
    seen={"eta": Seen(each(lambda p, s: s.eta), Unit(x=1)), "gap": Seen(each(gap), Unit(f=1))},
    given={
        "‖x*‖ ≤ η/β": lambda k, c: c["R"] * BETA / c["eta"],
        "exact gradients": lambda k, c: 1e30 * c["sigma2"] / (c["L"] * c["e0"]),
    },
    laws={"gradient": gradient, "steps": steps("euclidean")},
    seeds=8,
)
STEP = replace(DET, metric=each_step(lambda p, s, t: gap(p, t)), bound=one_step, k=range(200))
SIGN = replace(
    STEP,
    algorithm=replace(radius(1.5), lmo=signs),
    bound=lambda k, c: one_step(k, {**c, "L": c["L_inf"]}),
    laws={"gradient": gradient, "steps": steps("max")},
)
STOCH = replace(
    DET,
    source=source("star.wd.stoch"),
    instances={"two pairs": partial(petals_from_origin, sigma=0.3), "one pair": partial(one_pair, sigma=1.0)},
    algorithm=replace(radius(1.5), alpha=ALPHA),
    bound=noisy,
    holds=InExpectation(),
    given={"‖x*‖ ≤ η/β": DET.given["‖x*‖ ≤ η/β"]},
    laws={"momentum": momentum, "steps": steps("euclidean")},
    seeds=64,
)
SMALL = radius(0.5)

THEOREM = Theorem(
    claims={
        "exact, every k": (DET, Status.CONSISTENT),
        "exact, one step": (STEP, Status.CONSISTENT),
        "exact, one step, signs": (SIGN, Status.CONSISTENT),
        "stochastic": (STOCH, Status.CONSISTENT),
    },
    foils={
        "x* outside the ball": (replace(DET, algorithm=SMALL), Status.NOT_APPLICABLE),
        "x* outside the ball, unstated": (replace(on(STEP, "a bowl"), algorithm=SMALL, given={}), Status.REFUTED),
        "ascent": (replace(DET, algorithm=replace(radius(1.5), lmo=lambda m: -euclidean(m))), Status.UNLAWFUL),
        "no momentum": (replace(STOCH, algorithm=radius(1.5)), Status.UNLAWFUL),
        "no L term": (replace(STEP, bound=lambda k, c: one_step(k, {**c, "L": 0.0 * c["L"]})), Status.REFUTED),
        "a third of the stochastic bound": (replace(STOCH, bound=lambda k, c: noisy(k, c) / 3), Status.REFUTED),
        "eta for eta^2": (replace(DET, bound=lambda k, c: bound(k, {**c, "eta": c["eta"] ** 0.5})), Status.ILL_POSED),
    },
)
