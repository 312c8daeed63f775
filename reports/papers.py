"""The papers: what of each was checked, and how it came out."""

from __future__ import annotations

from dataclasses import dataclass

from reports import words
from reports.records import Reference, Verdict
from reports.views import Page, Report


@dataclass(frozen=True)
class Checked:
    """The verdicts of one paper on one page: of its claims, else of its printed statements."""

    page: Page
    verdicts: list[Verdict]

    @property
    def status(self) -> str:
        own = [v for v in self.verdicts if v.group == "claim"] or self.verdicts
        return min((v.status for v in own), key=words.severity)

    @property
    def claims(self) -> int:
        return len({v.name for v in self.verdicts if v.group == "claim"})

    @property
    def places(self) -> str:
        return "; ".join(dict.fromkeys(v.place for v in self.verdicts))

    @property
    def statements(self) -> str:
        return ", ".join(kind for kind in words.STATEMENTS if any(v.statement == kind for v in self.verdicts))

    @property
    def refuted(self) -> int:
        """Printed statements that a run refutes."""
        return len({v.name for v in self.verdicts if v.group == "printed" and v.status == "REFUTED"})


@dataclass(frozen=True)
class Paper:
    reference: Reference
    checked: list[Checked]

    @property
    def refuted(self) -> int:
        return sum(c.refuted for c in self.checked)


def papers(report: Report) -> list[Paper]:
    """In the order of their keys: first author, year."""
    found = []
    for reference in report.results.references:
        cited = set(reference.cited)
        pages = [Checked(p, [v for v in p.verdicts if v.paper in cited]) for p in report.pages]
        found.append(Paper(reference, [c for c in pages if c.verdicts]))
    return [p for p in found if p.checked]


def of_page(report: Report, page: Page) -> list[Reference]:
    """The papers of a page's claims, the first claim's first."""
    by_words = {cited: r for r in report.results.references for cited in r.cited}
    return list({r.key: r for v in page.verdicts if (r := by_words.get(v.paper))}.values())
