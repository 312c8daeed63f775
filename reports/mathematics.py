"""LaTeX to SVG outlines by ziamath: the same formula in HTML and PDF, without fonts or scripts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from reports.words import RELATIONS

SIZE = 19.0  # font size in the SVG's own units


def comparison(formula: str | None, relation: str, holds: str) -> str | None:
    """The bound as executed, with what is compared on its left."""
    if formula is None:
        return None
    metric = r"\mathbb{E}\,\mathrm{metric}(k)" if holds == "InExpectation" else r"\mathrm{metric}(k)"
    sign = RELATIONS.get(relation, r"\leq")
    return rf"{metric} \;{sign}\; {formula}"


@lru_cache(maxsize=1)
def _ziamath() -> Any:
    import ziafont
    import ziamath

    ziafont.config.svg2 = False  # no <symbol>: nothing needs an id, so many formulas stand in one page
    ziafont.config.precision = 2
    return ziamath


def svg(latex: str) -> str | None:
    """The drawn formula; None where LaTeX is not understood."""
    try:
        drawn = str(_ziamath().Latex(latex, size=SIZE, color="#1a1a1a").svg())
    except Exception:  # a formula that cannot be drawn is shown as its source
        return None
    drawn = drawn.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    drawn = re.sub(r' d="[^"]*"', lambda path: re.sub(r" ?([MLQCZ]) ?", r"\1", path[0]), drawn)
    return drawn if drawn.startswith("<svg") and "nan" not in drawn else None
