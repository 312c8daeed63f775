"""Results as they finish, in one SQLite file: a killed run loses at most the unit in flight. Nothing is ever unpickled."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = 1


@dataclass(frozen=True)
class Store:
    """Errors: ValueError if the file is not a store of this schema."""

    file: Path

    def __post_init__(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self._open() as db:
                db.execute("PRAGMA journal_mode=WAL")
                version = db.execute("PRAGMA user_version").fetchone()[0]
                if version not in (0, SCHEMA):
                    raise ValueError(f"{self.file}: schema {version}, this ratecheck writes {SCHEMA}; remove it or choose another --out")
                db.execute(f"PRAGMA user_version={SCHEMA}")
                db.execute("CREATE TABLE IF NOT EXISTS results(key TEXT PRIMARY KEY, unit TEXT, sources TEXT, data TEXT)")
                db.execute("CREATE TABLE IF NOT EXISTS curves(key TEXT PRIMARY KEY, data TEXT)")
                db.execute("CREATE INDEX IF NOT EXISTS by_unit ON results(unit)")
        except sqlite3.DatabaseError as error:
            raise ValueError(f"{self.file}: not a store of results ({error}); remove it or choose another --out") from None

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file, timeout=60)

    def put(self, key: str, unit: str, sources: Mapping[str, str], data: Mapping[str, Any], curve: Mapping[str, Any] | None) -> None:
        """Both rows or none. A non-finite number would not be JSON: it must have been made null before."""
        with self._open() as db:
            db.execute(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)",
                (key, unit, json.dumps(sources, sort_keys=True), json.dumps(data, sort_keys=True, allow_nan=False)),
            )
            if curve is not None:
                db.execute("INSERT OR REPLACE INTO curves VALUES (?, ?)", (key, json.dumps(curve, allow_nan=False)))

    def get(self, key: str) -> dict[str, Any] | None:
        with self._open() as db:
            row = db.execute("SELECT data FROM results WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def known(self) -> set[str]:
        with self._open() as db:
            return {row[0] for row in db.execute("SELECT key FROM results")}

    def sources(self, unit: str) -> list[dict[str, str]]:
        """What the stored results of this unit were made of."""
        with self._open() as db:
            return [json.loads(row[0]) for row in db.execute("SELECT sources FROM results WHERE unit = ?", (unit,))]

    def keep_only(self, keys: set[str]) -> None:
        """Forget results that no current unit has."""
        with self._open() as db:
            for table in ("results", "curves"):
                stale = [(row[0],) for row in db.execute(f"SELECT key FROM {table}") if row[0] not in keys]
                db.executemany(f"DELETE FROM {table} WHERE key = ?", stale)
