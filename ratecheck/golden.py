"""Golden verdicts: reports/golden/<family>/<theorem>.json, status and ratio to 4 digits per claim and problem."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NOISE = 1e-6  # ratios below are rounding: only that they are small is kept


def row(data: Mapping[str, Any]) -> dict[str, Any]:
    ratio = data["ratio"]
    if ratio is not None:
        ratio = 0.0 if abs(ratio) < NOISE else float(f"{ratio:.4g}")
    return {"status": data["status"], "ratio": ratio}


def drift(golden: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """What differs, or None. The last of the 4 digits may move: BLAS differs between machines."""
    if golden["status"] != now["status"]:
        return f"status {golden['status']} became {now['status']}"
    a, b = golden["ratio"], now["ratio"]
    if (a is None) != (b is None) or (a is not None and abs(a - b) > 2e-3 * max(abs(a), abs(b), NOISE)):
        return f"ratio {a} became {b}"
    return None


def load(folder: Path, claim: str) -> dict[str, dict[str, Any]]:
    """'name | problem' -> status and ratio; empty if the theorem has no golden file."""
    file = folder / f"{claim}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def write(folder: Path, document: Mapping[str, Any]) -> list[Path]:
    """Rewrite the golden files of the theorems in a verdicts document, and remove those of theorems that are gone."""
    by_claim: dict[str, dict[str, Any]] = {}
    for verdict in document["verdicts"]:
        by_claim.setdefault(verdict["claim"], {})[f"{verdict['name']} | {verdict['problem']}"] = row(verdict)
    files = []
    for claim, rows in by_claim.items():
        file = folder / f"{claim}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(rows, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        files.append(file)
    for file in folder.rglob("*.json"):
        if file not in files:
            file.unlink()
    return files
