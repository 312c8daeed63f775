"""Achab 2023, Theorem 4.2, and its smooth twin (derived): descent along the cross gradient.

F = −log Σ_i e^{−f_i}, f_i convex, w_i = e^{F − f_i}, x_{k+1} = x_k − s_k Σ μ_i ∇f_i(x_k) with μ fixed, from x_0, R = ‖x_0 − y‖.

  lipschitz  every f_i B-Lipschitz, any s_k > 0, y with w(y) = μ:
             [Σ_{t≤k} s_t (F(x_t) − F(y))] / Σ_{t≤k} s_t  ≤  R²/(2 Σ_{t≤k} s_t) + B² Σ_{t≤k} s_t²/(2 Σ_{t≤k} s_t);
  smooth     μ = w(x*) at a stationary x*, G = Σ μ_i f_i L_G-smooth, s = 1/L_G:  F(x_k) − F(x*) ≤ L_G R²/(2k), k ≥ 1.

Why: F(x) − F(y) ≤ G(x) − G(y) when w(y) = μ (the cross inequality), and G is convex. The comparison point is y, not a
minimiser of F: the left side may be negative. The sum over t starts at x_0, so index k has k + 1 terms.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.cross_gradient import XGD
from algorithms.quasar_convex.descent import Point
from problems.quasar_convex.sum_log_concave import SumLogConcave, checkered, mixture
from ratecheck import (
    Always,
    Array,
    Claim,
    Constants,
    Draw,
    Law,
    Measure,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
    total,
)
from theory_checks.quasar_convex._common import Misinformed, on, relative


def gap(p: SumLogConcave, s: Point) -> Array:
    """f(x_k) − f(x*): with the weights frozen at x* this is the gap of a convex function"""
    return p.value(s.x) - p.f_at_star


def weighted_gap(shift: float = 0.0) -> Measure[SumLogConcave, Point]:
    """Σ s_t (F(x_t) − F(y)) / Σ s_t, y = x* + shift (1, 1)"""

    def measure(p: SumLogConcave, states: Iterator[Point]) -> Iterator[Array]:
        value = p.value(p.x_star + shift)
        amount: Array = 0.0
        steps: Array = 0.0
        for s in states:
            amount, steps = amount + s.step * (p.value(s.x) - value), steps + s.step
            yield amount / steps

    return measure


def bound(k: Array, c: Constants) -> Array:
    return (c["R"] ** 2 + c["B"] ** 2 * c["s2"]) / (2 * c["s"])


def smooth_bound(k: Array, c: Constants) -> Array:
    return c["L_G"] * c["R"] ** 2 / (2 * k)


def crosses(step: Callable[[SumLogConcave, int], Array]) -> Law[SumLogConcave, Point]:
    """x_{k+1} = x_k − s_k Σ μ_i ∇f_i(x_k), μ = mix"""

    def law(p: SumLogConcave, s: Point, t: Point) -> Array:
        length = array_namespace(s.x).asarray(step(p, s.k))
        return relative(t.x - s.x + length[..., None] * p.mixed_grad(s.x, p.mix), s.x, t.x)

    return law


def local(p: SumLogConcave) -> SumLogConcave:
    """μ = w(x_0): what gradient descent would use there."""
    return replace(p, mix=array_namespace(p.x0).exp(p.log_weights(p.x0)))


LINES: Mapping[str, Draw[SumLogConcave]] = {"a + b = 1": checkered, "a + b = −2": partial(checkered, kappa=-2.0, R=8.0)}
MIXTURES: Mapping[str, Draw[SumLogConcave]] = {"three parts": mixture, "five parts": partial(mixture, m=5, n=2, R=20.0)}
ROOT = XGD(step=lambda c, k: 1 / (k + 1) ** 0.5 + 0 * c["R"].value)
CONSTANT = XGD(step=lambda c, k: 0.1 + 0 * c["R"].value)
STEPS: Mapping[str, Seen[SumLogConcave, Point]] = {
    "s": Seen(total(lambda p, s: s.step), Unit(-1, 2)),
    "s2": Seen(total(lambda p, s: s.step**2), Unit(-2, 4)),
}
LIPSCHITZ = Claim[SumLogConcave, Point](
    source=Source("achab2023", "Theorem 4.2", "slc.xgd.lipschitz", Statement.VERIFIED),
    assumes=frozenset(),
    instances=LINES,
    algorithm=CONSTANT,
    metric=weighted_gap(),
    unit=Unit(f=1),
    bound=bound,
    holds=Always(signed=True),
    k=range(200),
    seen=STEPS,
    laws={"crosses": crosses(lambda p, k: 0.1 + 0 * p.f_at_star)},
    seeds=16,
)
DECREASING = replace(LIPSCHITZ, algorithm=ROOT, laws={"crosses": crosses(lambda p, k: 1 / (k + 1) ** 0.5 + 0 * p.f_at_star)})
ORACLE = XGD(step=lambda c, k: 1 / c["L_G"].value)
SMOOTH = Claim[SumLogConcave, Point](
    source=Source("derived", "section 6 of the theory sheet", "slc.xgd", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH}),
    instances=MIXTURES,
    algorithm=ORACLE,
    metric=each(gap),
    unit=Unit(f=1),
    bound=smooth_bound,
    holds=Always(signed=True),
    k=range(1, 201),
    laws={"crosses": crosses(lambda p, k: 1 / p.constants["L_G"].value)},
    seeds=16,
)
GREEDY = Misinformed[SumLogConcave, Point](ORACLE, local)
OUTSIDE = replace(LIPSCHITZ, instances={"from 0": partial(checkered, R=1.0)}, metric=weighted_gap(5.5), k=range(3000), seeds=4, laws={})

THEOREM = Theorem(
    claims={
        "Lipschitz, constant step": (LIPSCHITZ, Status.CONSISTENT),
        "Lipschitz, 1/sqrt k": (DECREASING, Status.CONSISTENT),
        "smooth, weights of x*": (SMOOTH, Status.CONSISTENT),
    },
    foils={
        "y outside E(mu)": (OUTSIDE, Status.REFUTED),
        "weights of x_0": (replace(SMOOTH, algorithm=GREEDY), Status.UNLAWFUL),
        "weights of x_0, unseen": (replace(on(SMOOTH, "five parts"), algorithm=GREEDY, laws={}, k=range(1, 3001)), Status.REFUTED),
        "step 3/L_G, unseen": (replace(SMOOTH, algorithm=XGD(lambda c, k: 3 / c["L_G"].value), laws={}), Status.REFUTED),
        "an eighth": (replace(SMOOTH, bound=lambda k, c: smooth_bound(k, c) / 8), Status.REFUTED),
        "a third": (replace(DECREASING, bound=lambda k, c: bound(k, c) / 3), Status.REFUTED),
        "R for R^2": (replace(on(SMOOTH, "three parts"), bound=lambda k, c: smooth_bound(k, c) / c["R"]), Status.ILL_POSED),
    },
)
