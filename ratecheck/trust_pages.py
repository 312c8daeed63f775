"""Two pages of the report, as studies: how the quantifiers err, and what the claims would notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ratecheck.mutants import Row, summary
from ratecheck.studies import Curve, Finding, Panel, Study, Table

FALSE_BOUNDS = 0.95  # share of the false bounds that the claims must notice


def calibration_study(table: dict[str, Any]) -> Study:
    """False alarms on truth at the boundary, power against lies, and a report of true claims: `calibration.measured()` as a page."""
    alarms, power, report = table["alarms"], table["power"], table["discoveries"]
    lies = list(dict.fromkeys((row["quantifier"], row["lie"]) for row in power))
    seeds = sorted({row["seeds"] for row in power})
    rate = {(row["quantifier"], row["lie"], row["seeds"]): row["rate"] for row in power}
    panels = [
        Panel(
            quantifier,
            "seeds",
            "share refuted",
            [Curve(lie, seeds, [rate[quantifier, lie, n] for n in seeds]) for q, lie in lies if q == quantifier],
            y_log=False,
        )
        for quantifier in dict.fromkeys(q for q, _ in lies)
    ]
    return Study(
        findings=(
            Finding("No true claim is refuted more often than its stated alpha.", all(row["rate"] <= row["alpha"] for row in alarms)),
            Finding(
                f"Of {report['claims']:,} claims that are all true at the boundary, e-BH refutes {report['refuted']}.",
                report["refuted"] <= report["alpha"] * report["claims"],
            ),
            Finding(
                "A bound that is too small by a factor 2 is found with 256 seeds.", all(rate[q, "factor 2", 256] > 0.99 for q, _ in lies)
            ),
        ),
        panels=panels,
        tables=(
            Table(
                "False alarms at the boundary",
                ("quantifier", "distribution", "seeds", "alpha", "repetitions", "share refuted"),
                [[r["quantifier"], r["distribution"], r["seeds"], r["alpha"], r["repetitions"], r["rate"]] for r in alarms],
            ),
            Table(
                "Lies found, alpha = 0.001",
                ("quantifier", "lie", *map(str, seeds)),
                [[q, lie, *(rate[q, lie, n] for n in seeds)] for q, lie in lies],
            ),
        ),
    )


def kill_study(rows: Sequence[Row]) -> Study:
    """The kill matrix as a page: the teeth, the survivors and why, the mutants that do not count and why."""
    total = summary(list(rows))
    teeth = sorted({t for kind in total.values() for t in kind["teeth"]})
    fates = sorted({f for kind in total.values() for f in kind["fates"]})
    share = {kind: data["killed"] for kind, data in total.items()}
    lasting = [r for r in rows if r.fate in ("survived", "open", "unwatched")]
    named = {kind: set(data["survivors"]) for kind, data in total.items()}
    shown = [r for r in lasting if r.fate != "survived" or f"{r.claim}: {r.mutant}" in named[r.kind]]
    return Study(
        findings=(
            Finding(f"Slips in algorithms noticed: {_percent(share['algorithm'])}.", share["algorithm"] == 1.0),
            Finding(f"False bounds noticed: {_percent(share['bound'])}; 95 % are wanted.", (share["bound"] or 0.0) >= FALSE_BOUNDS),
        ),
        tables=(
            Table(
                "What became of the mutants",
                ("kind", "mutants", *fates),
                [[k, d["mutants"], *(d["fates"].get(f, 0) for f in fates)] for k, d in total.items()],
            ),
            Table("Killed by", ("kind", *teeth), [[k, *(d["teeth"].get(t, 0) for t in teeth)] for k, d in total.items()]),
            Table("Not killed", ("claim", "kind", "mutant", "fate", "why"), [[r.claim, r.kind, r.mutant, r.fate, r.note] for r in shown]),
        ),
    )


def _percent(share: float | None) -> str:
    return "none was tried" if share is None else f"{share:.1%}"
