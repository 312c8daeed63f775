"""Which solver, when: duality gap against oracle calls and seconds

Where the gap has a closed form: matrix games on two simplices (20 by 20, entries uniform), bilinear games over boxes, and least squares over a ball
on the diabetes data as a saddle point (half the norm of the free solution, so that the ball binds). Steps are a fixed multiple of 1/L, L = max |K_ij|
for the entropic methods and ‖K‖ for the Euclidean ones. Mirror prox and extragradient call F twice a step, PDHG asks for half of F twice, the others
call once. Drawn is the worst of the rows, at the average of the points played, to which the bounds L Θ/T refer, and at the last point. On a fixed
polyhedral game the last point converges linearly, so no exponent is read. The thresholds of the findings were set after a first look.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import Any

import numpy as np
from sklearn.datasets import load_diabetes

from algorithms.min_max.mirror_prox import MirrorProx
from algorithms.min_max.optimistic_mirror import OptimisticDualAveraging, OptimisticMirrorDescent
from algorithms.min_max.primal_dual import PrimalDual
from algorithms.min_max.single_call import ReflectedGradient
from algorithms.min_max.steps import over_L
from benchmarks.min_max._runs import reach
from problems.min_max.gap_games import ball_regression, projected_game
from problems.min_max.matrix_games import box_game, random_game
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table

ROWS, CALLS, SIZE, LEVEL, FLOOR = 8, 6000, 20, 1e-3, 1e-13
SIMPLEX, BOX, REAL = "matrix games on simplices", "bilinear games on boxes", "least squares over a ball, diabetes"
ENTROPIC: dict[str, tuple[Any, int]] = {
    "mirror prox, entropy": (MirrorProx(over_L(1.0)), 2),
    "optimistic mirror descent, entropy": (OptimisticMirrorDescent(over_L(0.5)), 1),
    "OptDA, entropy": (OptimisticDualAveraging(over_L(0.5)), 1),
}
EUCLIDEAN: dict[str, tuple[Any, int]] = {
    "extragradient": (MirrorProx(over_L(0.9)), 2),
    "optimistic gradient": (OptimisticMirrorDescent(over_L(0.5)), 1),
    "OptDA": (OptimisticDualAveraging(over_L(0.5)), 1),
    "reflected gradient": (ReflectedGradient(over_L(0.4)), 1),
    "PDHG": (PrimalDual(over_L(0.7), over_L(0.7)), 1),
}


NOT_DRAWN = ("OptDA, entropy", "reflected gradient")  # the first is the same as another; both are in the table


@dataclass(frozen=True, eq=False)
class GapRun:
    calls: Any  # (K,)
    seconds: Any  # (K,), in the algorithm alone
    last: Any  # (K,), the largest gap of the rows
    average: Any  # (K,)


def played(method: Any, problem: Any, s: Any) -> Any:
    """The point that is averaged, inside the set."""
    return problem.project(s.w) if isinstance(method, ReflectedGradient) else s.x if isinstance(method, PrimalDual) else s.w


def gap_run(method: Any, problem: Any, cost: int) -> GapRun:
    steps = CALLS // cost
    marks = set(np.unique(np.geomspace(1, steps, 70).astype(int)).tolist())
    next(islice(method.iterates(problem, SeededNoise(range(len(problem.x0)))), 3, None))  # the first calls load what is timed
    kept, average, spent, began = [], None, 0.0, perf_counter()
    for k, s in enumerate(islice(method.iterates(problem, SeededNoise(range(len(problem.x0)))), steps), 1):
        w = played(method, problem, s)
        average = w if average is None else average + (w - average) / k
        spent += perf_counter() - began
        if k in marks:
            kept.append((cost * k, spent, float(np.max(problem.gap(w))), float(np.max(problem.gap(average)))))
        began = perf_counter()
    c, t, last, mean = (np.array(column) for column in zip(*kept, strict=True))
    return GapRun(c, t, last, mean)


def apart(one: Any, two: Any, problem: Any) -> float:
    """The largest difference of what two methods play, over 500 steps."""
    pairs = zip(*(islice(m.iterates(problem, SeededNoise(range(ROWS))), 500) for m in (one, two)), strict=True)
    return max(float(np.max(np.abs(s.w - t.w))) for s, t in pairs)


def study() -> Study:
    data, target = load_diabetes(return_X_y=True)
    hedge = random_game(range(ROWS), SIZE, SIZE)
    tasks = [
        (SIMPLEX, hedge, ENTROPIC),
        (SIMPLEX, projected_game(range(ROWS), SIZE), EUCLIDEAN),
        (BOX, box_game(range(ROWS), 4), EUCLIDEAN),
        (REAL, ball_regression(data, target - target.mean()), EUCLIDEAN),
    ]
    runs = {(of, name): gap_run(m, problem, cost) for of, problem, methods in tasks for name, (m, cost) in methods.items()}
    theta = float(np.max(np.asarray(hedge.constants["L"].value) * np.asarray(hedge.constants["Theta"].value)))
    first = runs[SIMPLEX, "mirror prox, entropy"]
    bound = theta / (first.calls / 2)

    def curves(of: str, x: Any, y: Any) -> list[Curve]:
        drawn = [(name, r) for (o, name), r in runs.items() if o == of and name not in NOT_DRAWN]
        return [Curve(name, x(r), np.where(y(r) > FLOOR, y(r), np.nan)) for name, r in drawn]

    panels = []
    for of in (SIMPLEX, BOX, REAL):
        average = curves(of, lambda r: r.calls, lambda r: r.average)
        if of == SIMPLEX:
            average.append(Curve("L Θ/T of mirror prox", first.calls, bound, style=Style.BOUND))
        panels += [
            Panel(of + ": average", "calls of F", "largest gap, at the average", average),
            Panel(of + ": last point", "calls of F", "largest gap, at the last point", curves(of, lambda r: r.calls, lambda r: r.last)),
            Panel(of + ": time", "seconds", "largest gap, at the average", curves(of, lambda r: r.seconds, lambda r: r.average)),
        ]
    rows = [
        (
            of,
            name,
            reach(r.calls, r.average, LEVEL),
            reach(r.calls, r.last, LEVEL),
            float(r.average[-1]),
            max(float(r.last[-1]), 0.0),
            1e3 * float(r.seconds[-1]),
        )
        for (of, name), r in runs.items()
    ]
    used = float(np.max(first.average / bound))
    same = apart(ENTROPIC["optimistic mirror descent, entropy"][0], ENTROPIC["OptDA, entropy"][0], hedge)
    spread = {of: [float(runs[of, n].average[-1]) for n in EUCLIDEAN] for of in (SIMPLEX, BOX, REAL)}
    factor = max(max(v) / min(v) for v in spread.values())
    gain = {of: [float(runs[of, n].average[-1]) / max(float(runs[of, n].last[-1]), FLOOR) for n in EUCLIDEAN] for of in spread}
    led = [gain[SIMPLEX][list(EUCLIDEAN).index(n)] for n in ("extragradient", "PDHG")]
    entropic = min(float(runs[SIMPLEX, n].last[-1]) for n in ENTROPIC)
    euclidean = max(float(runs[SIMPLEX, n].last[-1]) for n in EUCLIDEAN)
    return Study(
        findings=[
            Finding(f"mirror prox with entropy: the gap of the average uses at most {used:.2f} of L Θ/T", used <= 1),
            Finding(
                f"with entropy, optimistic mirror descent and optimistic dual averaging play the same points (within {same:.0e})",
                same < 1e-10,
            ),
            Finding(
                f"per call, the averages of the Euclidean methods are alike: within a factor {factor:.2f} on every problem", factor < 2
            ),
            Finding(
                f"on the data the last point is at least {min(gain[REAL]):.0e} times nearer than the average; on the simplices {led[0]:.0f} times with extragradient and "
                + f"{led[1]:.0f} times with PDHG; on the boxes the average is nearer, for every method",
                min(gain[REAL]) > 1e3 and min(led) > 5 and max(gain[BOX]) < 1,
            ),
            Finding(
                f"on the simplices the last points of the entropic methods are slow: {entropic:.1e} at best, {euclidean:.1e} at worst with projections",
                entropic > 10 * euclidean,
            ),
        ],
        panels=panels,
        tables=[
            Table(
                f"after {CALLS} calls",
                (
                    "problem",
                    "solver",
                    f"average: calls to {LEVEL:.0e}",
                    "last point: calls",
                    "gap, average",
                    "gap, last point",
                    "milliseconds",
                ),
                rows,
            )
        ],
    )
