"""Carmon et al. 2020, 2021 (the classical baseline of Wang, Zhang, Li 2024): (R/r)^{2/3} balls instead of R/r; constants derived.

f convex, an oracle for its minimiser over balls of radius r, R = |x_0 − x*|. Monteiro–Svaiter acceleration with λ_k = r/|∇f(x_{k+1})|:
    A_k (f(x_k) − f*) + ½ Σ_{j ≤ k} (A_j/λ_j)|x_j − y_{j−1}|² ≤ R²/2.
On f = L|x − x*|, a maximum of linear functions, λ = r/L and each step outside has length r, A_j ≥ λ j²/4: x* is found after
    at most (12 R²/r²)^{1/3} balls, and      f(x_k) − f* ≤ 2 L R²/(r k²)     before that,
while plain balls need exactly ⌈R/r⌉. With r = ε'/L these are the exponents −2/3 and −1 of ε in the count of balls; each ball costs N
function values and the inner steps. For a general f the λ_k are searched for, which is not done here.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.accelerated_balls import AcceleratedBalls, PlainBalls, Step
from problems.min_max.cone import Cone, cone
from ratecheck import Always, Array, Claim, Constants, Equal, Scaling, Source, Statement, Status, Theorem, Trait, Unit, each, total

K = 1200


def not_found(p: Cone, s: Step) -> Array:
    """1 while f(x_k) > f*"""
    xp = array_namespace(s.x)
    return xp.astype(xp.max(xp.abs(s.x - p.x_star), axis=-1) > 0, s.x.dtype)


def gap(p: Cone, s: Step) -> Array:
    return p.value(s.x)


def accelerates(p: Cone, s: Step, t: Step) -> Array:
    """a² = λ(A + a), y = (A x + a v)/(A + a), x' = ball(y), v' = v − a L (y − x')/r"""
    xp = array_namespace(s.x)
    lam = p.radius / p.slope
    a = t.A - s.A
    y = (s.A[:, None] * s.x + a[:, None] * s.v) / t.A[:, None]
    v = s.v - (a / lam)[:, None] * (y - t.x)
    scale = 1 + xp.max(xp.abs(s.v), axis=-1)
    gaps = xp.max(xp.abs(t.x - p.ball(y)), axis=-1) + xp.max(xp.abs(t.v - v), axis=-1)
    return gaps / scale + xp.abs(a**2 / (lam * t.A) - 1)


def count_bound(k: Array, c: Constants) -> Array:
    return (12 * c["R"] ** 2 / c["r"] ** 2) ** (1 / 3) + 0 * k


COUNT = Claim[Cone, Step](
    source=Source("wang2024", "classical baseline, accelerated balls", "max.count", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX, Trait.LIPSCHITZ}),
    instances={"R/r from 5 to 3000": cone},
    algorithm=AcceleratedBalls(),
    metric=total(not_found),
    unit=Unit(),
    bound=count_bound,
    holds=Always(),
    k=range(K, K + 1),
    laws={"Monteiro–Svaiter": accelerates},
    seeds=8,
)
EXPONENT = replace(COUNT, holds=Scaling(of=lambda c: c["R"] / c["r"], within=0.08))
GAP = replace(COUNT, metric=each(gap), unit=Unit(1, 0), bound=lambda k, c: 2 * c["L"] * c["R"] ** 2 / (c["r"] * k**2), k=range(1, 300))
PLAIN = replace(
    COUNT, algorithm=PlainBalls(), laws={}, bound=lambda k, c: np.ceil(c["R"] / c["r"]) + 0 * k, holds=Equal(), k=range(3100, 3101), seeds=8
)


def plain(power: float) -> Callable[[Array, Constants], Array]:
    return lambda k, c: (c["R"] / c["r"]) ** power + 0 * k


THEOREM = Theorem(
    claims={
        "number of balls": (COUNT, Status.CONSISTENT),
        "exponent 2/3": (EXPONENT, Status.CONSISTENT),
        "gap": (GAP, Status.CONSISTENT),
        "plain balls": (PLAIN, Status.CONSISTENT),
    },
    foils={
        "plain balls are as fast": (replace(COUNT, algorithm=PlainBalls(), laws={}), Status.REFUTED),
        "a too large": (replace(COUNT, algorithm=AcceleratedBalls(growth=3.0)), Status.UNLAWFUL),
        "a third": (replace(COUNT, bound=lambda k, c: count_bound(k, c) / 3), Status.REFUTED),
        "exponent 1/2": (replace(EXPONENT, bound=plain(0.5)), Status.REFUTED),
        "r for r²": (replace(COUNT, bound=lambda k, c: (12 * c["R"] ** 2 / c["r"]) ** (1 / 3)), Status.ILL_POSED),
    },
)
