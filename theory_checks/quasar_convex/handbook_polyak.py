"""Garrigos, Gower (slides on stochastic Polyak steps, 2025; later handbook): SPS, SPS* and the averaged IMA-SPS.

f = (1/N) Σ f_i convex, x_{t+1} = x_t − s_t ∇f_i(x_t), a_T = mean of E f(x_t) − f* over t < T, R = ‖x_0 − x*‖. For every T ≥ 1:

    SPS, interpolation, f_i L_max-smooth, s_t = (f_i(x_t) − inf f_i)/‖∇f_i(x_t)‖²:        a_T ≤ 2 L_max R²/T
    SPS*, s_t = (f_i(x_t) − f_i(x*))_+/‖∇f_i(x_t)‖², f_i G-Lipschitz on the ball of radius R about x*:   a_T ≤ G R/√T
    SPS*, f_i L-smooth there:                                                  a_T ≤ 4 L R²/T + 2 R √σ*/√T
    IMA-SPS, z_t = z_{t−1} − η_t g_t, x_{t+1} = x_t + a_t (z_t − x_t), η_t = (f_i(x_t) − f_i(x*) + ⟨g_t, z_{t−1} − x_t⟩)_+/‖g_t‖²:
             the last iterate, E f(x_{T−1}) − f* ≤ G R/√T

Along all of them ‖x_t − x*‖ (for the last ‖z_t − x*‖) never grows, whatever is drawn: the iterates stay in the ball, a claim too.
The first is derived: r_+² = r² − (2 s ⟨g, x − x*⟩ − s² ‖g‖²) ≤ r² − s (f_i(x) − inf f_i) and s ≥ 1/(2 L_max).
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from algorithms.quasar_convex.polyak_steps import AveragedIterate, AveragedPolyak, StochasticPolyak
from algorithms.quasar_convex.stochastic import SGD, Iterate
from problems.quasar_convex.absolute_deviations import AbsoluteDeviations, absolute_value, deviations
from problems.quasar_convex.sparse_regression import SparseRegression, sparse_regression
from ratecheck import Always, Array, Claim, Constants, Draw, InExpectation, Statement, Status, Theorem, Trait, Unit, each, mean
from theory_checks.quasar_convex._common import distance2, gap, inner, on, relative
from theory_checks.quasar_convex._handbook import source


def smooth(k: Array, c: Constants) -> Array:
    return 2 * c["L_max"] * c["R"] ** 2 / (k + 1)


def smooth_star(k: Array, c: Constants) -> Array:
    return 4 * c["L_max"] * c["R"] ** 2 / (k + 1) + 2 * c["R"] * (c["sigma"] / (k + 1)) ** 0.5


def lipschitz(k: Array, c: Constants) -> Array:
    return c["G_max"] * c["R"] / (k + 1) ** 0.5


def halves_the_residual(p: SparseRegression, s: Iterate, t: Iterate) -> Array:
    """For f_i = r²/2 with infimum 0 the step leaves half of the residual: r_i(x_{k+1}) = r_i(x_k)/2, along a_i"""
    a, y = p.component(s.i)
    r = inner(a, s.x) - y
    return relative(t.x - s.x + (0.5 * r / inner(a, a))[:, None] * a, s.x, t.x)


def meets_the_target(p: SparseRegression, s: Iterate, t: Iterate) -> Array:
    """f_i(x_k) + ⟨g_i, x_{k+1} − x_k⟩ = f_i(x*) where f_i(x_k) is above it, and no move elsewhere; the move is along g_i"""
    g = p.grad_one(s.x, s.i)
    above = p.value_one(s.x, s.i) - p.value_one(p.x_star, s.i)
    square = inner(g, g)
    length = above * (above > 0) / (square + (square == 0) * 1.0)
    return relative(t.x - s.x + length[:, None] * g, s.x, t.x)


def projects_on_the_level(p: AbsoluteDeviations, s: Iterate, t: Iterate) -> Array:
    """x_{k+1} = x_k − (f_i(x_k) − f_i(x*))_+ g_i/‖g_i‖²"""
    g = p.grad_one(s.x, s.i)
    above = p.value_one(s.x, s.i) - p.value_one(p.x_star, s.i)
    return relative(t.x - s.x + (above * (above > 0) / inner(g, g))[:, None] * g, s.x, t.x)


def averages_z(p: AbsoluteDeviations, s: AveragedIterate, t: AveragedIterate) -> Array:
    """z_t is the nearest point to z_{t−1} where the linear model of f_i at x_t is at most f_i(x*), x_{t+1} the next mean"""
    g = p.grad_one(s.x, s.i)
    above = p.value_one(s.x, s.i) - p.value_one(p.x_star, s.i) + inner(g, s.z - s.x)
    step = (above * (above > 0) / inner(g, g))[:, None]
    k = s.k
    return relative(t.z - s.z + step * g, s.z, t.z) + relative((k + 2) * t.x - (k + 1) * s.x - t.z, (k + 2) * t.x, s.x)


def distance2_of_z(p: AbsoluteDeviations, s: AveragedIterate) -> Array:
    return inner(s.z - p.x_star, s.z - p.x_star)


SLIDES = "gower2025, slides of Garrigos"
SMOOTH = Claim[SparseRegression, Iterate](
    source=source("later version, SPS", "sps.smooth", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.FINITE_SUM, Trait.INTERPOLATION}),
    instances={
        "one unknown": partial(sparse_regression, N=2, n=1, tau=0.0, noise=0.0),
        "two unknowns": partial(sparse_regression, N=2, n=2, tau=0.0, noise=0.0),
    },
    algorithm=StochasticPolyak(floor=0.0),
    metric=mean(gap),
    unit=Unit(f=1),
    bound=smooth,
    holds=InExpectation(),
    k=range(40),
    laws={"halves the residual": halves_the_residual},
    seeds=128,
)
NOISE = {"noisy": partial(sparse_regression, N=8, n=2, tau=0.0, noise=3.0)}
STAR = replace(
    SMOOTH,
    source=source("smooth case", "spsstar.smooth", paper=SLIDES),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.FINITE_SUM}),
    instances={"one row": partial(sparse_regression, N=1, n=1, tau=0.0, noise=0.0)},
    algorithm=StochasticPolyak(),
    bound=smooth_star,
    holds=Always(),
    laws={"meets the target": meets_the_target},
)
INSIDE = replace(STAR, instances=NOISE, metric=each(distance2), unit=Unit(x=2), bound=lambda k, c: c["R"] ** 2, k=range(1, 100), seeds=16)
LIPSCHITZ = Claim[AbsoluteDeviations, Iterate](
    source=source("Lipschitz case", "spsstar.lipschitz", paper=SLIDES),
    assumes=frozenset({Trait.CONVEX, Trait.LIPSCHITZ, Trait.FINITE_SUM}),
    instances={"absolute deviations": deviations, "widely spread": partial(deviations, spread=1.0, n=2)},
    algorithm=StochasticPolyak(),
    metric=mean(gap),
    unit=Unit(f=1),
    bound=lipschitz,
    holds=InExpectation(),
    k=range(200),
    laws={"projects on the level": projects_on_the_level},
    seeds=128,
)
TIGHT = replace(LIPSCHITZ, instances={"|x|": absolute_value}, holds=Always(), sharp={"|x|": Always(power=1 - 1e-9)}, seeds=1)
LAST = Claim[AbsoluteDeviations, AveragedIterate](
    source=source("IMA-SPS", "imasps.lipschitz", paper=SLIDES),
    assumes=LIPSCHITZ.assumes,
    instances=LIPSCHITZ.instances,
    algorithm=AveragedPolyak(),
    metric=each(gap),
    unit=Unit(f=1),
    bound=lipschitz,
    holds=InExpectation(),
    k=range(200),
    laws={"averages z": averages_z},
    seeds=128,
)
BALL = replace(LAST, metric=each(distance2_of_z), unit=Unit(x=2), bound=lambda k, c: c["R"] ** 2, holds=Always(), k=range(1, 100), seeds=16)
ONCE: Mapping[str, Draw[SparseRegression]] = {"noisy": NOISE["noisy"]}

THEOREM = Theorem(
    claims={
        "SPS under interpolation": (SMOOTH, Status.CONSISTENT),
        "SPS*, smooth": (STAR, Status.CONSISTENT),
        "SPS*, in the ball": (INSIDE, Status.CONSISTENT),
        "SPS*, Lipschitz": (LIPSCHITZ, Status.CONSISTENT),
        "SPS*, |x|": (TIGHT, Status.CONSISTENT),
        "IMA-SPS, last iterate": (LAST, Status.CONSISTENT),
        "IMA-SPS, in the ball": (BALL, Status.CONSISTENT),
    },
    foils={
        "SPS: a tenth": (replace(SMOOTH, bound=lambda k, c: smooth(k, c) / 10), Status.REFUTED),
        "SPS without interpolation": (replace(SMOOTH, instances=ONCE, k=range(1000), seeds=32), Status.NOT_APPLICABLE),
        "SPS without interpolation, unstated": (
            replace(SMOOTH, instances=ONCE, k=range(1000), assumes=STAR.assumes, seeds=32),
            Status.REFUTED,
        ),
        "SPS: twice the step": (replace(SMOOTH, algorithm=StochasticPolyak(0.0, 2.0)), Status.UNLAWFUL),
        "SPS*: a tenth": (replace(STAR, bound=lambda k, c: smooth_star(k, c) / 10), Status.REFUTED),
        "SPS*: three times the step leaves the ball": (replace(INSIDE, algorithm=StochasticPolyak(None, 3.0), laws={}), Status.REFUTED),
        "SPS for SPS*": (replace(INSIDE, algorithm=StochasticPolyak(0.0)), Status.UNLAWFUL),
        "SPS*, Lipschitz: an eighth": (replace(LIPSCHITZ, bound=lambda k, c: lipschitz(k, c) / 8), Status.REFUTED),
        "SPS*, |x|: 1% less": (replace(TIGHT, bound=lambda k, c: 0.99 * lipschitz(k, c)), Status.REFUTED),
        "constant step for SPS*": (
            replace(on(LIPSCHITZ, "absolute deviations"), algorithm=SGD(lambda c, k: c["R"].value / c["G"].value), seeds=8),
            Status.UNLAWFUL,
        ),
        "IMA-SPS: an eighth": (replace(LAST, bound=lambda k, c: lipschitz(k, c) / 8), Status.REFUTED),
        "IMA-SPS: G": (replace(LAST, bound=lambda k, c: c["G_max"] / (k + 1) ** 0.5), Status.ILL_POSED),
    },
)
