"""Warm against cold start: what the last solution is worth, and what it leaves behind

HOAG starts the lower level and the linear system from the last solutions. How many oracle calls does that save against starting afresh
at the same tolerances, on ridge and logistic regression with real data and on total-variation denoising? And where the lower level has
many solutions (Vicol et al. 2022): a warm start remembers the tasks it has seen, a cold start forgets them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

import numpy as np

from algorithms.bilevel.batched import norm
from algorithms.bilevel.hoag import HOAG, Tolerant, quadratic_decay
from algorithms.bilevel.restarts import WarmStart
from benchmarks.bilevel._runs import counted, run, stationarity
from problems.bilevel import logistic, ridge
from problems.bilevel.denoising import signal
from problems.bilevel.singular import Tasks, tasks
from ratecheck import Noise
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table

STEPS = 60


@dataclass(frozen=True)
class Afresh:
    """HOAG with every step taken from y0 and q = 0."""

    relative: float

    def iterates(self, problem: Any, noise: Noise, /) -> Iterator[Tolerant]:
        x = problem.x0
        for k in count():
            here = Moved(problem, x)
            s = next(HOAG(lambda _, k=k: quadratic_decay(k), self.relative).iterates(here, noise))  # type: ignore[misc]
            yield s
            x = s.x_next


class Moved:
    """`problem` with another x0; all else, the box and the counts included, is the problem's."""

    def __init__(self, problem: Any, x0: Any) -> None:
        self._problem, self.x0 = problem, x0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._problem, name)


def memory(p: Tasks, cold: bool, rounds: int) -> tuple[Any, Any]:
    """Distance to the common solution nearest to w_0, and to the solutions of the task NOT trained last; each (rounds, B)."""
    far, other = [], []
    for s in islice(WarmStart(cold).iterates(p, SeededNoise(range(p.x0.shape[0]))), rounds):
        far.append(norm(s.w - p.w_inf))
        other.append(norm(p.project(s.w, s.k % 2) - s.w))
    return np.stack(far), np.stack(other)


def study() -> Study:
    problems: dict[str, Any] = {
        "ridge, diabetes": counted(ridge.diabetes(range(1), reach=2.0), 2.0),
        "logistic, breast cancer": counted(logistic.breast_cancer(range(1), reach=2.0), 2.0),
        "denoising, 64 pixels": counted(signal(range(5, 6), reach=2.0), 2.0, L_F=0.1),
    }
    panels, rows, ratios = [], [], []
    for name, p in problems.items():
        curves, made, final = [], {}, {}
        for label, algorithm in (("warm", HOAG()), ("cold", Afresh(1.0))):
            r = run(algorithm, p, np.inf, STEPS, seconds=5.0)
            size = np.array([stationarity(p, x) for x in r.x[::3]])
            curves.append(Curve(label, r.calls[::3], size))
            made[label], final[label] = int(r.calls[-1]), r.x[-1]
        value = {label: float(p.base.upper(x[None], p.base.y_star(x[None]))[0]) for label, x in {**final, "first": p.x0[0]}.items()}
        apart = abs(value["warm"] - value["cold"]) / (value["first"] - min(value.values()))
        ratios.append(made["cold"] / made["warm"])
        rows.append((name, made["warm"], made["cold"], ratios[-1], apart))
        panels.append(Panel(name, "oracle calls", "‖∇F(x)‖ (projected)", curves))
    p = tasks(range(16))
    warm, cold = memory(p, False, 200), memory(p, True, 200)
    k = np.arange(1, 200)
    panels.append(Panel("two tasks with common solutions, trained in turn", "training runs", "distance to the nearest common solution", (
        Curve("warm", k, np.median(warm[0], axis=1)[1:]), Curve("cold", k, np.median(cold[0], axis=1)[1:]),
        Curve("bound, warm", k, np.median(p.constants["c"].value[None] ** (k[:, None] - 1) * warm[0][:1], axis=1), style=Style.BOUND),
    )))
    share = warm[0][1:] / (p.constants["c"].value[None] ** (k[:, None] - 1) * warm[0][:1] + 1e-13)
    return Study(
        findings=(
            Finding(f"at the same tolerances a warm start saves calls on every problem: cold takes {min(ratios):.2f} to {max(ratios):.2f} times as many", min(ratios) > 1.1),
            Finding(f"both reach the same value of F, to {max(r[4] for r in rows):.1e} of the decrease", max(r[4] for r in rows) < 0.05),
            Finding(f"many solutions: warm starts approach the common one at the rate c of the Friedrichs angle or faster (largest share of c^{{k−1}}‖w_0 − w_∞‖: {share.max():.2f})", bool(share.max() <= 1 + 1e-6)),
            Finding(f"in the median a cold start stays at {np.median(cold[0][-1]):.2f} from it (warm: {np.median(warm[0][-1]):.1e})", bool(np.median(cold[0][-1]) > 100 * np.median(warm[0][-1]))),
            Finding(f"and forgets: it misses the other task by {np.median(cold[1][-1]):.2f} (warm: {np.median(warm[1][-1]):.1e})", bool(np.median(cold[1][-1]) > 100 * np.median(warm[1][-1]))),
        ),
        panels=panels,
        tables=(Table(f"oracle calls of {STEPS} outer steps", ("problem", "warm", "cold", "cold / warm", "difference of F / decrease of F"), rows),),
    )
