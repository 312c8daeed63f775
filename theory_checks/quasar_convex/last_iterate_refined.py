"""Defazio, Cutkosky, Mehta, Mishchenko 2023 (arXiv 2310.07831), Theorem 10: the last iterate under any schedule.

f convex, x_{t+1} = x_t − η_t g_t, t = 1, …, T, E g_t ∈ ∂f(x_t), ‖x_1 − x*‖ ≤ D, E‖g_t‖² ≤ G², any η_t > 0. With
S = Σ_{t ≤ T} η_t and α_k = Σ_{k < t ≤ T} η_t, for every T (index k = T − 1; the schedules here do not depend on T)

    E f(x_T) − f*  ≤  D²/(2S) + Σ_t η_t²G²/(2S) + ½ Σ_{k<T} (η_k/α_k) (Σ_{t≥k} η_t²G²)/(Σ_{t≥k} η_t),

identical to the compact form D²/(2S) + ½ Σ_{t<T} η_t²G²/α_t + ½ η_T G². Both are claims; η_t = (D/G) h_t with h_t = s t^−p.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

import numpy as np

from algorithms.quasar_convex.last_iterate import Subgradients
from algorithms.quasar_convex.stochastic import Iterate
from problems.quasar_convex.lipschitz import AbsoluteDeviations, absolute_deviations
from ratecheck import Array, Claim, Constants, Equal, InExpectation, Noise, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.quasar_convex._common import on
from theory_checks.quasar_convex.last_iterate_linear_decay import missing, steps_by, tiny

LONGEST = 60


@dataclass(frozen=True)
class Power:
    """h_t = s t^−p"""

    s: float
    p: float

    def steps(self, T: int) -> Array:
        return self.s * np.arange(1, T + 1.0) ** -self.p

    def refined(self, T: int) -> float:
        """The sum of Theorem 10 for D = G = 1."""
        h = self.steps(T)
        ahead = np.cumsum(h[::-1])[::-1]
        squares = np.cumsum((h * h)[::-1])[::-1]
        double = (h[:-1] / ahead[1:] * squares[:-1] / ahead[:-1]).sum()
        return float((1 + squares[0]) / (2 * ahead[0]) + double / 2)

    def compact(self, T: int) -> float:
        h = self.steps(T)
        ahead = np.cumsum(h[::-1])[::-1]
        return float(1 / (2 * ahead[0]) + ((h[:-1] ** 2 / ahead[1:]).sum() + h[-1]) / 2)


def table(of: Callable[[int], float]) -> Array:
    return np.array([of(T) for T in range(1, LONGEST + 1)])


def tabled(of: Callable[[int], float]) -> Callable[[Array, Constants], Array]:
    values = table(of)
    return lambda k, c: c["D"] * c["G"] * values[k[:, 0].astype(int)][:, None]


def claim(h: Power) -> Claim[AbsoluteDeviations, Iterate]:
    return Claim[AbsoluteDeviations, Iterate](
        source=Source("defazio2023 v1", "Theorem 10", "li.refined", Statement.VERIFIED),
        assumes=frozenset({Trait.CONVEX, Trait.LIPSCHITZ}),
        instances={
            "absolute deviations": partial(absolute_deviations, kinks=4, pairs=2, spread=20.0),
            "one variable": partial(absolute_deviations, n=1, pairs=3, spread=20.0),
        },
        algorithm=Subgradients(lambda c, k: c["D"].value / c["G"].value * (h.s * (k + 1) ** -h.p)),
        metric=each(missing),
        unit=Unit(f=1),
        bound=tabled(h.refined),
        holds=InExpectation(),
        k=range(LONGEST),
        laws={"the schedule": steps_by(lambda c, k: h.s * (k + 1) ** -h.p * c["D"] / c["G"])},
        rounding=tiny,
        seeds=256,
    )


ROOT, CONSTANT, RISING = Power(0.5, 0.5), Power(0.15, 0.0), Power(0.02, -0.5)
CLAIMS = {name: claim(h) for name, h in (("1/sqrt t", ROOT), ("constant", CONSTANT), ("rising", RISING))}


@dataclass(frozen=True)
class Sums:
    """One state for each T."""

    def iterates(self, problem: AbsoluteDeviations, noise: Noise, /) -> Iterator[int]:
        yield from count(1)


def evaluated(h: Power) -> Claim[AbsoluteDeviations, int]:
    def compact(p: AbsoluteDeviations, T: int) -> Array:
        return p.constants["D"].value * p.constants["G"].value * h.compact(T)

    return Claim[AbsoluteDeviations, int](
        source=CLAIMS["constant"].source,
        assumes=CLAIMS["constant"].assumes,
        instances={"absolute deviations": absolute_deviations},
        algorithm=Sums(),
        metric=each(compact),
        unit=Unit(f=1),
        bound=tabled(h.refined),
        holds=Equal(1e-12),
        k=range(LONGEST),
        seeds=1,
    )


COMPACT = {f"compact form, {name}": evaluated(h) for name, h in (("1/sqrt t", ROOT), ("rising", RISING))}
WORST = CLAIMS["1/sqrt t"]

THEOREM = Theorem(
    claims={
        **{name: (c, Status.CONSISTENT) for name, c in CLAIMS.items()},
        **{name: (c, Status.CONSISTENT) for name, c in COMPACT.items()},
    },
    foils={
        "a fifth of it": (replace(WORST, bound=lambda k, c: 0.2 * tabled(ROOT.refined)(k, c)), Status.REFUTED),
        "D G/(2 T)": (replace(on(WORST, "one variable"), bound=lambda k, c: c["D"] * c["G"] / (2 * (k + 1))), Status.REFUTED),
        "another schedule": (replace(on(WORST, "one variable"), algorithm=CLAIMS["constant"].algorithm, seeds=8), Status.UNLAWFUL),
        "compact without its last term": (
            replace(COMPACT["compact form, rising"], bound=tabled(lambda T: RISING.compact(T) - 0.5 * float(RISING.steps(T)[-1]))),
            Status.REFUTED,
        ),
        "D/G for D G": (replace(WORST, bound=lambda k, c: tabled(ROOT.refined)(k, c) / c["G"] ** 2), Status.ILL_POSED),
    },
)
