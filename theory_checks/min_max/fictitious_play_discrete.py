"""Nitanda, Oko, Wu, Takenouchi, Suzuki 2023 (arXiv 2303.02957): discrete entropic fictitious play with explicit constants; derived.

Losses β-smooth, |h_θ(x_i)| ≤ H, q_{k+1} = (1 − s_k) q_k + s_k p_{q_k}:
    s_k = s:            L(q_k) − L*  ≤  (1 − s)^k (L(q_0) − L*) + 2 s β H²;
    s_k = 2/(k+2):      L(q_k) − L*  ≤  8 β H²/(k+2),   k ≥ 1.
Why: along the segment the loss costs at most 2 s²βH², the entropy is convex, and the first-order bracket is −λ KL(q‖p_q) ≤ −(L − L*).
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.entropic_fictitious_play import EntropicFictitiousPlay, Play
from problems.min_max.mean_field_risk import MeanFieldRisk, opposite, planted
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.min_max.fictitious_play_gap import excess, plays

VALUE = Unit(1, 0)


def shrinks(p: MeanFieldRisk, s: Play, t: Play) -> Array:
    """s_k = 2/(k + 2)"""
    return abs(s.s * (s.k + 2) / 2 - 1) + 0 * t.q[:, 0]


def fixed(k: Array, c: Constants) -> Array:
    return (1 - c["s"]) ** k * c["gap0"] + 2 * c["s"] * c["beta"] * c["H"] ** 2


def open_loop(k: Array, c: Constants) -> Array:
    return 8 * c["beta"] * c["H"] ** 2 / (k + 2)


FIXED = Claim[MeanFieldRisk, Play](
    source=Source("nitanda2023", "discrete fictitious play, fixed step", "efp.discrete", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH}),
    instances={"tanh features": planted, "two atoms": partial(opposite, lam=0.05)},
    algorithm=EntropicFictitiousPlay(lambda k: 0.01),
    metric=each(excess),
    unit=VALUE,
    bound=fixed,
    holds=Always(),
    k=range(10, 120),
    seen={"s": Seen(each(lambda p, s: s.s))},
    laws={"plays": plays},
    seeds=8,
)
LONG = replace(FIXED, instances={"two atoms": opposite}, algorithm=EntropicFictitiousPlay(lambda k: 0.8))
OPEN = replace(
    FIXED,
    source=replace(FIXED.source, place="open-loop step", slug="efp.fw"),
    instances={"two atoms": opposite},
    algorithm=EntropicFictitiousPlay(),
    bound=open_loop,
    k=range(1, 120),
    seen={},
    laws={"plays": plays, "step": shrinks},
)

THEOREM = Theorem(
    claims={"s = 0.01": (FIXED, Status.CONSISTENT), "s = 0.8": (LONG, Status.CONSISTENT), "open loop": (OPEN, Status.CONSISTENT)},
    foils={
        "long steps converge": (replace(LONG, bound=lambda k, c: (1 - c["s"]) ** k * c["gap0"]), Status.REFUTED),
        "hot": (replace(FIXED, algorithm=EntropicFictitiousPlay(lambda k: 0.01, temperature=3.0)), Status.UNLAWFUL),
        "hot, unwatched": (
            replace(
                OPEN,
                algorithm=EntropicFictitiousPlay(temperature=1e3),
                laws={},
                instances={"tanh features": planted},
                k=range(1, 800),
                seeds=2,
            ),
            Status.REFUTED,
        ),
        "step 1": (replace(OPEN, algorithm=EntropicFictitiousPlay(lambda k: 1.0), laws={}), Status.REFUTED),
        "step 1/(k+1)": (replace(OPEN, algorithm=EntropicFictitiousPlay(lambda k: 1 / (k + 1))), Status.UNLAWFUL),
        "an eighth": (replace(OPEN, bound=lambda k, c: open_loop(k, c) / 8), Status.REFUTED),
        "H for H²": (replace(OPEN, bound=lambda k, c: 8 * c["beta"] * c["H"] / (k + 2)), Status.ILL_POSED),
    },
)
