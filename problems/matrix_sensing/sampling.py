"""Random measurements: Gaussian matrices (isometry constant ESTIMATED, never certified) and sampled entries."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from array_api_compat import array_namespace

from problems.matrix_sensing.operators import Symmetric, svec
from ratecheck import Array, Certified, Side, Unit


def gaussian(n: int, m: int, rank: int, seeds: range | None = None) -> Symmetric:
    """m symmetric Gaussian matrices, E‖A(Z)‖² = ‖Z‖²; one operator shared by all rows, or one a seed."""
    upper, weight, place = svec(n)
    draws = [np.random.default_rng([seed, 31]).standard_normal((m, len(upper))) for seed in (seeds or range(1))]
    # the rule 2.5 √(r(2n − r)/m) was fitted to a search; no certificate of δ_r is known for r ≥ 2
    rule = Certified(np.full(1, 2.5 * sqrt(rank * (2 * n - rank) / m)), Unit(), Side.ESTIMATED, "fitted to local search, not certified")
    return Symmetric(np.stack(draws) / sqrt(m), n, upper, weight, place, rule)


@dataclass(frozen=True, eq=False)
class Entries:
    """The entries of a mask are seen, divided by √p."""

    mask: Array  # (B, rows, columns) of 0 and 1/√p
    delta: Certified

    def forward(self, Z: Array, /) -> Array:
        return array_namespace(Z).reshape(self.mask * Z, (Z.shape[0], -1))

    def adjoint(self, u: Array, /) -> Array:
        return self.mask * array_namespace(u).reshape(u, (u.shape[0], *self.mask.shape[1:]))


def entries(seeds: range, rows: int, columns: int, p: float) -> Entries:
    """Each entry is kept with probability p, independently; one mask a seed."""
    kept = np.stack([np.random.default_rng([seed, 32]).random((rows, columns)) < p for seed in seeds])
    return Entries(kept / sqrt(p), Certified(np.full(1, 1.0), Unit(), Side.ESTIMATED, "sampling is no isometry on coherent matrices"))
