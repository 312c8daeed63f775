"""Gradient descent against the accelerated method, over the condition number and over γ

Petals: f = Σ s_j r_j² (1 + a cos mθ_j), neither convex nor without a closed curve of pairs (γ, μ). Gradient descent with the step 1/L
and the strong variant of Hinder, Sidford and Sohoni are run to a gap of 1e-10 of the first one. How do the iterations grow with L/μ?
The accelerated method is told a γ, and the μ that goes with it, μ = 2 (2/γ − 1) μ_0: theory says 1/(γ √μ), hence γ^(−1/2) for small γ,
and γ = 1 is the best to tell. On sums of powers (1 + t²)^{γ/2} − 1, where γ is a property of f: how do the iterations of the two grow
as γ falls, and what does the line search cost in evaluations?
"""

from __future__ import annotations

from itertools import islice

import numpy as np

from algorithms.quasar_convex.accelerated import AcceleratedStrong, AcceleratedSublinear
from algorithms.quasar_convex.descent import GradientDescent
from benchmarks.quasar_convex._runs import exponent, passage
from problems.quasar_convex.homogeneous import petals
from problems.quasar_convex.powers import separable_powers
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table

SEEDS = range(4)
KAPPAS = (10.0, 30.0, 100.0, 300.0)
TOLD = (0.02, 0.04, 0.08, 0.16, 0.3, 0.6, 1.0)
GAMMAS = (0.1, 0.2, 0.4, 0.7, 1.0)
GD = GradientDescent(lambda c, k: 1 / c["L"].value)


def study() -> Study:
    over_kappa = [
        (passage(GD, p, 1e-10, 40000), passage(AcceleratedStrong(), p, 1e-10, 4000))
        for p in (petals(SEEDS, m=3, kappa=kappa, gamma=1.0) for kappa in KAPPAS)
    ]
    told = [passage(AcceleratedStrong(), petals(SEEDS, m=3, kappa=60.0, gamma=gamma), 1e-10, 20000) for gamma in TOLD]
    plain, fast = np.array(over_kappa).T
    over_gamma, calls = [], []
    for gamma in GAMMAS:
        p = separable_powers(SEEDS, n=6, p=gamma, kappa=1e2, R=10.0, eps=1e-4)
        over_gamma.append((passage(GD, p, 1e-3, 20000), passage(AcceleratedSublinear(), p, 1e-3, 4000)))
        states = islice(AcceleratedSublinear().iterates(p, SeededNoise(SEEDS)), 100)
        calls.append(float(np.mean([s.coupling.calls.mean() for s in states])))
    slow, quick = np.array(over_gamma).T
    e_plain, e_fast, e_told = exponent(KAPPAS, plain), exponent(KAPPAS, fast), exponent(TOLD[:4], told[:4])
    return Study(
        findings=[
            Finding(f"the iterations of gradient descent grow like κ^{e_plain:.2f}, within 0.15 of κ", abs(e_plain - 1) < 0.15),
            Finding(f"those of the accelerated method like κ^{e_fast:.2f}, within 0.15 of √κ", abs(e_fast - 0.5) < 0.15),
            Finding(f"told a small γ ≤ 0.16 it needs γ^{e_told:.2f} iterations, within 0.15 of γ^−1/2", abs(e_told + 0.5) < 0.15),
            Finding(
                f"γ = 1 is the best of the {len(TOLD)} values told: {told[-1]:.0f} iterations, against {told[0]:.0f} for γ = {TOLD[0]}",
                told[-1] == min(told),
            ),
            Finding(
                f"on sums of powers acceleration saves iterations for every γ ({(slow / quick).min():.1f} to {(slow / quick).max():.1f} times)",
                bool(np.all(slow > 1.5 * quick)),
            ),
            Finding(f"the line search asks for at most {max(calls):.1f} evaluations an iteration on average", max(calls) < 12),
        ],
        panels=[
            Panel(
                "Iterations to 1e-10 of the first gap, petals, γ = 1", "condition number of the s_j", "iterations",
                [
                    Curve("gradient descent", KAPPAS, plain),
                    Curve("accelerated", KAPPAS, fast),
                    Curve("proportional to κ", KAPPAS, plain[0] * np.array(KAPPAS) / KAPPAS[0], style=Style.BOUND),
                    Curve("proportional to √κ", KAPPAS, fast[0] * (np.array(KAPPAS) / KAPPAS[0]) ** 0.5, style=Style.BOUND),
                ],
            ),
            Panel(
                "The same function, told another pair (γ, μ(γ)); κ = 60", "γ", "iterations",
                [
                    Curve("accelerated", TOLD, told),
                    Curve("1/√(2γ − γ²)", TOLD, told[-1] / (2 * np.array(TOLD) - np.array(TOLD) ** 2) ** 0.5, style=Style.BOUND),
                ],
            ),
            Panel(
                "Iterations to 1e-3 of the first gap, sums of powers", "γ", "iterations",
                [Curve("gradient descent", GAMMAS, slow), Curve("accelerated", GAMMAS, quick)],
            ),
        ],
        tables=[
            Table(
                "Sums of powers", ["γ", "gradient descent", "accelerated", "evaluations an iteration"],
                [[g, a, b, c] for g, a, b, c in zip(GAMMAS, slow, quick, calls, strict=True)],
            )
        ],
    )
