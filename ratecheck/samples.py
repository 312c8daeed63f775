"""Statements about samples: in expectation, with probability, in a quantile; the rows are independent draws."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log
from typing import Any

import numpy as np

from ratecheck.contracts import Evidence, Relation, Status, Verdict
from ratecheck.evalues import log_e_failures, log_e_value, threshold_factor
from ratecheck.quantifiers import EXACTLY, POWER, closeness, negative_metric, worst_row


def _exp(x: float) -> float:
    return float(np.exp(min(x, 700.0)))


@dataclass(frozen=True)
class InExpectation:
    """E metric <= bound at every k, rows being independent samples: betting e-value, averaged over the kept k."""

    alpha: float = 1e-3
    power: float = POWER
    relation = Relation.AT_MOST

    def judge(self, e: Evidence, /) -> Verdict:
        negative = negative_metric(e)
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
        ratio, k, b = float(average[m]), int(e.k[m]), worst_row(x[m])
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
    b = worst_row(x[m])
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
        negative = None if self.signed else negative_metric(e)
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
        negative = None if self.signed else negative_metric(e)
        if negative:
            return negative
        x = closeness(1.0, e.metric, e.bound, e.slack)
        m, _, verdict = _tail(x, self.delta, self.alpha, e.doubt_over > 0, "at one k")
        return verdict._replace(k=int(e.k[m]))


SAMPLED = InExpectation | WithProbability | Quantile
