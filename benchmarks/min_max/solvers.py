"""Which solver, when: residual against oracle calls and seconds

Ten methods (and PDHG) on a bilinear game, a monotone operator, two negatively comonotone ones, and least squares on the diabetes data as a saddle
problem, each with the same number of calls of F and a step that is a fixed multiple of 1/L; FEG is told ρ. A step of the proximal point
solves a linear system, which counts as one call; PDHG asks for half of F twice, which counts as one.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from algorithms.min_max.anchored import AnchoredExtragradient, FastExtragradient, Halpern
from algorithms.min_max.extragradient import Extragradient
from algorithms.min_max.gradient import GradientDescentAscent
from algorithms.min_max.optimistic import OptimisticGradient, ReflectedGradient
from algorithms.min_max.primal_dual import PrimalDual
from algorithms.min_max.proximal_point import ProximalPoint
from algorithms.min_max.steps import over_L
from benchmarks.min_max._runs import Run, diabetes, reach, run
from problems.min_max.linear_operators import nonnormal, normal, skew
from ratecheck.studies import Curve, Finding, Panel, Study, Table

BUDGET, ROWS, LEVEL = 1000, 8, 1e-2
METHODS: dict[str, Any] = {
    "descent ascent": GradientDescentAscent(over_L(0.1)),
    "extragradient": Extragradient(over_L(0.5), over_L(0.5)),
    "EG+, g2 = g1/2": Extragradient(over_L(1.0), over_L(0.5)),
    "optimistic gradient": OptimisticGradient(over_L(10 / 31), over_L(10 / 31)),
    "reflected gradient": ReflectedGradient(over_L(0.4)),
    "Halpern": Halpern(over_L(0.5)),
    "EAG-C": AnchoredExtragradient(over_L(0.125)),
    "EAG-V": AnchoredExtragradient(over_L(0.618), falling=True),
    "FEG": FastExtragradient(over_L(1.0), lambda c: -c["rho"].value),
    "proximal point": ProximalPoint(over_L(1.0)),
}
PDHG = {"PDHG": PrimalDual(over_L(0.99), over_L(0.99))}
BILINEAR, MONOTONE, REAL = "bilinear", "monotone, non-normal", "least squares, diabetes"
MILD, STRONG = "comonotone, ρL = 0.08", "comonotone, ρL = 0.4"


def problems() -> dict[str, Any]:
    seeds = range(ROWS)
    return {
        BILINEAR: skew(seeds, pairs=8, L=1.0, floor=0.05),
        MONOTONE: partial(nonnormal, pairs=6)(seeds),
        MILD: nonnormal(seeds, pairs=4, rho_L=0.08),
        STRONG: normal(seeds, pairs=3, rho_L=0.4),
        REAL: diabetes(),
    }


def study() -> Study:
    panels: list[Panel] = []
    rows: list[tuple[str | float, ...]] = []
    calls: dict[tuple[str, str], float] = {}
    final: dict[tuple[str, str], float] = {}
    for of, problem in problems().items():
        by_calls, by_seconds = [], []
        for name, method in {**METHODS, **(PDHG if of == BILINEAR else {})}.items():
            r: Run = run(method, problem, BUDGET if of != REAL else BUDGET / 2, 0.5 if name == "PDHG" else 1.0)
            worst = np.nan_to_num(r.residual.max(axis=1), nan=np.inf)
            kept = np.unique(np.geomspace(1, len(worst), 70).astype(int)) - 1
            shown = np.where((worst[kept] > 1e-16) & (worst[kept] < 1e6), worst[kept], np.nan)
            by_calls.append(Curve(name, np.maximum(r.calls[kept], 1), shown))
            by_seconds.append(Curve(name, r.seconds[kept], shown))
            calls[of, name], final[of, name] = reach(r.calls, worst, LEVEL), float(worst[-1])
            rows.append((of, name, calls[of, name], reach(r.calls, worst, 1e-4), 1e3 * reach(r.seconds, worst, LEVEL), final[of, name]))
        panels += [
            Panel(of, "calls of F", "‖F(x)‖ / ‖F(x_0)‖, worst row", by_calls),
            Panel(of + ": time", "seconds", "‖F(x)‖ / ‖F(x_0)‖, worst row", by_seconds),
        ]
    explicit = [name for name in METHODS if name != "proximal point"]
    hard = (BILINEAR, MONOTONE)
    second = {of: min(final[of, name] for name in explicit if name != "FEG") for of in hard}
    rest = min(final[STRONG, name] for name in explicit if name != "FEG")
    to = {name: calls[REAL, name] for name in explicit if np.isfinite(calls[REAL, name])}
    quickest = min(to, key=lambda name: to[name])
    anchored = min(to.get(name, float("inf")) for name in ("Halpern", "EAG-C", "EAG-V", "FEG"))
    past = ("extragradient", "optimistic gradient", "reflected gradient")
    late = max(to.get(name, float("inf")) for name in past)
    findings = [
        Finding(
            "of the explicit methods for any F, FEG ends nearest on the bilinear and the monotone problem ("
            + "; ".join(f"{final[of, 'FEG']:.1e} against {second[of]:.1e}" for of in hard)
            + ")",
            all(final[of, "FEG"] < 0.7 * second[of] for of in hard),
        ),
        Finding(
            f"descent ascent moves away on the bilinear game ({final[BILINEAR, 'descent ascent']:.0f} times the first residual)",
            final[BILINEAR, "descent ascent"] > 10,
        ),
        Finding(
            f"Halpern without extrapolation needs cocoercivity: on the bilinear game it ends at {final[BILINEAR, 'Halpern']:.0e}",
            final[BILINEAR, "Halpern"] > 1e3,
        ),
        Finding(
            f"at ρL = 0.4 only FEG ({final[STRONG, 'FEG']:.1e}) and the proximal point ({final[STRONG, 'proximal point']:.1e}) converge; the others end {rest:.0e} or further away",
            max(final[STRONG, "FEG"], final[STRONG, "proximal point"]) < 0.2 and rest > 10,
        ),
        Finding(
            f"on the diabetes data anchors cost: {anchored:.0f} calls or more to {LEVEL}, against at most {late:.0f} of extragradient, optimistic and reflected gradient; first is {quickest} with {to[quickest]:.0f}",
            anchored > 2 * late,
        ),
    ]
    return Study(
        findings=findings,
        panels=panels,
        tables=[
            Table(
                f"after {BUDGET} calls ({BUDGET // 2} on the data)",
                ("problem", "solver", f"calls to {LEVEL:.0e}", "to 1e-04", f"milliseconds to {LEVEL:.0e}", "final residual"),
                rows,
            )
        ],
    )
