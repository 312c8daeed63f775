"""MacKay, Vicol, Lorraine, Duvenaud, Grosse 2019 (recalled; proved here): when the best response has the assumed form exactly.

(i)  Shallow linear network y(x) = s'Qx, loss ‖XQ's − t‖² + e^λ‖Q's‖², X = U diag(d) W' of full column rank, s = (U't)/d, Q_0 = W':
     the best response is Q*(λ) = diag(σ(c − λ)) Q_0 with one gate a row, c_i = 2 log d_i: the loss depends on θ = Q's only, and
     ridge regression has d²/(d² + e^λ) = σ(2 log d − λ).
(ii) Quadratic lower level, affine response ŷ(e) = a + We trained on E g(x_0 + e, ŷ(e)), e ~ N(0, σ²I): W = dy*/dx for every σ, and
     for every sample of e that determines an affine function. If y* is not affine the slope is off, by O(σ²).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import apply_t, norm, solve
from algorithms.bilevel.best_response import Affine, AffineResponse, Decomposed, Gated, GatedResponse
from algorithms.bilevel.oracles import Solvable
from problems.bilevel import log_cosh, quadratic, regression
from ratecheck import Array, Claim, Seen, Source, Statement, Status, Theorem, Trait, Unit, Vanishes, each


def ridge(p: Decomposed, s: Gated) -> Array:
    """(X'X + e^λ I)⁻¹X't, by a direct solve"""
    xp = array_namespace(s.Q)
    G = xp.matmul(xp.matrix_transpose(p.X), p.X)
    eye = xp.eye(G.shape[-1], dtype=G.dtype)[None, :, :]
    return solve(G + xp.exp(xp.asarray(s.lam, dtype=G.dtype)) * eye, apply_t(p.X, p.t))


def gates_rows(p: Decomposed, s: Gated, t: Gated) -> Array:
    """Q(λ) W is diagonal, and its logits move by −Δλ"""
    xp = array_namespace(s.Q)
    gates = [xp.matmul(u.Q, xp.matrix_transpose(p.Wt)) for u in (s, t)]
    first, second = (xp.linalg.diagonal(g) for g in gates)
    off = xp.linalg.matrix_norm(gates[0] - xp.eye(first.shape[-1], dtype=first.dtype)[None, :, :] * first[:, :, None])
    moved = xp.log(second / (1 - second)) - xp.log(first / (1 - first)) + (t.lam - s.lam)
    own = xp.log(first / (1 - first)) + s.lam - 2 * xp.log(p.s)
    return off + 1e-3 * (norm(moved) + norm(own))  # logits of gates near 1 lose digits


def slope_error(p: Solvable, states: Iterator[Affine]) -> Iterator[Array]:
    xp = array_namespace(p.x0)
    y = p.y_star(p.x0)
    J = -xp.linalg.solve(p.hessian(p.x0, y) + 0 * y[:, :, None], p.cross_block(p.x0, y))
    for s in states:
        yield xp.linalg.matrix_norm(s.P[:, :, 1:] - J)


def slope_size(p: Solvable, states: Iterator[Affine]) -> Iterator[Array]:
    xp = array_namespace(p.x0)
    y = p.y_star(p.x0)
    size = xp.linalg.matrix_norm(xp.linalg.solve(p.hessian(p.x0, y) + 0 * y[:, :, None], p.cross_block(p.x0, y)))
    for _ in states:
        yield size


def contracts(p: Solvable, s: Affine, t: Affine) -> Array:
    """On a quadratic, preconditioned descent is P⁺ − P* = (I − A/L)(P − P*), P* = A⁻¹[Cx_0 + b, C]"""
    xp = array_namespace(s.P)
    A = p.hessian(p.x0, p.y0)
    right = xp.concat([-p.lower_y(p.x0, 0 * p.y0)[:, :, None], -p.cross_block(p.x0, p.y0)], axis=-1)
    after = s.P - s.gamma * (xp.matmul(A, s.P) - right)
    return xp.linalg.matrix_norm(t.P - after) / (xp.linalg.matrix_norm(t.P) + 1e-300)


GATES = Claim[Decomposed, Gated](
    source=Source("mackay2019", "theorem on the shallow linear network", "stn.gating-exact", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH}),
    instances={"gaussian": regression.gaussian, "diabetes": regression.diabetes},
    algorithm=GatedResponse(),
    laws={"gates rows": gates_rows},
    seen={"size": Seen(each(lambda p, s: norm(ridge(p, s))))},
    metric=each(lambda p, s: norm(apply_t(s.Q, s.s) - ridge(p, s))),
    unit=Unit(),
    bound=lambda k, c: c["size"],
    holds=Vanishes(1e-11),
    k=range(36),
    seeds=8,
)
SLOPE = Claim[Solvable, Affine](
    source=Source("mackay2019", "affine response to a quadratic", "stn.affine-exact-quadratic", Statement.DERIVED),
    assumes=frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH}),
    instances={"quadratic": partial(quadratic.quadratic, n=3, m=4, mu=0.2, L=1.0, start=1.0)},
    algorithm=AffineResponse(1.0),
    laws={"contracts": contracts},
    seen={"size": Seen(slope_size)},
    metric=slope_error,
    unit=Unit(),
    bound=lambda k, c: c["size"],
    holds=Vanishes(1e-9),
    k=range(149, 150),
    seeds=8,
)

THEOREM = Theorem(
    claims={
        "one gate a row": (GATES, Status.CONSISTENT),
        "affine, σ = 1": (SLOPE, Status.CONSISTENT),
        "affine, σ = 10": (replace(SLOPE, algorithm=AffineResponse(10.0)), Status.CONSISTENT),
    },
    foils={
        "one gate for all rows": (replace(GATES, algorithm=GatedResponse(shared=True)), Status.UNLAWFUL),
        "one gate for all rows, unstated": (replace(GATES, algorithm=GatedResponse(shared=True), laws={}), Status.REFUTED),
        "c = log d": (replace(GATES, algorithm=GatedResponse(power=1.0), laws={}), Status.REFUTED),
        "not quadratic": (
            replace(SLOPE, instances={"log-cosh": partial(log_cosh.log_cosh, n=2, m=3)}, laws={}), Status.REFUTED,
        ),
        "intercept for slope": (replace(SLOPE, metric=each(lambda p, s: norm(s.P[:, :, 0] - p.y_star(p.x0) - 1))), Status.REFUTED),
        "few steps": (replace(SLOPE, k=range(9, 10)), Status.REFUTED),
    },
)
