"""Thresholds found by bisection, against their closed forms

At which step does a method stop converging, and how much of that do the sufficient conditions of the theory leave unused? Each edge is found
on the method's own trajectories, by bisection, and held against the closed form. Growth per step is ‖x_2K − x*‖ against ‖x_K − x*‖.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from algorithms.min_max.stability import StabilityEdge
from ratecheck.contracts import Claim
from ratecheck.noise import SeededNoise
from ratecheck.runner import run
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table
from theory_checks.min_max import (
    competitive_gradient,
    extragradient_bilinear,
    optimistic_divergence,
    optimistic_edge,
    primal_dual_edge,
    proximal_point_divergence,
    separated_steps_bilinear,
)

K = 40
MULTIPLES = np.linspace(0.7, 1.2, 51)
NEAR = 0.02  # how far on either side of its edge a method is watched


@dataclass(frozen=True)
class Case:
    method: str
    claim: Claim[Any, Any]
    form: str
    known: float | None = None  # the sufficient condition of the theory, as a share of the edge
    above: bool = False  # stable above the edge


CASES = (
    Case("proximal point, F = −x/ρ", proximal_point_divergence.EDGE, "g = 2ρ", above=True),
    Case("extragradient", extragradient_bilinear.EDGE, "g = 1/L", 0.5**0.5),
    Case("optimistic gradient", optimistic_edge.OPTIMISTIC, "g = 1/(√3 L)", 3**0.5 / 2),
    Case("reflected gradient", optimistic_edge.REFLECTED, "g = 1/(√3 L)", 3**0.5 * (2**0.5 - 1)),
    Case("PDHG", primal_dual_edge.CLAIM, "τσ‖K‖² = 4/3", 0.75**0.5),
    Case("competitive gradient", competitive_gradient.TURN, "η = 2α"),
    Case("optimistic gradient, F = Lz", optimistic_divergence.STRAIGHT_EDGE, "g₂ = 2/L − 2g₁"),
    Case("OG+, multiplicative noise", separated_steps_bilinear.EDGE, "η = 2γ(1/(1+σ²) − γ²L²)/(1 + γ²L²)"),
    Case("OG+, γ → 0", separated_steps_bilinear.SMALL, "η → 2γ/(1+σ²)"),
)
DRAWN = 6  # the first ones have one step, and no noise


def growth(case: Case, multiple: float) -> float:
    """Per step, at this multiple of the closed form, on the first problem; the worst row."""
    draw = next(iter(case.claim.instances.values()))
    problem, search = draw(range(case.claim.seeds)), case.claim.algorithm
    assert isinstance(search, StabilityEdge)
    constants = {name: np.asarray(c.value) for name, c in problem.constants.items()}
    step = multiple * np.broadcast_to(case.claim.bound(np.zeros((1, 1)), constants), (1, case.claim.seeds))[0]
    states = search.method(lambda c: step).iterates(problem, SeededNoise(range(case.claim.seeds)))
    start, early, late = (np.linalg.norm(s.x - problem.x_star, axis=1) for s in islice(states, 0, 2 * K + 1, K))
    left = late > 1e-14 * start  # else only rounding is: PDHG at τσ‖K‖² = 1 is there in two steps
    return float(np.max(np.where(left, late / np.where(left, early, 1.0), 0.0) ** (1 / K)))


def found(case: Case) -> list[tuple[str, float, float, float]]:
    """By problem: edge found, closed form, and how far apart, in the worst row."""
    rows = []
    for name in case.claim.instances:
        _, evidence, _ = run(case.claim, name, range(case.claim.seeds))
        assert evidence is not None
        edge, closed = np.asarray(evidence.metric[-1], dtype=float), np.asarray(evidence.bound[-1], dtype=float)
        off = abs(edge / closed - 1)
        worst = int(np.argmax(off))
        rows.append((name, float(edge[worst]), float(closed[worst]), float(off[worst])))
    return rows


def study() -> Study:
    table, off = [], {}
    for case in CASES:
        rows = found(case)
        off[case.method] = max(row[-1] for row in rows)
        share = "" if case.known is None else f"{case.known:.3f}"
        table += [(case.method, name, case.form, closed, edge, apart, share) for name, edge, closed, apart in rows]
    drawn = CASES[:DRAWN]
    side: Callable[[Case, float], float] = lambda case, share: growth(case, 1 / share if case.above else share)
    curves = [Curve(case.method, MULTIPLES, np.array([side(case, m) or np.nan for m in MULTIPLES])) for case in drawn]
    curves.append(Curve("1", MULTIPLES[[0, -1]], np.ones(2), style=Style.BOUND))
    inside, outside = [side(c, 1 - NEAR) for c in drawn], [side(c, 1 + NEAR) for c in drawn]
    known = {c.method: growth(c, c.known) for c in drawn if c.known is not None}
    exact = {m: v for m, v in off.items() if "→" not in m and "F = Lz" not in m}
    findings = [
        Finding(f"found within 1e-10 of the closed forms (at most {max(exact.values()):.1e})", max(exact.values()) < 1e-10),
        Finding(
            f"OG+ at small γ: within 1e-4 of 2γ/(1+σ²), which is a limit ({off['OG+, γ → 0']:.1e})",
            1e-10 < off["OG+, γ → 0"] < 1e-4,
        ),
        Finding(
            f"{NEAR:.0%} before the edge every method shrinks (at most {max(inside):.4f} a step), {NEAR:.0%} past it it grows "
            f"(at least {min(outside):.4f})",
            max(inside) < 1 < min(outside),
        ),
        Finding(
            "at the largest steps of the sufficient conditions all still shrink: "
            + ", ".join(f"{method} {g:.3f}" for method, g in known.items()),
            all(g < 1 for g in known.values()),
        ),
    ]
    columns = ("method", "problem", "closed form", "edge, closed", "edge, found", "relative difference", "sufficient/edge")
    panel = Panel("growth per step around the edge", "step/edge (proximal point: edge/step)", "growth per step", curves, x_log=False, y_log=False)
    return Study(findings=findings, panels=[panel], tables=[Table("Bisection on trajectories, the worst row", columns, table)])
