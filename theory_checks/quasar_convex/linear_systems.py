"""Hardt, Ma, Recht 2018 (identity derived): the risk of a linear dynamical system is quasar-convex where Re(p/p̂) > 0.

f(â, ĉ) = (1/2π) ∫ |Ĝ − G|² dθ, G = s/p, Ĝ = ŝ/p̂, monic p and p̂ of degree n, x = (â, ĉ), x* = (a, c). Then, exactly,

  identity  ⟨∇f(x), x − x*⟩ = (1/2π) ∫ 2 Re(p/p̂) |Ĝ − G|² dθ;      f = Σ_t (ĥ_t − h_t)² if both are stable;
  γ         ⟨∇f(x), x − x*⟩ ≥ γ(x) f(x),  γ(x) = 2 min_{|z|=1} Re(p(z)/p̂(z));
  descent   with step s such that f(x_{t+1}) ≤ f(x_t) − (s/2)‖∇f(x_t)‖² on the path, and γ the smallest γ(x_t) ≤ 1 on it,
            f(x_k) ≤ (R²/(2s) + f(x_0)) / (γ k + 1), and the distance to x* never grows once s‖∇f‖² ≤ 2 γ f.

Why: along x − x* the transfer function moves by (p/p̂)(Ĝ − G). γ(x) is also proved on arcs in ball arithmetic.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.descent import GradientDescent, Point
from algorithms.quasar_convex.points import Ray, Sample, Scattered
from problems.quasar_convex.linear_systems import LinearSystem, linear_system, opposite_poles, proved_weight
from ratecheck import (
    Always,
    Array,
    AtLeast,
    Claim,
    Constants,
    Direct,
    Draw,
    Equal,
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
from theory_checks.quasar_convex._common import gap, inner, moves_along_the_gradient, on, square

LENGTH = 400  # of the impulse responses: 0.7^400 is far below rounding


def slope(p: LinearSystem, s: Sample) -> Array:
    return inner(p.grad(s.x), s.x - p.x_star)


def weighted(p: LinearSystem, s: Sample) -> Array:
    """(1/2π) ∫ 2 Re(p/p̂) |Ĝ − G|² dθ"""
    return p.average(p.weight(s.x) * p.error2(s.x))


def size(p: LinearSystem, s: Sample) -> Array:
    """(1/2π) ∫ 2 |Re(p/p̂)| |Ĝ − G|² dθ: the scale of the identity, which may cancel."""
    return p.average(array_namespace(s.x).abs(p.weight(s.x)) * p.error2(s.x))


def power(p: LinearSystem, s: Sample) -> Array:
    """(1/2π) ∫ 2 |Re(p/p̂)| |G|² dθ: what rounds in Ĝ − G, however small that is."""
    xp = array_namespace(s.x)
    silent = xp.concat([s.x[:, : p.order], 0 * s.x[:, p.order :]], axis=-1)  # Ĝ = 0
    return p.average(xp.abs(p.weight(s.x)) * p.error2(silent))


def gamma_at(p: LinearSystem, x: Array) -> Array:
    return array_namespace(x).min(p.weight(x), axis=-1)


def impulse_response(x: Array) -> list[Array]:
    """h_t = c_t − Σ_j a_j h_{t−j}, t = 1, 2, …"""
    n = x.shape[-1] // 2
    h: list[Array] = []
    for t in range(1, LENGTH):
        value = x[:, n + t - 1] if t <= n else 0 * x[:, 0]
        for j in range(1, min(n, t - 1) + 1):
            value = value - x[:, j - 1] * h[t - j - 1]
        h.append(value)
    return h


def in_time(p: LinearSystem, s: Sample) -> Array:
    """Σ_t (ĥ_t − h_t)²"""
    xp = array_namespace(s.x)
    d = xp.stack(impulse_response(s.x), axis=-1) - xp.stack(impulse_response(p.x_star), axis=-1)
    return square(d)


@dataclass(frozen=True, eq=False)
class Proved:
    gamma: Array  # (B,)


def by_arcs(p: LinearSystem) -> Proved:
    rows = [(p.x0[b, :], p.x_star[b, :]) for b in range(p.x0.shape[0])]
    return Proved(array_namespace(p.x0).asarray([proved_weight([*map(float, model)], [*map(float, truth)]) for model, truth in rows]))


def smallest_gamma(p: LinearSystem, states: Iterator[Point]) -> Iterator[Array]:
    """min(1, min_{j ≤ k} γ(x_j))"""
    smallest: Array = 1.0
    for s in states:
        smallest = array_namespace(s.x).minimum(gamma_at(p, s.x), smallest + 0 * s.x[:, 0])
        yield smallest


def descent_bound(k: Array, c: Constants) -> Array:
    return (c["R"] ** 2 / (2 * c["s"]) + c["e0"]) / (c["gamma"] * k + 1)


def source(slug: str) -> Source:
    return Source("hardt2018", "section 3, with the weight made exact", slug, Statement.DERIVED)


INSTANCES: Mapping[str, Draw[LinearSystem]] = {
    "order 4": linear_system,
    "order 2, noisier": partial(linear_system, n=2, noise=0.2),
    "order 6": partial(linear_system, n=6, radius=0.5),
}
OPPOSITE: Mapping[str, Draw[LinearSystem]] = {"opposite poles": opposite_poles}
WILD: Mapping[str, Draw[LinearSystem]] = {**INSTANCES, **OPPOSITE}
IDENTITY = Claim[LinearSystem, Sample](
    source=source("lds.identity"),
    assumes=frozenset({Trait.SMOOTH}),
    instances=WILD,
    algorithm=Scattered(-2.0, 0.0),
    metric=each(slope),
    unit=Unit(f=1),
    bound=lambda k, c: c["weighted"],
    holds=Equal(1e-10),
    rounding=lambda k, c: 1e-13 * c["size"] + 1e-14 * (c["size"] * c["power"]) ** 0.5,
    k=range(60),
    seen={"weighted": Seen(each(weighted), Unit(f=1)), "size": Seen(each(size), Unit(f=1)), "power": Seen(each(power), Unit(f=1))},
    seeds=4,
)
RISK = replace(
    IDENTITY, source=source("fam.lds"), instances=INSTANCES, algorithm=Ray(), metric=each(gap), bound=lambda k, c: c["in time"], k=range(1),
    seen={"in time": Seen(each(in_time), Unit(f=1))}, rounding=lambda k, c: 1e-14 * c["e0"], seeds=16,
)
PROVED = Claim[LinearSystem, Proved](
    source=source("fam.lds"),
    assumes=IDENTITY.assumes,
    instances={"order 2, noisier": INSTANCES["order 2, noisier"], "order 4": INSTANCES["order 4"]},
    algorithm=Direct(by_arcs),
    metric=each(lambda p, s: s.gamma),
    unit=Unit(),
    bound=lambda k, c: c["gamma"],
    seen={"gamma": Seen(each(lambda p, s: gamma_at(p, p.x0)))},
    holds=Equal(1e-2),
    k=range(1),
    seeds=4,
)
GAMMA = replace(
    IDENTITY,
    source=source("lds.gamma"),
    instances=INSTANCES,
    bound=lambda k, c: c["gamma"] * c["gap"],
    holds=AtLeast(),
    rounding=lambda k, c: 0.0 * k,
    seen={"gamma": Seen(each(lambda p, s: gamma_at(p, s.x))), "gap": Seen(each(gap), Unit(f=1))},
)
DESCENT = Claim[LinearSystem, Point](
    source=source("lds.gd"),
    assumes=IDENTITY.assumes,
    instances={"order 2": partial(linear_system, n=2, steps=102), "order 4": partial(linear_system, steps=102, radius=0.5)},
    algorithm=GradientDescent(lambda c, k: c["s"].value),
    metric=each(gap),
    unit=Unit(f=1),
    bound=descent_bound,
    holds=Always(),
    k=range(1, 101),
    seen={
        "gamma": Seen(smallest_gamma),
        "used": Seen(each_step(lambda p, s, t: p.constants["s"].value / 2 * square(s.g)), Unit(f=1)),
        "drop": Seen(each_step(lambda p, s, t: gap(p, s) - gap(p, t)), Unit(f=1)),
    },
    given={
        "the descent lemma holds on the path": lambda k, c: c["used"] / (c["drop"] + 1e-15 * c["e0"]),
        "γ > 0 on the path": lambda k, c: 1e-3 / c["gamma"],
    },
    laws={"moves along the gradient": moves_along_the_gradient(lambda c: c["s"])},
    seeds=8,
)

HALF = GradientDescent(lambda c, k: c["s"].value / 2)

THEOREM = Theorem(
    claims={
        "identity": (IDENTITY, Status.CONSISTENT),
        "risk in time": (RISK, Status.CONSISTENT),
        "constant, proved on arcs": (PROVED, Status.CONSISTENT),
        "constant, at every point": (GAMMA, Status.CONSISTENT),
        "descent": (DESCENT, Status.CONSISTENT),
    },
    foils={
        "p̂/p for p/p̂": (
            replace(IDENTITY, seen={**IDENTITY.seen, "weighted": Seen(each(lambda p, s: weighted(p, s) ** 2 / size(p, s)), Unit(f=1))}),
            Status.REFUTED,
        ),
        "a positive constant for opposite poles": (
            replace(GAMMA, instances=OPPOSITE, algorithm=Ray(1.0), k=range(1), bound=lambda k, c: 0.01 * c["gap"], seeds=256),
            Status.REFUTED,
        ),
        "gamma plus one tenth": (replace(PROVED, bound=lambda k, c: c["gamma"] + 0.1), Status.REFUTED),
        "gamma four times as large": (replace(GAMMA, bound=lambda k, c: 4 * c["gamma"] * c["gap"]), Status.REFUTED),
        "descent with step s/2": (replace(on(DESCENT, "order 2"), algorithm=HALF, given={}), Status.UNLAWFUL),
        "descent like 1/k^2": (replace(DESCENT, bound=lambda k, c: descent_bound(k, c) / (1 + c["gamma"] * k)), Status.REFUTED),
        "R for R^2": (replace(DESCENT, bound=lambda k, c: descent_bound(k, {**c, "R": c["R"] ** 0.5})), Status.ILL_POSED),
    },
)
