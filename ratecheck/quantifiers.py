"""How a metric is held against its bound. Each is a pure function of the evidence and names its relation.

Best iterate, ergodic average and "some k in a window" are measures (`best`, `at_average`, `best_within`), not quantifiers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ratecheck.contracts import Array, Constants, Evidence, Extreme, Relation, Status, Verdict

POWER = 0.1  # a bound that this run could not have refuted even when multiplied by POWER is empty here
CLEAR = 100.0  # times its resolution: what a bound must be somewhere for a comparison to mean anything
EXACTLY = 1e-9  # relative allowance of a comparison, beside the stated rounding
BLIND = f"nowhere is the bound {CLEAR:g} times its resolution"


def closeness(sign: float, metric: Any, bound: Any, slack: Any) -> Any:
    """metric/bound once the slack is granted (sign +1: an upper bound, -1: a lower bound); beyond 1 it is violated.

    It is the factor by which the bound can be strengthened: a bound below 0 is strengthened by dividing it, so there it is
    bound/metric. A bound 0 is either met (0, or inf for a lower bound) or not, whatever the factor.
    """
    m = metric - sign * slack
    with np.errstate(all="ignore"):
        positive = np.maximum(m, 0.0) / bound
        negative = np.where(m < 0, bound / m, np.inf)
    zero = np.where(m > 0, np.inf, 0.0) if sign > 0 else np.where(m < 0, 0.0, np.inf)
    return np.where(bound > 0, positive, np.where(bound < 0, negative, zero)) + 0.0 * np.where(np.isnan(bound + m), np.nan, 0.0)


def worst_row(a: Any) -> int:
    """The row with the largest entry; NaN counts as largest."""
    return int(np.argmax(np.where(np.isnan(a), np.inf, a)))


def _violated(side: Extreme, rounding: float, word: str, power: float) -> Verdict | None:
    b = worst_row(side.excess)
    if side.excess[b] <= rounding:
        return None
    ratio, k = float(side.ratio[b]), int(side.k[b])
    if np.isfinite(ratio):
        how = f"metric/bound = {ratio:.6g}"
    else:
        how = "the bound is 0" if side.excess[b] < np.inf else "the metric overflows"
    return Verdict(Status.REFUTED, f"{word} the bound: {how} at row {b}, k = {k}", ratio, k, b, power)


def negative_metric(e: Evidence) -> Verdict | None:
    low = int(np.argmin(e.least))
    if e.least[low] >= -EXACTLY:
        return None
    return Verdict(Status.FAILED, f"the metric is negative in row {low}: its reference value is not the optimum", row=low)


def _sighted(e: Evidence) -> bool:
    """Some bound stands clear of the resolution: a rounding of the size of what is compared is no rounding."""
    return bool((np.abs(e.bound) > CLEAR * e.resolution).any())


def _unseen(e: Evidence) -> str:
    """How much of the comparison the resolution hides."""
    hidden = (np.abs(e.bound) < e.resolution).mean()
    return f"; the resolution hides {hidden:.0%} of it" if hidden >= 0.005 else ""


@dataclass(frozen=True)
class Always:
    """metric <= bound for every row and every k. `signed`: the metric may be negative (a change, a one-step difference)."""

    power: float = POWER
    rounding: float = EXACTLY
    signed: bool = False
    relation = Relation.AT_MOST

    def judge(self, e: Evidence, /) -> Verdict:
        power = float(np.max(e.over.ratio)) / (1 + self.rounding)
        violated = _violated(e.over, self.rounding, "above", power)
        if violated:
            return violated
        negative = None if self.signed else negative_metric(e)
        if negative:
            return negative
        b = worst_row(e.over.ratio)
        ratio, k = float(e.over.ratio[b]), int(e.over.k[b])
        if e.doubt_over.any():
            return Verdict(Status.UNDECIDED, f"the certified gap leaves {int(e.doubt_over.sum())} comparisons open", ratio, k, b, power)
        if not (ratio >= self.power and _sighted(e)):
            why = f"metric/bound never above {ratio:.3g}" if _sighted(e) else BLIND
            return Verdict(Status.VACUOUS, why, ratio, k, b, power)
        return Verdict(Status.CONSISTENT, f"metric/bound at most {ratio:.6g}{_unseen(e)}", ratio, k, b, power)


@dataclass(frozen=True)
class AtLeast:
    """metric >= bound for every row and every k; empty if the metric is never below `power` times the bound."""

    power: float = 1 / POWER
    rounding: float = EXACTLY
    relation = Relation.AT_LEAST

    def judge(self, e: Evidence, /) -> Verdict:
        power = float(np.min(e.under.ratio)) / (1 - self.rounding)
        violated = _violated(e.under, self.rounding, "below", power)
        if violated:
            return violated
        b = worst_row(-e.under.ratio)
        ratio, k = float(e.under.ratio[b]), int(e.under.k[b])
        if e.doubt_under.any():
            return Verdict(Status.UNDECIDED, f"the certified gap leaves {int(e.doubt_under.sum())} comparisons open", ratio, k, b, power)
        if not (ratio <= self.power and _sighted(e)):
            why = f"metric/bound never below {ratio:.3g}" if _sighted(e) else BLIND
            return Verdict(Status.VACUOUS, why, ratio, k, b, power)
        return Verdict(Status.CONSISTENT, f"metric/bound at least {ratio:.6g}{_unseen(e)}", ratio, k, b, power)


@dataclass(frozen=True)
class Equal:
    """metric = bound to the relative tolerance `within`, for every row and every k; a limit is k = range(K, K + 1)."""

    within: float = EXACTLY
    relation = Relation.EQUAL

    def judge(self, e: Evidence, /) -> Verdict:
        power = float(np.max(e.over.ratio)) / (1 + self.within)
        for side, word in ((e.over, "above"), (e.under, "below")):
            violated = _violated(side, self.within, word, power)
            if violated:
                return violated
        worst = np.maximum(e.over.excess, e.under.excess)
        b = worst_row(worst)
        side = e.over if e.over.excess[b] >= e.under.excess[b] else e.under
        ratio, k = float(side.ratio[b]), int(side.k[b])
        if e.doubt_over.any() or e.doubt_under.any():
            return Verdict(Status.UNDECIDED, "the certified gap is wider than the equality", ratio, k, b, power)
        if not _sighted(e) and (e.slack != 0).any():
            return Verdict(Status.VACUOUS, BLIND, ratio, k, b, power)
        return Verdict(Status.CONSISTENT, f"equal within {max(float(worst[b]), 0.0):.2g}{_unseen(e)}", ratio, k, b, power)


@dataclass(frozen=True)
class Count:
    """Equality of whole numbers (oracle calls, memory); a reading that is not a whole number is FAILED."""

    relation = Relation.EQUAL

    def judge(self, e: Evidence, /) -> Verdict:
        broken = np.argwhere(e.metric != np.rint(e.metric))
        if len(broken):
            m, b = (int(i) for i in broken[0])
            return Verdict(Status.FAILED, f"a count is not a whole number: {e.metric[m, b]} in row {b}, k = {int(e.k[m])}", row=b)
        return Equal(within=0.0).judge(e)


@dataclass(frozen=True)
class Vanishes:
    """A vector equality, two algorithms with the same iterates: metric = |a - b| is 0 relative to bound = |b|."""

    within: float = 1e-12
    relation = Relation.AT_MOST

    def judge(self, e: Evidence, /) -> Verdict:
        b = worst_row(e.over.ratio)
        ratio, k = float(e.over.ratio[b]), int(e.over.k[b])
        power = 1 - self.within  # b times c differs from a by (1 - c) |b|
        if not ratio <= self.within:
            why = f"relative difference {ratio:.3g}" if np.isfinite(ratio) else "different where the reference is 0"
            return Verdict(Status.REFUTED, f"{why}, in row {b}, k = {k}", ratio, k, b, power)
        negative = negative_metric(e)
        if negative:
            return negative
        if not _sighted(e):
            return Verdict(Status.VACUOUS, BLIND, ratio, k, b, 0.0)
        if (e.gap > self.within * np.abs(e.bound) + e.resolution).any():
            return Verdict(Status.UNDECIDED, "the certified gap is wider than the equality", ratio, k, b, power)
        return Verdict(Status.CONSISTENT, f"relative difference at most {ratio:.2g}", ratio, k, b, power)


@dataclass(frozen=True)
class Threshold:
    """Equality on both sides of a sharp threshold: rows have of(constants) below and above `at`, and the bound flips there."""

    of: Callable[[Constants], Array]
    at: float
    within: float = EXACTLY
    relation = Relation.EQUAL

    def judge(self, e: Evidence, /) -> Verdict:
        verdict = Equal(self.within).judge(e)
        if verdict.status is not Status.CONSISTENT:
            return verdict
        side = np.broadcast_to(np.asarray(self.of(e.constants)), e.over.excess.shape)
        below, above = side < self.at, side > self.at
        if not (below.any() and above.any()):
            return verdict._replace(status=Status.VACUOUS, why=f"no rows on both sides of {self.at}: the flip was not seen")
        flips = f"between {side[below].max():.6g} and {side[above].min():.6g}"
        if np.array_equal(np.unique(e.bound[:, below]), np.unique(e.bound[:, above])):
            return verdict._replace(status=Status.VACUOUS, why=f"the claimed value is the same on both sides, {flips}")
        return verdict._replace(why=f"flips {flips}")


POINTWISE = Always | AtLeast | Equal | Count | Vanishes  # one row alone can be a counterexample
