"""One step on a uniformly convex set (derived; Kerdreux et al. 2021 have the rate): ℓ_p balls, p ≥ 2.

With κ = 1/(p 2^{p−1}), f convex and L-smooth in ℓ_p, the step min(1, g/(L‖v − x‖_p²)) (or exact line search) gives

    h_{t+1} ≤ h_t max{1/2, 1 − h_t^{1−2/p} (κ ‖∇f(x_t)‖_{p*})^{2/p} / (2 L)},

from g ≥ κ‖∇f‖_{p*}‖x − v‖_p^p and the gain g²/(2L‖x − v‖_p²). Read as   h_t min{1/2, …} ≤ h_t − h_{t+1}.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.frank_wolfe.descent import DescentFrankWolfe
from algorithms.frank_wolfe.steps import Rule, capped, line_search
from algorithms.frank_wolfe.vanilla import State
from problems.frank_wolfe.quadratics import Planted, on_sphere
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from theory_checks.frank_wolfe._common import Bend, before, by_hessian, descent, gain, primal_gap, roundoff
from theory_checks.frank_wolfe.uniformly_convex_set import p_norm


def short_in(p: float, factor: float = 1.0) -> Rule[Planted]:
    def rule(problem: Planted, slope: Array, d: Array, cap: Array) -> Array:
        return capped(slope, factor * problem.constants["L_p"].value * p_norm(d, p) ** 2, cap)

    return rule


def bent_in(p: float) -> Bend[Planted]:
    return lambda problem, d: problem.constants["L_p"].value * p_norm(d, p) ** 2


def share(c: Constants, p: float) -> Array:
    return np.minimum(0.5, c["h"] ** (1 - 2 / p) * (c["kappa_p"] * c["slope"]) ** (2 / p) / (2 * c["L_p"]))


def claim(p: float, n: int, slope: float) -> Claim[Planted, State]:
    rule = short_in(p)
    return Claim[Planted, State](
        source=Source("kerdreux2021", f"Theorem 2.2, one step, p = {p:g}", "fw.unif.step", Statement.DERIVED),
        assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT}),
        instances={f"n = {n}": partial(on_sphere, n=n, p=p, kappa=1.0, slope=slope)},
        algorithm=DescentFrankWolfe(rule),
        laws=descent(bent_in(p)),
        metric=each_step(before(primal_gap)),
        unit=Unit(f=1),
        bound=lambda k, c: np.maximum(c["gain"], 0.0) / share(c, p),
        holds=Always(),
        k=range(8),  # later h falls to rounding
        seen={
            "gain": Seen(each_step(gain), Unit(f=1)),
            "h": Seen(each(primal_gap), Unit(f=1)),
            "slope": Seen(each(lambda q, s: p_norm(q.grad(s.x), p / (p - 1))), Unit(1, -1)),
        },
        rounding=lambda k, c: roundoff(k, c) / share(c, p),
    )


P25, P3, P4 = claim(2.5, 2, 3.0), claim(3.0, 3, 1.0), claim(4.0, 2, 1.0)
SEARCH = replace(P3, algorithm=DescentFrankWolfe(line_search), laws=descent(by_hessian))

THEOREM = Theorem(
    claims={
        "p = 2.5": (P25, Status.CONSISTENT),
        "p = 3": (P3, Status.CONSISTENT),
        "p = 4": (P4, Status.CONSISTENT),
        "p = 3, line search": (SEARCH, Status.CONSISTENT),
    },
    foils={
        "short step of another norm": (replace(P4, laws=descent(bent_in(3.0))), Status.UNLAWFUL),
        "L/8": (replace(P3, algorithm=DescentFrankWolfe(short_in(3.0, 0.125)), laws={}), Status.REFUTED),
        "a fifth": (replace(P4, bound=lambda k, c: P4.bound(k, c) / 5), Status.REFUTED),
        "half for p = 2.5": (replace(P25, bound=lambda k, c: P25.bound(k, c) / 2.5), Status.REFUTED),
        "p = 3 for p = 4": (replace(P4, bound=P3.bound), Status.ILL_POSED),
    },
)
