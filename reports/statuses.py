"""The statuses as a reader meets them: word, shape, colour, one sentence and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from ratecheck.contracts import Status


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
        size = 'width="16" height="16" viewBox="0 0 16 16"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size} aria-hidden="true">{self.shape.replace("C", self.colour)}</svg>'


def _stroke(path: str, colour: str = "C") -> str:
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>'


_DISC = '<circle cx="8" cy="8" r="7" fill="C"/>'
_RING = '<circle cx="8" cy="8" r="6" fill="none" stroke="C" stroke-width="2"/>'
_OCTAGON = '<path d="M5 1h6l4 4v6l-4 4h-6l-4-4v-6z" fill="C"/>'
_TRIANGLE = '<path d="M8 1 15.5 15h-15z" fill="C"/>'
_SQUARE = '<rect x="1" y="1" width="14" height="14" fill="C"/>'

_LOOKS: dict[str, tuple[str, str, str]] = {
    "CONSISTENT": (
        "#00674f",
        _DISC + _stroke("M4.5 8.3 7 10.8 11.5 5.5", "#fff"),
        "Every comparison held, at every index and in every row, and the run came near enough to the bound that it could have failed. "
        "It is not a proof: another instance may still refute the statement.",
    ),
    "REFUTED": (
        "#b23a00",
        _OCTAGON + _stroke("M5.3 5.300l5.4 5.400M10.7 5.300l-5.4 5.4", "#fff"),
        "An instance was found on which the assumptions hold and the conclusion does not. The verdict names index, row and instance; "
        "where it says so the violation was confirmed in higher precision. Foils and known errata are expected to end here.",
    ),
    "VACUOUS": (
        "#5f5f5f",
        _RING,
        "The bound holds, but the measured quantity stays so far below it that nearly any wrong bound would have held too. "
        "The check says nothing for or against the statement.",
    ),
    "UNSHARP": (
        "#8a5a00",
        _TRIANGLE + _stroke("M8 6v4M8 12.800v.1", "#fff"),
        "The bound holds, but not as closely as the theorem is known to be tight on this instance: a weaker statement was checked.",
    ),
    "UNDECIDED": (
        "#5a4fa0",
        _RING + '<path d="M8 2a6 6 0 0 1 0 12z" fill="C"/>',
        "Too few seeds for a statement in expectation or in probability, or a reference value known too roughly: more evidence is needed.",
    ),
    "UNLAWFUL": (
        "#8a2f6b",
        _SQUARE + _stroke("M4.5 11.500l7-7", "#fff"),
        "The states do not obey the update equation of the theorem: this is another algorithm, whatever its curve looks like.",
    ),
    "ILL_POSED": (
        "#8a2f6b",
        _RING + _stroke("M4 12 12 4"),
        "Found before anything ran: scaling f or x does not scale the bound as it scales the metric, or a constant known from one side "
        "only enters the bound from the other.",
    ),
    "NOT_APPLICABLE": (
        "#3f6078",
        _RING + _stroke("M5 8h6"),
        "An assumption fails here, or one of its constants is only estimated. What was observed is told, but counts for nothing.",
    ),
    "FAILED": (
        "#1a1a1a",
        _SQUARE + _stroke("M8 4v5M8 12v.1", "#fff"),
        "The run crashed, stopped early, or gave NaN or infinity where the statement promises a number. Never a success.",
    ),
}
LOOKS = {name: Look(name.replace("_", " "), Status[name].value, more, colour, shape) for name, (colour, shape, more) in _LOOKS.items()}
SEVERITY = ("FAILED", "REFUTED", "ILL_POSED", "UNLAWFUL", "UNSHARP", "UNDECIDED", "NOT_APPLICABLE", "VACUOUS", "CONSISTENT")


def look(status: str) -> Look:
    """An unknown status looks like a failure, under its own word."""
    known = LOOKS.get(status)
    failed = LOOKS["FAILED"]
    return known or Look(status or "NO STATUS", "a status that this report does not know", failed.more, failed.colour, failed.shape)


def severity(status: str) -> int:
    return SEVERITY.index(status) if status in SEVERITY else 0
