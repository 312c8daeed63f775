"""HTML and PDF from stored results: `build(directory)`. Reads files only; knows no problem, algorithm or theorem."""

from __future__ import annotations

from pathlib import Path

from reports import html, pdf
from reports.drawings import Drawings
from reports.stored import Curves, InputError, load
from reports.views import arrange

__all__ = ["InputError", "build"]


def build(directory: Path) -> list[Path]:
    """The index of the site and the PDF, written beside the results. Errors: InputError, one line for a person."""
    results = load(directory)
    curves = Curves(directory)
    try:
        with Drawings(directory / ".cache") as drawings:
            report = arrange(results, curves, drawings)
            index = html.write(report, directory, drawings.formula)
            paper = pdf.write(report, directory, directory / ".cache", drawings.formula)
    finally:
        curves.close()
    return [index, paper]
