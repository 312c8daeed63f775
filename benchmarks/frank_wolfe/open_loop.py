"""Given steps against line search: 1/t² against 1/t

On ½‖x − ρ·1̄‖² over the unit simplex of ℝ¹⁰⁰ from e₁, 1̄ the indicator of the second half, exact line search zig-zags. Which exponents do
the steps ℓ/(t + ℓ) and line search have for ρ = 1/4, where the minimum lies on a face with positive multipliers (Wirth, Kerdreux,
Pokutta 2023, Figure 1a)? And is it always so?
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from algorithms.frank_wolfe.descent import DescentFrankWolfe
from algorithms.frank_wolfe.steps import line_search
from algorithms.frank_wolfe.vanilla import FrankWolfe
from benchmarks.frank_wolfe._runs import Run, best, run, slope
from problems.frank_wolfe.quadratics import figure_1a
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table

STEPS, FROM = 20000, 2000


def step(ell: int) -> Callable[[int], float]:
    return lambda k: ell / (k + ell)


METHODS: dict[str, Any] = {
    "ℓ = 1": FrankWolfe(step(1)),
    "ℓ = 2": FrankWolfe(step(2)),
    "ℓ = 4": FrankWolfe(step(4)),
    "line search": DescentFrankWolfe(line_search),
}


def gaps(rho: float, steps: int) -> dict[str, tuple[Run, Any]]:
    """Run and best primal gap so far, f* = 0."""
    problem = figure_1a(range(1), rho=rho)
    runs = {name: run(method, problem, steps) for name, method in METHODS.items()}
    return {name: (r, best(r.value[:, 0])) for name, r in runs.items()}


def exact_at(r: Run, h: Any) -> float:
    """First index read at which f − f* is rounding; nan if there is none."""
    hit = np.flatnonzero(h <= 1e-14)
    return float(r.k[hit[0]]) if len(hit) else float("nan")


def curves(of: dict[str, tuple[Run, Any]]) -> list[Curve]:
    return [Curve(name, r.k[1:], np.maximum(h[1:], 1e-17)) for name, (r, h) in of.items()]


def study() -> Study:
    face, far = gaps(0.25, STEPS), gaps(2.0, 2000)
    fitted = {name: slope(face[name][0].k + 1.0, face[name][1], FROM) for name in ("ℓ = 2", "ℓ = 4", "line search")}
    k = face["ℓ = 2"][0].k[1:]
    guides = [Curve("4/t²", k, 4 / k.astype(float) ** 2, style=Style.BOUND), Curve("1/(2t)", k, 0.5 / k, style=Style.BOUND)]
    end = {name: float(h[-1]) for name, (_, h) in face.items()}
    once, quick = exact_at(*face["ℓ = 1"]), exact_at(*far["line search"])
    rows = [(name, end[name], fitted.get(name, float("nan")), exact_at(*face[name]), exact_at(*far[name])) for name in METHODS]
    return Study(
        findings=[
            Finding(
                f"steps ℓ/(t + ℓ) have exponent −2 within 0.05 (ℓ = 2: {fitted['ℓ = 2']:.3f}, ℓ = 4: {fitted['ℓ = 4']:.3f})",
                all(abs(fitted[name] + 2) < 0.05 for name in ("ℓ = 2", "ℓ = 4")),
            ),
            Finding(f"line search has exponent −1 within 0.06 ({fitted['line search']:.3f})", abs(fitted["line search"] + 1) < 0.06),
            Finding(
                f"after {STEPS} steps line search is {end['line search'] / end['ℓ = 2']:.0f} times as far from the minimum as ℓ = 2 (at least 500)",
                end["line search"] >= 500 * end["ℓ = 2"],
            ),
            Finding(
                f"ℓ = 1, the plain average, is no curve here: it is exact at t = {once:.0f}, the size of the support, and leaves again",
                once == 50,
            ),
            Finding(
                f"it is not always so: for ρ = 2 line search is exact at t = {quick:.0f}, and ℓ = 2 is not exact within 2000 steps",
                quick == 50 and np.isnan(exact_at(*far["ℓ = 2"])),
            ),
        ],
        panels=[
            Panel("ρ = 1/4", "t", "best primal gap so far", [*curves(face), *guides]),
            Panel("ρ = 2", "t", "best primal gap so far", curves(far)),
        ],
        tables=[Table("primal gap", ("step", "gap at t = 20000, ρ = 1/4", "exponent", "exact at t, ρ = 1/4", "exact at t, ρ = 2"), rows)],
    )
