"""Lacoste-Julien, Jaggi 2015: the pyramidal width bounds the gap by the pairwise slope (as commonly stated).

For f μ-strongly convex over a polytope of pyramidal width δ, x a convex combination of active vertices, a the one with the largest
⟨∇f(x), ·⟩ and v the Frank–Wolfe vertex,

    2 μ δ² h(x) ≤ ⟨∇f(x), a − v⟩².

Read at every iterate of the three active-set methods.
"""

from dataclasses import replace

from algorithms.frank_wolfe.active_steps import ActiveSetFrankWolfe, ActiveState, away_step, blended_pairwise, pairwise
from algorithms.frank_wolfe.steps import line_search
from problems.frank_wolfe.quadratics import Planted
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.frank_wolfe._common import active_set, both, by_hessian, inner, local_first, primal_gap, roundoff, steeper
from theory_checks.frank_wolfe.away_steps import WELL_CONDITIONED


def slope(p: Planted, s: ActiveState) -> Array:
    return inner(s.g, s.a - s.v)


def forward_slope(p: Planted, s: ActiveState) -> Array:
    return inner(s.g, s.x - s.v)


def bound(k: Array, c: Constants) -> Array:
    return c["slope"] ** 2 / (2 * c["mu"] * c["delta"] ** 2)


AWAY = Claim[Planted, ActiveState](
    source=Source("lacoste-julien2015", "Theorem 6", "fw.pyr", Statement.RECALLED),
    assumes=frozenset({Trait.STRONGLY_CONVEX, Trait.POLYTOPE}),
    instances=WELL_CONDITIONED,
    algorithm=ActiveSetFrankWolfe(away_step, line_search),
    laws=active_set(steeper, by_hessian),
    metric=each(primal_gap),
    unit=Unit(f=1),
    bound=bound,
    holds=Always(),
    k=range(60),
    seen={"slope": Seen(each(slope), Unit(f=1))},
    rounding=roundoff,
)
PAIRWISE = replace(AWAY, algorithm=ActiveSetFrankWolfe(pairwise, line_search), laws=active_set(both, by_hessian))
BLENDED = replace(AWAY, algorithm=ActiveSetFrankWolfe(blended_pairwise, line_search), laws=active_set(local_first, by_hessian))

THEOREM = Theorem(
    claims={
        "away steps": (AWAY, Status.CONSISTENT),
        "pairwise": (PAIRWISE, Status.CONSISTENT),
        "blended pairwise": (BLENDED, Status.CONSISTENT),
    },
    foils={
        "pairwise steps": (replace(AWAY, algorithm=PAIRWISE.algorithm), Status.UNLAWFUL),
        "forward slope only": (replace(AWAY, seen={"slope": Seen(each(forward_slope), Unit(f=1))}), Status.REFUTED),
        "δ = D": (replace(AWAY, bound=lambda k, c: bound(k, {**c, "delta": c["D"]})), Status.REFUTED),
        "a quarter": (replace(PAIRWISE, bound=lambda k, c: bound(k, c) / 4), Status.REFUTED),
        "δ for δ²": (replace(AWAY, bound=lambda k, c: bound(k, c) * c["delta"]), Status.ILL_POSED),
    },
)
