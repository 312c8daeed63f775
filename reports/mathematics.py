"""LaTeX to SVG outlines by ziamath: the same formula in HTML and PDF, without fonts or scripts."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

SIZE = 19.0  # font size in the SVG's own units
DEEPEST = 10  # rows within rows; the time to lay a formula out doubles with each
GRID = 20  # whole numbers of 1/GRID of a unit, 0.3 % of a letter: short in the page, shorter still in the PDF


@lru_cache(maxsize=1)
def _ziamath() -> Any:
    import ziamath
    from ziafont.config import config

    config.svg2 = False  # no <symbol>: nothing needs an id, so many formulas stand in one page
    config.precision = 2
    return ziamath


def svg(latex: str) -> str | None:
    """The drawn formula; None where LaTeX is not understood, or nests so deeply that it would take for ever."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of importlib.resources, inside ziamath
            tree = _flattened(ElementTree.fromstring(_ziamath().zmath.tex2mml(latex)))
            if _rows_within_rows(tree) > DEEPEST:
                return None
            tree.set("mathcolor", "#1a1a1a")
            return compact(str(_ziamath().Math(ElementTree.tostring(tree, encoding="unicode"), size=SIZE).svg()))
    except Exception:  # a formula that cannot be drawn is shown as its source
        return None


def _is_row(element: ElementTree.Element) -> bool:
    return element.tag.rsplit("}")[-1] == "mrow"


def _flattened(element: ElementTree.Element) -> ElementTree.Element:
    """Without rows of one element, and without rows directly in a row unless they hold a stretching fence."""
    children: list[ElementTree.Element] = []
    for child in map(_flattened, element):
        if _is_row(child) and len(child) == 1:
            children.append(child[0])
        elif _is_row(child) and _is_row(element) and not any(e.get("stretchy") == "true" or e.get("fence") == "true" for e in child):
            children += list(child)
        else:
            children.append(child)
    element[:] = children
    return element


def _rows_within_rows(element: ElementTree.Element) -> int:
    return _is_row(element) + max(map(_rows_within_rows, element), default=0)


def compact(drawn: str) -> str:
    """One path of relative cubic curves on a grid. Errors: ValueError on anything but paths and rectangles."""
    strange = set(re.findall(r"<(\w+)", drawn)) - {"svg", "g", "path", "rect"}
    if strange or "transform" in drawn or "nan" in drawn:
        raise ValueError(f"a formula drawn with {sorted(strange) or 'transforms'}")
    width, height = (re.search(rf' {name}="([\d.]+)"', drawn) for name in ("width", "height"))
    box = re.search(r'viewBox="([^"]+)"', drawn)
    if width is None or height is None or box is None:
        raise ValueError("a formula without size")
    parts = [_path(d) for d in re.findall(r' d="([^"]*)"', drawn)]
    for rect in re.findall(r"<rect[^>]*>", drawn):
        x, y, w, h = (_grid(re.search(rf' {name}="([^"]+)"', rect)[1]) for name in ("x", "y", "width", "height"))  # type: ignore[index]
        parts.append(f"M{x} {y}h{w}v{h}h{-w}z")
    view = [_grid(v) for v in box[1].split()]
    below = (view[1] + view[3]) / GRID  # of the baseline, which is at y = 0
    size = f'width="{width[1]}" height="{height[1]}" viewBox="{" ".join(map(str, view))}" style="vertical-align:{-below:.2f}px"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><path fill="#1a1a1a" d="{"".join(parts)}"/></svg>'


def _grid(value: str) -> int:
    return round(float(value) * GRID)


def _path(d: str) -> str:
    """Absolute M, L, Q, Z to relative moves; lines of no length are dropped."""
    out: list[str] = []
    x = y = 0
    for command, numbers in re.findall(r"([MLQZ])([^MLQZ]*)", d):
        n = [_grid(v) for v in numbers.split()]
        if command == "Z":
            out.append("z")
        elif command == "M":
            out.append(f"M{n[0]} {n[1]}")
        elif command == "L" and (n[0] != x or n[1] != y):
            out.append(f"l{n[0] - x} {n[1] - y}")
        elif command == "Q":
            first = round(2 * (n[0] - x) / 3), round(2 * (n[1] - y) / 3)
            second = round((2 * n[0] + n[2]) / 3) - x, round((2 * n[1] + n[3]) / 3) - y
            out.append("c" + " ".join(map(str, (*first, *second, n[2] - x, n[3] - y))))
        if n:
            x, y = n[-2:]
    return "".join(out).replace(" -", "-")
