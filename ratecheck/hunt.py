"""The points that an adversary has tried, and what became of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import inf, isnan
from typing import Generic

import numpy as np

from ratecheck.confirm import confirm
from ratecheck.contracts import Claim, Evidence, P, Relation, S, Status, Verdict
from ratecheck.orders import AtMostOrder, SameRate, Scaling
from ratecheck.quantifiers import POINTWISE
from ratecheck.runner import run
from ratecheck.samples import SAMPLED
from ratecheck.space import SEED, Number, Parameter, Point, parameters

FRESH = 2**20  # the first of the seeds that are never searched
TROUBLED = (Status.FAILED, Status.UNLAWFUL, Status.ILL_POSED)
TROUBLES = 5  # draws that failed are named up to this number


@dataclass(frozen=True)
class Trouble:
    """A draw on which the claim did not run as it should: FAILED, UNLAWFUL, ILL_POSED, or REFUTED within rounding."""

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
    confirmed: str  # what higher precision says about a counterexample
    score: float
    sampled: float
    tried: int
    rejected: int
    troubles: tuple[Trouble, ...]
    seconds: float


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


class Over(BaseException):
    """Time or draws are used up; no bug, so hypothesis must not catch it."""


class Hunt(Generic[P, S]):
    """The points tried so far and what became of them."""

    def __init__(self, claim: Claim[P, S], instance: str, deadline: float, most: float = inf) -> None:
        self.claim, self.draw = claim, claim.instances[instance]
        self.deadline, self.most = deadline, most  # a time, a number of points
        self.space: list[Parameter] = [*parameters(self.draw), SEED]
        self.rows = 1 if isinstance(claim.holds, POINTWISE) else claim.seeds
        self.default: Point = tuple(p.default for p in self.space)
        self.known: dict[Point, tuple[float, Verdict]] = {}
        self.confirmed: dict[Point, str] = {}
        self.broken: Point | None = None
        self.rejected = 0
        self.sampled = -inf
        self.troubles: list[Trouble] = []

    @property
    def refuted(self) -> bool:
        return self.broken is not None

    def used_up(self, deadline: float, most: float) -> bool:
        return time.monotonic() > deadline or len(self.known) >= most

    def names(self, point: Point) -> dict[str, Number]:
        return {p.name: value for p, value in zip(self.space[:-1], point[:-1], strict=True)}

    def drawn(self, point: Point) -> Claim[P, S]:
        return replace(self.claim, instances={"draw": partial(self.draw, **self.names(point))}, sharp={})

    def run(self, point: Point, first: int, rows: int) -> tuple[float, Verdict]:
        verdict, evidence, _ = run(self.drawn(point), "draw", range(first, first + rows))
        return badness(self.claim, verdict, evidence), verdict

    def judge(self, point: Point) -> float:
        """The score of a point; remembers the last counterexample. Raises Over when time or draws are used up."""
        if point not in self.known:
            if self.known and self.used_up(self.deadline, self.most):
                raise Over
            score, verdict = self.run(point, int(point[-1]), self.rows)
            why = verdict.why if verdict.status in TROUBLED else self._rounding(point, verdict)
            if why or verdict.status is Status.NOT_APPLICABLE:
                self.rejected += 1
                score = -inf
            if why and len(self.troubles) < TROUBLES:
                self.troubles.append(Trouble(self.names(point), int(point[-1]), verdict.status, why))
            self.known[point] = score, verdict
        if self.violates(point):
            self.broken = point
        return self.known[point][0]

    def _rounding(self, point: Point, verdict: Verdict) -> str:
        """What higher precision says about a violation, if it says that it is none; it is looked at once only."""
        if verdict.status is not Status.REFUTED or isinstance(self.claim.holds, SAMPLED):
            return ""
        first = int(point[-1])
        self.confirmed[point] = confirm(self.drawn(point), "draw", range(first, first + self.rows), verdict)
        return f"{verdict.why}; {self.confirmed[point]}" if "within rounding" in self.confirmed[point] else ""

    def violates(self, point: Point) -> bool:
        """A violation that is not rounding. A claim about samples is not refuted by those it was searched on."""
        score, verdict = self.known[point]
        return verdict.status is Status.REFUTED and score > -inf and not isinstance(self.claim.holds, SAMPLED)

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
            refuted,
            self.names(point),
            first,
            rows,
            verdict,
            self.confirmed.get(point, ""),
            score,
            self.sampled,
            len(self.known),
            self.rejected,
            tuple(self.troubles),
            seconds,
        )
