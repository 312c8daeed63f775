"""Which solver, when: error against gradients and seconds over condition number, rank guess, noise and size

Symmetric M* of rank 3, cosine operator with δ = 0.05 certified. Descent, ScaledGD(λ), PrecGD and singular value projection (which must be
told the rank), each from a start scaled 10⁻³; ScaledGD also with exact rank. Counted are gradients (one forward and one adjoint each)
until the error is 10⁻⁴ ‖M*‖_F, or 10 times the noise where there is some. PrecGD starts far from M* here: its theory does not cover that.
"""

from time import perf_counter
from typing import Any

import numpy as np

from algorithms.matrix_sensing.descent import FactoredDescent
from algorithms.matrix_sensing.oracles import constant
from algorithms.matrix_sensing.scaled import ScaledDescent, current_error, fraction_of_s_r
from algorithms.matrix_sensing.singular_value_projection import SVP
from benchmarks.matrix_sensing._runs import passage, trace
from problems.matrix_sensing.operators import cosine
from problems.matrix_sensing.sensing import planted
from ratecheck.studies import Finding, Study, Table

R, STEPS = 3, 1500
SOLVERS: dict[str, Any] = {
    "descent": FactoredDescent(constant(0.3)),
    "ScaledGD(λ)": ScaledDescent(constant(0.3), fraction_of_s_r(0.05)),
    "PrecGD": ScaledDescent(constant(0.3), current_error(0.5)),
    "SVP": SVP(R),
}


def error(p: Any, s: Any) -> Any:
    Z = s.X if s.X.shape[-1] == s.X.shape[-2] else s.X @ np.swapaxes(s.X, 1, 2)
    return np.sqrt(((Z - p.M) ** 2).sum(axis=(1, 2)))


def study() -> Study:
    settings = {
        "n = 32, κ_M = 2, k = r": {"n": 32, "kappa": 2.0, "k": 3, "noise": 0.0},
        "n = 32, κ_M = 30, k = r": {"n": 32, "kappa": 30.0, "k": 3, "noise": 0.0},
        "n = 32, κ_M = 2, k = 2r": {"n": 32, "kappa": 2.0, "k": 6, "noise": 0.0},
        "n = 32, κ_M = 30, k = 2r": {"n": 32, "kappa": 30.0, "k": 6, "noise": 0.0},
        "n = 32, κ_M = 2, k = r, noise 1e-4": {"n": 32, "kappa": 2.0, "k": 3, "noise": 1e-4},
        "n = 128, κ_M = 10, k = r": {"n": 128, "kappa": 10.0, "k": 3, "noise": 0.0},
    }
    rows: list[list[str | float | int]] = []
    count: dict[tuple[str, str], float] = {}
    for setting, s in settings.items():
        n = int(s["n"])
        p = planted(range(3), np.geomspace(1, 1 / s["kappa"], R), n, int(s["k"]), 1e-3, cosine(n, 0.05), noise=s["noise"])
        goal = max(1e-4 * float(p.constants["norm_M"].value[0]), 10 * s["noise"] * np.sqrt(n * R))
        for name, solver in SOLVERS.items():
            began = perf_counter()
            steps = STEPS if n < 100 else 300
            k, e = trace(solver, p, steps, error)
            seconds = perf_counter() - began
            taken = float(np.median(np.nan_to_num(passage(e, goal), nan=np.inf)))
            count[(setting, name)] = taken
            rows.append([setting, name, taken, 1e3 * seconds / len(k) / 3 * taken, float(np.median(e[-1]))])
    hard = "n = 32, κ_M = 30, k = r"
    return Study(
        findings=(
            Finding("at κ_M = 30 ScaledGD(λ) needs at most a fifth of the gradients of descent", 5 * count[(hard, "ScaledGD(λ)")] <= count[(hard, "descent")]),
            Finding("told the rank, SVP needs the fewest gradients everywhere", all(count[(s, "SVP")] <= count[(s, "descent")] for s in settings)),
        ),
        tables=(Table("to the goal", ("setting", "solver", "gradients", "milliseconds a problem", "final error"), rows),),
    )
