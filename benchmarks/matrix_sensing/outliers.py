"""Robustness: l1 loss against least squares, over the share of outliers and the search rank

n = 8, rank 2, 800 Gaussian measurements, outliers N(0, 100²). Sub-gradient descent with geometric steps from a small start, k = 2 and 8
columns; gradient descent on the squared loss beside it. Nothing is certified here: Gaussian measurements.
"""

from functools import partial

from algorithms.matrix_sensing.descent import FactoredDescent
from algorithms.matrix_sensing.oracles import constant
from algorithms.matrix_sensing.subgradient import SubgradientMethod, geometric_rule
from benchmarks.matrix_sensing._runs import error, trace
from problems.matrix_sensing.robust import outliers
from ratecheck.studies import Curve, Finding, Panel, Study, Table


def study() -> Study:
    draw = partial(outliers, range(1), low=100.0, high=100.0)
    shares = (0.0, 0.1, 0.2, 0.3, 0.4)
    rows, curves = [], {}
    for k in (2, 8):
        for share in shares:
            p = draw(k=k, share=share)
            _, robust = trace(SubgradientMethod(geometric_rule(0.3, 0.99)), p, 1200, error, 20)
            _, squares = trace(FactoredDescent(constant(0.01)), p, 1200, error, 20)
            rows.append([k, share, float(robust[-1, 0]), float(squares.min())])
            curves[(k, share)] = (float(robust[-1, 0]), float(squares.min()))
    panel = [Curve(f"l1, k = {k}", shares, [curves[(k, s)][0] for s in shares]) for k in (2, 8)]
    panel += [Curve(f"squares, k = {k}", shares, [curves[(k, s)][1] for s in shares]) for k in (2, 8)]
    return Study(
        findings=(
            Finding("l1: below 1e-2 for up to 40 % of outliers, whatever the rank", all(v[0] < 1e-2 for v in curves.values())),
            Finding("least squares: above 0.5 as soon as there are outliers", all(v[1] > 0.5 for (_, s), v in curves.items() if s > 0)),
        ),
        panels=(Panel("error against the share of outliers", "share", "‖Z − M*‖", panel, x_log=False),),
        tables=(Table("errors", ("columns", "share of outliers", "l1", "least squares, best iterate"), rows),),
    )
