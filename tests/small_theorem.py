"""Gradient descent on a separable quadratic, with and without noise: a theorem small enough to know the fate of every mutant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from types import MappingProxyType
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import (
    Always,
    Array,
    Certified,
    Claim,
    Constants,
    Equal,
    InExpectation,
    Noise,
    Seen,
    Side,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
)

STEP = Unit(-1, 2)


@dataclass(frozen=True, eq=False)
class Quadratic:
    """f(x) = ½ Σ h_i x_i², 0 < mu <= h_i <= L, from a point of the sphere of radius R."""

    h: Array  # (B, n)
    x0: Array  # (B, n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.STRONGLY_CONVEX, Trait.SMOOTH})

    def value(self, x: Array, /) -> Array:
        """(B, n) -> (B,)"""
        return 0.5 * array_namespace(x).sum(self.h * x * x, axis=-1)

    def grad(self, x: Array, /) -> Array:
        """(B, n) -> (B, n)"""
        return self.h * x


def quadratic(seeds: range, n: Annotated[int, (1, 20)] = 4, kappa: Annotated[float, (1.0, 100.0)] = 5.0, flat: bool = False) -> Quadratic:
    """`flat`: x_0 is the eigenvector of mu, the worst case."""
    d = np.stack([np.random.default_rng([seed, 6]).standard_normal(n) for seed in seeds])
    d /= np.linalg.norm(d, axis=1, keepdims=True)
    if flat:
        d = np.eye(n)[-1:] * np.ones((len(seeds), 1))
    constants = {
        "mu": Certified(np.full(len(seeds), 2.0 / kappa), Unit(1, -2), Side.LOWER, "the smallest entry of h, known from below"),
        "R": Certified(np.full(len(seeds), 3.0), Unit(0, 1), Side.EXACT, "by construction"),
    }
    return Quadratic(np.geomspace(2.0, 2.0 / kappa, n)[None, :] * np.ones((len(seeds), 1)), 3.0 * d, MappingProxyType(constants))


def worst(seeds: range) -> Quadratic:
    return quadratic(seeds, flat=True)


@dataclass(frozen=True, eq=False)
class Point:
    k: int
    x: Array  # (B, n)
    g: Array  # (B, n)
    s: Array  # (B,)


@dataclass(frozen=True)
class Descent:
    """x_{k+1} = x_k − s ∇f(x_k)."""

    s: float = 0.25

    def iterates(self, problem: Quadratic, noise: Noise, /) -> Iterator[Point]:
        x = problem.x0
        for k in count():
            g = problem.grad(x)
            yield Point(k, x, g, self.s + 0 * x[:, 0])
            x = x - self.s * g


@dataclass(frozen=True)
class NoisyDescent:
    """The gradient is multiplied by 2u, u uniform on [0, 1)."""

    s: float = 0.25

    def iterates(self, problem: Quadratic, noise: Noise, /) -> Iterator[Point]:
        x = problem.x0
        draws = noise.uniforms("u")
        for k in count():
            u = next(draws)
            g = problem.grad(x) * (2.0 * u)[:, None]
            yield Point(k, x, g, self.s + 0 * x[:, 0])
            x = x - self.s * g


def distance2(p: Quadratic, s: Point) -> Array:
    return array_namespace(s.x).sum(s.x * s.x, axis=-1)


def bound(k: Array, c: Constants) -> Array:
    return (1 - c["s"] * c["mu"]) ** (2 * k) * c["R"] ** 2


def second_moment(k: Array, c: Constants) -> Array:
    """E (1 − 2usμ)² = 1 − 2sμ + (4/3) s²μ²."""
    return (1 - 2 * c["s"] * c["mu"] + 4 / 3 * (c["s"] * c["mu"]) ** 2) ** k * c["R"] ** 2


def along_the_gradient(p: Quadratic, s: Point, t: Point) -> Array:
    """x_{k+1} = x_k − s ∇f(x_k)"""
    xp = array_namespace(s.x)
    d = t.x - s.x + s.s[:, None] * p.grad(s.x)
    return xp.max(xp.abs(d), axis=-1) / xp.max(xp.abs(s.x), axis=-1) + xp.max(xp.abs(s.g - p.grad(s.x)), axis=-1) / xp.max(
        xp.abs(s.g), axis=-1
    )


def at_most(step: float) -> Callable[[Array, Constants], Array]:
    return lambda k, c: c["s"] * c["mu"] / (step * 2.0) + 0 * k


CLAIM = Claim[Quadratic, Point](
    source=Source("nobody 2000", "Theorem 2", "test.small", Statement.DERIVED),
    assumes=frozenset({Trait.STRONGLY_CONVEX}),
    instances={"random": quadratic, "worst": worst},
    algorithm=Descent(),
    metric=each(distance2),
    unit=Unit(0, 2),
    bound=bound,
    holds=Always(),
    k=range(1, 41),
    seen={"s": Seen(each(lambda p, s: s.s), STEP)},
    laws={"along the gradient": along_the_gradient},
    sharp={"worst": Equal(1e-6)},
    seeds=6,
)
MEAN = replace(CLAIM, algorithm=NoisyDescent(), bound=second_moment, holds=InExpectation(), laws={}, sharp={}, k=range(1, 9), seeds=128)

THEOREM = Theorem(
    claims={"distance": (CLAIM, Status.CONSISTENT), "in the mean": (MEAN, Status.CONSISTENT)},
    foils={"half": (replace(CLAIM, bound=lambda k, c: 0.5 * bound(k, c)), Status.REFUTED)},
)
