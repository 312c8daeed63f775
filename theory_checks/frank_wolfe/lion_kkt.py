"""Chen, Liu, Liang, Liu 2024 (arXiv 2310.05898) and Chen, Li, Liu 2026 (arXiv 2506.15054, order as quoted): where Lion ends.

S(x) = ‖∇f(x)‖₁ + λ⟨x, ∇f(x)⟩ is at least 0 on ‖x‖_∞ ≤ 1/λ and 0 exactly at the KKT points: it is λ times the Frank–Wolfe gap
max_v ⟨∇f(x), x − v⟩ over that cube, attained at v = −sign(∇f)/λ (derived). With exact gradients and ε = ε_0/√T

    min_{t ≤ T} S(x_t) = O(T^{−1/2}).

For convex f the limit solves min f over the cube; here f(x_t) − min = O(ε) at t = 20/ε_min, f with the Hessian 3I, whose minimiser over
the cube is the centre clipped.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from algorithms.frank_wolfe.duality_maps import sign
from algorithms.frank_wolfe.lion import Lion, LionState
from problems.frank_wolfe.targets import Target, target
from ratecheck import Array, Certified, Claim, Equal, Scaling, Seen, Side, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.frank_wolfe.lion_lyapunov import GRADIENT, inner, laws, length

LION = Lion()


def score(p: Any, s: LionState) -> Array:
    """‖∇f‖₁ + λ⟨x, ∇f⟩"""
    xp = array_namespace(s.x)
    g = p.grad(s.x)
    return xp.sum(xp.abs(g), axis=(1, 2)) + p.constants["lam"].value * inner(s.x, g)


def cube_gap(p: Any, s: LionState) -> Array:
    """⟨∇f, x − v⟩, v = −sign(∇f)/λ"""
    g = p.grad(s.x)
    return inner(g, s.x + sign(g) / length(p, "lam"))


def until_T(p: Any, states: Iterator[LionState]) -> Iterator[Array]:
    """the least score up to the horizon of the row"""
    low: Array = None
    for s in states:
        xp = array_namespace(s.x)
        value = score(p, s)
        low = value if low is None else xp.where(p.constants["T"].value >= s.k, xp.minimum(low, value), low)
        yield low


def horizons(seeds: range, fixed: bool = False, wave: float = 0.0) -> Target:
    """One instance; row s has T = 2^{5 + s mod 6} and ε = ½/√T, or ½/√32 if `fixed`."""
    made = target(seeds, shared=True, wave=wave)
    T = 2.0 ** (5 + np.array(seeds) % 6)
    extra = {
        "T": Certified(T, Unit(), Side.EXACT, "steps of the row"),
        "eps": Certified(0.5 / np.sqrt(0 * T + 32 if fixed else T), Unit(0, 1), Side.EXACT, "chosen"),
    }
    return replace(made, constants={**made.constants, **extra})


def steps(seeds: range) -> Target:
    """One isotropic instance; row s has ε = 2^{−4 − s mod 4}."""
    made = target(seeds, shared=True, kappa=1.0, reach=1.0)
    eps = Certified(2.0 ** (-4 - np.array(seeds) % 4), Unit(0, 1), Side.EXACT, "chosen")
    return replace(made, constants={**made.constants, "eps": eps})


def height(p: Any, s: LionState) -> Array:
    """f less its minimum over the cube, H = 3I: the centre clipped"""
    xp = array_namespace(s.x)
    r = 1 / length(p, "lam") + 0 * p.centre
    best = xp.minimum(xp.maximum(p.centre, -r), r)
    d = s.x - best
    return xp.sum(1.5 * d * d + p.grad(best) * d, axis=(1, 2))


IDENTITY = Claim[Any, LionState](
    source=Source("chen2026 (arXiv 2506.15054)", "the score is λ times the Frank–Wolfe gap", "lion.kkt", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH}),
    instances={"quadratic": target, "wave": partial(target, wave=1.0)},
    algorithm=LION,
    laws=laws(LION),
    metric=each(score),
    unit=GRADIENT,
    seen={"gap": Seen(each(cube_gap), Unit(f=1))},
    bound=lambda k, c: c["lam"] * c["gap"],
    holds=Equal(within=1e-12),
    rounding=lambda k, c: 1e-13 * c["gap_0"] * c["lam"] + 0 * k,
    k=range(100),
    seeds=8,
)
ORDER = replace(
    IDENTITY,
    source=Source("chen2026 (arXiv 2506.15054)", "order of the best score", "lion.kkt", Statement.RECALLED),
    instances={"horizons": horizons},
    metric=until_T,
    seen={},
    bound=lambda k, c: c["gap_0"] * c["lam"] / c["T"] ** 0.5 + 0 * k,
    holds=Scaling(of=lambda c: c["T"], one_sided=True),
    k=range(1024, 1025),
    seeds=6,
)
LIMIT = replace(
    ORDER,
    source=Source("chen2024 (arXiv 2310.05898)", "the limit solves the box problem", "lion.limit", Statement.RECALLED),
    assumes=frozenset({Trait.SMOOTH, Trait.CONVEX}),
    instances={"steps": steps},
    metric=each(height),
    unit=Unit(f=1),
    bound=lambda k, c: c["gap_0"] * c["lam"] * c["eps"] + 0 * k,
    holds=Scaling(of=lambda c: 1 / c["eps"], one_sided=True),
    k=range(2560, 2561),
    seeds=4,
    rounding=lambda k, c: 1e-15 * c["gap_0"] + 0 * k,
)

THEOREM = Theorem(
    claims={"the score": (IDENTITY, Status.CONSISTENT), "order": (ORDER, Status.CONSISTENT), "the limit": (LIMIT, Status.CONSISTENT)},
    foils={
        "a fixed ε": (replace(ORDER, instances={"horizons": partial(horizons, fixed=True)}), Status.REFUTED),
        "other averages": (replace(IDENTITY, algorithm=Lion(0.5, 0.99)), Status.UNLAWFUL),
        "order T⁻²": (replace(ORDER, bound=lambda k, c: c["gap_0"] * c["lam"] / c["T"] ** 2 + 0 * k), Status.REFUTED),
        "order ε⁴": (replace(LIMIT, bound=lambda k, c: c["gap_0"] * (c["lam"] * c["eps"]) ** 4 + 0 * k), Status.REFUTED),
        "no weight decay": (replace(LIMIT, algorithm=Lion(decay=0.0), laws={}, instances={"outside": steps}), Status.FAILED),
        "the gap without λ": (replace(IDENTITY, bound=lambda k, c: c["gap"] + 0 * k), Status.ILL_POSED),
        "0.1% more": (replace(IDENTITY, bound=lambda k, c: 1.001 * c["lam"] * c["gap"]), Status.REFUTED),
    },
)
