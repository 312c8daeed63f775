"""The deterministic solvers of the studies, in groups, and the choice of their outer steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from algorithms.bilevel.averaged_loop import AveragedLoop
from algorithms.bilevel.descent import ByConjugateGradients, ByNeumannSeries, Directly, HypergradientDescent, Implicit, Unrolled
from algorithms.bilevel.hoag import HOAG
from algorithms.bilevel.maid import MAID
from algorithms.bilevel.meha import MEHA
from algorithms.bilevel.penalty import F2SA
from algorithms.bilevel.penalty_loops import PenaltyMomentum, PenaltySteps
from algorithms.bilevel.refinement import RefinedMomentum
from algorithms.bilevel.sampling import Steps
from algorithms.bilevel.self_tuning import SelfTuning
from algorithms.bilevel.single_loop import SOBA
from benchmarks.bilevel._runs import Counted, Run, run

STEPS = (1.0, 0.3, 0.1, 0.03, 0.01)  # outer steps that are tried in turn, in units of 1/L_F
TRIAL, STEPS_TRIED = 200, 2  # calls and outer steps of a trial, at least
HORIZON = 400  # steps that BO-REP is tuned for


@dataclass(frozen=True)
class Solver:
    group: str
    make: Callable[[Counted, float], Any]  # the problem and the outer step
    tried: bool = True  # its outer step is one of STEPS; else it sets its own


def descent(group: str, hypergradient: Any, warm: bool) -> Solver:
    return Solver(group, lambda p, r: HypergradientDescent(hypergradient, warm, r))


def meha(p: Counted, r: float) -> MEHA:
    L = float(np.max(p.constants["l_g1"].value))
    return MEHA(c=1.0, alpha=r / float(np.max(p.constants["L_F"].value)), beta=0.25 / L, eta=0.25 / L)


U, I, A, P, S = "unrolled", "implicit", "accuracy-controlled", "penalty", "single loop"
SOLVERS: dict[str, Solver] = {
    "reverse mode, cold": descent(U, Unrolled(40, 40), False),
    "reverse mode, warm": descent(U, Unrolled(10, 10), True),
    "truncated, cold": descent(U, Unrolled(40, 10), False),
    "truncated, warm": descent(U, Unrolled(10, 5), True),
    "direct, cold": descent(I, Implicit(Directly(), 40), False),
    "direct, warm": descent(I, Implicit(Directly(), 10), True),
    "CG, cold": descent(I, Implicit(ByConjugateGradients(10), 40), False),
    "CG, warm": descent(I, Implicit(ByConjugateGradients(5), 10), True),
    "Neumann, cold": descent(I, Implicit(ByNeumannSeries(40), 40), False),
    "Neumann, warm": descent(I, Implicit(ByNeumannSeries(10), 10), True),
    "HOAG": Solver(A, lambda p, r: HOAG(relative=r)),
    "MAID": Solver(A, lambda p, r: MAID(), tried=False),
    "F2SA, theory": Solver(P, lambda p, r: F2SA(), tried=False),
    "F2SA, T = 10": Solver(P, lambda p, r: PenaltySteps(Steps(1.0, r), lam=10.0, lower=10)),
    "F2SA, momentum": Solver(P, lambda p, r: PenaltyMomentum(Steps(0.5, r), growth=1 / 7)),
    "MEHA": Solver(P, meha),
    "SOBA": Solver(S, lambda p, r: SOBA(Steps(1.0, r))),
    "sl-BAMM": Solver(S, lambda p, r: AveragedLoop(Steps(1.0, r))),
    "BO-REP": Solver(S, lambda p, r: RefinedMomentum(length=2 * HORIZON**-0.75, weight=HORIZON**-0.5), tried=False),
    "self-tuning": Solver(S, lambda p, r: SelfTuning(Steps(1.0, r))),
}


def tuned(solver: Solver, p: Counted, budget: float, value: Callable[[Any], float]) -> tuple[Run, float]:
    """The run with the largest step that lowers F in a trial and ends no higher than its trial; the smallest step if none does."""
    if not solver.tried:
        return run(solver.make(p, 1.0), p, budget), np.nan
    start = value(p.x0[0])
    for r in STEPS[:-1]:
        trial = value(run(solver.make(p, r), p, TRIAL, least=STEPS_TRIED).x[-1])
        if trial < start:
            made = run(solver.make(p, r), p, budget)
            if value(made.x[-1]) <= trial:
                return made, r
    return run(solver.make(p, STEPS[-1]), p, budget), STEPS[-1]
