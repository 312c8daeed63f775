"""Yao, Yu, Zeng, Zhang 2024, Theorem 3.1 (reviews; two exponents recalled): LV-HBA and its penalty c_k = c(k+1)^p, orders only.

0 ≤ p < 1/2 and steps small enough:  min R_k = O(k^{−(1−2p)/2}),  g − v = O(k^{−p}),  R the residual of the penalised problem
min f + c_k(g − v) on {c(x, y) ≤ 0}. Here p = 1/4 and the authors' toy: f = ½‖x−y₂‖² + ½‖y₁−e‖², g = ½‖y₁‖² − x'y₁ + 1'y₂,
1'(x+y₁+y₂) = 0, solution x* = −0.3e (as shown by elimination). For a FIXED penalty c the exact minimiser is another point:
relative error in x 0.5517, 0.2162, 0.03053, 0.003185, 0.000321 at c = .1, 1, 10, 100, 1000, i.e. O(1/c): it bounds what a run
can reach. (The released parameters break η < 2ρ/L² of the (θ, λ) step and diverge.)
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import norm, solve
from algorithms.bilevel.lvhba import LVHBA, Constrained, Iterate, descent_ascent
from problems.bilevel import joint_quadratic
from ratecheck import (
    Array,
    AtMostOrder,
    Claim,
    Equal,
    Measure,
    Noise,
    Scaling,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    best,
    each,
)

Vectors = tuple[Array, Array, Array]


def envelope_gradient(p: Constrained, c: Array, w: Vectors) -> Vectors:
    """∇(f/c + g − v)"""
    x, y, z = w
    theta, lam = p.saddle(x, y, z)
    dx = p.upper_x(x, y) / c + p.lower_x(x, y) - p.lower_x(x, theta) - p.constraint_x(x, lam)
    dy = p.upper_y(x, y) / c + p.lower_y(x, y) - (y - theta) / p.g1[:, None]
    return dx, dy, -(lam - z) / p.g2[:, None]


def residual(p: Constrained, s: Iterate) -> Array:
    """c_k times the projected gradient of f/c_k + g − v"""
    dx, dy, dz = envelope_gradient(p, s.c, (s.x, s.y, s.z))
    x, y = p.project(s.x - dx, s.y - dy)
    return s.c * norm(array_namespace(dx).concat([x - s.x, y - s.y, dz], axis=-1))


def gap(p: Constrained, s: Iterate) -> Array:
    return p.lower(s.x, s.y) - p.lagrangian(s.x, s.y, s.z)


def error(p: Constrained, s: Iterate) -> Array:
    """‖x + 0.3e‖/‖0.3e‖"""
    return norm(s.x + 0.3) / norm(0 * s.x + 0.3)


@dataclass(frozen=True)
class PenalisedSolution:
    """The minimiser of f + c(g − v) under 1'(x+y) = 0 for the problem's penalty: the gradient is affine, so one KKT system."""

    def iterates(self, problem: Constrained, noise: Noise, /) -> Iterator[Iterate]:
        x, y, z = problem.x0, problem.y0, problem.z0
        xp = array_namespace(x)
        c = problem.constants["penalty"].value[:, None]
        n, m, r = x.shape[-1], y.shape[-1], z.shape[-1]
        N = n + m + r

        def gradient(w: Array) -> Array:
            return xp.concat(list(envelope_gradient(problem, c, (w[:, :n], w[:, n : n + m], w[:, n + m :]))), axis=-1)

        zero, eye = xp.zeros((x.shape[0], N), dtype=x.dtype), xp.eye(N, dtype=x.dtype)
        origin = gradient(zero)
        H = xp.stack([gradient(zero + eye[j, :][None, :]) - origin for j in range(N)], axis=-1)
        row = xp.concat([xp.ones((x.shape[0], n + m), dtype=x.dtype), xp.zeros((x.shape[0], r), dtype=x.dtype)], axis=-1)
        top = xp.concat([H, row[:, :, None]], axis=-1)
        last = xp.concat([row[:, None, :], xp.zeros((x.shape[0], 1, 1), dtype=x.dtype)], axis=-1)
        w = solve(xp.concat([top, last], axis=-2), xp.concat([-origin, zero[:, :1]], axis=-1))
        state = Iterate(0, w[:, :n], w[:, n : n + m], w[:, n + m : N], y, z, c)
        while True:
            yield state


def steps(a: LVHBA, p: Constrained, s: Iterate, t: Iterate) -> Array:
    """(θ, λ) first, then (x, y) projected, then z, with c_k = c(k+1)^p"""
    c = a.c * (s.k + 1) ** a.p
    theta, lam = descent_ascent(p, s.x, s.y, s.z, s.theta, s.lam, a.eta)
    dx = p.upper_x(s.x, s.y) / c + p.lower_x(s.x, s.y) - p.lower_x(s.x, theta) - p.constraint_x(s.x, lam)
    dy = p.upper_y(s.x, s.y) / c + p.lower_y(s.x, s.y) - (s.y - theta) / p.g1[:, None]
    x, y = p.project(s.x - a.alpha * dx, s.y - a.alpha * dy)
    z = s.z + a.beta * (lam - s.z) / p.g2[:, None]
    xp = array_namespace(x)
    pairs = ((t.theta, theta), (t.lam, lam), (t.x, x), (t.y, y), (t.z, z))
    worst = 0 * x[:, 0] + abs(s.c / c - 1)
    for new, expected in pairs:
        worst = xp.maximum(worst, norm(new - expected) / (1 + norm(expected)))
    return worst


def first(m: Callable[[Constrained, Iterate], Array]) -> Measure[Constrained, Iterate]:
    def measure(p: Constrained, states: Iterator[Iterate]) -> Iterator[Array]:
        value = m(p, next(states))
        yield value
        for _ in states:
            yield value

    return measure


RUN = LVHBA(p=0.25, c=1.0, alpha=0.05, beta=0.05, eta=0.04)
TOY = {"toy": partial(joint_quadratic.toy, n=2, g=2.0)}
RESIDUAL = Claim[Constrained, Iterate](
    source=Source("yao2024", "Theorem 3.1", "lvhba.rates", Statement.RECALLED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH}),
    instances=TOY,
    algorithm=RUN,
    laws={"steps": partial(steps, RUN)},
    seen={"first": Seen(first(residual), Unit(1, -1))},
    metric=best(residual),
    unit=Unit(1, -1),
    bound=lambda k, c: c["first"] * (k + 1) ** -0.25,
    holds=AtMostOrder(0.1),
    k=range(1, 1500),
    seeds=1,
)
GAP = replace(
    RESIDUAL,
    seen={"first": Seen(first(gap), Unit(1, 0))},
    metric=each(gap),
    unit=Unit(1, 0),
    holds=AtMostOrder(0.1, tail=0.2),
    k=range(1, 1700),
)
PATH = Claim[Constrained, Iterate](
    source=Source("yao2024", "toy of the released code, penalised minimisers", "lvhba.penalty-path", Statement.DERIVED),
    assumes=RESIDUAL.assumes,
    instances={"c = 10, 100, 1000": joint_quadratic.toy},
    algorithm=PenalisedSolution(),
    metric=each(error),
    unit=Unit(),
    bound=lambda k, c: 1 / c["penalty"],
    holds=Scaling(of=lambda c: c["penalty"], within=0.02),
    k=range(1),
    seeds=3,
)
AT_TEN = replace(PATH, instances={"c = 10": partial(joint_quadratic.toy, n=3, c=10.0, g=10.0, sweep=False)}, bound=lambda k, c: 0.03053 + 0 * k, holds=Equal(1e-3), seeds=1)
GAP_PATH = replace(PATH, metric=each(gap), unit=Unit(1, 0), seen={"one": Seen(each(lambda p, s: 0 * s.x[:, 0] + 1), Unit(1, 0))}, bound=lambda k, c: c["one"] / c["penalty"] ** 2, holds=Scaling(of=lambda c: c["penalty"], within=0.04))
FIXED = LVHBA(p=0.0, c=1.0, alpha=0.05, beta=0.05, eta=0.04)
RELEASED = LVHBA(p=0.3, c=0.025, alpha=0.008, beta=0.02, eta=0.01)

THEOREM = Theorem(
    claims={
        "residual": (RESIDUAL, Status.CONSISTENT),
        "gap": (GAP, Status.CONSISTENT),
        "penalised error 1/c": (PATH, Status.CONSISTENT),
        "penalised error at c = 10": (AT_TEN, Status.CONSISTENT),
        "penalised gap 1/c²": (GAP_PATH, Status.CONSISTENT),
    },
    foils={
        "error 1/c²": (replace(PATH, bound=lambda k, c: 1 / c["penalty"] ** 2), Status.REFUTED),
        "gap 1/c": (replace(GAP_PATH, bound=lambda k, c: c["one"] / c["penalty"]), Status.REFUTED),
        "gap without a unit": (replace(GAP_PATH, bound=lambda k, c: 1 / c["penalty"] ** 2), Status.ILL_POSED),
        "constant penalty": (replace(GAP, algorithm=FIXED, laws={}), Status.REFUTED),
        "c_k = c(k+1)^0.3": (replace(RESIDUAL, algorithm=replace(RUN, p=0.3), k=range(1, 9)), Status.UNLAWFUL),
        "no projection": (replace(RESIDUAL, algorithm=replace(RUN, projects=False)), Status.UNLAWFUL),
        "released parameters": (
            replace(RESIDUAL, instances={"n = 20": partial(joint_quadratic.toy, n=20)}, algorithm=RELEASED, laws={}, k=range(1, 600), holds=GAP.holds), Status.REFUTED,
        ),
    },
)
