"""Bernstein, Newhouse 2024 (arXiv 2409.20325, text read), Proposition 8 with p = 2: two operator norms in closed form.

    ‖W‖_{1→2} = max_{‖x‖₁ ≤ 1} ‖W x‖₂  is the largest ℓ₂ norm of a column,
    ‖W‖_{2→∞} = max_{‖x‖₂ ≤ 1} ‖W x‖_∞ is the largest ℓ₂ norm of a row.

Index k is a random candidate x, pulled towards the maximiser as k grows: no x does better, and the maximum is attained.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from array_api_compat import array_namespace

from problems.frank_wolfe.matrices import GRADIENT, Matrices, layer
from ratecheck import Always, Array, Certified, Claim, Noise, Side, Source, Statement, Status, Theorem, each


@dataclass(frozen=True, eq=False)
class Vector:
    x: Array  # (B, q)


def column_unit(W: Array) -> Array:
    """The first unit vector e_j whose column is longest."""
    xp = array_namespace(W)
    j = xp.argmax(xp.sum(W * W, axis=-2), axis=-1)
    return xp.astype(xp.arange(W.shape[-1])[None, :] == j[:, None], W.dtype)


def row_direction(W: Array) -> Array:
    """The longest row, normalised."""
    xp = array_namespace(W)
    size = xp.sqrt(xp.sum(W * W, axis=-1))
    top = xp.astype(xp.arange(W.shape[-2])[None, :] == xp.argmax(size, axis=-1)[:, None], W.dtype)
    return xp.sum(top[:, :, None] * W, axis=-2) / xp.max(size, axis=-1, keepdims=True)


@dataclass(frozen=True)
class Candidates:
    """z/‖z‖_p pulled towards the maximiser by the weight 1 − 10^(−k/8); all of it is in the unit ball."""

    columns: bool

    def iterates(self, problem: Matrices, noise: Noise, /) -> Iterator[Vector]:
        W = problem.G[:, 0, :, :]
        xp = array_namespace(W)
        best = column_unit(W) if self.columns else row_direction(W)
        for k, z in enumerate(noise.normals("candidate", W.shape[-1])):
            size = xp.sum(xp.abs(z), axis=-1) if self.columns else xp.sqrt(xp.sum(z * z, axis=-1))
            far = 10 ** (-k / 8)
            yield Vector(far * z / size[:, None] + (1 - far) * best)


def image(p: Matrices, s: Vector) -> Array:
    xp = array_namespace(s.x)
    return xp.sum(p.G[:, 0, :, :] * s.x[:, None, :], axis=-1)


def euclidean(p: Matrices, s: Vector) -> Array:
    y = image(p, s)
    return array_namespace(y).sqrt(array_namespace(y).sum(y * y, axis=-1))


def largest(p: Matrices, s: Vector) -> Array:
    y = image(p, s)
    return array_namespace(y).max(array_namespace(y).abs(y), axis=-1)


def with_norms(seeds: range) -> Matrices:
    """A Gaussian 5 × 3 matrix with its largest column and row norms."""
    p = layer(seeds)
    sizes = {"column": np.sqrt((p.G**2).sum(axis=-2)).max(axis=(1, 2)), "row": np.sqrt((p.G**2).sum(axis=-1)).max(axis=(1, 2))}
    known = {n: Certified(v, GRADIENT, Side.EXACT, f"largest ℓ₂ norm of a {n}, by definition") for n, v in sizes.items()}
    return replace(p, constants={**p.constants, **known})


COLUMN = Claim[Matrices, Vector](
    source=Source("bernstein2024 (arXiv 2409.20325)", "Proposition 8, p = 2", "norm.induced", Statement.VERIFIED),
    assumes=frozenset(),
    instances={"5 x 3": with_norms},
    algorithm=Candidates(columns=True),
    metric=each(euclidean),
    unit=GRADIENT,
    bound=lambda k, c: c["column"] + 0 * k,
    holds=Always(),
    k=range(120),
    sharp={"5 x 3": Always(power=0.999999)},
    seeds=32,
)
ROW = replace(COLUMN, algorithm=Candidates(columns=False), metric=each(largest), bound=lambda k, c: c["row"] + 0 * k)

THEOREM = Theorem(
    claims={"1 → 2": (COLUMN, Status.CONSISTENT), "2 → ∞": (ROW, Status.CONSISTENT)},
    foils={
        "candidates of the other ball": (replace(COLUMN, algorithm=Candidates(columns=False)), Status.REFUTED),
        "largest row": (replace(COLUMN, bound=lambda k, c: c["row"] + 0 * k), Status.REFUTED),
        "largest column": (replace(ROW, bound=lambda k, c: c["column"] + 0 * k), Status.REFUTED),
        "0.1% less": (replace(ROW, bound=lambda k, c: 0.999 * c["row"]), Status.REFUTED),
    },
)
