"""First-order bilevel optimization (F2SA): what the penalty λ costs, and the rate that is left

How far is the gradient of the penalised objective from ∇F, against λ (Kwon et al. 2023: O(1/λ))? What does F2SA reach when λ stays
fixed, and how fast does ‖∇F‖² fall when λ_k grows as k^{1/3} (K^{−2/3} up to a logarithm, without noise)?
"""

from collections.abc import Mapping
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from algorithms.bilevel.batched import norm
from algorithms.bilevel.implicit import exact_hypergradient
from algorithms.bilevel.penalty import F2SA, PenaltyPath
from benchmarks.bilevel._runs import slope
from problems.bilevel.log_cosh import LogCosh, log_cosh, tilted
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table

ROWS = range(4)


def bias(p: LogCosh, levels: int) -> tuple[Any, Any]:
    """λ and ‖∇F − ∇L*_λ‖, each (levels, B)"""
    lam, found = [], []
    for s in islice(PenaltyPath(spread=0.01).iterates(p, SeededNoise(ROWS)), levels):
        z = p.upper_x(s.x, s.y_lam) + s.lam[:, None] * (p.lower_x(s.x, s.y_lam) - p.lower_x(s.x, s.y))
        lam.append(s.lam)
        found.append(norm(z - exact_hypergradient(p, s.x)))
    return np.stack(lam), np.stack(found)


def sharper(c: Mapping[str, Any]) -> Any:
    """(1 + l_g1/μ)(l_f0/μ)(l_f1 + l_g2 l_f0/(2μ))"""
    v = {name: constant.value for name, constant in c.items()}
    return (1 + v["l_g1"] / v["mu"]) * v["l_f0"] / v["mu"] * (v["l_f1"] + v["l_g2"] * v["l_f0"] / (2 * v["mu"]))


def squared(algorithm: F2SA, p: Any, k: Any) -> Any:
    """‖∇F(x_k)‖² at the indices k, (len(k), B)"""
    wanted = set(k.tolist())
    states = islice(algorithm.iterates(p, SeededNoise(ROWS)), int(k[-1]) + 1)
    return np.stack([norm(exact_hypergradient(p, s.x)) ** 2 for s in states if s.k in wanted])


def study() -> Study:
    curves, slopes, worst = [], {}, 0.0
    for name, p in {"tilted": tilted(ROWS), "log-cosh": log_cosh(ROWS)}.items():
        lam, found = bias(p, 16)
        C = sharper(p.constants)
        worst = max(worst, float((found * lam / C).max()))
        slopes[name] = slope(lam[6:, 0], found[6:, 0])
        curves += [Curve(name, lam[:, 0], found[:, 0]), Curve(f"{name}: bound", lam[:, 0], C[0] / lam[:, 0], style=Style.BOUND)]
    p = partial(tilted, cross=1.0, s=0.1, w=1.0)(ROWS)
    k = np.unique(np.geomspace(1, 8000, 60).astype(int))
    growing = squared(F2SA(), p, k)
    tail = k >= 800
    exponents = [slope(k[tail], growing[tail, b]) for b in ROWS]
    runs, floors = [Curve("λ_k growing as k^{1/3}", k, growing[:, 0])], []
    short = np.unique(np.geomspace(1, 24000, 60).astype(int))
    for factor in (1.0, 4.0, 16.0):
        q = partial(tilted, cross=1.0, s=0.1, w=1.0)(ROWS)
        first = q.constants["lam"]
        heavier = LogCosh(q.C, q.c, q.a, q.w, q.e, q.s, q.mu, q.x0, q.y0, {**q.constants, "lam": type(first)(factor * first.value, first.unit, first.side, first.proof)})
        fixed = squared(F2SA(grows=False), heavier, short)
        runs.append(Curve(f"λ = {factor * first.value[0]:.0f} fixed", short, fixed[:, 0]))
        floors.append((float(factor * first.value[0]), float(np.median(fixed[-1]))))
    runs.append(Curve("k^{−2/3}", k[k > 20], growing[-1, 0] * (k[k > 20] / k[-1]) ** (-2 / 3), style=Style.BOUND))
    fall = slope([f[0] for f in floors], [f[1] for f in floors])
    return Study(
        findings=(
            Finding(f"the bias falls as λ^{slopes['tilted']:.3f} and λ^{slopes['log-cosh']:.3f}: order 1/λ", all(abs(s + 1) < 0.05 for s in slopes.values())),
            Finding(f"it never exceeds the sharper constant; the largest share is {worst:.2f}", worst <= 1),
            Finding(f"growing λ, no noise: ‖∇F(x_k)‖² falls as k^{np.median(exponents):.3f} (rows {min(exponents):.3f} to {max(exponents):.3f}); predicted −2/3",
                    max(abs(e + 2 / 3) for e in exponents) < 0.1),
            Finding(f"λ fixed: ‖∇F‖² stops at a floor that falls as λ^{fall:.2f}: the square of the bias", abs(fall + 2) < 0.3),
        ),
        panels=(
            Panel("bias of the penalised gradient", "λ", "‖∇F − ∇L*_λ‖", curves),
            Panel("F2SA without noise", "k", "‖∇F(x_k)‖²", runs),
        ),
        tables=(Table("floor of F2SA with a fixed penalty, after 24000 steps", ("λ", "‖∇F‖²"), floors),),
    )
