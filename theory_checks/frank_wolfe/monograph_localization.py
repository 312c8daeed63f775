"""Bubeck 2015 (arXiv 1405.4980v2), Theorems 2.1, 2.4 and 3.17: centre of gravity, ellipsoid, geometric descent.

f convex on X, |f| ≤ B up to a constant; x_t the best feasible one of the first t centres (t = k + 1):

    centre of gravity:                                          f(x_t) − f* ≤ 2B (1 − 1/e)^{t/n}                    (2.1)
    ellipsoid, B(r) ⊂ X ⊂ B(R), t ≥ 2n² ln(R/r):                f(x_t) − f* ≤ (2BR/r) exp(−t/(2n²))                 (2.4)

Here the first runs on a cube with f = max_i w_i|x_i − x*_i|, whose cuts keep the region a box, and the second on a ball, R = r.
Geometric descent for f α-strongly convex, β-smooth, κ = β/α, R_0² = (1 − 1/κ)‖∇f(x_0)‖²/α²:

    ‖x* − c_t‖² ≤ R_t² ≤ (1 − 1/√κ)^t R_0²                                                                        (3.17)
"""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from algorithms.frank_wolfe.localization import (
    Ball,
    CentreOfGravity,
    Ellipsoid,
    EllipsoidMethod,
    GeometricDescent,
    Region,
    cut,
    inside,
    line_search,
    shrink,
)
from problems.frank_wolfe.composite import quadratic
from problems.frank_wolfe.nonsmooth import chebyshev, deviation
from ratecheck import Always, Array, Claim, Seen, Status, Theorem, Trait, Unit, best, each
from theory_checks.frank_wolfe._monograph import bubeck, gap, off, size, square


def halves(p: Any, s: Region, t: Region) -> Array:
    """the centre is the middle of the box, and the box is cut there on the side where the sub-gradient points"""
    xp = array_namespace(s.x)
    g = p.grad(0.5 * (s.low + s.high))
    low = xp.where(g < 0, 0.5 * (s.low + s.high), s.low)
    high = xp.where(g > 0, 0.5 * (s.low + s.high), s.high)
    first = off(s.low, p.low) + off(s.high, p.high) if s.k == 0 else 0 * s.x[:, 0]
    return size(s.x - 0.5 * (s.low + s.high)) + size(t.low - low) + size(t.high - high) + first


def cuts(p: Any, s: Ellipsoid, t: Ellipsoid) -> Array:
    """(x, H) is the smallest ellipsoid around the half that is kept, the first one the ball X"""
    xp = array_namespace(s.x)
    x, H = cut(s.x, s.H, xp.where(inside(p, s.x)[:, None], p.grad(s.x), s.x))
    scale = xp.max(xp.abs(H), axis=(1, 2)) + xp.max(xp.abs(t.H), axis=(1, 2))
    ball = p.radius[:, None, None] ** 2 * xp.eye(x.shape[1], dtype=x.dtype)
    first = xp.max(xp.abs(s.H - ball), axis=(1, 2)) / p.radius**2 + size(s.x) / p.radius if s.k == 0 else 0 * p.radius
    return off(t.x, x, s.x) + xp.max(xp.abs(t.H - H), axis=(1, 2)) / scale + first


def shrinks(p: Any, s: Ball, t: Ball) -> Array:
    """the line search, and the ball around the intersection; the first one is around x_0 − ∇f(x_0)/α"""
    x = line_search(p, s.c, s.x - p.grad(s.x) / p.constants["L"].value[:, None])
    c, R2 = shrink(p, x, s.c, s.R2)
    xp = array_namespace(x)
    scale = xp.where(s.R2 > 0, s.R2, 1.0 + 0.0 * s.R2)  # 0 once the ball is a point
    return off(t.x, x, s.c) + off(t.c, c, s.c) + xp.abs(t.R2 - R2) / scale + (first_ball(p, s) if s.k == 0 else 0 * R2)


def first_ball(p: Any, s: Ball) -> Array:
    alpha, L, g = p.constants["mu"].value, p.constants["L"].value, p.grad(p.x0)
    R2 = square(g) * (1 / alpha**2 - 1 / (alpha * L))
    return off(s.x, p.x0) + off(s.c, p.x0 - g / alpha[:, None], s.x) + abs(s.R2 - R2) / R2


def feasible_gap(p: Any, s: Ellipsoid) -> Array:
    xp = array_namespace(s.x)
    h = p.value(s.x) - p.f_star
    return xp.where(inside(p, s.x), h, h + xp.asarray(float("inf"), dtype=h.dtype))


GRAVITY = Claim[Any, Any](
    source=bubeck("Theorem 2.1", "bub.2.1"),
    assumes=frozenset({Trait.CONVEX, Trait.COMPACT}),
    instances={"cube": chebyshev, "weighted": partial(chebyshev, n=2, spread=5.0)},
    algorithm=CentreOfGravity(),
    laws={"the cut": halves},
    metric=best(gap),
    unit=Unit(f=1),
    bound=lambda k, c: 2 * c["B"] * (1 - np.exp(-1)) ** ((k + 1) / c["n"]),
    holds=Always(),
    k=range(40),
    seeds=8,
)
ELLIPSOID = replace(
    GRAVITY,
    source=bubeck("Theorem 2.4", "bub.2.4"),
    instances={"n = 2": partial(deviation, n=2, a=0.0), "n = 4": partial(deviation, n=4, m=1, a=0.0)},
    algorithm=EllipsoidMethod(),
    laws={"the cut": cuts},
    metric=best(feasible_gap),
    bound=lambda k, c: 2 * c["B"] * np.exp(-(k + 1) / (2 * c["n"] ** 2)),
    k=range(60),
)
BALLS = Claim[Any, Ball](
    source=bubeck("Theorem 3.17", "bub.3.17"),
    assumes=frozenset({Trait.CONVEX, Trait.STRONGLY_CONVEX, Trait.SMOOTH}),
    instances={"condition 30": quadratic, "condition 300": partial(quadratic, kappa=300.0)},
    algorithm=GeometricDescent(),
    laws={"the ball": shrinks},
    metric=each(lambda p, s: s.R2),
    unit=Unit(x=2),
    seen={
        "R_0²": Seen(
            each(
                lambda p, s: square(p.grad(p.x0)) * (p.constants["mu"].value ** -2 - 1 / (p.constants["mu"].value * p.constants["L"].value))
            ),
            Unit(x=2),
        )
    },
    bound=lambda k, c: (1 - (c["mu"] / c["L"]) ** 0.5) ** k * c["R_0²"],
    holds=Always(),
    k=range(40),
    seeds=8,
)
HOLDS = replace(
    BALLS,
    metric=each(lambda p, s: square(s.c - p.x_star)),
    seen={"R_t²": Seen(each(lambda p, s: s.R2), Unit(x=2))},
    bound=lambda k, c: c["R_t²"],
    rounding=lambda k, c: 1e-14 * c["R"] ** 2 + 0 * k,
)

THEOREM = Theorem(
    claims={
        "2.1": (GRAVITY, Status.CONSISTENT),
        "2.4": (ELLIPSOID, Status.CONSISTENT),
        "3.17, the radius": (BALLS, Status.CONSISTENT),
        "3.17, x* is in the ball": (HOLDS, Status.CONSISTENT),
    },
    foils={
        "off the centre": (replace(GRAVITY, algorithm=CentreOfGravity(lean=0.02), laws={}), Status.REFUTED),
        "off the centre, with laws": (replace(GRAVITY, algorithm=CentreOfGravity(lean=0.45)), Status.UNLAWFUL),
        "no line search": (replace(BALLS, algorithm=GeometricDescent(search=False)), Status.UNLAWFUL),
        "no n": (replace(GRAVITY, bound=lambda k, c: 2 * c["B"] * (1 - np.exp(-1)) ** (k + 1)), Status.REFUTED),
        "no 1/n": (replace(ELLIPSOID, bound=lambda k, c: 2 * c["B"] * np.exp(-(k + 1) / 2)), Status.REFUTED),
        "four times the rate": (replace(BALLS, bound=lambda k, c: BALLS.bound(4 * k, c)), Status.REFUTED),
        "half the ball": (replace(HOLDS, bound=lambda k, c: c["R_t²"] / 2), Status.REFUTED),
        "R for R²": (replace(HOLDS, bound=lambda k, c: c["R_t²"] ** 0.5), Status.ILL_POSED),
    },
)
