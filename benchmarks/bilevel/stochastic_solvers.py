"""Stochastic solvers: value and hypergradient norm against component calls and seconds

The simulated quadratics of public benchmarks (512 samples a level), logistic regression with one penalty a feature (breast cancer, 448
patients) and digits hyper-cleaning (256 samples, 30 % of the labels wrong), minibatches of 32 samples: single loops (SOBA; SABA, with a
table of all minibatches; STORM, which is BSVRB with one block), nested loops (stocBiO with 10 Neumann terms, AmIGO), F2SA with five
lower steps and with momentum, BO-REP and self-tuning, beside warm-started implicit differentiation on all samples. A component call is
one gradient or one product of one sample. Lower steps are 0.3/L, times (k+1)^{−0.4} without variance reduction, (k+1)^{−0.2} with
momentum; SABA, stocBiO, AmIGO and the full method keep theirs. The outer step is the best of 3, 1, 0.3, 0.1 times 1/L_F by the median F
after 6000 calls, 42000 for the full method (not counted; BO-REP: of a step of length 0.02 √n). Medians and quartiles over seeds, read
at 12 marks; seconds are those of all seeds together, and a full gradient takes hardly longer than a minibatch at these sizes. The steps
were set after a first look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from algorithms.bilevel.descent import ByConjugateGradients, HypergradientDescent, Implicit
from algorithms.bilevel.nested_loops import AmIGO, StocBiO
from algorithms.bilevel.penalty_loops import PenaltyMomentum, PenaltySteps
from algorithms.bilevel.refinement import RefinedMomentum
from algorithms.bilevel.sampling import Minibatches, Steps
from algorithms.bilevel.self_tuning import SelfTuning
from algorithms.bilevel.single_loop import SABA, SOBA, STORM
from benchmarks.bilevel._runs import steepness
from benchmarks.bilevel._sampled import CleaningSum, PatientSum
from benchmarks.bilevel._sums import CountedSum, Trace, judged, summed, trace
from problems.bilevel import finite_sum, hyper_cleaning, logistic
from ratecheck.studies import Curve, Finding, Panel, Study, Table

BATCH, BUDGET, TRIAL, MARKS = 32, 6e4, 6e3, 12
OUTER = (3.0, 1.0, 0.3, 0.1)
DRAW = Minibatches(BATCH, BATCH)
FULL = "CG, all samples"


def steps(r: float, decay: float) -> Steps:
    return Steps(0.3, r, decay, decay)


SOLVERS: dict[str, Callable[[int, float], Any]] = {  # number of hyperparameters, outer step
    FULL: lambda n, r: HypergradientDescent(Implicit(ByConjugateGradients(5), 10), True, r),
    "SOBA": lambda n, r: SOBA(steps(r, 0.4), DRAW),
    "SABA": lambda n, r: SABA(steps(r, 0.0), BATCH, BATCH),
    "STORM": lambda n, r: STORM(steps(r, 0.2), DRAW),
    "self-tuning": lambda n, r: SelfTuning(steps(r, 0.4), DRAW, lower=5),
    "stocBiO": lambda n, r: StocBiO(steps(r, 0.0), DRAW, lower=5, terms=10),
    "AmIGO": lambda n, r: AmIGO(steps(r, 0.0), DRAW),
    "F2SA, T = 5": lambda n, r: PenaltySteps(steps(r, 0.4), DRAW, lower=5),
    "F2SA, momentum": lambda n, r: PenaltyMomentum(steps(r, 0.2), DRAW, growth=1 / 7),
    "BO-REP": lambda n, r: RefinedMomentum(steps(r, 0.4), DRAW, length=0.02 * n**0.5 * r),
}
SINGLE, NESTED = (FULL, "SOBA", "SABA", "STORM", "self-tuning"), (FULL, "stocBiO", "AmIGO", "F2SA, T = 5", "F2SA, momentum", "BO-REP")


@dataclass(frozen=True)
class Bench:
    p: CountedSum
    seeds: range


def benches() -> dict[str, Bench]:
    q = finite_sum.quadratics(range(6), samples=512)
    patients = logistic.breast_cancer(range(6), low=-2.0, columns=15, reach=2.0, train=448, valid=96)
    cleaning = hyper_cleaning.digits(range(3), train=256, valid=256, components=8)
    return {
        "quadratics": Bench(summed(q, q), range(6)),
        "logistic": Bench(summed(patients, PatientSum(patients), L_F=steepness(patients, 2.0, 8)), range(6)),
        "hyper-cleaning": Bench(summed(cleaning, CleaningSum(cleaning), L_F=steepness(cleaning, 2.0, 8)), range(3)),
    }


def tuned(make: Callable[[int, float], Any], b: Bench, trial: float) -> tuple[Trace, float, Any, Any]:
    """The run, its outer step, F and ‖∇F‖ (K, B); a run that ends above its trial in the median gives way to the next best step."""

    def end(F: Any) -> float:
        return float(np.median(np.nan_to_num(F[-1], nan=np.inf)))

    def run(r: float) -> tuple[Trace, float, Any, Any]:
        t = trace(make(b.p.x0.shape[-1], r), b.p, np.concatenate([[0.0], np.geomspace(BATCH * 20, BUDGET, MARKS)]), b.seeds)
        return t, r, *judged(b.p.base, t.x)

    trials = {r: end(judged(b.p.base, trace(make(b.p.x0.shape[-1], r), b.p, np.array([trial]), b.seeds).x)[0]) for r in OUTER}
    order = sorted(OUTER, key=lambda r: trials[r])
    for r in order[:-1]:
        made = run(r)
        if end(made[2]) <= trials[r]:
            return made
    return run(order[-1])


def further(b: Bench) -> Any:
    """F after six times the budget of the full method with the step 1/L_F: for the gaps, (B,)"""
    F, _ = judged(b.p.base, trace(SOLVERS[FULL](0, 1.0), b.p, np.array([6 * BUDGET]), b.seeds).x)
    return F[-1]


def banded(label: str, x: Any, y: Any) -> Curve:
    low, middle, high = np.nanquantile(np.nan_to_num(y, nan=np.inf), (0.25, 0.5, 0.75), axis=1, method="nearest")
    return Curve(label, x, middle, low, high)


def study() -> Study:
    panels, rows = [], []
    reached: dict[tuple[str, str], float] = {}
    gap_end: dict[tuple[str, str], float] = {}
    size_end: dict[tuple[str, str], float] = {}
    everything = benches()
    names = list(everything)
    wide = int(everything[names[2]].p.x0.shape[-1])
    for name, b in everything.items():
        found = {}
        for s, make in SOLVERS.items():
            found[s] = tuned(make, b, TRIAL if s != FULL else 0.7 * BUDGET)
        F0, g0 = found[FULL][2][:1], found[FULL][3][:1]
        best = np.nanmin(np.stack([*(np.nanmin(v[2], axis=0) for v in found.values()), further(b)]), axis=0)[None]
        gaps = {s: np.maximum((v[2] - best) / (F0 - best), 1e-9) for s, v in found.items()}
        sizes = {s: v[3] / g0 for s, v in found.items()}
        for s, (t, r, *_) in found.items():
            middle = np.median(np.nan_to_num(gaps[s], nan=np.inf), axis=1)
            reached[name, s] = float(t.calls[np.argmax(middle <= 0.1)]) if (middle <= 0.1).any() else np.inf
            gap_end[name, s], size_end[name, s] = float(middle[-1]), float(np.median(np.nan_to_num(sizes[s][-1], nan=np.inf)))
            rows.append((name, s, r, reached[name, s], gap_end[name, s], size_end[name, s], float(t.seconds[-1])))
        for kind, of in (("single loops", SINGLE), ("nested, penalty", NESTED)):
            panels += [
                Panel(f"{name}: {kind}, value", "component calls", "share of the decrease that is missing", [banded(s, found[s][0].calls[1:], gaps[s][1:]) for s in of]),
                Panel(f"{name}: {kind}, hypergradient", "component calls", "‖∇F(x)‖ / ‖∇F(x_0)‖", [banded(s, found[s][0].calls[1:], sizes[s][1:]) for s in of]),
                Panel(f"{name}: {kind}, time", "seconds", "‖∇F(x)‖ / ‖∇F(x_0)‖", [banded(s, found[s][0].seconds[1:], sizes[s][1:]) for s in of]),
            ]
    quadratic = names[0]
    noisy = [s for s in SOLVERS if s not in (FULL, "SABA")]
    quickest = {n: min(SOLVERS, key=lambda s, n=n: reached[n, s]) for n in names}  # type: ignore[misc]
    ahead = [reached[n, FULL] / min(reached[n, s] for s in SOLVERS if s != FULL) for n in names]
    return Study(
        findings=(
            Finding(f"on the quadratics only variance reduction over the whole sum leaves the noise behind: SABA ends at {size_end[quadratic, 'SABA']:.1e} of the first ‖∇F‖, "
                    f"every other minibatch method at {min(size_end[quadratic, s] for s in noisy):.2g} or more", size_end[quadratic, "SABA"] < 1e-2 * min(size_end[quadratic, s] for s in noisy)),
            Finding(f"a tenth of the gap costs the best stochastic method {', '.join(f'{a:.1f} ({n})' for n, a in zip(names, ahead, strict=True))} times fewer component calls than "
                    f"the full method; first is {', '.join(f'{quickest[n]} on {n}' for n in names)}", min(ahead) > 1),
            Finding(f"self-tuning learns a slope with a column for each hyperparameter: with 10 and 15 of them it misses {max(gap_end[n, 'self-tuning'] for n in names[:2]):.2f} or less, "
                    f"with {wide} weights {gap_end[names[2], 'self-tuning']:.2f}", max(gap_end[n, "self-tuning"] for n in names[:2]) < 0.5 and gap_end[names[2], "self-tuning"] > 0.8),
        ),
        panels=panels,
        tables=(Table(f"after {BUDGET:.0g} component calls", ("problem", "solver", "outer step × L_F", "calls to a tenth of the gap", "share of the decrease missing", "‖∇F‖ / ‖∇F(x_0)‖", "seconds"), rows),),
    )
