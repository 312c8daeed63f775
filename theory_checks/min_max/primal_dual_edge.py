"""The primal-dual hybrid gradient on an unconstrained bilinear game: the true edge of τ σ ‖K‖² is 4/3, not 1 (derived).

x⁺ = x − τ K'y, y⁺ = y + σ K (2x⁺ − x), τ = σ = g, K with one singular value s. Stable if and only if g² s² < 4/3.
Why: with h = g² s² the map has λ² − (2 − 2h) λ + 1 − h = 0; |λ|² = 1 − h while the roots are complex (h ≤ 1), and beyond h = 1 the root
−1 is reached at 4 − 3h = 0. A control at h = 1.02 or 1.2 does not diverge.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.min_max.primal_dual import PrimalDual
from algorithms.min_max.stability import Edge, StabilityEdge
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import LinearOperator, skew
from ratecheck import Claim, Equal, Source, Statement, Status, Theorem, Trait, each
from theory_checks.min_max._common import STEP

CLAIM = Claim[LinearOperator, Edge](
    source=Source("chambolle2011", "bilinear games", "vi.pdhg.limit-4", Statement.DERIVED),
    assumes=frozenset({Trait.MONOTONE, Trait.AFFINE}),
    instances={"one pair": partial(skew, pairs=1)},
    algorithm=StabilityEdge(lambda g: PrimalDual(g, g), over_L(0.5), over_L(2.0)),
    metric=each(lambda p, s: s.step),
    unit=STEP,
    bound=lambda k, c: np.sqrt(4 / 3) / c["L"],
    holds=Equal(1e-10),
    k=range(1),
    seeds=4,
)

THEOREM = Theorem(
    claims={"edge": (CLAIM, Status.CONSISTENT)},
    foils={
        "1, the sufficient condition": (replace(CLAIM, bound=lambda k, c: 1 / c["L"]), Status.REFUTED),
        "4/3 for √(4/3)": (replace(CLAIM, bound=lambda k, c: 4 / 3 / c["L"]), Status.REFUTED),
        "no s": (replace(CLAIM, bound=lambda k, c: np.sqrt(4 / 3) + 0 * c["L"]), Status.ILL_POSED),
        "unequal steps": (
            replace(CLAIM, algorithm=StabilityEdge(lambda g: PrimalDual(g, lambda c: g(c) / 2), over_L(0.5), over_L(2.0))),
            Status.REFUTED,
        ),
    },
)
