"""Wirth, Kerdreux, Pokutta 2023 (PMLR v206), Theorems 3.6, E.1, D.2 and Remark D.3: γ_t = η_t = 4/(t+4) and the position of x*.

f convex, L-smooth over a set of diameter D. Hölder error bound: ‖x − x*‖ ≤ μ_H h^θ (strongly convex: θ = ½, μ_H = √(2/μ)).

3.6  Ball of radius β around x* inside, S = ⌈8 L D² (2μ_H/β)²⌉, t ≥ S:   h_t ≤ max{(η_{t−2}/η_{S−1})² h_S, (2η_{t−2} μ_H L D³/β²)² + η²_{t−2} L D²/2}
E.1  (α, 2)-uniformly convex set, t ≥ 1:   h_t ≤ max{η²_{t−2} L D²/2, (2η_{t−2} L μ_H/α)² + η²_{t−2} L D²/2}
D.2  (α, q)-uniformly convex set, q = 4, ‖∇f‖ ≥ λ, t ≥ 1:   h_t ≤ max{η²_{t−2} L D²/2, η²_{t−2} L² 2/(αλ) + η²_{t−2} L D²/2}
D.3  q = 2, ‖∇f‖ ≥ λ, the constant step αλ/(2L) ≤ 1:   h_t ≤ (1 − αλ/(4L))^t h_0

The first three are far from met. What they rest on is claimed beside them: g ≥ β‖∇f‖ inside, the order t⁻² on curved sets.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from math import ceil

import numpy as np

from algorithms.frank_wolfe.vanilla import FrankWolfe, State, open_loop
from problems.frank_wolfe.quadratics import Planted, inside_l2_ball, on_sphere
from ratecheck import (
    Always,
    Array,
    AtMostOrder,
    Claim,
    Constants,
    Measure,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
)
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
