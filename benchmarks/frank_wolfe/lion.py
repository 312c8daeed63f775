"""Lion enters its box at the stated rate, and then nears a KKT point

Lion with weight decay λ, x ← (1 − ε'λ)x + ε' sign(m̃), ε' = ε/(1 + ελ), solves min f over ‖x‖_∞ ≤ 1/λ (Chen, Liu, Liang, Liu 2024).
Phase 1: does the ℓ_∞ distance of λx to the unit cube obey (1 − ε'λ)^t times its start, whatever the gradient, and is that rate attained?
Phase 2: how low does the KKT score ‖∇f‖₁ + λ⟨x, ∇f⟩ come for the step ε, and as T^{−1/2} for ε = 1/√T (Chen, Li, Liu 2026)?
Quadratics on ℝ⁸ with λ = 1. Phase 1: start at ℓ₂ length 20, eight seeds; the minimiser far outside the box, or at 0,
with noise, or noise alone.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np

from benchmarks.frank_wolfe._runs import indices
from problems.frank_wolfe.targets import Target, target
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table
from theory_checks.frank_wolfe.lion_kkt import LION, horizons, score, until_T
from theory_checks.frank_wolfe.lion_lyapunov import PHASE1, outside

SEEDS, ENTRY = range(8), 200
OUTWARDS = "minimiser far outside"
STEPS = (0.02, 0.05, 0.2)
PULLS: dict[str, dict[str, Any]] = {
    OUTWARDS: {"reach": 60.0, "sigma": 3.0},
    "minimiser at 0": {"reach": 0.0, "sigma": 3.0},
    "noise alone": {"reach": 0.0, "sigma": 1e4},
}
HORIZONS, LONGEST = range(6), 4096
FLOORS = (0.1, 0.03, 0.01)


def distances(problem: Target) -> Any:
    """(K, B) distance of λx to the cube; PHASE1's own method."""
    method = PHASE1.algorithm
    return np.array([outside(problem, s) for s in islice(method.iterates(problem, SeededNoise(SEEDS)), ENTRY + 1)])


def allowed(problem: Target, k: Any) -> Any:
    """(K, B) the bound of phase 1"""
    return PHASE1.bound(k[:, None].astype(float), {name: c.value for name, c in problem.constants.items()})


def scores(eps: float) -> Any:
    """(K,) the median of the KKT score over the seeds, at every k"""
    problem = target(SEEDS, reach=0.7, eps=eps)
    return np.median([score(problem, s) for s in islice(LION.iterates(problem, SeededNoise(SEEDS)), LONGEST + 1)], axis=1)


def best_by_horizon() -> tuple[Any, Any]:
    """T, a row each, and the least score up to T with ε = 1/√T"""
    problem = horizons(HORIZONS)
    T = np.asarray(problem.constants["T"].value)
    stream = LION.iterates(problem, SeededNoise(HORIZONS))
    *_, low = islice(until_T(problem, stream), int(T.max()) + 1)
    return T, np.asarray(low)


def phase_1() -> tuple[list[Finding], Panel, Table]:
    k = np.arange(ENTRY + 1)
    excess, attained, beyond = 0.0, 1.0, np.inf
    entered: list[int] = []
    rows: list[tuple[str | float | int, ...]] = []
    curves: list[Curve] = []
    for pull, how in PULLS.items():
        for eps in STEPS:
            problem = target(SEEDS, start=20.0, eps=eps, **how)
            d, bound = distances(problem), allowed(problem, k)
            excess = max(excess, float((d / bound[0] - bound / bound[0]).max()))
            last = int(np.flatnonzero(bound[:, 0] > 0.01 * bound[0, 0])[-1])  # far from rounding
            ratio = d[last] / bound[last]
            inside = [int(np.argmax(row == 0)) if np.any(row == 0) else ENTRY + 1 for row in d.T]
            if pull == OUTWARDS:
                attained = min(attained, float(ratio.max()))
                beyond = min(beyond, float(np.max(d[last] / (bound[0] * (1 - eps) ** last))))
            else:
                entered += inside
            held = [t for t in inside if t <= ENTRY]
            rows.append((pull, eps, last, float(ratio.min()), float(ratio.max()), len(held), max(held, default=0)))
            if eps == STEPS[1]:
                seed = int(np.argmax(d[last]))
                curves.append(Curve(pull, k, np.where(d[:, seed] > 0, d[:, seed], np.nan) / bound[0, seed]))
                if pull == OUTWARDS:
                    curves.append(Curve("(1 − ε'λ)^t", k, bound[:, seed] / bound[0, seed], style=Style.BOUND))
    count = len(entered)
    findings = [
        Finding(
            f"in {len(rows) * len(SEEDS)} runs the distance never exceeds (1 − ε'λ)^t times its start (largest excess {excess:.0e} of the start)",
            excess <= 1e-13,
        ),
        Finding(
            f"the rate is attained for every ε when the gradient pulls outwards: distance over bound {attained:.9f} at the last step where the bound is above a hundredth of the start",
            abs(attained - 1) <= 1e-9,
        ),
        Finding(f"(1 − ελ)^t would be too small: the distance is {beyond:.3f} times it, or more (at least 1.02)", beyond >= 1.02),
        Finding(
            f"with the minimiser at 0, or noise alone, all {count} runs are in the box, exactly, within {ENTRY} steps (the last at {max(entered)})",
            max(entered) <= ENTRY,
        ),
    ]
    columns = ("gradient", "ε", "t", "least distance / bound at t", "largest", "runs of 8 in the box by 200", "the last at t")
    panel = Panel(f"Distance to the box, ε = {STEPS[1]}, the slowest seed", "t", "distance / start", curves, x_log=False)
    return findings, panel, Table("phase 1", columns, rows)


def phase_2() -> tuple[list[Finding], list[Panel], Table]:
    k = indices(LONGEST)
    curves, floors, rows = [], [], []
    for eps in FLOORS:
        s = scores(eps)
        floors.append(float(np.median(s[LONGEST // 2 :])))
        rows.append((eps, float(s[0]), floors[-1], floors[-1] / eps))
        curves.append(Curve(f"ε = {eps}", k + 1, s[k]))
    floor_slope = float(np.polyfit(np.log(FLOORS), np.log(floors), 1)[0])
    T, low = best_by_horizon()
    order = float(np.polyfit(np.log(T), np.log(low), 1)[0])
    guide = Curve("T^{−1/2}", T, low[0] * (T / T[0]) ** -0.5, style=Style.BOUND)
    findings = [
        Finding(
            f"with a fixed step the score stays at a floor of order ε: exponent {floor_slope:.2f} in ε (1 within 0.15)",
            abs(floor_slope - 1) <= 0.15,
        ),
        Finding(f"with ε = 1/√T the best score falls with exponent {order:.2f} in T, no slower than −1/2 (at most −0.6)", order <= -0.6),
    ]
    panels = [
        Panel("KKT score, the median of eight instances", "t + 1", "‖∇f‖₁ + λ⟨x, ∇f⟩", curves),
        Panel("Best score by T with ε = 1/√T", "T", "min score", [Curve("Lion", T, low, style=Style.POINTS), guide]),
    ]
    return findings, panels, Table("phase 2", ("ε", "score at 0", "median score in the second half", "that over ε"), rows)


def study() -> Study:
    entering, distance, first = phase_1()
    ending, score_panels, second = phase_2()
    return Study(findings=[*entering, *ending], panels=[distance, *score_panels], tables=[first, second])
