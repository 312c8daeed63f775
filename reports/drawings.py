"""Drawn figures and formulas, kept between builds: an unchanged report is rebuilt in seconds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from reports import mathematics

HERE = Path(__file__).parent
SOURCES = ("figures.py", "mathematics.py", "plot.py", "scales.py", "views.py")  # a change in one of them draws everything again


class Drawings:
    """SVG by what determines it, stored in `folder` when left; what this build did not ask for is forgotten."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "drawings.json"
        sources = b"".join((HERE / name).read_bytes() for name in SOURCES)
        self._edition = f"{hashlib.sha256(sources).hexdigest()} {version('ziamath')}"
        self._known: dict[str, str] = {}
        self._used: dict[str, str] = {}

    def __enter__(self) -> Drawings:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            self._known = stored["drawn"] if stored["edition"] == self._edition else {}
        except (OSError, ValueError, KeyError, TypeError):  # no cache, or not ours: draw again
            self._known = {}
        return self

    def __exit__(self, *_: object) -> None:
        if self._used != self._known or not self._path.is_file():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps({"edition": self._edition, "drawn": self._used}, sort_keys=True), encoding="utf-8")

    def get(self, key: str, draw: Callable[[], str]) -> str:
        """What `draw` gives; nothing, "", is not kept."""
        found = self._used.get(key) or self._known.get(key) or draw()
        if found:
            self._used[key] = found
        return found

    def formula(self, latex: str) -> str | None:
        """None where LaTeX is not understood."""
        return self.get(f"formula {latex}", lambda: mathematics.svg(latex) or "") or None
