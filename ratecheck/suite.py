"""A suite: a folder with `theory_checks/<family>/<theorem>.py`, each defining THEOREM, beside its own problems and algorithms."""

from __future__ import annotations

import ast
import fnmatch
import importlib
import sys
import traceback
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from ratecheck.contracts import Claim, Status, Theorem

ENGINE = (
    "arrays", "contracts", "evalues", "experiments", "measures", "noise", "oracles", "orders", "posed", "quantifiers", "readings", "runner",
    "samples",
)  # fmt: skip


PACKAGES = ("theory_checks", "problems", "algorithms", "benchmarks")


class SuiteError(Exception):
    """The suite is wrong: names the file and what would be right."""


@dataclass(frozen=True)
class Fault:
    """A theorem file that cannot be used."""

    claim: str
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, eq=False)
class Entry:
    """A theorem file that was loaded. `path` is its name everywhere: family/theorem."""

    path: str
    file: Path
    title: str
    statement: str
    theorem: Theorem

    @property
    def family(self) -> str:
        return self.path.rsplit("/", 1)[0]

    def groups(self) -> list[tuple[str, str, Claim[Any, Any], Status]]:
        """(group, name, claim, expected status), in the order of the file."""
        parts = (("claim", self.theorem.claims), ("printed", self.theorem.printed), ("foil", self.theorem.foils))
        return [(group, name, claim, status) for group, entries in parts for name, (claim, status) in entries.items()]


@dataclass(frozen=True)
class Suite:
    """Errors: SuiteError if the folder has no theory_checks."""

    root: Path

    def __post_init__(self) -> None:
        if not (self.root / "theory_checks").is_dir():
            raise SuiteError(f"{self.root}: no folder theory_checks/ here; --suite DIR names the folder that has one")
        if sys.path[:1] != [str(self.root)]:
            sys.path.insert(0, str(self.root))
        for name in PACKAGES:
            _bind(name, self.root / name)

    def paths(self, patterns: list[str]) -> list[str]:
        """The theorem paths that match any pattern (all without one). Errors: SuiteError for a pattern that matches nothing."""
        top = self.root / "theory_checks"
        files = sorted(p for p in top.rglob("*.py") if not any(part.startswith("_") for part in p.relative_to(top).parts))
        known = [p.relative_to(top).with_suffix("").as_posix() for p in files]
        if not patterns:
            return known
        chosen: set[str] = set()
        for pattern in patterns:
            clean = pattern.removeprefix("theory_checks/").removesuffix(".py").rstrip("/")
            hits = {p for p in known if fnmatch.fnmatch(p, clean) or p.startswith(clean + "/")}
            if not hits:
                near = [p for p in known if clean.split("/")[-1].strip("*") in p][:5]
                hint = f"; did you mean {', '.join(near)}?" if near else "; `ratecheck list` shows what there is"
                raise SuiteError(f"no theorem matches {pattern!r}{hint}")
            chosen |= hits
        return [p for p in known if p in chosen]

    def load(self, path: str) -> Entry | Fault:
        file = self.root / "theory_checks" / f"{path}.py"
        shown = file.relative_to(self.root).as_posix()
        try:
            module = importlib.import_module("theory_checks." + path.replace("/", "."))
        except SyntaxError as error:
            return Fault(path, _short(error.filename or shown, self.root), error.lineno or 0, f"SyntaxError: {error.msg}")
        except Exception as error:  # whatever the file raises is its fault
            return Fault(path, *_place(error, self.root, shown), f"{type(error).__name__}: {error}")
        theorem = getattr(module, "THEOREM", None)
        if not isinstance(theorem, Theorem):
            what = "defines no THEOREM" if theorem is None else f"THEOREM is a {type(theorem).__name__}"
            return Fault(path, shown, 0, f"{what}; it must define THEOREM = Theorem(claims=..., foils=...)")
        title, _, statement = (module.__doc__ or path).strip().partition("\n")
        return Entry(path, file, title.strip(), statement.strip("\n"), theorem)


def _bind(name: str, folder: Path) -> None:
    """Without an __init__.py a folder would lose against a package of the same name anywhere on the path: bind it."""
    bound = sys.modules.get(name)
    if folder.is_dir() and not (folder / "__init__.py").is_file() and list(getattr(bound, "__path__", [])) != [str(folder)]:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package


def _short(filename: str, root: Path) -> str:
    file = Path(filename)
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name


def _place(error: Exception, root: Path, shown: str) -> tuple[str, int]:
    """The innermost line of the suite's own code that raised."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(root)]
    own = [f for f in frames if "site-packages" not in f.filename and "/.venv/" not in f.filename]
    return (_short(own[-1].filename, root), own[-1].lineno or 0) if own else (shown, 0)


def _modules(tree: ast.AST, package: str) -> set[str]:
    """The dotted names that a file imports, relative imports resolved against its package."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                kept = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*kept, base] if base else kept)
            names |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return names


@cache
def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()[:16]


@cache
def _imports(file: Path, root: Path) -> tuple[Path, ...]:
    """The files of the suite that this file imports directly, packages' __init__ included."""
    package = ".".join(file.relative_to(root).parent.parts)
    found: list[Path] = []
    for name in sorted(_modules(ast.parse(file.read_text(encoding="utf-8")), package)):
        parts = name.split(".")
        for depth in range(1, len(parts) + 1):
            stem = root.joinpath(*parts[:depth])
            found += [f for f in (stem.with_suffix(".py"), stem / "__init__.py") if f.is_file()]
    return tuple(dict.fromkeys(found))


def closure(file: Path, root: Path) -> dict[str, str]:
    """File name -> digest, of everything in the suite that the file imports, directly or not, and of the engine."""
    seen: dict[Path, None] = {}
    waiting = [file]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen[here] = None
            waiting += _imports(here, root)
    engine = Path(__file__).parent
    own = {f"ratecheck/{name}.py": _digest(engine / f"{name}.py") for name in ENGINE}
    return {f.relative_to(root).as_posix(): _digest(f) for f in seen} | own
