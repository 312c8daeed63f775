"""The two curses of over-parameterisation: 1/T for the symmetric factorisation, a rate set by the start for the other

M* of rank 3, n = 10, δ = 0. Symmetric XXᵀ with k = 3 and k = 5 columns; FGᵀ with k = 5 from F_0 = αF~, G_0 = αG~/3, for three α.
"""

import numpy as np

from algorithms.matrix_sensing.asymmetric import AsymmetricDescent
from algorithms.matrix_sensing.descent import FactoredDescent
from algorithms.matrix_sensing.oracles import constant
from benchmarks.matrix_sensing._runs import error, slope, trace
from problems.matrix_sensing.asymmetric import imbalanced
from problems.matrix_sensing.sensing import planted
from ratecheck.studies import Curve, Finding, Panel, Study, Style

ETA, STEPS = 0.2, 4000


def study() -> Study:
    curves = []
    k, over = trace(FactoredDescent(constant(ETA)), planted(range(1), (1.0, 0.75, 0.5), 10, 5, 0.5), STEPS, error, 5)
    _, exact = trace(FactoredDescent(constant(ETA)), planted(range(1), (1.0, 0.75, 0.5), 10, 3, 0.5), STEPS, error, 5)
    curves += [Curve("symmetric, k = 5", k, over[:, 0]), Curve("symmetric, k = 3", k, exact[:, 0])]
    curves.append(Curve("√2/(2ηT)", k[20:], np.sqrt(2) / (2 * ETA * k[20:]), style=Style.BOUND))
    rates = {}
    for alpha in (0.1, 0.2, 0.4):
        _, e = trace(AsymmetricDescent(constant(ETA)), imbalanced(range(1), alpha=alpha, n=10), STEPS, error, 5)
        curves.append(Curve(f"asymmetric, k = 5, α = {alpha}", k, e[:, 0]))
        last = int(np.argmax(e[:, 0] < 1e-10)) or len(k) - 1
        rates[alpha] = float(np.log(e[last // 2, 0] / e[last, 0]) / (k[last] - k[last // 2]))
    law = slope(k[-400:], over[-400:, 0])
    growth = slope(np.array(list(rates)), np.array(list(rates.values())))
    return Study(
        findings=(
            Finding(f"symmetric, k > r: the error falls like T^{law:.3f}", abs(law + 1) < 0.05),
            Finding("symmetric, k = r: below 1e-12", bool(exact[-1, 0] < 1e-12)),
            Finding(f"asymmetric: the rate grows like α^{growth:.2f}", abs(growth - 2) < 0.5),
        ),
        panels=(Panel("error of three factorisations", "iteration", "‖Z − M*‖", curves, x_log=False),),
    )
