"""A study to imitate in the tests of the report."""

from __future__ import annotations

from typing import Any


def studies() -> list[dict[str, Any]]:
    ks = [2**i for i in range(11)]
    lines = [
        {
            "label": n,
            "x": ks,
            "y": [c / k**p for k in ks],
            "low": [c / k**p / 2 for k in ks],
            "high": [c / k**p * 2 for k in ks],
            "style": "line",
        }
        for n, c, p in (("open loop 2/(k+2)", 3.0, 1.0), ("line search", 2.0, 1.1), ("away steps", 2.0, 1.9), ("pairwise", 1.0, 2.0))
    ]
    bound = {"label": "2 L D² / (k+2)", "x": ks, "y": [8 / (k + 2) for k in ks], "low": None, "high": None, "style": "bound"}
    dots = {"label": "peer solver", "x": ks, "y": [2.5 / k for k in ks], "low": None, "high": None, "style": "points"}
    return [
        {
            "name": "frank_wolfe/steps",
            "family": "frank_wolfe",
            "title": "Which step of Frank–Wolfe?",
            "question": "Which step wins, and by how much?",
            "finding": "Away steps reach 10⁻⁶ in a tenth of the oracle calls on the simplex; line search gains 30 % over the open loop.",
            "seconds": 12.5,
            "panels": [
                {
                    "title": "Simplex, n = 100",
                    "x_label": "oracle calls",
                    "y_label": "f − f*",
                    "x_log": True,
                    "y_log": True,
                    "curves": [*lines, bound, dots],
                },
                {
                    "title": "ℓ₁ ball",
                    "x_label": "seconds",
                    "y_label": "fraction solved",
                    "x_log": False,
                    "y_log": False,
                    "curves": lines[:2],
                },
            ],
            "tables": [
                {
                    "title": "Calls to 10⁻⁶",
                    "columns": ["step", "median", "worst"],
                    "rows": [["open loop", 41230, None], ["away", 310.5, 1.2e4]],
                }
            ],
            "images": [],
        }
    ]
