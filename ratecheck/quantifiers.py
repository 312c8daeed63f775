"""How a metric is held against its bound. Each is a pure function of the evidence and names its relation.

Best iterate, ergodic average and "some k in a window" are measures (`best`, `at_average`, `best_within`), not quantifiers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, log
from typing import Any

import numpy as np

from ratecheck.contracts import Array, Constants, Evidence, Extreme, Relation, Status, Verdict
from ratecheck.evalues import log_e_failures, log_e_value, threshold_factor

POWER = 0.1  # a bound that this run could not have refuted even when multiplied by POWER is empty here
EXACTLY = 1e-9  # relative allowance of a comparison, beside the stated rounding
FALL = 100.0  # a metric that was to be so many times its resolution, and is below it, does not keep its order


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


def _row(a: Any) -> int:
    """The row with the largest entry; NaN counts as largest."""
    return int(np.argmax(np.where(np.isnan(a), np.inf, a)))


def _exp(x: float) -> float:
    return float(np.exp(min(x, 700.0)))


def _violated(side: Extreme, rounding: float, word: str, power: float) -> Verdict | None:
    b = _row(side.excess)
    if side.excess[b] <= rounding:
        return None
    ratio, k = float(side.ratio[b]), int(side.k[b])
    if np.isfinite(ratio):
        how = f"metric/bound = {ratio:.6g}"
    else:
        how = "the bound is 0" if side.excess[b] < np.inf else "the metric overflows"
    return Verdict(Status.REFUTED, f"{word} the bound: {how} at row {b}, k = {k}", ratio, k, b, power)


def _negative(e: Evidence) -> Verdict | None:
    low = int(np.argmin(e.least))
    if e.least[low] >= -EXACTLY:
        return None
    return Verdict(Status.FAILED, f"the metric is negative in row {low}: its reference value is not the optimum", row=low)


def _sighted(e: Evidence) -> bool:
    """Some bound stands above the resolution."""
    return bool((np.abs(e.bound) > e.resolution).any())


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
        negative = None if self.signed else _negative(e)
        if negative:
            return negative
        b = _row(e.over.ratio)
        ratio, k = float(e.over.ratio[b]), int(e.over.k[b])
        if e.doubt_over.any():
            return Verdict(Status.UNDECIDED, f"the certified gap leaves {int(e.doubt_over.sum())} comparisons open", ratio, k, b, power)
        if not ratio >= self.power:
            why = f"metric/bound never above {ratio:.3g}" if _sighted(e) else "the bound never rises above the resolution"
            return Verdict(Status.VACUOUS, why, ratio, k, b, power)
        return Verdict(Status.CONSISTENT, f"metric/bound at most {ratio:.6g}", ratio, k, b, power)


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
        b = _row(-e.under.ratio)
        ratio, k = float(e.under.ratio[b]), int(e.under.k[b])
        if e.doubt_under.any():
            return Verdict(Status.UNDECIDED, f"the certified gap leaves {int(e.doubt_under.sum())} comparisons open", ratio, k, b, power)
        if not ratio <= self.power:
            why = f"metric/bound never below {ratio:.3g}" if _sighted(e) else "the bound never rises above the resolution"
            return Verdict(Status.VACUOUS, why, ratio, k, b, power)
        return Verdict(Status.CONSISTENT, f"metric/bound at least {ratio:.6g}", ratio, k, b, power)


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
        b = _row(worst)
        side = e.over if e.over.excess[b] >= e.under.excess[b] else e.under
        ratio, k = float(side.ratio[b]), int(side.k[b])
        if e.doubt_over.any() or e.doubt_under.any():
            return Verdict(Status.UNDECIDED, "the certified gap is wider than the equality", ratio, k, b, power)
        if not _sighted(e) and (e.slack != 0).any():
            return Verdict(Status.VACUOUS, "the bound never rises above the resolution", ratio, k, b, power)
        return Verdict(Status.CONSISTENT, f"equal within {max(float(worst[b]), 0.0):.2g}", ratio, k, b, power)


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
        power = 1 - self.within  # b times c differs from a by (1 - c) |b|
        if not ratio <= self.within:
            why = f"relative difference {ratio:.3g}" if np.isfinite(ratio) else "different where the reference is 0"
            return Verdict(Status.REFUTED, f"{why}, in row {b}, k = {k}", ratio, k, b, power)
        negative = _negative(e)
        if negative:
            return negative
        if not _sighted(e):
            return Verdict(Status.VACUOUS, "the reference never rises above the resolution", ratio, k, b, 0.0)
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


@dataclass(frozen=True)
class InExpectation:
    """E metric <= bound at every k, rows being independent samples: betting e-value, averaged over the kept k."""

    alpha: float = 1e-3
    power: float = POWER
    relation = Relation.AT_MOST

    def judge(self, e: Evidence, /) -> Verdict:
        negative = _negative(e)
        if negative:
            return negative
        if (e.bound < 0).any():
            return Verdict(Status.ILL_POSED, "a bound in expectation of a metric that is never below 0 must not be below 0")
        x = closeness(1.0, e.metric, e.bound, e.slack)
        rows = x.shape[1]
        if rows > 1 and (x > 0).any() and (e.metric == e.metric[:, :1]).all():
            return Verdict(Status.FAILED, f"the {rows} rows are one and the same sample: nothing is random, or a seed is shared")
        average = x.mean(axis=1)
        m = int(np.argmax(average))
        ratio, k, b = float(average[m]), int(e.k[m]), _row(x[m])
        loge = log_e_value(x)
        power = threshold_factor(lambda c: log_e_value(x / c), self.alpha, ratio)
        kept = (ratio, k, b, power, _exp(loge))
        if loge >= -log(self.alpha):
            return Verdict(Status.REFUTED, f"e-value {_exp(loge):.3g}, mean/bound {ratio:.4g} at k = {k}", *kept)
        most = closeness(1.0, e.metric + 2 * e.gap, e.bound, e.slack).mean(axis=1)
        if ((most > 1) & (average <= 1) & (e.gap > 0).any(axis=1)).any():
            return Verdict(Status.UNDECIDED, "the certified gap leaves the expectation open", *kept)
        if power < self.power:
            few = f"{rows} seeds would not have refuted the bound times {self.power:g}"
            status = Status.VACUOUS if ratio < self.power else Status.UNDECIDED
            return Verdict(status, f"{few} (mean/bound {ratio:.3g})", *kept)
        return Verdict(Status.CONSISTENT, f"mean/bound at most {ratio:.4g}; {power:.3g} times the bound is refuted", *kept)


def _tail(x: Any, delta: float, alpha: float, doubt: Any, always: str) -> tuple[int, int, Verdict]:
    """P(x > 1) <= delta in each line of x (M, B): the line and the row that the verdict is about, and the verdict."""
    rows = x.shape[1]
    failures = (x > 1 + EXACTLY).sum(axis=1)
    ratios = np.quantile(x, 1 - delta, axis=1, method="lower")
    m = int(np.lexsort((ratios, failures))[-1])
    b = _row(x[m])
    share, ratio = failures[m] / rows, float(ratios[m])

    def log_e(c: float) -> float:
        return float(log_e_failures((x > c * (1 + EXACTLY)).sum(axis=1), rows, delta))

    loge = log_e(1.0)
    power = threshold_factor(log_e, alpha, float(x.max()))
    kept = (ratio, -1, b, power, _exp(loge))
    told = f"{share:.3g} of the rows violate {always}, {delta:g} allowed"
    needed = ceil(log(1 / alpha) / delta)
    if loge >= -log(alpha):
        verdict = Verdict(Status.REFUTED, f"{told}; e-value {_exp(loge):.3g}", *kept)
    elif doubt.any() and failures[m] + doubt.sum() > delta * rows:
        verdict = Verdict(Status.UNDECIDED, f"the certified gap leaves {int(doubt.sum())} rows open", *kept)
    elif rows < needed:
        verdict = Verdict(Status.UNDECIDED, f"{rows} seeds; a failure probability of {delta:g} needs {needed}", *kept)
    else:
        status = Status.CONSISTENT if power >= POWER else Status.VACUOUS
        verdict = Verdict(status, f"{told}; {power:.3g} times the bound is refuted", *kept)
    return m, b, verdict


@dataclass(frozen=True)
class WithProbability:
    """P(metric <= bound for every k) >= 1 - delta: a row that ever violates counts once. `signed`: the metric may be negative."""

    delta: float
    alpha: float = 1e-3
    signed: bool = False
    relation = Relation.AT_MOST

    def judge(self, e: Evidence, /) -> Verdict:
        negative = None if self.signed else _negative(e)
        if negative:
            return negative
        _, b, verdict = _tail(e.over.ratio[None, :], self.delta, self.alpha, e.doubt_over > 0, "at some k")
        return verdict._replace(k=int(e.over.k[b]))


@dataclass(frozen=True)
class Quantile:
    """The (1 - delta)-quantile of the metric is at most the bound, at each k by itself. `signed`: the metric may be negative."""

    delta: float
    alpha: float = 1e-3
    signed: bool = False
    relation = Relation.AT_MOST

    def judge(self, e: Evidence, /) -> Verdict:
        negative = None if self.signed else _negative(e)
        if negative:
            return negative
        x = closeness(1.0, e.metric, e.bound, e.slack)
        m, _, verdict = _tail(x, self.delta, self.alpha, e.doubt_over > 0, "at one k")
        return verdict._replace(k=int(e.k[m]))


def geometric(a: Any) -> Any:
    """The mean over rows of the logarithm."""
    return np.log(a).mean(axis=1)


def arithmetic(a: Any) -> Any:
    """The logarithm of the mean over rows: for a rate in expectation."""
    return np.log(a.mean(axis=1))


def _slope(x: Any, y: Any) -> float:
    x = x - x.mean()
    return float((x * (y - y.mean())).sum() / (x * x).sum())


@dataclass(frozen=True)
class _Fit:
    """Slopes on the tail against over(k): of log(metric/bound) and of log bound."""

    drift: float
    rate: float
    last: int
    window: str
    falls_off: bool  # after the window the metric is far below what the fit foretells, where the resolution would show it


def _fit(e: Evidence, tail: float, across: Callable[[Any], Any], over: Callable[[Any], Any]) -> _Fit | Verdict:
    if np.isinf(e.over.excess).any():
        b = _row(e.over.excess)
        return Verdict(Status.REFUTED, f"the metric overflows in row {b}: no order", np.inf, int(e.over.k[b]), b)
    usable = np.all((e.metric > e.slack) & (e.bound > e.slack), axis=1) & (e.k >= 1)
    open_ = Verdict(Status.UNDECIDED, "fewer than five positive readings on the tail: no order can be fitted")
    if not usable.any():
        return open_
    last = e.k[usable][-1]
    inside = usable & (np.log(np.maximum(e.k, 1)) >= (1 - tail) * np.log(last))
    if inside.sum() < 5:
        return open_
    k = over(e.k[inside].astype(float))
    bound = across(e.bound[inside])
    foretold = e.bound[e.k > last] * (e.metric / np.where(usable[:, None], e.bound, 1.0))[inside][-1]
    missing = (e.metric[e.k > last] <= e.slack[e.k > last]) & (foretold > FALL * e.slack[e.k > last])
    window = f"k = {int(e.k[inside][0])}..{int(last)}"
    return _Fit(_slope(k, across(e.metric[inside]) - bound), _slope(k, bound), int(last), window, bool(missing.any()))


@dataclass(frozen=True)
class SameOrder:
    """The metric follows k^p with the exponent of the bound, to `within`, on the tail (last half of log k)."""

    within: float = 0.1
    tail: float = 0.5
    across: Callable[[Any], Any] = geometric
    relation = Relation.ORDER

    def judge(self, e: Evidence, /) -> Verdict:
        fit = _fit(e, self.tail, self.across, np.log)
        if isinstance(fit, Verdict):
            return fit
        why = f"metric/bound drifts like k^{fit.drift:+.3f} on {fit.window}"
        kept = (fit.drift, fit.last, 0, self.within + abs(fit.drift))
        if not abs(fit.drift) <= self.within:
            return Verdict(Status.REFUTED, f"{why}, {self.within:g} allowed", *kept)
        if fit.falls_off:
            return Verdict(Status.REFUTED, f"{why}, then the metric vanishes", *kept)
        return Verdict(Status.CONSISTENT, why, *kept)


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
        if isinstance(fit, Verdict):
            return fit
        kept = (fit.drift, fit.last, 0, self.within - fit.drift)
        if not fit.drift <= self.within:
            return Verdict(Status.REFUTED, f"metric/bound grows like k^{fit.drift:+.3f} on {fit.window}, {self.within:g} allowed", *kept)
        status = Status.VACUOUS if fit.drift < -self.loose or fit.falls_off else Status.CONSISTENT
        return Verdict(status, f"metric/bound drifts like k^{fit.drift:+.3f} on {fit.window}", *kept)


@dataclass(frozen=True)
class SameRate:
    """A linear rate: the metric contracts per step like the bound, log-slope to a relative `within`, on the tail."""

    within: float = 0.1
    tail: float = 0.5
    across: Callable[[Any], Any] = geometric
    relation = Relation.ORDER

    def judge(self, e: Evidence, /) -> Verdict:
        fit = _fit(e, self.tail, self.across, lambda k: k)
        if isinstance(fit, Verdict):
            return fit
        relative = fit.drift / fit.rate if fit.rate else float("inf")
        why = f"log-slope {1 + relative:.4g} of the bound's on {fit.window}"
        kept = (1 + relative, fit.last, 0, (self.within + abs(relative)) / (1 - self.within))
        if not abs(relative) <= self.within:
            return Verdict(Status.REFUTED, f"{why}, within {self.within:g} allowed", *kept)
        if fit.falls_off:
            return Verdict(Status.REFUTED, f"{why}, then the metric vanishes", *kept)
        return Verdict(Status.CONSISTENT, why, *kept)


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
        metric, bound, slack = e.metric[-1], e.bound[-1], e.slack[-1]
        if not ((metric > slack) & np.isfinite(metric) & (bound > slack) & (along > 0)).all():
            return Verdict(Status.UNDECIDED, "metric, bound and the swept constant must be finite and above the resolution in every row")
        x = np.log(along)
        decades = (x.max() - x.min()) / log(10)
        if decades < 0.3:
            return Verdict(Status.VACUOUS, f"the swept constant spans {decades:.2g} decades only: no exponent can be read")
        drift = _slope(x, np.log(metric) - np.log(bound))
        why = f"metric/bound drifts with exponent {drift:+.4f} over {decades:.2g} decades, {self.within:g} allowed"
        kept = (drift, int(e.k[-1]), 0, self.within + (-drift if self.one_sided else abs(drift)))
        if not (drift if self.one_sided else abs(drift)) <= self.within:
            return Verdict(Status.REFUTED, why, *kept)
        return Verdict(Status.CONSISTENT, why, *kept)


POINTWISE = Always | AtLeast | Equal | Count | Vanishes  # one row alone can be a counterexample
SAMPLED = InExpectation | WithProbability | Quantile  # about samples: the rows are independent draws
