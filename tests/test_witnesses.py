"""Counterexamples that the adversary found are replayed for ever: a claim's must no longer refute it, a foil's still must."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratecheck import Status
from ratecheck.suite import Suite
from ratecheck.witness import replay
from tests.conftest import ROOT

FILES = sorted((ROOT / "theory_checks" / "_witnesses").glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_replay(file: Path) -> None:
    Suite(ROOT)
    witness, verdict = replay(file)
    refutes = verdict.status is Status.REFUTED
    assert refutes != (witness.address.group == "claims"), f"{witness.snippet()}\n{verdict.status.name}: {verdict.why}"
