"""Incremental learning: one eigenvalue after the other, and how deep the plateaus are

Gradient descent on the factor of XXᵀ, spectrum 1, 0.6, 0.3, X ∈ ℝ^{20×20}, start α N(0, 1/n). The distance to the best approximation of
rank s dips, one s after the other, and deeper the smaller α is: for δ = 0 like α^{p_s}, p_s = 2(σ_s − σ_{s+1})/(σ_s + σ_{s+1}). For δ = 0.02
(certified) the second plateau is shallower: at the handover from plateau 1 the mode between directions 2 and 3 is excited by O(δ), not by
a power of α, and dies only like e^{−(σ_2 − σ_3)t}.
"""

from functools import partial
from typing import Any

import numpy as np

from algorithms.matrix_sensing.descent import FactoredDescent
from algorithms.matrix_sensing.oracles import constant, truncated
from benchmarks.matrix_sensing._runs import slope, trace
from problems.matrix_sensing.operators import cosine
from problems.matrix_sensing.sensing import planted
from ratecheck.studies import Curve, Finding, Panel, Study, Style

N, SPECTRUM = 20, (1.0, 0.6, 0.3)


def best_of_rank(p: Any, s: int) -> Any:
    Z = truncated(p.M, s)
    for _ in range(200):
        Z = truncated(Z - p.gradient(Z), s)
    return Z


def distance(goal: Any, p: Any, s: Any) -> Any:
    return np.sqrt(((s.Z - goal) ** 2).sum(axis=(1, 2)))


def study() -> Study:
    alphas = np.array([1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5])
    p = planted(range(len(alphas)), SPECTRUM, N, N, alphas, same=True)
    measured = planted(range(len(alphas)), SPECTRUM, N, N, alphas, cosine(N, 0.02), same=True)
    curves, depth = [], {}
    for s in (1, 2, 3):
        k, d = trace(FactoredDescent(constant(0.1)), p, 700, partial(distance, best_of_rank(p, s)))
        depth[s] = d.min(axis=0)
        curves.append(Curve(f"to rank {s}, α = 1e-5", k, d[:, -1]))
        curves.append(Curve(f"to rank {s}, α = 1", k, d[:, 0], style=Style.POINTS))
    findings, depths = [], []
    for s in (1, 2):
        a, b = SPECTRUM[s - 1], SPECTRUM[s]
        wanted = 2 * (a - b) / (a + b)
        seen = slope(alphas[3:], depth[s][3:])
        findings.append(Finding(f"depth of plateau {s} falls like α^{seen:.3f}, predicted {wanted:.3f} (within 0.08)", abs(seen - wanted) < 0.08))
        depths.append(Curve(f"plateau {s}", alphas, depth[s], style=Style.POINTS))
        _, d = trace(FactoredDescent(constant(0.1)), measured, 400, partial(distance, best_of_rank(measured, s)))
        depths.append(Curve(f"plateau {s}, δ = 0.02", alphas, d.min(axis=0)))
        depths.append(Curve(f"α^{wanted:.2f}", alphas, depth[s][-1] * (alphas / alphas[-1]) ** wanted, style=Style.BOUND))
    findings.append(Finding("α = 1 shows no plateau: it never comes within 0.2 of rank 1", bool(depth[1][0] > 0.2)))
    return Study(
        findings,
        panels=(
            Panel("distance to the best approximation of rank s", "iteration", "distance", curves, x_log=False),
            Panel("closest approach against the scale of the start", "α", "distance", depths),
        ),
    )
