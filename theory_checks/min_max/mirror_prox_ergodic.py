"""Nemirovski 2004: mirror prox, the gap of the average (derived with its constant).

F monotone and L-Lipschitz between a norm and its dual, D(u, z) ≥ ‖u − z‖²/2 a Bregman divergence, g ≤ 1/L, Θ = max_u D(u, x_0).
The mean w̄ of w_0, …, w_{T−1} satisfies for every T ≥ 1 (T = k + 1)

    max_u ⟨F(u), w̄ − u⟩  ≤  Θ / (g T).

Why: g ⟨F(w), w − u⟩ ≤ D(u, x) − D(u, x⁺) + g ⟨F(w) − F(x), w − x⁺⟩ − D(w, x) − D(x⁺, w), and the inner product is at most
g L (‖w − x‖² + ‖w − x⁺‖²)/2. Simplices with entropies: L = max |K_ij|, Θ = log m + log n, the gap is an exact maximum over vertices.
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.mirror_prox import MirrorProx, State
from algorithms.min_max.steps import over_L
from problems.min_max.constrained_operators import bilinear_over_ball
from problems.min_max.matrix_games import random_game
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, at_average, each
from theory_checks.min_max._common import STEP, GapGame, relative


def bound(k: Array, c: Constants) -> Array:
    return c["Theta"] / (c["g"] * (k + 1))


def takes_two_prox_steps(p: GapGame, s: State, t: State) -> Array:
    """x_{k+1} = prox(x_k, g F(w_k)), w_k = prox(x_k, g F(x_k))"""
    w = p.prox(s.x, s.g[:, None] * p.apply(s.x))
    return relative(p.prox(s.x, s.g[:, None] * p.apply(w)), t.x) + relative(w, s.w)


CLAIM = Claim[GapGame, State](
    source=Source("nemirovski2004", "Theorem 3.2", "vi.mirrorprox.ergodic", Statement.DERIVED),
    assumes=frozenset({Trait.MONOTONE, Trait.COMPACT}),
    instances={"simplices": random_game, "lopsided simplices": partial(random_game, skewness=2.0), "ball": bilinear_over_ball},
    algorithm=MirrorProx(over_L(1.0)),
    metric=at_average(lambda p, z: p.gap(z), of=lambda s: s.w),
    unit=Unit(1, 0),
    bound=bound,
    holds=Always(),
    k=range(300),
    seen={"g": Seen(each(lambda p, s: s.g), STEP)},
    given={"g ≤ 1/L": lambda k, c: c["g"] * c["L"]},
    laws={"takes two prox steps": takes_two_prox_steps},
    seeds=24,
)

THEOREM = Theorem(
    claims={
        "gap of the average": (CLAIM, Status.CONSISTENT),
        "g = 1/(4L)": (replace(CLAIM, algorithm=MirrorProx(over_L(0.25))), Status.CONSISTENT),
    },
    foils={
        "half": (replace(CLAIM, bound=lambda k, c: bound(k, c) / 2), Status.REFUTED),
        "1/T²": (replace(CLAIM, bound=lambda k, c: bound(k, c) / (k + 1)), Status.REFUTED),
        "no step": (replace(CLAIM, bound=lambda k, c: bound(k, c) * c["g"]), Status.ILL_POSED),
        "g = 20/L": (replace(CLAIM, algorithm=MirrorProx(over_L(20.0))), Status.NOT_APPLICABLE),
        "g = 20/L, unstated": (replace(CLAIM, algorithm=MirrorProx(over_L(20.0)), given={}), Status.REFUTED),
        "g believed ten times longer": (
            replace(CLAIM, algorithm=MirrorProx(over_L(0.5)), seen={"g": Seen(each(lambda p, s: 20 * s.g), STEP)}, given={}),
            Status.REFUTED,
        ),
    },
)
