"""A seed alone is the seed in a batch, and array_api_strict sees the numbers that NumPy sees, for every claim."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import array_api_strict
import numpy as np
import pytest

from ratecheck import Claim, Evidence
from ratecheck.runner import run
from tests.conftest import entries

STEPS = 12
CASES = [
    (f"{entry.path}-{name}-{instance}", claim, instance)
    for entry in entries()
    for group, name, claim, _ in entry.groups()
    if group == "claim"
    for instance in claim.instances
]


def gathered(claim: Claim[Any, Any], instance: str, seeds: range, xp: ModuleType) -> Evidence | None:
    verdict, evidence, _ = run(claim, instance, seeds, xp)
    assert verdict.status.name != "FAILED", verdict.why
    return evidence


@pytest.mark.parametrize(("claim", "instance"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_same_numbers(claim: Claim[Any, Any], instance: str) -> None:
    short = replace(claim, k=claim.k[:STEPS], laws={}, given={})
    rows = range(min(3, claim.seeds))
    batch = gathered(short, instance, rows, np)
    strict = gathered(short, instance, rows, array_api_strict)
    alone = gathered(short, instance, rows[-1:], np)
    if batch is None or strict is None or alone is None:
        pytest.skip("ended before the run: not applicable")
    # a difference is measured against the metric, or against the bound where the metric is the rounding of 0
    scale = np.maximum(np.abs(batch.metric).max(axis=0), 1e-3 * np.abs(batch.bound).max(axis=0)) + 1e-300
    assert np.all(np.abs(strict.metric - batch.metric) <= 1e-12 * scale + 1e-15), "differs under array_api_strict"
    assert np.all(np.abs(alone.metric[:, 0] - batch.metric[:, -1]) <= 1e-12 * scale[-1] + 1e-15), "differs alone and in the batch"
