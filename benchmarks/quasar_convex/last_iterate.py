"""The last iterate under four schedules, with their bounds

Subgradient descent on f = max_i ⟨h_i, x⟩ of Harvey, Liaw, Plan and Randhawa (2019), T + 1 pieces on the unit ball of R^T, whose oracle
answers with the first largest piece: how far is f at the last iterate from its minimum (a least-norm point of the hull of the h_i, here
computed) under constant steps D/(G√T), steps 1/√t, and linear decay (D/(G√T))(1 − t/T)? Do only the first two pay the logarithm?
And where the lengths of the gradients differ and are known, what do the refined steps of Defazio, Cutkosky, Mehta and Mishchenko save?
Bounds: D G/√T for linear decay, D G (1 + ½ Σ_{t<T} 1/t)/√T for constant steps, log T/(32√T) from below for 1/√t, D/√(Σ G_t^−2) refined.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from scipy.optimize import nnls

from algorithms.quasar_convex.last_iterate import RefinedSubgradients, Subgradients, constant, linear_decay
from benchmarks.quasar_convex._runs import exponent
from problems.quasar_convex.lipschitz import Resisting, harvey_lipschitz, resisting
from ratecheck import Certified, Side, Unit
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style

LENGTHS = (10, 20, 40, 80, 160, 320)
UNEVEN = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
SEEDS = range(32)
STEPS = 32


def at(algorithm: Any, p: Resisting, k: int) -> Any:
    """f(x_k) − f*, (B,)"""
    s = next(islice(algorithm.iterates(p, SeededNoise(range(len(p.x0)))), k, None))
    return p.value(s.x) - p.f_star


def posed(T: int) -> Resisting:
    """The function for T steps (T + 1 iterates), its minimum over the ball −min ‖Σ λ_i h_i‖, D = 1 and G = max ‖h_i‖."""
    p = harvey_lipschitz(range(1), T=T)
    H = p.H[0]
    weights = nnls(np.vstack([H.T, np.ones(len(H))]), np.append(np.zeros(T), 1.0))[0]
    low = np.linalg.norm(weights @ H) / weights.sum()
    one = np.ones(1)
    constants = {
        "T": Certified((T + 1.0) * one, Unit(), Side.EXACT, "number of iterates"),
        "D": Certified(one, Unit(0, 1), Side.UPPER, "the radius of the ball"),
        "G": Certified(p.sizes.max(axis=1), Unit(1, -1), Side.EXACT, "the longest piece"),
    }
    return replace(p, f_star=-low * one, constants=constants)


def lengths_as_told(p: Resisting, T: int) -> bool:
    """Whether the t-th subgradient of the refined method has the length of the t-th piece, which it was told."""
    states = islice(RefinedSubgradients().iterates(p, SeededNoise(range(1))), T + 1)
    return all(abs(float(np.linalg.norm(p.grad(s.x))) - p.sizes[0, s.k]) < 1e-9 for s in states)


def study() -> Study:
    ran = {"constant": [], "1/√t": [], "linear decay": [], "refined": []}  # type: dict[str, list[float]]
    bounds = {"constant": [], "1/√t": [], "linear decay": [], "refined": []}  # type: dict[str, list[float]]
    unit_steps = Subgradients(lambda c, k: (k + 1) ** -0.5 * c["D"].value)
    known = []
    for T in LENGTHS:
        p = posed(T)
        n, size = T + 1, float(p.constants["G"].value[0])
        known.append(lengths_as_told(p, T))
        for name, algorithm in (("refined", RefinedSubgradients()), ("constant", Subgradients(constant)), ("1/√t", unit_steps), ("linear decay", Subgradients(linear_decay))):
            ran[name].append(float(at(algorithm, p, T)[0]))
        bounds["refined"].append(float(np.sum(p.sizes[0] ** -2.0)) ** -0.5)
        bounds["linear decay"].append(size / n**0.5)
        bounds["constant"].append(size / n**0.5 * (1 + 0.5 * float(np.sum(1 / np.arange(1, n)))))
        bounds["1/√t"].append(float(np.log(T) / (32 * T**0.5)))
    got, limit = ({name: np.array(v) for name, v in d.items()} for d in (ran, bounds))
    root = np.array(LENGTHS) ** 0.5

    plain, refined, optimal, classic = [], [], [], []
    for u in UNEVEN:
        q = partial(resisting, uneven=u)(SEEDS, T=STEPS)
        c = q.constants
        optimal.append(c["D"].value / c["Q"].value ** 0.5)
        classic.append(c["D"].value * c["G"].value / STEPS**0.5 / optimal[-1])
        plain.append(at(Subgradients(linear_decay), q, STEPS - 1) / optimal[-1])
        refined.append(at(RefinedSubgradients(), q, STEPS - 1) / optimal[-1])
    e_decay, e_plain, e_refined = exponent(LENGTHS, got["linear decay"]), median(plain), median(refined)
    promised = median(classic)
    grows = got["1/√t"] * root
    return Study(
        findings=[
            Finding(f"linear decay ends at a gap like T^{e_decay:.2f}, within 0.1 of T^−1/2, and below D G/√T", bool(
                abs(e_decay + 0.5) < 0.1 and np.all(got["linear decay"] <= limit["linear decay"]))),
            Finding(
                f"after 1/√t steps gap·√T grows from {grows[0]:.2f} (T = {LENGTHS[0]}) to {grows[-1]:.2f} (T = {LENGTHS[-1]}), "
                "at every doubling: the logarithm", bool(np.all(np.diff(grows) > 0))),
            Finding("1/√t steps end above log T/(32√T)", bool(np.all(got["1/√t"] >= limit["1/√t"]))),
            Finding(
                f"refined steps, told the lengths of the pieces, end below D/√Q, for T = {LENGTHS[-1]} at "
                f"{got['refined'][-1] / got['linear decay'][-1]:.2f} of the gap of linear decay",
                bool(all(known) and np.all(got["refined"] <= limit["refined"]) and got["refined"][-1] < 0.7 * got["linear decay"][-1])),
            Finding("constant steps end below their bound", bool(np.all(got["constant"] <= limit["constant"]))),
            Finding("on max G_i x_i refined steps end at D/√Q to nine digits, whatever the lengths", bool(np.allclose(np.stack(refined), 1, atol=1e-9, rtol=0))),
            Finding(
                "linear decay ends there too, so the lengths are saved in what is promised: D G/√T is "
                f"{promised[0]:.1f} (u = {UNEVEN[0]}) to {promised[-1]:.0f} (u = {UNEVEN[-1]}) times as much",
                bool(np.allclose(e_plain, 1, atol=1e-9) and np.all(np.diff(promised) > 0))),
        ],
        panels=[
            Panel(
                "Last iterate on Harvey's function, for every horizon T", "T", "f(x_T) − f*",
                [
                    *(Curve(name, LENGTHS, y) for name, y in got.items()),
                    *(Curve(f"{name}, {'lower' if name == '1/√t' else 'upper'} bound", LENGTHS, y, style=Style.BOUND)
                      for name, y in limit.items()),
                ],
            ),
            Panel(
                f"Gradients of uneven lengths exp(u · normal), T = {STEPS}", "u", "gap over D/√Q",
                [
                    Curve("linear decay", UNEVEN, e_plain, *np.quantile(plain, (0.1, 0.9), axis=1)),
                    Curve("refined", UNEVEN, e_refined),
                    Curve("D G/√T", UNEVEN, promised, style=Style.BOUND),
                ],
                x_log=False,
            ),
        ],
    )


def median(rows: list[Any]) -> Any:
    return np.median(np.stack(rows), axis=1)
