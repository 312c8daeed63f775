"""m quadratic lower levels that share one upper variable: F(x) = (1/m) Σ f_i(x, y_i(x))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.quadratic import spectrum
from ratecheck import Array, Certified, Side, Trait, Unit


def product(M: Array, v: Array) -> Array:
    """(B, m, p, q), (B, m, q) -> (B, m, p)"""
    xp = array_namespace(M, v)
    return xp.squeeze(xp.matmul(M, v[:, :, :, None]), axis=-1)


@dataclass(frozen=True, eq=False)
class MultiBlock:
    """g_i = ½ y'A_i y − y'(C_i x + b_i),   f_i = ½‖y − c_i‖² + (r/2)‖x‖²."""

    A: Array  # (B, m, d, d)
    C: Array  # (B, m, d, n)
    b: Array  # (B, m, d)
    c: Array  # (B, m, d)
    r: float
    horizon: Array  # (B,) iterations that each row is meant for
    x0: Array  # (B, n)
    y0: Array  # (B, m, d)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH, Trait.FINITE_SUM})

    def _across(self, x: Array) -> Array:
        return product(self.C, array_namespace(x).broadcast_to(x[:, None, :], (x.shape[0], self.b.shape[1], x.shape[-1])))

    def lower_y(self, x: Array, y: Array, /) -> Array:
        """(B, m, d)"""
        return product(self.A, y) - self._across(x) - self.b

    def adjoint(self, x: Array, y: Array, v: Array, /) -> Array:
        """A_i v_i − ∇_y f_i, (B, m, d)"""
        return product(self.A, v) - (y - self.c)

    def block_gradients(self, x: Array, v: Array, /) -> Array:
        """∇_x f_i − B_i'v_i, (B, m, n)"""
        return self.r * x[:, None, :] + product(array_namespace(x).matrix_transpose(self.C), v)

    def hypergrad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        y = xp.squeeze(xp.linalg.solve(self.A, (self._across(x) + self.b)[..., None]), axis=-1)
        v = xp.squeeze(xp.linalg.solve(self.A, (y - self.c)[..., None]), axis=-1)
        return xp.mean(self.block_gradients(x, v), axis=1)


def multi_block(
    seeds: range,
    m: Annotated[int, (1, 12)] = 6,
    d: Annotated[int, (1, 6)] = 2,
    n: Annotated[int, (1, 6)] = 2,
    longest: Annotated[int, (100, 10**6)] = 1600,
) -> MultiBlock:
    """Eigenvalues of A_i on [0.5, 1.5]; row b has the horizon longest/4^(b mod 3)."""
    rows: list[Any] = []
    for seed in seeds:
        r = np.random.default_rng([seed, 106])
        A = np.stack([spectrum(r, np.linspace(0.5, 1.5, d)) for _ in range(m)])
        rows.append((A, r.standard_normal((m, d, n)) / np.sqrt(n), r.standard_normal((m, d)), r.standard_normal((m, d)), r.standard_normal(n)))
    A, C, b, c, x0 = (np.stack(part) for part in zip(*rows, strict=True))
    horizon = longest / 4.0 ** (np.array(list(seeds)) % 3)
    constants = {
        "horizon": Certified(horizon, Unit(), Side.EXACT, "chosen"),
        "m": Certified(float(m), Unit(), Side.EXACT, "number of blocks"),
    }
    return MultiBlock(A, C, b, c, 0.5, horizon, x0, 0 * b, constants)
