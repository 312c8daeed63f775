"""Orders and rates: how a metric decays against k, or scales with a constant over the rows. Constants are not tested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np

from ratecheck.contracts import Array, Constants, Evidence, Relation, Status, Verdict

FALL = 100.0  # a metric that was to be so many times its resolution, and is below it, does not keep its order


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
        b = int(np.argmax(e.over.excess))
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
