"""Claims as pytest assertions, for authors of optimization libraries.

from dataclasses import replace
from ratecheck.testing import assert_consistent
from theory_checks.frank_wolfe.jaggi_primal import CLAIM

def test_my_solver() -> None:
    assert_consistent(replace(CLAIM, algorithm=MySolver()), "planted")
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ratecheck.contracts import Claim, Draw, Status, Verdict
from ratecheck.runner import run


def verdict_of(claim: Claim[Any, Any], problem: str | Draw[Any] | None = None, seeds: int | None = None) -> list[Verdict]:
    """The verdicts of the claim on one of its instances (by name), on a draw of your own, or on all its instances.

    Errors: ValueError for the name of an instance that the claim does not have.
    """
    if isinstance(problem, str) and problem not in claim.instances:
        raise ValueError(f"the claim has no instance {problem!r}; it has {', '.join(claim.instances)}")
    if problem is not None and not isinstance(problem, str):
        claim, problem = replace(claim, instances={"given": problem}, sharp={}), "given"
    names = list(claim.instances) if problem is None else [problem]
    return [run(claim, name, range(seeds or claim.seeds))[0] for name in names]


def assert_consistent(claim: Claim[Any, Any], problem: str | Draw[Any] | None = None, seeds: int | None = None) -> None:
    """AssertionError with the reason unless the verdict is CONSISTENT on every instance asked for."""
    __tracebackhide__ = True
    for verdict in verdict_of(claim, problem, seeds):
        if verdict.status is not Status.CONSISTENT:
            raise AssertionError(f"{claim.source.slug}: {verdict.status.name}: {verdict.why}")


def assert_status(claim: Claim[Any, Any], status: Status, problem: str | Draw[Any] | None = None, seeds: int | None = None) -> None:
    """AssertionError unless some instance has the status: for foils."""
    __tracebackhide__ = True
    verdicts = verdict_of(claim, problem, seeds)
    if all(verdict.status is not status for verdict in verdicts):
        got = "; ".join(f"{v.status.name}: {v.why}" for v in verdicts)
        raise AssertionError(f"{claim.source.slug}: expected {status.name}, got {got}")
