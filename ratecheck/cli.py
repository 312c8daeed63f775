"""The command line. Exit codes: 0 all verdicts as expected, 1 some are not, 2 command line or suite wrong, 3 a run failed."""

from __future__ import annotations

import json
import re
import sys
import time
from dataclasses import replace
from enum import StrEnum
from fnmatch import fnmatch
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ratecheck import __version__, studies
from ratecheck.contracts import Status
from ratecheck.execute import PROFILES, Plan, carry_out, namespace, plan, stale
from ratecheck.golden import write as write_golden
from ratecheck.store import Store
from ratecheck.suite import Entry, Suite, SuiteError
from ratecheck.summary import Outcome, read, references, summarise, write

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=__doc__.split(".")[0] + " of ratecheck: run convergence theorems as executable claims.",
)
screen = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

COLOUR = {"CONSISTENT": "green", "REFUTED": "red", "FAILED": "bold red", "VACUOUS": "yellow", "UNSHARP": "yellow", "UNDECIDED": "yellow"}


class Profile(StrEnum):
    quick = "quick"
    default = "default"
    full = "full"


class Backend(StrEnum):
    numpy = "numpy"
    strict = "strict"
    cupy = "cupy"


SuiteDir = Annotated[Path, typer.Option("--suite", help="Folder that holds theory_checks/.", metavar="DIR")]
OutDir = Annotated[Path | None, typer.Option("--out", help="Where results go (default: reports/build under the suite).", metavar="DIR")]
Globs = Annotated[
    list[str] | None,
    typer.Argument(help="Theorems: family/name, a family, or a glob; all without one.", metavar="[GLOB]...", show_default=False),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Run everything again.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output and nothing else.")]


def where_to(suite: Suite, out: Path | None) -> Path:
    return (out or suite.root / "reports" / "build").resolve()


def suite_at(folder: Path) -> Suite:
    return Suite(folder.resolve())


def _wait(p: Plan, store: Store, jobs: int, fresh: bool, quiet: bool) -> None:
    """Run the plan: a bar on a terminal, a line per theorem in a pipe, nothing for --json."""
    if quiet:
        carry_out(p, store, jobs, fresh, lambda path: None)
    elif screen.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=screen, transient=True) as progress:
            task = progress.add_task("theorems", total=len(p.entries))
            carry_out(p, store, jobs, fresh, lambda path: progress.update(task, advance=1, description=f"{path[:40]:40}"))
    else:
        carry_out(p, store, jobs, fresh, lambda path: print(f"done {path}", flush=True))


def _shown(row: dict[str, Any]) -> tuple[str, ...]:
    ratio = "" if row["ratio"] is None else f"{row['ratio']:.4g}"
    at = "" if row["k"] is None or row["k"] < 0 else str(row["k"])
    mark = "" if row["as_expected"] else f"expected {row['expected']}"
    erratum = " (printed)" if row["group"] == "printed" else ""
    return row["status"], f"{row['claim']}: {row['name']}{erratum}", row["problem"], ratio, at, mark


def _print_table(document: dict[str, Any]) -> None:
    if screen.is_terminal:
        table = Table(box=None, header_style="bold")
        for heading, justify in (
            ("status", "left"),
            ("claim", "left"),
            ("problem", "left"),
            ("ratio", "right"),
            ("k", "right"),
            ("", "left"),
        ):
            table.add_column(heading, justify="right" if justify == "right" else "left")
        for row in document["verdicts"]:
            status, *rest = _shown(row)
            table.add_row(f"[{COLOUR.get(status, 'magenta')}]{status}[/]", *(cell.replace("[", r"\[") for cell in rest))
        screen.print(table)
    else:
        for row in document["verdicts"]:
            status, claim, problem, ratio, at, mark = _shown(row)
            print(f"{status:14} {claim} | {problem} | ratio {ratio or '-'} at k = {at or '-'}{' | ' + mark if mark else ''}")


def _conclude(outcome: Outcome) -> None:
    document = outcome.document
    _print_table(document)
    counts = ", ".join(f"{document['summary'][s.name]} {s.name}" for s in Status if document["summary"][s.name])
    foils = {(r["claim"], f["name"]) for r in document["verdicts"] for f in r["foils"]}
    print(
        f"{document['summary']['theorems']} theorem files, {document['summary']['verdicts']} verdicts: {counts or 'none'}; {len(foils)} foils"
    )
    for line in outcome.surprises:
        errors.print(f"unexpected: {line}", markup=False)
    for error in document["errors"]:
        errors.print(f"error: {error['file']}:{error['line']}: {error['message']}", markup=False)


@app.command("list")
def list_(globs: Globs = None, suite: SuiteDir = Path(), as_json: AsJson = False) -> None:
    """The theorems of the suite: path, ids, title."""
    s = suite_at(suite)
    loaded = [s.load(path) for path in s.paths(globs or [])]
    rows = []
    for entry in loaded:
        if isinstance(entry, Entry):
            slugs = sorted({claim.source.slug for group, _, claim, _ in entry.groups() if group != "foil"})
            rows.append(
                {
                    "claim": entry.path,
                    "title": entry.title,
                    "slugs": slugs,
                    "claims": len(entry.theorem.claims),
                    "foils": len(entry.theorem.foils),
                }
            )
    if as_json:
        print(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        width = max((len(str(r["claim"])) for r in rows), default=0)
        for r in rows:
            print(f"{r['claim']:{width}}  {r['title']}")
        print(f"{len(rows)} theorem files")
    faults = [entry for entry in loaded if not isinstance(entry, Entry)]
    for fault in faults:
        errors.print(f"error: {fault}", markup=False)
    raise typer.Exit(2 if faults else 0)


@app.command()
def show(claim: Annotated[str, typer.Argument(help="Theorem: family/name.")], suite: SuiteDir = Path(), out: OutDir = None) -> None:
    """One theorem: statement, claims, instances, foils, and the stored verdicts."""
    s = suite_at(suite)
    found = s.paths([claim])
    if len(found) > 1:
        raise SuiteError(f"{claim!r} matches {len(found)} theorems; choose one: {', '.join(found[:8])}")
    entry = s.load(found[0])
    if not isinstance(entry, Entry):
        raise SuiteError(str(entry))
    print(f"{entry.path}\n\n{entry.title}\n{entry.statement}\n")
    for r in references(s.root, [entry])[0]:
        where = "".join(f", {name} {r[name]}" for name in ("arxiv", "doi") if name in r)
        print(f"paper    {r['key']}: {r['authors']}. {r['title']}. {r['venue']} {r['year']}{where}")
    for group, name, c, expected in entry.groups():
        where = f"{c.source.paper}, {c.source.place} ({c.source.slug}, statement {c.source.statement.value})"
        print(
            f"{group:8} {name!r}: expected {expected.name}"
            + ("" if group == "foil" else f"; {type(c.holds).__name__}, k = {c.k[0]}..{c.k[-1]}; on {', '.join(c.instances)}; {where}")
        )
    try:
        rows = [r for r in read(where_to(s, out))["verdicts"] if r["claim"] == entry.path]
    except FileNotFoundError:
        rows = []
    for row in rows:
        print(f"\n{row['status']} on {row['problem']} ({row['name']}): {row['why']}")
    print(f"\nrun it again: ratecheck run {entry.path}")


@app.command()
def run(
    globs: Globs = None, suite: SuiteDir = Path(), out: OutDir = None,
    profile: Annotated[Profile, typer.Option(help="quick: no foils; full: four times the seeds.")] = Profile.default,
    seeds: Annotated[int | None, typer.Option(min=1, help="Rows of every claim, instead of its own number.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    backend: Annotated[Backend, typer.Option(help="Array namespace; strict is array_api_strict.")] = Backend.numpy,
    fresh: Fresh = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Run claims and foils, store what is new, print the verdicts, write verdicts.json."""
    began = time.perf_counter()
    s = suite_at(suite)
    namespace(backend.value)
    options = replace(PROFILES[profile.value], seeds=seeds, backend=backend.value)
    p = plan(s, globs or [], options)
    folder = where_to(s, out)
    store = Store(folder / "ratecheck.sqlite")
    _wait(p, store, jobs, fresh, as_json)
    outcome = summarise(p, store, profile.value, time.perf_counter() - began)
    file = write(outcome, folder)
    if as_json:
        print(json.dumps(outcome.document, ensure_ascii=False))
    else:
        _conclude(outcome)
        print(f"verdicts: {file}")
    raise typer.Exit(outcome.exit_code)


@app.command()
def why(globs: Globs = None, suite: SuiteDir = Path(), out: OutDir = None) -> None:
    """What the next run would compute again, and which changed files make it."""
    s = suite_at(suite)
    p = plan(s, globs or [], PROFILES["default"])
    count = 0
    for work, changed in stale(p, Store(where_to(s, out) / "ratecheck.sqlite")):
        count += 1
        print(f"{work.label}: {'changed: ' + ', '.join(changed) if changed else 'not run yet with these sources and options'}")
    print(f"{count} units to run")


@app.command()
def report(suite: SuiteDir = Path(), out: OutDir = None) -> None:
    """HTML and PDF from the stored verdicts."""
    s = suite_at(suite)
    folder = where_to(s, out)
    read(folder)
    spec = find_spec("reports")
    if spec is None or spec.origin is None:  # a bare folder `reports` is not the package
        raise SuiteError(
            "no package `reports` beside theory_checks/: it comes with a checkout of ratecheck, where `python -m reports DIR` reads any results folder"
        )
    for file in import_module("reports").build(folder):
        print(file)


@app.command()
def bench(globs: Globs = None, suite: SuiteDir = Path(), out: OutDir = None, fresh: Fresh = False) -> None:
    """Run the comparisons and the figures of papers under benchmarks/; what each must show is checked."""
    s = suite_at(suite)
    names = studies.names(s.root)
    chosen = [n for n in names if not globs or any(fnmatch(n, g) or n.startswith(g.rstrip("/") + "/") for g in globs)]
    if globs and not chosen:
        raise SuiteError(f"no study matches {' '.join(globs)}; there are {', '.join(names) or 'none'}")
    if not chosen:
        print("no studies: benchmarks/ has none")
    missed = 0
    for name in chosen:
        document, ran = studies.stored(s.root, name, where_to(s, out), fresh)
        print(f"{name}: {document['title']} ({document['seconds']} s{'' if ran else ', stored'})", flush=True)
        for finding in document["findings"]:
            missed += not finding["holds"]
            print(f"  {'shown' if finding['holds'] else 'NOT SHOWN'}: {finding['text']}")
    raise typer.Exit(1 if missed else 0)


@app.command()
def golden(suite: SuiteDir = Path(), out: OutDir = None) -> None:
    """Write the golden verdicts from the stored ones; read the diff before it is committed."""
    s = suite_at(suite)
    document = read(where_to(s, out))
    if document["manifest"]["profile"] != "default" or document["manifest"]["seeds"] or document["errors"]:
        raise SuiteError("golden verdicts come from a whole, faultless run: ratecheck run --profile default")
    missing = set(s.paths([])) - {row["claim"] for row in document["verdicts"]}
    if missing:
        raise SuiteError(f"golden verdicts come from a run of everything; not run: {', '.join(sorted(missing)[:5])}")
    print(f"{len(write_golden(s.root / 'reports' / 'golden', document))} golden files")


@app.command()
def new(path: Annotated[str, typer.Argument(help="family/name, e.g. frank_wolfe/my_rate.")], suite: SuiteDir = Path()) -> None:
    """Write a theorem file to fill in: it runs as it stands, and its foils fail as they should."""
    clean = path.removesuffix(".py")
    if not re.fullmatch(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*", clean):
        raise SuiteError(f"{path!r} is not family/name in lower case, e.g. frank_wolfe/my_rate")
    root = suite.resolve()
    file = root / "theory_checks" / f"{clean}.py"
    if file.exists():
        raise SuiteError(f"{file} exists already")
    file.parent.mkdir(parents=True, exist_ok=True)
    for package in (root / "theory_checks", file.parent):
        (package / "__init__.py").touch()
    template = Path(__file__).with_name("template.py.txt").read_text(encoding="utf-8")
    file.write_text(template.replace("FAMILY/NAME", clean), encoding="utf-8")
    print(f"wrote {file}\nrun it: ratecheck run {clean}")


@app.command()
def doctor(suite: SuiteDir = Path()) -> None:
    """What is installed, and whether the suite loads."""
    fine = True
    print(f"ratecheck {__version__}, Python {sys.version.split()[0]}")
    for package, use in (
        ("numpy", "arrays"), ("scipy", "reference solutions"), ("sympy", "formulas"), ("array-api-compat", "array namespaces"),
        ("array-api-strict", "--backend strict"), ("cupy-cuda12x", "--backend cupy"), ("cvxpy", "convex reference solutions"),
        ("scikit-learn", "real data"), ("scikit-image", "real images"), ("matplotlib", "figures"), ("typst", "PDF"),
        ("ziamath", "formulas in reports"), ("python-flint", "ball arithmetic"), ("hypothesis", "falsify"),
    ):  # fmt: skip
        try:
            print(f"  {package:18} {metadata.version(package):12} {use}")
        except metadata.PackageNotFoundError:
            print(f"  {package:18} {'-':12} {use}: not available")
    try:
        s = suite_at(suite)
        faults = [e for e in map(s.load, s.paths([])) if not isinstance(e, Entry)]
        print(f"suite {s.root}: {len(s.paths([]))} theorem files, {len(faults)} with errors")
        for fault in faults:
            errors.print(f"error: {fault}", markup=False)
        fine = not faults
    except SuiteError as error:
        print(f"no suite: {error}")
    raise typer.Exit(0 if fine else 2)


def main() -> None:
    """Entry point: what the user got wrong is one line on standard error and exit code 2."""
    try:
        app()
    except (SuiteError, FileNotFoundError, ValueError) as error:
        errors.print(f"ratecheck: {error}", markup=False)
        sys.exit(2)
