"""What the theorems of the handbook of Garrigos and Gower share: exact expectations of SGD, the source, the units."""

from itertools import combinations

from array_api_compat import array_namespace

from algorithms.quasar_convex.second_moments import SecondMoments
from problems.quasar_convex.finite_sums import Ridge
from ratecheck import Array, Law, Seen, Source, Statement, Unit, each, total
from theory_checks.quasar_convex._common import STEP as STEP


def source(place: str, slug: str, statement: Statement = Statement.VERIFIED, paper: str = "garrigos2023 v1") -> Source:
    return Source(paper, place, f"hb.{slug}", statement)


def expected_gap(p: Ridge, s: SecondMoments) -> Array:
    """E f(x_k) − f*"""
    xp = array_namespace(s.M)
    n = p.x_star.shape[-1]
    C = s.M[:, :n, :n]
    along = xp.sum(xp.matmul(p.A, C) * p.A, axis=-1)  # (B, N), E ⟨a_i, x − x*⟩²
    return 0.5 * xp.mean(along, axis=-1) + 0.5 * p.ridge * xp.linalg.trace(C)


def expected_distance2(p: Ridge, s: SecondMoments) -> Array:
    """E ‖x_k − x*‖²"""
    n = p.x_star.shape[-1]
    return array_namespace(s.M).linalg.trace(s.M[:, :n, :n])


def expected_gradient2(p: Ridge, s: SecondMoments) -> Array:
    """E ‖∇f(x_k)‖²"""
    xp = array_namespace(s.M)
    n = p.x_star.shape[-1]
    H = xp.matmul(xp.matrix_transpose(p.A), p.A) / p.size + p.ridge[:, None, None] * xp.eye(n, dtype=s.M.dtype)
    return xp.linalg.trace(xp.matmul(xp.matmul(H, s.M[:, :n, :n]), H))


def gradient_maps(p: Ridge) -> Array:
    """(∇f_i(x), 0) as a linear map of (x − x*, 1), written down from the rows: (N, B, n+1, n+1)."""
    xp = array_namespace(p.A)
    B, N, n = p.A.shape
    r = xp.squeeze(xp.matmul(p.A, p.x_star[:, :, None]), axis=-1) - p.y
    g = r[:, :, None] * p.A + p.ridge[:, None, None] * p.x_star[:, None, :]
    H = p.A[:, :, :, None] * p.A[:, :, None, :] + p.ridge[:, None, None, None] * xp.eye(n, dtype=p.A.dtype)
    top = xp.concat([H, g[:, :, :, None]], axis=-1)
    return xp.permute_dims(xp.concat([top, xp.zeros((B, N, 1, n + 1), dtype=p.A.dtype)], axis=-2), (1, 0, 2, 3))


def _apart(M: Array, wanted: Array) -> Array:
    xp = array_namespace(M)
    return xp.max(xp.abs(M - wanted), axis=(-2, -1)) / xp.max(xp.abs(wanted), axis=(-2, -1))


def averages_over_subsets(b: int) -> Law[Ridge, SecondMoments]:
    """E z z' over all the subsets of b components, one by one, from z = (x_0 − x*, 1)"""

    def law(p: Ridge, s: SecondMoments, t: SecondMoments) -> Array:
        xp = array_namespace(s.M)
        G = gradient_maps(p)
        wanted = 0.0 * s.M
        subsets = list(combinations(range(p.size), b))
        eye = xp.eye(s.M.shape[-1], dtype=s.M.dtype)
        for subset in subsets:
            T = eye - s.step[:, None, None] * sum(G[i, ...] for i in subset) / b
            wanted = wanted + xp.matmul(xp.matmul(T, s.M), xp.matrix_transpose(T)) / len(subsets)
        miss = _apart(t.M, wanted)
        if s.k == 0:
            z = xp.concat([p.x0 - p.x_star, xp.ones_like(p.x0[:, :1])], axis=-1)
            miss = xp.maximum(miss, _apart(s.M, z[:, :, None] * z[:, None, :]))
        return miss

    return law


SEEN_STEP = {"s": Seen[Ridge, SecondMoments](each(lambda p, s: s.step), STEP)}
SEEN_SUMS = {
    "sum s": Seen[Ridge, SecondMoments](total(lambda p, s: s.step), STEP),
    "sum s^2": Seen[Ridge, SecondMoments](total(lambda p, s: s.step**2), Unit(-2, 4)),
}
