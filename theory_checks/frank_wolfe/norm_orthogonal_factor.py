"""Bernstein, Newhouse 2024 (arXiv 2409.20325, text read), eqs. 15–16, Proposition 4: Shampoo without averages, and the nearest matrix.

Let G = U Σ Vᵀ be a thin singular value decomposition of a p × q matrix of full rank, p ≥ q. Then

    (G Gᵀ)^(−1/4) G (Gᵀ G)^(−1/4)  =  (G Gᵀ)^(−1/2) G  =  U Vᵀ        (powers on the range),
    ‖G − U Vᵀ‖_F  ≤  ‖G − Q‖_F  for every Q with QᵀQ = I,   and the left side is √(Σ_i (σ_i − 1)²).

The candidates Q of the second statement are polar factors of G + 10^(−k/4) · noise. For a rank-deficient G the powers give a partial
isometry, which is not semi-orthogonal: the instances have full rank.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from array_api_compat import array_namespace

from algorithms.frank_wolfe import duality_maps as maps
from algorithms.frank_wolfe.duality_maps import Layers
from problems.frank_wolfe.matrices import Matrices, layer, of_condition
from ratecheck import Array, AtLeast, Certified, Claim, Direct, Noise, Seen, Side, Source, Statement, Status, Theorem, Unit, Vanishes, each

FLOOR = 1e-10  # relative; an eigenvalue below it counts as 0


def power(A: Array, exponent: float) -> Array:
    """A^exponent of a symmetric positive semidefinite A, on its range."""
    xp = array_namespace(A)
    w, Q = xp.linalg.eigh(A)
    kept = w > FLOOR * xp.max(w, axis=-1, keepdims=True)
    powered = xp.where(kept, xp.where(kept, w, xp.ones_like(w)) ** exponent, xp.zeros_like(w))
    return xp.matmul(Q * powered[..., None, :], xp.matrix_transpose(Q))


def shampoo(exponent: float):  # type: ignore[no-untyped-def]
    def solve(p: Matrices) -> Layers:
        xp = array_namespace(p.G)
        Gt = xp.matrix_transpose(p.G)
        return Layers(xp.matmul(power(xp.matmul(p.G, Gt), exponent), xp.matmul(p.G, power(xp.matmul(Gt, p.G), exponent))))

    return solve


def whitened(p: Matrices) -> Layers:
    xp = array_namespace(p.G)
    return Layers(xp.matmul(power(xp.matmul(p.G, xp.matrix_transpose(p.G)), -0.5), p.G))


def miss(p: Matrices, s: Layers) -> Array:
    return maps.frobenius_norm(s.W - maps.polar(p.G))[:, 0]


def condition(p: Matrices, s: Layers) -> Array:
    xp = array_namespace(p.G)
    sigma = xp.linalg.svdvals(p.G)[:, 0]
    return sigma[:, 0] / sigma[:, -1]


SHAMPOO = Claim[Matrices, Layers](
    source=Source("bernstein2024 (arXiv 2409.20325)", "eqs. 15, 16", "norm.shampoo", Statement.VERIFIED),
    assumes=frozenset(),
    instances={"5 x 3": layer, "8 x 8, κ = 10": of_condition},
    algorithm=Direct(shampoo(-0.25)),
    metric=each(miss),
    unit=Unit(),
    bound=lambda k, c: np.sqrt(c["rank"]) + 0 * k,
    holds=Vanishes(within=1e-9),
    k=range(1),
    seen={"kappa": Seen(each(condition), Unit())},
    given={"full rank": lambda k, c: c["kappa"] ** 2 * FLOOR},  # in numbers: no eigenvalue of GᵀG is cut off
    rounding=lambda k, c: 2.2e-16 * c["kappa"] ** 2 * np.sqrt(c["rank"]),  # the eigenvalues of GᵀG are squares
    seeds=16,
)


@dataclass(frozen=True)
class Candidates:
    """Semi-orthogonal matrices ever closer to the polar factor."""

    scale: float = 1.0

    def iterates(self, problem: Matrices, noise: Noise, /) -> Iterator[Layers]:
        for k, z in enumerate(noise.normals("candidate", *problem.G.shape[1:])):
            yield Layers(self.scale * maps.polar(problem.G + 10 ** (-k / 4) * z))


def with_distance(seeds: range) -> Matrices:
    """A 5 × 3 Gaussian G; the constant `nearest` is √(Σ_i (σ_i − 1)²)."""
    p = layer(seeds)
    sigma = np.linalg.svd(p.G[:, 0], compute_uv=False)
    nearest = Certified(np.sqrt(((sigma - 1) ** 2).sum(axis=-1)), Unit(), Side.EXACT, "√(Σ_i (σ_i − 1)²) of the computed singular values")
    return replace(p, constants={**p.constants, "nearest": nearest})


NEAREST = Claim[Matrices, Layers](
    source=Source("bernstein2024 (arXiv 2409.20325)", "Proposition 4", "norm.nearest", Statement.VERIFIED),
    assumes=frozenset(),
    instances={"5 x 3": with_distance},
    algorithm=Candidates(),
    metric=each(lambda p, s: maps.frobenius_norm(p.G - s.W)[:, 0]),
    unit=Unit(),
    bound=lambda k, c: c["nearest"] + 0 * k,
    holds=AtLeast(),
    k=range(30),
    seeds=16,
)

THEOREM = Theorem(
    claims={
        "two fourth roots": (SHAMPOO, Status.CONSISTENT),
        "one square root": (replace(SHAMPOO, algorithm=Direct(whitened)), Status.CONSISTENT),
        "nearest semi-orthogonal matrix": (NEAREST, Status.CONSISTENT),
    },
    foils={
        "two square roots": (replace(SHAMPOO, algorithm=Direct(shampoo(-0.5))), Status.REFUTED),
        "exponent -0.24": (replace(SHAMPOO, algorithm=Direct(shampoo(-0.24))), Status.REFUTED),
        "not semi-orthogonal": (replace(NEAREST, algorithm=Candidates(1.05)), Status.REFUTED),
        "1% further": (replace(NEAREST, bound=lambda k, c: 1.01 * c["nearest"]), Status.REFUTED),
    },
)
