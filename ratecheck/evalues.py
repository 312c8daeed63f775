"""Betting e-values: evidence against a bound in expectation or in probability, valid for any distribution and sample size.

H0: the X_b are independent, X_b >= 0 and E X_b <= 1. For every bet lambda in (0, 1] the capital prod(1 + lambda (X_b - 1))
has mean at most 1 under H0; so has the mean over a grid of bets, and the mean over any choice of k made before the run.
By Markov's inequality P(e >= 1/alpha) <= alpha. Over a report, e-BH (Wang, Ramdas 2022) keeps the false discovery rate at alpha
under any dependence between the claims.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

BETS = np.concatenate([np.geomspace(1e-3, 0.1, 8), np.linspace(0.15, 1.0, 18)])


def log_e_values(x: Any) -> Any:
    """log of the mean over bets and over the M lines of `x` (..., M, B): X/bound at the M kept indices, B independent samples."""
    x = np.asarray(x, dtype=float)
    if np.isnan(x).any() or (x < 0).any():
        raise ValueError("an e-value needs X >= 0, without NaN")
    infinite = np.isinf(x).any(axis=(-2, -1))
    x = np.where(np.isinf(x), 0.0, x)
    with np.errstate(divide="ignore"):
        capital = np.stack([np.log1p(bet * (x - 1.0)).sum(axis=-1) for bet in BETS])
    return np.where(infinite, np.inf, _log_mean(capital))


def log_e_failures(failures: Any, rows: int, delta: float) -> Any:
    """The same for X = 1/delta with probability delta, else 0: `failures` (..., M) of `rows` samples had X > 0."""
    count = np.asarray(failures, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = [np.where(count < rows, (rows - count) * np.log1p(-bet), 0.0) for bet in BETS]
        return _log_mean(np.stack([count * np.log1p(bet * (1 / delta - 1)) + part for bet, part in zip(BETS, lost, strict=True)]))


def _log_mean(capital: Any) -> Any:
    """log of the mean of exp over the bets, the first axis, and the kept indices, the last."""
    top = capital.max(axis=(0, -1), keepdims=True)
    return np.log(np.exp(capital - top).mean(axis=(0, -1))) + top[0, ..., 0]


def log_e_value(x: Any) -> float:
    """`log_e_values` of one run, (M, B)."""
    return float(log_e_values(x))


def e_value(x: Any) -> float:
    """The e-value itself; it may overflow to inf."""
    with np.errstate(over="ignore"):
        return float(np.exp(log_e_value(x)))


def threshold_factor(log_e: Callable[[float], float], alpha: float, highest: float) -> float:
    """The largest c at which the bound times c is refuted at level alpha, to 1e-3: the power of the run (0 if there is none).

    `log_e` falls as c grows, and `highest` is a c beyond which it is at most 0 (the largest mean of X/bound).
    """
    wanted = -np.log(alpha)
    if not highest > 0:
        return 0.0
    if highest == np.inf:
        return float("inf") if log_e(1e300) >= wanted else 0.0
    low = high = highest
    while log_e(low) < wanted:
        low, high = low / 4, low
        if not low > 1e-12 * highest:
            return 0.0
    for _ in range(11):  # 4^(2^-11) = 1.0007
        middle = low**0.5 * high**0.5  # low * high may overflow
        low, high = (middle, high) if log_e(middle) >= wanted else (low, middle)
    return float(low)


def discoveries(e_values: Sequence[float], alpha: float) -> list[bool]:
    """e-BH: which of the hypotheses are refuted with false discovery rate at most alpha. No e-value (NaN) refutes nothing."""
    e = np.nan_to_num(np.asarray(e_values, dtype=float), nan=0.0, posinf=np.inf)
    order = np.argsort(-e, kind="stable")
    ranks = np.arange(1, len(e) + 1)
    passing = np.flatnonzero(e[order] * ranks * alpha >= len(e))
    refuted = np.zeros(len(e), dtype=bool)
    if len(passing):
        refuted[order[: passing[-1] + 1]] = True
    return [bool(r) for r in refuted]
