"""Nemirovski, Yudin 1983, the resisting oracle for the maximal loss (as in Wang, Zhang, Li 2024's lower bounds); derived.

f(x) = max_{i ≤ N} x_i over the unit ball, f* = −1/√N. Against an oracle that shows e_i for the first index of the largest entry,
a method that starts at 0 and moves in the span of what it has seen (sub-gradient steps, with or without momentum) satisfies
    f(x_j) − f* ≥ 1/√N   for every j < N:   an untouched coordinate is 0.   Equality for sub-gradient steps.
The chain instance of the N ε^{−2/3} lower bound is another one and is not built here.
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.ball_steps import Point, Subgradient
from problems.min_max.maximal_loss import Coordinates, coordinates
from ratecheck import Array, AtLeast, Claim, Equal, Law, Source, Statement, Status, Theorem, Trait, Unit, best


def suboptimality(p: Coordinates, s: Point) -> Array:
    return p.value(s.x) + p.constants["N"].value ** -0.5


def steps(gamma: float, momentum: float = 0.0) -> Law[Coordinates, Point]:
    def law(p: Coordinates, s: Point, t: Point) -> Array:
        """x' = P[x − γ e_i + momentum (x − x_before)] with x_i the largest entry"""
        xp = array_namespace(s.x)
        attained = xp.sum(s.g * s.x, axis=-1) - p.value(s.x)
        moved = xp.abs(t.x - p.project(s.x - gamma * s.g + momentum * (s.x - s.before))) + xp.abs(t.before - s.x)
        return xp.max(moved, axis=-1) + xp.abs(attained) + xp.abs(xp.sum(s.g, axis=-1) - 1)

    return law


def below(n: int, gamma: float = 0.1, momentum: float = 0.0) -> Claim[Coordinates, Point]:
    return Claim[Coordinates, Point](
        source=Source("wang2024", "resisting oracle", "max.nemirovski", Statement.DERIVED),
        assumes=frozenset({Trait.COMPACT}),
        instances={f"N = {n}": partial(coordinates, N=n)},
        algorithm=Subgradient(gamma, momentum),
        metric=best(suboptimality),
        unit=Unit(),
        bound=lambda k, c: c["N"] ** -0.5 + 0 * k,
        holds=AtLeast(),
        k=range(n),
        laws={"sub-gradient step": steps(gamma, momentum)},
        seeds=1,
    )


SMALL = below(16)
THEOREM = Theorem(
    claims={
        "N = 16": (SMALL, Status.CONSISTENT),
        "N = 256": (below(256), Status.CONSISTENT),
        "with momentum": (below(64, momentum=0.9), Status.CONSISTENT),
        "met by sub-gradient steps": (replace(SMALL, holds=Equal()), Status.CONSISTENT),
    },
    foils={
        "twice the step": (replace(SMALL, algorithm=Subgradient(0.2), laws={"sub-gradient step": steps(0.1)}), Status.UNLAWFUL),
        "one more step": (replace(SMALL, k=range(18)), Status.REFUTED),
        "an oracle that does not resist": (
            replace(SMALL, laws={}, algorithm=Subgradient(0.1, oracle=lambda p, x: p.mean_grad(x))),
            Status.REFUTED,
        ),
        "twice": (replace(SMALL, bound=lambda k, c: 2 * c["N"] ** -0.5 + 0 * k), Status.REFUTED),
        "no N": (replace(SMALL, bound=lambda k, c: 0.5 + 0 * k), Status.REFUTED),
    },
)
