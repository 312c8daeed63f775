"""How a metric is held against its bound. Each is a pure function of the evidence and names its relation.

Best iterate, ergodic average and "some k in a window" are measures (`best`, `at_average`, `best_within`), not quantifiers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, isnan, log
from typing import Any

import numpy as np

from ratecheck.contracts import Array, Constants, Evidence, Extreme, Relation, Status, Verdict
from ratecheck.evalues import log_e_value, weakest_refuted

POWER = 0.1  # a bound that this run could not have refuted even when multiplied by POWER is empty here


def _row(a: Any) -> int:
    """The row with the largest entry; NaN counts as smallest."""
    return int(np.argmax(np.where(np.isnan(a), -np.inf, a)))


def _exp(x: float) -> float:
    return float(np.exp(min(x, 700.0)))


def _violated(side: Extreme, rounding: float, word: str) -> Verdict | None:
    b = _row(side.excess)
    if not side.excess[b] > rounding:
        return None
    where = f"row {b}, k = {int(side.k[b])}"
    ratio = float(side.ratio[b])
    how = f"metric/bound = {ratio:.6g}" if np.isfinite(ratio) else f"relative excess {side.excess[b]:.3g}"
    return Verdict(Status.REFUTED, f"{word} the bound: {how} at {where}", ratio, int(side.k[b]), b)


@dataclass(frozen=True)
class Always:
    """metric <= bound for every row and every k. `signed`: the metric may be negative (a change, a one-step difference)."""

    power: float = POWER
    rounding: float = 1e-9
    signed: bool = False
    relation = Relation.AT_MOST

    def judge(self, e: Evidence, /) -> Verdict:
        violated = _violated(e.over, self.rounding, "above")
        if violated:
            return violated
        low = int(np.argmin(e.least))
        if not self.signed and e.least[low] < -self.rounding:
            return Verdict(Status.FAILED, f"the metric is negative in row {low}: its reference value is not the optimum", row=low)
        b = _row(e.over.ratio)
        ratio, k = float(e.over.ratio[b]), int(e.over.k[b])
        if e.doubt_over.any():
            return Verdict(Status.UNDECIDED, f"the certified gap leaves {int(e.doubt_over.sum())} comparisons open", ratio, k, b, ratio)
        if isnan(ratio) or ratio < self.power:
            why = f"metric/bound never above {ratio:.3g}" if not isnan(ratio) else "the bound never rises above the resolution"
            return Verdict(Status.VACUOUS, why, ratio, k, b, 0.0 if isnan(ratio) else ratio)
        return Verdict(Status.CONSISTENT, f"metric/bound at most {ratio:.6g}", ratio, k, b, ratio)


@dataclass(frozen=True)
class AtLeast:
    """metric >= bound for every row and every k; empty if the metric is never below `power` times the bound."""

    power: float = 1 / POWER
    rounding: float = 1e-9
    relation = Relation.AT_LEAST

    def judge(self, e: Evidence, /) -> Verdict:
        violated = _violated(e.under, self.rounding, "below")
        if violated:
            return violated
        b = _row(-e.under.ratio)
        ratio, k = float(e.under.ratio[b]), int(e.under.k[b])
        if e.doubt_under.any():
            return Verdict(Status.UNDECIDED, f"the certified gap leaves {int(e.doubt_under.sum())} comparisons open", ratio, k, b, ratio)
        if isnan(ratio) or ratio > self.power:
            why = f"metric/bound never below {ratio:.3g}" if not isnan(ratio) else "the bound never rises above the resolution"
            return Verdict(Status.VACUOUS, why, ratio, k, b, ratio)
        return Verdict(Status.CONSISTENT, f"metric/bound at least {ratio:.6g}", ratio, k, b, ratio)


@dataclass(frozen=True)
class Equal:
    """metric = bound to the relative tolerance `within`, for every row and every k; a limit is k = range(K, K + 1)."""

    within: float = 1e-9
    relation = Relation.EQUAL

    def judge(self, e: Evidence, /) -> Verdict:
        for side, word in ((e.over, "above"), (e.under, "below")):
            violated = _violated(side, self.within, word)
            if violated:
                return violated
        worst = np.maximum(e.over.excess, e.under.excess)
        b = _row(worst)
        ratio, k = float(e.over.ratio[b]), int(e.over.k[b])
        if e.doubt_over.any() or e.doubt_under.any():
            return Verdict(Status.UNDECIDED, "the certified gap is wider than the equality", ratio, k, b)
        if np.isnan(e.over.ratio).all() and not (np.asarray(e.slack) == 0).all():
            return Verdict(Status.VACUOUS, "the bound never rises above the resolution", ratio, k, b)
        return Verdict(Status.CONSISTENT, f"equal within {max(float(worst[b]), 0.0):.2g}", ratio, k, b, 1 - self.within)


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
        b = _row(e.over.ratio)
        ratio, k = float(e.over.ratio[b]), int(e.over.k[b])
        nothing = e.bound <= 0  # |b| = 0 asks for |a| = 0
        if (nothing & (e.metric > 0)).any():
            return Verdict(Status.REFUTED, "different where the reference is 0", ratio, k, b)
        if isnan(ratio) and not nothing.all():
            return Verdict(Status.VACUOUS, "the reference never rises above the resolution", ratio, k, b)
        if ratio > self.within:
            return Verdict(Status.REFUTED, f"relative difference {ratio:.3g} in row {b}, k = {k}", ratio, k, b)
        return Verdict(Status.CONSISTENT, f"relative difference at most {ratio:.2g}", ratio, k, b, self.within)


@dataclass(frozen=True)
class Threshold:
    """Equality on both sides of a sharp threshold: rows have of(constants) below and above `at`, and the bound flips there."""

    of: Callable[[Constants], Array]
    at: float
    within: float = 1e-9
    relation = Relation.EQUAL

    def judge(self, e: Evidence, /) -> Verdict:
        side = np.asarray(self.of(e.constants))
        if not ((side < self.at).any() and (side > self.at).any()):
            return Verdict(Status.VACUOUS, f"no rows on both sides of {self.at}: the flip was not seen")
        verdict = Equal(self.within).judge(e)
        if verdict.status is not Status.CONSISTENT:
            return verdict
        gap = f"flips between {side[side < self.at].max():.6g} and {side[side > self.at].min():.6g}"
        return verdict._replace(why=gap)


@dataclass(frozen=True)
class InExpectation:
    """E metric <= bound at every k, rows being independent samples: betting e-value, averaged over the kept k."""

    alpha: float = 1e-3
    power: float = POWER
    relation = Relation.AT_MOST

    def judge(self, e: Evidence, /) -> Verdict:
        floor = -1e-9 * (np.abs(e.bound) + e.slack)
        if (e.metric + e.slack < floor).any():
            return Verdict(Status.FAILED, "the metric is negative: an e-value needs a metric that is never below 0")
        if (e.bound <= 0).any():
            return Verdict(Status.ILL_POSED, "a bound in expectation must be positive")
        x = np.maximum(e.metric - e.slack, 0.0) / e.bound
        loge = log_e_value(x)
        average = x.mean(axis=1)
        m = int(np.argmax(average))
        ratio, k, b = float(average[m]), int(e.k[m]), _row(x[m])
        if loge >= -log(self.alpha):
            return Verdict(Status.REFUTED, f"e-value {_exp(loge):.3g}, mean/bound {ratio:.4g} at k = {k}", ratio, k, b, 1.0, _exp(loge))
        power = weakest_refuted(lambda c: log_e_value(x / c), self.alpha)
        kept = (power, _exp(loge))
        doubtful = (e.metric + e.slack).mean(axis=1) > e.bound.mean(axis=1)
        if (doubtful & (average <= 1)).any() and e.slack.any():
            return Verdict(Status.UNDECIDED, "the certified gap leaves the expectation open", ratio, k, b, *kept)
        if power < self.power:
            few = f"{x.shape[1]} seeds would not have refuted the bound times {self.power:g}"
            status = Status.VACUOUS if ratio < self.power else Status.UNDECIDED
            return Verdict(status, f"{few} (mean/bound {ratio:.3g})", ratio, k, b, *kept)
        return Verdict(Status.CONSISTENT, f"mean/bound at most {ratio:.4g}; {power:.3g} times the bound is refuted", ratio, k, b, *kept)


def _tail(worst: Any, delta: float, alpha: float, k: Any, always: str) -> Verdict:
    """P(worst > 1) <= delta, where worst (B,) or (M, B) is metric/bound."""
    x = np.atleast_2d(worst)
    rows = x.shape[1]
    failures = (x > 1).sum(axis=1)
    m = int(np.argmax(failures))
    b = _row(x[m])
    at = int(np.atleast_1d(k)[b if x.shape[0] == 1 else m])
    share, ratio = failures[m] / rows, float(np.quantile(x[m], 1 - delta, method="lower"))
    loge = log_e_value((x > 1) / delta)
    if loge >= -log(alpha):
        return Verdict(Status.REFUTED, f"{share:.3g} of the rows violate {always}, {delta:g} allowed; e-value {_exp(loge):.3g}", ratio, at, b, 1.0, _exp(loge))
    needed = ceil(log(1 / alpha) / delta)
    if rows < needed:
        return Verdict(Status.UNDECIDED, f"{rows} seeds; a failure probability of {delta:g} needs {needed}", ratio, at, b, 0.0, _exp(loge))
    power = weakest_refuted(lambda c: log_e_value((x > c) / delta), alpha)
    why = f"{share:.3g} of the rows violate {always}, {delta:g} allowed; {power:.3g} times the bound is refuted"
    return Verdict(Status.CONSISTENT if power >= POWER else Status.VACUOUS, why, ratio, at, b, power, _exp(loge))


@dataclass(frozen=True)
class WithProbability:
    """P(metric <= bound for every k) >= 1 - delta: a row that ever violates counts once."""

    delta: float
    alpha: float = 1e-3
    relation = Relation.AT_MOST

    def judge(self, e: Evidence, /) -> Verdict:
        violates = e.over.excess > 1e-9
        ratio = np.where(np.isnan(e.over.ratio), 0.0, e.over.ratio)
        worst = np.where(violates, np.maximum(ratio, 1.0 + 1e-9), np.minimum(ratio, 1.0))
        return _tail(worst, self.delta, self.alpha, e.over.k, "at some k")


@dataclass(frozen=True)
class Quantile:
    """The (1 - delta)-quantile of the metric is at most the bound, at each k by itself."""

    delta: float
    alpha: float = 1e-3
    relation = Relation.AT_MOST

    def judge(self, e: Evidence, /) -> Verdict:
        allowed = e.bound + e.slack + 1e-9 * np.abs(e.bound)
        return _tail(np.maximum(e.metric, 0.0) / np.maximum(allowed, 1e-300), self.delta, self.alpha, e.k, "at one k")


def geometric(a: Any) -> Any:
    """The mean over rows of the logarithm."""
    return np.log(a).mean(axis=1)


def arithmetic(a: Any) -> Any:
    """The logarithm of the mean over rows: for a rate in expectation."""
    return np.log(a.mean(axis=1))


def _slope(x: Any, y: Any) -> float:
    x = x - x.mean()
    return float((x * (y - y.mean())).sum() / (x * x).sum())


def _fit(e: Evidence, tail: float, across: Callable[[Any], Any], over: Callable[[Any], Any]) -> tuple[float, str] | None:
    """The slope of log(metric/bound) against over(k) on the tail, and the window; None if there is nothing to fit."""
    usable = np.all((e.metric > e.slack) & (e.bound > e.slack) & np.isfinite(e.metric), axis=1) & (e.k >= 1)
    if not usable.any():
        return None
    last = e.k[usable][-1]
    inside = usable & (np.log(np.maximum(e.k, 1)) >= (1 - tail) * np.log(last))
    if inside.sum() < 5:
        return None
    k = e.k[inside].astype(float)
    drift = _slope(over(k), across(e.metric[inside]) - across(e.bound[inside]))
    return drift, f"k = {int(k[0])}..{int(k[-1])}"


@dataclass(frozen=True)
class SameOrder:
    """The metric follows k^p with the exponent of the bound, to `within`, on the tail (last half of log k)."""

    within: float = 0.1
    tail: float = 0.5
    across: Callable[[Any], Any] = geometric
    relation = Relation.ORDER

    def judge(self, e: Evidence, /) -> Verdict:
        fit = _fit(e, self.tail, self.across, np.log)
        if fit is None:
            return Verdict(Status.UNDECIDED, "fewer than five positive readings on the tail: no order can be fitted")
        drift, window = fit
        if not abs(drift) <= self.within:
            return Verdict(Status.REFUTED, f"metric/bound drifts like k^{drift:+.3f} on {window}, {self.within:g} allowed", drift)
        return Verdict(Status.CONSISTENT, f"metric/bound drifts like k^{drift:+.3f} on {window}", drift, int(e.k[-1]), 0, self.within)


@dataclass(frozen=True)
class AtMostOrder:
    """metric = O(bound): metric/bound does not grow like k^p with p > within, on the tail. The constant is not tested.

    Empty if it falls faster than k^-loose: then a much smaller order would pass as well.
    """

    within: float = 0.1
    loose: float = 1.0
    tail: float = 0.5
    across: Callable[[Any], Any] = geometric
    relation = Relation.ORDER

    def judge(self, e: Evidence, /) -> Verdict:
        fit = _fit(e, self.tail, self.across, np.log)
        if fit is None:
            return Verdict(Status.UNDECIDED, "fewer than five positive readings on the tail: no order can be fitted")
        drift, window = fit
        if not drift <= self.within:
            return Verdict(Status.REFUTED, f"metric/bound grows like k^{drift:+.3f} on {window}, {self.within:g} allowed", drift)
        status = Status.VACUOUS if drift < -self.loose else Status.CONSISTENT
        return Verdict(status, f"metric/bound drifts like k^{drift:+.3f} on {window}", drift, int(e.k[-1]))


@dataclass(frozen=True)
class SameRate:
    """A linear rate: the metric contracts per step like the bound, log-slope to a relative `within`, on the tail."""

    within: float = 0.1
    tail: float = 0.5
    across: Callable[[Any], Any] = geometric
    relation = Relation.ORDER

    def judge(self, e: Evidence, /) -> Verdict:
        fit = _fit(e, self.tail, self.across, lambda k: k)
        usable = np.all(e.bound > e.slack, axis=1) & (e.k >= 1)
        if fit is None or usable.sum() < 5:
            return Verdict(Status.UNDECIDED, "fewer than five positive readings on the tail: no rate can be fitted")
        rate = _slope(e.k[usable].astype(float), self.across(e.bound[usable]))
        drift, window = fit
        relative = drift / rate if rate else float("inf")
        if not abs(relative) <= self.within:
            why = f"log-slope {1 + relative:.4g} of the bound's on {window}, within {self.within:g} allowed"
            return Verdict(Status.REFUTED, why, 1 + relative)
        return Verdict(Status.CONSISTENT, f"log-slope {1 + relative:.4g} of the bound's on {window}", 1 + relative, int(e.k[-1]), 0, self.within)


@dataclass(frozen=True)
class Scaling:
    """Across rows that differ in one constant, the metric scales with of(constants) like the bound, at the last k.

    `one_sided`: metric = O(bound) as of(constants) grows; faster decay passes.
    """

    of: Callable[[Constants], Array]
    within: float = 0.05
    one_sided: bool = False
    relation = Relation.ORDER

    def judge(self, e: Evidence, /) -> Verdict:
        along = np.broadcast_to(np.asarray(self.of(e.constants), dtype=float), e.metric[-1].shape)
        metric, bound = e.metric[-1], e.bound[-1]
        if not ((metric > 0) & np.isfinite(metric) & (bound > 0) & (along > 0)).all():
            return Verdict(Status.UNDECIDED, "metric, bound and the swept constant must be positive and finite in every row")
        x = np.log(along)
        decades = (x.max() - x.min()) / log(10)
        if decades < 0.3:
            return Verdict(Status.VACUOUS, f"the swept constant spans {decades:.2g} decades only: no exponent can be read")
        drift = _slope(x, np.log(metric) - np.log(bound))
        why = f"metric/bound drifts with exponent {drift:+.4f} over {decades:.2g} decades, {self.within:g} allowed"
        if not (drift if self.one_sided else abs(drift)) <= self.within:
            return Verdict(Status.REFUTED, why, drift, int(e.k[-1]))
        return Verdict(Status.CONSISTENT, why, drift, int(e.k[-1]), 0, self.within)
