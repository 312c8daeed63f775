"""The commands that put verdicts on trial: falsify, replay, worst-case, calibrate, power."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from ratecheck import calibration, mutants
from ratecheck.cli import AsJson, Fresh, Globs, OutDir, SuiteDir, app, errors, suite_at, where_to
from ratecheck.contracts import Claim, Status
from ratecheck.falsify import asymptotic
from ratecheck.falsify import falsify as search_for
from ratecheck.performance import survey
from ratecheck.suite import Entry, Suite, SuiteError
from ratecheck.witness import Address, replay, witness

GROUPS = {"claim": "claims", "printed": "printed", "foil": "foils"}


def _update(file: Path, found: dict[str, Any]) -> None:
    """Merge into a JSON object on disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    file.write_text(json.dumps({**known, **found}, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _loaded(s: Suite, globs: list[str] | None) -> list[Entry]:
    loaded = [s.load(path) for path in s.paths(globs or [])]
    for entry in loaded:
        if not isinstance(entry, Entry):
            raise SuiteError(str(entry))
    return [entry for entry in loaded if isinstance(entry, Entry)]


def _targets(entries: list[Entry], name: str | None, instance: str | None) -> Iterator[tuple[Entry, str, str, Claim[Any, Any], str]]:
    """What to search: the claims, or the one named (a foil or a printed statement too)."""
    for entry in entries:
        for group, label, claim, _ in entry.groups():
            if (group == "claim" and name is None) or label == name:
                for where in claim.instances:
                    if instance in (None, where):
                        yield entry, group, label, claim, where


@app.command()
def falsify(
    globs: Globs = None,
    name: Annotated[str | None, typer.Option(help="Only the claim, foil or printed statement of this name.")] = None,
    instance: Annotated[str | None, typer.Option(help="Only this instance.")] = None,
    budget: Annotated[str, typer.Option(help="Seconds for each claim and instance, e.g. 60 or 60s.")] = "60s",
    suite: SuiteDir = Path(),
    out: OutDir = None,
) -> None:
    """An adversary over dimension, spectrum, constants, start and noise looks for a counterexample; it is shrunk, printed and stored."""
    s = suite_at(suite)
    try:
        seconds = float(budget.removesuffix("s"))
    except ValueError:
        raise SuiteError(f"--budget {budget!r} is not a number of seconds, e.g. 60s") from None
    targets = list(_targets(_loaded(s, globs), name, instance))
    if not targets:
        raise SuiteError(f"no claim of that name or instance: {name or ''} {instance or ''}; `ratecheck show` lists them")
    refuted = 0
    for entry, group, label, claim, where in targets:
        found = search_for(claim, where, seconds)
        chosen = ", ".join(f"{k}={v:g}" for k, v in found.parameters.items())
        print(f"{entry.path}: {label} on {where}: {found.tried} draws in {found.seconds:.1f} s; sampled {found.sampled:.6g}, found {found.score:.6g}", flush=True)
        print(f"  at {chosen or 'no free parameter'}, seed {found.seed}: {found.verdict.status.name}, {found.verdict.why}")
        for trouble in found.troubles:
            print(f"  trouble: {trouble.status.name} at {dict(trouble.parameters)}, seed {trouble.seed}: {trouble.why}")
        if found.score == found.score and abs(found.score) < 1e300:
            _update(where_to(s, out) / "searches.json", {f"{entry.path} | {label} | {where}": found.score})
        if found.refuted and asymptotic(claim):
            print("  advice: an order or a limit is read in the window of its own instances; is this one late, or is a hypothesis missing?")
        elif found.refuted:
            refuted += group == "claim"
            w = witness(found, Address("theory_checks." + entry.path.replace("/", "."), GROUPS[group], label, where))
            file = w.save(s.root / "theory_checks" / "_witnesses")
            print(f"  counterexample, stored in {file.relative_to(s.root)}:\n\n{w.snippet()}")
    raise typer.Exit(1 if refuted else 0)


@app.command("replay")
def replay_(suite: SuiteDir = Path()) -> None:
    """Run every stored counterexample again: that of a claim must no longer refute it, that of a foil or an erratum still must."""
    s = suite_at(suite)
    bad = 0
    for file in sorted((s.root / "theory_checks" / "_witnesses").glob("*.json")):
        w, verdict = replay(file)
        refutes = verdict.status is Status.REFUTED
        wrong = refutes == (w.address.group == "claims")
        bad += wrong
        print(f"{'WRONG' if wrong else 'right'}: {w.address.module} {w.address.name!r}: {verdict.status.name}, {verdict.why}")
    raise typer.Exit(1 if bad else 0)


@app.command()
def calibrate(suite: SuiteDir = Path(), out: OutDir = None, as_json: AsJson = False) -> None:
    """False alarms of the quantifiers on simulated truth, power on simulated lies, discoveries among 1,000 true claims."""
    table = calibration.measured()
    _update(where_to(suite_at(suite), out) / "calibration.json", table)
    if as_json:
        print(json.dumps(table))
        return
    for row in table["alarms"]:
        print(f"{row['quantifier']:16} {row['distribution']:14} alpha {row['alpha']:<6} seeds {row['seeds']:<5} false alarms {row['rate']:.4f}")
    for row in table["power"]:
        print(f"{row['quantifier']:16} lie {row['lie']:<16} seeds {row['seeds']:<5} refuted {row['rate']:.3f}")
    print(f"{table['discoveries']['refuted']} of {table['discoveries']['claims']} claims that are true at the boundary are reported as refuted")


@app.command("worst-case")
def worst_case(globs: Globs = None, suite: SuiteDir = Path(), out: OutDir = None, fresh: Fresh = False) -> None:
    """The largest metric over the whole class of problems, by a semidefinite program for short horizons, and its proof in fractions."""
    s = suite_at(suite)
    entries = [entry for entry in _loaded(s, globs) if entry.theorem.worst]
    if not entries:
        print("no theorem file here declares worst cases: Theorem(worst={claim: WorstCase(...)})")
    wrong = 0
    for entry in entries:
        for told in survey.stored(entry, s.root, where_to(s, out), fresh):
            odd = survey.unexpected(told)
            wrong += odd
            ratio = "no value" if told["ratio"] is None else f"worst case/bound {told['ratio']:.6f}"
            proof = f", proved {told['certified']:.6f}" if told["certified"] is not None else ""
            why = "" if told["status"] == Status.CONSISTENT.name else f": {told['why']}"
            mark = " NOT AS EXPECTED" if odd else ""
            print(f"{told['status']:<12}{mark} {entry.path}: {told['name']} at k = {told['k']}: {ratio}{proof}{why}", flush=True)
    raise typer.Exit(1 if wrong else 0)


def _killed(root: Path, path: str, seconds: float) -> list[dict[str, Any]]:
    entry = Suite(root).load(path)
    if not isinstance(entry, Entry):
        return []
    with np.errstate(all="ignore"):  # mutants may overflow
        return [asdict(row) for row in mutants.kill_matrix(entry.theorem, path, seconds)]


@app.command()
def power(
    globs: Globs = None,
    budget: Annotated[float, typer.Option(min=0, help="Seconds for each theorem file.")] = 30.0,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    suite: SuiteDir = Path(),
    out: OutDir = None,
) -> None:
    """The kill matrix: mutants of the algorithm and of the bound of every claim, and the tooth that kills each."""
    s = suite_at(suite)
    paths = s.paths(globs or [])
    began = time.perf_counter()
    file = where_to(s, out) / "kill_matrix.json"
    rows: list[dict[str, Any]] = []
    broken = 0
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for path, done in [(path, pool.submit(_killed, s.root, path, budget)) for path in paths]:
            try:
                part = done.result()
            except Exception as error:  # of one file: the others are not lost
                broken += 1
                errors.print(f"{path}: cannot be mutated: {type(error).__name__}: {error}", markup=False)
                continue
            rows += part
            known = json.loads(file.read_text(encoding="utf-8"))["rows"] if file.is_file() else []
            kept = [row for row in known if not row["claim"].startswith(path + "::")]
            _update(file, {"rows": kept + part})
            print(f"{path}: {sum(r['fate'] == 'killed' for r in part)} killed, {sum(r['fate'] == 'survived' for r in part)} survived", flush=True)
    totals = mutants.summary([mutants.Row(**row) for row in rows])
    for kind, total in totals.items():
        share = "none judged" if total["killed"] is None else f"{100 * total['killed']:.1f} % killed"
        print(f"{kind}: {total['mutants']} mutants, {share}; fates {total['fates']}; teeth {total['teeth']}")
        for survivor in total["survivors"]:
            errors.print(f"survived: {survivor}", markup=False)
    print(f"{time.perf_counter() - began:.0f} s; {file}")
    raise typer.Exit(3 if broken else 0)
