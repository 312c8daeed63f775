"""What a run leaves behind: one pass over the states, block by block, in memory that does not grow with k."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import tee
from typing import Any

import numpy as np

from ratecheck.arrays import has_nan, host, locked
from ratecheck.contracts import Array, Certified, Claim, Evidence, Extreme, Noise, P, Relation, S, Status, Verdict
from ratecheck.posed import evaluate, flaw, uncertified
from ratecheck.quantifiers import EXACTLY, closeness

KEPT = 128  # indices whose metric and bound are kept for every row
BLOCK = 128  # readings compared at a time
LAWS_UNTIL = 1000  # laws hold at every k below, then at the kept k
LAWFUL = 1e-8  # largest relative residual of an update equation
MET = 1 + 1e-12  # used/allowed of a hypothesis that is met


def kept_indices(k: range) -> Any:
    """At most KEPT log-spaced indices of k, the first and the last among them."""
    places = np.unique(np.rint(np.geomspace(1, len(k), KEPT)).astype(int)) - 1
    return np.array([k[int(p)] for p in places])


def _watched(claim: Claim[P, S], problem: P, noise: Noise, kept: Any, laws: _Laws) -> Iterator[S]:
    """The states as the algorithm yields them, read-only; the residuals of the laws are collected on the way."""
    late = {int(i) for i in kept}
    before: S | None = None
    for k, state in enumerate(claim.algorithm.iterates(problem, noise)):
        locked(state)
        own = getattr(state, "k", k)
        if isinstance(own, int) and own != k:
            raise Failed(f"the state at index {k} says that its k is {own}", k)
        if k in late and has_nan(state):
            laws.add("every state is a number", np.nan)
        if claim.laws and before is not None and (k - 1 < LAWS_UNTIL or k - 1 in late):
            for name, law in claim.laws.items():
                laws.add(name, law(problem, before, state))
        before = state
        yield state


class _Laws:
    """The largest residual of each law; apart from it, whether one was not a number (an overflow, or 0/0)."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.largest: dict[str, Any] = {}
        self.broken: dict[str, Any] = {}

    def add(self, name: str, residual: Array) -> None:
        r = np.abs(np.atleast_1d(host(residual)))
        finite = np.isfinite(r)
        self.largest[name] = np.maximum(self.largest.get(name, 0.0), np.where(finite, r, 0.0))
        self.broken[name] = self.broken.get(name, False) | ~finite

    def residuals(self) -> dict[str, Any]:
        worst = {n: np.where(self.broken[n] & (r <= LAWFUL), np.nan, r) for n, r in self.largest.items()}
        return {n: np.broadcast_to(r, (self.rows,)) for n, r in worst.items()}


class _Side:
    """Running extremes of one side of the comparison."""

    def __init__(self, rows: int, sign: float) -> None:
        self.sign = sign
        self.excess = np.full(rows, -np.inf)
        self.ratio = np.full(rows, -sign * np.inf)
        self.k = np.full(rows, -1)
        self.doubt = np.zeros(rows, dtype=int)

    def update(self, k: Any, metric: Any, bound: Any, resolution: Any, gap: Any) -> None:
        excess = self.sign * (metric - bound) - resolution
        scale = np.abs(bound) + resolution
        scale = np.where(scale > 0, scale, np.finfo(float).tiny)  # nothing but 0 (and the gap) is equal to 0
        with np.errstate(all="ignore"):
            sure = (excess - gap) / scale
            ratio = closeness(self.sign, metric, bound, resolution * (1 + EXACTLY) + gap)
        self.doubt += ((excess - gap <= 0) & (excess + gap > 0) & (gap > 0)).sum(axis=0)
        self.excess = np.maximum(self.excess, sure.max(axis=0))
        worst = np.where(np.isnan(ratio), -np.inf, self.sign * ratio)
        at = worst.argmax(axis=0)
        top = ratio[at, np.arange(metric.shape[1])]
        better = (self.sign * top > self.sign * self.ratio) | (self.k < 0)
        self.k = np.where(better, k[at], self.k)
        self.ratio = np.where(better, top, self.ratio)

    def extreme(self) -> Extreme:
        return Extreme(self.excess, self.ratio, self.k)


class Failed(Exception):
    """Carries the verdict of a run that cannot be judged."""

    def __init__(self, why: str, k: int = -1, row: int = -1) -> None:
        super().__init__(why)
        self.verdict = Verdict(Status.FAILED, why, k=k, row=row)


class _Collector:
    """Compares block after block of readings and keeps O(rows) of them."""

    def __init__(self, claim: Claim[Any, Any], certified: Mapping[str, Certified], rows: int) -> None:
        self.claim, self.certified, self.rows = claim, certified, rows
        self.constants = {n: np.broadcast_to(np.asarray(host(c.value)), (rows,)) for n, c in certified.items()}
        self.kept = kept_indices(claim.k)
        self.over, self.under = _Side(rows, 1.0), _Side(rows, -1.0)
        self.least = np.full(rows, np.inf)
        self.blind = np.zeros(rows, dtype=int)
        self.diverged = np.zeros(rows, dtype=bool)
        self.given: dict[str, Any] = {}
        self.curves: list[tuple[Any, Any, Any, Any]] = []
        self.estimated: list[str] = []
        self.checked = False

    def add(self, k: Any, metric: Any, seen: Mapping[str, Any]) -> Verdict | None:
        shape = (len(k), self.rows)
        values = {**self.constants, **seen}
        for name, f in self.claim.given.items():
            used = evaluate(f, k, values, shape)
            worst = np.where(np.isnan(used), np.inf, used).max(axis=0)
            self.given[name] = np.maximum(self.given.get(name, -np.inf), worst)
        applies = all((g <= MET).all() for g in self.given.values())  # outside, a bound may be anything
        if not self.checked or k[-1] == self.claim.k[-1]:  # units and sides at both ends of k
            ends = sorted({0, len(k) - 1})
            at = {n: (v[ends, :] if np.ndim(v) == 2 else v) for n, v in values.items()}
            found = flaw(self.claim, self.certified, k[ends], at, applies)
            if found:
                return found
            self.estimated = uncertified(self.claim, self.certified, {n: v[0] if np.ndim(v) == 2 else v for n, v in values.items()})
            self.checked = True
        bound, resolution, gap = (evaluate(f, k, values, shape) for f in (self.claim.bound, self.claim.rounding, self.claim.gap))
        if applies:
            _sound(k, bound, resolution, gap)
        gap = np.maximum(gap, 0.0)
        metric = self._finite(k, metric, bound) if applies else np.where(np.isfinite(metric), metric, np.inf)
        self.over.update(k, metric, bound, resolution, gap)
        self.under.update(k, metric, bound, resolution, gap)
        scale = np.abs(bound) + resolution
        self.least = np.minimum(self.least, ((metric + resolution + gap) / np.where(scale > 0, scale, np.finfo(float).tiny)).min(axis=0))
        self.blind += (np.abs(bound) < resolution).sum(axis=0)
        here = np.isin(k, self.kept)
        self.curves.append((metric[here] + 0, bound[here] + 0, resolution[here] + 0, gap[here] + 0))
        return None

    def _finite(self, k: Any, metric: Any, bound: Any) -> Any:
        """NaN fails the run, unless the row has overflowed before: then it counts as infinite. A lower bound is never met by an overflow."""
        with np.errstate(all="ignore"):
            blown = np.isinf(metric) | (metric > 1e100 * (1 + np.abs(bound)))
        before = np.logical_or.accumulate(np.concatenate([self.diverged[None, :], blown]), axis=0)[:-1]
        self.diverged = self.diverged | blown.any(axis=0)
        relation = self.claim.holds.relation
        broken = np.isnan(metric) & ~before
        if relation is not Relation.EQUAL:
            broken |= metric == -np.inf
        if relation is Relation.AT_LEAST:
            broken |= ~np.isfinite(metric)
        if broken.any():
            i, b = (int(j) for j in np.argwhere(broken)[0])
            raise Failed(f"the metric is {metric[i, b]} at k = {int(k[i])}, row {b}", int(k[i]), b)
        return np.where(np.isnan(metric), np.inf, metric)

    def evidence(self, laws: _Laws) -> Evidence:
        idle = sorted(set(self.claim.laws) - set(laws.largest))
        if idle:
            raise Failed(f"never tested, as the algorithm has one state only: law {idle[0]!r}")
        metric, bound, resolution, gap = (np.concatenate(parts) for parts in zip(*self.curves, strict=True))
        return Evidence(
            k=self.kept,
            metric=metric,
            bound=bound,
            resolution=resolution,
            gap=gap,
            over=self.over.extreme(),
            under=self.under.extreme(),
            least=self.least,
            blind=self.blind,
            doubt_over=self.over.doubt,
            doubt_under=self.under.doubt,
            given=self.given,
            laws=laws.residuals(),
            constants=self.constants,
        )


def _sound(k: Any, bound: Any, resolution: Any, gap: Any) -> None:
    """A bound, a rounding or a gap that is not a number, or an allowance below 0, fails the run."""
    tiny = -EXACTLY * (np.abs(bound) + resolution)  # a computed duality gap may be -1e-17
    for label, part, least in (("bound", bound, -np.inf), ("rounding", resolution, 0.0), ("gap", gap, tiny)):
        broken = ~np.isfinite(part) | ~(part >= least)
        if broken.any():
            i, b = (int(j) for j in np.argwhere(broken)[0])
            raise Failed(f"the {label} is {part[i, b]} at k = {int(k[i])}, row {b}", int(k[i]), b)


def gather(claim: Claim[P, S], problem: P, noise: Noise, rows: int) -> tuple[Evidence, list[str]] | Verdict:
    """One pass over the run. The evidence and the names of uncertified constants, or the verdict that ends it early."""
    lacking = sorted(t.value for t in claim.assumes - problem.traits)
    if lacking:
        return Verdict(Status.NOT_APPLICABLE, f"the problem is not known to be: {', '.join(lacking)}")
    collector = _Collector(claim, problem.constants, rows)
    laws = _Laws(rows)
    streams = tee(_watched(claim, problem, noise, collector.kept, laws), 1 + len(claim.seen))
    metric = claim.metric(problem, streams[0])
    seen = {n: s.measure(problem, stream) for (n, s), stream in zip(claim.seen.items(), streams[1:], strict=True)}
    block: list[tuple[int, Array, dict[str, Array]]] = []
    with np.errstate(all="ignore"):
        for k in range(claim.k[-1] + 1):
            try:
                reading = next(metric), {n: next(s) for n, s in seen.items()}
            except StopIteration:
                raise Failed(f"the algorithm stopped before k = {k}; the claim needs {claim.k[-1]}", k) from None
            if k in claim.k:
                block.append((k, *reading))
            if block and (len(block) == BLOCK or k == claim.k[-1]):
                ks = np.array([entry[0] for entry in block])
                ended = collector.add(
                    ks,
                    _stacked([e[1] for e in block], rows, "the metric", True),
                    {n: _stacked([e[2][n] for e in block], rows, f"seen {n!r}", False) for n in seen},
                )
                block = []
                if ended:
                    return ended
        if set(claim.laws) - set(laws.largest):
            next(streams[0], None)  # a claim about the first state alone: its laws need the second
    return collector.evidence(laws), collector.estimated


def _stacked(readings: list[Array], rows: int, label: str, strictly: bool) -> Any:
    """(K, B) on the host. `strictly`: one number must not stand for all rows, unless it is a plain Python number (a count)."""
    parts = [np.asarray(float(r)) if type(r) in (int, float) else np.asarray(host(r)) for r in readings]
    plain = type(readings[0]) in (int, float)
    try:
        if strictly and not plain and any(p.shape != (rows,) for p in parts):
            raise ValueError
        stacked = np.stack([np.broadcast_to(p, (rows,)) for p in parts])
    except ValueError:
        raise Failed(f"{label} has shape {parts[0].shape} per index, expected ({rows},): one number per row") from None
    stacked.flags.writeable = False  # what a bound is given, it must not change
    return stacked


def merged(parts: list[Evidence]) -> Evidence:
    """Blocks of rows put side by side."""
    if len(parts) == 1:
        return parts[0]

    def cat(get: Callable[[Evidence], Any]) -> Any:
        return np.concatenate([np.asarray(get(p)) for p in parts], axis=-1)

    def extreme(get: Callable[[Evidence], Extreme]) -> Extreme:
        return Extreme(cat(lambda p: get(p).excess), cat(lambda p: get(p).ratio), cat(lambda p: get(p).k))

    def named(get: Callable[[Evidence], Mapping[str, Any]]) -> dict[str, Any]:
        names = sorted({n for p in parts for n in get(p)})
        return {n: np.concatenate([get(p).get(n, np.zeros(p.metric.shape[1])) for p in parts]) for n in names}

    first = parts[0]
    return Evidence(
        k=first.k,
        metric=cat(lambda p: p.metric),
        bound=cat(lambda p: p.bound),
        resolution=cat(lambda p: p.resolution),
        gap=cat(lambda p: p.gap),
        over=extreme(lambda p: p.over),
        under=extreme(lambda p: p.under),
        least=cat(lambda p: p.least),
        blind=cat(lambda p: p.blind),
        doubt_over=cat(lambda p: p.doubt_over),
        doubt_under=cat(lambda p: p.doubt_under),
        given=named(lambda p: p.given),
        laws=named(lambda p: p.laws),
        constants=named(lambda p: p.constants),
    )
