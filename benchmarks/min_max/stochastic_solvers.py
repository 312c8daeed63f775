"""Which stochastic solver, when: bilinear games with noise, heavy tails, a finite sum on real data

A bilinear game heard with additive noise of norm 1, and with multiplicative noise (σ_M = 2); a plane game whose noise has no moment above 1.25;
normal equations on the diabetes data as a saddle point, N = 442 components; and a synthetic sum of 1024. Oracle calls are samples, or components
evaluated. All seeds run in one batch; curves are medians, the table has the quantiles 0.1 and 0.9. In all these games but the synthetic one the gap is
a multiple of a power of the residual (ρ ‖F‖ over the ball of radius ρ, bilinear; ‖F‖²/(2μ) otherwise), so residuals are drawn: of the last iterate,
and of the average, to which the O(1/√T) bounds on the gap refer. With constant steps OptDA+ is OG+. Clipped-SSTM minimises:
it is run, beside clipped SGD, on a convex quadratic with heavy tails (α = 1.5, steps and levels of their theorems).
Methods for deterministic forces are only in the finite sums, where they evaluate all the components; the rest is in the study solvers. Six curves a
panel; the table has all. The thresholds of the findings were set after a first look.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from sklearn.datasets import load_diabetes

from algorithms.min_max.adaptive_separated import SeparatedPlayers, fixed, long, short
from algorithms.min_max.anchored import AnchoredExtragradient, Halpern
from algorithms.min_max.clipped_descent import ClippedDescentAscent, never
from algorithms.min_max.clipped_similar_triangles import ClippedSimilarTriangles
from algorithms.min_max.extragradient import Extragradient
from algorithms.min_max.steps import over_L
from algorithms.min_max.stochastic_steps import StochasticDescentAscent, StochasticExtragradient, power
from algorithms.min_max.variance_reduced_halpern import VarianceReducedHalpern
from benchmarks.min_max._stochastic import Trace, curve, excess, quantiles, trace
from problems.min_max.finite_sum_operators import mixed
from problems.min_max.heavy_quadratics import quadratic
from problems.min_max.sampled_games import heavy_plane, regression_saddle, sampled_bilinear
from ratecheck.studies import Finding, Panel, Study, Table
from theory_checks.min_max.clipped_convex import level, radius_over_weight, slow, step

ROWS, BUDGET, HEAVY_ROWS, HEAVY_BUDGET, PARTS, EPOCHS, MU = 48, 5000, 400, 3000, 1024, 300, 0.2
ADDITIVE, MULTIPLICATIVE, HEAVY = "additive noise", "multiplicative noise, σ_M = 2", "heavy tails, α = 1.2"
REAL, SYNTHETIC = "finite sum, diabetes", f"finite sum, synthetic, N = {PARTS}"
CONVEX = "heavy tails, a convex function"
BY_CALLS = "oracle calls"
NOT_DRAWN = {
    ADDITIVE: ("SGDA", "optimistic, equal steps"),
    MULTIPLICATIVE: ("SGDA", "SEG, equal steps"),
    REAL: ("variance-reduced, 4 times the step", "SEG, one component, falling"),
}
Method = tuple[Any, float | None]  # the algorithm, and the calls of a step

FALLING = power(0.5, -1 / 3, 20), power(0.5, -2 / 3, 20)
BILINEAR: dict[str, Method] = {
    "SGDA": (StochasticDescentAscent(power(0.1)), 1),
    "SEG, equal steps": (StochasticExtragradient(power(0.2), power(0.2)), 2),
    "SEG, two falling steps": (StochasticExtragradient(*FALLING), 2),
    "optimistic, equal steps": (SeparatedPlayers(fixed("gamma"), fixed("gamma"), dual=False), 1),
    "OG+, constant": (SeparatedPlayers(fixed("gamma"), fixed("eta"), dual=False), 1),
    "OG+, falling": (SeparatedPlayers(fixed("half", -0.25), fixed("half", -0.5), dual=False), 1),
    "OptDA+, falling": (SeparatedPlayers(fixed("half", -0.25), fixed("half", -0.5)), 1),
    "OptDA+, adaptive": (SeparatedPlayers(long(), short), 1),
}
ONE_OVER_K = power(0.4, -1, 20)
TAILS: dict[str, Method] = {
    "SGDA": (StochasticDescentAscent(ONE_OVER_K), 1),
    "clipped SGDA": (StochasticDescentAscent(ONE_OVER_K, power(1.0)), 1),
    "SEG": (StochasticExtragradient(ONE_OVER_K, ONE_OVER_K), 2),
    "clipped SEG": (StochasticExtragradient(ONE_OVER_K, ONE_OVER_K, power(1.0)), 2),
}

CONVEX_STEPS = 1000
MINIMISERS: dict[str, tuple[Any, Any]] = {
    "SGD": (ClippedDescentAscent(step, never), lambda s: s.z),
    "clipped SGD": (ClippedDescentAscent(step, level), lambda s: s.z),
    "clipped-SSTM": (ClippedSimilarTriangles(slow, radius_over_weight), lambda s: s.y),
}


HALPERN = "Halpern, all components, own step"
SAMPLED: dict[str, Method] = {
    "variance-reduced Halpern": (VarianceReducedHalpern(), None),
    "variance-reduced, 4 times the step": (VarianceReducedHalpern(over_L(1.0)), None),
    "Halpern, all components, same step": (VarianceReducedHalpern(chance=lambda k, N: 1.0), None),
}


def summed(N: int, modulus: float) -> dict[str, Method]:
    """Methods that see the mean operator alone: its L, and its inverse cocoercivity constant `modulus`."""
    return {
        HALPERN: (Halpern(lambda c: 2 / modulus + 0 * c["L"].value), N),
        "EAG-V, all components": (AnchoredExtragradient(over_L(0.618), True), 2 * N),
        "extragradient, all components": (Extragradient(over_L(0.5), over_L(0.5)), 2 * N),
    }


def mean_of(problem: Any, L: float) -> Any:
    """The same problem, L that of the mean operator instead of the cocoercivity of its components on average."""
    return replace(problem, constants={**problem.constants, "L": replace(problem.constants["L"], value=np.full(len(problem.x0), L))})


ONE_COMPONENT: dict[str, Method] = {
    "SGDA, one component, falling": (StochasticDescentAscent(power(0.05, -1, 100)), 1),
    "SEG, one component, falling": (StochasticExtragradient(power(0.05, -0.5, 200), power(0.05, -1, 100)), 2),
}


def point(s: Any) -> Any:
    return s.x


def study() -> Study:
    seeds = range(ROWS)
    data, target = load_diabetes(return_X_y=True)
    real = regression_saddle(data, (target - target.mean()) / target.std(), 8, MU)
    synthetic = mixed(range(4), N=PARTS, damping=0.5)
    L = float(max(np.linalg.norm(a, 2) for a in np.asarray(synthetic.A)))
    N = real.b.shape[-1]
    runs: dict[tuple[str, str], Trace] = {}
    problem: Any
    for of, problem in ((ADDITIVE, sampled_bilinear(seeds, sigma_A=1.0)), (MULTIPLICATIVE, sampled_bilinear(seeds, sigma_M=2.0))):
        runs.update({(of, name): trace(m, problem, BUDGET, cost) for name, (m, cost) in BILINEAR.items()})
    tails = heavy_plane(range(HEAVY_ROWS))
    runs.update({(HEAVY, name): trace(m, tails, HEAVY_BUDGET, cost) for name, (m, cost) in TAILS.items()})
    convex = quadratic(range(4), alpha=1.5, sigma=0.05, replicas=100, horizons=(CONVEX_STEPS,))
    for name, (m, output) in MINIMISERS.items():
        runs[CONVEX, name] = trace(m, convex, CONVEX_STEPS, 1, output, output, excess, relative=False)
    for of, problem, n, l, modulus, passes in (
        (REAL, real, N, float(np.hypot(1, MU)), (1 + MU**2) / MU, EPOCHS),
        (SYNTHETIC, synthetic, PARTS, L, L**2 / 0.5, 100),
    ):
        runs.update({(of, name): trace(m, problem, n * passes, cost, point) for name, (m, cost) in SAMPLED.items()})
        runs.update({(of, name): trace(m, mean_of(problem, l), n * passes, cost, point) for name, (m, cost) in summed(n, modulus).items()})
    runs.update({(REAL, name): trace(m, real, 12 * N, cost) for name, (m, cost) in ONE_COMPONENT.items()})

    def panel(title: str, of: str, y: str, draw: Any, x: str = BY_CALLS) -> Panel:
        return Panel(title, x, y, [draw(name, r) for (o, name), r in runs.items() if o == of and name not in NOT_DRAWN.get(o, ())])

    last = "‖F(x)‖ / ‖F(x_0)‖, median"
    by_calls = partial(_line, by=lambda r: r.calls)
    by_seconds = partial(_line, by=lambda r: r.seconds)
    panels = [
        panel(ADDITIVE, ADDITIVE, last, by_calls),
        panel(ADDITIVE + ": average", ADDITIVE, "the same, at the average", partial(by_calls, of=lambda r: r.average)),
        panel(ADDITIVE + ": time of all runs", ADDITIVE, last, by_seconds, "seconds"),
        panel(MULTIPLICATIVE, MULTIPLICATIVE, last, by_calls),
        panel(HEAVY + ": median", HEAVY, last, partial(by_calls, band=(0.1, 0.9))),
        panel(HEAVY + ": quantile 0.99", HEAVY, "the same, quantile 0.99", partial(by_calls, q=0.99)),
        panel(CONVEX, CONVEX, "(f − f*)/(L R²), median and 0.1 to 0.99", partial(by_calls, band=(0.1, 0.99), bottom=1e-6)),
        panel(REAL, REAL, last, by_calls, "components evaluated"),
        panel(REAL + ": time of all runs", REAL, last, by_seconds, "seconds"),
        panel(SYNTHETIC, SYNTHETIC, last, by_calls, "components evaluated"),
    ]
    rows = [
        (of, name, float(r.calls[-1]), *quantiles(r.last), quantiles(r.average)[0], 1e3 * float(r.seconds[-1]))
        for (of, name), r in runs.items()
    ]
    columns = ("problem", "solver", "calls", "last, median", "0.1", "0.9", "average, median", "milliseconds, all runs")
    return Study(findings=findings(runs), panels=panels, tables=[Table("at the end", columns, rows)])


def _line(name: str, r: Trace, by: Any, of: Any = lambda r: r.last, **more: Any) -> Any:
    return curve(name, np.maximum(by(r), 1e-6), of(r), **more)


def findings(runs: dict[tuple[str, str], Trace]) -> list[Finding]:
    end = {key: quantiles(r.last)[0] for key, r in runs.items()}
    mean = {key: quantiles(r.average)[0] for key, r in runs.items()}
    stalled = {
        n: float(np.median(runs[ADDITIVE, n].at(0.1, runs[ADDITIVE, n].last))) / end[ADDITIVE, n]
        for n in ("SEG, equal steps", "OG+, constant")
    }
    falls = {
        n: float(np.median(runs[ADDITIVE, n].at(0.1, runs[ADDITIVE, n].last))) / end[ADDITIVE, n]
        for n in BILINEAR
        if "falling" in n or "adaptive" in n
    }
    stable = [n for n in BILINEAR if n != "SGDA"]
    gain = min(end[ADDITIVE, n] / mean[ADDITIVE, n] for n in stable)
    equal = min(end[MULTIPLICATIVE, n] for n in ("SGDA", "SEG, equal steps", "optimistic, equal steps"))
    apart = max(end[MULTIPLICATIVE, n] for n in ("OG+, constant", "OptDA+, falling", "OptDA+, adaptive"))
    tail = {n: float(np.quantile(runs[HEAVY, n].last[-1], 0.99)) / end[HEAVY, n] for n in TAILS}
    bad = {n: float(np.quantile(runs[CONVEX, n].last[-1], 0.99)) / end[CONVEX, n] for n in MINIMISERS}
    behind = end[CONVEX, "clipped-SSTM"] / end[CONVEX, "clipped SGD"]
    vr, longer, full = (end[REAL, name] for name in SAMPLED)
    own, exact = end[REAL, HALPERN], end[REAL, "extragradient, all components"]
    made_vr, made_longer, made_full = (end[SYNTHETIC, name] for name in SAMPLED)
    made_own = end[SYNTHETIC, HALPERN]
    early = {n: float(np.median(r.last[np.searchsorted(r.calls, 2 * 442)])) for (of, n), r in runs.items() if of == REAL}
    quick = min(early[n] for n in ONE_COMPONENT)
    slow = min(v for n, v in early.items() if n not in ONE_COMPONENT)
    return [
        Finding(
            f"SGDA leaves the bilinear game under either noise ({end[ADDITIVE, 'SGDA']:.0e} times the first residual)",
            min(end[ADDITIVE, "SGDA"], end[MULTIPLICATIVE, "SGDA"]) > 1e2,
        ),
        Finding(
            "additive noise: constant steps stall (from a tenth of the calls to all of them the median falls "
            + ", ".join(f"{v:.2f} times" for v in stalled.values())
            + f"), falling and adaptive ones do not (at least {min(falls.values()):.2f} times)",
            max(stalled.values()) < 1.1 and min(falls.values()) > 1.15,
        ),
        Finding(
            f"and averaging gains for every method that stays: the average is at least {gain:.1f} times nearer than the last iterate",
            gain > 2,
        ),
        Finding(
            f"multiplicative noise with σ_M = 2: equal steps leave (median {equal:.0e} or more), separated ones converge ({apart:.2g} at most)",
            equal > 1e2 and apart < 0.1,
        ),
        Finding(
            f"heavy tails: the quantile 0.99 is {tail['SGDA']:.0f} (SGDA) and {tail['SEG']:.0f} (SEG) times the median, clipped {tail['clipped SGDA']:.1f} and {tail['clipped SEG']:.1f} times",
            min(tail["SGDA"], tail["SEG"]) > 10 > max(tail["clipped SGDA"], tail["clipped SEG"]),
        ),
        Finding(
            f"a convex function: the quantile 0.99 is {bad['SGD']:.0f} (SGD), {bad['clipped SGD']:.0f} (clipped) and {bad['clipped-SSTM']:.1f} (clipped-SSTM) times the median; "
            + f"the steadiness of clipped-SSTM costs: its median is {behind:.0f} times that of clipped SGD",
            bad["SGD"] > bad["clipped SGD"] > 3 * bad["clipped-SSTM"] and behind > 5,
        ),
        Finding(
            f"diabetes: after two passes one component at a time is ahead ({quick:.2f} against {slow:.2f} of the best that evaluates all)",
            quick < 0.9 * slow,
        ),
        Finding(
            f"diabetes, {EPOCHS} passes: variance reduction gains with the theorem's step ({vr:.2g} against {full:.2g} of all components), but its step is bound "
            + f"to the components: Halpern with its own step ({own:.2g}) is ahead even of four times the step ({longer:.2g}), extragradient of all ({exact:.0e})",
            2 * vr < full and exact < own < longer < vr,
        ),
        Finding(
            f"synthetic sum, 100 passes: {made_vr:.2g} against {made_full:.2g} with the theorem's step; Halpern's own step gives {made_own:.2g}, four times the theorem's {made_longer:.2g}",
            2 * made_vr < made_full and made_longer < made_own < made_vr,
        ),
    ]
