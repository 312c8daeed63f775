"""Unicode mathematics of a docstring, set: paragraphs and displays, letters in italics, indices lowered, powers raised."""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple


class Run(NamedTuple):
    text: str
    style: str = ""  # any of: i italic, b lowered, p raised; "ib" is both


class Block(NamedTuple):
    display: bool  # indented in the docstring: lines are kept
    lines: list[list[Run]]


# an index follows one letter (with its accents), a bracket, an index, or min, max and their like; an identifier_like_this is left alone
_SCRIPT = re.compile(
    r"(?:(?<=(?<![A-Za-z_])[A-Za-zα-ωΑ-Ωℓ𝔼𝒜])|(?<=[)\]}‖|⟩*²'′ℝ∇∂ᵀ\u0300-\u036f])|(?<=min|max|sup|inf|lim|log)|(?<=[0-9])(?=\^)|(?<=_.)(?=\^))"
    r"([_^])(?:\{([^{}]*)\}|((?<=\^)[⌈⌊(](?:[^⌈⌊⌉⌋()]|\([^()]*\))*[⌉⌋)]|[A-Za-z]+|[0-9]+|[−-]?[0-9α-ωΑ-Ω*+∞⋆½¼⅓]|[−-][A-Za-z]))"
)
_LETTER = re.compile(
    r"(?<![A-Za-z_\-–.’'])(?<![0-9](?=e))((?:[B-DF-HJ-Zb-zα-ωℓ]|a(?= [−+=≤≥<>∈·]|[,\]²]))[\u0300-\u036f]*)(?![A-Za-z0-9_’']|\.\d|-D)"
)
_ANY_LETTER = re.compile(r"(?<![A-Za-z_])(?!a [a-z]{2}|I [a-z]{2})([A-Za-zα-ωℓ][\u0300-\u036f]*)(?![A-Za-z_])")
_BASE = re.compile(r"(?<![A-Za-z])[A-Za-zα-ωℓ][\u0300-\u036f]*$")


def blocks(statement: str) -> list[Block]:
    """Paragraphs are rejoined, indented lines stay lines."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", statement.strip("\n")):
        for display, lines in _groups(part.splitlines()):
            if display:
                found.append(Block(True, [runs(line, display=True) for line in lines]))
            else:
                found.append(Block(False, [runs(" ".join(line.strip() for line in lines).strip())]))
    return found


def _groups(lines: list[str]) -> list[tuple[bool, list[str]]]:
    groups: list[tuple[bool, list[str]]] = []
    for line in lines:
        if not line.strip():
            continue
        indented = line.startswith(("  ", "\t"))
        if groups and groups[-1][0] == indented:
            groups[-1][1].append(line)
        else:
            groups.append((indented, [line]))
    for display, group in groups:
        if display:
            shared = min(len(line) - len(line.lstrip()) for line in group)
            group[:] = [line[shared:].rstrip() for line in group]
    return groups


def runs(line: str, display: bool = False) -> list[Run]:
    """A line as pieces of one style each."""
    out: list[Run] = []
    at = 0
    for match in _SCRIPT.finditer(line):
        before = line[at : match.start()]
        out += _italics(before, display, closes=True)
        level = "b" if match[1] == "_" else "p"
        out += [Run(piece.text, piece.style + level) for piece in _italics(match[2] if match[2] is not None else match[3], True)]
        at = match.end()
    return out + _italics(line[at:], display)


def _italics(piece: str, display: bool, closes: bool = False) -> list[Run]:
    """Single letters that are variables. `closes`: an index follows, so the last letter is one for certain."""
    tail = ""
    if closes and (base := _BASE.search(piece)):
        piece, tail = piece[: base.start()], base[0]
    out: list[Run] = []
    at = 0
    for match in (_ANY_LETTER if display else _LETTER).finditer(piece):
        if match.start() > at:
            out.append(Run(piece[at : match.start()]))
        out.append(Run(match[1], "i"))
        at = match.end()
    if piece[at:]:
        out.append(Run(piece[at:]))
    return [*out, Run(tail, "i")] if tail else out


def html(line: list[Run]) -> str:
    """Escaped HTML."""
    out = []
    for run in line:
        piece = escape(run.text, quote=False)
        if "i" in run.style:
            piece = f"<i>{piece}</i>"
        if "b" in run.style:
            piece = f"<sub>{piece}</sub>"
        if "p" in run.style:
            piece = f"<sup>{piece}</sup>"
        out.append(piece)
    return "".join(out)
