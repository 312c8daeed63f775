"""Wang, Li, Karimi, Li 2021 (arXiv 1903.01435), optimistic AMSGrad on smooth nonconvex functions, order as recalled.

f smooth, unbiased gradients of bounded variance, η of order 1/√(dT):     (1/T) Σ_{t < T} E|∇f(w_t)|²  =  O(√(d/T)).
Rows have horizons T from 100 to 1200 and f(w) = Σ (1 − cos w_i) + 0.05|w|², d = 10; only the exponent of T is tested, on both sides.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from array_api_compat import array_namespace

from algorithms.min_max.optimistic_amsgrad import StochasticOptimisticAMSGrad, Visit
from problems.min_max.online_box import Waves, waves
from ratecheck import Array, Claim, Scaling, Source, Statement, Status, Theorem, Trait, Unit
from theory_checks.min_max._common import Deceived

LONGEST = 1200


def mean_gradient2(p: Waves, states: Iterator[Visit]) -> Iterator[Array]:
    """(1/T) Σ_{t < T} |∇f(w_t)|², T the horizon of the row"""
    sum_ = 0 * p.horizon
    for s in states:
        xp = array_namespace(s.w)
        inside = xp.astype(p.horizon > s.k, s.w.dtype)
        sum_ = sum_ + inside * xp.sum(p.grad(s.w) ** 2, axis=-1)
        yield sum_ / p.horizon


def moves(p: Waves, s: Visit, t: Visit) -> Array:
    """ŵ' = ŵ − η θ/√v̂, w' = ŵ' − η (0.9 θ + 0.1 g)/√v̂, θ' = 0.9 θ + 0.1 g', v' = 0.99 v + 0.01 (g' − g)², v̂' = max(v̂, v')"""
    xp = array_namespace(s.w)
    root = xp.sqrt(s.vhat)
    hat = s.hat - s.eta * s.theta / root
    v = 0.99 * s.v + 0.01 * (t.g - s.g) ** 2
    parts = [
        t.hat - hat,
        t.w - hat + s.eta * (0.9 * s.theta + 0.1 * s.g) / root,
        t.theta - 0.9 * s.theta - 0.1 * t.g,
        t.v - v,
        t.vhat - xp.maximum(s.vhat, v),
    ]
    size = 1 + xp.max(xp.abs(s.hat), axis=-1) + xp.max(s.vhat, axis=-1)
    return sum((xp.max(xp.abs(part), axis=-1) for part in parts), start=0 * size) / size


def hears(p: Waves, s: Visit, t: Visit) -> Array:
    """g = ∇f(w) + noise at the point played, the noise that of its draw; the guess of the next round is g"""
    xp = array_namespace(s.w)
    off = xp.max(xp.abs(s.g - p.grad(s.w) - p.noise * s.draw), axis=-1) + xp.max(xp.abs(t.last - s.g), axis=-1)
    return off / (1 + xp.max(xp.abs(s.g), axis=-1))


def steps_as_stated(p: Waves, s: Visit, t: Visit) -> Array:
    """η = 1/√(dT)"""
    xp = array_namespace(s.w)
    return xp.abs(s.eta[:, 0] * xp.sqrt(p.x0.shape[-1] * p.horizon) - 1)



@dataclass(frozen=True, eq=False)
class Reversed(Waves):
    """−f"""

    def grad(self, w: Array, /) -> Array:
        return -super().grad(w)


def reverse(p: Waves) -> Waves:
    return Reversed(p.horizon, p.noise, p.x0, p.constants, p.traits)


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
    laws={"moves": moves, "oracle": hears, "step": steps_as_stated},
    seeds=24,
)

THEOREM = Theorem(
    claims={"exponent of T": (CLAIM, Status.CONSISTENT)},
    foils={
        "other momentum": (replace(CLAIM, algorithm=StochasticOptimisticAMSGrad(1.0, b1=0.5)), Status.UNLAWFUL),
        "ascent": (replace(CLAIM, algorithm=Deceived(CLAIM.algorithm, reverse)), Status.UNLAWFUL),
        "step not shrinking": (replace(CLAIM, algorithm=StochasticOptimisticAMSGrad(0.3, power=0.0), laws={}), Status.REFUTED),
        "step 1/(dT)": (replace(CLAIM, algorithm=StochasticOptimisticAMSGrad(10.0, power=1.0), laws={}), Status.REFUTED),
        "order 1/T": (replace(CLAIM, bound=lambda k, c: c["d"] / c["T"] + 0 * k), Status.REFUTED),
        "no decay": (replace(CLAIM, bound=lambda k, c: c["d"] + 0 * k), Status.REFUTED),
    },
)
