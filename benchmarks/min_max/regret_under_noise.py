"""Constant against square-root regret

Whose regret stays bounded, under which noise, and does the play settle? f = L x y, each player hears its gradient with multiplicative noise (σ_M) or
additive noise (σ_A); OptDA+ with constant steps, and with γ_t ~ t^{−1/4}, η_t ~ t^{−1/2}. Second moments are propagated exactly, so nothing is sampled.
Expected regret of the worse player against fixed comparators within R; the force E‖V‖² at the played points. In this symmetric game E xy cancels,
so that the expected regret of constant steps alone does not tell that additive noise keeps the play from settling: the force does.
With falling steps the regret turns around √T (the play spirals): a fitted slope is 0.3 to 0.7 with the window, so the whole band of regret/√T is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, tee
from typing import Any

import numpy as np

from algorithms.min_max.separated_steps import OptimisticDualAveraging, constant
from problems.min_max.noisy_bilinear import NoisyBilinear, separated
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table
from theory_checks.min_max.separated_steps_bilinear import dual_regret_bound, force2, regret
from theory_checks.min_max.separated_steps_noise import power

T, ROWS, LATE = 10000, 2, 500
FIXED, FALLING = "constant steps", "falling steps"
METHODS = {
    FIXED: OptimisticDualAveraging(constant("gamma"), constant("eta")),
    FALLING: OptimisticDualAveraging(power("gamma", -0.25), power("eta", -0.5)),
}


def trace(problem: NoisyBilinear, method: OptimisticDualAveraging) -> tuple[Any, Any]:
    """Regret and force of the worst row: (T,), (T,)"""
    one, two = tee(islice(method.iterates(problem, SeededNoise(range(ROWS))), T))
    regrets: Iterator[Any] = regret(problem, one)
    pairs = [(np.max(np.asarray(r)), np.max(np.asarray(force2(problem, s)))) for r, s in zip(regrets, two, strict=True)]
    r, f = (np.array(a) for a in zip(*pairs, strict=True))
    return r, f


def study() -> Study:
    m, a = "multiplicative, σ_M = 0.5", "additive, σ_A = 1"
    games = {
        m: separated(range(ROWS), sigma_M=0.5, R=2.0, dual=True),
        a: separated(range(ROWS), sigma_M=0.1, sigma_A=1.0, R=2.0, dual=True),
    }
    t = np.arange(1.0, T + 1)
    kept = np.unique(np.geomspace(1, T, 80).astype(int)) - 1
    panels, rows = [], []
    flat: dict[tuple[str, str], float] = {}  # largest over smallest regret from LATE on
    band: dict[tuple[str, str], float] = {}  # the same of regret/√T
    R: dict[tuple[str, str], Any] = {}
    V: dict[tuple[str, str], Any] = {}
    limit = 0.0
    for game, problem in games.items():
        regrets, forces = [], []
        for name, method in METHODS.items():
            r, f = R[game, name], V[game, name] = trace(problem, method)
            late, root = r[LATE - 1 :], np.sqrt(t[LATE - 1 :])
            flat[game, name], band[game, name] = float(late.max() / late.min()), float((late / root).max() / (late / root).min())
            regrets.append(Curve(name, t[kept], r[kept]))
            forces.append(Curve(name, t[kept], np.maximum(f[kept], 1e-12)))
            rows.append((game, name, float(r[LATE]), float(r[-1]), flat[game, name], band[game, name], float(f[LATE]), float(f[-1])))
        if game == m:
            c = {key: value.value for key, value in problem.constants.items()}
            limit = float(np.max(dual_regret_bound(np.array([[0.0]]), c)))
            regrets.append(Curve("theorem, constant steps", t[kept], limit + 0 * t[kept], style=Style.BOUND))
        regrets.append(Curve("proportional to √T", t[kept], R[game, FALLING][-1] * np.sqrt(t[kept] / T), style=Style.BOUND))
        panels += [
            Panel(game, "T", "expected regret of the worse player", regrets),
            Panel(game + ": force", "T", "E‖V(X_{T+1/2})‖²", forces),
        ]
    top = float(R[m, FIXED].max())
    settled, calmer = float(V[a, FIXED][-1] / V[a, FIXED][LATE]), float(V[a, FIXED][T // 2 :].min() / V[a, FALLING][T // 2 :].max())
    growth = float(np.sqrt(T / LATE))
    return Study(
        findings=[
            Finding(f"multiplicative, constant steps: regret at most {top:.1f}, the theorem says {limit:.1f}", top < 0.95 * limit),
            Finding(f"and constant: it changes by a factor {flat[m, FIXED]:.3f} from T = {LATE} to {T}", flat[m, FIXED] < 1.1),
            Finding(
                f"falling steps: √T times a factor that varies {band[a, FALLING]:.2f} times (additive) and {band[m, FALLING]:.2f} times (multiplicative) "
                + f"while √T grows {growth:.1f} times",
                max(band[a, FALLING], band[m, FALLING]) < 2 < growth,
            ),
            Finding(
                f"multiplicative, constant steps: the force dies out (below {max(abs(float(V[m, FIXED][-1])), 1e-14):.0e} at T = {T})",
                bool(V[m, FIXED][-1] < 1e-4),
            ),
            Finding(
                f"additive, constant steps: play does not settle, the force at T = {T} is {settled:.2f} of that at {LATE}", settled > 0.8
            ),
            Finding(
                f"additive: falling steps have at least {calmer:.1f} times less force than constant ones throughout the second half",
                calmer > 2,
            ),
        ],
        panels=panels,
        tables=[
            Table(
                "regret and force",
                (
                    "noise",
                    "steps",
                    f"regret, T = {LATE}",
                    f"regret, T = {T}",
                    "largest / smallest",
                    "the same of regret/√T",
                    f"force, T = {LATE}",
                    f"force, T = {T}",
                ),
                rows,
            )
        ],
    )
