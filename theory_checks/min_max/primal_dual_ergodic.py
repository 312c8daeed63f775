"""Chambolle, Pock 2011: the primal-dual hybrid gradient, gap of the average (derived with its constant).

L(x, y) bilinear with coupling K over a product set, x⁺ = P(x − τ L_x), y⁺ = P(y + σ L_y(2x⁺ − x)), τ σ ‖K‖² ≤ 1. The means of x_1, …, x_N
and of y_1, …, y_N satisfy for every (x, y) of the set and every N ≥ 1

    L(x̄, y) − L(x, ȳ)  ≤  (‖x − x_0‖²/τ + ‖y − y_0‖²/σ − 2 ⟨K(x − x_0), y − y_0⟩) / (2N).

Why: a step is M (z − z⁺) ∈ T(z⁺) with M = [[I/τ, −K'], [−K, I/σ]] ≥ 0. Over a box both sides are largest at vertices ("reach").
While the box is inactive the steps add up to M (z_0 − z_N) = N F(z̄), an equality.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.primal_dual import PrimalDual, State
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import times
from problems.min_max.matrix_games import BoxGame, box_game
from ratecheck import Always, Array, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, at_average, each
from theory_checks.min_max._common import STEP, norm2, relative


def reach(p: BoxGame, s: State) -> Array:
    """max over vertices of ‖v − z_0‖²_M, (B,)"""
    xp = array_namespace(s.x)
    m = p.C.shape[-1]
    d = p.corners[None, :, :] - p.x0[:, None, :]
    u, v = d[:, :, :m], d[:, :, m:]
    cross = xp.sum(xp.matmul(u, p.C) * v, axis=-1)
    size = xp.sum(u * u, axis=-1) / s.tau[:, None] + xp.sum(v * v, axis=-1) / s.sigma[:, None]
    return xp.max(size - 2 * cross, axis=-1)


def bound(k: Array, c: Constants) -> Array:
    return c["reach"] / (2 * k)


def alternates(p: BoxGame, s: State, t: State) -> Array:
    """x⁺ = P(x − τ F_x(y)), y⁺ = P(y − σ F_y(2x⁺ − x))"""
    xp = array_namespace(s.x)
    m = p.C.shape[-1]
    x = p.project(s.x - s.tau[:, None] * p.apply(s.x))[:, :m]
    ahead = p.apply(xp.concat([2 * x - s.x[:, :m], s.x[:, m:]], axis=-1))
    y = p.project(s.x - s.sigma[:, None] * ahead)[:, m:]
    return relative(xp.concat([x, y], axis=-1), t.x)


def pdhg(tau: float, sigma: float) -> PrimalDual:
    return PrimalDual(over_L(tau), over_L(sigma))


CLAIM = Claim[BoxGame, State](
    source=Source("chambolle2011", "Theorem 1", "vi.pdhg.ergodic", Statement.DERIVED),
    assumes=frozenset({Trait.BILINEAR, Trait.COMPACT}),
    instances={"boxes": box_game},
    algorithm=pdhg(1.0, 1.0),
    metric=at_average(lambda p, z: p.gap(z), of=lambda s: s.x, weight=lambda k: 0.0 if k == 0 else 1.0),
    unit=Unit(1, 0),
    bound=bound,
    holds=Always(),
    k=range(1, 201),
    seen={
        "reach": Seen(each(reach), Unit(1, 0)),
        "tau": Seen(each(lambda p, s: s.tau), STEP),
        "sigma": Seen(each(lambda p, s: s.sigma), STEP),
    },
    given={"τσ‖K‖² ≤ 1": lambda k, c: c["tau"] * c["sigma"] * c["L"] ** 2},
    laws={"alternates": alternates},
)


def force(p: BoxGame, z: Array) -> Array:
    return norm2(p.apply(z)) ** 0.5


def displacement(p: BoxGame, states: Iterator[State]) -> Iterator[Array]:
    """‖M (z_0 − z_N)‖/N"""
    for s in states:
        m = p.C.shape[-1]
        d = p.x0 - s.x
        xp = array_namespace(d)
        u, v = d[:, :m], d[:, m:]
        top = u / s.tau[:, None] - times(p.C, v)
        moved = xp.concat([top, v / s.sigma[:, None] - times(xp.matrix_transpose(p.C), u)], axis=-1)
        yield norm2(moved) ** 0.5 / max(s.k, 1)


FORCE = replace(
    CLAIM,
    source=replace(CLAIM.source, place="the sum of the steps inside the box: the force at the average"),
    instances={"near the saddle": partial(box_game, near=0.3)},
    algorithm=pdhg(0.5, 0.5),
    metric=at_average(force, of=lambda s: s.x, weight=lambda k: 0.0 if k == 0 else 1.0),
    unit=Unit(1, -1),
    bound=lambda k, c: c["displacement"],
    holds=Equal(1e-9),
    seen={"displacement": Seen(displacement, Unit(1, -1)), "tau": CLAIM.seen["tau"], "sigma": CLAIM.seen["sigma"]},
)

THEOREM = Theorem(
    claims={
        "gap of the average": (CLAIM, Status.CONSISTENT),
        "force at the average, inside the box": (FORCE, Status.CONSISTENT),
        "unequal steps": (replace(CLAIM, algorithm=pdhg(0.3, 3.0)), Status.CONSISTENT),
    },
    foils={
        "force at the last point": (replace(FORCE, metric=each(lambda p, s: force(p, s.x))), Status.REFUTED),
        "1/N²": (replace(CLAIM, bound=lambda k, c: bound(k, c) / k), Status.REFUTED),
        "a twentieth": (replace(CLAIM, bound=lambda k, c: bound(k, c) / 20), Status.REFUTED),
        "reach / L": (replace(CLAIM, bound=lambda k, c: bound(k, c) / c["L"]), Status.ILL_POSED),
        "τσ‖K‖² = 4": (replace(CLAIM, algorithm=pdhg(2.0, 2.0)), Status.NOT_APPLICABLE),
        "x_0 counted": (
            replace(CLAIM, metric=at_average(lambda p, z: p.gap(z), of=lambda s: s.x), bound=lambda k, c: bound(k, c) / 10),
            Status.REFUTED,
        ),
        "steps taken twice as long": (
            replace(
                CLAIM,
                algorithm=pdhg(2.0, 0.5),
                seen={**CLAIM.seen, "tau": Seen(each(lambda p, s: s.tau / 2), STEP)},
                laws={"alternates": lambda p, s, t: alternates(p, replace(s, tau=s.tau / 2), t)},
            ),
            Status.UNLAWFUL,
        ),
    },
)
