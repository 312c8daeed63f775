"""A bound run on symbols gives its formula, and the formula can be drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from array_api_compat import array_namespace

from ratecheck.formulas import latex, nice
from reports.mathematics import svg


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (lambda k, c: 2 * c["L"] * c["D"] ** 2 / (k + 2), r"\frac{2 D^{2} L}{k + 2}"),
        (lambda k, c: (1 - c["s"] * c["mu"]) ** k, r"\left(1 - \mu s\right)^{k}"),
        (lambda k, c: np.sqrt(k) * np.exp(-c["mu"]), r"\sqrt{k} e^{- \mu}"),
        (lambda k, c: np.maximum(np.float64(0.5), c["L_max"]), r"\max\left(\frac{1}{2}, L_{\max}\right)"),
        (
            lambda k, c: np.where(k < 3, 0.0, c["f_star"]),
            r"\begin{cases} 0 & \text{if }\; k < 3  \\ f^{\star} & \text{otherwise} \end{cases}",
        ),
        (lambda k, c: np.ceil(c["D"] * np.log(k + 1)), r"\left\lceil{D \log{\left(k + 1 \right)}}\right\rceil"),
        (lambda k, c: {**c, "mu": 8 * c["mu"]}["mu"] + 0 * k, r"8 \mu"),
        (lambda k, c: c["nobody"], None),
        (lambda k, c: sum(range(int(k))), None),
        (lambda k, c: 1 if k > 3 else 2, None),
    ],
)
def test_formulas_of_bounds(bound: Callable[..., Any], expected: str | None) -> None:
    found = latex(bound, ["L", "D", "s", "mu", "L_max", "f_star"])
    assert found == expected
    if found is not None:
        drawn = svg(found)
        assert drawn is not None and drawn.startswith("<svg")


def test_the_array_namespace_of_a_constant() -> None:
    def bound(k: Any, c: Any) -> Any:
        xp = array_namespace(c["b1"])
        return xp.maximum((1 - c["b1"]) / (1 - c["b2"]) ** 0.5, 1.0 + 0 * c["b1"])

    assert latex(bound, ["b1", "b2"]) == r"\max\left(1, \frac{1 - b_{1}}{\sqrt{1 - b_{2}}}\right)"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("mu", r"\mu"),
        ("f_star", r"f^{\star}"),
        ("x_0", "x_{0}"),
        ("L_max", r"L_{\max}"),
        ("sigma_1", r"\sigma_{1}"),
        ("b1", "b_{1}"),
        ("x_hat", r"\hat{x}"),
    ],
)
def test_names_of_constants(name: str, written: str) -> None:
    assert nice(name) == written
