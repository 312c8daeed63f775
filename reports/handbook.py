"""The handbook view: the claims of chosen slugs as one table, theorem file by theorem file. What a student opens first."""

from __future__ import annotations

from dataclasses import dataclass

from reports import words
from reports.records import Verdict
from reports.views import ClaimView, Page, Report

SECTIONS = (  # the beginning of the slugs, and what they are together
    ("hb.", "Gradient methods: deterministic, stochastic, proximal"),
    ("bub.", "Convex optimization, a monograph"),
)
ATTAINED = 0.01  # how near to 1 metric/bound must come


@dataclass(frozen=True)
class Row:
    """One claim on all its problems."""

    claim: ClaimView

    @property
    def verdicts(self) -> list[Verdict]:
        return [c.verdict for c in self.claim.checks]

    @property
    def status(self) -> str:
        return min((v.status for v in self.verdicts), key=words.severity)

    @property
    def as_expected(self) -> bool:
        return all(v.as_expected for v in self.verdicts)

    @property
    def tightest(self) -> Verdict | None:
        """The largest metric/bound over the problems; of a lower bound the smallest, of an equality the one that is farthest off."""
        known = [v for v in self.verdicts if v.ratio is not None and words.comparable(v)]
        if self.claim.first.relation == "equal":
            return max(known, key=lambda v: abs(1 - (v.ratio or 0.0)), default=None)
        sign = -1 if self.claim.first.relation == "at least" else 1
        return max(known, key=lambda v: sign * (v.ratio or 0.0), default=None)

    @property
    def attained(self) -> list[Verdict]:
        """Where bound and metric meet; a statement that a run refutes is not attained."""
        known = [v for v in self.verdicts if v.ratio is not None and words.comparable(v) and v.status == "CONSISTENT"]
        return [] if self.claim.printed else [v for v in known if abs(1 - (v.ratio or 0.0)) <= ATTAINED]

    @property
    def kind(self) -> str:
        if not self.claim.printed:
            return ""
        return "as printed" if self.claim.erratum else "as commonly stated"


@dataclass(frozen=True)
class Entry:
    """A theorem file."""

    page: Page
    rows: list[Row]


@dataclass(frozen=True)
class Section:
    title: str
    entries: list[Entry]

    @property
    def counted(self) -> str:
        rows = [r for e in self.entries for r in e.rows if not r.claim.printed]
        files, claims = len(self.entries), len(rows)
        one = f"{files} theorem file{'s'[: files > 1]}, {claims} claim{'s'[: claims != 1]}"
        return f"{one}, {sum(bool(r.attained) for r in rows)} attained"


def _ours(claim: ClaimView) -> bool:
    """An identity that says how a metric is read, from no paper."""
    return claim.first.paper.startswith("derived")


def sections(report: Report) -> list[Section]:
    """Those that have claims."""
    found = []
    for prefix, title in SECTIONS:
        entries = []
        for page in report.pages:
            rows = [Row(c) for c in (*page.claims, *page.printed) if c.first.slug.startswith(prefix) and not _ours(c)]
            if rows:
                entries.append(Entry(page, rows))
        if entries:
            found.append(Section(title, entries))
    return found
