"""Wirth, Kerdreux, Pokutta 2023 (PMLR v206), Theorem 4.3: open loop steps are 1/t² on a face. The order only.

For f strongly convex and L-smooth over a polytope, x* in the relative interior of a face and strictly complementary,
Frank–Wolfe with γ_t = 4/(t+4) has

    h_t = O(t⁻²)        once t ≥ S, S a constant of the problem.

The constant is not tested: one of its terms could not be read in our copy (what could be read has not the unit of f).
"""

from dataclasses import replace
from functools import partial

from algorithms.frank_wolfe.descent import DescentFrankWolfe
from algorithms.frank_wolfe.steps import line_search
from algorithms.frank_wolfe.vanilla import FrankWolfe, State, open_loop
from problems.frank_wolfe.quadratics import Planted, figure_1a, on_simplex
from ratecheck import Array, AtMostOrder, Claim, Constants, SameOrder, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.frank_wolfe._common import frank_wolfe, primal_gap
from theory_checks.frank_wolfe.open_loop_four import four


def bound(k: Array, c: Constants) -> Array:
    return c["L"] * c["D"] ** 2 / k**2


CLAIM = Claim[Planted, State](
    source=Source("wirth2023", "Theorem 4.3, order", "fw.wirth.face", Statement.RECALLED),
    assumes=frozenset({Trait.STRONGLY_CONVEX, Trait.SMOOTH, Trait.POLYTOPE}),
    instances={"rho = 1/4": figure_1a, "rho = 2": partial(figure_1a, n=6, rho=2.0), "random": partial(on_simplex, n=10, kappa=3.0)},
    algorithm=FrankWolfe(four),
    laws=frank_wolfe(four),
    metric=each(primal_gap),
    unit=Unit(f=1),
    bound=bound,
    holds=AtMostOrder(within=0.1),
    sharp={"rho = 1/4": SameOrder(within=0.1)},
    k=range(1, 1001),
    seeds=2,
)

FIGURE = replace(CLAIM, instances={"rho = 1/4": figure_1a})

THEOREM = Theorem(
    claims={"order": (CLAIM, Status.CONSISTENT)},
    foils={
        "2/(t+2)": (replace(FIGURE, algorithm=FrankWolfe(open_loop)), Status.UNLAWFUL),
        "line search": (replace(FIGURE, algorithm=DescentFrankWolfe(line_search), laws={}), Status.REFUTED),
        "1/t³": (replace(FIGURE, bound=lambda k, c: bound(k, c) / k), Status.REFUTED),
        "1/t": (replace(FIGURE, bound=lambda k, c: bound(k, c) * k), Status.UNSHARP),
        "no unit": (replace(FIGURE, bound=lambda k, c: 1 / k**2), Status.ILL_POSED),
    },
)
