"""Plane rotations on which the proximal point method is as slow as it can be, for each number N of steps."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from problems.min_max.linear_operators import CURVATURE, STEP, LinearOperator, certified, plane, rotation
from ratecheck import Certified, Side, Unit


def slowest(
    seeds: range,
    N: Annotated[int, (1, 200)] = 10,
    rho: Annotated[float, (0.0, 10.0)] = 0.4,
    g_over_rho: Annotated[float, (2.01, 100.0)] = 2.5,
) -> LinearOperator:
    """J = (1 − t) I + t Rot(θ), t = g / (2 (g − ρ)), sin²(θ/2) = min(1, 1/(4 t (1 − t) N)), F = (J⁻¹ − I)/g, derived.

    J is the resolvent of a ρ-negatively comonotone F since I + (J − I)/t = Rot(θ) is nonexpansive.
    """
    rho = rho if rho > 1e-100 else 0.0  # F/ρ overflows
    g = g_over_rho * rho if rho > 0 else 1.0
    t = g / (2 * (g - rho))
    with np.errstate(divide="ignore"):
        theta = 2 * np.arcsin(np.sqrt(min(1.0, 1 / max(4 * t * (1 - t) * N, 1e-300))))
    A = (np.linalg.inv((1 - t) * np.eye(2) + t * rotation(theta)) - np.eye(2)) / g
    x0 = np.stack([[np.cos(seed), np.sin(seed)] for seed in seeds])
    B = len(x0)
    L = np.full(B, np.linalg.norm(A, 2))
    return certified(
        np.stack([A] * B),
        x0,
        np.zeros_like(x0),
        L,
        np.full(B, rho),
        "(F⁻¹ + ρI)⁻¹ is monotone, its Cayley transform the rotation by θ",
        g=Certified(np.full(B, g), STEP, Side.EXACT, "the step for which the instance is the worst"),
        N=Certified(np.full(B, float(N)), Unit(), Side.EXACT, "the number of steps for which the instance is the worst"),
    )


def printed(
    seeds: range,
    N: Annotated[int, (2, 200)] = 10,
    rho: Annotated[float, (0.1, 10.0)] = 1.0,
    g_over_rho: Annotated[float, (2.3, 100.0)] = 3.0,
) -> LinearOperator:
    """F = (|cos θ|/ρ) Rot(θ), cos θ = −ρ/√(N g (g − 2ρ)): the lower bound of Gorbunov, Taylor, Horváth, Gidel 2023."""
    g, B = g_over_rho * rho, len(seeds)
    cosine = -rho / np.sqrt(N * g * (g - 2 * rho))
    if cosine < -1:
        raise ValueError("the instance needs N ≥ ρ²/(g (g − 2ρ))")
    return plane(
        np.full(B, np.arccos(cosine)),
        np.full(B, -cosine / rho),
        "−cos θ/s = ρ",
        g=Certified(np.full(B, g), STEP, Side.EXACT, "the step for which the instance is the worst"),
        N=Certified(np.full(B, float(N)), Unit(), Side.EXACT, "the number of steps for which the instance is the worst"),
    )


def repelling(seeds: range, rho: Annotated[float, (0.1, 10.0)] = 1.0) -> LinearOperator:
    """F(x) = −x/ρ: ρ-negatively comonotone; the resolvent multiplies by ρ/(ρ − g). Row s has g/ρ from 1.5 to 2.5, never 2."""
    B = len(seeds)
    ratios = 1.5 + (np.array(seeds) % 10) * 0.1 + 0.05
    return plane(
        np.full(B, np.pi),
        np.full(B, 1 / rho),
        "F = −x/ρ",
        g=Certified(ratios * rho, STEP, Side.EXACT, "the step that is swept"),
        curvature=Certified(np.full(B, -1 / rho), CURVATURE, Side.EXACT, "F(x) = −x/ρ"),
    )
