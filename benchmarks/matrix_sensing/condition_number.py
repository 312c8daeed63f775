"""Iterations against the condition number: descent, ScaledGD(λ), PrecGD

M* of rank 3, factor with 5 columns, δ = 10⁻⁶ certified, start 10⁻⁶ N(0, 1/n); PrecGD, which needs a good start, from the spectral one.
Counted are the iterations until ‖XXᵀ − M*‖_F ≤ 10⁻⁶.
"""

import numpy as np

from algorithms.matrix_sensing.descent import FactoredDescent
from algorithms.matrix_sensing.oracles import constant
from algorithms.matrix_sensing.scaled import ScaledDescent, current_error, fraction_of_s_r
from benchmarks.matrix_sensing._runs import error, passage, trace
from problems.matrix_sensing.ladders import conditioned
from problems.matrix_sensing.operators import cosine
from problems.matrix_sensing.sensing import Sensing, sensing
from ratecheck.studies import Curve, Finding, Panel, Study


def measured(high: float) -> Sensing:
    p = conditioned(range(8), 1.5, high, alpha=1e-6)
    return sensing(p.V, p.spectrum, 3, p.x0, cosine(12, 1e-6), {"kappa": p.constants["kappa"]})


def spectral(p: Sensing) -> Sensing:
    w, V = np.linalg.eigh(p.M + 1e-3 * np.mean(p.x0 @ np.swapaxes(p.x0, 1, 2)))
    k = p.x0.shape[2]
    near = V[:, :, -k:] * np.sqrt(np.maximum(w[:, None, -k:], 0.0)) + 3e-4 * p.x0 / 1e-6
    return sensing(p.V, p.spectrum, 3, near, p.operator, {"kappa": p.constants["kappa"]})


def study() -> Study:
    hard, mild = measured(64.0), measured(6.0)
    runs = {
        "descent": (FactoredDescent(constant(0.3)), mild, 6000),
        "ScaledGD(λ)": (ScaledDescent(constant(0.3), fraction_of_s_r(0.05)), hard, 400),
        "PrecGD, near start": (ScaledDescent(constant(0.3), current_error(0.5)), spectral(hard), 400),
    }
    curves, count = [], {}
    for name, (algorithm, p, steps) in runs.items():
        _, e = trace(algorithm, p, steps, error)
        kappa = p.constants["kappa"].value
        count[name] = passage(e, 1e-6)
        seen = np.isfinite(count[name])
        curves.append(Curve(name, kappa[seen], count[name][seen]))
    d, s = count["descent"], count["ScaledGD(λ)"]
    return Study(
        findings=(
            Finding(f"ScaledGD(λ) needs {np.nanmin(s):.0f} to {np.nanmax(s):.0f} iterations for κ from 1.5 to 64", bool(np.nanmax(s) <= 3 * np.nanmin(s))),
            Finding(f"descent grows from {np.nanmin(d):.0f} to {np.nanmax(d):.0f} for κ from 1.5 to 6", bool(np.nanmax(d) > 5 * np.nanmin(d))),
        ),
        panels=(Panel("iterations to 1e-6", "κ(X*)", "iterations", curves),),
    )
