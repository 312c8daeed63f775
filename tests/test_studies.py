"""Every benchmark and figure of a paper runs, and shows what it must show."""

from __future__ import annotations

import pytest

from ratecheck import studies
from ratecheck.studies import Curve, Finding, Panel, Study
from ratecheck.suite import Suite
from tests.conftest import ROOT


@pytest.mark.parametrize("name", studies.names(ROOT))
def test_findings_hold(name: str) -> None:
    Suite(ROOT)
    document = studies.conduct(ROOT, name)
    assert document["title"] and document["question"], "the docstring is a title line, a blank line and the question"
    assert document["findings"], "a study finds something"
    assert not [f["text"] for f in document["findings"] if not f["holds"]]


def test_a_curve_has_as_many_abscissae_as_ordinates() -> None:
    panel = Panel("p", "k", "f", [Curve("c", [1, 2], [1.0])])
    with pytest.raises(ValueError, match="2 abscissae for 1 ordinates"):
        studies.as_json(Study([Finding("f", True)], [panel]))


def test_a_number_that_is_not_finite_is_null() -> None:
    panel = Panel("p", "k", "f", [Curve("c", [1, 2], [1.0, float("nan")])])
    assert studies.as_json(Study([], [panel]))["panels"][0]["curves"][0]["y"] == [1.0, None]
