"""Chae, Kim, Kim 2024 (arXiv 2305.16242), local stability of two-timescale methods at a stationary point; derived.

With H, S, S_res, σ_j, u_j of the two-timescale spectrum, 0 < η < 1/L and τ → ∞: τ-EG is locally stable iff S_res ≻ 0,
−B ≻ 0 on its range and    η > max_j −u_jᵀ S u_j / σ_j²;    gradient descent ascent is unstable for every η if some u_jᵀ S u_j < 0:
    EG:   τ (1 − ρ²)  →  min( min_j η² σ_j² + η u_jᵀ S u_j,  2 η λ_min(S_res) ),
    GDA:  τ (ρ² − 1)  →  max_j η² σ_j² − η u_jᵀ S u_j.
Why: |1 − w + w²|² and |1 − w|² at w = ηλ to first order in ε. Rows have η 2 % below and above the edge, and τ = 10⁶.
The margin comes up to a relative O(1/τ), observed to be at most 1500/τ on these games: 1 % is asked at τ = 10⁶, not at τ = 10⁵.
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.two_timescale import Linearised, StepMatrix, TwoTimescaleEG, TwoTimescaleGDA
from problems.min_max.local_minimax import LocalGame, planted
from ratecheck import Array, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Threshold, Unit, each
from theory_checks.min_max._two_timescale import decrease, growth, is_stable

PLACE = Source("chae2024", "local stability of τ-EG", "tt.eg.threshold", Statement.DERIVED)


def slowest_decrease(p: LocalGame, s: StepMatrix) -> Array:
    xp = array_namespace(s.T)
    eta = s.eta[:, None]
    return xp.min(xp.concat([eta**2 * p.middle**2 + eta * p.damping, 2 * eta * p.slow], axis=-1), axis=-1)


def fastest_growth(p: LocalGame, s: StepMatrix) -> Array:
    eta = s.eta[:, None]
    return array_namespace(s.T).max(eta**2 * p.middle**2 - eta * p.damping, axis=-1)


def stable(k: Array, c: Constants) -> Array:
    return 1.0 * ((c["eta"] > c["edge"]) & (c["slowest"] > 0)) + 0 * k


EDGE = Claim[LocalGame, StepMatrix](
    source=PLACE,
    assumes=frozenset(),
    instances={"rank 2": planted, "rank 1, S_res of dimension 2": partial(planted, d1=5, d2=4, rank=1)},
    algorithm=Linearised(TwoTimescaleEG()),
    metric=each(is_stable),
    unit=Unit(),
    bound=stable,
    holds=Threshold(of=lambda c: c["eta"] / c["edge"], at=1.0),
    k=range(1),
    given={"η < 1/L": lambda k, c: c["eta"] * c["L"]},
)
MARGIN = replace(
    EDGE,
    instances={"1.3 times the edge": partial(planted, at=1.3, rank=2, tau=1e6)},
    metric=each(decrease),
    seen={"limit": Seen(each(slowest_decrease))},
    bound=lambda k, c: c["limit"],
    holds=Equal(within=1e-2),
)
SADDLE = replace(EDGE, instances={"S_res indefinite": partial(planted, slow=-0.5, at=1.3)}, holds=Equal())
GDA = replace(
    EDGE,
    source=replace(PLACE, slug="tt.gda-fails"),
    algorithm=Linearised(TwoTimescaleGDA()),
    metric=each(growth),
    seen={"limit": Seen(each(fastest_growth))},
    bound=lambda k, c: c["limit"],
    holds=Equal(within=1e-2),
)
UNSTABLE = replace(GDA, metric=each(is_stable), bound=lambda k, c: 0 * c["eta"] + 0 * k, seen={}, holds=Equal())

THEOREM = Theorem(
    claims={
        "edge of the step": (EDGE, Status.CONSISTENT),
        "margin": (MARGIN, Status.CONSISTENT),
        "S_res must be positive": (SADDLE, Status.CONSISTENT),
        "descent ascent grows": (GDA, Status.CONSISTENT),
        "descent ascent is never stable": (UNSTABLE, Status.CONSISTENT),
    },
    foils={
        "descent ascent has the edge": (replace(EDGE, algorithm=Linearised(TwoTimescaleGDA())), Status.REFUTED),
        "stable below the edge": (replace(EDGE, bound=lambda k, c: 1.0 * (c["eta"] > 0.9 * c["edge"])), Status.REFUTED),
        "one time scale": (replace(EDGE, instances={"τ = 1": partial(planted, tau=1.0)}), Status.REFUTED),
        "step beyond 1/L": (replace(EDGE, instances={"large": partial(planted, at=20.0)}, holds=Equal()), Status.NOT_APPLICABLE),
        "half of the margin": (replace(MARGIN, bound=lambda k, c: c["limit"] / 2), Status.REFUTED),
        "edge over L": (replace(EDGE, bound=lambda k, c: 1.0 * (c["eta"] / c["L"] > c["edge"] * c["tau"])), Status.REFUTED),
    },
)
