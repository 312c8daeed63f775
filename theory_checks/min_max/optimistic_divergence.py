"""Gorbunov, Taylor, Horváth, Gidel 2023 (poster and notebook C.10 read), Theorem 7, third item: where optimistic gradient diverges.

F(z) = w z, w complex, in the plane: x̃_k = x_0 (p λ^k + q μ^k), λ, μ the roots of t² − (1 − (g1 + g2) w) t − g1 w = 0, from
x̃_0 = x_0 and x̃_1 = (1 − (g1 + g2) w) x_0 (derived). Hence, exactly:

    F = L z:           stable if and only if L (2 g1 + g2) < 2, so no g2 works for g1 ≥ 1/L;
    F = L Rot(2π/3), which is 1/(2L)-negatively comonotone: for g2 → 0 stable if and only if g1 > 1/(2L).

The poster says that for ρ ≥ 1/(2L) and any steps one of the two diverges, the rotation for all g1 ≤ 1/L. The notebook shows that the
NORM of the two-step map exceeds 1 there, which we agree with; its spectral radius, however, is 0.949 at (g1, g2) = (0.9, 0.1)/L, and
the method converges. (And `optimistic_average` proves convergence for every ρ < 1/L with suitable steps.) For g1 < 1/(2L) and small
g2, and for F = L z, the divergence is as the poster says.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.min_max.optimistic import OptimisticGradient, State
from algorithms.min_max.stability import Edge, StabilityEdge
from algorithms.min_max.steps import Step, over_L
from problems.min_max.linear_operators import stepped
from ratecheck import Always, Array, AtLeast, Claim, Constants, Draw, Equal, Source, Statement, Status, Theorem, Trait, each
from theory_checks.min_max._common import (
    LENGTH2,
    STEP,
    Game,
    Misreading,
    distance2,
    extrapolates_with_the_past,
    norm2,
    steps_with_the_past_force,
)


def own(name: str) -> Step:
    return lambda c: c[name].value


def middle2(p: Game, s: State) -> Array:
    return norm2(s.w - p.x_star)


def closed(k: Array, c: Constants) -> Array:
    """|p λ^k + q μ^k|² R²"""
    w = c["L"] * np.exp(1j * c["angle"])
    first = 1 - (c["g1"] + c["g2"]) * w
    root = np.sqrt(first**2 + 4 * c["g1"] * w)
    up, down = (first + root) / 2, (first - root) / 2
    z = ((first - down) * up**k + (up - first) * down**k) / root
    return np.abs(z) ** 2 * c["R"] ** 2


def radius(c: Constants) -> Array:
    """max(|λ|, |μ|)"""
    w = c["L"] * np.exp(1j * c["angle"])
    first = 1 - (c["g1"] + c["g2"]) * w
    root = np.sqrt(first**2 + 4 * c["g1"] * w)
    return np.maximum(np.abs(first + root), np.abs(first - root)) / 2


def leading(k: Array, c: Constants) -> Array:
    """|p λ^{k−1} (λ + g1 w)|² R², λ the root of larger modulus: x_k = x̃_k + g1 w x̃_{k−1}."""
    w = c["L"] * np.exp(1j * c["angle"])
    first = 1 - (c["g1"] + c["g2"]) * w
    root = np.sqrt(first**2 + 4 * c["g1"] * w)
    root = np.where(np.abs(first + root) > np.abs(first - root), root, -root)
    large, small = (first + root) / 2, (first - root) / 2
    return np.abs((first - small) / root * (large + c["g1"] * w) / large) ** 2 * radius(c) ** (2 * k) * c["R"] ** 2


THIRD = partial(stepped, angle=2 * np.pi / 3)
ROTATION: dict[str, Draw[Game]] = {
    "L Rot(2π/3)": THIRD,
    "L Rot(2π/3), g1 < 1/(2L)": partial(THIRD, low1=0.05, high1=0.35, high2=0.05),
    "L Rot(2π/3), (0.9, 0.1)": partial(THIRD, low1=0.9, high1=0.9, low2=0.1, high2=0.1),
}
STRAIGHT: dict[str, Draw[Game]] = {"L z": partial(stepped, angle=0.0, low1=0.0, high1=0.9, low2=0.0, high2=1.0)}

CLOSED = Claim[Game, State](
    source=Source("gorbunov2023", "Theorem 7, third item: the exact orbits", "nc.og.linear-edges", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH, Trait.AFFINE}),
    instances={**ROTATION, **STRAIGHT},
    algorithm=OptimisticGradient(own("g1"), own("g2")),
    metric=each(middle2),
    unit=LENGTH2,
    bound=closed,
    holds=Equal(1e-9),
    k=range(81),
    laws={"extrapolates with the past": extrapolates_with_the_past, "steps with the past force": steps_with_the_past_force},
    rounding=lambda k, c: 1e-12 * closed(k, c) + 1e-26 * c["R"] ** 2,
    seeds=32,
)
STRAIGHT_EDGE = Claim[Game, Edge](
    source=CLOSED.source,
    assumes=CLOSED.assumes,
    instances=STRAIGHT,
    algorithm=StabilityEdge(lambda g: OptimisticGradient(own("g1"), g), over_L(1e-3), over_L(2.5), K=200),
    metric=each(lambda p, s: s.step),
    unit=STEP,
    bound=lambda k, c: 2 / c["L"] - 2 * c["g1"],
    holds=Equal(1e-8),
    k=range(1),
    seeds=4,
)
ROTATION_EDGE = replace(
    STRAIGHT_EDGE,
    instances={"L Rot(2π/3), g2 = 10⁻⁵/L": partial(THIRD, low2=1e-5, high2=1e-5)},
    algorithm=StabilityEdge(lambda g: OptimisticGradient(g, own("g2")), over_L(0.95), over_L(0.05)),
    bound=lambda k, c: 0.5 / c["L"],
    holds=Equal(1e-4),
    seeds=1,
)
GROWS = replace(
    CLOSED,
    source=replace(CLOSED.source, slug="nc.og.counter", statement=Statement.VERIFIED),
    instances={
        "L Rot(2π/3), g1 < 1/(2L)": partial(THIRD, low1=0.05, high1=0.35, low2=0.005, high2=0.05),
        "L z, g1 > 1/L": partial(stepped, angle=0.0, low1=1.1, high1=2.0, low2=0.1),
    },
    metric=each(distance2),
    bound=lambda k, c: 0.9 * leading(k, c),
    holds=AtLeast(),
    k=range(150, 201),
    given={"radius above 1": lambda k, c: 1 / radius(c)},
    rounding=lambda k, c: 1e-12 * closed(k, c),
)
SHRINKS = replace(
    GROWS,
    source=replace(GROWS.source, place="Theorem 7, third item, corrected", statement=Statement.DERIVED),
    instances={"L Rot(2π/3), (0.9, 0.1)": ROTATION["L Rot(2π/3), (0.9, 0.1)"]},
    assumes=frozenset({Trait.NEGATIVE_COMONOTONE, Trait.SMOOTH}),
    bound=lambda k, c: 12 * c["R"] ** 2 * 0.95 ** (2 * k),
    holds=Always(),
    k=range(401),
    given={},
    seeds=1,
)
WHOLE: dict[str, Draw[Game]] = {"g1 ≤ 1/L": partial(THIRD, low1=0.05, high1=0.95, high2=0.2), **SHRINKS.instances}
PRINTED = replace(
    GROWS,
    source=replace(GROWS.source, place="Theorem 7, third item, as printed on the poster"),
    instances=WHOLE,
    bound=lambda k, c: 1e-6 * c["R"] ** 2 + 0 * k,
    k=range(1001),
    given={},
)

THEOREM = Theorem(
    claims={
        "orbits": (CLOSED, Status.CONSISTENT),
        "edge of L z": (STRAIGHT_EDGE, Status.CONSISTENT),
        "edge of the rotation": (ROTATION_EDGE, Status.CONSISTENT),
        "it grows": (GROWS, Status.CONSISTENT),
        "it shrinks at (0.9, 0.1)": (SHRINKS, Status.CONSISTENT),
    },
    printed={"it grows for every g1 ≤ 1/L": (PRINTED, Status.REFUTED)},
    foils={
        "edge of L z, extragradient's": (replace(STRAIGHT_EDGE, bound=lambda k, c: 1 / c["L"] - c["g1"]), Status.REFUTED),
        "edge of the rotation, 1/(√3 L)": (replace(ROTATION_EDGE, bound=lambda k, c: 1 / (np.sqrt(3) * c["L"])), Status.REFUTED),
        "edge without L": (replace(ROTATION_EDGE, bound=lambda k, c: 0.5 + 0 * c["L"]), Status.ILL_POSED),
        "steps swapped": (replace(CLOSED, algorithm=OptimisticGradient(own("g2"), own("g1"))), Status.REFUTED),
        "another angle": (replace(CLOSED, bound=lambda k, c: closed(k, {**c, "angle": c["angle"] + 1e-3})), Status.REFUTED),
        "R for R²": (replace(CLOSED, bound=lambda k, c: closed(k, c) / c["R"]), Status.ILL_POSED),
        "it grows faster": (replace(GROWS, bound=lambda k, c: 1.02**k * leading(k, c)), Status.REFUTED),
        "it shrinks faster": (replace(SHRINKS, bound=lambda k, c: 12 * c["R"] ** 2 * 0.9 ** (2 * k)), Status.REFUTED),
        "F misread by 1.1": (replace(CLOSED, algorithm=Misreading(CLOSED.algorithm, 1.1)), Status.UNLAWFUL),
    },
)
