"""Hinder, Sidford, Sohoni 2020, Corollary 1, Observations 2 and 5, Lemma 10: what strong quasar-convexity gives at every point.

Let f be (γ, μ)-strongly quasar-convex about x*, r = ‖x − x*‖, e = f(x) − f*. Then for all x, λ ∈ [0, 1], θ ∈ (0, 1]

  growth   e ≥ γμ/(2(2 − γ)) r²,  hence L ≥ γμ/(2 − γ);
  line     f(λx* + (1 − λ)x) − f* ≤ (1 − γλ) e − λ (1 − λ/(2 − γ)) (γμ/2) r²   (equivalent to the definition);
  trade    f is (θγ, μ/θ)-strongly quasar-convex;      PL (derived)   ‖∇f(x)‖² ≥ 2 γ² μ e.

All are equalities for h‖x‖² with μ = 2(2/γ − 1)h: growth and line for every γ, trade at θ = 1, PL at γ = 1.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from algorithms.quasar_convex.points import Sample, Scattered
from problems.quasar_convex.homogeneous import Petals, bowl, petals
from ratecheck import Always, Array, AtLeast, Claim, Constants, Draw, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.quasar_convex._common import gap, inner, on, square


def at_the_line(p: Petals, s: Sample) -> Array:
    """f(λx* + (1 − λ)x) − f*"""
    t = s.t[:, None]
    return p.value(t * p.x_star + (1 - t) * s.x) - p.f_star


def slope(p: Petals, s: Sample) -> Array:
    """⟨∇f(x), x − x*⟩"""
    return inner(p.grad(s.x), s.x - p.x_star)


def growth(k: Array, c: Constants) -> Array:
    return c["gamma"] * c["mu"] / (2 * (2 - c["gamma"])) * c["r2"]


def line(k: Array, c: Constants) -> Array:
    g, t = c["gamma"], c["t"]
    return (1 - g * t) * c["gap"] - t * (1 - t / (2 - g)) * g * c["mu"] / 2 * c["r2"]


def trade(k: Array, c: Constants) -> Array:
    return c["t"] * c["gamma"] * (c["gap"] + c["mu"] / c["t"] / 2 * c["r2"])


def source(place: str, slug: str, statement: Statement = Statement.VERIFIED) -> Source:
    return Source("hinder2020", place, slug, statement)


INSTANCES: Mapping[str, Draw[Petals]] = {
    "one pair": partial(petals, pairs=1),
    "one pair, deep, gamma 0.1": partial(petals, pairs=1, a=0.9, m=3, gamma=0.1),
    "bowl": bowl,
    "bowl, gamma 1": partial(bowl, gamma=1.0),
}
EQUALITY = {name: Equal(1e-9) for name in ("bowl", "bowl, gamma 1")}
GROWTH = Claim[Petals, Sample](
    source=source("Corollary 1", "qc.prop.growth"),
    assumes=frozenset({Trait.QUASAR_CONVEX}),
    instances=INSTANCES,
    algorithm=Scattered(),
    metric=each(gap),
    unit=Unit(f=1),
    bound=growth,
    holds=AtLeast(),
    k=range(200),
    seen={
        "r2": Seen(each(lambda p, s: square(s.x - p.x_star)), Unit(x=2)),
        "gap": Seen(each(gap), Unit(f=1)),
        "t": Seen(each(lambda p, s: s.t)),
    },
    sharp=EQUALITY,
    seeds=4,
)
SMOOTHNESS = replace(
    GROWTH,
    source=source("Observation 2", "qc.prop.growth"),
    metric=each(lambda p, s: p.constants["L"].value),
    unit=Unit(1, -2),
    bound=lambda k, c: c["gamma"] * c["mu"] / (2 - c["gamma"]) + 0 * k,
    # many petals bend so much that L says nothing: two small ones, and the bowls
    instances={**{name: INSTANCES[name] for name in EQUALITY}, "two petals": partial(petals, pairs=1, a=0.1, m=2)},
    k=range(1),
)
LINE = replace(
    GROWTH, source=source("Lemma 10", "qc.prop.line"), metric=each(at_the_line), bound=line, holds=Always(),
    rounding=lambda k, c: 4e-15 * c["gap"],  # for a bowl both sides vanish as λ → 1, the right one by cancellation
)
TRADE = replace(GROWTH, source=source("Observation 5", "qc.prop.trade"), metric=each(slope), bound=trade, sharp={})
WHOLE = replace(
    on(TRADE, "bowl"), metric=each(slope), bound=lambda k, c: trade(k, {**c, "t": 1.0}), sharp={"bowl": Equal(1e-9)}
)
PL = replace(
    GROWTH,
    source=source("section 0.2 of the theory sheet", "qc.prop.pl", Statement.DERIVED),
    metric=each(lambda p, s: square(p.grad(s.x))),
    unit=Unit(2, -2),
    bound=lambda k, c: 2 * c["gamma"] ** 2 * c["mu"] * c["gap"],
    sharp={"bowl, gamma 1": Equal(1e-9)},
)

THEOREM = Theorem(
    claims={
        "growth": (GROWTH, Status.CONSISTENT),
        "smoothness": (SMOOTHNESS, Status.CONSISTENT),
        "line": (LINE, Status.CONSISTENT),
        "trade": (TRADE, Status.CONSISTENT),
        "trade at theta = 1": (WHOLE, Status.CONSISTENT),
        "PL": (PL, Status.CONSISTENT),
    },
    foils={
        "growth of the convex case, mu/2": (replace(GROWTH, bound=lambda k, c: c["mu"] / 2 * c["r2"]), Status.REFUTED),
        "growth with gamma mu/4": (replace(GROWTH, bound=lambda k, c: growth(k, c) * (2 - c["gamma"]) / 2), Status.UNSHARP),
        "line without curvature": (replace(LINE, bound=lambda k, c: (1 - c["gamma"] * c["t"]) * c["gap"]), Status.UNSHARP),
        "line with gamma 1": (replace(LINE, bound=lambda k, c: line(k, {**c, "gamma": 1.0})), Status.REFUTED),
        "trade the other way": (replace(TRADE, bound=lambda k, c: trade(k, {**c, "t": 1 / c["t"]})), Status.REFUTED),
        "PL with mu": (replace(PL, bound=lambda k, c: PL.bound(k, c) / c["gamma"] ** 2), Status.REFUTED),
        "r for r^2": (replace(GROWTH, bound=lambda k, c: growth(k, c) / c["r2"] ** 0.5), Status.ILL_POSED),
    },
)
