"""HTML and PDF from stored results: `build(directory)`. Reads files only; knows no problem, algorithm or theorem."""

from __future__ import annotations

from pathlib import Path

from reports import html, pdf
from reports.formulary import Formulary
from reports.stored import Curves, InputError, load
from reports.views import arrange

__all__ = ["InputError", "build"]


def build(directory: Path) -> list[Path]:
    """The index of the site and the PDF, written beside the results. Errors: InputError, one line for a person."""
    results = load(directory)
    curves = Curves(directory)
    try:
        report = arrange(results, curves)
    finally:
        curves.close()
    with Formulary(directory / ".cache") as formulas:
        index = html.write(report, directory, formulas.svg)
        paper = pdf.write(report, directory, directory / ".cache", formulas.svg)
    return [index, paper]
