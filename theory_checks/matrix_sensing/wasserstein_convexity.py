"""Brechet, Papagiannouli, An, Montufar 2023 (author copy), Lemmas 5.4 and E.6: strong convexity in the covariance.

L_τ as a function of Σ = WWᵀ has, on the sublevel set { L_τ(Σ) ≤ L_τ(Σ(0)) }, for every symmetric H with ‖H‖_F = 1,

    ∇²L_τ(Σ)[H, H]  ≥  K_τ = √(τ λ_min(Σ_0)) / (2 C_τ²),        C_τ = 2( L_τ(Σ(0)) + tr Σ_0 ).

Printed "for any Σ"; the proof uses tr Σ_τ ≤ C_τ, which holds on the sublevel set (from L ≥ ½ tr − tr Σ_0) and fails far from it,
where the Hessian tends to 0: the foil "any Σ" shows it. The bound is met within a factor 2 in one dimension (Σ_τ = 2Σ_0,
τ = λ_min) and loses n² from the trace in C_τ.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.matrix_sensing.bures import Bures, problem, random
from ratecheck import Array, AtLeast, Claim, Constants, Direct, Source, Statement, Status, Theorem, Unit, each


@dataclass(frozen=True, eq=False)
class Point:
    W: Array  # (B, n, n)
    H: Array  # (B, n, n), ‖H‖_F = 1


def scalar(seeds: range, largest: Annotated[float, (0.1, 3.0)] = 2.0, far: float = 1.0) -> Bures:
    """n = 1, Σ_0 = 1, τ between 0.2 and 1, Σ_τ = max(τ, largest); the constants are those of Σ(0) = Σ, then Σ is moved by `far`."""
    tau = np.array([1 - 0.8 * (seed % 8) / 8 for seed in seeds])
    W = np.sqrt(np.maximum(largest - tau, 0.0))[:, None, None]
    p = problem(np.ones((len(tau), 1, 1)), np.ones((len(tau), 1)), W, tau)
    return replace(p, x0=far * W)


def identity_direction(p: Bures) -> Point:
    n = p.x0.shape[1]
    return Point(p.x0, 0 * p.covariance + array_namespace(p.x0).eye(n, dtype=p.x0.dtype) / n**0.5)


def bound(k: Array, c: Constants) -> Array:
    return (c["tau"] * c["lam_min"]) ** 0.5 / (8 * (c["L_tau"] + c["trace"]) ** 2)


CLAIM = Claim[Bures, Point](
    source=Source("brechet2023, author copy", "Lemma 5.4, on the sublevel set", "bw.strong-convexity", Statement.VERIFIED),
    assumes=frozenset(),
    instances={"n = 1": scalar},
    algorithm=Direct(identity_direction),
    metric=each(lambda p, s: p.curvature(s.W, s.H)),
    unit=Unit(x=-2),
    bound=bound,
    holds=AtLeast(power=3),
    k=range(1),
    seeds=8,
)

THEOREM = Theorem(
    claims={
        "one dimension": (CLAIM, Status.CONSISTENT),
        "n = 3": (replace(CLAIM, instances={"random": partial(random, n=3, k=3, tau=0.05)}), Status.VACUOUS),
    },
    foils={
        "any Sigma": (replace(CLAIM, instances={"ten times as far": partial(scalar, far=10.0)}), Status.REFUTED),
        "C without the 2": (replace(CLAIM, bound=lambda k, c: 4 * bound(k, c)), Status.REFUTED),
        "lam_min alone": (replace(CLAIM, bound=lambda k, c: c["lam_min"] / (c["L_tau"] + c["trace"]) ** 2), Status.REFUTED),
        "unit": (replace(CLAIM, bound=lambda k, c: bound(k, c) * c["trace"]), Status.ILL_POSED),
    },
)
