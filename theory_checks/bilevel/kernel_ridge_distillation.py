"""Loo, Hasani, Lechner, Rus 2023: the checkable core of RCIG (proved here).

Inner h(w) = ½‖Φ_s w − y_s‖² + (λ/2)‖w‖², Φ_s = tanh(X_s Ω); outer ½‖Φ_t w − y_t‖²; (X_s, y_s) are distilled.
(i)  With q = (Φ_s'Φ_s + λI)⁻¹Φ_t'(Φ_t w − y_t):  ∂outer/∂y_s = Φ_s q = (K_ss + λI)⁻¹K_st(pred − y_t)  (primal = dual), and
     ∂outer/∂Φ_s = −[(Φ_s q) w' + (Φ_s w − y_s) q'],  chained through the features for X_s.
(ii) Minimising the last layer out leaves the Schur complement S of the Hessian H:  cond(S) ≤ cond(H), since
     λ_min(H) ≤ λ_min(S) and λ_max(S) ≤ λ_max(H).
"""

from dataclasses import replace

from array_api_compat import array_namespace

from algorithms.bilevel.batched import apply, apply_t, dot, norm, solve
from algorithms.bilevel.points import RandomPoints, Sample
from problems.bilevel import regression
from problems.bilevel.regression import Blocks, Distillation
from ratecheck import Always, Array, Claim, Direct, Seen, Source, Statement, Status, Theorem, Trait, Unit, Vanishes, each

H = 1e-5


def ridge(p: Distillation, x: Array) -> tuple[Array, Array, Array]:
    """Φ_s, y_s and the inner solution w"""
    xp = array_namespace(x)
    X, y = p.split(x)
    Phi = p.features(X)
    gram = xp.matmul(xp.matrix_transpose(Phi), Phi) + p.lam[:, None, None] * xp.eye(Phi.shape[-1], dtype=x.dtype)[None, :, :]
    return Phi, y, solve(gram, apply_t(Phi, y))


def outer(p: Distillation, x: Array) -> Array:
    r = apply(p.features(p.Xt), ridge(p, x)[2]) - p.yt
    return 0.5 * dot(r, r)


def implicit(p: Distillation, x: Array, through_residual: bool = True) -> Array:
    """The gradient of the outer loss with respect to (X_s, y_s)"""
    xp = array_namespace(x)
    Phi, y, w = ridge(p, x)
    Phi_t = p.features(p.Xt)
    gram = xp.matmul(xp.matrix_transpose(Phi), Phi) + p.lam[:, None, None] * xp.eye(Phi.shape[-1], dtype=x.dtype)[None, :, :]
    q = solve(gram, apply_t(Phi_t, apply(Phi_t, w) - p.yt))
    along_y = apply(Phi, q)
    along_Phi = -along_y[:, :, None] * w[:, None, :]
    if through_residual:
        along_Phi = along_Phi - (apply(Phi, w) - y)[:, :, None] * q[:, None, :]
    along_X = p.features_t(p.split(x)[0], along_Phi)
    return xp.concat([xp.reshape(along_X, (x.shape[0], -1)), along_y], axis=-1)


def dual(p: Distillation, s: Sample) -> Array:
    """(K_ss + λI)⁻¹K_st(pred − y_t)"""
    xp = array_namespace(s.x)
    X, y = p.split(s.x)
    Phi, Phi_t = p.features(X), p.features(p.Xt)
    K = xp.matmul(Phi, xp.matrix_transpose(Phi)) + p.lam[:, None, None] * xp.eye(Phi.shape[1], dtype=s.x.dtype)[None, :, :]
    cross = xp.matmul(Phi, xp.matrix_transpose(Phi_t))
    predicted = apply_t(cross, solve(K, y))
    return solve(K, apply(cross, predicted - p.yt))


def labels(p: Distillation, s: Sample) -> Array:
    return implicit(p, s.x)[:, -p.support :]


def difference(p: Distillation, s: Sample) -> Array:
    return (outer(p, s.x + H * s.dx) - outer(p, s.x - H * s.dx)) / (2 * H)


def solves(p: Distillation, s: Sample, t: Sample) -> Array:
    """Φ_s'(Φ_s w − y_s) + λw = 0"""
    Phi, y, w = ridge(p, s.x)
    return norm(apply_t(Phi, apply(Phi, w) - y) + p.lam[:, None] * w) / (1 + norm(apply_t(Phi, y)))


def conditions(p: Blocks) -> tuple[Array, Array]:
    """cond(S), cond(H)"""
    xp = array_namespace(p.H)
    n = p.H.shape[-1] - p.part
    A, B, D = p.H[:, :n, :n], p.H[:, :n, n:], p.H[:, n:, n:]
    S = A - xp.matmul(B, xp.linalg.solve(D, xp.matrix_transpose(B)))
    ends = [xp.linalg.eigvalsh(M) for M in (S, p.H)]
    return ends[0][:, -1] / ends[0][:, 0], ends[1][:, -1] / ends[1][:, 0]


def without_coupling(p: Blocks) -> tuple[Array, Array]:
    """A wrong twin: the other variables are frozen, then H and its block change places"""
    xp = array_namespace(p.H)
    n = p.H.shape[-1] - p.part
    low = xp.linalg.eigvalsh(p.H[:, :n, :n])
    return conditions(p)[1], low[:, -1] / low[:, 0]


LOWER = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH})
DUAL = Claim[Distillation, Sample](
    source=Source("loo2023", "implicit gradient of kernel ridge regression", "rcig.implicit-equals-closed-form", Statement.DERIVED),
    assumes=LOWER,
    instances={"tanh features": regression.tanh_features, "digits": regression.digits},
    algorithm=RandomPoints(0.3),
    laws={"solves": solves},
    seen={"size": Seen(each(lambda p, s: norm(dual(p, s))))},
    metric=each(lambda p, s: norm(labels(p, s) - dual(p, s))),
    unit=Unit(),
    bound=lambda k, c: c["size"],
    holds=Vanishes(1e-9),
    k=range(5),
    seeds=4,
)
FINITE = replace(
    DUAL,
    seen={"size": Seen(each(lambda p, s: norm(implicit(p, s.x)) * norm(s.dx)))},
    metric=each(lambda p, s: array_namespace(s.x).abs(difference(p, s) - dot(implicit(p, s.x), s.dx))),
    holds=Vanishes(1e-6),
)
SCHUR = Claim[Blocks, tuple[Array, Array]](
    source=Source("loo2023", "condition of the reduced problem", "rcig.schur-conditioning", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX}),
    instances={"6 variables, 1 eliminated": regression.blocks},
    algorithm=Direct(conditions),
    seen={"H": Seen(each(lambda p, s: s[1]))},
    metric=each(lambda p, s: s[0]),
    unit=Unit(),
    bound=lambda k, c: c["H"],
    holds=Always(),
    k=range(1),
    seeds=64,
)

THEOREM = Theorem(
    claims={
        "primal = dual": (DUAL, Status.CONSISTENT),
        "finite differences": (FINITE, Status.CONSISTENT),
        "Schur complement": (SCHUR, Status.CONSISTENT),
    },
    foils={
        "without (Φ_s w − y_s)q'": (
            replace(FINITE, metric=each(lambda p, s: array_namespace(s.x).abs(difference(p, s) - dot(implicit(p, s.x, False), s.dx)))), Status.REFUTED,
        ),
        "twice the dual": (replace(DUAL, metric=each(lambda p, s: norm(2 * labels(p, s) - dual(p, s)))), Status.REFUTED),
        "a third of cond(H)": (replace(SCHUR, bound=lambda k, c: c["H"] / 3), Status.REFUTED),
        "cond(H) below that of its block": (replace(SCHUR, algorithm=Direct(without_coupling)), Status.REFUTED),
    },
)
