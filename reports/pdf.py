"""The same report on paper: the views as data, set by typst from `templates/report.typ`. No date, so reruns are byte-identical."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reports import compact, papers, prose, words
from reports.figures import study_figure
from reports.handbook import Section, sections
from reports.html import TEMPLATES, discovery, manifest
from reports.mathematics import SIZE
from reports.records import Study
from reports.views import Check, ClaimView, Page, Report

TEXT = 10.5  # points of a formula's letters
FONTS = ("ziafont", "ziamath")  # packages that bring DejaVu Sans and STIX Two Math


@dataclass
class Setter:
    """Turns views into data for typst; drawings become files in `folder`."""

    folder: Path
    draw: Callable[[str], str | None]
    files: set[str] = field(default_factory=set)

    def save(self, content: bytes, suffix: str) -> str:
        name = f"drawn/{hashlib.sha256(content).hexdigest()[:20]}.{suffix}"
        if name not in self.files and not (self.folder / name).is_file():
            (self.folder / name).write_bytes(content)
        self.files.add(name)
        return name

    def formula(self, claim: ClaimView) -> dict[str, Any] | None:
        latex = claim.latex
        if latex is None:
            return None
        left = words.compared(claim.first)
        svg = self.draw(latex)
        wide = re.search(r' width="([\d.]+)"', svg or "")
        if svg is None or wide is None:
            return {"left": left, "latex": latex, "file": None}
        below = re.search(r"vertical-align:(-?[\d.]+)px", svg)
        sizes = {"width": _points(wide[1]), "below": -_points(below[1]) if below else 0.0}
        return {"left": left, "latex": latex, "file": self.save(svg.encode(), "svg"), **sizes}

    def data(self, report: Report) -> dict[str, Any]:
        pages = {id(p): i for i, p in enumerate(report.pages)}
        families = [
            {
                "name": family.replace("_", " ").capitalize(),
                "theorems": [pages[id(p)] for p in own],
                "words": _checked(report, family, own),
                "unchecked": [(u.slug, u.reason) for u in report.unchecked.get(family, [])],
            }
            for family, own in report.families.items()
        ]
        r = report.results
        named = [(r.calibration, "Calibration"), (r.kill_matrix, "Kill matrix")]
        studies = [self.study(s, s.title or s.name) for s in r.studies] + [self.study(s, s.title or title) for s, title in named if s]
        counts = [{"n": n, "status": s, "word": ""} for s, n in report.statuses.items()]
        if report.errata:
            counts.append({"n": len(report.errata), "status": None, "word": "erratum" if len(report.errata) == 1 else "errata"})
        alarm, troubles = troubled(report)
        m = r.manifest
        listed = papers.papers(report)
        return {
            "title": f"{len(report.pages)} convergence theorems, held against their own runs",
            "origin": " · ".join(part for part in (f"ratecheck {m.ratecheck}", (m.commit or "")[:12], m.started) if part),
            "counts": counts,
            "alarm": alarm,
            "troubles": troubles,
            "discovery": discovery(report),
            "run": manifest(report),
            "counted": words.counted(len(report.verdicts), len(report.foils), r.worst_cases),
            "looks": self.looks(report),
            "rungs": list(words.RUNGS),
            "theorems": [self.theorem(p) for p in report.pages],
            "errata_intro": words.ERRATA,
            "errata": [self.erratum(p, c, report) for p, c in report.errata],
            "commonly_intro": words.COMMONLY,
            "commonly": [self.erratum(p, c, report) for p, c in report.commonly],
            "families": families,
            "handbook": [self.handbook(s) for s in sections(report)],
            "papers": [self.paper(p) for p in listed],
            "papers_read": words.papers(len(listed), sum(p.refuted for p in listed)),
            "handbook_read": f"{words.HANDBOOK} {words.HANDBOOK_READ}",
            "studies": studies,
        }

    def handbook(self, section: Section) -> dict[str, Any]:
        """One table: by theorem file, its claims with the bound and how near it was met."""
        entries = []
        for entry in section.entries:
            rows = []
            for row in entry.rows:
                tight, worst = row.tightest, words.largest(row.claim.worst)
                rows.append({
                    "name": prose.runs(f"{row.claim.name}{f' ({row.kind})' if row.kind else ''}"),
                    "slug": row.claim.first.slug,
                    "formula": self.formula(row.claim),
                    "tightness": words.number(tight.ratio if tight else None, 3),
                    "worst": "—" if worst is None else f"{'' if worst.exact else '≤ '}{words.number(worst.ratio, 3)}",
                    "attained": "; ".join(v.problem for v in row.attained) or "—",
                    "status": row.status,
                })  # fmt: skip
            entries.append({"title": prose.runs(entry.page.theorem.title), "target": target(entry.page), "rows": rows})
        return {"title": section.title, "counted": section.counted, "entries": entries}

    def paper(self, p: papers.Paper) -> dict[str, Any]:
        r = p.reference
        rows = [{"title": prose.runs(c.page.theorem.title), "target": target(c.page), "status": c.status} for c in p.checked]
        return {"authors": r.authors, "title": r.title, "where": r.where, "link": r.link, "rows": rows}

    def looks(self, report: Report) -> dict[str, Any]:
        names = dict.fromkeys([*words.LOOKS, *report.statuses, *(s for v in report.verdicts for s in (v.status, v.expected))])
        names |= dict.fromkeys(s for f in report.foils for o in f.outcomes for s in (o.status, o.expected))
        looks = {name: words.look(name) for name in names}
        return {
            n: {"word": k.word, "colour": k.colour, "icon": self.save(k.icon.encode(), "svg"), "sentence": k.sentence, "more": k.more}
            for n, k in looks.items()
        }

    def theorem(self, page: Page) -> dict[str, Any]:
        tight, lead = page.tightest, page.lead
        source = f"{lead.paper}, {lead.place}. {words.STATEMENTS.get(lead.statement, lead.statement)}." if lead else ""
        return {
            "target": target(page),
            "title": prose.runs(page.theorem.title),
            "status": page.status,
            "mixture": page.mixture,
            "source": source,
            "command": f"ratecheck run {page.theorem.claim}",
            "tightness": words.number(tight.ratio if tight else None, 3),
            "foils": f"{sum(f.reached for f in page.foils)} of {len(page.foils)}",
            "foil_rows": [compact.foil(f) for f in page.foils],
            "blocks": [{"display": b.display, "lines": b.lines} for b in page.blocks],
            "constants": compact.constants(page),
            "claims": self.claims(page),
        }

    def claims(self, page: Page) -> list[dict[str, Any]]:
        left, found = compact.MOST, []
        for claim in (*page.printed, *page.claims):
            found.append(self.claim(claim, left))
            left -= len(found[-1]["checks"])
        return found

    def claim(self, claim: ClaimView, most: int) -> dict[str, Any]:
        heading = f"{'As printed' if claim.erratum else 'As commonly stated'}: {claim.name}" if claim.printed else f"Claim: {claim.name}"
        drawn, listed = compact.chosen(claim.checks, most)
        return {
            "heading": heading,
            "formula": self.formula(claim),
            "scope": words.scope(claim.first, claim.latex is not None, claim.metric),
            "checks": [self.check(c) for c in drawn],
            "lines": [compact.line(c) for c in listed],
            "over": words.class_line(claim.worst),
        }

    def check(self, c: Check) -> dict[str, Any]:
        v = c.verdict
        return {
            "problem": v.problem,
            "status": v.status,
            "odd": not v.as_expected,
            "expected": words.look(v.expected).word,
            "rungs": v.rungs,
            "figure": self.save(c.figure.encode(), "svg") if c.figure else None,
            "facts": words.facts(v),
            "alt": f"{v.claim}, {v.name}, on {v.problem}: {v.status}",
        }

    def erratum(self, page: Page, claim: ClaimView, report: Report) -> dict[str, Any]:
        v = claim.counterexample
        formulas = (
            [{"label": "as printed" if claim.erratum else "as commonly stated", "formula": self.formula(claim)}] if claim.latex else []
        )
        formulas += [{"label": f"enforced here: {c.name}", "formula": self.formula(c)} for c in claim.corrections(page)]
        confirmed = f"; {v.confirmed}" if v.confirmed else ""
        return {
            "source": f"{v.paper}, {v.place}",
            "name": prose.runs(claim.name) if claim.name != v.place else [],
            "paper": [f"{r.authors}. {r.title}. {r.where}." for r in papers.of_page(report, page) if v.paper in r.cited],
            "target": target(page),
            "status": v.status,
            "formulas": formulas,
            "words": f"on {v.problem}: {v.why}{confirmed}.",
        }

    def study(self, s: Study, title: str) -> dict[str, Any]:
        images = []
        for image in s.images:
            try:
                images.append(self.save(base64.b64decode(image.png_base64, validate=True), "png"))
            except binascii.Error:
                continue  # the page of the study shows that it is broken
        tables = [
            {"title": t.title, "columns": t.columns, "rows": [[words.cell(c) for c in row] for row in t.rows], "right": words.numeric(t)}
            for t in s.tables
        ]
        return {
            "title": title,
            "question": s.question,
            "finding": " ".join(f"{'✓' if f.holds else '✗ not shown:'} {f.text}." for f in s.findings) or s.finding,
            "tables": tables,
            "images": images,
            "panels": [self.save(study_figure(p).encode(), "svg") for p in s.panels],
        }


def _points(pixels: str) -> float:
    return round(float(pixels) * TEXT / SIZE, 2)


def target(page: Page) -> str:
    return "t-" + page.path.removeprefix("theorems/").removesuffix(".html").replace("/", ":")


def _checked(report: Report, family: str, own: list[Page]) -> str:
    left = len(report.unchecked.get(family, []))
    return f"{len(own)} theorems checked" + (f", {left} not." if left else ".")


def troubled(report: Report) -> tuple[str, list[dict[str, str]]]:
    """The headline and every verdict, foil and file that is not as expected."""
    found = [
        {"status": v.status, "words": f"instead of {words.look(v.expected).word}: {v.claim}, {v.name}, on {v.problem}: {v.why}"}
        for _, v in report.unexpected
    ]
    found += [
        {"status": f.outcomes[0].status, "words": f"instead of {words.look(f.expected).word}: foil “{f.name}” of {p.theorem.claim}"}
        for p, f in report.missed
    ]
    found += [
        {"status": "FAILED", "words": f"{e.file}{'' if e.line is None else f':{e.line}'}: {e.message}"} for e in report.results.errors
    ]
    found += [{"status": p.status, "words": p.theorem.claim} for p in report.unrun]
    return words.alarm(len(report.unexpected), len(report.missed), len(report.results.errors), len(report.unrun), len(report.foils)), found


def write(report: Report, directory: Path, folder: Path, draw: Callable[[str], str | None]) -> Path:
    """ratecheck.pdf in `directory`; sources and drawings in `folder`. Left alone when nothing changed."""
    import typst

    (folder / "drawn").mkdir(parents=True, exist_ok=True)
    setter = Setter(folder, draw)
    data = json.dumps(setter.data(report), ensure_ascii=False, sort_keys=True)
    pdf, template, stamp = directory / "ratecheck.pdf", TEMPLATES / "report.typ", folder / "stamp"
    digest = hashlib.sha256(f"{typst.__version__}\n{template.read_text(encoding='utf-8')}\n{data}".encode()).hexdigest()
    if pdf.is_file() and stamp.is_file() and stamp.read_text() == f"{digest} {hashlib.sha256(pdf.read_bytes()).hexdigest()}":
        return pdf
    (folder / "data.json").write_text(data, encoding="utf-8")
    shutil.copyfile(template, folder / "main.typ")
    typst.compile(folder / "main.typ", output=pdf, root=folder, font_paths=_fonts(), ignore_system_fonts=True)
    stamp.write_text(f"{digest} {hashlib.sha256(pdf.read_bytes()).hexdigest()}")
    for stale in {p.name for p in (folder / "drawn").iterdir()} - {Path(f).name for f in setter.files}:
        (folder / "drawn" / stale).unlink()
    return pdf


def _fonts() -> list[Path]:
    specs = [find_spec(name) for name in FONTS]
    return [Path(s.origin).parent / "fonts" for s in specs if s and s.origin]
