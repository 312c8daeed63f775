"""What the tests over every theorem share: the suite is this checkout."""

from __future__ import annotations

from pathlib import Path

from ratecheck.suite import Entry, Suite

ROOT = Path(__file__).parents[1]


def entries() -> list[Entry]:
    """Every theorem file. A file that does not load stops the collection with its place."""
    suite = Suite(ROOT)
    loaded = [suite.load(path) for path in suite.paths([])]
    faults = [str(fault) for fault in loaded if not isinstance(fault, Entry)]
    if faults:
        raise RuntimeError("; ".join(faults))
    return [entry for entry in loaded if isinstance(entry, Entry)]
