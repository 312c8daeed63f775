"""Sahu, Zaheer, Kar 2019 (arXiv 1810.03233), Theorem 3.6: zeroth-order Frank–Wolfe on functions that are not convex. The order only.

f L-smooth over a set of diameter R; I-RDSA with m directions and the constant step γ = T^{−3/4}, T the number of steps:

    E min_{t<T} g(x_t) = O(T^{−1/4}) .

The exponent is not contradicted; we could not reproduce its proof for the printed weights (the lag of the average is
L R γ/ρ_t ~ T^{−1/12}). Rows sweep T.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.frank_wolfe.zeroth_order import ZerothOrder, ZerothState, eighth, improved
from problems.frank_wolfe.noisy import NoisyQuadratic, noisy_box
from ratecheck import Array, Claim, Scaling, Source, Statement, Status, Theorem, Trait, Unit
from theory_checks.frank_wolfe._common import fw_gap
from theory_checks.frank_wolfe._zeroth_order import laws, several


def until_T(p: NoisyQuadratic, states: Iterator[ZerothState]) -> Iterator[Array]:
    """min_{t<T} g(x_t), T the constant of the row"""
    T, lowest = p.constants["T"].value, None
    for s in states:
        g = fw_gap(p, s)
        xp = array_namespace(g)
        lowest = g if lowest is None else xp.where(s.k < T, xp.minimum(lowest, g), lowest)
        yield lowest


NON_CONVEX = Claim[NoisyQuadratic, ZerothState](
    source=Source("sahu2019", "Theorem 3.6, order", "zofw.nonconvex", Statement.VERIFIED),
    assumes=frozenset({Trait.SMOOTH, Trait.COMPACT, Trait.UNBIASED}),
    instances={"box": partial(noisy_box, n=12)},
    algorithm=ZerothOrder(improved(2), horizon=True),
    laws=laws(several(2), constant=True),
    metric=until_T,
    unit=Unit(f=1),
    bound=lambda k, c: c["L"] * c["R"] ** 2 / c["T"] ** 0.25,
    holds=Scaling(of=lambda c: c["T"], within=0.05, one_sided=True),
    k=range(1024),
    seeds=48,
)

THEOREM = Theorem(
    claims={"order": (NON_CONVEX, Status.CONSISTENT)},
    foils={
        "step 2/(t+8)": (replace(NON_CONVEX, algorithm=ZerothOrder(improved(2), eighth)), Status.UNLAWFUL),
        "order T^{−1/2}": (replace(NON_CONVEX, bound=lambda k, c: c["L"] * c["R"] ** 2 / c["T"] ** 0.5), Status.REFUTED),
        "R for R²": (replace(NON_CONVEX, bound=lambda k, c: c["L"] * c["R"] / c["T"] ** 0.25), Status.ILL_POSED),
    },
)
