"""Polytopes given by vertices, by a graph, or by inequalities, and their linear minimisation oracles."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from array_api_compat import array_namespace
from scipy.optimize import linprog

from problems.frank_wolfe.oracles import power
from ratecheck import Array
from ratecheck.arrays import host


@dataclass(frozen=True, eq=False)
class Listed:
    """The convex hull of the rows of V; every row should be a vertex. Ties go to the first row."""

    V: Array  # (N, n)

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        return xp.take(self.V, xp.argmin(xp.matmul(g, xp.matrix_transpose(self.V)), axis=-1), axis=0)

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        V = np.asarray(host(self.V))
        return float(np.linalg.norm(V[:, None, :] - V[None, :, :], ord=p, axis=-1).max())


@dataclass(frozen=True)
class UnitFlow:
    """Unit flows from node 0 to the last node of a directed graph whose edges go from smaller to larger nodes; x is per edge.

    The vertices are the paths: the cheapest by dynamic programming, ties to the edge listed first.
    """

    edges: tuple[tuple[int, int], ...]
    nodes: int

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        far = xp.full_like(g[:, 0], inf)
        cost = [xp.zeros_like(far)] + [far] * (self.nodes - 1)
        path = [xp.zeros_like(g)] * self.nodes
        eye = xp.eye(len(self.edges), dtype=g.dtype)
        for head in range(1, self.nodes):
            for e, (tail, to) in enumerate(self.edges):
                if to == head:
                    through = cost[tail] + g[:, e]
                    better = through < cost[head]
                    path[head] = xp.where(better[:, None], path[tail] + eye[e, :][None, :], path[head])
                    cost[head] = xp.where(better, through, cost[head])
        return path[-1]

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        """The most edges in which two paths differ, by dynamic programming over pairs of path ends, the one behind moving on."""
        best = {(0, 0): 0}
        for pair in sorted(((u, v) for u in range(self.nodes) for v in range(u, self.nodes)), key=lambda q: (q[0], q[1])):
            if pair not in best or pair[0] == self.nodes - 1:
                continue
            u, v = pair
            out = [(e, to) for e, (tail, to) in enumerate(self.edges) if tail == u]
            steps = [(to, v, 1) for _, to in out] if u < v else [(a, b, 2 * (e != f)) for e, a in out for f, b in out]
            for a, b, gain in steps:
                key = (min(a, b), max(a, b))
                best[key] = max(best.get(key, 0), best[pair] + gain)
        different = best[(self.nodes - 1, self.nodes - 1)]
        return power(different, p) if different else 0.0


@dataclass(frozen=True, eq=False)
class Polytope:
    """{A x ≤ b}, bounded, by linear programming (HiGHS simplex: a basic solution, so a vertex) on the host, row by row.

    Where g = 0 every vertex is optimal: the one that minimises Σ x_i 2^{-i} is returned.
    """

    A: Array  # (m, n)
    b: Array  # (m,)

    def vertex(self, g: Array, /) -> Array:
        xp = array_namespace(g)
        A, b, rows = np.asarray(host(self.A)), np.asarray(host(self.b)), np.asarray(host(g))
        plain = 0.5 ** np.arange(1.0, rows.shape[1] + 1)
        found = [linprog(row if row.any() else plain, A_ub=A, b_ub=b, bounds=(None, None), method="highs-ds") for row in rows]
        for result in found:
            if not result.success:
                raise ValueError(f"Polytope.vertex: the linear program has no solution ({result.message}); is it empty or unbounded?")
        return xp.asarray(np.stack([result.x for result in found]), dtype=g.dtype)

    def diameter(self, n: int, p: float = 2.0, /) -> float:
        if p != inf:
            raise ValueError("Polytope.diameter: exact by linear programs for p = inf only; list the vertices for others")
        eye = np.eye(n)
        top, low = self.vertex(-eye), self.vertex(eye)
        return float(np.max(np.diag(top) - np.diag(low)))
