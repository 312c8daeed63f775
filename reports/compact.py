"""What is told once: a constant for all problems of a theorem; on paper, two figures of a claim, the rest in a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports import words
from reports.records import Constant
from reports.views import Check, FoilView, Page

DRAWN = 2  # figures per claim
MOST = 4  # figures per theorem


def chosen(checks: Sequence[Check], most: int) -> tuple[list[Check], list[Check]]:
    """Those that are drawn and those that are listed: what is unexpected first, then where the bound is nearest.

    `most` are left for this theorem; what is unexpected is drawn all the same.
    """

    def urgency(c: Check) -> tuple[bool, int, bool, float]:
        v = c.verdict
        return v.as_expected, words.severity(v.status), not c.figure, abs(1 - (v.ratio or 0.0)) if words.comparable(v) else 0.0

    first = sorted(range(len(checks)), key=lambda i: (urgency(checks[i]), i))[:DRAWN]
    first = [i for n, i in enumerate(first) if n < most or not checks[i].verdict.as_expected]
    return [checks[i] for i in sorted(first)], [c for i, c in enumerate(checks) if i not in first]


@dataclass
class _Ranges:
    constant: Constant
    low: list[float | None]
    high: list[float | None]
    problems: list[str]


def constants(page: Page) -> list[dict[str, Any]]:
    """One row for a name with its unit, side and proof; the values range over the problems."""
    found: dict[tuple[str, tuple[float, ...], str, str], _Ranges] = {}
    checks = [c for claim in (*page.claims, *page.printed) for c in claim.checks]
    everywhere = {c.verdict.problem for c in checks if c.verdict.constants}
    for c in checks:
        for k in c.verdict.constants:
            row = found.setdefault((k.name, tuple(k.unit), k.side, k.proof), _Ranges(k, [], [], []))
            row.low.append(k.low)
            row.high.append(k.high)
            row.problems.append(c.verdict.problem)
    rows = []
    for r in found.values():
        known = [v for v in (*r.low, *r.high) if v is not None]
        value = words.span(min(known), max(known)) if known else "—"
        on = list(dict.fromkeys(r.problems))
        where = "" if set(on) == everywhere else f"on {', '.join(on)}"
        name, unit, side, proof = words.symbol(r.constant.name), words.unit(r.constant.unit), r.constant.side, r.constant.proof
        rows.append({"name": name, "value": value, "unit": unit, "side": side, "proof": proof, "where": where})
    return rows


def line(c: Check) -> dict[str, Any]:
    """A problem without figure, in one line."""
    v = c.verdict
    told = v.why if v.status != "CONSISTENT" or not v.as_expected or v.ratio is None else f"{words.measured(v)} {words.number(v.ratio)}"
    return {"problem": v.problem, "status": v.status, "odd": not v.as_expected, "expected": words.look(v.expected).word, "words": told}


def foil(f: FoilView) -> dict[str, Any]:
    """One line: where it was caught, or what it got instead."""
    caught = [o for o in f.outcomes if o.reached]
    shown = max(caught or f.outcomes, key=lambda o: len(o.why))
    where = f"on {len(caught)} of {len(f.outcomes)} problems" if len(f.outcomes) > 1 else f"on {shown.problem}"
    why = f": {shown.why}" + (f" ({shown.problem})" if len(f.outcomes) > 1 else "") if shown.why else ""
    return {"letter": f.letter, "name": f.name, "expected": f.expected, "reached": f.reached, "got": shown.status, "words": where + why}
