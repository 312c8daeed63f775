"""verdicts.json: what the stored results say together. Documented in docs/verdicts.md."""

from __future__ import annotations

import json
import subprocess
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from ratecheck import __version__
from ratecheck.contracts import Status
from ratecheck.evalues import discoveries
from ratecheck.execute import Plan, machine
from ratecheck.formulas import latex
from ratecheck.performance.survey import current, proved
from ratecheck.store import Store
from ratecheck.suite import Entry, Fault

SCHEMA = 1
FDR = 0.05


@dataclass(frozen=True)
class Outcome:
    """The document, and what the exit code needs."""

    document: dict[str, Any]
    surprises: list[str]  # one line for every verdict that is not as expected
    failed: bool  # one of them is FAILED

    @property
    def exit_code(self) -> int:
        return 2 if self.document["errors"] else 3 if self.failed else 1 if self.surprises else 0


def _commit(root: Path) -> str | None:
    try:
        done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, timeout=10, check=False)
    except OSError:
        return None
    return done.stdout.strip() or None


def unchecked(root: Path) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """The theorems that are declared unchecked, with their reasons; and the faults of those files."""
    rows, faults = [], []
    top = root / "theory_checks"
    for file in sorted(top.rglob("unchecked.toml")):
        shown = file.relative_to(root).as_posix()
        try:
            for row in tomllib.loads(file.read_text(encoding="utf-8")).get("unchecked", []):
                rows.append({"family": file.relative_to(top).parts[0], "slug": str(row["slug"]), "reason": str(row["reason"])})
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            faults.append({"file": shown, "line": 0, "message": f"not a list of [[unchecked]] slug, reason: {error!r}"})
    return rows, faults


def references(root: Path, entries: list[Entry]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The papers of the claims that stand in references.toml, each with the words it is cited by; and the faults of that file."""
    file = root / "theory_checks" / "references.toml"
    if not file.is_file():
        return [], []
    shown = file.relative_to(root).as_posix()
    cited: dict[str, set[str]] = {}
    for source in (claim.source for entry in entries for _, _, claim, _ in entry.groups()):
        cited.setdefault(source.key, set()).add(source.paper)
    rows = []
    try:
        known = tomllib.loads(file.read_text(encoding="utf-8"))
        for key in sorted(cited.keys() & known.keys()):
            row = {"key": key, "cited": sorted(cited[key])}
            row |= {name: str(known[key][name]) for name in ("authors", "title", "venue", "year")}
            rows.append(row | {name: str(known[key][name]) for name in ("arxiv", "doi") if name in known[key]})
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        return [], [{"file": shown, "line": 0, "message": f"not tables of authors, title, venue, year: {error!r}"}]
    return rows, []


def metric_words(metric: Any) -> str | None:
    """What a metric reads, in the words of its own docstring; None where it has none."""
    words = "" if isinstance(metric, partial) else (metric.__doc__ or "").strip().partition("\n")[0].rstrip(".")
    return words or None


def _theorem(entry: Entry, rows: list[dict[str, Any]]) -> dict[str, Any]:
    constants = {row["name"]: [c["name"] for c in row["constants"]] for row in rows if row["constants"]}
    formulas = {
        name: latex(claim.bound, [*constants.get(name, ()), *claim.seen]) for group, name, claim, _ in entry.groups() if group != "foil"
    }
    metrics = {name: metric_words(claim.metric) for group, name, claim, _ in entry.groups() if group != "foil"}
    return {
        "claim": entry.path, "family": entry.family, "title": entry.title, "statement": entry.statement,
        "file": f"theory_checks/{entry.path}.py", "formulas": formulas, "metrics": metrics,
    }  # fmt: skip


def _verdicts(entry: Entry, p: Plan, store: Store) -> tuple[list[dict[str, Any]], list[str], bool]:
    """The verdicts of one theorem, with its foils, and what is not as expected."""
    stored = {(w.group, w.name, w.instance): (w.key, store.get(w.key)) for w in p.works[entry.path]}
    rows: list[dict[str, Any]] = []
    foils: list[dict[str, Any]] = []
    surprises: list[str] = []
    failed = False
    for group, name, claim, expected in entry.groups():
        results = [(i, *stored[group, name, i]) for i in claim.instances if (group, name, i) in stored]
        lost = [i for i, _, data in results if data is None]
        if lost:
            surprises.append(f"{entry.path}: {name} on {lost[0]} has no stored result")
        statuses = {i: data["status"] for i, _, data in results if data}
        reached = any(s == expected.name for s in statuses.values())
        for instance, key, data in results:
            if data is None:
                continue
            hit = data["status"] == expected.name
            if data["rows"] > claim.seeds:  # more rows than the file asks for may have the power that its own lack
                hit |= (expected, data["status"]) == (Status.VACUOUS, Status.CONSISTENT.name)
            if group == "foil":
                told = {k: data[k] for k in ("status", "why", "ratio", "k")}
                foils.append({"name": name, "problem": instance, "expected": expected.name, "reached": hit, "key": key, **told})
                continue
            rows.append({
                "claim": entry.path, "name": name, "group": group, "slug": claim.source.slug, "paper": claim.source.paper,
                "place": claim.source.place, "statement": claim.source.statement.value, "problem": instance,
                "expected": expected.name, "as_expected": hit or (group == "printed" and reached), "key": key,
                "rungs": ["sampled"], "confirmed": None, "searched": None, **data,
            })  # fmt: skip
            if group == "claim" and not hit:
                failed |= data["status"] == Status.FAILED.name
                surprises.append(f"{entry.path}: {name!r} on {instance!r} is {data['status']}, expected {expected.name}: {data['why']}")
        if group != "claim" and results and not reached:
            seen = "; ".join(f"{i}: {s}" for i, s in statuses.items())
            surprises.append(f"{entry.path}: {group} {name!r} is expected {expected.name} on some instance, got {seen}")
    for row in rows:
        row["foils"] = foils
    return rows, surprises, failed


def _control_false_discoveries(rows: list[dict[str, Any]]) -> None:
    """e-BH over all claims in expectation or in probability: a refutation that does not survive it is UNDECIDED."""
    uncertain = [row for row in rows if row["e_value"] is not None and row["group"] == "claim"]
    for row, refuted in zip(uncertain, discoveries([row["e_value"] for row in uncertain], FDR), strict=True):
        if row["status"] == Status.REFUTED.name and not refuted:
            row["status"] = Status.UNDECIDED.name
            row["why"] += f"; not refuted at a false discovery rate of {FDR:g} over {len(uncertain)} claims"
            row["as_expected"] = row["expected"] == row["status"]


def _beside(store: Store, name: str) -> Any:
    """What another command has left beside the store, or None."""
    file = store.file.with_name(name)
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def _fault(fault: Fault) -> dict[str, Any]:
    return {"file": fault.file, "line": fault.line, "message": fault.message}


def summarise(p: Plan, store: Store, profile: str, seconds: float) -> Outcome:
    rows: list[dict[str, Any]] = []
    surprises: list[str] = []
    failed = False
    theorems = []
    for entry in p.entries:
        some, odd, broke = _verdicts(entry, p, store)
        theorems.append(_theorem(entry, some))
        rows += some
        surprises += odd
        failed |= broke
    _control_false_discoveries(rows)
    searches = _beside(store, "searches.json") or {}
    worst = [w for entry in p.entries for w in current(entry, p.suite.root, store.file.parent)]
    for row in rows:
        row["searched"] = searches.get(f"{row['claim']} | {row['name']} | {row['problem']}")
        row["rungs"] = ["sampled", "searched"] if row["searched"] is not None else ["sampled"]
        over = [w for w in worst if (w["claim"], w["name"]) == (row["claim"], row["name"]) and w["status"] == Status.CONSISTENT.name]
        row["rungs"] += ["worst case"] * bool(over) + ["certificate"] * any(proved(w) for w in over)
    excused, broken = unchecked(p.suite.root)
    papers, unreadable = references(p.suite.root, p.entries)
    counts = {s.name: sum(row["status"] == s.name for row in rows) for s in Status}
    document = {
        "schema": SCHEMA,
        "manifest": {
            "ratecheck": __version__, "commit": _commit(p.suite.root), **machine(), "profile": profile,
            "backend": p.options.backend, "seeds": p.options.seeds, "fdr": FDR,
            "started": datetime.now(UTC).isoformat(timespec="seconds"), "seconds": round(seconds, 1),
        },
        "summary": {"theorems": len(p.entries), "verdicts": len(rows), **counts, "unexpected": len(surprises)},
        "theorems": theorems,
        "verdicts": rows,
        "errors": [_fault(f) for f in p.faults] + broken + unreadable,
        "unchecked": excused,
        "references": papers,
        "surprises": surprises,
        "worst_cases": worst,
        "calibration": _beside(store, "calibration.json"),
        "kill_matrix": _beside(store, "kill_matrix.json"),
    }  # fmt: skip
    return Outcome(document, surprises, failed)


def write(outcome: Outcome, out: Path) -> Path:
    """Errors: ValueError if a number is not finite: it must have been made null."""
    file = out / "verdicts.json"
    out.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(outcome.document, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    partial.replace(file)
    return file


def read(out: Path) -> dict[str, Any]:
    """Errors: FileNotFoundError, ValueError, each with what to do."""
    file = out / "verdicts.json"
    if not file.is_file():
        raise FileNotFoundError(f"{file} does not exist; `ratecheck run` writes it")
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if document.get("schema") != SCHEMA:
        raise ValueError(f"{file}: schema {document.get('schema')}, this ratecheck reads {SCHEMA}; run again")
    return document
