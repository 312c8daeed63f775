"""Negative comonotonicity: measured, worst case and theorem

How do proximal point, extragradient and optimistic gradient slow down as ρ grows, how far is the theorem from the worst case, and where do
they diverge? L = 1, N = 30 steps; proximal steps 1, extragradient 1/2, optimistic gradient 10/31. The worst case of the proximal
point is that of the class (any F); that of the others is over normal linear F, |w x_N(w)| on the edge of {|w| ≤ 1, Re 1/w ≥ −ρ}.
For N = 10 a semidefinite program over the class, whose inequalities are necessary, says how much a nonlinear F can add to that at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from algorithms.min_max.extragradient import Extragradient
from algorithms.min_max.optimistic import OptimisticGradient
from algorithms.min_max.proximal_point import ProximalPoint
from algorithms.min_max.steps import Step
from problems.min_max.linear_operators import LinearOperator, nonnormal, plane
from problems.min_max.proximal_worst_cases import slowest
from ratecheck import Claim
from ratecheck.noise import SeededNoise
from ratecheck.performance import Operators, WorstCase, last_force2
from ratecheck.performance.program import maximise, program
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table
from theory_checks.min_max import extragradient_comonotone_last, optimistic_comonotone_last, proximal_point_last
from theory_checks.min_max._common import residual2

N, SHORT, EG, OG = 30, 10, 0.5, 10 / 31
EDGES = {"extragradient": 1 / 8, "optimistic gradient": 5 / 62}  # largest ρ L of the theorems
STEP = {"extragradient": EG, "optimistic gradient": OG}


def fixed(step: float) -> Step:
    return lambda c: step + 0 * c["R"].value


METHODS: dict[str, Any] = {
    "extragradient": Extragradient(fixed(EG), fixed(EG)),
    "optimistic gradient": OptimisticGradient(fixed(OG), fixed(OG)),
}
BOUNDS: dict[str, Callable[..., Any]] = {
    "extragradient": extragradient_comonotone_last.bound,
    "optimistic gradient": optimistic_comonotone_last.bound,
}


def edge(rho: float, points: int) -> tuple[Any, Any]:
    """Moduli and angles of the edge: the arc |w| = 1 down to cos θ = −ρ, then cos θ = −ρ s for smaller s."""
    arc = np.linspace(0, np.arccos(-rho), points)
    s = np.linspace(1, 0.02, points)
    return np.r_[np.ones(points), s], np.r_[arc, np.arccos(-rho * s)]


def after(method: Any, problem: LinearOperator, k: int) -> Any:
    """‖F(x_k)‖² of every row"""
    state = next(islice(method.iterates(problem, SeededNoise(range(len(problem.x0)))), k, None))
    return np.asarray(residual2(problem, state))


def over_class(name: str, rho: float) -> float:
    """The largest ‖F(x_k)‖² at k = SHORT that the inequalities of the class allow"""
    class_ = {"f": Operators(rho="rho", L="L")}
    claim: Claim[Any, Any] = extragradient_comonotone_last.LAST if name == "extragradient" else optimistic_comonotone_last.LAST
    over = WorstCase(class_, {"L": 1.0, "R": 1.0, "rho": rho}, last_force2)
    return maximise(program(replace(claim, algorithm=METHODS[name]), over, SHORT))[0]


def worst(name: str, rho: float, N: int = N) -> float:
    """max |w x_N(w)|² over the edge, from the roots of the recursion"""
    s, theta = edge(rho, 4000)
    w = s * np.exp(1j * theta)
    if name == "extragradient":
        x = (1 - EG * w * (1 - EG * w)) ** N
    else:
        first = 1 - 2 * OG * w
        root = np.sqrt(first**2 + 4 * OG * w)
        up, down = (first + root) / 2, (first - root) / 2
        middle = [((first - down) * up**k + (up - first) * down**k) / root for k in (N - 1, N)]
        x = middle[1] + OG * w * middle[0]
    return float(np.max(np.abs(w * x) ** 2))


def threshold(name: str) -> float:
    """The ρ at which twice as many steps no longer make the worst row of the edge smaller, bisected on trajectories"""
    low, high = 0.05, 0.45
    for _ in range(10):
        rho = (low + high) / 2
        s, theta = edge(rho, 40)
        problem = plane(theta, s, "the edge")
        grows = np.max(after(METHODS[name], problem, 400) / after(METHODS[name], problem, 200)) > 1
        low, high = (low, rho) if grows else (rho, high)
    return (low + high) / 2


def proximal(rho: float) -> float:
    """‖F(x_N)‖² of the proximal point, g = 1: on the slowest rotation, and on F = −x/ρ past the threshold"""
    problem = slowest(range(1), N, rho, 1 / rho) if rho < 0.5 else plane(np.array([np.pi]), 1 / rho, "F = −x/ρ")
    return float(after(ProximalPoint(fixed(1.0)), problem, N)[0])


def study() -> Study:
    rhos = np.r_[np.linspace(0.01, 0.49, 25), np.linspace(0.51, 0.6, 4)]
    seen = np.array([proximal(r) for r in rhos])
    inside = rhos < 0.5
    ones = {"g": 1.0, "rho": rhos[inside], "R": 1.0}
    exact = proximal_point_last.bound(np.array(float(N - 1)), ones)
    paper = 1 / ((1 - 2 * rhos[inside]) * N)
    curves = [
        Curve("proximal point, measured", rhos, seen, style=Style.POINTS),
        Curve("proximal point, worst case of the class", rhos[inside], exact),
        Curve("proximal point, theorem", rhos[inside], paper, style=Style.BOUND),
    ]
    rows: list[tuple[str | float, ...]] = [
        ("proximal point", r, m, e, t) for r, m, e, t in zip(rhos[inside], seen[inside], exact, paper, strict=True)
    ]
    findings = [
        Finding(
            "proximal point: the slowest rotation attains the worst case of the class to 1e-9 for every ρ < g/2",
            bool(np.max(np.abs(seen[inside] / exact - 1)) < 1e-9),
        ),
        Finding(
            "proximal point: the printed theorem holds, and is at most 3 times the worst case for ρ ≤ 0.45 g",
            bool(np.all(exact <= paper) and np.max((paper / exact)[rhos[inside] <= 0.45]) < 3),
        ),
        Finding(
            f"proximal point: F = −x/ρ grows past ρ = g/2 (‖F(x_N)‖² from {seen[~inside].min():.2g} up)", bool(seen[~inside].min() > 4)
        ),
    ]
    grid = np.r_[0.001, np.linspace(0.02, 0.3, 15)]
    for name, method in METHODS.items():
        measured = np.array([after(method, plane(edge(r, 60)[1], edge(r, 60)[0], "the edge"), N).max() for r in grid])
        most = np.array([worst(name, r) for r in grid])
        valid = np.linspace(0, EDGES[name], 9)
        bound = np.array([float(BOUNDS[name](float(N), {"g": STEP[name], "rho": r, "R": 1.0})) for r in valid])
        others = np.array([after(method, nonnormal(range(24), rho_L=r), N).max() for r in valid])
        normal = np.array([worst(name, r) for r in valid])
        at = threshold(name)
        curves += [
            Curve(f"{name}, measured", grid, measured, style=Style.POINTS),
            Curve(f"{name}, worst case, normal linear F", grid, most),
            Curve(f"{name}, non-normal draws", valid, others, style=Style.POINTS),
            Curve(f"{name}, theorem", valid, bound, style=Style.BOUND),
        ]
        rows += [(name, r, m, e, float("nan")) for r, m, e in zip(grid, measured, most, strict=True)]
        rows += [(name, r, o, e, t) for r, o, e, t in zip(valid, others, normal, bound, strict=True)]
        findings += [
            Finding(
                f"{name}: planes come within 5 % of the worst case over normal linear F, and never above it",
                bool(np.all(measured <= most * (1 + 1e-9)) and np.all(measured >= 0.95 * most)),
            ),
            Finding(
                f"{name}: the theorem holds up to its ρL = {EDGES[name]:.3f}, and is {np.min(bound / normal):.1f} times the worst normal F or more",
                bool(np.all(np.maximum(others, normal) <= bound)),
            ),
            Finding(
                f"{name} diverges with these steps from ρL = {at:.3f} on (bisected), past the theorem's range",
                bool(EDGES[name] * 1.02 < at < 0.45),
            ),
        ]
        if name == "extragradient":
            root = (np.sqrt(37) - 5) / 8  # ρ² + 5ρ/4 + 13/16 = 1
            findings.append(
                Finding(
                    f"extragradient: that is (√37 − 5)/8 = {root:.4f}, where |1 − w/2 + w²/4| = 1 on |w| = 1, to 1e-3",
                    abs(at - root) < 1e-3,
                )
            )
    short: list[Curve] = []
    for name in METHODS:
        valid = np.linspace(0, EDGES[name], 5)
        whole = np.array([over_class(name, r) for r in valid])
        linear = np.array([worst(name, r, SHORT) for r in valid])
        bound = np.array([float(BOUNDS[name](float(SHORT), {"g": STEP[name], "rho": r, "R": 1.0})) for r in valid])
        short += [
            Curve(f"{name}, at most over the class", valid, whole, style=Style.POINTS),
            Curve(f"{name}, worst normal linear F", valid, linear),
            Curve(f"{name}, theorem", valid, bound, style=Style.BOUND),
        ]
        findings.append(
            Finding(
                f"{name}, N = {SHORT}: over the class at most {np.max(whole / linear):.2f} times the worst normal linear F, and the theorem "
                f"is {np.min(bound / whole):.1f} times that or more",
                bool(np.all(whole >= linear * (1 - 1e-6)) and np.all(bound >= whole)),
            )
        )
        rows += [(f"{name}, N = {SHORT}, over the class", r, x, w, t) for r, x, w, t in zip(valid, linear, whole, bound, strict=True)]
    return Study(
        findings=findings,
        panels=[
            Panel(f"residual after {SHORT} steps, over the class", "ρL", "‖F(x_N)‖² / (LR)²", short, x_log=False),
            Panel(f"residual after {N} steps", "ρL (ρ/g for the proximal point)", "‖F(x_N)‖² / (LR)²", curves, x_log=False),
        ][::-1],
        tables=[Table(f"‖F(x_N)‖², N = {N} unless said", ("method", "ρL", "measured", "worst case", "theorem"), rows)],
    )
