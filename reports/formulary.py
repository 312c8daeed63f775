"""Drawn formulas, kept between builds: drawing is slow, and most formulas do not change."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

from reports import mathematics


class Formulary:
    """LaTeX -> SVG, stored in `folder` when left; what this build did not ask for is forgotten."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "formulas.json"
        self._edition = f"1 {version('ziamath')} {mathematics.SIZE}"
        self._known: dict[str, str | None] = {}
        self._used: dict[str, str | None] = {}

    def __enter__(self) -> Formulary:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            self._known = stored["drawn"] if stored["edition"] == self._edition else {}
        except (OSError, ValueError, KeyError, TypeError):  # no cache, or not ours: draw again
            self._known = {}
        return self

    def __exit__(self, *_: object) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps({"edition": self._edition, "drawn": self._used}, sort_keys=True), encoding="utf-8")

    def svg(self, latex: str) -> str | None:
        if latex not in self._used:
            self._used[latex] = self._known[latex] if latex in self._known else mathematics.svg(latex)
        return self._used[latex]
