"""Worst cases over classes: what they cost, and how sharp their proofs are

Gradient descent (step 1/L), the proximal point, Halpern's iteration and Frank–Wolfe (2/(k+2)), each over its whole class, for growing k:
seconds of the semidefinite program (with reading off the method's coefficients) and of the proof in fractions, and how far the proved
value lies above the worst case. The worst cases of the first three are known in closed form. Where PEPit is installed, it solves the
first again, with the same solver.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from time import perf_counter
from typing import Any

import numpy as np

from ratecheck import Claim
from ratecheck.performance import WorstCase
from ratecheck.performance.certificate import certify
from ratecheck.performance.program import maximise, program
from ratecheck.studies import Curve, Finding, Panel, Study, Table
from theory_checks.frank_wolfe import primal_gap
from theory_checks.min_max import halpern_cocoercive, proximal_point_last
from theory_checks.quasar_convex import handbook_gradient_descent

AT = (1, 2, 4, 8, 12)


@dataclass(frozen=True)
class Method:
    name: str
    claim: Claim[Any, Any]
    over: WorstCase
    known: Callable[[int], float] | None


def methods() -> list[Method]:
    descent, point, halpern = handbook_gradient_descent.THEOREM, proximal_point_last.THEOREM, halpern_cocoercive.THEOREM
    rho, t = 0.4, 1 / (2 * (1 - 0.4))

    def slowest(k: int) -> float:
        """The step is 2.5 ρ = 1, R = 1"""
        N = k + 1
        slow = (1 - 1 / N) ** (N - 1) / ((1 - 2 * rho) * N)
        return slow if t <= (1 + ((N - 1) / N) ** 0.5) / 2 else 4 * t**2 * (2 * t - 1) ** (2 * (N - 1))

    return [
        Method("gradient descent", descent.claims["convex"][0], descent.worst["convex"], lambda k: 1 / (4 * k + 2)),
        Method("proximal point", point.claims["every N"][0], point.worst["every N"], slowest),
        Method("Halpern", halpern.claims["every k"][0], halpern.worst["every k"], lambda k: 4 / (k + 1) ** 2),
        Method("Frank–Wolfe", primal_gap.THEOREM.claims["every k"][0], primal_gap.THEOREM.worst["every k"], None),
    ]


def peer(k: int) -> tuple[float, float]:
    """The worst case of gradient descent by PEPit, and its seconds"""
    pepit = import_module("PEPit")
    smooth = import_module("PEPit.functions").SmoothConvexFunction
    began = perf_counter()
    task = pepit.PEP()
    f = task.declare_function(smooth, L=1.0)
    star = f.stationary_point()
    x = start = task.set_initial_point()
    task.set_initial_condition((start - star) ** 2 <= 1)
    for _ in range(k):
        x = x - f.gradient(x)
    task.set_performance_metric(f(x) - f(star))
    with contextlib.redirect_stdout(io.StringIO()):
        value = task.solve(wrapper="cvxpy", solver="CLARABEL", verbose=0)
    return float(value), perf_counter() - began


def study() -> Study:
    rows: list[tuple[str | float | int, ...]] = []
    costs, proofs, margins = [], [], []
    off, sharp = 0.0, 0.0
    first: list[float] = []
    maximise(program(methods()[0].claim, methods()[0].over, 1))  # the solver is loaded by the first call
    for method in methods():
        seconds, checked, above = [], [], []
        for k in AT:
            began = perf_counter()
            p = program(method.claim, method.over, k)
            value = maximise(p)[0]
            solved = perf_counter()
            proof = float(certify(p).value)
            done = perf_counter()
            seconds.append(solved - began)
            checked.append(done - solved)
            above.append((proof - value) / value)
            known = method.known(k) if method.known else float("nan")
            off = max(off, abs(value / known - 1) if method.known else 0.0)
            rows.append((method.name, k, len(p.basis), len(p.below), value, known, above[-1], seconds[-1], checked[-1]))
        sharp = max(sharp, *above)
        first = first or seconds
        costs.append(Curve(method.name, AT, seconds))
        proofs.append(Curve(method.name, AT, checked))
        margins.append(Curve(method.name, AT, np.maximum(above, 1e-12)))
    findings = [
        Finding(f"the programs meet the closed forms of gradient descent, the proximal point and Halpern within {off:.1g} (relative)", off < 1e-5),
        Finding(f"every worst case up to k = {AT[-1]} is proved in fractions, at most {sharp:.1g} (relative) above it", 0 < sharp < 1e-4),
    ]
    tables = [
        Table(
            "Worst cases and their proofs",
            ("method", "k", "order", "inequalities", "worst case", "closed form", "proof above it by", "seconds", "seconds of the proof"),
            rows,
        )
    ]
    if find_spec("PEPit"):
        peer(1)
        theirs = [peer(k) for k in AT]
        apart = max(abs(v * (4 * k + 2) - 1) for k, (v, _) in zip(AT, theirs, strict=True))
        costs.append(Curve("gradient descent, PEPit", AT, [s for _, s in theirs]))
        ratio = float(np.median([s / own for (_, s), own in zip(theirs, first, strict=True)]))
        tables.append(Table("Gradient descent by PEPit", ("k", "worst case", "seconds", "times ours"), [
            (k, v, s, s / own) for k, (v, s), own in zip(AT, theirs, first, strict=True)]))  # fmt: skip
        findings.append(Finding(f"PEPit finds the same values (within {apart:.1g}), in {ratio:.1f} times the seconds (median)", apart < 1e-4))
    return Study(
        findings=findings,
        panels=[
            Panel("semidefinite program", "k", "seconds", costs),
            Panel("proof in fractions", "k", "seconds", proofs),
            Panel("proved value above the worst case", "k", "relative", margins),
        ],
        tables=tables,
    )
