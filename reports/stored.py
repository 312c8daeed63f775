"""Reading what a run stored: `verdicts.json`, the curves beside it, the studies. Every field is checked once, here."""

from __future__ import annotations

import dataclasses
import json
import math
import sqlite3
import types
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from reports import trust
from reports.records import Curve, Results, Study

SCHEMA = 1

T = TypeVar("T")
_PLAIN: dict[Any, set[type]] = {list[float]: {float, int}, list[float | None]: {float, int, type(None)}}  # lists taken as they are


class InputError(Exception):
    """The stored results cannot be reported; the message is one line for a person."""


def typed(kind: Any, value: Any, where: str) -> Any:
    """`value` as `kind`. Errors: InputError naming the field."""
    origin, args = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if origin in (Union, types.UnionType):
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return None
        return typed(next(a for a in args if a is not type(None)), value, where)
    if dataclasses.is_dataclass(kind):
        return _record(kind, value, where)  # type: ignore[arg-type]
    if origin is list and isinstance(value, list):
        if kind in _PLAIN and set(map(type, value)) <= _PLAIN[kind]:  # curves: most of all there is to read
            return value
        return [typed(args[0], v, f"{where}[{i}]") for i, v in enumerate(value)]
    if origin is dict and isinstance(value, dict):
        return {str(n): typed(args[1], v, f"{where}.{n}") for n, v in value.items()}
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind in (str, bool, int) and type(value) is kind:
        return value
    named = {"str": "a text", "bool": "true or false", "int": "a whole number", "float": "a number"}
    wanted = "a list" if origin is list else "an object" if origin is dict else named.get(getattr(kind, "__name__", ""), str(kind))
    raise InputError(f"{where} must be {wanted}, got {json.dumps(value)[:60]}")


def _record(kind: type[T], value: Any, where: str) -> T:
    if not isinstance(value, dict):
        raise InputError(f"{where} must be an object, got {json.dumps(value)[:60]}")
    hints = get_type_hints(kind)
    found = {}
    for f in dataclasses.fields(kind):  # type: ignore[arg-type]
        if f.name in value:
            found[f.name] = typed(hints[f.name], value[f.name], f"{where}.{f.name}" if where else f.name)
        elif f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING:
            raise InputError(f"{where or 'the file'} lacks the field {f.name!r}")
    return kind(**found)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from None


def load(directory: Path) -> Results:
    """The stored results of a run. Errors: InputError when there are none, or of another schema, or malformed."""
    path = directory / "verdicts.json"
    if not path.is_file():
        raise InputError(f"no verdicts.json in {directory}: run `ratecheck run` first")
    data = _json(path)
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema != SCHEMA:
        raise InputError(f"verdicts.json has schema {schema!r}, this report reads schema {SCHEMA}: run again with this version")
    measured = {name: data.pop(name, None) for name in ("calibration", "kill_matrix")}
    try:
        results: Results = typed(Results, data, "")
        calibration, kill_matrix = _calibration(measured["calibration"]), _kill_matrix(measured["kill_matrix"])
    except InputError as error:
        raise InputError(f"verdicts.json: {error}") from None
    studies = []
    for file in sorted((directory / "studies").glob("*.json")):
        try:
            studies.append(typed(Study, _json(file), ""))
        except InputError as error:
            raise InputError(f"studies/{file.name}: {error}") from None
    return dataclasses.replace(results, studies=studies, calibration=calibration, kill_matrix=kill_matrix)


def _is_study(data: Any) -> bool:
    return isinstance(data, dict) and not {"finding", "tables", "panels"}.isdisjoint(data)


def _calibration(data: Any) -> Study | None:
    """A study as it stands, or the measurements {alarms, power, discoveries}."""
    if data is None or _is_study(data):
        return typed(Study, data, "calibration") if data else None
    return trust.calibration(typed(trust.Calibration, data, "calibration"))


def _kill_matrix(data: Any) -> Study | None:
    """A study as it stands, or the mutants: a list of rows, or an object with `rows`."""
    if data is None or _is_study(data):
        return typed(Study, data, "kill_matrix") if data else None
    rows = data["rows"] if isinstance(data, dict) and "rows" in data else data
    return trust.kill_matrix(typed(list[trust.Mutant], rows, "kill_matrix"))


class Curves:
    """The stored curves, by key."""

    def __init__(self, directory: Path) -> None:
        path = (directory / "ratecheck.sqlite").resolve()
        self._store = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True) if path.is_file() else None

    def get(self, key: str) -> Curve | None:
        """None where a run ended before there was anything to draw."""
        if self._store is None or not key:
            return None
        try:
            row = self._store.execute("SELECT data FROM curves WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise InputError(f"ratecheck.sqlite: {error}") from None
        return typed(Curve, json.loads(row[0]), f"curve {key}") if row else None

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
