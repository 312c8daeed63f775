"""Jaggi 2013 (PMLR v28), Theorem 1, for its other algorithms: approximate oracle, exact line search, and the short step.

With an oracle of accuracy δ (⟨∇f, v_k⟩ ≤ min + δ γ_k C_f/2, γ_k = 2/(k+2)), or with exact line search (δ = 0), for every k ≥ 1

    f(x_k) − f* ≤ 2 C_f (1 + δ) / (k + 2);

also for the fully corrective method, which minimises over the convex hull of the vertices met (for ‖x‖² from a vertex of the simplex
this is their uniform average); the step min(1, g/(L‖v − x‖²)) has the same bound with L D² for C_f (the step minimises a model above f that 2/(k+2) obeys too).
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.frank_wolfe.descent import DescentFrankWolfe
from algorithms.frank_wolfe.inexact import InexactFrankWolfe
from algorithms.frank_wolfe.steps import line_search, scaled, short_step
from algorithms.frank_wolfe.vanilla import FrankWolfe, State, open_loop
from problems.frank_wolfe.simplex import planted, squared_norm
from ratecheck import Always, Array, Claim, Constants, Status, Theorem, Unit, each
from theory_checks.frank_wolfe import primal_gap
from theory_checks.frank_wolfe._common import Curved, Gapped, by_hessian, by_L, descent, moves_towards_v, roundoff, step_is
from theory_checks.frank_wolfe._common import primal_gap as primal_gap_of
from theory_checks.frank_wolfe.one_step import approximate

DELTA = 1.0


def short(k: Array, c: Constants) -> Array:
    return 2 * c["L"] * c["D"] ** 2 / (k + 2)


APPROXIMATE = replace(
    primal_gap.CLAIM,
    algorithm=InexactFrankWolfe(DELTA),
    laws={"towards v": moves_towards_v, "v is as bad as allowed": approximate(DELTA), "the step": step_is(lambda k: 2 / (k + 2))},
    bound=lambda k, c: primal_gap.bound(k, c) * (1 + DELTA),
)
SEARCH = Claim[Curved, State](
    source=primal_gap.CLAIM.source,
    assumes=primal_gap.CLAIM.assumes,
    instances={"least squares": planted, "squared norm": squared_norm},
    algorithm=DescentFrankWolfe(line_search),
    laws=descent(by_hessian),
    metric=each(primal_gap_of),
    unit=Unit(f=1),
    bound=primal_gap.bound,
    holds=Always(),
    k=primal_gap.CLAIM.k,
    rounding=roundoff,
)
SHORT = replace(primal_gap.CLAIM, algorithm=DescentFrankWolfe(short_step), laws=descent(by_L), bound=short)


def fully_corrective(p: Gapped, s: State, t: State) -> Array:
    """⟨∇f(x), x − w⟩ = 0 for every active vertex w, and x_{k+1} has one vertex more"""
    xp = array_namespace(s.x)
    active = t.x > 0
    g = p.grad(t.x)
    spread = xp.max(xp.where(active, xp.abs(g - xp.sum(g * t.x, axis=-1, keepdims=True)), xp.zeros_like(g)), axis=-1)
    more = xp.sum(xp.astype(active, g.dtype), axis=-1) - xp.sum(xp.astype(s.x > 0, g.dtype), axis=-1) - 1
    return spread / xp.max(xp.abs(g), axis=-1) + xp.abs(more)


CORRECTIVE = replace(
    primal_gap.CLAIM,
    instances={"squared norm": partial(squared_norm, n=1000)},  # more vertices than steps: one is left to add
    algorithm=FrankWolfe(lambda k: 1 / (k + 2)),
    laws={"fully corrective": fully_corrective},
)

THEOREM = Theorem(
    claims={
        "approximate oracle": (APPROXIMATE, Status.CONSISTENT),
        "line search": (SEARCH, Status.CONSISTENT),
        "fully corrective": (CORRECTIVE, Status.CONSISTENT),
        "short step": (SHORT, Status.CONSISTENT),
    },
    foils={
        "exact oracle": (replace(APPROXIMATE, algorithm=FrankWolfe(open_loop)), Status.UNLAWFUL),
        "short for line search": (replace(SEARCH, algorithm=DescentFrankWolfe(short_step)), Status.UNLAWFUL),
        "open loop for fully corrective": (replace(CORRECTIVE, algorithm=FrankWolfe(open_loop)), Status.UNLAWFUL),
        "L/3": (replace(SHORT, algorithm=DescentFrankWolfe(scaled(1 / 3)), laws={}), Status.REFUTED),
        "a tenth": (replace(SEARCH, bound=lambda k, c: SEARCH.bound(k, c) / 10), Status.REFUTED),
        "O(1/k²)": (replace(SHORT, bound=lambda k, c: short(k, c) / (k + 2)), Status.REFUTED),
        "L D": (replace(SHORT, bound=lambda k, c: short(k, c) / c["D"]), Status.ILL_POSED),
    },
)
