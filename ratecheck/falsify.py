"""An adversary: it looks for the instance, the start and the noise that push a claim towards, or over, its bound.

Hypothesis searches the annotated ranges of the draw function with the tightness as its target and shrinks what it finds; a
pattern search then climbs where hypothesis is weak, on numbers that are not whole. A claim about samples is searched on some
seeds and refuted only on others, so that searching raises no false alarm.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from math import asinh, inf, isnan
from typing import Any, Generic

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st

from ratecheck.contracts import Claim, Evidence, P, Relation, S, Status, Verdict
from ratecheck.quantifiers import POINTWISE, SAMPLED, AtMostOrder, SameRate, Scaling
from ratecheck.runner import run
from ratecheck.space import SEED, Number, Parameter, Point, parameters

FRESH = 2**20  # the first of the seeds that are never searched
SHARE = 0.5  # of the time for hypothesis
ROUND = 100  # examples of one round of hypothesis
TROUBLES = 5  # draws that failed are named up to this number
BEST = 4  # points from which the pattern search starts


@dataclass(frozen=True)
class Trouble:
    """A draw on which the claim did not run as it should: FAILED, UNLAWFUL or ILL_POSED."""

    parameters: Mapping[str, Number]
    seed: int
    status: Status
    why: str


@dataclass(frozen=True)
class Search:
    """The worst that was found; `refuted` if its verdict is a counterexample, shrunk then to a small one.

    `score`: metric/bound, bound/metric for a lower bound, the relative error of an equality, the drift of an order; `sampled` is
    that of the claim's own draws. The verdict is that of `rows` rows from `seed` on.
    """

    refuted: bool
    parameters: Mapping[str, Number]
    seed: int
    rows: int
    verdict: Verdict
    score: float
    sampled: float
    tried: int
    rejected: int
    troubles: tuple[Trouble, ...]
    seconds: float


def falsify(claim: Claim[P, S], instance: str, budget_seconds: float = 60.0, seed: int = 0) -> Search:
    """Search until a counterexample is found and shrunk, or the time is over. The same for the same seed, up to where time cuts it off."""
    began = time.monotonic()
    verdict, evidence, _ = run(claim, instance, range(claim.seeds))
    hunt = _Hunt(claim, instance, began + budget_seconds)
    hunt.sampled = badness(claim, verdict, evidence)
    try:
        hunt.judge(hunt.default)
        if not hunt.refuted:
            _by_hypothesis(hunt, seed, began + SHARE * budget_seconds)
        if not hunt.refuted:
            _by_pattern(hunt, np.random.default_rng(seed))
    except _Over:
        pass
    if hunt.refuted:
        hunt.deadline = max(hunt.deadline, time.monotonic() + 0.2 * budget_seconds)
        _shrink(hunt)
    return hunt.result(time.monotonic() - began)


def badness(claim: Claim[P, S], verdict: Verdict, e: Evidence | None) -> float:
    """See `Search.score`; -inf if the run has none."""
    holds, ratio = claim.holds, verdict.ratio
    if e is None or isnan(ratio):
        return -inf
    if holds.relation is Relation.AT_LEAST:
        return 1 / ratio if ratio > 0 else inf
    if holds.relation is Relation.EQUAL:
        return max(float(np.max(e.over.excess)), float(np.max(e.under.excess)))
    if holds.relation is Relation.ORDER:
        drift = ratio - 1 if isinstance(holds, SameRate) else ratio
        return drift if isinstance(holds, AtMostOrder) or (isinstance(holds, Scaling) and holds.one_sided) else abs(drift)
    return ratio


class _Over(BaseException):
    """The time is over; no bug, so hypothesis must not catch it."""


class _Broken(Exception):
    """The claim is violated: hypothesis shrinks what raises this."""


class _Hunt(Generic[P, S]):
    """The points tried so far and what became of them."""

    def __init__(self, claim: Claim[P, S], instance: str, deadline: float) -> None:
        self.claim, self.draw, self.deadline = claim, claim.instances[instance], deadline
        self.space: list[Parameter] = [*parameters(self.draw), SEED]
        self.rows = 1 if isinstance(claim.holds, POINTWISE) else claim.seeds
        self.default: Point = tuple(p.default for p in self.space)
        self.known: dict[Point, tuple[float, Verdict]] = {}
        self.broken: Point | None = None
        self.rejected = 0
        self.sampled = -inf
        self.troubles: list[Trouble] = []

    @property
    def refuted(self) -> bool:
        return self.broken is not None

    def names(self, point: Point) -> dict[str, Number]:
        return {p.name: value for p, value in zip(self.space[:-1], point[:-1], strict=True)}

    def run(self, point: Point, first: int, rows: int) -> tuple[float, Verdict]:
        drawn = replace(self.claim, instances={"draw": partial(self.draw, **self.names(point))}, sharp={})
        verdict, evidence, _ = run(drawn, "draw", range(first, first + rows))
        return badness(self.claim, verdict, evidence), verdict

    def judge(self, point: Point) -> float:
        """The score of a point; remembers the last counterexample. Raises _Over when the time is over."""
        if point not in self.known:
            if time.monotonic() > self.deadline:
                raise _Over
            score, verdict = self.run(point, int(point[-1]), self.rows)
            if verdict.status in (Status.NOT_APPLICABLE, Status.FAILED, Status.UNLAWFUL, Status.ILL_POSED):
                self.rejected += 1
                score = -inf
                if verdict.status is not Status.NOT_APPLICABLE and len(self.troubles) < TROUBLES:
                    self.troubles.append(Trouble(self.names(point), int(point[-1]), verdict.status, verdict.why))
            self.known[point] = score, verdict
        if self.violates(point):
            self.broken = point
        return self.known[point][0]

    def violates(self, point: Point) -> bool:
        """A claim about samples is not refuted by those it was searched on."""
        return self.known[point][1].status is Status.REFUTED and not isinstance(self.claim.holds, SAMPLED)

    def best(self, number: int) -> list[Point]:
        order = sorted((p for p in self.known if self.known[p][0] > -inf), key=lambda p: -self.known[p][0])
        return order[:number] or [self.default]

    def result(self, seconds: float) -> Search:
        point = self.broken or self.best(1)[0]
        score, verdict = self.known[point]
        first, rows = int(point[-1]), self.rows
        refuted = self.refuted
        if isinstance(self.claim.holds, SAMPLED):
            first, rows = FRESH, 4 * self.claim.seeds
            score, verdict = self.run(point, first, rows)
            refuted = verdict.status is Status.REFUTED
        return Search(
            refuted, self.names(point), first, rows, verdict, score, self.sampled, len(self.known), self.rejected, tuple(self.troubles), seconds
        )


def _strategy(p: Parameter) -> st.SearchStrategy[Number]:
    if p.whole:
        return st.integers(int(p.low), int(p.high))
    marks = sorted({float(v) for v in (p.default, p.low, p.high, 0.0, 1.0) if p.low <= v <= p.high}, key=lambda v: v != p.default)
    return st.one_of(st.sampled_from(marks), st.floats(0.0, 1.0).map(p.at))


def _by_hypothesis(hunt: _Hunt[Any, Any], seed: int, until: float) -> None:
    """Rounds of hypothesis, each from another seed, until one finds a counterexample or `until`."""
    quiet = hypothesis.settings(
        max_examples=ROUND, database=None, deadline=None, print_blob=False, report_multiple_bugs=False, verbosity=hypothesis.Verbosity.quiet,
        suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.target, Phase.shrink), derandomize=False,
    )  # fmt: skip

    def attempt(point: Point) -> None:
        score = hunt.judge(point)
        if hunt.violates(point):
            raise _Broken
        if score > -inf:
            hypothesis.target(asinh(max(-1e9, min(1e250, score)) * 1e12))  # a logarithm that knows 0 and below

    points: st.SearchStrategy[Point] = st.tuples(*map(_strategy, hunt.space))
    number = 0
    while time.monotonic() < until and not hunt.refuted:
        known = len(hunt.known)
        search: Callable[[], None] = hypothesis.seed(hash((seed, number)))(quiet(hypothesis.given(points)(attempt)))
        try:
            search()
        except (_Broken, BaseExceptionGroup):
            return
        number += 1
        if len(hunt.known) == known:  # the space is exhausted
            return


def _by_pattern(hunt: _Hunt[Any, Any], g: np.random.Generator) -> None:
    """Climb from the best points, then from anywhere, until the time is over."""
    for start in count():
        best = hunt.best(BEST)
        point = best[start] if start < len(best) else tuple(p.at(u) for p, u in zip(hunt.space, g.random(len(hunt.space)), strict=True))
        _climb(hunt, point, range(len(point)), 1e-6, g)
        if hunt.refuted:
            return


def _climb(hunt: _Hunt[Any, Any], point: Point, free: Sequence[int], finest: float, g: np.random.Generator) -> Point:
    """Along one free parameter at a time and in random directions, in ever smaller steps; stops at a counterexample."""
    step = 0.25
    while step > finest:
        before = point
        moves = [np.eye(len(point))[i] * by for i in free if i < len(point) - 1 for by in (step, -step, 2.0, -2.0)]
        mask = np.isin(np.arange(len(point)), list(free))
        moves += list(step * g.standard_normal((len(free), len(point))) * mask)
        for move in moves:
            tried = tuple(_moved(p, value, by) for p, value, by in zip(hunt.space, point, move, strict=True))
            if hunt.judge(tried) > hunt.judge(point):
                point = tried
            if hunt.violates(tried):
                return tried
        step = step if point != before else step / 4
    return point


def _moved(p: Parameter, value: Number, by: float) -> Number:
    if by == 0:
        return value
    if p.name == SEED.name:  # seeds have no neighbours
        return p.within(abs(hash((value, round(by, 12)))) % 1000) if abs(by) > 0.1 else value
    there = p.at(p.share(value) + by)
    if p.whole and there == value:
        return p.within(value + (1 if by > 0 else -1))
    return there


def _shrink(hunt: _Hunt[Any, Any]) -> None:
    """Replace the numbers of a counterexample by simpler ones, as long as it stays one."""
    found = hunt.broken
    if found is None:
        return
    try:
        while True:
            simpler = next(filter(None, (_simpler(hunt, found, i) for i in range(len(found)))), None)
            if simpler is None:
                break
            found = simpler
    except _Over:
        pass
    hunt.broken = found


def _simpler(hunt: _Hunt[Any, Any], found: Point, i: int) -> Point | None:
    """A counterexample with a simpler i-th number; for a smaller dimension, the numbers that are not whole may follow it."""
    p = hunt.space[i]
    follow = [j for j, q in enumerate(hunt.space) if not q.whole]
    for value in p.simpler(found[i]):
        tried = (*found[:i], value, *found[i + 1 :])
        hunt.judge(tried)
        if not hunt.violates(tried) and p.whole and i < len(found) - 1:
            tried = _climb(hunt, tried, follow, 1e-2, np.random.default_rng(0))
        if hunt.violates(tried):
            return tried
    return None
