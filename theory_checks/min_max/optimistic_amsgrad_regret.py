"""Wang, Li, Karimi, Li 2021 (arXiv 1903.01435): regret of optimistic AMSGrad over a box; constants derived.

Box of side D, step η, h_t = √v̂_t (entrywise, nondecreasing, h_0 > 0), m̃_t the direction of the optimistic half step, θ_t the momentum:
    Σ ⟨g_t, w_t − u⟩ ≤ (D²/(2η)) Σ_i h_T[i] + (η/2) Σ_t |g_t − m̃_t|²_{1/h_{t−1}} + b1 D Σ_t |g_t − θ_{t−1}|_1      for every u.
Without momentum (b1 = 0) the last term is absent and m̃_t = m_t. Why: two-step optimistic mirror descent in the metric h_t; the cross
term is ≤ 0 because h_{t−1} ≤ h_t; g_t − θ_t = b1 (g_t − θ_{t−1}). (As recalled, the paper's momentum term has b1² and another norm.)
The metric is the regret against the best u of the box in hindsight.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from array_api_compat import array_namespace

from algorithms.min_max.optimistic_amsgrad import OptimisticAMSGrad, Round, nothing
from problems.min_max.online_box import GradientStream, cosine, flips, noise
from ratecheck import Always, Array, Claim, Constants, Draw, Law, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, total

SOURCE = Source("wang2021", "regret without momentum", "oams.regret.b1=0", Statement.DERIVED)
STREAMS: Mapping[str, Draw[GradientStream]] = {"noise": noise, "slow cosine": cosine, "flips": flips}
SLOPE = Unit(1, -1)


def regret(p: GradientStream, states: Iterator[Round]) -> Iterator[Array]:
    """Σ ⟨g_t, w_t⟩ + (D/2)|Σ g_t|_1"""
    paid, sum_ = 0 * p.x0[:, 0], 0 * p.x0
    for s in states:
        xp = array_namespace(s.w)
        paid = paid + xp.sum(s.g * s.w, axis=-1)
        sum_ = sum_ + s.g
        yield paid + p.side / 2 * xp.sum(xp.abs(sum_), axis=-1)


def surprise(p: GradientStream, s: Round) -> Array:
    """|g_t − m̃_t|² in the metric 1/h_{t−1}"""
    return array_namespace(s.w).sum((s.g - s.guess) ** 2 / s.h_before, axis=-1)


def lag(p: GradientStream, s: Round) -> Array:
    """|g_t − θ_{t−1}|_1"""
    xp = array_namespace(s.w)
    return xp.sum(xp.abs(s.g - s.theta_before), axis=-1)


def metric_sum(p: GradientStream, s: Round) -> Array:
    return array_namespace(s.w).sum(s.h, axis=-1)


def moves(b1: float, b2: float = 0.99) -> Law[GradientStream, Round]:
    def law(p: GradientStream, s: Round, t: Round) -> Array:
        """ŵ' = P[ŵ − η θ/h], w' = P[ŵ' − η m̃'/h], m̃' = b1 θ + (1 − b1) m', θ' = b1 θ + (1 − b1) g',

        v' = b2 v + (1 − b2)(g' − m')², h'² = max(h², v')
        """
        xp = array_namespace(s.w)
        hat = p.project(s.hat - s.eta * s.theta / s.h)
        v = b2 * s.v + (1 - b2) * (t.g - t.m) ** 2
        parts = [
            t.hat - hat,
            t.w - p.project(hat - s.eta * t.guess / s.h),
            t.guess - b1 * s.theta - (1 - b1) * t.m,
            t.theta - b1 * s.theta - (1 - b1) * t.g,
            t.v - v,
            t.h - xp.sqrt(xp.maximum(s.h**2, v)),
            t.h_before - s.h,
        ]
        return sum((xp.max(xp.abs(part), axis=-1) for part in parts), start=0 * s.w[:, 0])

    return law


def hears(p: GradientStream, s: Round, t: Round) -> Array:
    """g is the gradient of the round; the next round remembers θ"""
    xp = array_namespace(s.w)
    return xp.max(xp.abs(s.g - p.grad_at(s.w, s.k)) + xp.abs(t.theta_before - s.theta), axis=-1) / (1 + xp.max(xp.abs(s.g), axis=-1))


def guesses(factor: float) -> Law[GradientStream, Round]:
    def law(p: GradientStream, s: Round, t: Round) -> Array:
        """m_{t+1} = g_t, or 0"""
        return array_namespace(s.w).max(array_namespace(s.w).abs(t.m - factor * s.g), axis=-1)

    return law


def bound(k: Array, c: Constants) -> Array:
    return c["D"] ** 2 / (2 * c["eta"]) * c["h"] + c["eta"] / 2 * c["surprise"]


def with_momentum(k: Array, c: Constants) -> Array:
    return bound(k, c) + c["b1"] * c["D"] * c["lag"]


SEEN: Mapping[str, Seen[GradientStream, Round]] = {
    "eta": Seen(each(lambda p, s: s.eta), Unit(0, 1)),
    "h": Seen(each(metric_sum), SLOPE),
    "surprise": Seen(total(surprise), SLOPE),
}
CLAIM = Claim[GradientStream, Round](
    source=SOURCE,
    assumes=frozenset({Trait.COMPACT}),
    instances=STREAMS,
    algorithm=OptimisticAMSGrad(0.1),
    metric=regret,
    unit=Unit(1, 0),
    bound=bound,
    holds=Always(signed=True),
    k=range(5, 400),
    seen=SEEN,
    laws={"moves": moves(0.0), "oracle": hears, "guess": guesses(1.0)},
    rounding=lambda k, c: 1e-13 * (k + 1) * c["G"] * c["D"],
    seeds=6,
)
NO_GUESS = replace(CLAIM, algorithm=OptimisticAMSGrad(1.2, nothing), instances={"flips": flips}, laws={**CLAIM.laws, "guess": guesses(0.0)})
MOMENTUM = replace(
    CLAIM,
    source=replace(SOURCE, place="regret with momentum, last term ours", slug="oams.regret"),
    algorithm=OptimisticAMSGrad(0.1, b1=0.3),
    bound=with_momentum,
    laws={**CLAIM.laws, "moves": moves(0.3)},
    seen={**SEEN, "lag": Seen(total(lag), SLOPE), "b1": Seen(each(lambda p, s: 0.3))},
)
THEOREM = Theorem(
    claims={
        "last gradient as guess": (CLAIM, Status.CONSISTENT),
        "no guess": (NO_GUESS, Status.CONSISTENT),
        "momentum": (MOMENTUM, Status.CONSISTENT),
    },
    foils={
        "maximum forgotten": (replace(CLAIM, algorithm=OptimisticAMSGrad(0.1, monotone=False)), Status.UNLAWFUL),
        "optimism helps on flips": (
            replace(CLAIM, instances={"flips": flips}, bound=lambda k, c: c["D"] ** 2 / (2 * c["eta"]) * c["h"] / 4),
            Status.REFUTED,
        ),
        "half": (replace(NO_GUESS, bound=lambda k, c: bound(k, c) / 2), Status.REFUTED),
        "ascent": (
            replace(CLAIM, algorithm=OptimisticAMSGrad(-0.1), laws={}, seen={**SEEN, "eta": Seen(each(lambda p, s: -s.eta), Unit(0, 1))}),
            Status.REFUTED,
        ),
        "no surprise without a guess": (replace(NO_GUESS, bound=lambda k, c: c["D"] ** 2 / (2 * c["eta"]) * c["h"]), Status.REFUTED),
        "D for D²": (replace(CLAIM, bound=lambda k, c: c["D"] / (2 * c["eta"]) * c["h"] + c["eta"] / 2 * c["surprise"]), Status.ILL_POSED),
    },
)
