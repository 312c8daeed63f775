"""The bound as executed, as LaTeX."""

from __future__ import annotations

from collections.abc import Iterable

from ratecheck.contracts import Bound


def latex(bound: Bound, names: Iterable[str]) -> str | None:
    return None
