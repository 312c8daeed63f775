"""Benchmarks and figures of papers: `benchmarks/<family>/<question>.py` defines study() -> Study; its docstring asks the question.

A study measures; what it must show is a list of findings, each computed from the measurement. Timings are shown, never judged.
"""

from __future__ import annotations

import importlib
import json
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from ratecheck.arrays import host
from ratecheck.suite import SuiteError, closure


class Style(Enum):
    LINE = "line"
    POINTS = "points"
    BOUND = "bound"


@dataclass(frozen=True, eq=False)
class Curve:
    label: str
    x: Any  # (K,)
    y: Any  # (K,)
    low: Any = None  # (K,) lower end of a band
    high: Any = None
    style: Style = Style.LINE


@dataclass(frozen=True, eq=False)
class Panel:
    title: str
    x_label: str
    y_label: str
    curves: Sequence[Curve]
    x_log: bool = True
    y_log: bool = True


@dataclass(frozen=True)
class Table:
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | float | int]]


@dataclass(frozen=True, eq=False)
class Image:
    title: str
    pixels: Any  # (h, w) or (h, w, 3), in [0, 1]


@dataclass(frozen=True)
class Finding:
    """What the study must show, and whether this measurement shows it."""

    text: str
    holds: bool


@dataclass(frozen=True, eq=False)
class Study:
    findings: Sequence[Finding]
    panels: Sequence[Panel] = ()
    tables: Sequence[Table] = ()
    images: Sequence[Image] = field(default_factory=tuple)


def _numbers(a: Any) -> list[float | None] | None:
    if a is None:
        return None
    return [float(f"{v:.6g}") if isfinite(v) else None for v in np.asarray(host(a), dtype=float).ravel()]


def _cell(value: str | float | int) -> str | float | int | None:
    return value if isinstance(value, str | int) else float(f"{float(value):.6g}") if isfinite(value) else None


def _png(pixels: Any) -> str:
    import matplotlib.image

    buffer = BytesIO()
    a = np.clip(np.asarray(host(pixels), dtype=float), 0, 1)
    matplotlib.image.imsave(buffer, a, format="png", cmap="gray", vmin=0, vmax=1)
    return b64encode(buffer.getvalue()).decode()


def as_json(study: Study) -> dict[str, Any]:
    """Errors: ValueError for a curve whose x and y differ in length."""
    panels = []
    for panel in study.panels:
        curves = []
        for c in panel.curves:
            x, y = _numbers(c.x) or [], _numbers(c.y) or []
            if len(x) != len(y):
                raise ValueError(f"panel {panel.title!r}, curve {c.label!r}: {len(x)} abscissae for {len(y)} ordinates")
            curves.append({"label": c.label, "x": x, "y": y, "low": _numbers(c.low), "high": _numbers(c.high), "style": c.style.value})
        axes = {"title": panel.title, "x_label": panel.x_label, "y_label": panel.y_label, "x_log": panel.x_log, "y_log": panel.y_log}
        panels.append({**axes, "curves": curves})
    return {
        "findings": [{"text": f.text, "holds": bool(f.holds)} for f in study.findings],
        "finding": " ".join(f"{'Shown' if f.holds else 'NOT SHOWN'}: {f.text.rstrip('.')}." for f in study.findings),
        "panels": panels,
        "tables": [
            {"title": t.title, "columns": list(t.columns), "rows": [[_cell(v) for v in row] for row in t.rows]} for t in study.tables
        ],
        "images": [{"title": i.title, "png_base64": _png(i.pixels)} for i in study.images],
    }


def names(root: Path) -> list[str]:
    """family/question of every study of the suite."""
    top = root / "benchmarks"
    files = sorted(p for p in top.rglob("*.py") if not any(part.startswith("_") for part in p.relative_to(top).parts))
    return [p.relative_to(top).with_suffix("").as_posix() for p in files]


def conduct(root: Path, name: str) -> dict[str, Any]:
    """Run one study. Errors: SuiteError if the file defines no study(); what it raises passes through."""
    module = importlib.import_module("benchmarks." + name.replace("/", "."))
    make: Callable[[], Study] | None = getattr(module, "study", None)
    if make is None:
        raise SuiteError(f"benchmarks/{name}.py defines no study()")
    began = time.perf_counter()
    document = as_json(make())
    title, _, question = (module.__doc__ or name).strip().partition("\n")
    return {
        "name": name,
        "family": name.split("/")[0],
        "title": title.strip(),
        "question": question.strip("\n"),
        "seconds": round(time.perf_counter() - began, 2),
        **document,
    }


def stored(root: Path, name: str, out: Path, fresh: bool) -> tuple[dict[str, Any], bool]:
    """The study from out/studies, run again only if a file it is made of has changed; and whether it was run."""
    file = out / "studies" / f"{name.replace('/', '__')}.json"
    sources = closure(root / "benchmarks" / f"{name}.py", root)
    if file.is_file() and not fresh:
        known: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if known.get("sources") == sources:
            return dict(known), False
    document = {**conduct(root, name), "sources": sources}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    return document, True
