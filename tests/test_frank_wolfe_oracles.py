"""Every linear minimisation oracle against enumeration, a linear program or a dual norm; every diameter against pairs of vertices."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, permutations, product
from math import inf

import array_api_strict
import numpy as np
import pytest

from problems.frank_wolfe import oracles as vectors
from problems.frank_wolfe import oracles_matrix as matrices
from problems.frank_wolfe import oracles_polytope as polytopes
from ratecheck import Array
from ratecheck.arrays import host, moved

N = 5
RNG = np.random.default_rng(7)
CUBE = np.array(list(product([-1.0, 1.0], repeat=N)))
EYE = np.eye(N)
SPREAD = np.array([0.3, 1.0, 2.0, 0.5, 1.5])
BOX = vectors.Box(-SPREAD, 2 * SPREAD)
HULL = RNG.standard_normal((9, N))
HULL /= np.linalg.norm(HULL, axis=1, keepdims=True)
LAYERED = polytopes.UnitFlow(((0, 1), (0, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 5), (4, 5), (0, 5)), 6)


def sparse(K: int) -> Array:
    signs = list(product([-1, 1], repeat=K))
    return np.array([np.array(sign) @ EYE[list(where)] for where in combinations(range(N), K) for sign in signs])


def paths(flow: polytopes.UnitFlow) -> Array:
    found: list[list[int]] = []

    def walk(node: int, used: list[int]) -> None:
        if node == flow.nodes - 1:
            found.append(used)
        for e, (tail, to) in enumerate(flow.edges):
            if tail == node:
                walk(to, [*used, e])

    walk(0, [])
    return np.array([[float(e in used) for e in range(len(flow.edges))] for used in found])


def permutation_matrices(n: int) -> Array:
    return np.array([np.eye(n)[list(order)].ravel() for order in permutations(range(n))])


VERTICES: dict[str, tuple[vectors.CompactSet, Array]] = {
    "simplex": (vectors.Simplex(1.5), 1.5 * EYE),
    "simplex and origin": (vectors.SimplexAndOrigin(0.5), np.vstack([0.5 * EYE, np.zeros(N)])),
    "l1": (vectors.L1Ball(2.0), 2 * np.vstack([EYE, -EYE])),
    "linf": (vectors.LInfBall(0.7), 0.7 * CUBE),
    "box": (BOX, np.where(CUBE > 0, 2 * SPREAD, -SPREAD)),
    "2-sparse": (vectors.KSparsePolytope(2, 1.3), 1.3 * sparse(2)),
    "K-norm": (vectors.KNormBall(2, 1.3), np.vstack([1.3 * EYE, -1.3 * EYE, 0.65 * CUBE])),
    "Birkhoff": (matrices.Birkhoff(4), permutation_matrices(4)),
    "listed": (polytopes.Listed(HULL), HULL),
    "flow": (LAYERED, paths(LAYERED)),
    "inequalities": (polytopes.Polytope(np.vstack([EYE, -EYE]), np.ones(2 * N)), CUBE),
}


def directions(n: int) -> Array:
    """Normals, small integers (ties and zeros), one-hot rows and 0."""
    return np.vstack([RNG.standard_normal((20, n)), RNG.integers(-1, 2, (20, n)).astype(float), np.eye(n), -np.eye(n), np.zeros((1, n))])


@pytest.mark.parametrize("name", VERTICES)
def test_vertex_by_enumeration(name: str) -> None:
    over, V = VERTICES[name]
    g = directions(V.shape[1])
    found = over.vertex(g)
    np.testing.assert_allclose((g * found).sum(axis=1), (g @ V.T).min(axis=1), atol=1e-12)
    distance = np.abs(found[:, None, :] - V[None, :, :]).max(axis=2).min(axis=1)
    assert distance.max() < 1e-12, "not a vertex"


@pytest.mark.parametrize("name", VERTICES)
@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, inf])
def test_diameter_by_pairs(name: str, p: float) -> None:
    over, V = VERTICES[name]
    if name == "inequalities" and p != inf:
        with pytest.raises(ValueError, match="list the vertices"):
            over.diameter(N, p)
        return
    pairs = np.linalg.norm(V[:, None, :] - V[None, :, :], ord=p, axis=2).max()
    assert over.diameter(V.shape[1], p) == pytest.approx(pairs, rel=1e-12)


A = RNG.standard_normal((N, N))
A = A @ A.T + np.eye(N)
ELLIPSE = vectors.Ellipsoid(A)


def lp(p: float) -> Callable[[Array], Array]:
    return lambda x: np.linalg.norm(x, ord=p, axis=1)


def root(x: Array, M: Array) -> Array:
    return np.sqrt(np.einsum("bi,ij,bj->b", x, M, x))


def schatten(p: float, m: int, n: int) -> Callable[[Array], Array]:
    return lambda x: np.linalg.norm(np.linalg.svd(x.reshape(-1, m, n), compute_uv=False), ord=p, axis=1)


def symmetric(g: Array, n: int) -> Array:
    G = g.reshape(-1, n, n)
    return np.linalg.eigvalsh((G + G.transpose(0, 2, 1)) / 2)


SUPPORT: dict[str, tuple[vectors.CompactSet, int, Callable[[Array], Array], Callable[[Array], Array]]] = {
    # name: set, dimension, minimum of <g, .>, gauge (1 on the boundary)
    "l2": (vectors.L2Ball(1.7), N, lambda g: -1.7 * np.linalg.norm(g, axis=1), lambda x: np.linalg.norm(x, axis=1) / 1.7),
    "l1.5": (vectors.LpBall(1.5, 2.0), N, lambda g: -2 * lp(3)(g), lambda x: lp(1.5)(x) / 2),
    "l4": (vectors.LpBall(4.0), N, lambda g: -lp(4 / 3)(g), lp(4)),
    "ellipsoid": (ELLIPSE, N, lambda g: -root(g, A), lambda x: root(x, np.linalg.inv(A))),
    "nuclear": (matrices.NuclearBall(3, 4, 1.5), 12, lambda g: -1.5 * schatten(inf, 3, 4)(g), lambda x: schatten(1, 3, 4)(x) / 1.5),
    "spectral": (matrices.SpectralBall(3, 4, 1.5), 12, lambda g: -1.5 * schatten(1, 3, 4)(g), lambda x: schatten(inf, 3, 4)(x) / 1.5),
    "spectrahedron": (matrices.Spectrahedron(4), 16, lambda g: symmetric(g, 4)[:, 0], schatten(1, 4, 4)),
    "Fantope": (matrices.Fantope(4, 2), 16, lambda g: symmetric(g, 4)[:, :2].sum(axis=1), schatten(inf, 4, 4)),
}


@pytest.mark.parametrize("name", SUPPORT)
def test_vertex_by_support_function(name: str) -> None:
    over, n, lowest, gauge = SUPPORT[name]
    g = directions(n)
    found = over.vertex(g)
    np.testing.assert_allclose((g * found).sum(axis=1), lowest(g), atol=1e-12)
    np.testing.assert_allclose(gauge(found), 1.0, atol=1e-12)


@pytest.mark.parametrize("name", SUPPORT)
def test_diameter_is_reached_and_not_passed(name: str) -> None:
    over, n, _, _ = SUPPORT[name]
    D = over.diameter(n)
    g = RNG.standard_normal((400, n))
    if name == "ellipsoid":
        g[0] = np.linalg.eigh(A)[1][:, -1]
    ends = over.vertex(g), over.vertex(-g)
    reached = np.linalg.norm(ends[0] - ends[1], axis=1).max()
    assert reached <= D * (1 + 1e-12)
    if name == "l1.5":  # reached at the spikes
        reached = np.linalg.norm(over.vertex(np.eye(n)[:1]) - over.vertex(-np.eye(n)[:1]))
    if name == "l4":  # reached at the corners
        reached = np.linalg.norm(over.vertex(np.ones((1, n))) - over.vertex(-np.ones((1, n))))
    assert reached == pytest.approx(D, rel=1e-9)


@pytest.mark.parametrize("over", [BOX, vectors.LInfBall(), matrices.NuclearBall(2, 3), vectors.L2Ball(), vectors.LpBall(3.0)], ids=str)
def test_extreme_at_zero(over: vectors.CompactSet) -> None:
    n = 6 if isinstance(over, matrices.NuclearBall) else N
    found = over.vertex(np.zeros((1, n)))
    assert np.isfinite(found).all()
    assert np.abs(found).max() > 0, "the centre is not extreme"


@pytest.mark.parametrize("name", [*VERTICES, *SUPPORT])
def test_other_array_namespace_and_batches(name: str) -> None:
    over, n = (VERTICES[name][0], VERTICES[name][1].shape[1]) if name in VERTICES else SUPPORT[name][:2]
    g = directions(n)[:24]
    whole = over.vertex(g)
    strict = moved(over, array_api_strict).vertex(array_api_strict.asarray(g))
    np.testing.assert_allclose(host(strict), whole, atol=1e-13)
    np.testing.assert_allclose(np.vstack([over.vertex(row[None, :]) for row in g]), whole, atol=1e-13)
