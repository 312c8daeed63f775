"""The report as a site of self-contained pages: they open from a file, offline, without a server or a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import compact, handbook, papers, prose, words
from reports.figures import study_figure
from reports.records import Study
from reports.views import Report, slugged

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class StudyPage:
    study: Study
    path: str


def write(report: Report, directory: Path, draw: Callable[[str], str | None]) -> Path:
    """All pages into `directory`; the index is returned. `draw`: LaTeX to SVG."""
    written = set()
    for path, text in pages(report, draw):
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        written.add(target)
    for folder in ("theorems", "families", "studies"):
        for stale in set((directory / folder).rglob("*.html")) - written:
            stale.unlink()
    for page in (directory / "handbook.html", directory / "papers.html"):
        if page not in written:
            page.unlink(missing_ok=True)
    return directory / "index.html"


def pages(report: Report, draw: Callable[[str], str | None]) -> Iterator[tuple[str, str]]:
    """(path, HTML) of every page."""
    studies = [StudyPage(s, f"studies/{slugged(s.name or s.title).replace('/', '-')}.html") for s in report.results.studies]
    render = partial(_render, _environment(report, studies, draw))
    seen = sorted({v.status for v in report.verdicts}, key=words.severity)
    yield render("index.html", "index.html", seen=seen, manifest=manifest(report), discovery=discovery(report))
    yield render("statuses.html", "statuses.html")
    if sections := handbook.sections(report):
        yield render("handbook.html", "handbook.html", handbook=sections)
    if listed := papers.papers(report):
        yield render("papers.html", "papers.html", papers=listed)
    for family, own in report.families.items():
        here = [s for s in studies if s.study.family == family]
        yield render(
            "family.html",
            f"families/{slugged(family)}.html",
            family=family,
            pages=own,
            unchecked=report.unchecked.get(family, []),
            studies=here,
        )
    for page in report.pages:
        yield render("theorem.html", page.path, page=page, here=f"families/{slugged(page.theorem.family)}.html")
    if studies:
        yield render("studies.html", "studies.html", studies=studies)
    for s in studies:
        yield render("study.html", s.path, study=s.study, heading=s.study.title or s.study.name)
    for study, title, path in (
        (report.results.calibration, "Calibration", "calibration.html"),
        (report.results.kill_matrix, "Kill matrix", "kill_matrix.html"),
    ):
        if study is not None:
            yield render("study.html", path, study=study, heading=study.title or title)


def _render(environment: Environment, template: str, path: str, **names: Any) -> tuple[str, str]:
    return path, environment.get_template(template).render({"here": path, "up": "../" * path.count("/"), **names})


def _environment(report: Report, studies: list[StudyPage], draw: Callable[[str], str | None]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["runs"] = lambda line: Markup(prose.html(line))
    environment.filters["slug"] = slugged
    environment.globals.update(
        report=report,
        words=words,
        look=words.look,
        severity=words.severity,
        draw=draw,
        draw_panel=study_figure,
        references=partial(papers.of_page, report),
        menu=_menu(report, studies),
        constants=compact.constants,
        paths={p.theorem.claim: p.path for p in report.pages},
        prose=lambda line: Markup(prose.html(prose.runs(line))),
    )
    return environment


def _menu(report: Report, studies: list[StudyPage]) -> list[tuple[str, str]]:
    families = [(f.replace("_", " "), f"families/{slugged(f)}.html") for f in report.families]
    others = [
        ("Studies", "studies.html", bool(studies)),
        ("Calibration", "calibration.html", report.results.calibration is not None),
        ("Kill matrix", "kill_matrix.html", report.results.kill_matrix is not None),
    ]
    return [
        ("Overview", "index.html"),
        *([("Handbook", "handbook.html")] if handbook.sections(report) else []),
        *families,
        *([("Papers", "papers.html")] if papers.papers(report) else []),
        *[(label, path) for label, path, there in others if there],
        ("What the verdicts mean", "statuses.html"),
        ("PDF", "ratecheck.pdf"),
    ]


def manifest(report: Report) -> list[tuple[str, str]]:
    """How it was run, label and value."""
    m = report.results.manifest
    machine = ", ".join(part for part in (m.platform, m.processor, f"{m.cores} cores" if m.cores else "") if part)
    versions = ", ".join(f"{name} {version}" for name, version in (("Python", m.python), ("NumPy", m.numpy), ("SciPy", m.scipy)) if version)
    rows = [
        ("ratecheck", m.ratecheck),
        ("commit", m.commit),
        ("started", m.started),
        ("took", words.seconds(m.seconds)),
        ("profile", m.profile),
        ("seeds", "" if m.seeds is None else str(m.seeds)),
        ("backend", m.backend),
        ("versions", versions),
        ("machine", machine),
    ]
    return [(label, value) for label, value in rows if value]


def discovery(report: Report) -> str:
    """The statement on false discoveries."""
    level = report.results.manifest.fdr
    tested = sum(v.e_value is not None for v in report.verdicts)
    if isinstance(level, str):
        return level
    if not isinstance(level, int | float) or isinstance(level, bool):
        return f"{tested} verdicts rest on e-values; no false discovery rate was stored with this run."
    return (
        f"{tested} verdicts are statements in expectation or in probability. Their refutations are chosen by e-BH over the whole report: "
        f"the expected fraction of false ones among them is at most {words.number(float(level))}, "
        "whatever the distributions and however the runs depend. "
        "All other verdicts are deterministic."
    )
