"""Chae, Kim, Kim 2024 (arXiv 2305.16242), τ-EG avoids strict non-minimax points almost surely (as recalled), on a quartic game.

f = −x²/2 + x⁴/4 + c x y − y²/2 with c < 1: at 0 the Schur complement c² − 1 < 0 (no local minimax point), at
x² = 1 − c², y = c x it is 2(1 − c²) > 0. From starts drawn with a density the iterates of τ-EG end at the latter:
    x_k² → 1 − c²   on every row,   while the start 0 itself (a null set) stays.
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.two_timescale import Iterate, TwoTimescaleEG, TwoTimescaleGDA
from problems.min_max.local_minimax import QuarticGame, quartic
from ratecheck import Array, Claim, Equal, Source, Statement, Status, Theorem, Unit, each
from theory_checks.min_max._two_timescale import extragradient_law


def square(p: QuarticGame, s: Iterate) -> Array:
    x = s.z[:, 0]
    return x * x


def square_of_shadow(p: QuarticGame, s: Iterate) -> Array:
    xp = array_namespace(s.z)
    return xp.abs(s.z[:, 1] / p.c) ** 2


CLAIM = Claim[QuarticGame, Iterate](
    source=Source("chae2024", "avoidance of strict non-minimax points", "tt.avoid", Statement.RECALLED),
    assumes=frozenset(),
    instances={"c = 0.5": quartic, "from near 0": partial(quartic, spread=1e-3)},
    algorithm=TwoTimescaleEG(),
    metric=each(square),
    unit=Unit(),
    bound=lambda k, c: c["minimax"] + 0 * k,
    holds=Equal(within=1e-8),
    k=range(850, 900),
    laws={"extragradient": extragradient_law},
)

THEOREM = Theorem(
    claims={
        "x ends at a minimax point": (CLAIM, Status.CONSISTENT),
        "y as well": (replace(CLAIM, metric=each(square_of_shadow)), Status.CONSISTENT),
    },
    foils={
        "start at the point": (replace(CLAIM, instances={"at 0": partial(quartic, spread=0.0)}, laws={}), Status.REFUTED),
        "0 is minimax": (replace(CLAIM, instances={"c = 1.2": partial(quartic, c=1.2)}, bound=lambda k, c: 0.5 + 0 * k), Status.REFUTED),
        "the point is 0": (replace(CLAIM, bound=lambda k, c: 0 * k), Status.REFUTED),
        "descent ascent": (replace(CLAIM, algorithm=TwoTimescaleGDA()), Status.UNLAWFUL),
    },
)
