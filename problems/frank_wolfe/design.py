"""D-optimal design: f(x) = −log det Σ x_i a_i a_i' over the simplex, self-concordant with ν = 3, M = 2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.frank_wolfe.oracles import Simplex
from problems.frank_wolfe.self_concordant import GSC, concordance
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class OptimalDesign:
    A: Array  # (B, n, m), rows a_i, n > m
    x0: Array  # (B, n), uniform: at a vertex the matrix is singular
    constants: Mapping[str, Certified]
    nu: float = 3.0
    over: Simplex = field(default_factory=Simplex)
    traits: frozenset[Trait] = GSC | {Trait.COMPACT, Trait.POLYTOPE}

    def information(self, x: Array, /) -> Array:  # (B, n) -> (B, m, m), Σ x_i a_i a_i'
        xp = array_namespace(x)
        return xp.matmul(xp.matrix_transpose(self.A), x[:, :, None] * self.A)

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,), ∞ outside the domain
        xp = array_namespace(x)
        e = xp.linalg.eigvalsh(self.information(x))
        safe = xp.where(e > 0, e, xp.ones_like(e))
        return xp.where(e[:, 0] > 0, -xp.sum(xp.log(safe), axis=-1), xp.asarray(xp.inf, dtype=x.dtype))

    def grad(self, x: Array, /) -> Array:  # −a_i' V⁻¹ a_i
        xp = array_namespace(x)
        return -xp.sum(self.A * xp.matmul(self.A, xp.linalg.inv(self.information(x))), axis=-1)

    def local(self, x: Array, v: Array, /) -> Array:  # ‖v‖²_x = tr (V⁻¹ U)²
        xp = array_namespace(x)
        W = xp.matmul(xp.linalg.inv(self.information(x)), self.information(v))
        return xp.sum(W * xp.matrix_transpose(W), axis=(1, 2))

    def inside(self, x: Array, /) -> Array:  # (B, n) -> (B,) booleans
        xp = array_namespace(x)
        return xp.linalg.eigvalsh(self.information(x))[:, 0] > 0

    def interior(self, z: Array, /) -> Array:
        xp = array_namespace(z)
        w = xp.exp(z)
        return w / xp.sum(w, axis=-1, keepdims=True)

    def lmo(self, g: Array, /) -> Array:
        return self.over.vertex(g)


def optimal_design(seeds: range, n: Annotated[int, (5, 30)] = 10, m: Annotated[int, (1, 4)] = 3) -> OptimalDesign:
    """Normal regressors."""
    B = len(seeds)
    A = np.stack([np.random.default_rng([seed, 13]).standard_normal((n, m)) for seed in seeds])
    constants = {
        "M": concordance(2.0, 3.0, B, "−log det of a linear map"),
        "D": Certified(np.full(B, 2**0.5), Unit(0, 1), Side.EXACT, "Euclidean distance of two vertices of the simplex"),
    }
    return OptimalDesign(A, np.full((B, n), 1 / n), constants)
