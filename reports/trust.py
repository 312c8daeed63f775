"""How far the verdicts can be trusted, as pages: calibration (false alarms, power) and the kill matrix (mutants)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reports.records import Drawn, Panel, Study, Table
from reports.words import number

FATES = ("killed", "survived", "open", "still true", "same iterates", "crashed", "not run")


@dataclass(frozen=True)
class Alarm:
    """How often a true claim at its boundary was refuted."""

    quantifier: str
    distribution: str
    alpha: float
    repetitions: int
    seeds: int
    rate: float


@dataclass(frozen=True)
class Power:
    """How often a false claim was refuted."""

    quantifier: str
    lie: str
    seeds: int
    rate: float


@dataclass(frozen=True)
class Discoveries:
    """Refutations among claims that are all true at the boundary."""

    claims: int
    alpha: float
    refuted: int


@dataclass(frozen=True)
class Calibration:
    alarms: list[Alarm] = field(default_factory=list)
    power: list[Power] = field(default_factory=list)
    discoveries: Discoveries | None = None


@dataclass(frozen=True)
class Mutant:
    claim: str  # theorem path::claim name
    mutant: str
    kind: str  # algorithm or bound
    fate: str  # one of FATES
    killed_by: str | None = None
    note: str = ""


def calibration(c: Calibration) -> Study:
    """False alarms in a table, power against the number of seeds in one panel for each quantifier."""
    above = [a for a in c.alarms if not a.rate <= a.alpha]
    repetitions = min((a.repetitions for a in c.alarms), default=0)
    told = []
    if c.alarms:
        where = f"in {len(above)} of {len(c.alarms)} cells they are more frequent" if above else "in none are they more frequent"
        told.append(
            f"False alarms on claims that are true at the boundary, {repetitions} repetitions a cell: {where} than the stated alpha."
        )
    if c.discoveries:
        d = c.discoveries
        told.append(f"Of {d.claims} true claims, e-BH at {number(d.alpha)} refutes {d.refuted}.")
    settings = sorted({(a.alpha, a.seeds) for a in c.alarms})
    cells = {(a.quantifier, a.distribution, a.alpha, a.seeds): a.rate for a in c.alarms}
    names = list(dict.fromkeys((a.quantifier, a.distribution) for a in c.alarms))
    columns = ["quantifier", "distribution", *(f"α = {number(alpha)}, {seeds} seeds" for alpha, seeds in settings)]
    alarms = Table(columns, [[q, d, *(cells.get((q, d, *s)) for s in settings)] for q, d in names], "False alarms: share of repetitions")
    panels = [_power(q, [p for p in c.power if p.quantifier == q]) for q in dict.fromkeys(p.quantifier for p in c.power)]
    question = "How often is a true claim refuted, and how often a false one?"
    return Study("calibration", "Calibration", "", question, " ".join(told), None, panels, [alarms] if c.alarms else [])


def _power(quantifier: str, rows: Sequence[Power]) -> Panel:
    curves = []
    for lie in dict.fromkeys(p.lie for p in rows):
        own = sorted((p.seeds, p.rate) for p in rows if p.lie == lie)
        curves.append(Drawn(lie, [float(s) for s, _ in own], [r for _, r in own]))
    return Panel(curves, f"{quantifier}: false claims refuted", "seeds", "share refuted", True, False)


def kill_matrix(mutants: Sequence[Mutant]) -> Study:
    """Survivors first, then the fates by kind, the teeth, and every claim with its counts."""
    survivors = [m for m in mutants if m.fate == "survived"]
    judged = sum(m.fate in ("killed", "survived") for m in mutants)
    share = f"{judged - len(survivors)} of {judged} mutants that count were killed" if judged else "No mutant was judged"
    finding = f"{share}; {len(survivors)} survived." if judged else f"{share}."
    tables = []
    if survivors:
        rows: list[list[Any]] = [[m.claim, m.mutant, m.kind, m.note] for m in survivors]
        tables.append(Table(["claim", "mutant", "kind", "why"], rows, "Survivors"))
    kinds = list(dict.fromkeys(m.kind for m in mutants))
    counts = {kind: Counter(m.fate for m in mutants if m.kind == kind) for kind in kinds}
    tables.append(Table(["mutants of", *FATES], [[kind, *(counts[kind][f] for f in FATES)] for kind in kinds], "Fates"))
    teeth = Counter(m.killed_by for m in mutants if m.killed_by)
    tables.append(Table(["tooth", "mutants killed"], [[tooth, n] for tooth, n in teeth.most_common()], "Teeth"))
    claims: dict[str, list[Mutant]] = {}
    for m in mutants:
        claims.setdefault(m.claim, []).append(m)
    table = []
    for claim, own in sorted(claims.items(), key=lambda item: (-sum(m.fate == "survived" for m in item[1]), item[0])):
        fates = Counter(m.fate for m in own)
        table.append([claim, *(fates[f] for f in FATES), ", ".join(sorted({m.killed_by for m in own if m.killed_by}))])
    tables.append(Table(["claim", *FATES, "teeth"], table, "Claims"))
    question = "Would the claims notice a slip in the algorithm or in the bound?"
    return Study("kill_matrix", "Kill matrix", "", question, finding, None, [], tables)
