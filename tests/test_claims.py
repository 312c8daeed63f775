"""Every claim on every one of its problems, every foil and every printed bound, against the expected and the golden verdict."""

from __future__ import annotations

from typing import Any

import pytest

from ratecheck import Claim, Status, golden
from ratecheck.execute import Options, evaluate
from ratecheck.suite import Entry
from tests.conftest import ROOT, entries

CASES = [(entry, group, name, claim, expected) for entry in entries() for group, name, claim, expected in entry.groups()]
IDS = [f"{entry.path}-{name}" for entry, _, name, _, _ in CASES]


@pytest.mark.parametrize(("entry", "group", "name", "claim", "expected"), CASES, ids=IDS)
def test_verdict(entry: Entry, group: str, name: str, claim: Claim[Any, Any], expected: Status) -> None:
    results = {instance: evaluate(claim, instance, Options())[0] for instance in claim.instances}
    told = "; ".join(f"{instance}: {data['status']}, {data['why']}" for instance, data in results.items())
    hits = [data["status"] == expected.name for data in results.values()]
    assert all(hits) if group == "claim" else any(hits), f"expected {expected.name}; {told}"
    if group != "foil":
        kept = golden.load(ROOT / "reports" / "golden", entry.path)
        for instance, data in results.items():
            known = kept.get(f"{name} | {instance}")
            assert known is not None, f"no golden verdict for {entry.path}: {name} on {instance}; `make golden` writes it"
            moved = golden.drift(known, golden.row(data))
            assert moved is None, f"{entry.path}: {name} on {instance}: {moved}"


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.path)
def test_has_teeth(entry: Entry) -> None:
    """A theorem lands with two foils at least, and says what it states."""
    assert len(entry.theorem.foils) >= 2, "one algorithm foil and one bound foil at least"
    assert entry.theorem.claims or entry.theorem.printed
    assert entry.title and entry.statement, "the docstring is the statement: a title line, a blank line, the mathematics"
