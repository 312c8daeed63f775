"""Portfolio selection f(x) = −Σ_t log(r_t'x) over the simplex: generalized self-concordant with ν = 3, M = 2."""

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
class Portfolio:
    R: Array  # (B, p, n), returns r_t
    x0: Array  # (B, n), a vertex
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]
    nu: float = 3.0
    over: Simplex = field(default_factory=Simplex)

    def _returns(self, x: Array) -> Array:  # (B, n) -> (B, p)
        xp = array_namespace(x)
        return xp.squeeze(xp.matmul(self.R, x[:, :, None]), axis=-1)

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,), ∞ outside the domain
        xp = array_namespace(x)
        w = self._returns(x)
        safe = xp.where(w > 0, w, xp.ones_like(w))
        return xp.where(xp.all(w > 0, axis=-1), -xp.sum(xp.log(safe), axis=-1), xp.asarray(xp.inf, dtype=x.dtype))

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.squeeze(xp.matmul(-1 / self._returns(x)[:, None, :], self.R), axis=-2)

    def local(self, x: Array, v: Array, /) -> Array:  # ‖v‖²_x
        xp = array_namespace(x)
        return xp.sum((self._returns(v) / self._returns(x)) ** 2, axis=-1)

    def inside(self, x: Array, /) -> Array:  # (B, n) -> (B,) booleans
        return array_namespace(x).all(self._returns(x) > 0, axis=-1)

    def lmo(self, g: Array, /) -> Array:
        return self.over.vertex(g)


def _drawn(seeds: range, R: list[Array], extra: Mapping[str, Certified], start: int | None) -> Portfolio:
    B, n = len(seeds), R[0].shape[1]
    x0 = np.stack([np.eye(n)[seed % n if start is None else start] for seed in seeds])
    constants = {
        "M": concordance(2.0, 3.0, B, "a sum of −log of affine functions"),
        "D": Certified(np.full(B, 2**0.5), Unit(0, 1), Side.EXACT, "Euclidean distance of two vertices of the simplex"),
        **extra,
    }
    smooth = {Trait.SMOOTH} if "L" in extra else set()
    return Portfolio(np.stack(R), x0, constants, GSC | {Trait.COMPACT, Trait.POLYTOPE} | smooth)


def positive_returns(
    seeds: range, n: Annotated[int, (2, 30)] = 8, p: Annotated[int, (1, 40)] = 12, spread: Annotated[float, (0.05, 1.0)] = 0.3
) -> Portfolio:
    """Log-normal returns: the domain holds the simplex."""
    R = [np.exp(spread * np.random.default_rng([seed, 6]).standard_normal((p, n))) for seed in seeds]
    L = [np.linalg.eigvalsh((r / r.min(axis=1, keepdims=True)).T @ (r / r.min(axis=1, keepdims=True)))[-1] for r in R]
    proof = "largest eigenvalue of Σ r_t r_t'/(min_i r_ti)², as r_t'x ≥ min_i r_ti on the simplex"
    extra = {
        "L": Certified(np.array(L), Unit(1, -2), Side.UPPER, proof),
        "C_f": Certified(2 * np.array(L), Unit(1, 0), Side.UPPER, "L D²"),
    }
    return _drawn(seeds, R, extra, None)


def signed_returns(seeds: range, n: Annotated[int, (2, 30)] = 10, p: Annotated[int, (1, 40)] = 15) -> Portfolio:
    """Returns N(0.3, 0.6²), those of the first asset made positive: the simplex leaves the domain, e_1 does not."""
    R = []
    for seed in seeds:
        r = 0.3 + 0.6 * np.random.default_rng([seed, 7]).standard_normal((p, n))
        r[:, 0] = np.abs(r[:, 0]) + 0.1
        R.append(r)
    return _drawn(seeds, R, {}, 0)
