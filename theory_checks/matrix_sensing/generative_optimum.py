"""Liu, Liu, Ghosh, Han, Scarlett 2022, generative principal components: where the optimum lies (deterministic form derived).

V = Vbar + E symmetric, λ_1 > λ_2 the leading eigenvalues of Vbar, xbar its leading eigenvector, K any closed subset of the unit
sphere that contains xbar. Every maximiser xhat of xᵀVx over K satisfies, with s, t the normalised chords xhat ∓ xbar,

    ‖xhat − xbar‖ ‖xhat + xbar‖  ≤  4 |sᵀEt| / (λ_1 − λ_2),      min ‖xhat ∓ xbar‖  ≤  2√2 |sᵀEt| / (λ_1 − λ_2).

With |sᵀEt| ≤ C√(k log L/m) this is the rate of the paper (gpca.optimum-rate, confirmed by the abstract): error ~ √(k/m) for the
spiked covariance, K the sphere of a k-dimensional space. Why: optimality gives xbarᵀVbar xbar − xhatᵀVbar xhat ≤
(xhat − xbar)ᵀE(xhat + xbar), and the left side is at least (λ_1−λ_2)(1 − ⟨xhat, xbar⟩²).
"""

from dataclasses import dataclass, replace
from typing import Any

from array_api_compat import array_namespace

from problems.matrix_sensing.generative import OnPoints, OnSubspace, curve, spiked_covariance, subspace
from ratecheck import Always, Array, Claim, Constants, Direct, Scaling, Seen, Source, Statement, Status, Theorem, Unit, each
from theory_checks.matrix_sensing._common import derived


@dataclass(frozen=True, eq=False)
class Point:
    x: Array  # (B, n)


def optimum(p: OnPoints | OnSubspace) -> Point:
    return Point(p.best())


def length(d: Array) -> Array:
    return array_namespace(d).sqrt(array_namespace(d).sum(d * d, axis=-1))


def product(p: Any, s: Point) -> Array:
    return length(s.x - p.xbar) * length(s.x + p.xbar)


def distance(p: Any, s: Point) -> Array:
    return array_namespace(s.x).minimum(length(s.x - p.xbar), length(s.x + p.xbar))


def bilinear(p: Any, s: Point) -> Array:
    """|sᵀEt| for the normalised chords (0 if one of them vanishes)"""
    xp = array_namespace(s.x)
    a, b = s.x - p.xbar, s.x + p.xbar
    la, lb = length(a), length(b)
    value = xp.abs(xp.sum(a * xp.matmul(p.E, b[:, :, None])[:, :, 0], axis=-1))
    scale = la * lb
    return value / xp.where(scale > 0, scale, xp.ones_like(scale))


def chord(k: Array, c: Constants) -> Array:
    return 2 * 2**0.5 * c["sEt"] / (c["lam_1"] - c["lam_2"])


PRODUCT = Claim[OnPoints | OnSubspace, Point](
    source=derived("gpca.optimum.deterministic", "every global optimum", "liu2022generative, sharpened"),
    assumes=frozenset(),
    instances={"curve": curve, "subspace": subspace},
    algorithm=Direct(optimum),
    seen={"sEt": Seen(each(bilinear), Unit(f=1))},
    metric=each(product),
    unit=Unit(),
    bound=lambda k, c: 2**0.5 * chord(k, c),
    rounding=lambda k, c: 1e-12 + 0 * k,
    holds=Always(),
    k=range(1),
    seeds=64,
)
CHORD = replace(PRODUCT, metric=each(distance), bound=chord)
RATE = replace(
    PRODUCT, source=Source("liu2022generative, as recalled", "rate √(k log L/m)", "gpca.optimum-rate", Statement.RECALLED),
    instances={"spiked covariance, m from 200 to 6400": spiked_covariance}, seen={}, metric=each(distance),
    bound=lambda k, c: (c["k"] / c["m"]) ** 0.5, rounding=lambda k, c: 0 * k, holds=Scaling(of=lambda c: c["m"], within=0.1),
)

THEOREM = Theorem(
    claims={"product": (PRODUCT, Status.CONSISTENT), "chord": (CHORD, Status.CONSISTENT), "rate in m": (RATE, Status.CONSISTENT)},
    foils={
        "start in place of the optimum": (replace(PRODUCT, algorithm=Direct(lambda p: Point(p.x0))), Status.REFUTED),
        "a tenth": (replace(PRODUCT, bound=lambda k, c: chord(k, c) / 10), Status.REFUTED),
        "1/m": (replace(RATE, bound=lambda k, c: c["k"] / c["m"]), Status.REFUTED),
        "no dependence on m": (replace(RATE, bound=lambda k, c: c["k"] ** 0.5), Status.REFUTED),
        "gap squared": (replace(CHORD, bound=lambda k, c: chord(k, c) / (c["lam_1"] - c["lam_2"])), Status.ILL_POSED),
    },
)
