"""Garber, Hazan 2015 (PMLR v37), Lemma 1, Theorem 2 and the bounded-gradient corollary: Frank–Wolfe on strongly convex sets.

C α-strongly convex (γx + (1−γ)y + γ(1−γ)(α/2)‖x−y‖²z ∈ C for ‖z‖ ≤ 1), f L-smooth and convex, short step:

    Lemma 1       h_{t+1} ≤ h_t max{1/2, 1 − α‖∇f(x_t)‖/(8 L)},      also with 4 for 8 (derived, see uniformly_convex_set.py);
    corollary     h_t ≤ h_0 max{1/2, 1 − α c/(8 L)}^t    if ‖∇f‖ ≥ c > 0 on C;
    Theorem 2     h_t ≤ max{9 L D²/2, 18/M²}/(t+2)²,  M = √μ α/(8√2 L),    if f is μ-strongly convex, t ≥ 1.

The constant of Theorem 2 is too large to be met (18/M² = 2304 L²/(μ α²)); what it rests on is Lemma 1, read as
h_t min{1/2, α‖∇f(x_t)‖/(4 L)} ≤ h_t − h_{t+1}.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.frank_wolfe.descent import DescentFrankWolfe
from algorithms.frank_wolfe.steps import line_search, scaled, short_step
from algorithms.frank_wolfe.vanilla import State
from problems.frank_wolfe.quadratics import Planted, on_sphere
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from theory_checks.frank_wolfe._common import before, by_L, descent, gain, norm, primal_gap, roundoff


def share(c: Constants, factor: float) -> Array:
    return np.minimum(0.5, c["alpha"] * c["slope"] / (factor * c["L"]))


def sharper(k: Array, c: Constants) -> Array:
    return np.maximum(c["gain"], 0.0) / share(c, 4)


def printed(k: Array, c: Constants) -> Array:
    return np.maximum(c["gain"], 0.0) / share(c, 8)


def corollary(k: Array, c: Constants) -> Array:
    return c["h_0"] * np.maximum(0.5, 1 - c["alpha"] * c["c"] / (8 * c["L"])) ** k


def theorem_2(k: Array, c: Constants) -> Array:
    M = c["mu"] ** 0.5 * c["alpha"] / (8 * 2**0.5 * c["L"])
    return np.maximum(9 * c["L"] * c["D"] ** 2 / 2, 18 / M**2) / (k + 2) ** 2


LEMMA = Claim[Planted, State](
    source=Source("garber2015", "Lemma 1, with 4 for 8", "fw.gh.lemma1", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT}),
    instances={
        "ball": partial(on_sphere, n=3, kappa=1.0),
        "ball, κ = 3": partial(on_sphere, n=3, kappa=3.0),
        "ℓ_1.5 ball": partial(on_sphere, n=3, kappa=1.0, p=1.5),
    },
    algorithm=DescentFrankWolfe(short_step),
    laws=descent(by_L),
    metric=each_step(before(primal_gap)),
    unit=Unit(f=1),
    bound=sharper,
    holds=Always(),
    k=range(25),
    seen={"gain": Seen(each_step(gain), Unit(f=1)), "slope": Seen(each(lambda p, s: norm(p.grad(s.x))), Unit(1, -1))},
    rounding=lambda k, c: roundoff(k, c) / share(c, 8),
)
PRINTED = replace(LEMMA, source=Source("garber2015", "Lemma 1", "fw.gh.lemma1", Statement.VERIFIED), bound=printed)
COROLLARY = replace(
    LEMMA,
    source=Source("garber2015", "section 4.1", "fw.gh.grad-bounded", Statement.VERIFIED),
    instances={"slope 1": partial(on_sphere, kappa=1.0), "slope 0.1": partial(on_sphere, kappa=1.0, slope=0.1)},
    metric=each(primal_gap),
    bound=corollary,
    seen={},
    rounding=roundoff,
    k=range(1, 25),
)
THEOREM_2 = replace(
    COROLLARY,
    source=Source("garber2015", "Theorem 2", "fw.gh.thm2", Statement.VERIFIED),
    assumes=frozenset({Trait.STRONGLY_CONVEX, Trait.SMOOTH, Trait.COMPACT}),
    instances={"ball": on_sphere, "ball, gradient 0 at x*": partial(on_sphere, slope=0.0), "ℓ_1.5 ball": partial(on_sphere, p=1.5)},
    bound=theorem_2,
    k=range(1, 100),
)

THEOREM = Theorem(
    claims={
        "Lemma 1": (PRINTED, Status.CONSISTENT),
        "Lemma 1, sharper": (LEMMA, Status.CONSISTENT),
        "bounded gradient": (COROLLARY, Status.CONSISTENT),
        "Theorem 2": (THEOREM_2, Status.VACUOUS),
    },
    foils={
        "line search for the short step": (replace(PRINTED, algorithm=DescentFrankWolfe(line_search)), Status.UNLAWFUL),
        "L/4": (replace(LEMMA, algorithm=DescentFrankWolfe(scaled(0.25)), laws={}), Status.REFUTED),
        "1 for 8": (replace(LEMMA, bound=lambda k, c: np.maximum(c["gain"], 0.0) / share(c, 1)), Status.REFUTED),
        "a quarter of h_0": (replace(COROLLARY, bound=lambda k, c: corollary(k, {**c, "h_0": c["h_0"] / 4})), Status.REFUTED),
        "18/M for 18/M²": (replace(THEOREM_2, bound=lambda k, c: theorem_2(k, {**c, "mu": c["mu"] ** 0.5})), Status.ILL_POSED),
    },
)
