"""How many Gaussian measurements recover which rank

n = 12, rank r = 1 … 4, m measurements; singular value projection and descent from a small start with k = r columns, 6 seeds each.
Recovered means error below 10⁻³. The number of unknowns is r(2n − r + 1)/2.
"""

from typing import Any

import numpy as np

from algorithms.matrix_sensing.oracles import constant
from algorithms.matrix_sensing.scaled import ScaledDescent, fraction_of_s_r
from algorithms.matrix_sensing.singular_value_projection import SVP
from benchmarks.matrix_sensing._runs import trace
from problems.matrix_sensing.sampling import gaussian
from problems.matrix_sensing.sensing import planted
from ratecheck.studies import Curve, Finding, Panel, Study, Table

N, SEEDS = 12, range(6)


def final(p: Any, s: Any) -> Any:
    Z = s.X if s.X.shape[-1] == s.X.shape[-2] else s.X @ np.swapaxes(s.X, 1, 2)
    return np.sqrt(((Z - p.M) ** 2).sum(axis=(1, 2)))


def study() -> Study:
    rows, curves, found = [], [], {}
    for r in (1, 2, 3, 4):
        unknowns = r * (2 * N - r + 1) / 2
        share: dict[str, list[float]] = {"SVP": [], "ScaledGD(λ)": []}
        oversampling = (1.0, 1.5, 2.0, 3.0, 4.0)
        for times in oversampling:
            m = int(times * unknowns)
            p = planted(SEEDS, np.linspace(1.0, 0.7, r), N, r, 1e-3, gaussian(N, m, r, SEEDS))
            for name, algorithm in (("SVP", SVP(r, constant(0.4))), ("ScaledGD(λ)", ScaledDescent(constant(0.2), fraction_of_s_r(0.05)))):
                _, e = trace(algorithm, p, 400, final, 399)
                share[name].append(float((e[-1] < 1e-3).mean()))
        for name, values in share.items():
            curves.append(Curve(f"{name}, r = {r}", oversampling, values))
            rows.append([name, r, *values])
            found[(name, r)] = values
    return Study(
        findings=(
            Finding("ScaledGD(λ) recovers every seed at 4 times the unknowns", all(found[("ScaledGD(λ)", r)][-1] == 1.0 for r in (2, 3, 4))),
            Finding("nothing is recovered with as many measurements as unknowns at r ≥ 2", all(found[("SVP", r)][0] < 0.5 for r in (2, 3, 4))),
        ),
        panels=(Panel("share of seeds recovered", "m / unknowns", "share", curves, x_log=False, y_log=False),),
        tables=(Table("share recovered", ("method", "rank", "1", "1.5", "2", "3", "4"), rows),),
    )
