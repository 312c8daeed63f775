"""Least squares and the squared norm over the unit simplex, with f* exact by construction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.frank_wolfe.oracles import Simplex
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT, Trait.POLYTOPE})


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """f(x) = ½‖Ax − b‖² over {x ≥ 0, Σ x = 1}."""

    A: Array  # (B, m, n)
    b: Array  # (B, m)
    x0: Array  # (B, n), a vertex
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS
    over: Simplex = field(default_factory=Simplex)

    def residual(self, x: Array, /) -> Array:  # (B, n) -> (B, m)
        xp = array_namespace(x)
        return xp.squeeze(xp.matmul(self.A, x[:, :, None]), axis=-1) - self.b

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        r = self.residual(x)
        return 0.5 * array_namespace(x).sum(r * r, axis=-1)

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        xp = array_namespace(x)
        return xp.squeeze(xp.matmul(self.residual(x)[:, None, :], self.A), axis=-2)

    def lmo(self, g: Array, /) -> Array:  # (B, n) -> (B, n)
        return self.over.vertex(g)

    def curvature(self, d: Array, /) -> Array:  # (B, n) -> (B,), d'∇²f d
        xp = array_namespace(d)
        r = xp.squeeze(xp.matmul(self.A, d[:, :, None]), axis=-1)
        return xp.sum(r * r, axis=-1)


def planted(
    seeds: range,
    n: Annotated[int, (2, 30)] = 20,
    m: Annotated[int, (2, 30)] = 15,
    support: Annotated[int, (1, 30)] = 4,
) -> LeastSquares:
    """b is set so that the KKT conditions hold at a planted x* with min(support, n) positive entries: f* = ½ exactly.

    With r any unit residual, b = A x* − r and the multipliers are A'r: columns of A are shifted so that these vanish on the
    support of x* and are at least 0 off it.
    """
    A, b, x0, L, C = [], [], [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 1])
        a = g.standard_normal((m, n))
        x = np.zeros(n)
        chosen = g.permutation(n)[: min(support, n)]
        x[chosen] = g.dirichlet(np.ones(len(chosen)))
        r = g.standard_normal(m)
        r /= np.linalg.norm(r)
        multiplier = g.random(n)
        multiplier[chosen] = 0.0
        a += np.outer(r, multiplier - r @ a)
        A.append(a)
        b.append(a @ x - r)
        x0.append(np.eye(n)[g.integers(n)])
        L.append(np.linalg.norm(a, 2) ** 2)
        C.append(max(np.sum((a[:, :, None] - a[:, None, :]) ** 2, axis=0).ravel()))
    constants = over_simplex(n, np.array(L), "largest eigenvalue of A'A", np.array(C), "largest |A(v − w)|² over pairs of vertices")
    return LeastSquares(np.stack(A), np.stack(b), np.stack(x0), np.full(len(seeds), 0.5), constants)


@dataclass(frozen=True, eq=False)
class SquaredNorm:
    """f(x) = ‖x‖² over the simplex, f* = 1/n: the instance of Jaggi's lower bounds."""

    x0: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    nu: float = 2.0
    traits: frozenset[Trait] = TRAITS | {Trait.STRONGLY_CONVEX, Trait.SELF_CONCORDANT}
    over: Simplex = field(default_factory=Simplex)

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        return array_namespace(x).sum(x * x, axis=-1)

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        return 2 * x

    def lmo(self, g: Array, /) -> Array:  # (B, n) -> (B, n)
        return self.over.vertex(g)

    def curvature(self, d: Array, /) -> Array:  # (B, n) -> (B,)
        return 2 * self.value(d)

    def local(self, x: Array, v: Array, /) -> Array:  # (B, n), (B, n) -> (B,), v'∇²f v
        return 2 * self.value(v)

    def inside(self, x: Array, /) -> Array:  # (B, n) -> (B,) booleans: everywhere
        return x[:, 0] == x[:, 0]


def squared_norm(seeds: range, n: Annotated[int, (2, 2000)] = 1000, vertices: int = 1) -> SquaredNorm:
    """From e_1, or from the mean of the first two vertices."""
    B = len(seeds)
    x0 = np.zeros((B, n))
    x0[:, :vertices] = 1 / vertices
    constants = {
        **over_simplex(n, np.full(B, 2.0), "the Hessian is 2 I", np.full(B, 4.0), "2 ‖v − w‖² for two vertices"),
        "M": Certified(np.zeros(B), Unit(0, -1), Side.EXACT, "no third derivative; ν = 2"),
        "h_0": Certified(np.full(B, 1 / vertices - 1 / n), Unit(1, 0), Side.EXACT, "f(x0) − 1/n"),
    }
    return SquaredNorm(x0, np.full(B, 1 / n), constants)


def over_simplex(n: int, L: Array, smooth: str, C: Array, curved: str) -> Mapping[str, Certified]:
    return {
        "L": Certified(L, Unit(1, -2), Side.EXACT, smooth + ", Euclidean norm"),
        "D": Certified(np.full(len(L), 2**0.5), Unit(0, 1), Side.EXACT, "Euclidean distance of two vertices of the simplex"),
        "C_f": Certified(C, Unit(1, 0), Side.EXACT, curved),
        "n": Certified(np.full(len(L), float(n)), Unit(), Side.EXACT, "dimension"),
        "f_gap": Certified(np.zeros(len(L)), Unit(1, 0), Side.EXACT, "f* is known exactly"),
    }
