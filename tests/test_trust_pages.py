"""The calibration table and the kill matrix as pages of the report."""

from __future__ import annotations

import json

from ratecheck.calibration import measured
from ratecheck.mutants import Row, kill_matrix
from ratecheck.studies import as_json
from ratecheck.trust_pages import calibration_study, kill_study
from tests.small_theorem import THEOREM


def test_calibration() -> None:
    page = as_json(calibration_study(measured(repetitions=100)))
    json.dumps(page, allow_nan=False)
    assert [f["holds"] for f in page["findings"]] == [True, True, True]
    assert len(page["panels"]) == 3 and all(len(p["curves"]) == 4 for p in page["panels"])
    assert len(page["tables"][0]["rows"]) == 60


def test_kill_matrix() -> None:
    rows = kill_matrix(THEOREM, "small")
    page = as_json(kill_study(rows))
    json.dumps(page, allow_nan=False)
    counts = page["tables"][0]
    assert [sum(row[2:]) for row in counts["rows"]] == [row[1] for row in counts["rows"]]
    assert {row[3] for row in page["tables"][2]["rows"]} <= {"survived", "open", "unwatched"}
    assert page["findings"][0]["holds"]
    assert as_json(kill_study([Row("c", "m", "bound", "not run", None, "")]))["findings"][1]["holds"] is False
