"""Wang, Li, Karimi, Li 2021 (arXiv 1903.01435), optimistic AMSGrad on smooth nonconvex functions, order as recalled.

f smooth, unbiased gradients of bounded variance, η of order 1/√(dT):     (1/T) Σ_{t < T} E|∇f(w_t)|²  =  O(√(d/T)).
Rows have horizons T from 100 to 3000 and f(w) = Σ (1 − cos w_i) + 0.05|w|², d = 10; only the exponent of T is tested, on both sides.
"""

from collections.abc import Iterator
from dataclasses import replace

from array_api_compat import array_namespace

from algorithms.min_max.optimistic_amsgrad import StochasticOptimisticAMSGrad, Visit
from problems.min_max.online_box import Waves, waves
from ratecheck import Array, Claim, Scaling, Source, Statement, Status, Theorem, Trait, Unit

LONGEST = 3000


def mean_gradient2(p: Waves, states: Iterator[Visit]) -> Iterator[Array]:
    """(1/T) Σ_{t < T} |∇f(w_t)|², T the horizon of the row"""
    sum_ = 0 * p.horizon
    for s in states:
        xp = array_namespace(s.w)
        inside = xp.astype(p.horizon > s.k, s.w.dtype)
        sum_ = sum_ + inside * xp.sum(p.grad(s.w) ** 2, axis=-1)
        yield sum_ / p.horizon


CLAIM = Claim[Waves, Visit](
    source=Source("wang2021", "nonconvex convergence", "oams.nonconvex", Statement.RECALLED),
    assumes=frozenset({Trait.SMOOTH, Trait.UNBIASED}),
    instances={"waves": waves},
    algorithm=StochasticOptimisticAMSGrad(1.0),
    metric=mean_gradient2,
    unit=Unit(),
    bound=lambda k, c: (c["d"] / c["T"]) ** 0.5,
    holds=Scaling(of=lambda c: c["T"], within=0.15),
    k=range(LONGEST - 1, LONGEST),
    seeds=24,
)

THEOREM = Theorem(
    claims={"exponent of T": (CLAIM, Status.CONSISTENT)},
    foils={
        "step not shrinking": (replace(CLAIM, algorithm=StochasticOptimisticAMSGrad(0.3, power=0.0)), Status.REFUTED),
        "step 1/(dT)": (replace(CLAIM, algorithm=StochasticOptimisticAMSGrad(10.0, power=1.0)), Status.REFUTED),
        "order 1/T": (replace(CLAIM, bound=lambda k, c: c["d"] / c["T"] + 0 * k), Status.REFUTED),
        "no decay": (replace(CLAIM, bound=lambda k, c: c["d"] + 0 * k), Status.REFUTED),
    },
)
