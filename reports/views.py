"""Stored results arranged for reading: theorems with their claims, foils and figures; counts; errata; what is unexpected.

HTML and PDF are two settings of these same views.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from string import ascii_lowercase

from reports import words
from reports.drawings import Drawings
from reports.figures import verdict_figure
from reports.prose import Block, blocks
from reports.records import Foil, Results, Theorem, Unchecked, Verdict, WorstCase
from reports.stored import Curves

NO_VERDICT = "NO VERDICT"


@dataclass(frozen=True)
class FoilView:
    """A wrong twin: the verdict it must get on some instance, and what it got on each."""

    letter: str
    name: str
    expected: str
    outcomes: list[Foil]

    @property
    def reached(self) -> bool:
        return any(o.reached for o in self.outcomes)


@dataclass(frozen=True)
class Check:
    """One claim on one problem."""

    verdict: Verdict
    figure: str  # SVG, empty where the run left no curve


@dataclass(frozen=True)
class ClaimView:
    """One claim on all its problems."""

    name: str
    printed: bool
    latex: str | None  # the bound as executed
    checks: list[Check]
    worst: list[WorstCase] = field(default_factory=list)
    metric: str | None = None  # what it reads

    @property
    def first(self) -> Verdict:
        return self.checks[0].verdict

    @property
    def erratum(self) -> bool:
        """Only what was read in the paper itself is called an erratum."""
        return self.printed and self.first.statement == "verified"

    def corrections(self, page: Page) -> list[ClaimView]:
        """The claims that are enforced in its place: those of its relation, each formula once."""
        own = [c for c in page.claims if c.first.relation == self.first.relation and c.latex]
        return list({c.latex: c for c in reversed(own)}.values())[::-1]

    @property
    def counterexample(self) -> Verdict:
        """The verdict that shows a printed statement false; the farthest violation."""
        refuted = [c.verdict for c in self.checks if c.verdict.status == "REFUTED"]
        return max(refuted, key=lambda v: v.ratio or 0.0, default=self.first)


@dataclass(frozen=True)
class Page:
    """A theorem."""

    theorem: Theorem
    blocks: list[Block]
    claims: list[ClaimView]
    printed: list[ClaimView]
    foils: list[FoilView]

    @property
    def path(self) -> str:
        return "theorems/" + slugged(self.theorem.claim) + ".html"

    @property
    def verdicts(self) -> list[Verdict]:
        return [c.verdict for claim in (*self.claims, *self.printed) for c in claim.checks]

    @property
    def status(self) -> str:
        """The worst of its claims; of the printed ones where there is no other."""
        own = [c.verdict.status for claim in (self.claims or self.printed) for c in claim.checks]
        return min(own, key=words.severity, default=NO_VERDICT)

    @property
    def mixture(self) -> str:
        """How many of its claims and problems are CONSISTENT, where not all of them agree."""
        own = [c.verdict.status for claim in self.claims for c in claim.checks]
        return f"{own.count('CONSISTENT')} of {len(own)} consistent" if len(set(own)) > 1 else ""

    @property
    def unexpected(self) -> list[Verdict]:
        return [v for v in self.verdicts if not v.as_expected]

    @property
    def missed(self) -> list[FoilView]:
        return [f for f in self.foils if not f.reached]

    @property
    def lead(self) -> Verdict | None:
        return next(iter(self.verdicts), None)

    @property
    def slug(self) -> str:
        return ", ".join(dict.fromkeys(v.slug for v in self.verdicts if v.slug))

    @property
    def tightest(self) -> Verdict | None:
        """Where the bound came nearest: the ratio closest to 1."""
        ratios = [c.verdict for claim in self.claims for c in claim.checks if c.verdict.ratio and words.comparable(c.verdict)]
        return min(ratios, key=lambda v: abs(1 - (v.ratio or 0.0)), default=None)

    @property
    def rungs(self) -> list[str]:
        reached = {r for v in self.verdicts for r in v.rungs}
        return [r for r in words.RUNGS if r in reached]


@dataclass(frozen=True)
class Report:
    """Everything that either format needs."""

    results: Results
    pages: list[Page]
    families: dict[str, list[Page]]
    unchecked: dict[str, list[Unchecked]]
    statuses: dict[str, int] = field(default_factory=dict)  # theorems by their worst verdict

    @property
    def verdicts(self) -> list[Verdict]:
        return self.results.verdicts

    @property
    def errata(self) -> list[tuple[Page, ClaimView]]:
        return [(p, c) for p in self.pages for c in p.printed if c.erratum]

    @property
    def commonly(self) -> list[tuple[Page, ClaimView]]:
        return [(p, c) for p in self.pages for c in p.printed if not c.erratum]

    @property
    def unexpected(self) -> list[tuple[Page, Verdict]]:
        return [(p, v) for p in self.pages for v in p.unexpected]

    @property
    def missed(self) -> list[tuple[Page, FoilView]]:
        return [(p, f) for p in self.pages for f in p.missed]

    @property
    def unrun(self) -> list[Page]:
        return [p for p in self.pages if not p.verdicts]

    @property
    def foils(self) -> list[FoilView]:
        return [f for p in self.pages for f in p.foils]


def slugged(name: str) -> str:
    """Safe in a file name and in a link."""
    return re.sub(r"[^A-Za-z0-9_/-]+", "-", name).strip("/").replace("..", "-") or "unnamed"


def letter(i: int) -> str:
    return ascii_lowercase[i] if i < 26 else ascii_lowercase[i // 26 - 1] + ascii_lowercase[i % 26]


def arrange(results: Results, curves: Curves, drawings: Drawings) -> Report:
    """All views. Every verdict has a page, also one whose theorem is not listed."""
    by_claim: dict[str, list[Verdict]] = {}
    for v in results.verdicts:
        by_claim.setdefault(v.claim, []).append(v)
    listed = {t.claim: t for t in results.theorems}
    stray = [Theorem(c, c.split("/")[0], c) for c in by_claim if c not in listed]
    theorems = sorted([*listed.values(), *stray], key=lambda t: (t.family, t.claim))
    worst: dict[tuple[str, str], list[WorstCase]] = {}
    for w in results.worst_cases:
        worst.setdefault((w.claim, w.name), []).append(w)
    pages = [_page(t, by_claim.get(t.claim, []), worst, curves, drawings) for t in theorems]
    families: dict[str, list[Page]] = {u.family: [] for u in results.unchecked}
    for p in pages:
        families.setdefault(p.theorem.family, []).append(p)
    unchecked: dict[str, list[Unchecked]] = {}
    for u in results.unchecked:
        unchecked.setdefault(u.family, []).append(u)
    counted = Counter(p.status for p in pages)
    order = sorted(counted, key=lambda s: (s != "CONSISTENT", -counted[s], s))
    return Report(results, pages, dict(sorted(families.items())), unchecked, {s: counted[s] for s in order})


def _page(
    theorem: Theorem, verdicts: list[Verdict], worst: dict[tuple[str, str], list[WorstCase]], curves: Curves, drawings: Drawings
) -> Page:
    foils = _foils(verdicts)
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for v in verdicts:
        groups.setdefault((v.group, v.name), []).append(v)
    views = []
    for (group, name), own in groups.items():
        checks = [Check(v, _figure(v, foils if group != "printed" else [], curves, drawings)) for v in own]
        over, metric = worst.get((theorem.claim, name), []), theorem.metrics.get(name)
        views.append(ClaimView(name, group == "printed", theorem.formulas.get(name), checks, over, metric))
    return Page(theorem, blocks(theorem.statement), [v for v in views if not v.printed], [v for v in views if v.printed], foils)


def _foils(verdicts: list[Verdict]) -> list[FoilView]:
    found: dict[str, dict[str, Foil]] = {}
    for v in verdicts:
        for f in v.foils:
            found.setdefault(f.name, {})[f.problem or v.problem] = f
    return [FoilView(letter(i), name, next(iter(on.values())).expected, list(on.values())) for i, (name, on) in enumerate(found.items())]


def _figure(v: Verdict, foils: list[FoilView], curves: Curves, drawings: Drawings) -> str:
    here = [(f.letter, f.name, o.key) for f in foils for o in f.outcomes if o.problem in (v.problem, "") and o.key]
    reached = v.k if v.ratio is not None and words.comparable(v) else None
    ratio = words.number(v.ratio, 3)

    def draw() -> str:
        curve = curves.get(v.key)
        if curve is None or not curve.k:
            return ""
        drawn = [(letter, name, c) for letter, name, key in here if (c := curves.get(key)) is not None and c.k]
        return verdict_figure(curve, drawn, reached, ratio, v.relation == "equal")

    return drawings.get(repr(("figure", v.key, here, reached, ratio, v.relation)), draw)
