"""Implicit differentiation at an approximate lower-level solution (Pedregosa 2016, Ehrhardt, Roberts 2023)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count

from algorithms.bilevel.batched import solve
from algorithms.bilevel.linear import cg
from algorithms.bilevel.oracles import Bilevel, Solvable
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Approximate:
    """z = ∇_x f − B'q at (x, y), where y ≈ y*(x) and A q ≈ ∇_y f."""

    k: int
    x: Array  # (B, n)
    y: Array  # (B, m)
    q: Array  # (B, m)
    z: Array  # (B, n)
    gamma: Array  # (B, 1) lower-level step


def hypergradient(problem: Bilevel, x: Array, y: Array, q: Array) -> Array:
    return problem.upper_x(x, y) - problem.cross_t(x, y, q)


def exact_hypergradient(problem: Solvable, x: Array) -> Array:
    """∇F(x) = ∇_x f − B'A⁻¹∇_y f at y*(x), by one direct solve."""
    y = problem.y_star(x)
    return hypergradient(problem, x, y, solve(problem.hessian(x, y), problem.upper_y(x, y)))


def lower_step(problem: Bilevel, relative: float) -> Array:
    """relative / L, (B, 1)"""
    return (relative / (problem.constants["L"].value + 0 * problem.x0[:, 0]))[:, None]


@dataclass(frozen=True)
class ImplicitDifferentiation:
    """At the fixed x = x0: y_k after k gradient steps relative/L, q_k after `solves` steps of conjugate gradients from 0."""

    solves: int = 3
    relative: float = 1.0

    def iterates(self, problem: Bilevel, noise: Noise, /) -> Iterator[Approximate]:
        x, y = problem.x0, problem.y0
        gamma = lower_step(problem, self.relative)
        for k in count():
            q = cg(partial(problem.hvp, x, y), problem.upper_y(x, y), self.solves)
            yield Approximate(k, x, y, q, hypergradient(problem, x, y, q), gamma)
            y = y - gamma * problem.lower_y(x, y)
