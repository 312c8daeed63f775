"""Stored results that look like a run's: every status, an erratum, an unexpected verdict, deep rates, blow-ups, NaN.

`python -m tests.fake_results DIR [THEOREMS [PROBLEMS]]` writes them; the report is developed and tested on these.
"""

from __future__ import annotations

import json
import math
import random
import sqlite3
import sys
from pathlib import Path
from typing import Any

from tests.fake_studies import studies
from tests.fake_theorems import KINDS, Kind, Rate

FOILS: tuple[tuple[str, str, Rate | None, float], ...] = (
    ("step 1/(k+2)", "UNLAWFUL", lambda k: (k + 2) ** 0.25, 1.0),
    ("step 0.1, stale ∇f & <lazy>", "REFUTED", lambda k: 1 + 0.2 * k, 1.0),
    ("O(1/k²)", "REFUTED", None, -1.0),
    ("a quarter", "REFUTED", None, 0.25),
    ("D for D²", "ILL_POSED", None, math.nan),
)
PROOFS = (
    "largest eigenvalue of A'A by the residual of the eigenpair, rounded up",
    "diameter of the simplex: distance of two vertices",
    "planted: the gradient vanishes at x_star by construction",
)


def _curve(kind: Kind, scale: float, rise: Rate | None, factor: float, rng: random.Random) -> dict[str, Any]:
    n = min(64, kind.last - kind.first)
    span = kind.last - 1 - kind.first
    rng = random.Random(f"{kind.name} {scale}") if rise is None else rng  # a wrong bound has the claim's own metric
    ks = sorted({kind.first + round(span ** (i / max(1, n - 1))) - 1 if span else kind.first for i in range(n)} | {kind.last - 1})
    bound = [kind.bound(k) for k in ks]
    wiggle = 0.0 if kind.relation == "equal" else 0.2
    mid = [b * scale * (rise(k) if rise else 1.0) * (1 - wiggle * rng.random()) for k, b in zip(ks, bound, strict=True)]
    mid = [max(m, 1e-17 * bound[0]) for m in mid] if kind.relation == "at most" else mid
    wrong = [b * (abs(factor) if factor > 0 else 1 / (k + 2)) for k, b in zip(ks, bound, strict=True)]
    spread = 1.0 if kind.relation == "equal" else 1.5

    def finite(values: list[float]) -> list[float | None]:
        return [v if math.isfinite(v) and abs(v) < 1e300 else None for v in values]

    return {
        "k": ks,
        "metric": {
            "low": finite([m / spread**2 for m in mid]),
            "mid": finite(mid),
            "high": finite([m * (spread if scale < 0.8 else 1) for m in mid]),
        },
        "bound": {"low": finite(wrong), "mid": finite(wrong), "high": finite(wrong)},
        "slack": [1e-16 * bound[0]] * len(ks),
    }


def _verdict(kind: Kind, path: str, slug: str, problem: str, at: int, curves: dict[str, str], rng: random.Random) -> dict[str, Any]:
    key = f"{path}/{problem}"
    tight = kind.tightness * (1.0 if at == 0 else 0.9 - 0.6 * rng.random() if kind.relation == "at most" else 1.0)
    curves[key] = json.dumps(_curve(kind, tight, None, 1.0, rng))
    foils = []
    for name, status, rise, factor in FOILS:
        foil_key = f"{key}/{name}"
        if status != "ILL_POSED":
            curves[foil_key] = json.dumps(_curve(kind, tight, rise, factor, rng))
        got = status if at == 0 or status == "ILL_POSED" else "CONSISTENT"
        foils.append(
            {
                "name": name,
                "problem": problem,
                "status": got,
                "expected": status,
                "reached": got == status,
                "why": f"metric/bound = {4 * tight:.3g} at row 3, k = 17" if got == "REFUTED" else "",
                "ratio": None if status == "ILL_POSED" else 4 * tight,
                "key": foil_key if status != "ILL_POSED" else "",
            }
        )
    inside = kind.holds == "InExpectation"
    return {
        "claim": path,
        "name": "every k",
        "group": "claim",
        "slug": slug,
        "paper": kind.paper,
        "place": kind.place,
        "problem": problem,
        "status": kind.status,
        "expected": kind.status,
        "as_expected": True,
        "statement": kind.level,
        "relation": kind.relation,
        "holds": kind.holds,
        "ratio": tight,
        "k": kind.first + 11,
        "seed": rng.randrange(16),
        "power": tight * 1.02,
        "why": f"metric/bound {'at least' if kind.relation == 'at least' else 'at most'} {tight:.6g}",
        "e_value": 3e-5 if inside else None,
        "confirmed": None,
        "rungs": ["sampled", "searched", "worst case", "certificate"][: 1 + (len(path) + at) % 4],
        "searched": tight * 1.05 if at == 0 else None,
        "foils": foils,
        "seconds": rng.random(),
        "rows": 256 if inside else 16,
        "horizon": [kind.first, kind.last - 1],
        "assumes": list(kind.assumes),
        "given": {"s ≤ 1/(2 L_max)": 1.0} if inside else {},
        "laws": {"steps_towards_v": 3e-16, "v_minimises_the_linearisation": 0.0},
        "constants": [
            {"name": "L", "low": 1.2, "high": 34.5, "unit": [1, -2], "side": "upper bound", "proof": PROOFS[0]},
            {"name": "D", "low": 2**0.5, "high": 2**0.5, "unit": [0, 1], "side": "exact", "proof": PROOFS[1]},
            {"name": "f_star", "low": 0.0, "high": 0.0, "unit": [1, 0], "side": "exact", "proof": PROOFS[2]},
        ],
        "key": key,
    }


def _troubles(verdicts: list[dict[str, Any]], curves: dict[str, str]) -> None:
    """An erratum, something as commonly stated, and five verdicts that nobody expected."""
    adam = next(v for v in verdicts if "adam_step" in v["claim"])
    key = adam["key"] + "/printed"
    curves[key] = json.dumps(_curve(next(k for k in KINDS if k.name == "adam_step"), 1.0, None, 0.45, random.Random(1)))
    verdicts.append(
        adam
        | {
            "name": "section 2.1",
            "group": "printed",
            "status": "REFUTED",
            "expected": "REFUTED",
            "ratio": 2.2463,
            "k": 3087,
            "why": "above the bound: metric/bound = 2.2463 at row 0, k = 3087",
            "confirmed": "in rationals",
            "foils": [],
            "key": key,
        }
    )
    sgd = next(v for v in verdicts if "sgd_strongly" in v["claim"])
    verdicts.append(
        sgd
        | {
            "name": "coherence condition",
            "group": "printed",
            "status": "REFUTED",
            "expected": "REFUTED",
            "ratio": 1.31,
            "statement": "recalled",
            "why": "above the bound: metric/bound = 1.31 at row 2, k = 5",
            "foils": [],
        }
    )
    odd = [v for v in verdicts if v["group"] == "claim" and v["status"] == "CONSISTENT"]
    changes = (
        ("FAILED", "the metric is NaN at k = 3, row 12"),
        ("REFUTED", "above the bound: metric/bound = 1.04 at row 7, k = 31"),
        ("UNDECIDED", "the certified gap leaves 14 comparisons open"),
        ("NOT_APPLICABLE", "hypothesis 's ≤ 1/L' is missed by a factor 3"),
        ("UNSHARP", "not sharp where the theorem is: slope −0.7, bound −1.0"),
    )
    for i, (status, why) in enumerate(changes):
        v = odd[(i * 7 + 3) % len(odd)]
        v.update(status=status, why=why, as_expected=i > 2, expected=status if i > 2 else "CONSISTENT")
        if status == "FAILED":
            curves.pop(v["key"])
            v.update(ratio=math.nan, power=None, k=-1, e_value=None, laws={"steps_towards_v": math.nan})
    odd[1]["foils"][1].update(status="CONSISTENT", reached=False)


def write(directory: Path, theorems: int = 30, problems: int = 0) -> Path:
    """Results of `theorems` imitated theorems in `directory`, each on `problems` problems (0: on its own)."""
    rng = random.Random(0)
    curves: dict[str, str] = {}
    verdicts: list[dict[str, Any]] = []
    listed = []
    for i in range(theorems):
        kind, again = KINDS[i % len(KINDS)], i // len(KINDS)
        path = f"{kind.family}/{kind.name}" + (f"_{again + 1}" if again else "")
        formulas = {"every k": kind.formula} | (
            {"section 2.1": r"\max\left(1, \frac{1 - b_{1}}{\sqrt{1 - b_{2}}}\right)"} if kind.name == "adam_step" else {}
        )
        listed.append(
            {
                "claim": path,
                "family": kind.family,
                "title": kind.title,
                "statement": kind.statement,
                "file": f"theory_checks/{path}.py",
                "formulas": formulas,
            }
        )
        verdicts += [
            _verdict(kind, path, f"{kind.family[:2]}.{kind.name}.{again}", p, at, curves, rng)
            for at, p in enumerate([f"problem {j}" for j in range(problems)] or kind.problems)
        ]
    _troubles(verdicts, curves)
    names = ["step × 2", "off by one", "stale gradient", "float32", "bound / 2", "k^(−¼)"]
    data = {
        "schema": 1,
        "theorems": listed,
        "verdicts": verdicts,
        "manifest": {
            "ratecheck": "0.1.0",
            "commit": "559068e",
            "python": "3.11.7",
            "numpy": "2.4.6",
            "scipy": "1.17.0",
            "platform": "Linux x86_64",
            "processor": "x86_64",
            "cores": 2,
            "profile": "default",
            "backend": "numpy",
            "seeds": 16,
            "started": "2025-11-21T02:00:00+00:00",
            "seconds": 312.4,
            "fdr": 0.001,
        },
        "errors": [{"file": "theory_checks/min_max/typo.py", "line": 12, "message": "NameError: name 'Alwayz' is not defined"}],
        "references": [
            {
                "key": "first", "cited": [verdicts[0]["paper"]], "authors": "Ann Ä. First, Bo <Second>", "title": "A & B",
                "venue": "ICML", "year": "2013", "arxiv": "1234.56789",
            },
            {"key": "zeroth", "cited": ["of no theorem"], "authors": "Nobody", "title": "None", "venue": "arXiv", "year": "2001"},
        ],
        "unchecked": [
            {"family": "min_max", "slug": "vi.omd.last", "reason": "the constant stands only in an appendix that could not be read"},
            {"family": "bilevel", "slug": "bamm.kkt", "reason": "needs an instance that satisfies <MFCQ> & is not trivial"},
        ],
        "calibration": {
            "finding": "False alarms stay below α = 0.05 in all 2,000 repetitions.",
            "panels": [],
            "tables": [
                {
                    "title": "False alarms at the boundary",
                    "columns": ["law", "n = 16", "n = 256"],
                    "rows": [["exponential", 0.0, 0.003], ["Pareto 2.2", 0.0, 0.004]],
                }
            ],
        },
        "kill_matrix": {
            "finding": "298 of 300 mutants were killed; the two survivors are true weaker statements.",
            "tables": [
                {
                    "title": "Mutants",
                    "columns": ["claim", *names],
                    "rows": [[t["claim"], "law", "law", "bound", "law", "bound", "survived"] for t in listed],
                }
            ],
        },
    }
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "verdicts.json").write_text(json.dumps(data), encoding="utf-8")
    (directory / "studies").mkdir(exist_ok=True)
    for study in studies():
        (directory / "studies" / (study["name"].replace("/", "-") + ".json")).write_text(json.dumps(study), encoding="utf-8")
    (directory / "ratecheck.sqlite").unlink(missing_ok=True)
    with sqlite3.connect(directory / "ratecheck.sqlite") as store:
        store.execute("CREATE TABLE curves (key TEXT PRIMARY KEY, data TEXT)")
        store.executemany("INSERT INTO curves VALUES (?, ?)", curves.items())
    store.close()
    return directory


if __name__ == "__main__":
    write(Path(sys.argv[1]), *map(int, sys.argv[2:]))
