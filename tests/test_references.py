"""theory_checks/references.toml: the paper of every claim is there, and nothing else is."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from tests.conftest import ROOT, entries

FILE = ROOT / "theory_checks" / "references.toml"
REFERENCES: dict[str, dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
NEEDED = {"authors": str, "title": str, "venue": str, "year": int}
OPTIONAL = {"arxiv": str, "doi": str}
NO_PAPER = {"derived", "folklore"}
ARXIV = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7}")
DOI = re.compile(r"10\.\d{4,}/\S+")


def test_every_claim_has_its_paper_and_every_paper_a_claim() -> None:
    users: dict[str, set[str]] = {}
    for entry in entries():
        for _, name, claim, _ in entry.groups():
            users.setdefault(claim.source.key, set()).add(f"{entry.path} [{name}]")
    unknown = {key: sorted(at) for key, at in users.items() if key not in REFERENCES.keys() | NO_PAPER}
    assert not unknown, f"add them to {FILE.name}: {unknown}"
    assert not REFERENCES.keys() - users.keys(), "no claim has these papers"


@pytest.mark.parametrize("key", REFERENCES)
def test_fields(key: str) -> None:
    fields = REFERENCES[key]
    assert NEEDED.keys() <= fields.keys() <= NEEDED.keys() | OPTIONAL.keys()
    assert all(type(value) is (NEEDED | OPTIONAL)[name] and value for name, value in fields.items())
    assert ARXIV.fullmatch(fields.get("arxiv", "0000.00000")) and DOI.fullmatch(fields.get("doi", "10.0000/0"))
    assert not any(text != text.strip() for text in fields.values() if isinstance(text, str))


def test_one_key_is_one_paper() -> None:
    assert list(REFERENCES) == sorted(REFERENCES)
    for field in ("title", "arxiv", "doi"):
        values = [fields[field].casefold() for fields in REFERENCES.values() if field in fields]
        assert len(values) == len(set(values)), f"two keys have the same {field}"
