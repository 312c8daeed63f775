"""Stochastic solvers: gap against component gradients and seconds

Non-convex but quasar-convex sums with interpolation (a drawn one-sided loss, and the same loss with a ridge on the Wisconsin breast-
cancer data), least squares with a ridge (no interpolation) and least absolute deviations: gradient descent, SGD with constant and
decaying steps, momentum whose last iterate is an average, QASVRG where the constants allow it, all with the steps that their theorems
prescribe. Which reaches a given gap by the fewest component gradients? What do interpolation and its absence change?
The evaluations of the exact f by line searches are counted as N component gradients each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from algorithms.quasar_convex.averaged_momentum import AveragedMomentum
from algorithms.quasar_convex.descent import GradientDescent
from algorithms.quasar_convex.polyak_steps import StochasticPolyak
from algorithms.quasar_convex.qasvrg import QASVRG, StrongPlan
from algorithms.quasar_convex.stochastic import SGD
from algorithms.quasar_convex.subgradients import StochasticProximalPoint
from benchmarks.quasar_convex._runs import Run, run
from problems.quasar_convex.absolute_deviations import deviations
from problems.quasar_convex.finite_sums import ridge
from problems.quasar_convex.hinge import breast_cancer, hinge
from ratecheck.studies import Curve, Finding, Panel, Study, Table

SEEDS = range(8)
LEVEL = 1e-2

GD = GradientDescent(lambda c, k: 1 / c["L"].value)
CONSTANT = SGD(lambda c, k: 0.5 / c["L_max"].value)
DECAYING = SGD(lambda c, k: 0.5 / c["L_max"].value / (1 + k) ** 0.5)
MOMENTUM = AveragedMomentum(lambda c, k: 0.25 / c["L_max"].value)
ROOT = SGD(lambda c, k: c["R"].value / c["G"].value / (k + 1) ** 0.5)
PROXIMAL = StochasticProximalPoint(lambda c, k: c["R"].value / c["G"].value / (k + 1) ** 0.5)
POLYAK = StochasticPolyak()


@dataclass(frozen=True)
class Bench:
    title: str
    problem: Any
    full: int  # gradients a full one costs
    algorithms: dict[str, Any]
    passes: int


def benches() -> list[Bench]:
    smooth = {"gradient descent": GD, "SGD, constant": CONSTANT, "SGD, 1/√t": DECAYING, "averaged momentum": MOMENTUM}
    data = breast_cancer(SEEDS, lam=0.02, every=3)
    nonsmooth = {"SGD, 1/√t": ROOT, "proximal point": PROXIMAL, "Polyak": POLYAK}
    return [
        Bench("one-sided loss, N = 100", hinge(SEEDS, N=100, n=10, R=10.0), 100, smooth, 120),
        Bench("breast cancer", data, data.size, {**smooth, "QASVRG, strong": QASVRG(StrongPlan())}, 50),
        Bench("ridge regression, N = 200", ridge(SEEDS, N=200, n=10, noise=1.0), 200, smooth, 25),
        Bench("absolute deviations, N = 40", deviations(SEEDS, pairs=20, n=5, spread=0.3), 40, nonsmooth, 100),
    ]


def measured(b: Bench) -> dict[str, Run]:
    def price(name: str) -> Any:
        if name == "gradient descent":
            return lambda s: float(b.full)
        if name.startswith("QASVRG"):
            return lambda s: b.full * float(np.mean(s.coupling.calls)) + 2 * s.batch + (b.full if s.j == 0 else 0)
        return lambda s: 1.0

    budget = float(b.passes * b.full)
    return {
        name: run(a, b.problem, int(budget), (lambda s: s.y) if name.startswith("QASVRG") else (lambda s: s.x), price(name), 400, budget)
        for name, a in b.algorithms.items()
    }


def study() -> Study:
    panels: list[Panel] = []
    rows: list[list[str | float | int]] = []
    final: dict[str, dict[str, float]] = {}
    reached: dict[str, dict[str, float]] = {}
    for b in benches():
        runs = measured(b)
        first = float(np.median(b.problem.value(b.problem.x0) - b.problem.f_star))
        final[b.title] = {name: float(np.median(r.gap[-1])) / first for name, r in runs.items()}
        reached[b.title] = {name: r.reach(r.cost, LEVEL * first) for name, r in runs.items()}
        rows += [
            [b.title, name, reached[b.title][name], r.reach(r.seconds, LEVEL * first), final[b.title][name]] for name, r in runs.items()
        ]
        for axis, label in (("cost", "component gradients"), ("seconds", "seconds")):
            panels.append(Panel(f"{b.title}: gap over the first one", label, "gap", [
                Curve(name, getattr(r, axis)[1:], np.maximum(np.median(r.gap, axis=1) / first, 1e-16)[1:]) for name, r in runs.items()]))
    drawn, cancer, noisy, absolute = final
    easy = (drawn, cancer)
    saved = [reached[t]["gradient descent"] / reached[t]["SGD, constant"] for t in easy]
    polyak, others = reached[absolute]["Polyak"], [reached[absolute][name] for name in ("SGD, 1/√t", "proximal point")]
    return Study(
        findings=[
            Finding(f"under interpolation SGD with constant steps saves {saved[0]:.1f} (drawn) and {saved[1]:.0f} times (breast cancer) the "
                    "component gradients of gradient descent", min(saved) > 2),
            Finding("there, decaying steps end at least a thousand times higher than constant ones",
                    all(final[t]["SGD, 1/√t"] > 1e3 * final[t]["SGD, constant"] for t in easy)),
            Finding("there, averaged momentum ends between gradient descent and SGD with constant steps",
                    all(final[t]["SGD, constant"] < final[t]["averaged momentum"] < final[t]["gradient descent"] for t in easy)),
            Finding(f"QASVRG with its exact search counted is the slowest on the data: {final[cancer]['QASVRG, strong']:.2f} of the gap is left",
                    final[cancer]["QASVRG, strong"] > 5 * max(v for k, v in final[cancer].items() if not k.startswith("QASVRG"))),
            Finding(f"without interpolation constant steps stall at {final[noisy]['SGD, constant']:.2g} of the first gap; decaying ones end at "
                    f"{final[noisy]['SGD, 1/√t']:.1g}", final[noisy]["SGD, constant"] > 10 * final[noisy]["SGD, 1/√t"]),
            Finding(f"on absolute deviations Polyak steps, told f_i(x*), need {polyak:.0f} component gradients, the others {min(others):.0f} or more",
                    bool(min(others) > 3 * polyak)),
        ],
        panels=panels,
        tables=[Table("Cost of a hundredth of the first gap, and the gap at the end",
                      ["problem", "method", "component gradients", "seconds", "last gap over first"], rows)],
    )
