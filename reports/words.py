"""How a report says things: rungs, quantifiers, numbers, units. One wording for HTML and PDF."""

from __future__ import annotations

import math
import re
from typing import Any

from reports.prose import Run
from reports.records import Table, Verdict, WorstCase
from reports.scales import plain
from reports.statuses import LOOKS, look, severity

__all__ = ["LOOKS", "look", "severity"]  # with the rest of the wording, for the templates


STATEMENTS = {
    "verified": "verified: read in the paper's own text or the authors' code",
    "derived": "derived: proved by this project",
    "recalled": "recalled: from memory, as commonly stated; only its shape is tested",
}
RUNGS = {
    "sampled": "random certified instances and seeds",
    "searched": "an adversary looked for the worst instance, start and noise",
    "worst case": "a semidefinite program over the whole class, for short horizons",
    "certificate": "an exact identity, rational arithmetic or a checked multiplier",
}
HOLDS = {
    "Always": "at every index, in every row",
    "AtLeast": "at every index, in every row",
    "Equal": "at every index, in every row, to a relative tolerance",
    "Vanishes": "the two sides agree to rounding",
    "InExpectation": "in expectation over seeds, by a betting e-value",
    "WithProbability": "with the stated probability, by a betting e-value",
    "Quantile": "for the stated quantile over rows",
    "SameOrder": "the same slope in k, fitted on the tail",
    "AtMostOrder": "a slope in k at most that of the bound",
    "SameRate": "the same linear rate",
    "Scaling": "the same slope across rows in a constant",
    "Threshold": "flips between the two sides of a threshold",
    "Count": "an exact count",
}
ERRATA = (
    "Each statement was read in the version named, refuted by a counterexample, and stands beside the corrected statement, "
    "which is the one enforced. If you wrote one of these, we would be glad to be corrected."
)
HANDBOOK = "What the best-known methods guarantee, what was measured, and where the guarantee is exact."
HANDBOOK_READ = (
    "Tightness is metric/bound where the bound came nearest over all problems, rows and indices (the largest of an upper bound, "
    "the smallest of a lower bound; in expectation, of the mean over seeds). A bound is attained where it is 1 within 0.01: "
    "there no smaller constant is true, but for this 0.01 and, in expectation, the error of sampling. Elsewhere one may be. "
    "Where it is met at k = 0 it may only restate the start. Worst case is metric/bound over every problem of the class, by a "
    "semidefinite program, for short horizons and one choice of the constants, named on the theorem's page: what no problem of the class "
    "with these constants exceeds; a run with others may come nearer."
)
CLASS_READ = (
    "A semidefinite program finds the largest metric over every such problem of any dimension, started as the claim says, for the "
    "method's own code; what is found is run again by the engine. What is proved has multipliers in fractions, checked without rounding."
)
CLASS_LOOSE = "The inequalities used are necessary for the class, so its worst case is at most this."
COMMONLY = "From memory or from other texts; the original was not read, so these are not errata of any paper."
_GREEK = """
    alpha:α beta:β gamma:γ delta:δ epsilon:ε eps:ε zeta:ζ eta:η theta:θ kappa:κ lam:λ lambda:λ mu:μ nu:ν xi:ξ rho:ρ sigma:σ tau:τ phi:φ
    chi:χ psi:ψ omega:ω ell:ℓ Gamma:Γ Delta:Δ Theta:Θ Lambda:Λ Sigma:Σ Phi:Φ Psi:Ψ Omega:Ω inf:∞
"""
_SYMBOLS = {name: sign for name, _, sign in (word.partition(":") for word in _GREEK.split())}
RELATIONS = {"at most": "≤", "at least": "≥", "equal": "=", "of the order of": "≍"}


def number(value: float | None, digits: int = 4) -> str:
    """Rounded for people; what is absent or not finite is a dash, never a number."""
    if value is None or not math.isfinite(value):
        return "—"
    return plain(float(f"{value:.{digits}g}"))


def unit(powers: list[float]) -> str:
    """[1, -2] -> f · x⁻²; a pure number is 1."""
    raised = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")
    parts = [name + ("" if p == 1 else f"{p:g}".translate(raised)) for name, p in zip("fx", powers, strict=False) if p]
    return " ".join(parts) or "1"


def span(low: float | None, high: float | None) -> str:
    a, b = number(low), number(high)
    return a if a == b else f"{a} … {b}"


def seconds(value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.2g} s" if value < 10 else f"{value:.0f} s" if value < 120 else f"{value / 60:.0f} min"


def comparable(v: Verdict) -> bool:
    """Whether the ratio is metric/bound, and not a drift or a difference."""
    return v.relation != "of the order of" and v.holds != "Vanishes"


def measured(v: Verdict) -> str:
    """What the ratio of this verdict is."""
    if v.holds == "SameRate":
        return "log-slope/log-slope of the bound"
    if v.relation == "of the order of":
        return "drift of the exponent"
    return "relative difference" if v.holds == "Vanishes" else "mean/bound" if v.holds == "InExpectation" else "metric/bound"


def power(v: Verdict) -> str:
    """What this very run would have refuted: for an order a change of the exponent (or of the relative rate), else a factor of the bound."""
    value = v.power
    if value is None or not math.isfinite(value):
        return ""
    if v.relation == "of the order of":
        what = "relative change of the rate" if v.holds == "SameRate" else "change of the exponent"
        return f"the smallest {what} that this run would have refuted, whatever its sign: {number(value, 3)}"
    side = "above" if v.relation == "at least" else "below"
    return f"the bound times anything {side} {number(value, 3)} would have been refuted by this run"


def cell(value: Any) -> str:
    """A cell of a table; null is a dash."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u202f") if abs(value) >= 10000 else str(value).replace("-", "−")
    return number(value) if isinstance(value, float) or value is None else str(value)


def numeric(table: Table) -> list[bool]:
    """Which columns hold numbers, and are set to the right."""
    columns = [[row[i] for row in table.rows if i < len(row)] for i in range(max([len(table.columns), *map(len, table.rows)]))]
    return [any(isinstance(v, int | float) and not isinstance(v, bool) for v in column) for column in columns]


def compared(v: Verdict) -> list[Run]:
    """What stands before the bound."""
    mean = [Run("E", ""), Run(" ")] if v.holds == "InExpectation" else []
    return [*mean, Run("metric("), Run("k", "i"), Run(f") {RELATIONS.get(v.relation, '≤')} ")]


def scope(v: Verdict, formula: bool, metric: str | None = None) -> str:
    """What a claim measures, how it is asserted, for which indices, under which assumptions."""
    first, last = (v.horizon[0], v.horizon[-1]) if v.horizon else (None, None)
    where = "" if first is None else f", k = {first}" if first == last else f", k = {first} … {last}"
    assumes = f" Assumes: {', '.join(v.assumes)}." if v.assumes else ""
    start = "The bound as it is executed," if formula else "The bound is computed and has no formula; it is held"
    start = f"The metric: {metric}. {start}" if metric else start
    return f"{start} {HOLDS.get(v.holds, v.holds)}{where}.{assumes}"


def over(w: WorstCase) -> str:
    """The class that was searched as a whole."""
    members = " and ".join(f"every {words}" for words in w.over.values())
    fixed = ", ".join(f"{_SYMBOLS.get(name, name)} = {number(value, 3)}" for name, value in w.constants.items())
    return f"{members}; {fixed}" if fixed else members


def largest(worst: list[WorstCase]) -> WorstCase | None:
    """Where the class comes nearest to the bound, or furthest above it."""
    return max((w for w in worst if w.ratio is not None), key=lambda w: w.ratio or 0.0, default=None)


def class_line(worst: list[WorstCase]) -> str:
    """All that is known of the class in one sentence, for a report without a table."""
    known = [w for w in worst if w.ratio is not None]
    if not known:
        return ""
    marks = [("" if w.certified is None else " (proved)") + ("" if w.status == "CONSISTENT" else f" {w.status}") for w in known]
    told = ", ".join(f"{number(w.ratio)} at k = {w.k}{mark}" for w, mark in zip(known, marks, strict=True))
    return f"Largest metric/bound over {over(known[0])}: {'' if known[0].exact else 'at most '}{told}."


def facts(v: Verdict) -> list[tuple[str, str]]:
    """What a verdict has to say, label and value."""
    at = "" if v.k is None or v.k < 0 else f" at k = {v.k}" + ("" if v.seed is None or v.seed < 0 else f", seed {v.seed}")
    tight = "" if v.ratio is None else f"{measured(v)} {number(v.ratio)}{at}"
    searched = "" if v.searched is None else f"the adversary found {number(v.searched)}"
    found = [
        ("why", v.why),
        ("tightness", "; ".join(part for part in (tight, searched) if part)),
        ("power", power(v)),
        ("e-value", "" if v.e_value is None else f"{number(v.e_value, 3)} against the statement"),
        ("confirmed", v.confirmed or ""),
        ("hypotheses", "; ".join(f"{name}, used/allowed {number(used)}" for name, used in v.given.items())),
        ("laws", "; ".join(f"{name.replace('_', ' ')}, residual {number(residual, 2)}" for name, residual in v.laws.items())),
        ("run", run(v)),
    ]
    return [(label, value) for label, value in found if value]


def run(v: Verdict) -> str:
    """How much was run."""
    rows = "" if v.rows is None else f"{v.rows} row" + ("" if v.rows == 1 else "s")
    return ", ".join(part for part in (rows, "" if v.seconds is None else seconds(v.seconds)) if part)


def symbol(name: str) -> list[Run]:
    """A constant's name, set: f_star, sigma_1, L_max."""
    if not name.isidentifier():
        return [Run(name)]
    head, *tail = name.split("_")
    low = [_SYMBOLS.get(part, part) for part in tail if part not in ("star", "hat", "bar")]
    out = [Run(_SYMBOLS.get(head, head), "i" if len(_SYMBOLS.get(head, head)) == 1 else "")]
    out += [Run({"hat": "\u0302", "bar": "\u0304"}[part]) for part in tail if part in ("hat", "bar")]
    if low:
        out.append(Run(", ".join(low), "b"))
    return [*out, Run("⋆", "p")] if "star" in tail else out


def papers(number: int, refuted: int) -> str:
    """What stands above the list of papers."""
    found = "" if not refuted else f" {refuted} printed statement{'s' * (refuted > 1)} of theirs {'are' if refuted > 1 else 'is'} refuted."
    of = f"What was checked of {number} paper{'s' * (number != 1)}, and how it came out."
    return f"{of} What this project derived in the setting of a paper stands with it.{found}"


def expression(typed: str) -> str:
    """An expression of constants as plain text: eta/s_1 -> η/s_1."""

    def name(found: re.Match[str]) -> str:
        return "".join("_" * (run.style == "b") + run.text for run in symbol(found[0]))

    return re.sub(r"[A-Za-z_]\w*", name, typed).replace("**", "^").replace("*", " ")


def counted(verdicts: int, foils: int, worst: list[WorstCase]) -> str:
    twins = f"{foils} foils, wrong twins that must not pass" if foils else "no foils: this run left them out"
    proofs = sum(w.certified is not None for w in worst)
    classes = f" {len(worst)} worst cases over whole classes, {proofs} of them proved in fractions." if worst else ""
    return f"A theorem counts by its worst verdict. {verdicts} verdicts (claim × problem) and {twins}.{classes}"


def alarm(unexpected: int, missed: int, unread: int, unrun: int, foils: int) -> str:
    """The headline of what is wrong; calm where nothing is."""
    parts = [
        f"{n} {one if n == 1 else many}"
        for n, one, many in (
            (unexpected, "verdict is not as expected", "verdicts are not as expected"),
            (missed, "foil was not caught", "foils were not caught"),
            (unread, "file could not be read", "files could not be read"),
            (unrun, "theorem has no verdict", "theorems have no verdict"),
        )
        if n
    ]
    calm = "Every verdict is as expected" + (", and every foil was caught." if foils else "; no foil was run.")
    return ", ".join(parts) or calm
