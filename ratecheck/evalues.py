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


def log_e_value(x: Any) -> float:
    """log of the mean over bets and over the M rows of `x` (M, B): X/bound for the M kept indices and B independent samples."""
    x = np.asarray(x, dtype=float)
    if np.isnan(x).any() or (x < 0).any():
        raise ValueError("an e-value needs X >= 0, without NaN")
    if np.isinf(x).any():
        return float("inf")
    with np.errstate(divide="ignore"):
        capital = np.stack([np.log1p(bet * (x - 1.0)).sum(axis=-1) for bet in BETS])
    top = capital.max()
    return float(top + np.log(np.exp(capital - top).mean())) if np.isfinite(top) else float(top)


def e_value(x: Any) -> float:
    """The e-value itself; it may overflow to inf."""
    with np.errstate(over="ignore"):
        return float(np.exp(log_e_value(x)))


def threshold_factor(log_e: Callable[[float], float], alpha: float, highest: float) -> float:
    """The largest c at which the bound times c is refuted at level alpha, to 1e-4: the power of the run (0 if there is none).

    `log_e` falls as c grows, and `highest` is a c beyond which it is at most 0 (the largest mean of X/bound).
    """
    wanted = -np.log(alpha)
    if highest == np.inf:
        return float("inf") if log_e(1e300) >= wanted else 0.0
    low, high = 1e-12 * highest, highest
    if not low > 0 or log_e(low) < wanted:
        return 0.0
    while high > low * (1 + 1e-4):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if log_e(middle) >= wanted else (low, middle)
    return float(low)


def discoveries(e_values: Sequence[float], alpha: float) -> list[bool]:
    """e-BH: which of the hypotheses are refuted with false discovery rate at most alpha."""
    e = np.nan_to_num(np.asarray(e_values, dtype=float), nan=0.0, posinf=np.inf)
    order = np.argsort(-e, kind="stable")
    ranks = np.arange(1, len(e) + 1)
    passing = np.flatnonzero(e[order] * ranks * alpha >= len(e))
    refuted = np.zeros(len(e), dtype=bool)
    if len(passing):
        refuted[order[: passing[-1] + 1]] = True
    return [bool(r) for r in refuted]
