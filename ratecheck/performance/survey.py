"""The worst cases that a theorem file declares, as rows of JSON; stored beside the verdicts and run again when a source changes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from ratecheck.contracts import Claim, Status
from ratecheck.performance.certificate import certify
from ratecheck.performance.program import WorstCase, cvxpy, refuted, worst
from ratecheck.performance.recording import NotFixedStep
from ratecheck.suite import Entry, closure

FILE = "worst_cases.json"
PROOF = 1e-5  # a certificate may be this far above the bound: solvers are not exact, and their multipliers are kept away from 0


def row(entry: Entry, group: str, name: str, claim: Claim[Any, Any], over: WorstCase, k: int) -> dict[str, Any]:
    """One semidefinite program, its replay by the engine, and its certificate."""
    began = time.perf_counter()
    told: dict[str, Any] = {
        "claim": entry.path, "name": name, "group": group, "k": k, "exact": over.exact,
        "over": {member: kind.words for member, kind in over.members.items()}, "constants": dict(over.constants),
        "value": None, "bound": None, "ratio": None, "certified": None, "status": Status.FAILED.name, "why": "",
    }  # fmt: skip
    try:
        found, p = worst(claim, over, k)
    except (NotFixedStep, ArithmeticError, ValueError, AttributeError, TypeError, KeyError) as error:
        return {**told, "why": str(error), "seconds": round(time.perf_counter() - began, 3)}
    told |= {"value": found.value, "bound": found.bound, "ratio": found.ratio}
    if not found.above:
        told |= {"status": Status.CONSISTENT.name, "why": "no member of the class is above the bound"}
    elif refuted(found):
        told |= {"status": Status.REFUTED.name, "why": f"a member of the class is above the bound; run again: {found.replayed.why}"}
    else:
        why = "the inequalities of the class are only necessary" if not found.exact else f"run again: {found.replayed.why}"
        told |= {"status": Status.UNDECIDED.name, "why": f"above the bound by a factor {found.ratio:.6g}, but {why}"}
    try:
        proof = certify(p)
        told["certified"] = (max(float(proof.value), 0.0) ** 0.5 if over.root else float(proof.value)) / found.bound
        told["proof"] = f"{proof.multipliers} multipliers, a matrix of order {proof.order}"
    except ArithmeticError as error:
        told["proof"] = str(error)
    return {**told, "seconds": round(time.perf_counter() - began, 3)}


def proved(told: Mapping[str, Any]) -> bool:
    """The certificate keeps the metric below the bound, but for the relative accuracy of the solver."""
    return told["certified"] is not None and told["certified"] <= 1 + PROOF


def rows(entry: Entry) -> Iterator[dict[str, Any]]:
    claims = {name: (group, claim) for group, name, claim, _ in entry.groups()}
    for name, over in entry.theorem.worst.items():
        group, claim = claims[name]
        for k in over.k:
            yield row(entry, group, name, claim, over, k)


def sources(entry: Entry, root: Path) -> dict[str, str]:
    """What the rows of this file are made of. Errors: ValueError without cvxpy and Clarabel."""
    cvxpy()
    own = {f"ratecheck/performance/{f.name}": sha256(f.read_bytes()).hexdigest()[:16] for f in Path(__file__).parent.glob("*.py")}
    return {**closure(entry.file, root), **own, "clarabel": metadata.version("clarabel"), "cvxpy": metadata.version("cvxpy")}


def stored(entry: Entry, root: Path, out: Path, fresh: bool) -> list[dict[str, Any]]:
    """The rows of one theorem file; made again only if something they are made of has changed."""
    file = out / FILE
    known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    made_of = sources(entry, root)
    if fresh or known.get(entry.path, {}).get("sources") != made_of:
        known[entry.path] = {"sources": made_of, "rows": list(rows(entry))}
        out.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(known, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    found: list[dict[str, Any]] = known[entry.path]["rows"]
    return found


def current(entry: Entry, root: Path, out: Path) -> list[dict[str, Any]]:
    """The stored rows of one theorem file; none if something they are made of has changed since."""
    file = out / FILE
    if not entry.theorem.worst or not file.is_file():
        return []
    known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")).get(entry.path, {})
    found: list[dict[str, Any]] = known.get("rows", []) if known.get("sources") == sources(entry, root) else []
    return found


def unexpected(told: Mapping[str, Any]) -> bool:
    """A claim must hold on its class; a printed statement must not be more than left open."""
    right = {Status.CONSISTENT.name} if told["group"] == "claim" else {Status.REFUTED.name, Status.UNDECIDED.name}
    return told["status"] not in right
