"""Truncated back-propagation: the bias of the hypergradient against the number K of steps that are kept

T = 200 gradient steps of length 0.3/L on the lower level, of which the last K are differentiated. How fast does the error fall, is it
ever as large as the bound (1−γμ)^K ‖∇_y f‖ max‖B_t‖/(γμ) of Shaban et al. 2019, and where does outer descent with the truncated
hypergradient come to rest?
"""

from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from algorithms.bilevel.batched import norm
from algorithms.bilevel.implicit import exact_hypergradient
from algorithms.bilevel.outer import OuterDescent, truncated
from algorithms.bilevel.truncated import TruncatedReverse
from problems.bilevel import log_cosh, logistic, quadratic, ridge
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table

T, ROWS = 200, range(8)
KEPT = np.arange(1, T)


def measured(p: Any) -> tuple[Any, Any, Any]:
    """Bias and bound for K = 1, ..., T − 1, each (T − 1, B), and the size below which it is not read, (B,)."""
    states = list(TruncatedReverse(T, 0.3).iterates(p, SeededNoise(ROWS)))
    full, path, gamma = states[-1].h, states[-1].path, states[-1].gamma[:, 0]
    sizes = np.maximum.accumulate([gamma * np.linalg.norm(p.cross_block(p.x0, y), 2, axis=(1, 2)) for y in path[:-1]])
    rate, v = gamma * p.constants["mu"].value, norm(p.upper_y(p.x0, path[-1]))
    bound = (1 - rate) ** KEPT[:, None] / rate * v * sizes[T - KEPT - 1]
    return np.stack([norm(s.h - full) for s in states[1:-1]]), bound, 1e-9 * v / rate  # where rounding is below a millionth of it


def resting(p: Any, K: int, steps: int = 600) -> Any:
    """‖∇F‖ after outer descent with K of 60 steps kept, (B,)"""
    final = next(islice(OuterDescent(partial(truncated, K, 60)).iterates(p, SeededNoise(ROWS)), steps, None))
    return norm(exact_hypergradient(p, final.x))


def study() -> Study:
    problems: dict[str, Any] = {
        "isotropic quadratic": quadratic.isotropic(ROWS),
        "quadratic": quadratic.quadratic(ROWS),
        "ridge, diabetes": ridge.diabetes(ROWS),
        "logistic, breast cancer": logistic.breast_cancer(ROWS, columns=5),
        "log-cosh": log_cosh.log_cosh(ROWS),
    }
    panels, rows, worst, rates = [], [], 0.0, {}
    for name, p in problems.items():
        bias, bound, floor = measured(p)
        seen = (bias > floor) & (bound > 0)
        share = np.where(seen, bias, 0.0) / np.where(seen, bound, 1.0)
        worst, tightest = max(worst, float(share.max())), float(np.median(share.max(axis=0)))
        clear = seen.all(axis=1)
        predicted = np.log(1 - 0.3 * p.constants["mu"].value / p.constants["L"].value)
        tail = slice(max(clear.sum() // 2, 1), int(clear.sum()))
        rates[name] = np.median([np.polyfit(KEPT[clear][tail], np.log(bias[clear][tail, b]), 1)[0] for b in ROWS] / predicted)
        panels.append(Panel(name, "K", "‖h_K − h_T‖", (
            Curve("bias", KEPT, np.where(seen, bias, np.nan)[:, 0]),
            Curve("bound", KEPT, bound[:, 0], style=Style.BOUND),
        ), x_log=False))
        rows.append((name, tightest, float(rates[name])))
    p = quadratic.quadratic(ROWS, mu=0.2)
    kept = np.array([1, 2, 4, 8, 16, 32, 60])
    rest = np.stack([resting(p, int(K)) for K in kept])
    middle = np.median(rest, axis=1)
    panels.append(Panel("where outer descent stops", "K of T = 60", "‖∇F(x)‖", (Curve("median", kept, middle, rest.min(axis=1), rest.max(axis=1)),), x_log=False))
    slack = {name: r for name, r in rates.items() if name != "isotropic quadratic"}
    return Study(
        findings=(
            Finding(f"the bias never exceeds the bound, up to rounding: the largest ratio is {worst:.6f}", worst <= 1 + 1e-6),
            Finding(f"on the isotropic quadratic the bound is attained (ratio {rows[0][1]:.9f})", abs(rows[0][1] - 1) < 1e-6),
            Finding(f"everywhere the bias falls at least as fast as the bound (exponents {min(slack.values()):.2f} to {max(slack.values()):.2f} times its own)",
                    min(rates.values()) > 0.95),
            Finding(f"outer descent rests at ‖∇F‖ = {middle[0]:.2g} for K = 1, {middle[3]:.2g} for K = 8, {middle[-1]:.2g} for K = 60, and never higher for more terms",
                    bool((np.diff(middle) < 0).all())),
        ),
        panels=panels,
        tables=(Table("bias against its bound", ("problem", "largest bias / bound, median row", "decay exponent / that of the bound"), rows),),
    )
