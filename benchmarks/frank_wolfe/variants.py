"""Which variant, when: gap against oracle calls and seconds on six problems, two with real data

Every method of the family on the problems it applies to, from a vertex: Frank–Wolfe gap so far against calls of the linear oracle and
against seconds (single thread, the three draws of a problem together; those of the real data differ in the start). Medians over the
draws. Line search needs a quadratic, the short step a constant L. The lazy method asks the linear oracle only where its last vertices
will not do (its code evaluates it anyway: its seconds say nothing).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from algorithms.frank_wolfe.active_steps import ActiveSetFrankWolfe, away_step, blended_pairwise, pairwise
from algorithms.frank_wolfe.backtracking import BacktrackingFrankWolfe
from algorithms.frank_wolfe.backtracking_active import BacktrackingAwaySteps
from algorithms.frank_wolfe.descent import DescentFrankWolfe
from algorithms.frank_wolfe.lazy import LazyFrankWolfe
from algorithms.frank_wolfe.monotone import Sticky
from algorithms.frank_wolfe.steps import line_search, short_step
from algorithms.frank_wolfe.vanilla import FrankWolfe
from benchmarks.frank_wolfe._problems import diabetes, signal_recovery
from benchmarks.frank_wolfe._runs import Run, best, reach, run
from problems.frank_wolfe.logistic import breast_cancer
from problems.frank_wolfe.nearest_point import nearest
from problems.frank_wolfe.oracles_matrix import Birkhoff
from problems.frank_wolfe.portfolio import positive_returns
from problems.frank_wolfe.quadratics import on_simplex
from ratecheck.studies import Curve, Finding, Panel, Study, Table

ROWS, STEPS, ROUGH, LEVEL = 3, 300, 1e-3, 1e-6
GIVEN: dict[str, Any] = {"2/(t+2)": FrankWolfe(), "backtracking": BacktrackingFrankWolfe(), "backtracking, away": BacktrackingAwaySteps()}
SHORT: dict[str, Any] = {
    "short step": DescentFrankWolfe(short_step),
    "away, short": ActiveSetFrankWolfe(away_step, short_step),
    "pairwise, short": ActiveSetFrankWolfe(pairwise, short_step),
    "blended, short": ActiveSetFrankWolfe(blended_pairwise, short_step),
}
EXACT: dict[str, Any] = {
    "line search": DescentFrankWolfe(line_search),
    "away, line search": ActiveSetFrankWolfe(away_step, line_search),
    "pairwise, line search": ActiveSetFrankWolfe(pairwise, line_search),
    "blended, line search": ActiveSetFrankWolfe(blended_pairwise, line_search),
}
MONOTONE: dict[str, Any] = {"monotone, sticky": Sticky()}
LAZY: dict[str, Any] = {"lazy": LazyFrankWolfe()}
LOGISTIC, DIABETES = "logistic, breast cancer, ℓ₁ ball", "least squares, diabetes, ℓ₁ ball"
QUADRATIC, BIRKHOFF = "quadratic, simplex, n = 200", "nearest point, Birkhoff polytope, n = 12"
PORTFOLIO, SIGNAL = "portfolio, simplex, n = 100", "Kullback–Leibler signal, n = 100"
LONGER = {LOGISTIC: 1000, BIRKHOFF: 600}
CASES: dict[str, tuple[Any, dict[str, Any]]] = {
    LOGISTIC: (breast_cancer, {**GIVEN, **SHORT, **MONOTONE, **LAZY}),
    DIABETES: (diabetes, {**GIVEN, **SHORT, **EXACT, **LAZY}),
    QUADRATIC: (partial(on_simplex, n=200, support=20), {**GIVEN, **SHORT, **EXACT, **LAZY}),
    BIRKHOFF: (partial(nearest, over=Birkhoff(12), n=144), {**GIVEN, **SHORT, **EXACT}),
    PORTFOLIO: (partial(positive_returns, n=100, p=150), {**GIVEN, **SHORT, **MONOTONE}),
    SIGNAL: (partial(signal_recovery, n=100, m=150), {**GIVEN, **MONOTONE}),
}


def study() -> Study:
    runs: dict[tuple[str, str], Run] = {}
    left: dict[tuple[str, str], Any] = {}  # (B,) smallest Frank–Wolfe gap over the first one
    calls: dict[tuple[str, str], Any] = {}  # (B,) to the level
    rough: dict[str, float] = {}
    panels: list[Panel] = []
    rows: list[tuple[str | float, ...]] = []
    for of, (draw, methods) in CASES.items():
        problem: Any = draw(range(ROWS))
        by_calls, by_seconds = [], []
        for name, method in methods.items():
            r = runs[of, name] = run(method, problem, LONGER.get(of, STEPS), 90, until=1e-10)
            g = np.maximum(best(r.gap / r.gap[0]), 1e-16)
            left[of, name], calls[of, name] = g[-1], np.array([reach(r.calls, column, LEVEL) for column in g.T])
            by_calls.append(Curve(name, r.calls, np.median(g, axis=1)))
            by_seconds.append(Curve(name, r.seconds, np.median(g, axis=1)))
            spent = [
                float(np.median([reach(a, column, level) for column in g.T]))
                for a, level in ((r.calls, ROUGH), (r.calls, LEVEL), (r.tests, LEVEL), (1e3 * r.seconds, LEVEL))
            ]
            rows.append((of, name, *spent, float(np.median(g[-1])), 1e6 * float(r.seconds[-1]) / float(r.k[-1] + 1)))
            if of == LOGISTIC:
                rough[name] = spent[0]
        panels += [
            Panel(of, "linear minimisations", "Frank–Wolfe gap / first", by_calls),
            Panel(of + ": time", "seconds", "Frank–Wolfe gap / first", by_seconds),
        ]
    quadratics, curved = (DIABETES, QUADRATIC, BIRKHOFF), (LOGISTIC, PORTFOLIO, SIGNAL)
    keeps = {name for name in (*GIVEN, *SHORT, *EXACT) if "," in name}  # a convex combination, with away or pairwise steps
    drops = np.concatenate([c for (of, name), c in calls.items() if of in quadratics and name in keeps])
    others = np.concatenate([c for (of, name), c in calls.items() if of in quadratics and name not in keeps])
    lucky, tried = int(np.isfinite(others).sum()), len(others)
    pair = {of: [float(np.mean(calls[of, f"{name}, short"])) for name in ("pairwise", "away", "blended")] for of in quadratics}
    away = "backtracking, away"
    ahead = {of: min(float(np.min(v / left[of, away])) for (o, name), v in left.items() if o == of and name != away) for of in curved}
    bound = min(float(left[PORTFOLIO, name].min()) for name in SHORT)
    first = min((name for name, c in rough.items() if np.isfinite(c)), key=lambda name: rough[name])
    lazy = {of: float(r.calls[-1] / (r.k[-1] + 1)) for (of, name), r in runs.items() if name == "lazy"}
    last = all(np.median(left[of, "lazy"]) == max(np.median(v) for (o, _), v in left.items() if o == of) for of in lazy)
    findings = [
        Finding(
            f"on the three quadratics every method that can leave a vertex reaches {LEVEL:.0e} on every draw (at most "
            + f"{np.max(drops):.0f} linear minimisations); the others do in {lucky} of {tried} runs",
            bool(np.all(np.isfinite(drops))) and lucky <= tried / 5,
        ),
        Finding(
            "of these with the short step, pairwise needs the fewest linear minimisations on average ("
            + "; ".join(f"{p:.0f} against {q:.0f} away, {r:.0f} blended" for p, q, r in pair.values())
            + ")",
            all(p == min(p, q, r) for p, q, r in pair.values()),
        ),
        Finding(
            "where the curvature varies, away steps with backtracking end nearest on every draw, by at least 2 times (logistic "
            + f"{ahead[LOGISTIC]:.1f}, portfolio {ahead[PORTFOLIO]:.2g}, signal {ahead[SIGNAL]:.1f})",
            min(ahead.values()) >= 2,
        ),
        Finding(
            f"for {ROUGH:.0e} on the logistic problem {first} needs the fewest linear minimisations, {rough[first]:.0f}", first == "2/(t+2)"
        ),
        Finding(
            f"with a constant L for the whole simplex no short step closes half of the portfolio's gap ({bound:.2f} is left)", bound > 0.5
        ),
        Finding(
            f"with its proven start and C_f the lazy method saves few calls (asks in at least {100 * min(lazy.values()):.0f} % of its steps) "
            + "and ends last on all three",
            min(lazy.values()) > 0.85 and bool(last),
        ),
    ]
    to = f"to {LEVEL:.0e}"
    columns = (
        "problem",
        "method",
        f"linear minimisations to {ROUGH:.0e}",
        to,
        f"values {to}",
        f"milliseconds {to}",
        "final gap / first",
        "microseconds a step",
    )
    return Study(findings=findings, panels=panels, tables=[Table("Frank–Wolfe gap against work", columns, rows)])
