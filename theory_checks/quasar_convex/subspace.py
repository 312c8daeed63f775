"""Guminov, Gasnikov 2017 (constant derived): subspace optimisation for quasar-convex functions.

Let f be L-smooth and γ-quasar-convex about x*, R = ‖x_0 − x*‖. x_{k+1} minimises f over x_k plus the span of ∇f(x_k),
Σ_{i ≤ k} w_i ∇f(x_i) and x_k − x_0, with w_0 = 1, w_{k+1} = ½ + √(¼ + w_k²). Then with e_k = f(x_k) − f*, for every N ≥ 1

    e_N  ≤  2 L R² / (γ² (N + 1)²).

Inside the proof: γ Σ_{k<N} w_k e_k ≤ R ‖Σ_{k<N} w_k ∇f(x_k)‖ ≤ R √(2L (Σ_{k<N} w_k e_k − w_{N−1}² e_N)), by orthogonality of the
gradients; the two inequalities are claims of their own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.subspace import SESOP, Spanned, heaviest
from problems.quasar_convex.powers import SeparablePowers, separable_powers
from ratecheck import Always, Array, Claim, Constants, Draw, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from ratecheck.oracles import Smooth
from theory_checks.quasar_convex._common import gap, inner, on, relative, square


def bound(k: Array, c: Constants) -> Array:
    return 2 * c["L"] * c["R"] ** 2 / (c["gamma"] ** 2 * (k + 1) ** 2)


def weighted_gaps(p: SeparablePowers, states: Iterator[Spanned]) -> Iterator[Array]:
    """Σ_{j ≤ k} w_j e_j"""
    amount: Array = 0.0
    for s in states:
        amount = amount + s.w * gap(p, s)
        yield amount


def orthogonal(p: SeparablePowers, s: Spanned, t: Spanned) -> Array:
    """∇f(x_{k+1}) is orthogonal to ∇f(x_k), to Σ w_i ∇f(x_i) and to x_k − x_0"""
    xp = array_namespace(s.x)
    worst = 0 * s.x[:, 0]
    for d in (s.g, s.total, s.x - p.x0):
        size = (square(d) * xp.maximum(square(t.g), square(s.g))) ** 0.5
        worst = xp.maximum(worst, xp.abs(inner(t.g, d)) / xp.where(size > 0, size, 1.0))
    return worst


def lower_than_the_gradient_step(p: SeparablePowers, s: Spanned, t: Spanned) -> Array:
    """f(x_{k+1}) ≤ f(x_k − ∇f(x_k)/L)"""
    xp = array_namespace(s.x)
    step = p.value(s.x - s.g / p.constants["L"].value[:, None])
    return xp.maximum(p.value(t.x) - step, 0 * step) / p.constants["e0"].value


def sums(p: SeparablePowers, s: Spanned, t: Spanned) -> Array:
    """total_{k+1} = total_k + w_{k+1} ∇f(x_{k+1}), w_{k+1} = ½ + √(¼ + w_k²); total_0 = ∇f(x_0), w_0 = 1"""
    d = t.total - s.total - heaviest(s.w) * p.grad(t.x)
    first = relative(s.total - p.grad(p.x0), s.total) + abs(s.w - 1) + relative(s.x - p.x0, p.x0) if s.k == 0 else 0.0
    return relative(d, t.total) + relative(t.g - p.grad(t.x), t.g, s.g) + abs(t.w / heaviest(s.w) - 1) + first


INSTANCES: Mapping[str, Draw[SeparablePowers]] = {
    "p = 1": partial(separable_powers, p=1.0, kappa=100.0, R=10.0),
    "p = 0.5": partial(separable_powers, p=0.5, kappa=100.0, R=10.0),
    "p = 1, two coordinates": partial(separable_powers, n=2, p=1.0, kappa=4.0, R=1.0),
}
GAP = Claim[SeparablePowers, Spanned](
    source=Source("guminov2017 (1710.00797)", "order there; constant derived", "qc.sesop", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH, Trait.QUASAR_CONVEX}),
    instances={name: INSTANCES[name] for name in ("p = 1, two coordinates",)},
    algorithm=SESOP(),
    metric=each(gap),
    unit=Unit(f=1),
    bound=bound,
    holds=Always(),
    k=range(1, 13),
    laws={"orthogonal": orthogonal, "lower than the gradient step": lower_than_the_gradient_step, "sums": sums},
    seeds=4,
)
LOCAL: Mapping[str, Seen[SeparablePowers, Spanned]] = {
    "sum": Seen(weighted_gaps, Unit(f=1)),
    "length": Seen(each(lambda p, s: square(s.total) ** 0.5), Unit(1, -1)),
}
FIRST = replace(
    GAP, instances=INSTANCES, metric=weighted_gaps, bound=lambda k, c: c["R"] * c["length"] / c["gamma"], seen=LOCAL, k=range(12)
)
SECOND = replace(FIRST, metric=each(lambda p, s: square(s.total)), unit=Unit(2, -2), bound=lambda k, c: 2 * c["L"] * c["sum"])


def stay(p: Smooth, start: Array, directions: Array) -> Array:
    """The gradient step alone."""
    return start


THEOREM = Theorem(
    claims={
        "gap": (GAP, Status.CONSISTENT),
        "weighted gaps against the sum of gradients": (FIRST, Status.CONSISTENT),
        "sum of gradients against weighted gaps": (SECOND, Status.CONSISTENT),
    },
    foils={
        "equal weights": (replace(GAP, algorithm=SESOP(weights=lambda w: 1.0)), Status.UNLAWFUL),
        "gradient steps": (replace(GAP, algorithm=SESOP(minimise=stay)), Status.UNLAWFUL),
        "gradient steps, unseen": (replace(SECOND, algorithm=SESOP(minimise=stay), laws={}), Status.REFUTED),
        "gamma 4 times as large": (replace(on(FIRST, "p = 0.5"), bound=lambda k, c: FIRST.bound(k, c) / 4), Status.REFUTED),
        "1/(N + 1)^4": (replace(GAP, bound=lambda k, c: bound(k, c) / (k + 1) ** 4), Status.REFUTED),
        "R for R^2": (replace(GAP, bound=lambda k, c: bound(k, c) / c["R"]), Status.ILL_POSED),
    },
)
