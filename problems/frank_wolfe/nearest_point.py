"""The nearest point of a set, f(x) = ½‖x − c‖²: one objective over every set of the family, its curvature exactly D²."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from problems.frank_wolfe import oracles as vectors
from problems.frank_wolfe import oracles_matrix as matrices
from problems.frank_wolfe.oracles import CompactSet
from problems.frank_wolfe.oracles_polytope import Listed, UnitFlow
from ratecheck import Array, Certified, Draw, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class NearestPoint:
    c: Array  # (B, n)
    x0: Array  # (B, n), a vertex
    over: CompactSet
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.STRONGLY_CONVEX, Trait.SMOOTH, Trait.COMPACT})

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        return 0.5 * array_namespace(x).sum((x - self.c) ** 2, axis=-1)

    def grad(self, x: Array, /) -> Array:
        return x - self.c

    def lmo(self, g: Array, /) -> Array:
        return self.over.vertex(g)

    def curvature(self, d: Array, /) -> Array:  # (B, n) -> (B,), d'∇²f d
        return array_namespace(d).sum(d * d, axis=-1)


def nearest(seeds: range, over: CompactSet, n: int) -> NearestPoint:
    """c normal, the start a random vertex; the set is the same for all rows."""
    rng = [np.random.default_rng([seed, 14]) for seed in seeds]
    c = np.stack([g.standard_normal(n) for g in rng])
    x0 = over.vertex(np.stack([g.standard_normal(n) for g in rng]))
    B, D = len(seeds), over.diameter(n)
    constants = {
        "L": Certified(np.ones(B), Unit(1, -2), Side.EXACT, "the Hessian is I"),
        "D": Certified(np.full(B, D), Unit(0, 1), Side.EXACT, "Euclidean diameter of the set"),
        "C_f": Certified(np.full(B, D * D), Unit(1, 0), Side.EXACT, "the largest ‖s − x‖²"),
    }
    return NearestPoint(c, x0, over, constants)


def _hull() -> Listed:
    points = np.random.default_rng(15).standard_normal((9, 4))
    return Listed(points / np.linalg.norm(points, axis=1, keepdims=True))  # on a sphere, so every one is a vertex


def _ellipsoid() -> vectors.Ellipsoid:
    G = np.random.default_rng(16).standard_normal((4, 4))
    return vectors.Ellipsoid(G @ G.T + np.eye(4))


LAYERS = UnitFlow(((0, 1), (0, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 5), (4, 5), (0, 5)), 6)
SETS: dict[str, tuple[CompactSet, int]] = {
    "simplex": (vectors.Simplex(), 6),
    "simplex and origin": (vectors.SimplexAndOrigin(), 6),
    "ℓ₁ ball": (vectors.L1Ball(), 6),
    "ℓ₂ ball": (vectors.L2Ball(), 6),
    "ℓ_∞ ball": (vectors.LInfBall(), 6),
    "ℓ_3 ball": (vectors.LpBall(3.0), 6),
    "box": (vectors.Box(np.zeros(4), np.array([1.0, 2.0, 0.5, 1.0])), 4),
    "2-sparse polytope": (vectors.KSparsePolytope(2), 6),
    "K-norm ball": (vectors.KNormBall(2), 6),
    "ellipsoid": (_ellipsoid(), 4),
    "nuclear norm ball": (matrices.NuclearBall(3, 4), 12),
    "spectral norm ball": (matrices.SpectralBall(3, 4), 12),
    "spectrahedron": (matrices.Spectrahedron(3), 9),
    "Fantope": (matrices.Fantope(4, 2), 16),
    "Birkhoff polytope": (matrices.Birkhoff(4), 16),
    "flows": (LAYERS, len(LAYERS.edges)),
    "listed vertices": (_hull(), 4),
}
OVER_SETS: Mapping[str, Draw[NearestPoint]] = {name: partial(nearest, over=over, n=n) for name, (over, n) in SETS.items()}
