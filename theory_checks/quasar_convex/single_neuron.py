"""Wang, Zarifis, Diakonikolas, Diakonikolas 2023: one neuron through its convex surrogate.

L_sur(w) = E ∫_0^{⟨w, a⟩} (σ(t) − y) dt, ∇L_sur = E (σ(⟨w, a⟩) − y) a, L₂(w) = E (σ(⟨w, a⟩) − y)².

  exact (derived)     a symmetric, E a aᵀ = I, σ(u) = max(u, s u), y = σ(⟨v, a⟩):  ∇L_sur(w) = (1 + s)(w − v)/2 for every w; so
                      descent with step h has w_k − v = (1 − h (1 + s)/2)^k (w_0 − v): one step for h = 2, never for h = 4 (s = 0);
  link (derived)      σ non-decreasing and β-Lipschitz, y = σ(⟨v, a⟩):  ⟨∇L_sur(w), w − v⟩ ≥ L₂(w)/β, equality for σ(u) = u;
  agnostic (recalled) the surrogate's minimiser ŵ has L₂(ŵ) = O(OPT), OPT = min L₂: L₂(ŵ)/OPT does not grow with the fraction of
                      corrupted labels.

The expectation is over a finite sample with mirrored points, so that everything is exact; OPT by enumeration in two dimensions.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.quasar_convex.descent import GradientDescent, Point
from algorithms.quasar_convex.points import Sample, Scattered
from problems.quasar_convex.neurons import Neuron, corrupted, mirrored
from ratecheck import (
    Array,
    AtLeast,
    Claim,
    Constants,
    Draw,
    Equal,
    Scaling,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    Vanishes,
    each,
)
from theory_checks.quasar_convex._common import distance2, inner, moves_along_the_gradient, on, square


def off_the_formula(p: Neuron, s: Sample) -> Array:
    """‖∇L_sur(w) − (1 + s)(w − v)/2‖"""
    return square(p.grad(s.x) - (1 + p.slope[:, None]) / 2 * (s.x - p.x_star)) ** 0.5


def slope(p: Neuron, s: Sample) -> Array:
    return inner(p.grad(s.x), s.x - p.x_star)


def descent(h: float) -> GradientDescent:
    return GradientDescent(lambda c, k: h + 0 * c["R"].value)


def source(slug: str, statement: Statement) -> Source:
    return Source("wang2023", "sharpness of the surrogate", slug, statement)


INSTANCES: Mapping[str, Draw[Neuron]] = {
    "ReLU": mirrored,
    "leaky, 0.3": partial(mirrored, slope=0.3, n=5),
    "identity": partial(mirrored, slope=1.0),
}
EXACT = Claim[Neuron, Sample](
    source=source("neuron.exact", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX}),
    instances=INSTANCES,
    algorithm=Scattered(-2.0, 1.0),
    metric=each(off_the_formula),
    unit=Unit(x=1),
    bound=lambda k, c: c["length"],
    holds=Vanishes(1e-11),
    k=range(100),
    seen={"length": Seen(each(lambda p, s: (1 + p.slope) / 2 * square(s.x - p.x_star) ** 0.5), Unit(x=1))},
    seeds=4,
)


def path(h: float) -> Claim[Neuron, Point]:
    """Descent with step h: an equality at every k, as long as it does not sink below the rounding of w."""

    def bound(k: Array, c: Constants) -> Array:
        return (1 - h * (1 + c["slope"]) / 2) ** (2 * k) * c["R"] ** 2

    def rounding(k: Array, c: Constants) -> Array:
        """w rounds with the size of w, w_0 and v; descent that diverges carries the error along."""
        error = 1e-14 * (c["size"] + c["R"]) * np.maximum(1.0, abs(1 - h * (1 + c["slope"]) / 2)) ** k
        return 2 * bound(k, c) ** 0.5 * error + error**2

    return Claim[Neuron, Point](
        source=source("neuron.exact", Statement.DERIVED),
        assumes=EXACT.assumes,
        instances={"ReLU": mirrored},
        algorithm=descent(h),
        metric=each(distance2),
        unit=Unit(x=2),
        bound=bound,
        holds=Equal(1e-7),
        k=range(11),
        laws={"moves along the gradient": moves_along_the_gradient(lambda c: h + 0 * c["R"])},
        rounding=rounding,
        seen={"size": Seen(each(lambda p, s: square(s.x) ** 0.5 + square(p.x_star) ** 0.5), Unit(x=1))},
        seeds=4,
    )


AT_ONCE = replace(
    path(2.0), given={"ReLU": lambda k, c: 1e30 * c["slope"]}, k=range(1, 2), holds=Vanishes(1e-12), bound=lambda k, c: c["R"] ** 2 + 0 * k,
)
LINK = Claim[Neuron, Sample](
    source=source("neuron.link", Statement.DERIVED),
    assumes=EXACT.assumes,
    instances={**INSTANCES, "ReLU, not symmetric": partial(mirrored, mirror=1.0)},
    algorithm=Scattered(-2.0, 1.0),
    metric=each(slope),
    unit=Unit(),
    bound=lambda k, c: c["L2"],  # β = 1
    holds=AtLeast(),
    k=range(100),
    seen={"L2": Seen(each(lambda p, s: p.square_loss(s.x)))},
    sharp={"identity": Equal(1e-9)},
    seeds=4,
)
AGNOSTIC = Claim[Neuron, Point](
    source=source("neuron.agnostic", Statement.RECALLED),
    assumes=EXACT.assumes,
    instances={"largest |a_1| corrupted": corrupted},
    algorithm=GradientDescent(lambda c, k: 1.0 + 0 * c["OPT"].value),
    metric=each(lambda p, s: p.square_loss(s.x)),
    unit=Unit(),
    bound=lambda k, c: c["OPT"] + 0 * k,
    holds=Scaling(of=lambda c: c["fraction"], within=0.1, one_sided=True),
    k=range(200, 201),
    seeds=32,
)
NEVER_BELOW = replace(AGNOSTIC, holds=AtLeast())


def bent(p: Neuron) -> Neuron:
    """|a_1| for a_1: no longer symmetric."""
    xp = array_namespace(p.x0)
    A = xp.concat([xp.abs(p.A[:, :, :1]), p.A[:, :, 1:]], axis=-1)
    u = xp.squeeze(xp.matmul(A, p.x_star[:, :, None]), axis=-1)
    return replace(p, A=A, y=p.activation(u))


THEOREM = Theorem(
    claims={
        "gradient": (EXACT, Status.CONSISTENT),
        "descent, step 1": (path(1.0), Status.CONSISTENT),
        "descent, step 2": (AT_ONCE, Status.CONSISTENT),
        "descent, step 4": (path(4.0), Status.CONSISTENT),
        "descent, step 5": (path(5.0), Status.CONSISTENT),
        "link": (LINK, Status.CONSISTENT),
        "agnostic": (AGNOSTIC, Status.CONSISTENT),
        "OPT is smallest": (NEVER_BELOW, Status.CONSISTENT),
    },
    foils={
        "not symmetric": (replace(EXACT, instances={"|a_1|": lambda seeds: bent(mirrored(seeds))}), Status.REFUTED),
        "slope forgotten": (
            replace(on(EXACT, "leaky, 0.3"), metric=each(lambda p, s: off_the_formula(replace(p, slope=0 * p.slope), s))), Status.REFUTED
        ),
        "step 1.1": (replace(path(1.0), algorithm=descent(1.1)), Status.UNLAWFUL),
        "step 1.1, unseen": (replace(path(1.0), algorithm=descent(1.1), laws={}), Status.REFUTED),
        "link with beta 1/2": (replace(LINK, bound=lambda k, c: 2 * c["L2"]), Status.REFUTED),
        "agnostic, OPT for its root": (replace(AGNOSTIC, bound=lambda k, c: c["OPT"] ** 0.5 + 0 * k), Status.REFUTED),
        "1.5 OPT is smallest": (replace(NEVER_BELOW, bound=lambda k, c: 1.5 * c["OPT"] + 0 * k), Status.REFUTED),
    },
)
