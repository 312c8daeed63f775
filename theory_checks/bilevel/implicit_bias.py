"""Vicol, Lorraine, Pedregosa, Duvenaud, Grosse 2022 (statements recalled; these versions proved here): which solution is found.

Lower level ½‖Φw − b(u)‖², b(u) = b_0 + Cu, with more weights than equations; upper level ½‖Vw − t‖², also under-determined.
(i)   Gradient descent from w_0, a ≤ 1/L: ‖w_k − w_∞‖ ≤ (1 − aλ⁺_min)^k ‖w_0 − w_∞‖, w_∞ = w_0 + Φ⁺(b − Φw_0).
(ii)  Cold start, exact hypergradient J = Φ⁺C: outer descent from u_0 ends at u_0 − (VJ)⁺(Vw(u_0) − t), the nearest solution.
(iii) Cold start, K Neumann terms J_K: at u_0 − M_K'(M M_K')⁻¹(Vw(u_0) − t), M = VJ, M_K = VJ_K: an oblique projection, further away.
(iv)  K terms act like damping 1/(aK): 1 ≤ [a Σ_{j<K}(1−ad)^j] / [1/(d + 1/(aK))] for d ∈ (0, 1/a], and → at most sup (1−e^{−x})(1+1/x) = 1.2985.
(v)   Warm start = projection of the current w on the solutions of the current task. Alternating between two tasks,
      ‖w_k − w_∞‖ ≤ c^{k−1}‖w_0 − w_∞‖, c the Friedrichs cosine, w_∞ the common solution nearest to w_0; attained in the plane.
      A cold start forgets w.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import apply, apply_t, norm, solve
from algorithms.bilevel.restarts import (
    ColdStartDescent,
    Filter,
    Filtered,
    InnerDescent,
    LeastSquares,
    NeumannFilter,
    OuterState,
    WarmStart,
    Weights,
    jacobian,
    nearest_solution,
)
from problems.bilevel import singular
from problems.bilevel.singular import Tasks
from ratecheck import Always, Array, AtLeast, Claim, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, Vanishes, each
from theory_checks.bilevel._common import STEP, relative

LENGTH = Unit(0, 1)
CONVEX = frozenset({Trait.CONVEX})


def to_limit(p: LeastSquares, states: Iterator[Weights]) -> Iterator[Array]:
    limit = nearest_solution(p, p.x0, p.y0)
    for s in states:
        yield norm(s.w - limit)


def initial(p: LeastSquares, states: Iterator[Weights]) -> Iterator[Array]:
    size = norm(p.y0 - nearest_solution(p, p.x0, p.y0))
    for _ in states:
        yield size


def inner_step(p: LeastSquares, s: Weights, t: Weights) -> Array:
    """w_{k+1} = w_k − aΦ'(Φw_k − b)"""
    r = apply(p.Phi, s.w) - p.b0 - apply(p.C, p.x0)
    return relative(t.w - s.w + s.a * apply_t(p.Phi, r), t.w, s.w)


def predicted(K: int, p: LeastSquares) -> Array:
    """u_0 − M_K'(M M_K')⁻¹(Vw(u_0) − t)"""
    xp = array_namespace(p.x0)
    M, M_K = (xp.matmul(p.V, jacobian(p, terms)) for terms in (0, K))
    r = apply(p.V, nearest_solution(p, p.x0, p.y0)) - p.t
    return p.x0 - apply_t(M_K, solve(xp.matmul(M, xp.matrix_transpose(M_K)), r))


def to_predicted(K: int, p: LeastSquares, states: Iterator[OuterState]) -> Iterator[Array]:
    limit = predicted(K, p)
    for s in states:
        yield norm(s.u - limit)


def travelled(p: LeastSquares, states: Iterator[OuterState]) -> Iterator[Array]:
    for s in states:
        yield norm(s.u - p.x0)


def outer_step(K: int, p: LeastSquares, s: OuterState, t: OuterState) -> Array:
    """u_{k+1} = u_k − s (VJ_K)'(Vw − t), with w the solution nearest to w_0"""
    w = nearest_solution(p, s.u, p.y0)
    VJ = array_namespace(w).matmul(p.V, jacobian(p, K))
    return relative(t.u - s.u + s.step * apply_t(VJ, apply(p.V, w) - p.t), t.u, s.u)


def projects(p: Tasks, s: Weights, t: Weights) -> Array:
    """w_{k+1} solves the task of step k, and w_{k+1} − w_k is orthogonal to its null space"""
    task = s.k % 2
    moved = t.w - s.w
    back = apply(p.pinv[task], apply(p.Phi[task], moved))
    xp = array_namespace(moved)
    return xp.maximum(relative(apply(p.Phi[task], t.w) - p.b[task], p.b[task]), norm(moved - back) / norm(t.w))


def grows_by_a_term(p: Filtered, s: Filter, t: Filter) -> Array:
    """Σ_{j≤K} (1−q)^j = 1 + (1−q) Σ_{j<K} (1−q)^j"""
    return relative((t.neumann - 1 - (1 - p.q) * s.neumann)[:, None], t.neumann[:, None])


INNER = Claim[LeastSquares, Weights](
    source=Source("vicol2022", "minimum displacement", "implbias.inner-min-displacement", Statement.DERIVED),
    assumes=CONVEX,
    instances={"5 equations, 12 weights": singular.overparameterised, "1 equation": partial(singular.overparameterised, n=1)},
    algorithm=InnerDescent(0.7),
    laws={"inner step": inner_step},
    seen={"first": Seen(initial, LENGTH), "a": Seen(each(lambda p, s: s.a[:, 0]), STEP)},
    given={"a ≤ 1/L": lambda k, c: c["a"] * c["L"]},
    metric=to_limit,
    unit=LENGTH,
    bound=lambda k, c: (1 - c["a"] * c["lam_plus"]) ** k * c["first"],
    holds=Always(),
    k=range(1, 25),
    rounding=lambda k, c: 1e-14 * c["first"],
    sharp={"1 equation": Equal(1e-6)},
    seeds=8,
)


def outer(slug: str, K: int, within: float = 1e-8) -> Claim[LeastSquares, OuterState]:
    return Claim(
        source=Source("vicol2022", "outer problem from a cold start", slug, Statement.DERIVED),
        assumes=CONVEX,
        instances={"5 equations, 12 weights": partial(singular.overparameterised, q=2, low=0.7)},
        algorithm=ColdStartDescent(K),
        laws={"outer step": partial(outer_step, K)},
        seen={"moved": Seen(travelled, LENGTH)},
        metric=partial(to_predicted, K),
        unit=LENGTH,
        bound=lambda k, c: c["moved"],
        holds=Vanishes(within),
        k=range(399, 400),
        seeds=4,
    )


COLD, TRUNCATED = outer("implbias.coldstart-outer", 0), outer("implbias.truncated-outer", 3)
DAMPING = Claim[Filtered, Filter](
    source=Source("vicol2022", "Neumann terms and damping", "implbias.neumann-damping", Statement.DERIVED),
    assumes=frozenset(),
    instances={"q = 10^(−b/16)": singular.eigenvalues},
    algorithm=NeumannFilter(),
    laws={"grows by a term": grows_by_a_term},
    metric=each(lambda p, s: s.neumann / s.damped),
    unit=Unit(),
    bound=lambda k, c: 1.2985 + 0 * k,
    holds=Always(),
    k=range(999, 1000),
    rounding=lambda k, c: 5e-4 + 0 * k,  # K = 1000 terms, not infinitely many
    seeds=80,
)
ABOVE_ONE = replace(DAMPING, bound=lambda k, c: 1 + 0 * k, holds=AtLeast(), k=range(200), rounding=lambda k, c: 1e-12 + 0 * k)
WARM = Claim[Tasks, Weights](
    source=Source("vicol2022", "warm start as projection", "implbias.warmstart-projection", Statement.DERIVED),
    assumes=CONVEX,
    instances={"plane": partial(singular.tasks, n=1, p=2, inside=True), "8 weights": singular.tasks},
    algorithm=WarmStart(),
    laws={"projects": projects},
    seen={"first": Seen(each(lambda p, s: norm(p.x0 - p.w_inf)), LENGTH)},
    metric=each(lambda p, s: norm(s.w - p.w_inf)),
    unit=LENGTH,
    bound=lambda k, c: c["c"] ** (k - 1) * c["first"],
    holds=Always(),
    k=range(1, 30),
    rounding=lambda k, c: 1e-13 * c["first"],
    sharp={"plane": Equal(1e-7)},
)

THEOREM = Theorem(
    claims={
        "inner": (INNER, Status.CONSISTENT),
        "cold start": (COLD, Status.CONSISTENT),
        "truncated": (TRUNCATED, Status.CONSISTENT),
        "damping, at most": (DAMPING, Status.CONSISTENT),
        "damping, at least": (ABOVE_ONE, Status.CONSISTENT),
        "warm start": (WARM, Status.CONSISTENT),
    },
    foils={
        "inner, twice the rate": (replace(INNER, bound=lambda k, c: INNER.bound(2 * k, c)), Status.REFUTED),
        "inner, to Φ⁺b": (replace(INNER, metric=each(lambda p, s: norm(s.w - apply(p.pinv, p.b0 + apply(p.C, p.x0))))), Status.REFUTED),
        "inner, λ without a": (replace(INNER, bound=lambda k, c: (1 - c["lam_plus"]) ** k * c["first"]), Status.ILL_POSED),
        "truncated ends nearest": (replace(TRUNCATED, metric=partial(to_predicted, 0)), Status.REFUTED),
        "4 terms": (replace(TRUNCATED, algorithm=ColdStartDescent(4)), Status.UNLAWFUL),
        "damping 1.29": (replace(DAMPING, bound=lambda k, c: 1.29 + 0 * k), Status.REFUTED),
        "damping at K = 10": (replace(DAMPING, k=range(9, 10)), Status.REFUTED),
        "warm, c²": (replace(WARM, bound=lambda k, c: c["c"] ** k * c["first"]), Status.REFUTED),
        "cold start for warm": (replace(WARM, algorithm=WarmStart(cold=True)), Status.UNLAWFUL),
    },
)
