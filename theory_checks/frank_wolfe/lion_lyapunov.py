"""Chen, Liu, Liang, Liu 2024 (arXiv 2310.05898): Lion-K as constrained optimization, discrete time. Statements derived.

f is L-smooth, K a norm, K* = 0 on the dual unit ball. m̃ = b₁m_t − (1 − b₁)g_t, u ∈ ∂K(m̃), m_{t+1} = b₂m_t − (1 − b₂)g_t,
x_{t+1} = x_t + ε(u − λx_{t+1}), that is x_{t+1} = (1 − ε'λ)x_t + ε'u, ε' = ε/(1 + ελ).

Phase 1, any g:  dist(λx_t, ball) ≤ (1 − ε'λ)^t dist(λx_0, ball): λx_{t+1} is a convex combination of λx_t and a point of the ball.

Phase 2, ‖λx_0‖ ≤ 1 in the dual norm, g_t = ∇f(x_t), 0 < b₁ < b₂ < 1: with c = εb₁/(λε(1 − b₁) + 1 − b₂), a = 1 + cλ,
b = b₁(1 − b₂)/((b₂ − b₁)(λε(1 − b₁) + 1 − b₂)), H = f(x) + c(K(m) − λ⟨x, m⟩), D₁ = ⟨m̃, u − λx_{t+1}⟩ ≥ 0, w ∈ ∂K(m_{t+1}),
D₂ = ⟨w − u, m_{t+1} − m̃⟩ ≥ 0:

    H_{t+1} − H_t ≤ −ε(aD₁ + bD₂) + (Lε²/2)‖u − λx_{t+1}‖²;      and, summed,
    mean(aD₁ + bD₂) ≤ (H_0 − H_T)/(εT) + (Lε/2) mean ‖u − λx_{t+1}‖².

Why: L-smoothness for f, convexity of K* at the new x and of K at the new m; m_{t+1} − m_t and m̃ − m_{t+1} are multiples of m_t + g_t,
and c is such that the terms linear in it cancel.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

from array_api_compat import array_namespace

from algorithms.frank_wolfe.duality_maps import DualityMap, polar, sign
from algorithms.frank_wolfe.lion import Lion, LionState, unit
from problems.frank_wolfe.targets import target
from ratecheck import Always, Array, Claim, Constants, Law, Measure, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step

B1, B2 = 0.9, 0.99
GRADIENT = Unit(f=1, x=-1)


def inner(a: Array, b: Array) -> Array:
    return array_namespace(a).sum(a * b, axis=(-2, -1))


def largest(a: Array) -> Array:
    return array_namespace(a).max(array_namespace(a).abs(a), axis=(-2, -1))


def length(p: Any, name: str) -> Array:
    return p.constants[name].value[:, None, None]


def outside(p: Any, s: LionState) -> Array:
    """distance of λx to the cube, in ℓ_∞"""
    d = p.constants["lam"].value * largest(s.x) - 1
    return array_namespace(d).maximum(d, array_namespace(d).zeros_like(d))


def c_of(eps: Array, lam: Array) -> Array:
    return eps * B1 / (lam * eps * (1 - B1) + 1 - B2)


def energy(towards: DualityMap) -> Any:
    """H"""

    def H(p: Any, s: LionState) -> Array:
        eps, lam = p.constants["eps"].value, p.constants["lam"].value
        return p.value(s.x) + c_of(eps, lam) * (inner(s.m, towards(s.m)) - lam * inner(s.x, s.m))

    return H


def decrease(lion: Lion, second: bool = True) -> Any:
    """aD₁ + bD₂"""

    def D(p: Any, s: LionState, t: LionState) -> Array:
        eps, lam = p.constants["eps"].value, p.constants["lam"].value
        tilde, u, x = lion.step(p, s)
        one = inner(tilde, u - lam[:, None, None] * x)
        two = inner(lion.towards(t.m) - u, t.m - tilde)
        bottom = lam * eps * (1 - lion.b1) + 1 - lion.b2
        b = lion.b1 * (1 - lion.b2) / ((lion.b2 - lion.b1) * bottom)
        return (1 + c_of(eps, lam) * lam) * one + (b * two if second else 0)

    return D


def moved(lion: Lion) -> Any:
    def v2(p: Any, s: LionState, t: LionState) -> Array:
        _, u, x = lion.step(p, s)
        v = u - length(p, "lam") * x
        return inner(v, v)

    return v2


def means(m: Any) -> Measure[Any, LionState]:
    """The mean of m(x_j, x_{j+1}), j ≤ k."""

    def measure(p: Any, states: Iterator[LionState]) -> Iterator[Array]:
        total: Array = 0.0
        for k, (s, t) in enumerate(pairwise(states)):
            total = total + m(p, s, t)
            yield total / (k + 1)

    return measure


def fallen(towards: DualityMap) -> Measure[Any, LionState]:
    """H_0 − H_{k+1}"""

    def measure(p: Any, states: Iterator[LionState]) -> Iterator[Array]:
        H = energy(towards)
        first = H(p, next(states))
        for s in states:
            yield first - H(p, s)

    return measure


def laws(lion: Lion) -> dict[str, Law[Any, LionState]]:
    def law(p: Any, s: LionState, t: LionState) -> Array:
        """x_{t+1} = (1 − ε'λ)x_t + ε'u and m_{t+1}, u and g taken afresh"""
        eps, lam = length(p, "eps"), length(p, "lam")
        short, g = eps / (1 + eps * lam), p.sample(s.x, s.Z)
        x = (1 - short * lam) * s.x + short * lion.towards(lion.b1 * s.m - (1 - lion.b1) * g)
        m = lion.b2 * s.m - (1 - lion.b2) * g
        first = largest(s.m) + largest(s.x - p.x0) if s.k == 0 else 0 * p.wave
        return largest(t.x - x) / (largest(s.x) + largest(x)) + largest(t.m - m) / (largest(m) + largest(s.m)) + abs(t.k - s.k - 1) + first

    return {"the step": law}


LION = Lion(B1, B2)
NOISY = partial(target, start=20.0, reach=60.0, sigma=3.0, eps=0.05)
PHASE1 = Claim[Any, LionState](
    source=Source("chen2024 (arXiv 2310.05898)", "phase 1, discrete time", "lion.phase1", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH}),
    instances={"noisy": NOISY, "wave": partial(NOISY, wave=1.0)},
    algorithm=LION,
    laws=laws(LION),
    metric=each(outside),
    unit=Unit(),
    bound=lambda k, c: c["outside"] / (1 + c["eps"] * c["lam"]) ** k,
    rounding=lambda k, c: 1e-14 * (1 + c["outside"]),
    holds=Always(),
    k=range(120),
    sharp={"noisy": Always(power=0.999)},
    seeds=8,
)


def right(k: Array, c: Constants) -> Array:
    return -c["eps"] * c["D"] + c["L"] * c["eps"] ** 2 / 2 * c["moved"]


def step(towards: DualityMap, p: int, q: int) -> Claim[Any, LionState]:
    lion = Lion(B1, B2, towards)
    return replace(
        PHASE1,
        source=Source("chen2024 (arXiv 2310.05898)", "phase 2, one step", "lion.dt.step", Statement.DERIVED),
        instances={
            "quadratic": partial(target, p=p, q=q, start=0.5, sigma=0.0),
            "wave": partial(target, p=p, q=q, wave=1.0, eps=0.03, start=0.5, sigma=0.0),
        },
        algorithm=lion,
        laws=laws(lion),
        metric=each_step(lambda problem, s, t: energy(towards)(problem, t) - energy(towards)(problem, s)),
        unit=Unit(f=1),
        seen={"D": Seen(each_step(decrease(lion)), GRADIENT), "moved": Seen(each_step(moved(lion)))},
        bound=right,
        holds=Always(signed=True),
        rounding=lambda k, c: 1e-12 * c["gap_0"] + 0 * k,
        k=range(100),
        sharp={},
    )


def average(towards: DualityMap, p: int, q: int) -> Claim[Any, LionState]:
    lion = Lion(B1, B2, towards)
    return replace(
        step(towards, p, q),
        source=Source("chen2024 (arXiv 2310.05898)", "phase 2, summed", "lion.dt.avg", Statement.DERIVED),
        metric=means(decrease(lion)),
        unit=GRADIENT,
        seen={"fallen": Seen(fallen(towards), Unit(f=1)), "moved": Seen(means(moved(lion)))},
        bound=lambda k, c: c["fallen"] / (c["eps"] * (k + 1)) + c["L"] * c["eps"] / 2 * c["moved"],
        holds=Always(power=0.9),
        rounding=lambda k, c: 1e-12 * c["gap_0"] / c["eps"] + 0 * k,
    )


STEP, AVERAGE = step(sign, 1, 8), average(sign, 1, 8)

THEOREM = Theorem(
    claims={
        "phase 1": (PHASE1, Status.CONSISTENT),
        "one step, ℓ₁": (STEP, Status.CONSISTENT),
        "one step, ℓ₂": (step(unit, 1, 8), Status.CONSISTENT),
        "one step, nuclear": (step(polar, 3, 2), Status.CONSISTENT),
        "average, ℓ₁": (AVERAGE, Status.CONSISTENT),
        "average, ℓ₂": (average(unit, 1, 8), Status.CONSISTENT),
        "average, nuclear": (average(polar, 3, 2), Status.CONSISTENT),
    },
    foils={
        "no weight decay": (replace(PHASE1, algorithm=Lion(B1, B2, decay=0.0), laws={}, sharp={}), Status.REFUTED),
        "half the weight decay": (replace(PHASE1, algorithm=Lion(B1, B2, decay=0.5)), Status.UNLAWFUL),
        "2 sign": (replace(PHASE1, algorithm=Lion(B1, B2, towards=lambda m: 2 * sign(m)), laws={}, sharp={}), Status.REFUTED),
        "other averages": (replace(STEP, algorithm=Lion(0.5, 0.99)), Status.UNLAWFUL),
        "the factor 1 − ελ": (replace(PHASE1, bound=lambda k, c: c["outside"] * (1 - c["eps"] * c["lam"]) ** k), Status.REFUTED),
        "a tenth of the curvature": (
            replace(STEP, bound=lambda k, c: -c["eps"] * c["D"] + 0.1 * c["L"] * c["eps"] ** 2 / 2 * c["moved"]),
            Status.REFUTED,
        ),
        "H never rises": (replace(STEP, bound=lambda k, c: -c["eps"] * c["D"]), Status.REFUTED),
        "5% less": (replace(AVERAGE, bound=lambda k, c: 0.95 * AVERAGE.bound(k, c)), Status.REFUTED),
        "ε for ε²": (replace(STEP, bound=lambda k, c: -c["eps"] * c["D"] + c["L"] * c["eps"] / 2 * c["moved"]), Status.ILL_POSED),
    },
)
