"""Bubeck 2015 (arXiv 1405.4980v2), Theorem 3.8: conditional gradient descent.

Let f be convex and β-smooth in any norm, R the diameter of X in the same norm, γ_s = 2/(s + 1), s from 1. Then for t ≥ 2

    f(x_t) − f* ≤ 2βR²/(t + 1).

Index k = t − 1. The step of the proof, (f(x_{s+1}) − f*) ≤ (1 − γ_s)(f(x_s) − f*) + (β/2) γ_s² R², is claimed beside it.
"""

from dataclasses import replace

from algorithms.frank_wolfe.vanilla import FrankWolfe, State, open_loop
from problems.frank_wolfe.quadratics import on_cube, on_simplex
from problems.frank_wolfe.simplex import squared_norm
from ratecheck import Always, Claim, Seen, Status, Theorem, Trait, Unit, each, each_step
from ratecheck.performance import Indicator, Smooth, WorstCase, last_gap
from theory_checks.frank_wolfe._common import Gapped, frank_wolfe, primal_gap
from theory_checks.frank_wolfe._monograph import bubeck

CLAIM = Claim[Gapped, State](
    source=bubeck("Theorem 3.8", "bub.3.8"),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT}),
    instances={"squared norm": squared_norm},
    algorithm=FrankWolfe(open_loop),
    laws=frank_wolfe(lambda k: 2 / (k + 2)),
    metric=each(primal_gap),
    unit=Unit(f=1),
    bound=lambda k, c: 2 * c["L"] * c["D"] ** 2 / (k + 2),
    holds=Always(),
    k=range(1, 200),
    rounding=lambda k, c: 1e-15 * c["L"] * c["D"] ** 2 + 0 * k,
    seeds=2,
)
STEP = replace(
    CLAIM,
    instances={"squared norm": squared_norm, "simplex": on_simplex, "cube": on_cube},
    metric=each_step(lambda p, s, t: primal_gap(p, t)),
    seen={"h": Seen(each(primal_gap), Unit(f=1))},
    bound=lambda k, c: k / (k + 2) * c["h"] + 2 * c["L"] * c["D"] ** 2 / (k + 2) ** 2,
    k=range(100),
    seeds=8,
)

THEOREM = Theorem(
    claims={"3.8": (CLAIM, Status.CONSISTENT), "one step": (STEP, Status.CONSISTENT)},
    foils={
        "step 1/(s + 1)": (replace(CLAIM, algorithm=FrankWolfe(lambda k: 1 / (k + 2))), Status.UNLAWFUL),
        "step 0.1": (replace(CLAIM, algorithm=FrankWolfe(lambda k: 0.1), laws={}, k=range(1, 2000, 3)), Status.REFUTED),
        "a tenth": (replace(CLAIM, bound=lambda k, c: CLAIM.bound(k, c) / 10), Status.REFUTED),
        "half the curvature": (
            replace(STEP, bound=lambda k, c: STEP.bound(k, c) - 1.5 * c["L"] * c["D"] ** 2 / (k + 2) ** 2),
            Status.REFUTED,
        ),
        "R for R²": (replace(CLAIM, bound=lambda k, c: 2 * c["L"] * c["D"] / (k + 2)), Status.ILL_POSED),
    },
    worst={"3.8": WorstCase({"f": Smooth(), "h": Indicator(D="D")}, {"L": 1.0, "D": 1.0}, last_gap, start=[])},
)
