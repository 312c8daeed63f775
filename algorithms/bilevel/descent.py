"""Outer descent with hypergradients by unrolling or by implicit differentiation, the lower level started warm or cold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from typing import Protocol, TypeAlias

from array_api_compat import array_namespace

from algorithms.bilevel.batched import solve
from algorithms.bilevel.implicit import hypergradient, lower_step
from algorithms.bilevel.linear import cg, neumann
from algorithms.bilevel.oracles import Bilevel
from ratecheck import Array, Noise

Linear: TypeAlias = Callable[[Bilevel, Array, Array, Array], Array]  # x, y, the last q -> q ≈ A⁻¹∇_y f


class Hypergradient(Protocol):
    def __call__(self, problem: Bilevel, x: Array, y: Array, q: Array, /) -> tuple[Array, Array, Array]: ...  # from y, q: z ≈ ∇F, y, q


@dataclass(frozen=True)
class Unrolled:
    """`steps` gradient steps of length 1/L on g(x, ·), of which reverse mode goes through the last `kept`."""

    steps: int = 40
    kept: int = 40

    def __call__(self, problem: Bilevel, x: Array, y: Array, q: Array, /) -> tuple[Array, Array, Array]:
        gamma, path = lower_step(problem, 1.0), []
        for _ in range(self.steps):
            path.append(y)
            y = y - gamma * problem.lower_y(x, y)
        z, a = problem.upper_x(x, y), problem.upper_y(x, y)
        for at in reversed(path[self.steps - self.kept :]):
            z = z - gamma * problem.cross_t(x, at, a)
            a = a - gamma * problem.hvp(x, at, a)
        return z, y, q


@dataclass(frozen=True)
class ByConjugateGradients:
    """From the last q."""

    steps: int = 10

    def __call__(self, problem: Bilevel, x: Array, y: Array, q: Array, /) -> Array:
        return cg(partial(problem.hvp, x, y), problem.upper_y(x, y), self.steps, q)


@dataclass(frozen=True)
class ByNeumannSeries:
    """γ Σ_{j < terms} (I − γA)^j ∇_y f, γ = 1/L; the last q is of no use to it."""

    terms: int = 40

    def __call__(self, problem: Bilevel, x: Array, y: Array, q: Array, /) -> Array:
        return next(islice(neumann(partial(problem.hvp, x, y), problem.upper_y(x, y), lower_step(problem, 1.0)), self.terms, None))


@dataclass(frozen=True)
class Directly:
    """A column by column, from m Hessian-vector products, and one factorisation."""

    def __call__(self, problem: Bilevel, x: Array, y: Array, q: Array, /) -> Array:
        xp = array_namespace(y)
        unit = xp.eye(y.shape[-1], dtype=y.dtype)
        A = xp.stack([problem.hvp(x, y, unit[i, :][None, :] + 0 * y) for i in range(y.shape[-1])], axis=-1)
        return solve(A, problem.upper_y(x, y))


@dataclass(frozen=True)
class Implicit:
    """`steps` gradient steps of length 1/L on g(x, ·), then ∇_x f − B'q."""

    linear: Linear = ByConjugateGradients()
    steps: int = 40

    def __call__(self, problem: Bilevel, x: Array, y: Array, q: Array, /) -> tuple[Array, Array, Array]:
        gamma = lower_step(problem, 1.0)
        for _ in range(self.steps):
            y = y - gamma * problem.lower_y(x, y)
        q = self.linear(problem, x, y, q)
        return hypergradient(problem, x, y, q), y, q


@dataclass(frozen=True, eq=False)
class Descended:
    k: int
    x: Array  # (B, n)
    z: Array  # (B, n) ≈ ∇F(x)
    y: Array  # (B, m)
    q: Array  # (B, m)
    alpha: Array  # (B, 1)


@dataclass(frozen=True)
class HypergradientDescent:
    """x_{k+1} = x_k − α z_k, α = relative/L_F; y and q start from the last ones if `warm`, else from y0 and 0."""

    hypergradient: Hypergradient = Unrolled()
    warm: bool = True
    relative: float = 1.0

    def iterates(self, problem: Bilevel, noise: Noise, /) -> Iterator[Descended]:
        x, y = problem.x0, problem.y0
        q = 0 * y
        alpha = (self.relative / (problem.constants["L_F"].value + 0 * x[:, 0]))[:, None]
        for k in count():
            z, y, q = self.hypergradient(problem, x, y, q) if self.warm else self.hypergradient(problem, x, problem.y0, 0 * y)
            yield Descended(k, x, z, y, q, alpha)
            x = x - alpha * z
