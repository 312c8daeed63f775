"""Hsieh, Iutzeler, Malick, Mertikopoulos 2019 (arXiv 1908.08465, read), Theorem 2: geometric convergence of single-call methods.

V μ-strongly monotone, L-Lipschitz, small constant g, no noise: ‖X_t − x*‖ = O(e^{−rt}) for some r > 0 (no constant in the text). With
the constant that the recursion of their proof C.1 gives (derived): for g ≤ 1/(4L), X_{1/2} = X_1 and k = t − 1 ≥ 0

    a_k ≤ (1 − μg)^k ‖X_1 − x*‖²,    a_k = ‖X_t − x*‖² + g² ‖V(X_{t−1/2}) − V(X_{t−3/2})‖²   (the second term absent at k = 0).

Why: a step gives ‖X⁺‖² + 2g²‖ΔV‖² ≤ ‖X‖² − 2gμ‖X_{t+1/2}‖² − ‖X_{t+1/2} − X‖² + 2·(2g²L²)(‖X_{t+1/2} − X‖² + g²‖ΔV‖²), ‖X_{t+1/2}‖² ≥ ‖X‖²/2
− ‖X_{t+1/2} − X‖². On F(z) = w z in the plane the exact rate is the larger root modulus of t² − (1 − 2gw) t − gw = 0.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.min_max.single_call import PastExtragradient, State
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import LinearOperator, nonnormal, normal, stepped
from ratecheck import Always, Array, Claim, Constants, SameRate, Seen, Source, Statement, Status, Theorem, Trait, each
from theory_checks.min_max._common import LENGTH2, STEP, distance2, norm2, relative
from theory_checks.min_max._single_call import remembers, starts


def potential(p: LinearOperator, s: State) -> Array:
    return distance2(p, s) + s.g**2 * norm2(s.past - p.apply(s.w2)) * (1.0 if s.k else 0.0)


def bound(k: Array, c: Constants) -> Array:
    return (1 - c["mu"] * c["g"]) ** k * c["R"] ** 2


def exact_rate(k: Array, c: Constants) -> Array:
    w = c["L"] * np.exp(1j * c["angle"])
    first = 1 - 2 * c["g"] * w
    root = np.sqrt(first**2 + 4 * c["g"] * w)
    return (np.maximum(np.abs(first + root), np.abs(first - root)) / 2) ** (2 * k) * c["R"] ** 2


def updates(p: LinearOperator, s: State, t: State) -> Array:
    """X_{t+1} = X_t − g V(X_{t+1/2}), X_{t+3/2} = X_{t+1} − g V(X_{t+1/2})"""
    F = s.g[:, None] * p.apply(s.w)
    return relative(s.x - F, t.x, s.x) + relative(t.x - F, t.w, s.x)


CLAIM = Claim[LinearOperator, State](
    source=Source("hsieh2019", "Theorem 2, with a constant", "sc.geometric", Statement.DERIVED),
    assumes=frozenset({Trait.STRONGLY_MONOTONE, Trait.SMOOTH}),
    instances={
        "plane": partial(normal, pairs=1, rho_L=-0.3),
        "normal": partial(normal, rho_L=-0.1),
        "non-normal": partial(nonnormal, rho_L=-0.3),
    },
    algorithm=PastExtragradient(over_L(0.25)),
    metric=each(potential),
    unit=LENGTH2,
    bound=bound,
    holds=Always(power=0.5),
    k=range(1, 101),
    seen={"g": Seen(each(lambda p, s: s.g), STEP)},
    given={"g ≤ 1/(4L)": lambda k, c: 4 * c["g"] * c["L"]},
    laws={"updates": updates, "remembers": remembers, "starts": starts},
    rounding=lambda k, c: 1e-26 * c["R"] ** 2,
    seeds=8,
)
RATE = replace(
    CLAIM,
    source=replace(CLAIM.source, place="Theorem 2, the rate of a rotation"),
    instances={"L Rot(1.2)": partial(stepped, angle=1.2), "L Rot(0.3)": partial(stepped, angle=0.3)},
    metric=each(distance2),
    bound=exact_rate,
    holds=SameRate(0.02),
    k=range(1, 61),
    seeds=1,
)

THEOREM = Theorem(
    claims={"potential": (CLAIM, Status.CONSISTENT), "rate": (RATE, Status.CONSISTENT)},
    foils={
        "3μ for μ": (replace(CLAIM, bound=lambda k, c: bound(k, {**c, "mu": 3 * c["mu"]})), Status.REFUTED),
        "g for μg": (replace(CLAIM, bound=lambda k, c: bound(k, {**c, "mu": c["mu"] ** 2})), Status.ILL_POSED),
        "g = 0.7/L": (replace(CLAIM, algorithm=PastExtragradient(over_L(0.7))), Status.NOT_APPLICABLE),
        "g = 0.7/L, unstated": (replace(CLAIM, algorithm=PastExtragradient(over_L(0.7)), given={}), Status.REFUTED),
        "merely monotone": (replace(CLAIM, instances={"skew": partial(normal, pairs=1)}), Status.NOT_APPLICABLE),
        "rate of the gradient step": (
            replace(RATE, bound=lambda k, c: np.abs(1 - c["g"] * c["L"] * np.exp(1j * c["angle"])) ** (2 * k) * c["R"] ** 2),
            Status.REFUTED,
        ),
    },
)
