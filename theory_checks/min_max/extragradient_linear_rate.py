"""Extragradient under quasi-strong monotonicity (derived).

⟨F(z), z − z*⟩ ≥ μ ‖z − z*‖² for all z, F L-Lipschitz, both steps g with L² g² + 2 g μ ≤ 1. For every k ≥ 0

    ‖x_{k+1} − z*‖²  ≤  (1 − g μ) ‖x_k − z*‖².

Why: ⟨F(w), w − z*⟩ ≥ μ ‖w − z*‖² ≥ μ (‖x − z*‖²/2 − g² ‖F(x)‖²) in the identity of extragradient.
For an affine F the star condition is strong monotonicity itself.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from algorithms.min_max.extragradient import Extragradient, State
from algorithms.min_max.steps import Step, over_L
from problems.min_max.linear_operators import nonnormal, normal, skew
from ratecheck import Always, Array, Certified, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, each, each_step
from theory_checks.min_max._common import LENGTH2, STEP, Game, Misreading, distance2, same_step, steps_with_the_middle_force


def longest(factor: float) -> Step:
    """factor times the positive root of L² g² + 2 μ g = 1"""

    def step(c: Mapping[str, Certified]) -> Array:
        mu, L = c["mu"].value, c["L"].value
        return factor / (mu + (mu**2 + L**2) ** 0.5)

    return step


def bound(k: Array, c: Constants) -> Array:
    return (1 - c["g"] * c["mu"]) * c["distance2"]


CLAIM = Claim[Game, State](
    source=Source("korpelevich1976", "quasi-strongly monotone", "vi.eg.qsm.linear", Statement.DERIVED),
    assumes=frozenset({Trait.STRONGLY_MONOTONE, Trait.SMOOTH}),
    instances={
        "normal": partial(normal, rho_L=-0.3),
        "plane": partial(normal, pairs=1, rho_L=-0.1),
        "non-normal": partial(nonnormal, rho_L=-0.2),
    },
    algorithm=Extragradient(longest(1.0), longest(1.0)),
    metric=each_step(lambda p, s, t: distance2(p, t)),
    unit=LENGTH2,
    bound=bound,
    holds=Always(),
    k=range(41),
    seen={"distance2": Seen(each(distance2), LENGTH2), "g": Seen(each(lambda p, s: s.g1), STEP)},
    given={"L² g² + 2 g μ ≤ 1": lambda k, c: (c["L"] * c["g"]) ** 2 + 2 * c["g"] * c["mu"]},
    laws={"one step length": same_step, "steps with the middle force": steps_with_the_middle_force},
    rounding=lambda k, c: 1e-26 * c["R"] ** 2,
)
SHORT = replace(CLAIM, algorithm=Extragradient(over_L(0.1), over_L(0.1)))

THEOREM = Theorem(
    claims={"longest step": (CLAIM, Status.CONSISTENT), "short step": (SHORT, Status.CONSISTENT)},
    foils={
        "4 g μ": (replace(SHORT, bound=lambda k, c: (1 - 4 * c["g"] * c["mu"]) * c["distance2"]), Status.REFUTED),
        "g μ²": (replace(SHORT, bound=lambda k, c: (1 - c["g"] * c["mu"] ** 2) * c["distance2"]), Status.ILL_POSED),
        "1.5 times too long": (replace(CLAIM, algorithm=Extragradient(longest(1.5), longest(1.5))), Status.NOT_APPLICABLE),
        "gradient": (
            replace(
                CLAIM,
                algorithm=Extragradient(over_L(0.0), over_L(0.5)),
                laws={},
                seen={**CLAIM.seen, "g": Seen(each(lambda p, s: s.g2), STEP)},
            ),
            Status.REFUTED,
        ),
        "μ where there is none": (
            replace(CLAIM, assumes=frozenset(), instances={"skew": skew}, bound=lambda k, c: 0.5 * c["distance2"]),
            Status.REFUTED,
        ),
        "F misread by 1.1": (replace(CLAIM, algorithm=Misreading(CLAIM.algorithm, 1.1)), Status.UNLAWFUL),
    },
)
