"""Engstrom et al. 2025, Definitions 1 and 2 (public notes and implementation; the facts proved here): is a training run metasmooth?

S_{h,v}(f; z) = |f(z+2hv) − 2f(z+hv) + f(z)|/h²  ≤  β‖v‖²  if f is β-smooth.  Empirical metasmoothness, θ_j = parameters trained
at z + jhv, d = |θ_2 − θ_0|:   S = sign(θ_2 − θ_1)' diag(d/‖d‖₁) sign(θ_1 − θ_0)  lies in [−1, 1], and is 1 if θ is affine in z along v.
Here f(z) = F, the outcome of training to the end, whose smoothness constant is exact for separable ridge regression.
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import dot, norm
from algorithms.bilevel.inexact import Inexact
from algorithms.bilevel.points import RandomPoints, Sample
from problems.bilevel import quadratic, ridge
from problems.bilevel.separable import separable
from ratecheck import Always, Array, Claim, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.bilevel._common import value

STEPS = 30


def trained(p: Inexact, x: Array) -> Array:
    """30 gradient steps of length 1/L on the lower level from y0, L of the instance"""
    y = p.y0
    for _ in range(STEPS):
        y = y - p.lower_y(x, y) / p.constants["L"].value[:, None]
    return y


def second_difference(h: float, p: Inexact, s: Sample) -> Array:
    ends = [value(p, s.x + j * h * s.dx) for j in (0, 1, 2)]
    return array_namespace(s.x).abs(ends[2] - 2 * ends[1] + ends[0]) / h**2


def metasmoothness(h: float, p: Inexact, s: Sample, largest: bool = False) -> Array:
    xp = array_namespace(s.x)
    theta = [trained(p, s.x + j * h * s.dx) for j in (0, 1, 2)]
    d = xp.abs(theta[2] - theta[0])
    agree = xp.sign(theta[2] - theta[1]) * xp.sign(theta[1] - theta[0])
    scale = xp.max(d, axis=-1) if largest else xp.sum(d, axis=-1)
    return xp.sum(agree * d, axis=-1) / scale


def minimises(p: Inexact, s: Sample, t: Sample) -> Array:
    """∇_y g(x, y*) = 0: F is the value of a run that was trained to the end"""
    y = p.y_star(s.x)
    return norm(p.lower_y(s.x, y)) / (p.smoothness(s.x) * (norm(y) + 1))


CURVATURE = Claim[Inexact, Sample](
    source=Source("engstrom2025", "Definition 1, equation (5)", "replay.curvature", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH}),
    instances={"one penalty": partial(separable, d=1, box=1.0), "separable ridge": partial(separable, d=3, box=1.0)},
    algorithm=RandomPoints(1.0),
    laws={"minimises": minimises},
    seen={"v2": Seen(each(lambda p, s: dot(s.dx, s.dx)), Unit(0, 2)), "F": Seen(each(lambda p, s: value(p, s.x)), Unit(1, 0))},
    metric=each(partial(second_difference, 0.03)),
    unit=Unit(1, 0),
    bound=lambda k, c: c["L_F"] * c["v2"],
    holds=Always(),
    k=range(30),
    rounding=lambda k, c: 1e-11 * c["F"],
)
AFFINE = Claim[Inexact, Sample](
    source=Source("engstrom2025", "Definition 2, equation (6)", "replay.metasmoothness", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH}),
    instances={"quadratic": partial(quadratic.quadratic, n=3, m=6)},
    algorithm=RandomPoints(1.0),
    laws={"minimises": minimises},
    metric=each(partial(metasmoothness, 1.0)),
    unit=Unit(),
    bound=lambda k, c: 1 + 0 * k,
    holds=Equal(1e-12),
    k=range(20),
    seeds=8,
)
INSIDE = replace(
    AFFINE,
    instances={"separable ridge": partial(separable, d=4), "quadratic": partial(quadratic.quadratic, n=3, m=6)},
    metric=each(lambda p, s: array_namespace(s.x).abs(metasmoothness(1.0, p, s))),
    holds=Always(),
    rounding=lambda k, c: 1e-12 + 0 * k,
)


THEOREM = Theorem(
    claims={"curvature": (CURVATURE, Status.CONSISTENT), "affine": (AFFINE, Status.CONSISTENT), "in [−1, 1]": (INSIDE, Status.CONSISTENT)},
    foils={
        "β/4": (replace(CURVATURE, bound=lambda k, c: c["L_F"] * c["v2"] / 4), Status.REFUTED),
        "‖v‖ for ‖v‖²": (replace(CURVATURE, bound=lambda k, c: c["L_F"] * c["v2"] ** 0.5), Status.ILL_POSED),
        "4v": (replace(CURVATURE, metric=each(lambda p, s: second_difference(0.03, p, replace(s, dx=4 * s.dx)))), Status.REFUTED),
        "not affine": (replace(AFFINE, instances={"ridge": partial(ridge.planted, rows=8, reach=12.0)}, metric=each(partial(metasmoothness, 3.0))), Status.REFUTED),
        "largest for sum": (replace(AFFINE, metric=each(lambda p, s: metasmoothness(1.0, p, s, largest=True))), Status.REFUTED),
    },
)
