"""The pytest side for authors of libraries: the example of the README, and a solver that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

import pytest

from algorithms.frank_wolfe.vanilla import State
from ratecheck import Noise, Status
from ratecheck.oracles import SmoothOverCompact
from ratecheck.testing import assert_consistent, assert_status, verdict_of
from theory_checks.frank_wolfe.primal_gap import CLAIM


@dataclass(frozen=True)
class MySolver:
    """Somebody's Frank-Wolfe; with `late` its step is that of the iteration before."""

    late: int = 0

    def iterates(self, problem: SmoothOverCompact, noise: Noise, /) -> Iterator[State]:
        x = problem.x0
        for k in count():
            g = problem.grad(x)
            v = problem.lmo(g)
            gamma = 2 / (max(k - self.late, 0) + 2)
            yield State(k, x, g, v, gamma)
            x = x + gamma * (v - x)


def test_a_solver_that_meets_the_rate() -> None:
    assert_consistent(replace(CLAIM, algorithm=MySolver()), "least squares")


def test_a_solver_with_a_late_step_is_told_so() -> None:
    with pytest.raises(AssertionError, match="UNLAWFUL"):
        assert_consistent(replace(CLAIM, algorithm=MySolver(late=1)), "least squares")
    assert_status(replace(CLAIM, algorithm=MySolver(late=1)), Status.UNLAWFUL, "least squares")


def test_a_problem_of_ones_own() -> None:
    draw = CLAIM.instances["least squares"]
    assert_consistent(CLAIM, draw, seeds=3)
    with pytest.raises(ValueError, match="no instance"):
        verdict_of(CLAIM, "least square")
