"""The last iterate of extragradient under the star condition alone (derived; the worst-case SDP gives 0.88 L² R² where this gives 1/4).

For every N and every step h/L < 1/L there is an L-Lipschitz F with ⟨F(z), z − z*⟩ ≥ 0 and a start at distance R such that

    ‖F(x_N)‖² ≥ L² R² / 4,

so neither the decrease of ‖F‖ nor the order 1/N of monotone operators holds, while the best iterate keeps its bound. F has a false zero,
from which the method moves away at the geometric speed 1 + h + h²; it is at the top of the hump, F = L/2, at step N.
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.extragradient import Extragradient, State
from problems.min_max.star_operators import hump
from ratecheck import Always, Array, AtLeast, Claim, Constants, Source, Statement, Status, Theorem, Trait, each
from theory_checks.min_max._common import FORCE2, Game, Misreading, residual2, steps_with_the_middle_force


def bound(k: Array, c: Constants) -> Array:
    return (c["L"] * c["R"]) ** 2 / 4


def last(N: int) -> Claim[Game, State]:
    return Claim[Game, State](
        source=Source("gorbunov2023", "Theorem 6, last iterate, under the star condition", "nc.eg.star-no-last", Statement.DERIVED),
        assumes=frozenset({Trait.WEAK_MINTY, Trait.SMOOTH}),
        instances={f"h = {h}": partial(hump, N=N, step_L=h) for h in (0.1, 0.5, 0.9)},
        algorithm=Extragradient(lambda c: c["g"].value, lambda c: c["g"].value),
        metric=each(residual2),
        unit=FORCE2,
        bound=bound,
        holds=AtLeast(),
        k=range(N, N + 1),
        laws={"steps with the middle force": steps_with_the_middle_force},
        seeds=1,
    )


FIFTY = last(50)

THEOREM = Theorem(
    claims={**{f"N = {N}": (last(N), Status.CONSISTENT) for N in (2, 10, 50, 100)}},
    foils={
        "the last iterate of monotone F": (
            replace(FIFTY, holds=Always(), bound=lambda k, c: c["R"] ** 2 / (c["g"] ** 2 * (1 - (c["L"] * c["g"]) ** 2) * (k + 1))),
            Status.REFUTED,
        ),
        "a third for a quarter": (replace(FIFTY, bound=lambda k, c: bound(k, c) * 4 / 3), Status.REFUTED),
        "L for L²": (replace(FIFTY, bound=lambda k, c: bound(k, c) / c["L"]), Status.ILL_POSED),
        "one step before": (replace(FIFTY, k=range(49, 50)), Status.REFUTED),
        "F misread by 1.1": (replace(FIFTY, algorithm=Misreading(FIFTY.algorithm, 1.1)), Status.UNLAWFUL),
    },
)
