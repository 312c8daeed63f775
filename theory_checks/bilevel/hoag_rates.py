"""Pedregosa 2016 (proceedings and appendix read), Theorems 1 and 2: HOAG, gradient descent with summable errors.

D convex and compact, F L_F-smooth, x_{k+1} = P_D(x_k − p_k/L_F), where y_k and q_k are solved to tolerance ε_k:
‖y_k − y*‖ ≤ ε_k, ‖A q_k − ∇_y f‖ ≤ ε_k. With e_k = p_k − ∇F(x_k) and D_k = x_{k+1} − x_k:

  (1)  ‖e_k‖ = O(ε_k).  Explicit, for every k when g is strongly convex: ‖e_k‖ ≤ ω(ε_k, ε_k) of the a posteriori bound.
       (1/K) Σ_{k<K} ‖D_k‖² ≤ (2/(L_F K)) [F(x_0) − F* + Σ ‖e_k‖‖D_k‖]: derived from F_{k+1} ≤ F_k + ‖e_k‖‖D_k‖ − (L_F/2)‖D_k‖².
  (2)  Σ ε_k < ∞: the gradient mapping P_D(x − ∇F(x)/L_F) − x tends to 0. (As printed, x_k has a limit; the proof gives
       Σ‖D_k‖² < ∞, from which the existence of a limit does not follow. The mapping is what is checked.)
  Floor  Constant ε: by Young's inequality avg ‖D_k‖² ≤ 4Δ/(L_F K) + 4 avg ‖e_k‖²/L_F²: no more than a floor, and it is seen.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import dot, norm
from algorithms.bilevel.hoag import HOAG, Boxed, Tolerant, quadratic_decay
from algorithms.bilevel.implicit import exact_hypergradient, hypergradient
from problems.bilevel import hyper_cleaning
from problems.bilevel.separable import separable
from ratecheck import (
    Always,
    Array,
    AtLeast,
    Claim,
    Constants,
    Law,
    Lockstep,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    Vanishes,
    each,
    mean,
)
from theory_checks.bilevel._common import CURVATURE, EPS, GRADIENT, relative
from theory_checks.bilevel.hypergradient_certificate import omega

LENGTH, LENGTH2 = Unit(0, 1), Unit(0, 2)


def error(p: Boxed, s: Tolerant) -> Array:
    return norm(s.p - exact_hypergradient(p, s.x))


def moved(p: Boxed, s: Tolerant) -> Array:
    """‖D_k‖²"""
    d = s.x_next - s.x
    return dot(d, d)


def mapping(p: Boxed, s: Tolerant) -> Array:
    """‖P_D(x − ∇F(x)/L_F) − x‖"""
    return norm(p.project(s.x - exact_hypergradient(p, s.x) / p.constants["L_F"].value[:, None]) - s.x)


def projects(p: Boxed, s: Tolerant, t: Tolerant) -> Array:
    """x_{k+1} = P_D(x_k − p_k/L_F),  p = ∇_x f − B'q"""
    z = hypergradient(p, s.x, s.y, s.q)
    return relative(t.x - p.project(s.x - z / p.constants["L_F"].value[:, None]), t.x, s.x)


def within_tolerance(p: Boxed, s: Tolerant, t: Tolerant) -> Array:
    """By how much ‖y − y*‖ ≤ ε or ‖A q − ∇_y f‖ ≤ ε fails, relative; tolerances below 1e-11 are left to rounding"""
    xp = array_namespace(s.x)
    far = xp.maximum(norm(s.y - p.y_star(s.x)), norm(p.hvp(s.x, s.y, s.q) - p.upper_y(s.x, s.y))) / s.eps
    return xp.where((far > 1 + 1e-9) & (s.eps > 1e-11), far, 0 * far)


def on_schedule(a: HOAG, p: Boxed, s: Tolerant, t: Tolerant) -> Array:
    """ε_k is what was said, down to 1e-12"""
    return array_namespace(s.x).abs(s.eps / max(a.tolerance(s.k), 1e-12) - 1)


def first_moment(p: Boxed, s: Tolerant) -> Array:
    return error(p, s) * moved(p, s) ** 0.5


def initial_mapping(p: Boxed, states: Iterator[Tolerant]) -> Iterator[Array]:
    first = None
    for s in states:
        first = mapping(p, s) if first is None else first
        yield first


def mapping_bound(k: Array, c: Constants) -> Array:
    return 2 / c["L_F"] * (c["Delta"] / (k + 1) + c["eD"])


ERROR = Claim[Boxed, Tolerant](
    source=Source("pedregosa2016", "Theorem 1, explicit", "hoag.grad-error", Statement.DERIVED),
    assumes=frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH, Trait.COMPACT}),
    instances={"one penalty": partial(separable, d=1), "separable ridge": partial(separable, d=3, box=1.0)},
    algorithm=HOAG(),
    laws={"projects": projects, "within tolerance": within_tolerance, "on schedule": partial(on_schedule, HOAG())},
    seen={
        "B": Seen(each(lambda p, s: norm(p.cross(s.x, s.y, 0 * s.x + 1))), CURVATURE),  # diagonal: at least its largest entry
        "grad_f": Seen(each(lambda p, s: norm(p.upper_y(s.x, s.y))), GRADIENT),
        "eps": Seen(each(lambda p, s: s.eps), LENGTH),
        "r": Seen(each(lambda p, s: s.eps), GRADIENT),  # one number ε_k, in either unit
    },
    metric=each(error),
    unit=GRADIENT,
    bound=lambda k, c: omega(k, {**c, "grad_g": c["mu"] * c["eps"]}),
    holds=Always(),
    k=range(40),
    rounding=lambda k, c: 100 * EPS * c["grad_f"],
    seeds=8,
)
CLEANING = replace(
    ERROR,
    instances={"hyper-cleaning, digits": partial(hyper_cleaning.digits, train=24, valid=40, classes=3, components=3, lam=1.0, spread=1.0)},
    seen={**ERROR.seen, "B": Seen(each(lambda p, s: array_namespace(s.x).linalg.matrix_norm(p.cross_block(s.x, s.y), ord=2)), CURVATURE)},
)
RATE = replace(
    ERROR,
    source=Source("pedregosa2016", "equation (9) of the appendix, summed", "hoag.mapping-rate", Statement.DERIVED),
    instances={"one penalty": partial(separable, d=1), "separable ridge": separable},
    seen={"eD": Seen(mean(first_moment), Unit(1, 0))},
    metric=mean(moved),
    unit=LENGTH2,
    bound=mapping_bound,
    k=range(100),
    rounding=lambda k, c: 1e-14 * c["Delta"] / c["L_F"],
)
LIMIT = replace(
    ERROR,
    source=Source("pedregosa2016", "Theorem 2, what its proof gives", "hoag.convergence", Statement.VERIFIED),
    instances={"separable ridge": partial(separable, d=2, box=1.0)},
    seen={"first": Seen(initial_mapping, LENGTH)},
    metric=each(mapping),
    unit=LENGTH,
    bound=lambda k, c: c["first"],
    holds=Vanishes(1e-3),
    rounding=lambda k, c: 0 * k,
    k=range(299, 300),
)


def constant(k: int) -> float:
    return 0.3


def twice(k: int) -> float:
    return 2 * quadratic_decay(k)


FLOOR = replace(
    RATE,
    source=Source("pedregosa2016", "constant tolerance, derived", "hoag.floor", Statement.DERIVED),
    algorithm=HOAG(constant),
    laws={**RATE.laws, "on schedule": partial(on_schedule, HOAG(constant))},
    seen={"e2": Seen(mean(lambda p, s: error(p, s) ** 2), Unit(2, -2))},
    bound=lambda k, c: 4 * c["Delta"] / (c["L_F"] * (k + 1)) + 4 * c["e2"] / c["L_F"] ** 2,
)
Pair = tuple[Tolerant, Tolerant]


def of_one(i: int, law: Law[Boxed, Tolerant], p: Boxed, s: Pair, t: Pair) -> Array:
    return law(p, s[i], t[i])


STALLS = Claim[Boxed, Pair](
    source=FLOOR.source,
    assumes=FLOOR.assumes,
    instances=LIMIT.instances,
    algorithm=Lockstep(HOAG(constant), HOAG()),
    laws={
        **{f"constant, {name}": partial(of_one, 0, law) for name, law in FLOOR.laws.items()},
        **{f"summable, {name}": partial(of_one, 1, law) for name, law in RATE.laws.items()},
    },
    seen={"summable": Seen(each(lambda p, s: mapping(p, s[1])), LENGTH)},
    metric=each(lambda p, s: mapping(p, s[0])),
    unit=LENGTH,
    bound=lambda k, c: 100 * c["summable"],
    holds=AtLeast(power=1e9),  # the summable schedule converges: the ratio has no reason to stay small
    k=range(299, 300),
    seeds=8,
)

THEOREM = Theorem(
    claims={
        "error": (ERROR, Status.CONSISTENT),
        "error, hyper-cleaning": (CLEANING, Status.CONSISTENT),
        "rate of the mapping": (RATE, Status.CONSISTENT),
        "mapping vanishes": (LIMIT, Status.CONSISTENT),
        "constant tolerance, bound": (FLOOR, Status.CONSISTENT),
        "constant tolerance stalls": (STALLS, Status.CONSISTENT),
    },
    foils={
        "a tenth of the error": (replace(ERROR, bound=lambda k, c: ERROR.bound(k, c) / 20), Status.REFUTED),
        "error without L_f": (replace(ERROR, bound=lambda k, c: c["B"] / c["mu"] * c["eps"]), Status.ILL_POSED),
        "half the rate": (replace(RATE, bound=lambda k, c: mapping_bound(k, c) / 4), Status.REFUTED),
        "no errors in the rate": (replace(FLOOR, bound=lambda k, c: c["Delta"] / (c["L_F"] * (k + 1) ** 2)), Status.REFUTED),
        "constant tolerance": (replace(LIMIT, algorithm=HOAG(constant), laws=FLOOR.laws), Status.REFUTED),
        "ε_k = 0.2/(k+1)²": (replace(RATE, algorithm=HOAG(twice), k=range(8)), Status.UNLAWFUL),
        "step 4/L_F": (replace(RATE, algorithm=HOAG(relative=4.0)), Status.UNLAWFUL),
        "step 40/L_F, unstated": (replace(RATE, algorithm=HOAG(relative=40.0), laws={}), Status.REFUTED),
    },
)
