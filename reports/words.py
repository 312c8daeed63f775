"""How a report says things: statuses, rungs, quantifiers, numbers, units. One wording for HTML and PDF."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ratecheck.contracts import Status
from reports.records import Verdict
from reports.prose import Run, runs
from reports.scales import plain


@dataclass(frozen=True)
class Look:
    """A status is told by word, shape and colour: any one of them is enough."""

    word: str
    sentence: str
    more: str
    colour: str  # of shape and word, at least 4.5 : 1 on white
    shape: str  # SVG in a box of 16 x 16, `C` stands for the colour

    @property
    def icon(self) -> str:
        return f'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{self.shape.replace("C", self.colour)}</svg>'


def _stroke(path: str, colour: str = "C") -> str:
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>'


_DISC = '<circle cx="8" cy="8" r="7" fill="C"/>'
_RING = '<circle cx="8" cy="8" r="6" fill="none" stroke="C" stroke-width="2"/>'
_OCTAGON = '<path d="M5 1h6l4 4v6l-4 4h-6l-4-4v-6z" fill="C"/>'
_DIAMOND = '<path d="M8 .5 15.5 8 8 15.5.5 8z" fill="C"/>'
_TRIANGLE = '<path d="M8 1 15.5 15h-15z" fill="C"/>'
_SQUARE = '<rect x="1" y="1" width="14" height="14" fill="C"/>'
_MARK = "M6 6a2 2 0 1 1 2.6 2Q8 8.3 8 9.500M8 12v.1"

_LOOKS: dict[str, tuple[str, str, str]] = {
    "CONSISTENT": ("#00674f", _DISC + _stroke("M4.5 8.3 7 10.8 11.5 5.5", "#fff"),
                   "Every comparison held, at every index and in every row, and the run came near enough to the bound that it could have failed. "
                   "It is not a proof: another instance may still refute the statement."),
    "REFUTED": ("#b23a00", _OCTAGON + _stroke("M5.3 5.300l5.4 5.400M10.7 5.300l-5.4 5.4", "#fff"),
                "An instance was found on which the assumptions hold and the conclusion does not. The verdict names index, row and instance; "
                "where it says so the violation was confirmed in higher precision. Foils and known errata are expected to end here."),
    "VACUOUS": ("#5f5f5f", _RING,
                "The bound holds, but the measured quantity stays so far below it that nearly any wrong bound would have held too. "
                "The check says nothing for or against the statement."),
    "UNSHARP": ("#8a5a00", _TRIANGLE + _stroke("M8 6v4M8 12.800v.1", "#fff"),
                "The bound holds, but not as closely as the theorem is known to be tight on this instance: a weaker statement was checked."),
    "UNDECIDED": ("#5a4fa0", _DIAMOND + _stroke(_MARK, "#fff"),
                  "Too few seeds for a statement in expectation or in probability, or a reference value that is known too roughly: more evidence is needed."),
    "UNLAWFUL": ("#8a2f6b", _SQUARE + _stroke("M4.5 11.500l7-7", "#fff"),
                 "The states do not obey the update equation of the theorem: this is another algorithm, whatever its curve looks like."),
    "ILL_POSED": ("#8a2f6b", _RING + _stroke("M4 12 12 4"),
                  "Found before anything ran: scaling f or x does not scale the bound as it scales the metric, or a constant known from one side only "
                  "enters the bound from the other."),
    "NOT_APPLICABLE": ("#3f6078", _RING + _stroke("M5 8h6"),
                       "An assumption fails here, or one of its constants is only estimated. What was observed is told, but counts neither for nor against."),
    "FAILED": ("#1a1a1a", _SQUARE + _stroke("M8 4v5M8 12v.1", "#fff"),
               "The run crashed, stopped early, or gave NaN or infinity where the statement promises a number. Never a success."),
}
LOOKS = {
    name: Look(name.replace("_", " "), Status[name].value, more, colour, shape) for name, (colour, shape, more) in _LOOKS.items()
}
SEVERITY = ("FAILED", "REFUTED", "ILL_POSED", "UNLAWFUL", "UNSHARP", "UNDECIDED", "NOT_APPLICABLE", "VACUOUS", "CONSISTENT")


def look(status: str) -> Look:
    """An unknown status looks like a failure, under its own word."""
    known = LOOKS.get(status)
    failed = LOOKS["FAILED"]
    return known or Look(status or "NO STATUS", "a status that this report does not know", failed.more, failed.colour, failed.shape)


def severity(status: str) -> int:
    return SEVERITY.index(status) if status in SEVERITY else 0


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
    "Always": "at every index, in every row", "AtLeast": "at every index, in every row", "Equal": "at every index, in every row, to a relative tolerance",
    "Vanishes": "the two sides agree to rounding", "InExpectation": "in expectation over seeds, by a betting e-value",
    "WithProbability": "with the stated probability, by a betting e-value", "Quantile": "for the stated quantile over rows",
    "SameOrder": "the same slope in k, fitted on the tail", "AtMostOrder": "a slope in k at most that of the bound", "SameRate": "the same linear rate",
    "Scaling": "the same slope across rows in a constant", "Threshold": "flips between the two sides of a threshold", "Count": "an exact count",
}
ERRATA = (
    "Each statement was read in the version named, refuted by a counterexample, and stands beside the corrected statement, which is the one "
    "enforced. If you wrote one of these, we would be glad to be corrected."
)
COMMONLY = "From memory or from other texts; the original was not read, so these are not errata of any paper."
_SYMBOLS = dict(zip(
    "alpha beta gamma delta epsilon eps zeta eta theta kappa lam lambda mu nu xi rho sigma tau phi chi psi omega ell Gamma Delta Sigma Phi inf".split(),
    "αβγδεεζηθκλλμνξρστφχψωℓΓΔΣΦ∞", strict=True,
))
RELATIONS = {"at most": r"\leq", "at least": r"\geq", "equal": "=", "of the order of": r"\asymp"}


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


def power(value: float | None, relation: str) -> str:
    """What this very run would have refuted."""
    if value is None or not math.isfinite(value):
        return ""
    side = "above" if relation == "at least" else "below"
    return f"This run would have refuted the bound times any factor {side} {number(value, 3)}."


def cell(value: Any) -> str:
    """A cell of a table; null is a dash."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u202f") if abs(value) >= 10000 else str(value).replace("-", "−")
    return number(value) if isinstance(value, float) or value is None else str(value)


def scope(v: Verdict) -> str:
    """How a claim is asserted, for which indices, under which assumptions."""
    first, last = (v.horizon[0], v.horizon[-1]) if v.horizon else (None, None)
    where = "" if first is None else f", k = {first}" if first == last else f", k = {first} … {last}"
    assumes = f" Assumes: {', '.join(v.assumes)}." if v.assumes else ""
    return f"The bound as it is executed, {HOLDS.get(v.holds, v.holds)}{where}.{assumes}"


def facts(v: Verdict) -> list[tuple[str, str]]:
    """What a verdict has to say, label and value."""
    at = "" if v.k is None or v.k < 0 else f" at k = {v.k}" + ("" if v.seed is None or v.seed < 0 else f", seed {v.seed}")
    found = [("why", v.why), ("tightness", "" if v.ratio is None else f"metric/bound {number(v.ratio)}{at}"),
             ("searched", "" if v.searched is None else f"{number(v.searched)} found by the adversary"), ("power", power(v.power, v.relation)),
             ("e-value", "" if v.e_value is None else f"{number(v.e_value, 3)} against the statement"), ("confirmed", v.confirmed or ""),
             ("hypotheses", "; ".join(f"{name}, used/allowed {number(used)}" for name, used in v.given.items())),
             ("laws", "; ".join(f"{name.replace('_', ' ')}, residual {number(residual, 2)}" for name, residual in v.laws.items())),
             ("run", ", ".join(part for part in (f"{v.rows} rows" if v.rows is not None else "", seconds(v.seconds) if v.seconds is not None else "") if part))]
    return [(label, value) for label, value in found if value]


def symbol(name: str) -> list[Run]:
    """A constant's name, set: f_star, sigma_1, L_max."""
    head, *tail = name.split("_")
    low = [_SYMBOLS.get(part, part) for part in tail if part not in ("star", "hat", "bar")]
    out = [Run(_SYMBOLS.get(head, head), "i" if len(_SYMBOLS.get(head, head)) == 1 else "")]
    out += [Run({"hat": "\u0302", "bar": "\u0304"}[part]) for part in tail if part in ("hat", "bar")]
    if low:
        out.append(Run(", ".join(low), "b"))
    return [*out, Run("⋆", "p")] if "star" in tail else out


def alarm(unexpected: int, missed: int, unread: int, unrun: int) -> str:
    """The headline of what is wrong; calm where nothing is."""
    parts = [f"{n} {one if n == 1 else many}" for n, one, many in (
        (unexpected, "verdict is not as expected", "verdicts are not as expected"), (missed, "foil was not caught", "foils were not caught"),
        (unread, "file could not be read", "files could not be read"), (unrun, "theorem has no verdict", "theorems have no verdict")) if n]
    return ", ".join(parts) if parts else "Every verdict is as expected, and every foil was caught."
