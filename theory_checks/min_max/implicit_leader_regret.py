"""Chen, Orabona 2023 (arXiv 2306.00201), generalized implicit FTRL: the regret inequality, the best choice, temporal variation; derived.

Convex l_t, regularisers ψ_t (here λ_t|x|²/2), θ_1 = 0, θ_{t+1} = θ_t − z_t, x_t = ∇ψ_t*(θ_t). For ANY z_t in dom l_t* and every u
    Σ l_t(x_t) − l_t(u) ≤ ψ_{T+1}(u) + Σ [ψ*_{t+1}(θ_{t+1}) − ψ*_t(θ_t) + l_t(x_t) + l_t*(z_t)]                       (identity)
(Fenchel–Young on l_t and on ψ_{T+1}, telescoped). The bracket is least for z_t ∈ argmin H_t(z) = ψ*_{t+1}(θ_t − z) + l_t*(z), the implicit
update; over the linearised one g_t it gains δ_t = H_t(g_t) − H_t(z_t) ≥ 0, for squared losses exactly ½(1 + |a|²/λ')(s_g − s_z)²   (choice)
Constant λ, implicit:   regret(u) ≤ λ|u|²/2 + l_1(x_1) + Σ_{t ≥ 2} |l_t(x_t) − l_{t−1}(x_t)|     (variation; the brackets telescope).
The first claim takes the supremum over u (squared losses: a ridge problem).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.implicit_leader import ImplicitLeader, Round, growing, halved, linearised, reversed_sign
from problems.min_max.online_regression import OnlineRegression, planted, slow
from ratecheck import Always, Array, Claim, Equal, Law, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, total

SOURCE = Source("chen2023implicit", "Theorem 1 as an inequality", "gftrl.identity", Statement.DERIVED)


def square(v: Array) -> Array:
    return array_namespace(v).sum(v * v, axis=-1)


def bracket(p: OnlineRegression, s: Round) -> Array:
    """ψ*_{t+1}(θ_{t+1}) − ψ*_t(θ_t) + l_t(x_t) + l_t*(z_t)"""
    return square(s.following) / (2 * s.next_lam) - square(s.theta) / (2 * s.lam) + p.value(s.x, s.k) + p.conjugate(s.s, s.k)


def objective(p: OnlineRegression, s: Round, slope: Array) -> Array:
    """H_t(slope · a_t)"""
    return square(s.theta - slope[:, None] * p.a[:, s.k, :]) / (2 * s.next_lam) + p.conjugate(slope, s.k)


def regret_over_ridge(p: OnlineRegression, states: Iterator[Round]) -> Iterator[Array]:
    """Σ l_t(x_t) − min_u [Σ l_t(u) + ψ_{T+1}(u)], squared losses."""
    B, d = p.x0.shape
    xp = array_namespace(p.x0)
    A, c, paid, b2 = xp.zeros((B, d, d)), xp.zeros((B, d)), xp.zeros((B,)), xp.zeros((B,))
    for s in states:
        a, b = p.a[:, s.k, :], p.b[:, s.k]
        A, c = A + a[:, :, None] * a[:, None, :], c + b[:, None] * a
        paid, b2 = paid + p.value(s.x, s.k), b2 + b * b
        u = xp.squeeze(xp.linalg.solve(A + s.next_lam * xp.eye(d)[None, :, :], c[:, :, None]), axis=-1)
        yield paid - 0.5 * (b2 - xp.sum(c * u, axis=-1))


def regret_to_u(p: OnlineRegression, s: Round) -> Array:
    return p.value(s.x, s.k) - p.value(p.u, s.k)


def gain(p: OnlineRegression, s: Round) -> Array:
    """δ_t of the choice that was made"""
    return objective(p, s, p.slope(s.x, s.k)) - objective(p, s, s.s)


def gain_of_squares(p: OnlineRegression, s: Round) -> Array:
    return 0.5 * (1 + square(p.a[:, s.k, :]) / s.next_lam) * (p.slope(s.x, s.k) - s.s) ** 2


def variation(p: OnlineRegression, states: Iterator[Round]) -> Iterator[Array]:
    """λ|u|²/2 + l_1(x_1) + Σ |l_t(x_t) − l_{t−1}(x_t)|"""
    amount: Array = None
    for s in states:
        if amount is None:
            amount = s.lam * square(p.u) / 2 + p.value(s.x, 0)
        else:
            amount = amount + array_namespace(s.x).abs(p.value(s.x, s.k) - p.value(s.x, s.k - 1))
        yield amount


def follows(slope: str) -> Law[OnlineRegression, Round]:
    def law(p: OnlineRegression, s: Round, t: Round) -> Array:
        """θ' = θ − s a, x' = θ'/λ', s by the choice named"""
        xp = array_namespace(s.x)
        chosen = p.implicit(s.theta, s.next_lam + 0 * s.s, s.k) if slope == "implicit" else p.slope(s.x, s.k)
        moved = xp.max(xp.abs(t.x * s.next_lam - s.theta + chosen[:, None] * p.a[:, s.k, :]), axis=-1)
        return moved / (1 + xp.max(xp.abs(s.theta), axis=-1) + xp.max(xp.abs(t.theta), axis=-1))

    return law


IMPLICIT, LINEAR = {"implicit": follows("implicit")}, {"linearised": follows("linearised")}
IDENTITY = Claim[OnlineRegression, Round](
    source=SOURCE,
    assumes=frozenset({Trait.CONVEX}),
    instances={"squares": planted, "little noise": partial(planted, noise=0.1)},
    algorithm=ImplicitLeader(weight=growing),
    metric=regret_over_ridge,
    unit=Unit(),
    bound=lambda k, c: c["brackets"],
    holds=Always(signed=True),
    k=range(10, 300),
    seen={"brackets": Seen(total(bracket))},
    laws=IMPLICIT,
    rounding=lambda k, c: 1e-12 * (k + 1) * c["b"] ** 2,
    seeds=6,
)
LINEARISED = replace(IDENTITY, algorithm=ImplicitLeader(linearised, lambda k: 8.0 + growing(k)), laws=LINEAR)
CONSTANT = replace(IDENTITY, algorithm=ImplicitLeader())
ABSOLUTE = replace(
    IDENTITY,
    instances={"absolute losses": partial(planted, square=False)},
    metric=total(regret_to_u),
    bound=lambda k, c: c["brackets"] + c["psi"],
    seen={"brackets": Seen(total(bracket)), "psi": Seen(each(lambda p, s: s.next_lam * square(p.u) / 2))},
)
CHOICE = replace(
    IDENTITY,
    source=replace(SOURCE, place="the implicit choice", slug="gftrl.choice"),
    metric=each(gain),
    bound=lambda k, c: c["squares"],
    holds=Equal(within=1e-7),
    seen={"squares": Seen(each(gain_of_squares))},
    rounding=lambda k, c: 1e-12 * (k + 1) * c["b"] ** 2,
)
NEVER_WORSE = replace(
    CHOICE,
    instances={"absolute losses": partial(planted, square=False), "squares": planted},
    algorithm=ImplicitLeader(),  # a constant regulariser keeps both brackets nonnegative
    metric=each(bracket),
    bound=lambda k, c: c["linearised"],
    holds=Always(),
    seen={"linearised": Seen(each(lambda p, s: bracket(p, s) + gain(p, s)))},
)
VARIATION = replace(
    IDENTITY,
    source=replace(SOURCE, place="temporal variation, with the variation at the iterates", slug="gftrl.variation"),
    instances={"turning slowly": slow, "absolute": partial(slow, square=False), "fixed loss": partial(slow, drift=0.0)},
    algorithm=ImplicitLeader(),
    metric=total(regret_to_u),
    bound=lambda k, c: c["variation"],
    seen={"variation": Seen(variation)},
)

THEOREM = Theorem(
    claims={
        "inequality, implicit": (IDENTITY, Status.CONSISTENT),
        "inequality, linearised": (LINEARISED, Status.CONSISTENT),
        "inequality, constant regulariser": (CONSTANT, Status.CONSISTENT),
        "inequality, absolute losses": (ABSOLUTE, Status.CONSISTENT),
        "gain of the implicit choice": (CHOICE, Status.CONSISTENT),
        "never worse than linearised": (NEVER_WORSE, Status.CONSISTENT),
        "temporal variation": (VARIATION, Status.CONSISTENT),
    },
    foils={
        "linearised, called implicit": (replace(IDENTITY, algorithm=ImplicitLeader(linearised, growing)), Status.UNLAWFUL),
        "constant and linearised stays small": (
            replace(VARIATION, algorithm=ImplicitLeader(linearised), laws={}, instances={"squares": planted}),
            Status.REFUTED,
        ),
        "half the brackets": (replace(IDENTITY, bound=lambda k, c: c["brackets"] / 2), Status.REFUTED),
        "half the implicit slope": (replace(CHOICE, algorithm=ImplicitLeader(halved, growing), laws={}), Status.REFUTED),
        "away from the implicit choice": (replace(NEVER_WORSE, algorithm=ImplicitLeader(reversed_sign), laws={}), Status.REFUTED),
        "a third of the gain": (replace(CHOICE, bound=lambda k, c: c["squares"] / 3), Status.REFUTED),
        "no variation": (replace(VARIATION, bound=lambda k, c: 0.1 * c["variation"]), Status.REFUTED),
    },
)
