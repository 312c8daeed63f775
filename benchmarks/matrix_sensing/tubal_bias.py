"""Implicit bias of tubal factorisation: the error of a small start, against its scale

Tensors 6 × 6 × 4 of tubal rank 2, factor with 8 lateral slices, δ = 0 and 0.05 certified. Theorem 3.1 of Karnik et al. 2025 guarantees the
exponent 21/32 for the error; without an operator the Fourier slices decouple and the exponent is 2.
"""

from typing import Any

from algorithms.matrix_sensing.tubal import TubalDescent
from benchmarks.matrix_sensing._runs import slope, trace
from problems.matrix_sensing.tubal import random
from ratecheck.studies import Curve, Finding, Panel, Study, Style


def error(p: Any, s: Any) -> Any:
    return (((s.Z - p.M) ** 2).sum(axis=(1, 2, 3))) ** 0.5


def study() -> Study:
    curves, phases, findings = [], [], []
    for delta in (0.0, 0.05):
        p = random(range(8), delta=delta)
        alpha = p.constants["alpha"].value
        k, e = trace(TubalDescent(0.3), p, 150, error)
        best = e.min(axis=0)
        seen = slope(alpha, best)
        findings.append(Finding(f"δ = {delta}: exponent {seen:.3f}, at least 21/32", seen > 21 / 32))
        curves.append(Curve(f"δ = {delta}", alpha, best, style=Style.POINTS))
        phases += [Curve(f"δ = {delta}, α = {alpha[b]:.0e}", k, e[:, b]) for b in (0, 7)]
    curves.append(Curve("α²", alpha, best[-1] * (alpha / alpha[-1]) ** 2, style=Style.BOUND))
    return Study(
        findings,
        panels=(
            Panel("smallest error", "α", "‖U*Uᵀ − M*‖", curves),
            Panel("two phases", "iteration", "‖U*Uᵀ − M*‖", phases, x_log=False),
        ),
    )
