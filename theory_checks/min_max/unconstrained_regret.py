"""Jacobsen, Cutkosky 2023 (arXiv 2306.04923), regret for quadratically bounded losses: a derived version with constants, and its orders.

|g_t| ≤ G + L|w_t|. For w_1 = 0, w_{t+1} = (w_t − η g_t)/(1 + 2η²L²), every u and T:
    Σ ⟨g_t, w_t − u⟩ ≤ |u|²/(2η) + η T G² + η T L²|u|².
Why: (η/2)|g_t|² ≤ η(G² + L²|w_t|²), and the composite term η L²|w|² pays for the second part since w_1 = 0.
The theorem of the paper, Õ(G|u|√T + L|u|²√T) without knowing |u|, in two parts that can be checked with constants:
    η = min(|u|/G, 1/L)/√T:   ≤ (3/2)(G|u| + L|u|²)√T  at the horizon T (|u| known);
    L = 0, |g_t| ≤ 1, coin betting (Orabona, Pál 2016):  ≤ ε + |u| √(T ln(1 + 24 T²|u|²/ε²))  for every u and T, nothing known.
The metric is the supremum over all |u| = ρ. Constant gradients meet the first bound. The matching lower bound is not run.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.unconstrained_learners import CoinBetting, CompositeDescent, Round, by_comparator
from problems.min_max.unconstrained_online import LinearStream, constant, least_squares
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.min_max._unconstrained import bets, descends, regret_on_sphere

VALUE = Unit(1, 0)
T = 400


def tenth(c: Constants) -> Array:
    return 0.1 + 0 * c["G"]


def bound(k: Array, c: Constants) -> Array:
    t = k + 1
    return c["rho"] ** 2 / (2 * c["eta"]) + c["eta"] * t * (c["G"] ** 2 + c["L"] ** 2 * c["rho"] ** 2)


def betting(k: Array, c: Constants) -> Array:
    t, reach = k + 1, c["G"] * c["rho"]
    return c["endowment"] + reach * (t * np.log(1 + 24 * t**2 * reach**2 / c["endowment"] ** 2)) ** 0.5


CLAIM = Claim[LinearStream, Round](
    source=Source("jacobsen2023", "regret of composite descent", "uol.ogd.regret", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX}),
    instances={"least squares, ρ = 1": least_squares, "ρ = 5": partial(least_squares, rho=5.0), "constant": partial(constant, rho=20.0)},
    algorithm=CompositeDescent(tenth),
    metric=regret_on_sphere,
    unit=VALUE,
    bound=bound,
    holds=Always(signed=True),
    k=range(T),
    seen={"eta": Seen(each(lambda p, s: s.eta), Unit(-1, 2))},
    laws={"composite step": descends},
    seeds=4,
)


def tuned_step(p: LinearStream, s: Round, t: Round) -> Array:
    """η √T = min(ρ/G, 1/L)"""
    c = p.constants
    xp = array_namespace(s.eta)
    wanted = xp.minimum(c["rho"].value / c["G"].value, 1 / c["L"].value)
    return xp.abs(s.eta * c["horizon"].value ** 0.5 / wanted - 1)


TUNED = replace(
    CLAIM,
    source=Source("jacobsen2023", "order of the main theorem, step tuned to the comparator", "uol.main", Statement.DERIVED),
    instances={"least squares, ρ = 1": least_squares, "ρ = 5": partial(least_squares, rho=5.0)},
    algorithm=CompositeDescent(by_comparator),
    bound=lambda k, c: 1.5 * (c["G"] * c["rho"] + c["L"] * c["rho"] ** 2) * c["horizon"] ** 0.5,
    k=range(T - 1, T),
    seen={},
    laws={"composite step": descends, "tuned": tuned_step},
)
BETTING = replace(
    CLAIM,
    source=Source("orabona2016", "coin betting, the part L = 0", "uol.main", Statement.RECALLED),
    instances={f"ρ = {rho}": partial(constant, rho=rho, flips=True) for rho in (0.1, 1.0, 10.0)},
    algorithm=CoinBetting(),
    bound=betting,
    laws={"bets": bets},
    seen={"endowment": Seen(each(lambda p, s: 1.0), VALUE)},
    k=range(20, T),
)

THEOREM = Theorem(
    claims={
        "every comparator": (CLAIM, Status.CONSISTENT),
        "tuned": (TUNED, Status.CONSISTENT),
        "coin betting": (BETTING, Status.CONSISTENT),
    },
    foils={
        "no composite term": (replace(CLAIM, algorithm=CompositeDescent(tenth, composite=0.0)), Status.UNLAWFUL),
        "ascent": (
            replace(
                CLAIM,
                algorithm=CompositeDescent(lambda c: -0.1 + 0 * c["G"]),
                laws={},
                seen={"eta": Seen(each(lambda p, s: -s.eta), Unit(-1, 2))},
            ),
            Status.REFUTED,
        ),
        "half": (replace(CLAIM, bound=lambda k, c: bound(k, c) / 2), Status.REFUTED),
        "no start": (replace(CLAIM, bound=lambda k, c: bound(k, c) - c["rho"] ** 2 / (4 * c["eta"])), Status.REFUTED),
        "half the tuned step": (replace(TUNED, algorithm=CompositeDescent(lambda c: by_comparator(c) / 2)), Status.UNLAWFUL),
        "step for another comparator": (
            replace(TUNED, algorithm=CompositeDescent(lambda c: by_comparator(c) / 50), laws={}),
            Status.REFUTED,
        ),
        "G for G²": (replace(CLAIM, bound=lambda k, c: c["rho"] ** 2 / (2 * c["eta"]) + c["eta"] * (k + 1) * c["G"]), Status.ILL_POSED),
        "betting without the logarithm": (
            replace(BETTING, bound=lambda k, c: 0.3 * c["G"] * c["rho"] * (k + 1) ** 0.5 + 0.1 * c["endowment"]),
            Status.REFUTED,
        ),
    },
)
