"""Gorbunov, Taylor, Gidel 2022 (arXiv 2205.08446; the authors' code read): the potentials behind optimistic gradient, step by step.

F monotone and L-Lipschitz. Without constraints let p_k = ‖F(x_k)‖² + 2 ‖F(x_k) − F(x̃_{k−1})‖². For every k ≥ 1

    p_{k+1} ≤ p_k + 3 (L² g² − 2/9) ‖F(x̃_k) − F(x̃_{k−1})‖²                                          (any g)
    ‖x_k − z*‖² + A_k g² p_k does not grow, A_{k+1} = A_k + 1/3, A_k ≥ 32/3                             (g ≤ 1/(3L)).

With projections, p_k = ‖x_k − x_{k−1}‖² + ‖x_k − x_{k−1} − 2g (F(x_k) − F(x̃_{k−1}))‖², for k ≥ 2

    p_{k+1} ≤ p_k − (1 − 5 L² g²) ‖x_{k+1} − x̃_k‖² − g² ‖F(x_{k+1}) − F(x̃_k)‖²                       (any g)
    ‖x_k − x*‖² + ‖x̃_{k−1} − x̃_{k−2}‖²/16 + A_k p_k does not grow, A_{k+1} = A_k + 1/8, A_k ≥ 4/3      (g ≤ 1/(4L)).
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from algorithms.min_max import single_call
from algorithms.min_max.optimistic import OptimisticGradient, State
from algorithms.min_max.single_call import PastExtragradient
from algorithms.min_max.steps import over_L
from problems.min_max.constrained_operators import BallOperator, bilinear_over_ball, over_ball
from problems.min_max.linear_operators import nonnormal, normal, skew
from ratecheck import Always, Array, Claim, Seen, Source, Statement, Status, Theorem, Trait, each, each_step
from theory_checks.min_max._common import (
    FORCE2,
    LENGTH2,
    STEP,
    Game,
    Misreading,
    distance2,
    extrapolates_with_the_past,
    norm2,
    relative,
    steps_with_the_past_force,
)
from theory_checks.min_max._single_call import remembers, starts

SOURCE = Source("gorbunov2022optimistic", "Lemma 3.1, Theorem 1, Lemma 4.1, Theorem 2", "vi.og.potential", Statement.VERIFIED)


def p(q: Game, s: State) -> Array:
    F = q.apply(s.x)
    return norm2(F) + 2 * norm2(F - s.past)


def drift2(q: Game, s: State) -> Array:
    return norm2(s.Fw - s.past)


def lyapunov(q: Game, s: State, weight: float = 1 / 3) -> Array:
    return distance2(q, s) + (32 / 3 + weight * s.k) * s.g1**2 * p(q, s)


def p_projected(q: BallOperator, s: single_call.State) -> Array:
    d = s.x - s.before
    return norm2(d) + norm2(d - 2 * s.g[:, None] * (q.apply(s.x) - s.past))


def loss(q: BallOperator, s: single_call.State, t: single_call.State, factor: float = 5.0) -> Array:
    L = q.constants["L"].value
    return (1 - factor * (L * s.g) ** 2) * norm2(t.x - s.w) + s.g**2 * norm2(q.apply(t.x) - s.Fw)


def lyapunov_projected(q: BallOperator, s: single_call.State) -> Array:
    return norm2(s.x - q.x_star) + norm2(s.w1 - s.w2) / 16 + (4 / 3 + s.k / 8) * p_projected(q, s)


def projects(q: BallOperator, s: single_call.State, t: single_call.State) -> Array:
    """x_{k+1} = P(x_k − g F(x̃_k)), x̃_{k+1} = P(x_{k+1} − g F(x̃_k))"""
    past, g = q.apply(s.w), s.g[:, None]
    return relative(q.project(s.x - g * past), t.x) + relative(q.project(t.x - g * past), t.w)


ONE_STEP = Claim[Game, State](
    source=SOURCE,
    assumes=frozenset({Trait.MONOTONE, Trait.SMOOTH}),
    instances={"normal": normal, "non-normal": nonnormal, "skew": partial(skew, pairs=4, L=1.0, floor=0.05)},
    algorithm=OptimisticGradient(over_L(1 / 3), over_L(1 / 3)),
    metric=each_step(lambda q, s, t: p(q, t)),
    unit=FORCE2,
    bound=lambda k, c: c["p"] + 3 * ((c["L"] * c["g"]) ** 2 - 2 / 9) * c["drift2"],
    holds=Always(power=0.9),
    k=range(1, 101),
    seen={"p": Seen(each(p), FORCE2), "drift2": Seen(each(drift2), FORCE2), "g": Seen(each(lambda q, s: s.g1), STEP)},
    laws={"extrapolates with the past": extrapolates_with_the_past, "steps with the past force": steps_with_the_past_force},
    rounding=lambda k, c: 1e-24 * (c["L"] * c["R"]) ** 2,
)
LYAPUNOV = replace(
    ONE_STEP,
    metric=each_step(lambda q, s, t: lyapunov(q, t)),
    unit=LENGTH2,
    bound=lambda k, c: c["potential"],
    seen={"potential": Seen(each(lyapunov), LENGTH2), "g": Seen(each(lambda q, s: s.g1), STEP)},
    given={"g ≤ 1/(3L)": lambda k, c: 3 * c["g"] * c["L"]},
    rounding=lambda k, c: 1e-24 * c["R"] ** 2,
)
PROJECTED = Claim[BallOperator, single_call.State](
    source=SOURCE,
    assumes=frozenset({Trait.MONOTONE, Trait.COMPACT}),
    instances={"non-normal over a ball": over_ball, "bilinear over a ball": bilinear_over_ball},
    algorithm=PastExtragradient(over_L(1 / 4)),
    metric=each_step(lambda q, s, t: p_projected(q, t) + loss(q, s, t)),
    unit=LENGTH2,
    bound=lambda k, c: c["p"],
    holds=Always(power=0.5),
    k=range(2, 81),
    seen={"p": Seen(each(p_projected), LENGTH2), "g": Seen(each(lambda q, s: s.g), STEP)},
    laws={"projects": projects, "remembers": remembers, "starts": starts},
    rounding=lambda k, c: 1e-24 * c["R"] ** 2,
)
LYAPUNOV_PROJECTED = replace(
    PROJECTED,
    metric=each_step(lambda q, s, t: lyapunov_projected(q, t)),
    bound=lambda k, c: c["potential"],
    seen={"potential": Seen(each(lyapunov_projected), LENGTH2), "g": Seen(each(lambda q, s: s.g), STEP)},
    given={"g ≤ 1/(4L)": lambda k, c: 4 * c["g"] * c["L"]},
)


def steeper(weight: float) -> Claim[Game, State]:
    potential: Callable[[Game, State], Array] = lambda q, s: lyapunov(q, s, weight)
    return replace(
        LYAPUNOV, metric=each_step(lambda q, s, t: potential(q, t)), seen={**LYAPUNOV.seen, "potential": Seen(each(potential), LENGTH2)}
    )


THEOREM = Theorem(
    claims={
        "one step": (ONE_STEP, Status.CONSISTENT),
        "one step, long g": (replace(ONE_STEP, algorithm=OptimisticGradient(over_L(0.55), over_L(0.55))), Status.CONSISTENT),
        "Lyapunov": (LYAPUNOV, Status.CONSISTENT),
        "one step, projected": (PROJECTED, Status.CONSISTENT),
        "Lyapunov, projected": (LYAPUNOV_PROJECTED, Status.CONSISTENT),
    },
    foils={
        "2 for 2/9": (replace(ONE_STEP, bound=lambda k, c: c["p"] + 3 * ((c["L"] * c["g"]) ** 2 - 2) * c["drift2"]), Status.REFUTED),
        "no L² g²": (
            replace(ONE_STEP, algorithm=OptimisticGradient(over_L(0.55), over_L(0.55)), bound=lambda k, c: c["p"] - 2 / 3 * c["drift2"]),
            Status.REFUTED,
        ),
        "weights grow by 4": (steeper(4.0), Status.REFUTED),
        "g = 0.6/L, unstated": (replace(LYAPUNOV, algorithm=OptimisticGradient(over_L(0.6), over_L(0.6)), given={}), Status.REFUTED),
        "g = 0.6/L": (replace(LYAPUNOV, algorithm=OptimisticGradient(over_L(0.6), over_L(0.6))), Status.NOT_APPLICABLE),
        "drift for drift²": (replace(ONE_STEP, bound=lambda k, c: c["p"] - c["drift2"] ** 0.5), Status.ILL_POSED),
        "F misread by 1.1": (replace(ONE_STEP, algorithm=Misreading(ONE_STEP.algorithm, 1.1)), Status.UNLAWFUL),
        "projected, half of p": (replace(PROJECTED, bound=lambda k, c: 0.5 * c["p"]), Status.REFUTED),
        "projected, another method": (replace(PROJECTED, algorithm=single_call.ReflectedGradient(over_L(1 / 4))), Status.UNLAWFUL),
    },
)
