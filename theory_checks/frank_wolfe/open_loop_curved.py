"""Wirth, Kerdreux, Pokutta 2023 (PMLR v206), Theorems 3.6, E.1, D.2 and Remark D.3: γ_t = η_t = 4/(t+4) and the position of x*.

f convex, L-smooth over a set of diameter D. Hölder error bound: ‖x − x*‖ ≤ μ_H h^θ (strongly convex: θ = ½, μ_H = √(2/μ)).

3.6  Ball of radius β around x* inside, S = ⌈8 L D² (2μ_H/β)²⌉, t ≥ S:
         h_t ≤ max{(η_{t−2}/η_{S−1})² h_S, (2η_{t−2} μ_H L D³/β²)² + η²_{t−2} L D²/2}
E.1  (α, 2)-uniformly convex set, t ≥ 1:   h_t ≤ max{η²_{t−2} L D²/2, (2η_{t−2} L μ_H/α)² + η²_{t−2} L D²/2}
D.2  (α, q)-uniformly convex set, q = 4, ‖∇f‖ ≥ λ, t ≥ 1:   h_t ≤ max{η²_{t−2} L D²/2, η²_{t−2} L² 2/(αλ) + η²_{t−2} L D²/2}
D.3  q = 2, ‖∇f‖ ≥ λ, the constant step αλ/(2L) ≤ 1:   h_t ≤ (1 − αλ/(4L))^t h_0

The first three are far from met. Beside them: g ≥ β‖∇f‖ inside, the order t⁻² of E.1 where ∇f(x*) = 0 on the boundary, met there,
and D.3, whose step is 1/2 on the instance here (α = λ = L = 1).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from math import ceil

import numpy as np

from algorithms.frank_wolfe.vanilla import FrankWolfe, State, open_loop
from problems.frank_wolfe.quadratics import Planted, inside_l2_ball, on_sphere
from ratecheck import Always, Array, Bound, Claim, Constants, SameOrder, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.frank_wolfe._common import frank_wolfe, fw_gap, norm, primal_gap, roundoff
from theory_checks.frank_wolfe.open_loop_four import four

S = ceil(8 * 4 * 2 / 0.9**2 * 4)  # of Theorem 3.6 with L = μ = 1, D = 2, β = 0.9


def eta(k: Array) -> Array:
    """η_{t−2}"""
    return 4 / (k + 2)


def inside(k: Array, c: Constants) -> Array:
    holder = (2 / c["mu"]) ** 0.5
    tail = (2 * eta(k) * holder * c["L"] * c["D"] ** 3 / c["r"] ** 2) ** 2 + eta(k) ** 2 * c["L"] * c["D"] ** 2 / 2
    return np.maximum((eta(k) / four(S - 1)) ** 2 * c["h_S"], tail)


def burn_in(k: Array, c: Constants) -> Array:
    return 8 * c["mu"] ** -1 * 2 * c["L"] * c["D"] ** 2 * 4 / c["r"] ** 2 / k


def curved(k: Array, c: Constants) -> Array:
    smooth = eta(k) ** 2 * c["L"] * c["D"] ** 2 / 2
    return (2 * eta(k) * c["L"] * (2 / c["mu"]) ** 0.5 / c["alpha"]) ** 2 + smooth


def quartic(k: Array, c: Constants) -> Array:
    smooth = eta(k) ** 2 * c["L_p"] * c["D"] ** 2 / 2
    return eta(k) ** 2 * c["L_p"] ** 2 / (c["kappa_p"] * c["c"]) + smooth


def linear(k: Array, c: Constants) -> Array:
    return (1 - c["alpha"] * c["c"] / (4 * c["L"])) ** k * c["h_0"]


def claimed(place: str, slug: str, bound: Bound, step: Callable[[int], float] = four) -> Claim[Planted, State]:
    return Claim[Planted, State](
        source=Source("wirth2023", place, slug, Statement.VERIFIED),
        assumes=frozenset({Trait.STRONGLY_CONVEX, Trait.SMOOTH, Trait.COMPACT}),
        instances={"ball": partial(on_sphere, kappa=1.0)},
        algorithm=FrankWolfe(step),
        laws=frank_wolfe(step),
        metric=each(primal_gap),
        unit=Unit(f=1),
        bound=bound,
        holds=Always(),
        k=range(1, 200),
        rounding=roundoff,
    )


def at_start(p: Planted, states: Iterator[State]) -> Iterator[Array]:
    """h_S from k = S on; h_k before"""
    kept = None
    for s in states:
        h = primal_gap(p, s)
        kept = h if s.k == S else kept
        yield h if kept is None else kept


def interior_slope(p: Planted, s: State) -> Array:
    return p.constants["r"].value * norm(p.grad(s.x))


INSIDE = replace(
    claimed("Theorem 3.6", "fw.wirth.interior", inside),
    instances={"β = 0.9": partial(inside_l2_ball, kappa=1.0, depth=0.9)},
    seen={"h_S": Seen(at_start, Unit(f=1))},
    given={"t ≥ S": burn_in},
    k=range(S, 2 * S),
    seeds=4,
)
SCALING = replace(
    claimed("Theorem 3.6, its proof: g ≥ β‖∇f‖", "fw.wirth.interior", lambda k, c: c["g"]),
    instances={"β = 0.9": partial(inside_l2_ball, kappa=3.0, depth=0.9), "β = 0.5": inside_l2_ball},
    metric=each(interior_slope),
    seen={"g": Seen(each(fw_gap), Unit(f=1))},
)
CURVED = claimed("Theorem E.1, q = 2", "fw.wirth.E1", curved)
ORDER = replace(
    CURVED,
    instances={"∇f(x*) = 0": partial(on_sphere, kappa=1.0, slope=0.0)},
    bound=lambda k, c: c["L"] * c["D"] ** 2 / k**2,
    holds=SameOrder(within=0.1),
    k=range(1, 2001),
    seeds=4,
)
QUARTIC = replace(claimed("Theorem D.2, q = 4", "fw.wirth.D2", quartic), instances={"ℓ₄ ball": partial(on_sphere, n=2, kappa=1.0, slope=1.0, p=4.0)})


def half(k: int) -> float:
    return 0.5


LINEAR = replace(
    claimed("Remark D.3", "fw.wirth.D2", linear, half),
    given={"αλ ≤ 2L": lambda k, c: c["alpha"] * c["c"] / (2 * c["L"]), "αλ/(2L) ≥ 1/2": lambda k, c: c["L"] / (c["alpha"] * c["c"])},
    k=range(1, 40),
)

THEOREM = Theorem(
    claims={
        "3.6": (INSIDE, Status.VACUOUS),
        "3.6, its scaling inequality": (SCALING, Status.CONSISTENT),
        "E.1": (CURVED, Status.VACUOUS),
        "E.1, its order": (ORDER, Status.CONSISTENT),
        "D.2": (QUARTIC, Status.VACUOUS),
        "D.3": (LINEAR, Status.CONSISTENT),
    },
    foils={
        "2/(t+2) for 4/(t+4)": (replace(CURVED, algorithm=FrankWolfe(open_loop)), Status.UNLAWFUL),
        "too early": (replace(INSIDE, k=range(S // 2, S)), Status.NOT_APPLICABLE),
        "β doubled": (replace(SCALING, metric=each(lambda p, s: 2 * interior_slope(p, s))), Status.REFUTED),
        "1/t³": (replace(ORDER, bound=lambda k, c: c["L"] * c["D"] ** 2 / k**3), Status.REFUTED),
        "constant step 1": (replace(LINEAR, algorithm=FrankWolfe(lambda k: 1.0), laws={}), Status.REFUTED),
        "twice the rate, half of h_0": (replace(LINEAR, bound=lambda k, c: linear(2 * k, c) / 2), Status.REFUTED),
        "α for α²": (replace(CURVED, bound=lambda k, c: curved(k, {**c, "alpha": c["alpha"] ** 0.5})), Status.ILL_POSED),
    },
)
