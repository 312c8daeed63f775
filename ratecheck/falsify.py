"""An adversary: it looks for the instance, the start and the noise that push a claim towards, or over, its bound.

Hypothesis searches the annotated ranges of the draw function with the tightness as its target and shrinks what it finds; a
pattern search then climbs where hypothesis is weak, on numbers that are not whole. A claim about samples is searched on some
seeds and refuted only on others, so that searching raises no false alarm. An order or a limit is read in a window of k; an instance
that has not arrived there yet is no counterexample, so what is found against one is advice to a reader: perhaps a hypothesis is missing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import asinh, inf
from typing import Any

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st

from ratecheck.climb import by_pattern, shrink
from ratecheck.contracts import Claim, P, Relation, S
from ratecheck.hunt import Hunt, Over, Search, badness
from ratecheck.quantifiers import Vanishes
from ratecheck.runner import run
from ratecheck.space import Number, Parameter, Point

SHARE = 0.5  # of the time for hypothesis
ROUND = 100  # examples of one round of hypothesis


def falsify(claim: Claim[P, S], instance: str, budget_seconds: float = 60.0, seed: int = 0, draws: float = inf) -> Search:
    """Search until a counterexample is found and shrunk, or the time or the draws are used up.

    The same for the same seed, up to where time cuts it off.
    """
    began = time.monotonic()
    verdict, evidence, _ = run(claim, instance, range(claim.seeds))
    hunt = Hunt(claim, instance, began + budget_seconds, draws)
    hunt.sampled = badness(claim, verdict, evidence)
    try:
        hunt.judge(hunt.default)
        if not hunt.refuted:
            _by_hypothesis(hunt, seed, began + SHARE * budget_seconds, SHARE * draws)
        if not hunt.refuted:
            by_pattern(hunt, np.random.default_rng(seed))
    except Over:
        pass
    if hunt.refuted:
        hunt.deadline = max(hunt.deadline, time.monotonic() + 0.2 * budget_seconds)
        hunt.most = max(hunt.most, len(hunt.known) + 0.2 * draws)
        shrink(hunt)
    return hunt.result(time.monotonic() - began)


def asymptotic(claim: Claim[Any, Any]) -> bool:
    """An order or a limit: it is read in a window of k that was chosen for the claim's own instances."""
    return claim.holds.relation is Relation.ORDER or (isinstance(claim.holds, Vanishes) and claim.holds.within > 1e-6)


class _Broken(Exception):
    """The claim is violated: hypothesis shrinks what raises this."""


def _strategy(p: Parameter) -> st.SearchStrategy[Number]:
    if p.whole:
        return st.integers(int(p.low), int(p.high))
    marks = sorted({float(v) for v in (p.default, p.low, p.high, 0.0, 1.0) if p.low <= v <= p.high}, key=lambda v: v != p.default)
    return st.one_of(st.sampled_from(marks), st.floats(0.0, 1.0).map(p.at))


def _by_hypothesis(hunt: Hunt[Any, Any], seed: int, until: float, most: float) -> None:
    """Rounds of hypothesis, each from another seed, until one finds a counterexample, or time or draws are used up."""
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
    while not hunt.used_up(until, most) and not hunt.refuted:
        known = len(hunt.known)
        search: Callable[[], None] = hypothesis.seed(hash((seed, number)))(quiet(hypothesis.given(points)(attempt)))
        try:
            search()
        except (_Broken, BaseExceptionGroup):
            return
        number += 1
        if len(hunt.known) == known:  # the space is exhausted
            return
