"""Least squares and the squared norm over the unit simplex, with f* exact by construction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT, Trait.POLYTOPE})


def simplex_vertex(g: Array) -> Array:
    """e_i with i the first index of the smallest entry, row by row."""
    xp = array_namespace(g)
    return xp.astype(xp.arange(g.shape[-1])[None, :] == xp.argmin(g, axis=-1)[:, None], g.dtype)


@dataclass(frozen=True, eq=False)
class SimplexLeastSquares:
    """f(x) = ½‖Ax − b‖² over {x ≥ 0, Σ x = 1}."""

    A: Array  # (B, m, n) or (1, m, n)
    b: Array  # (B, m) or (1, m)
    x0: Array  # (B, n), a vertex
    f_star: Array  # (B,) or (1,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        r = xp.squeeze(xp.matmul(self.A, x[:, :, None]), axis=-1) - self.b
        return 0.5 * xp.sum(r * r, axis=-1)

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        r = xp.matmul(self.A, x[:, :, None]) - self.b[:, :, None]
        return xp.squeeze(xp.matmul(xp.matrix_transpose(self.A), r), axis=-1)

    def lmo(self, g: Array, /) -> Array:
        return simplex_vertex(g)


def planted(
    seeds: range,
    n: Annotated[int, (2, 30)] = 20,
    m: Annotated[int, (2, 30)] = 15,
    support: Annotated[int, (1, 30)] = 4,
) -> SimplexLeastSquares:
    """b is set so that the KKT conditions hold at a planted x* with min(support, n) positive entries: f* is exact.

    With r any residual, b = A x* − r and the multipliers are A'r: columns of A are shifted so that they vanish on the
    support of x* and are at least 0 off it.
    """
    A, b, x0, f_star, L = [], [], [], [], []
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
        f_star.append(0.5)
        L.append(np.linalg.norm(a, 2) ** 2)
    return SimplexLeastSquares(
        np.stack(A), np.stack(b), np.stack(x0), np.array(f_star), _constants(np.array(L), n, "largest eigenvalue of A'A")
    )


def squared_norm(seeds: range, n: Annotated[int, (2, 2000)] = 1000) -> SimplexLeastSquares:
    """f(x) = ½ · 2 ‖x‖² = ‖x‖² from the vertex e_1, f* = 1/n: the instance of Jaggi's lower bound."""
    B = len(seeds)
    x0 = np.zeros((B, n))
    x0[:, 0] = 1.0
    return _SquaredNorm(np.zeros((1, 1, n)), np.zeros((1, 1)), x0, np.full(B, 1 / n), _constants(np.full(B, 2.0), n, "f is 2-smooth"))


@dataclass(frozen=True, eq=False)
class _SquaredNorm(SimplexLeastSquares):
    def value(self, x: Array, /) -> Array:
        return array_namespace(x).sum(x * x, axis=-1)

    def grad(self, x: Array, /) -> Array:
        return 2 * x


def _constants(L: Array, n: int, proof: str) -> Mapping[str, Certified]:
    return {
        "L": Certified(L, Unit(1, -2), Side.EXACT, proof),
        "D": Certified(np.sqrt(2.0), Unit(0, 1), Side.EXACT, "distance of two vertices of the simplex"),
        "n": Certified(float(n), Unit(), Side.EXACT, "dimension"),
    }
