"""Chae, Kim, Kim 2024 (arXiv 2305.16242), the scalar game f = (a/2)x² + c x y, a < 0: a local minimax point with f_yy = 0; derived.

(0, 0) is a local minimax point (the inner maximum over |y| ≤ h is |c||x|h). Λ_τH has the eigenvalues
λ = εa/2 ± i √(εc² − ε²a²/4), ε = 1/τ, so exactly, for every τ > a²/(4c²) and η:
    GDA:  ρ² = 1 + ε(η|a| + η²c²) > 1;        EG:  ρ² = |1 − ηλ + η²λ²|²,  below 1 for τ → ∞ iff η > |a|/c².
|1 − w + w²|² = 1 − 2p + 2(p² − q²) + (p² + q²)(1 − 2p + p² + q²) with w = p + iq.
"""

from dataclasses import replace

from algorithms.min_max.two_timescale import Linearised, StepMatrix, TwoTimescaleEG, TwoTimescaleGDA
from problems.min_max.local_minimax import LocalGame, scalar
from ratecheck import Array, Claim, Constants, Equal, Source, Statement, Status, Theorem, Threshold, Unit, each
from theory_checks.min_max._two_timescale import growth, is_stable, radius2

A, C = -1.0, 2.0
SOURCE = Source("chae2024", "example with a degenerate maximisation", "tt.example", Statement.DERIVED)


def radius(p: LocalGame, s: StepMatrix) -> Array:
    return radius2(s)


def eg_radius2(k: Array, c: Constants) -> Array:
    p = c["eta"] * A / (2 * c["tau"])
    q2 = c["eta"] ** 2 * (C**2 / c["tau"] - A**2 / (4 * c["tau"] ** 2))
    return 1 - 2 * p + 2 * (p**2 - q2) + (p**2 + q2) * (1 - 2 * p + p**2 + q2) + 0 * k


def gda_growth(k: Array, c: Constants) -> Array:
    return c["eta"] * abs(A) + c["eta"] ** 2 * C**2 + 0 * k


# the numbers a and c are fixed here, so that f and x have lost their units: every unit is 0
EG = Claim[LocalGame, StepMatrix](
    source=SOURCE,
    assumes=frozenset(),
    instances={"τ from 10³ to 10⁷": lambda seeds: _bare(scalar(seeds)), "τ = 2": lambda seeds: _bare(scalar(seeds, tau=2.0))},
    algorithm=Linearised(TwoTimescaleEG()),
    metric=each(radius),
    unit=Unit(),
    bound=eg_radius2,
    holds=Equal(within=1e-13),
    k=range(1),
)


def _bare(p: LocalGame) -> LocalGame:
    return replace(p, constants={name: replace(c, unit=Unit()) for name, c in p.constants.items()})


LADDER = {"τ from 10³ to 10⁷": EG.instances["τ from 10³ to 10⁷"]}
EDGE = replace(
    EG,
    instances=LADDER,
    metric=each(is_stable),
    bound=lambda k, c: 1.0 * (c["eta"] > abs(A) / C**2),
    holds=Threshold(of=lambda c: c["eta"], at=abs(A) / C**2),
)
GDA = replace(
    EG, instances=LADDER, algorithm=Linearised(TwoTimescaleGDA()), metric=each(growth), bound=gda_growth, holds=Equal(within=1e-7)
)

THEOREM = Theorem(
    claims={"radius of EG": (EG, Status.CONSISTENT), "edge of EG": (EDGE, Status.CONSISTENT), "growth of GDA": (GDA, Status.CONSISTENT)},
    foils={
        "GDA for EG": (replace(EDGE, algorithm=Linearised(TwoTimescaleGDA())), Status.REFUTED),
        "half the step": (replace(EDGE, algorithm=Linearised(TwoTimescaleEG(0.5))), Status.REFUTED),
        "edge |a|/(2c²)": (replace(EDGE, bound=lambda k, c: 1.0 * (c["eta"] > abs(A) / (2 * C**2))), Status.REFUTED),
        "one time scale": (replace(EDGE, instances={"τ = 1": lambda seeds: _bare(scalar(seeds, tau=1.0))}), Status.REFUTED),
        "first order only": (replace(EG, bound=lambda k, c: 1 - c["eta"] * A / c["tau"] + 0 * k), Status.REFUTED),
        "a larger c": (replace(GDA, instances={"c = 3": lambda seeds: _bare(scalar(seeds, c=3.0))}), Status.REFUTED),
    },
)
