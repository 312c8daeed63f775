"""A refutation is a claim, too: it is run again in higher precision, and on data that differ in the last bit.

What rounding made, rounding unmakes: the metric at the place of the violation then moves by as much as it exceeds the bound.
A number such as f* that is itself rounded limits what any precision can show, so the data are moved by half a unit in their
last place as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from array_api_compat import is_numpy_array

from ratecheck.arrays import mapped, promoted
from ratecheck.contracts import Claim, Evidence, P, Relation, S, Status, Verdict
from ratecheck.quantifiers import POINTWISE, Equal, Vanishes
from ratecheck.readings import kept_indices
from ratecheck.runner import run

T = TypeVar("T")
QUANTA = 16.0  # units in the last place of the largest reading, below which a double is not trusted
SURE = 2.0  # a violation so many times larger than what precision and data move it by is no rounding


def confirm(claim: Claim[P, S], instance: str, seeds: range, verdict: Verdict) -> str:
    """What higher precision says about a REFUTED verdict: 'confirmed in longdouble ...', 'within rounding ...', or why it cannot say.

    A statement about single rows is tried on the worst row alone, one about samples or sweeps on all.
    Errors: ValueError if the verdict is not REFUTED.
    """
    if verdict.status is not Status.REFUTED:
        raise ValueError(f"only a refutation is confirmed; this verdict is {verdict.status.name}")
    if isinstance(claim.holds, POINTWISE) and verdict.row >= 0:
        return _row_again(claim, instance, seeds[verdict.row : verdict.row + 1], verdict)
    return _rows_again(claim, instance, seeds)


def _row_again(claim: Claim[P, S], instance: str, seed: range, verdict: Verdict) -> str:
    plain = _readings(claim, instance, seed, verdict.k, lambda p: p)
    shaken = [_readings(claim, instance, seed, verdict.k, lambda p, n=n: perturbed(p, n)) for n in range(3)]  # type: ignore[misc]
    higher = _readings(claim, instance, seed, verdict.k, _in_longdouble)
    if isinstance(plain, str):
        return f"not confirmable: the row alone is not refuted again ({plain})"
    firm = [r for r in shaken if not isinstance(r, str)]
    if isinstance(higher, str):
        stays = plain.stands(firm)
        how = "within rounding of the data" if stays is None else f"it stands when the data move in the last bit, {stays}"
        return f"not confirmable in higher precision: {_told(higher)}; {how}"
    found = higher.stands([plain, *firm])
    return (
        f"within rounding: at no k does the violation exceed {SURE:g} times what precision and the last bit of the data make"
        if found is None
        else (f"confirmed in longdouble ({found})")
    )


def _told(reason: str) -> str:
    return "there is no linear algebra in longdouble" if "float128 is unsupported in linalg" in reason else reason


def _rows_again(claim: Claim[P, S], instance: str, seeds: range) -> str:
    again, evidence, _ = run(claim, instance, seeds, change=_in_longdouble)
    reason = _unpromoted(again, evidence)
    if reason:
        return f"not confirmable in higher precision: {_told(reason)}"
    if again.status is Status.REFUTED:
        return f"confirmed in longdouble on all {len(seeds)} rows ({again.why})"
    return f"within rounding: in longdouble {again.status.name}, {again.why}"


@dataclass(frozen=True)
class _Readings:
    """Metric, bound and allowance at the kept k and at the k of the verdict, for one row."""

    relation: Relation
    within: float  # relative tolerance of an equality
    k: Any
    metric: Any
    bound: Any
    slack: Any

    def excess(self) -> Any:
        over, under = self.metric - self.bound, self.bound - self.metric
        by = {Relation.AT_LEAST: under, Relation.EQUAL: np.maximum(over, under)}.get(self.relation, over)
        return by - self.slack - self.within * np.abs(self.bound)

    def stands(self, others: list[_Readings]) -> str | None:
        """The place where the violation is surest, if it is larger than what sets this run and the others apart."""
        excess = self.excess()
        with np.errstate(all="ignore"):
            apart = [np.abs((o.metric - o.bound) - (self.metric - self.bound)) for o in others]
            moved = np.maximum.reduce([np.where(np.isnan(a), np.inf, a) for a in apart]) if apart else np.full_like(excess, np.inf)
            # what is absorbed, or rounded to the same quantum, does not move: in double precision anything, in longdouble a 0
            absorbed = self.metric == 0 if self.metric.dtype == np.longdouble else np.full(excess.shape, True)
            moved = np.where(absorbed, np.maximum(moved, QUANTA * np.finfo(float).eps * np.abs(self.metric).max()), moved)
            least = np.minimum.reduce([excess, *(o.excess() for o in others)])
            # both infinite: an overflow in every run
            sure = np.where(np.isposinf(least), np.inf, np.where(least > 0, least / np.maximum(moved, np.finfo(float).tiny), 0.0))
            ratio = self.metric / self.bound
        best = int(np.argmax(sure))
        if not sure[best] >= SURE:
            return None
        return f"metric/bound = {float(ratio[best]):.6g} at k = {int(self.k[best])}"


def _readings(claim: Claim[P, S], instance: str, seed: range, at: int, change: Callable[[P], P]) -> _Readings | str:
    """The readings of one row, or why there are none. `at` need not be among the kept k: it is run by itself then."""
    ranges = [claim.k] if at < 0 or at in kept_indices(claim.k) else [claim.k, range(at, at + 1)]
    parts: list[Evidence] = []
    for k in ranges:
        verdict, e, _ = run(replace(claim, k=k, laws={}), instance, seed, change=change)
        reason = _unpromoted(verdict, e) if change is _in_longdouble else None
        if e is None or reason:
            return reason or verdict.why
        parts.append(e)

    def row(get: Callable[[Evidence], Any]) -> Any:
        return np.concatenate([get(e)[:, 0] for e in parts])

    bound, within = row(lambda e: e.bound), claim.holds.within if isinstance(claim.holds, Equal) else 0.0
    if isinstance(claim.holds, Vanishes):
        bound = claim.holds.within * bound
    k_all = np.concatenate([e.k for e in parts])
    return _Readings(claim.holds.relation, within, k_all, row(lambda e: e.metric), bound, row(lambda e: e.slack))


def _in_longdouble(problem: T) -> T:
    return promoted(problem, np.longdouble)


def _unpromoted(verdict: Verdict, e: Evidence | None) -> str | None:
    if np.finfo(np.longdouble).eps >= np.finfo(float).eps:
        return "longdouble is double on this machine"
    if e is None:
        return verdict.why
    return None if e.metric.dtype == np.longdouble else f"the metric stays in {e.metric.dtype}"


def perturbed(problem: T, seed: int) -> T:
    """Every floating number in `problem` moved by at most half a unit in its last place."""
    g = np.random.default_rng([seed, 53])

    def shake(a: Any) -> Any:
        if not (is_numpy_array(a) and np.issubdtype(a.dtype, np.floating)):
            return a
        return np.asarray(a * (1 + np.finfo(a.dtype).eps * g.uniform(-1, 1, np.shape(a))), dtype=a.dtype)

    return mapped(problem, shake)
