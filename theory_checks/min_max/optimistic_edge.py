"""Optimistic and reflected gradient on a bilinear game: the true edge of the step (derived, an equality).

F skew with singular value s, both steps of the optimistic gradient equal to g. It is stable if and only if g s < 1/√3, and so is the
reflected gradient; the sufficient conditions of the theory are g s < 1/2 and g s < 1/(1 + √2).
Why: an eigenvalue i s gives λ² − (1 − 2 i h) λ − i h = 0, h = g s, the same for both; |λ| = 1 at h = 1/√3 only.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.min_max.optimistic import OptimisticGradient, ReflectedGradient, State
from algorithms.min_max.stability import Edge, StabilityEdge
from algorithms.min_max.steps import Step, over_L
from problems.min_max.linear_operators import skew
from ratecheck import Algorithm, Array, Claim, Constants, Equal, Source, Statement, Status, Theorem, Trait, each
from theory_checks.min_max._common import STEP, Game


def method_edge(method: Callable[[Step], Algorithm[Game, State]]) -> Claim[Game, Edge]:
    return Claim[Game, Edge](
        source=Source("popov1980", "bilinear games", "vi.og.bilinear-limit", Statement.DERIVED),
        assumes=frozenset({Trait.MONOTONE, Trait.AFFINE}),
        instances={"one pair": partial(skew, pairs=1)},
        algorithm=StabilityEdge(method, over_L(0.1), over_L(1.5), K=300),
        metric=each(lambda p, s: s.step),
        unit=STEP,
        bound=lambda k, c: 1 / (np.sqrt(3) * c["L"]),
        holds=Equal(1e-10),
        k=range(1),
        seeds=2,
    )


OPTIMISTIC = method_edge(lambda g: OptimisticGradient(g, g))
REFLECTED = method_edge(ReflectedGradient)


def double(step: Step) -> Step:
    return lambda c: 2 * step(c)


def with_edge(bound: Callable[[Array, Constants], Array]) -> Claim[Game, Edge]:
    return replace(OPTIMISTIC, bound=bound)


THEOREM = Theorem(
    claims={"optimistic": (OPTIMISTIC, Status.CONSISTENT), "reflected": (REFLECTED, Status.CONSISTENT)},
    foils={
        "1/2, the sufficient condition": (with_edge(lambda k, c: 1 / (2 * c["L"])), Status.REFUTED),
        "1, extragradient's": (with_edge(lambda k, c: 1 / c["L"]), Status.REFUTED),
        "no s": (with_edge(lambda k, c: 1 / np.sqrt(3) + 0 * c["L"]), Status.ILL_POSED),
        "a longer extrapolation": (method_edge(lambda g: OptimisticGradient(double(g), g)), Status.REFUTED),
    },
)
