"""Liu, Liu, Yao, Zeng, Zhang 2024, Theorem 3.1 (as public reviews state it): the rates of MEHA, orders only.

φ(x, ·) weakly convex, γ < 1/(2ρ), c_k = c(k+1)^p with 0 ≤ p < 1/2, steps small enough (the bounds are only said to exist):
    min_{j≤k} ‖θ_j − θ*_γ(x_j, y_j)‖ = O(k^{−1/2}),     min_{j≤k} R_j = O(k^{−(1−2p)/2}),     φ − v_γ = O(k^{−p}),
R = ‖∇F + c_k(∇φ − ∇v_γ)‖. Upper bounds: steeper slopes pass, flatter ones do not. Here p = 1/4, φ = Σ sin(x + y_i − c_i).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import norm
from algorithms.bilevel.meha import MEHA, Iterate, Regularised
from problems.bilevel import weakly_convex
from ratecheck import Array, AtMostOrder, Claim, Measure, Seen, Source, Statement, Status, Theorem, Trait, Unit, best, each
from theory_checks.bilevel._common import GRADIENT, agree


def tracking(p: Regularised, s: Iterate) -> Array:
    return norm(s.theta - p.prox(s.x, s.y))


def stray(p: Regularised, s: Iterate) -> Array:
    """1 + the tracking error, as a scale that is not 0"""
    return 1 + tracking(p, s)


def residual(p: Regularised, s: Iterate) -> Array:
    theta = p.prox(s.x, s.y)
    along_x = p.upper_x(s.x, s.y) + s.c * (p.lower_x(s.x, s.y) - p.lower_x(s.x, theta))
    along_y = p.upper_y(s.x, s.y) + s.c * (p.lower_y(s.x, s.y) - (s.y - theta) / p.gamma[:, None])
    return norm(array_namespace(s.x).concat([along_x, along_y], axis=-1))


def gap(p: Regularised, s: Iterate) -> Array:
    return p.lower(s.x, s.y) - p.envelope(s.x, s.y)


def steps(a: MEHA, p: Regularised, s: Iterate, t: Iterate) -> Array:
    """The three updates, in their order, with c_k = c(k+1)^p"""
    c = a.c * (s.k + 1) ** a.p
    gamma = p.gamma[:, None]
    theta = s.theta - a.eta * (p.lower_y(s.x, s.theta) + (s.theta - s.y) / gamma)
    x = s.x - a.alpha * (p.upper_x(s.x, s.y) / c + p.lower_x(s.x, s.y) - p.lower_x(s.x, theta))
    y = s.y - a.beta * (p.upper_y(x, s.y) / c + p.lower_y(x, s.y) - (s.y - theta) / gamma)
    return agree((t.theta, theta, s.theta), (t.x, x, s.x), (t.y, y, s.y)) + abs(s.c / c - 1)


def first(m: Callable[[Regularised, Iterate], Array]) -> Measure[Regularised, Iterate]:
    """m at the start, as the scale of the order"""

    def measure(p: Regularised, states: Iterator[Iterate]) -> Iterator[Array]:
        value = m(p, next(states))
        yield value
        for _ in states:
            yield value

    return measure


def claim(a: MEHA, m: Callable[[Regularised, Iterate], Array], measure: Measure[Regularised, Iterate], unit: Unit, power: float) -> Claim[Regularised, Iterate]:
    return Claim(
        source=Source("liu2024envelope", "Theorem 3.1", "meha.rates", Statement.RECALLED),
        assumes=frozenset({Trait.WEAKLY_CONVEX, Trait.SMOOTH}),
        instances={"sines": partial(weakly_convex.sines, low=0.35, high=0.45)},
        algorithm=a,
        laws={"steps": partial(steps, a)},
        seen={"first": Seen(first(m), unit)},
        given={"γ < 1/(2ρ)": lambda k, c: 2 * c["gamma"] * c["rho"]},
        metric=measure,
        unit=unit,
        bound=lambda k, c: c["first"] * (k + 1) ** -power,
        holds=AtMostOrder(0.1, tail=0.2),
        k=range(1, 1600),
        seeds=1,
    )


PLAIN, FIXED = MEHA(), MEHA(p=0.0, c=2.0)
RESIDUAL = claim(PLAIN, residual, best(residual), GRADIENT, 0.25)
TRACKING = claim(PLAIN, stray, each(tracking), Unit(0, 1), 0.5)  # the minimum is reached early, by accident
GAP = claim(PLAIN, gap, each(gap), Unit(1, 0), 0.25)

THEOREM = Theorem(
    claims={"residual": (RESIDUAL, Status.CONSISTENT), "tracking": (TRACKING, Status.CONSISTENT), "gap": (GAP, Status.CONSISTENT)},
    foils={
        "constant penalty": (claim(FIXED, gap, each(gap), Unit(1, 0), 0.25), Status.REFUTED),
        "gap 1/k": (replace(GAP, k=range(1, 600), bound=lambda k, c: c["first"] / (k + 1)), Status.REFUTED),
        "residual 1/k²": (replace(RESIDUAL, k=range(1, 900), bound=lambda k, c: c["first"] / (k + 1) ** 2), Status.REFUTED),
        "residual squared": (replace(RESIDUAL, bound=lambda k, c: c["first"] ** 2 * (k + 1) ** -0.5), Status.ILL_POSED),
        "c_k = c(k+1)^0.3": (replace(RESIDUAL, algorithm=MEHA(p=0.3), k=range(1, 9)), Status.UNLAWFUL),
        "another η": (replace(TRACKING, algorithm=MEHA(eta=0.12), k=range(1, 200)), Status.UNLAWFUL),
        "η > 2/(1/γ + 1)": (replace(TRACKING, algorithm=MEHA(eta=1.0), laws={}, k=range(1, 500)), Status.REFUTED),
    },
)
