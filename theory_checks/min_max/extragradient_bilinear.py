"""Folklore: extragradient on a bilinear game; derived, an equality and its edge.

F(z) = A (z − z*), A skew with all singular values s, both steps equal to g. For every k ≥ 0

    ‖z_k − z*‖² = (1 − g² s² + g⁴ s⁴)^k ‖z_0 − z*‖²,

so the method is stable if and only if g s < 1. Why: an eigenvalue i s is mapped to 1 − i g s − g² s².
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.extragradient import Extragradient, State
from algorithms.min_max.stability import Edge, StabilityEdge
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import skew
from ratecheck import Array, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, each
from theory_checks.min_max._common import LENGTH2, STEP, Game, Misreading, distance2, relative

SOURCE = Source("folklore", "bilinear games", "vi.eg.bilinear-factor", Statement.DERIVED)


def bound(k: Array, c: Constants) -> Array:
    h = c["g"] * c["L"]
    return (1 - h**2 + h**4) ** k * c["R"] ** 2


def steps_twice(p: Game, s: State, t: State) -> Array:
    """x_{k+1} = x_k − g F(x_k − g F(x_k))"""
    g = s.g1[:, None]
    return relative(s.x - g * p.apply(s.x - g * p.apply(s.x)), t.x)


FACTOR = Claim[Game, State](
    source=SOURCE,
    assumes=frozenset({Trait.MONOTONE, Trait.AFFINE}),
    instances={"one pair": partial(skew, pairs=1), "four pairs": partial(skew, pairs=4, floor=1.0)},
    algorithm=Extragradient(over_L(0.4), over_L(0.4)),
    metric=each(distance2),
    unit=LENGTH2,
    bound=bound,
    holds=Equal(1e-10),
    k=range(101),
    seen={"g": Seen(each(lambda p, s: s.g1), STEP)},
    laws={"steps twice": steps_twice},
    rounding=lambda k, c: 1e-26 * c["R"] ** 2,
    seeds=4,
)
EDGE = Claim[Game, Edge](
    source=SOURCE,
    assumes=FACTOR.assumes,
    instances=FACTOR.instances,
    algorithm=StabilityEdge(lambda g: Extragradient(g, g), over_L(0.2), over_L(2.0)),
    metric=each(lambda p, s: s.step),
    unit=STEP,
    bound=lambda k, c: 1 / c["L"],
    holds=Equal(1e-10),
    k=range(1),
    seeds=2,
)

THEOREM = Theorem(
    claims={
        "factor": (FACTOR, Status.CONSISTENT),
        "factor above the edge": (replace(FACTOR, algorithm=Extragradient(over_L(1.1), over_L(1.1))), Status.CONSISTENT),
        "edge": (EDGE, Status.CONSISTENT),
    },
    foils={
        "1 − g² s²": (replace(FACTOR, bound=lambda k, c: (1 - (c["g"] * c["L"]) ** 2) ** k * c["R"] ** 2), Status.REFUTED),
        "R for R²": (replace(FACTOR, bound=lambda k, c: bound(k, c) / c["R"]), Status.ILL_POSED),
        "F misread by 1.1": (replace(FACTOR, algorithm=Misreading(FACTOR.algorithm, 1.1)), Status.UNLAWFUL),
        "F misread, no law": (replace(FACTOR, algorithm=Misreading(FACTOR.algorithm, 1.1), laws={}), Status.REFUTED),
        "edge 1/(√2 L)": (replace(EDGE, bound=lambda k, c: 0.5**0.5 / c["L"]), Status.REFUTED),
    },
)
