"""What a bad initial accuracy or step costs: MAID, HOAG and a line search at fixed accuracy

Total-variation denoising of a row of the cameraman (64 pixels, weight and smoothing learnt). Every method gets the same number of
oracle calls, from initial accuracies 10⁻⁵ to 1 and initial steps of length 0.01 to 3 in θ. Shown is the share of the possible decrease
of the exact loss that is missed at the end. HOAG (Pedregosa 2016) keeps its step; its tolerances fall as ε_0/(k+1)² or ε_0 0.9^k.
"""

from functools import partial
from typing import Any

import numpy as np

from algorithms.bilevel.batched import norm
from algorithms.bilevel.hoag import HOAG
from algorithms.bilevel.implicit import exact_hypergradient
from algorithms.bilevel.inexact import solve_lower
from algorithms.bilevel.maid import MAID
from benchmarks.bilevel._runs import counted, run
from problems.bilevel.denoising import signal
from ratecheck.studies import Curve, Finding, Panel, Study, Table

BUDGET, REACH = 2000, 2.5
ACCURACIES, STEPS = 10.0 ** np.array([-5, -3.5, -2, 0]), np.array([0.01, 0.1, 0.5, 3.0])


def square(eps0: float, k: int) -> float:
    return eps0 / (k + 1) ** 2


def geometric(eps0: float, k: int) -> float:
    return float(eps0 * 0.9**k)


def adaptive(eps0: float, step: float) -> MAID:
    return MAID(eps0=eps0, alpha0=step)


def fixed(eps0: float, step: float) -> MAID:
    return MAID(eps0=eps0, alpha0=step, adaptive=False)


def hoag(schedule: Any, eps0: float, step: float) -> HOAG:
    return HOAG(partial(schedule, eps0), step)


METHODS: dict[str, Any] = {
    "MAID": adaptive,
    "line search, fixed accuracy": fixed,
    "HOAG, ε_0/(k+1)²": partial(hoag, square),
    "HOAG, ε_0 0.9^k": partial(hoag, geometric),
}


def study() -> Study:
    base = signal(range(5, 6), reach=REACH)
    first = float(norm(exact_hypergradient(base, base.x0))[0])
    p = counted(base, REACH, L_F=first)  # so that `relative` is the length of HOAG's first step

    def loss(x: Any) -> float:
        return float(base.upper(x, solve_lower(p, x, base.noisy, np.full(1, 1e-9)))[0])

    ends: dict[str, Any] = {}
    for name, method in METHODS.items():
        table = np.empty((len(ACCURACIES), len(STEPS)))
        for i, eps0 in enumerate(ACCURACIES):
            for j, step in enumerate(STEPS):
                r = run(method(float(eps0), float(step)), p, BUDGET, seconds=2.0)
                table[i, j] = loss(r.x[-1:])
        ends[name] = table
    best, start = min(float(t.min()) for t in ends.values()), loss(base.x0)
    missed = {name: (t - best) / (start - best) for name, t in ends.items()}
    worst = {name: float(m.max()) for name, m in missed.items()}
    middle = {name: float(np.median(m)) for name, m in missed.items()}
    floor = 1e-4
    panels = [
        Panel("worst over the initial steps", "initial accuracy ε_0", "share of the decrease that is missed",
              [Curve(name, ACCURACIES, np.maximum(m.max(axis=1), floor)) for name, m in missed.items()]),
        Panel("worst over the initial accuracies", "initial step", "share of the decrease that is missed",
              [Curve(name, STEPS, np.maximum(m.max(axis=0), floor)) for name, m in missed.items()]),
    ]
    cells = [(name, float(eps0), *m[i].tolist()) for name, m in missed.items() for i, eps0 in enumerate(ACCURACIES)]
    rivals = [name for name in METHODS if name != "MAID"]
    coarse = {name: float(m[-1].max()) for name, m in missed.items()}
    return Study(
        findings=(
            Finding(f"MAID misses at most {worst['MAID']:.2f} of the decrease from any start", worst["MAID"] < 0.5),
            Finding(f"every other method fails somewhere: at worst they miss {', '.join(f'{worst[name]:.2g}' for name in rivals)} (1 is no decrease at all)", min(worst[n] for n in rivals) > 0.9),
            Finding(f"the initial accuracy hardly matters to MAID (its worst start by ε_0: {missed['MAID'].max(axis=1).min():.2f} to {missed['MAID'].max(axis=1).max():.2f})",
                    bool(np.ptp(missed["MAID"].max(axis=1)) < 0.1)),
            Finding(f"a line search at fixed accuracy is stuck when ε is 1: it misses {coarse['line search, fixed accuracy']:.2f}", coarse["line search, fixed accuracy"] > 0.9),
            Finding(f"the price: well tuned, the others do better than MAID ever does (best {min(float(missed[n].min()) for n in rivals):.3f} against {missed['MAID'].min():.3f})",
                    min(float(missed[n].min()) for n in rivals) < float(missed["MAID"].min())),
        ),
        panels=panels,
        tables=(
            Table("over all starts", ("method", "median share missed", "worst share missed"), [(name, middle[name], worst[name]) for name in METHODS]),
            Table("share missed", ("method", "ε_0", *(f"step {s:g}" for s in STEPS)), cells),
        ),
    )
