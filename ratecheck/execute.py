"""Work units, and running them: one at a time or in processes, each result stored as it is finished."""

from __future__ import annotations

import json
import math
import multiprocessing
import platform
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ratecheck.arrays import host
from ratecheck.confirm import confirm
from ratecheck.contracts import Array, Certified, Claim, Evidence, Status, Verdict
from ratecheck.formulas import plain
from ratecheck.orders import Scaling
from ratecheck.quantifiers import Threshold
from ratecheck.runner import run
from ratecheck.store import Store
from ratecheck.suite import Entry, Fault, Suite, closure

BACKENDS = {"numpy": "numpy", "strict": "array_api_strict", "cupy": "cupy"}
CURVE = 64  # points of a stored curve


@dataclass(frozen=True)
class Options:
    """What determines a result beside the sources."""

    seeds: int | None = None  # rows of every claim, instead of its own number
    scale: int = 1  # times the claim's own number of rows; a claim of one row is about one run, and stays so
    foils: bool = True
    backend: str = "numpy"

    def rows(self, claim: Claim[Any, Any]) -> int:
        return self.seeds or (claim.seeds * self.scale if claim.seeds > 1 else 1)


PROFILES = {"quick": Options(foils=False), "default": Options(), "full": Options(scale=4)}


@dataclass(frozen=True)
class Work:
    """One claim (or foil) on one instance, all its seeds."""

    path: str
    group: str
    name: str
    instance: str
    key: str

    @property
    def label(self) -> str:
        return f"{self.path}::{self.name}::{self.instance}"


def namespace(backend: str) -> ModuleType:
    """Errors: ValueError for an unknown backend or one that is not installed."""
    if backend not in BACKENDS:
        raise ValueError(f"--backend {backend}: there are {', '.join(BACKENDS)}")
    try:
        return np if backend == "numpy" else import_module(BACKENDS[backend])
    except ImportError as error:
        raise ValueError(f"--backend {backend} needs the package {BACKENDS[backend]}: {error}") from None


def versions() -> dict[str, str]:
    return {"python": platform.python_version(), "numpy": np.__version__, "scipy": import_module("scipy").__version__}


def units(entry: Entry, options: Options, sources: Mapping[str, str]) -> list[Work]:
    common = [sorted(sources.items()), options.backend, sorted(versions().items())]
    works = []
    for group, name, claim, _ in entry.groups():
        if group == "foil" and not options.foils:
            continue
        for instance in claim.instances:
            made_of = [entry.path, group, name, instance, options.rows(claim), repr(claim.k), *common]
            key = sha256(json.dumps(made_of).encode()).hexdigest()[:32]
            works.append(Work(entry.path, group, name, instance, key))
    return works


def _number(x: Any) -> float | None:
    return float(x) if math.isfinite(x) else None


def _spreads(a: Array, groups: list[Any]) -> dict[str, list[float | None]]:
    """Smallest, median and largest of each group of numbers."""
    picks: dict[str, Callable[[Array], Any]] = {"low": np.min, "mid": lambda v: np.quantile(v, 0.5, method="lower"), "high": np.max}
    with np.errstate(all="ignore"):
        return {name: [_number(float(f"{float(pick(a[g])):.6g}")) for g in groups] for name, pick in picks.items()}


def curve(claim: Claim[Any, Any], e: Evidence) -> dict[str, Any]:
    """Metric and bound at no more than CURVE indices; at the last one against the swept constant where the claim is about that."""
    metric, bound = np.asarray(e.metric, dtype=float), np.asarray(e.bound, dtype=float)
    if isinstance(claim.holds, Scaling | Threshold):
        swept = np.broadcast_to(np.asarray(claim.holds.of(e.constants), dtype=float), metric[-1].shape)
        at, which = np.unique(np.where(np.isfinite(swept), swept, 0.0), return_inverse=True)
        groups: list[Any] = [(-1, which == i) for i in range(len(at))]
        along = {"along": plain(claim.holds.of, e.constants) or "swept constant", "log": isinstance(claim.holds, Scaling)}
        xs: list[Any] = [float(x) for x in at]
    else:
        groups = [*np.unique(np.rint(np.linspace(0, len(e.k) - 1, CURVE)).astype(int))]
        along, xs = {}, [int(e.k[i]) for i in groups]
    slack = np.broadcast_to(e.slack, metric.shape)
    return {"k": xs, "metric": _spreads(metric, groups), "bound": _spreads(bound, groups), "slack": _spreads(slack, groups)["high"], **along}


def _constant(name: str, c: Certified) -> dict[str, Any]:
    value = np.atleast_1d(np.asarray(host(c.value), dtype=float))
    return {
        "name": name, "low": _number(value.min()), "high": _number(value.max()),
        "unit": list(c.unit), "side": c.side.value, "proof": c.proof,
    }  # fmt: skip


def record(claim: Claim[Any, Any], verdict: Verdict, e: Evidence | None, problem: Any, rows: int, seconds: float) -> dict[str, Any]:
    """The verdict and what it rests on, as JSON."""
    constants = problem.constants if problem is not None else {}
    return {
        "status": verdict.status.name, "why": verdict.why, "ratio": _number(verdict.ratio), "k": verdict.k, "seed": verdict.row,
        "power": _number(verdict.power), "e_value": _number(verdict.e_value), "rows": rows, "seconds": round(seconds, 3),
        "horizon": [claim.k[0], claim.k[-1]], "relation": claim.holds.relation.value, "holds": type(claim.holds).__name__,
        "assumes": sorted(t.value for t in claim.assumes),
        "given": {n: _number(np.max(v)) for n, v in e.given.items()} if e else {},
        "laws": {n: _number(np.max(v)) for n, v in e.laws.items()} if e else {},
        "constants": [_constant(n, c) for n, c in constants.items()],
    }  # fmt: skip


def evaluate(claim: Claim[Any, Any], instance: str, options: Options) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """(record, curve) of one unit; never raises for what the suite's code does."""
    began = time.perf_counter()
    rows = options.rows(claim)
    verdict, evidence, problem = run(claim, instance, range(rows), namespace(options.backend))
    data = record(claim, verdict, evidence, problem, rows, time.perf_counter() - began)
    return data, curve(claim, evidence) if evidence else None


def confirmed(claim: Claim[Any, Any], instance: str, options: Options, data: dict[str, Any]) -> dict[str, Any]:
    """A refutation is run again in higher precision before it is called one; within rounding it leaves the claim undecided."""
    verdict = Verdict(Status.REFUTED, data["why"], math.nan if data["ratio"] is None else data["ratio"], data["k"], data["seed"])
    answer = confirm(claim, instance, range(options.rows(claim)), verdict)
    if answer.startswith("within rounding"):
        return {**data, "confirmed": answer, "status": Status.UNDECIDED.name, "why": f"{data['why']}; {answer}"}
    return {**data, "confirmed": answer}


def _theorem(root: Path, store: Path, path: str, wanted: list[Work], sources: dict[str, str], options: Options) -> str:
    """Run and store the wanted units of one theorem file; the argument of a worker process."""
    entry = Suite(root).load(path)
    if isinstance(entry, Fault):
        return path
    claims = {(group, name): claim for group, name, claim, _ in entry.groups()}
    kept = Store(store)
    for work in wanted:
        claim = claims[work.group, work.name]
        data, curve_ = evaluate(claim, work.instance, options)
        if work.group != "foil" and data["status"] == Status.REFUTED.name:
            data = confirmed(claim, work.instance, options, data)
        kept.put(work.key, work.label, sources, data, curve_)
    return path


@dataclass(frozen=True)
class Plan:
    """The theorems to run and which of their units are already stored."""

    suite: Suite
    entries: list[Entry]
    faults: list[Fault]
    works: dict[str, list[Work]]
    sources: dict[str, dict[str, str]]
    options: Options


def plan(suite: Suite, patterns: list[str], options: Options) -> Plan:
    loaded = [suite.load(path) for path in suite.paths(patterns)]
    entries = [e for e in loaded if isinstance(e, Entry)]
    sources = {e.path: closure(e.file, suite.root) for e in entries}
    works = {e.path: units(e, options, sources[e.path]) for e in entries}
    return Plan(suite, entries, [f for f in loaded if isinstance(f, Fault)], works, sources, options)


def carry_out(p: Plan, store: Store, jobs: int, fresh: bool, done: Callable[[str], None]) -> None:
    """Run what is not stored yet; `done` is called with the path of every theorem that is finished."""
    stored = set() if fresh else store.known()
    missing = {path: [w for w in works if w.key not in stored] for path, works in p.works.items()}
    tasks: dict[str, tuple[Any, ...]] = {}
    for path, wanted in missing.items():
        if wanted:
            tasks[path] = (p.suite.root, store.file, path, wanted, p.sources[path], p.options)
        else:
            done(path)
    if jobs == 1:
        for path, task in tasks.items():
            _theorem(*task)
            done(path)
    else:
        _in_processes(tasks, jobs, store, done)


def _in_processes(tasks: dict[str, tuple[Any, ...]], jobs: int, store: Store, done: Callable[[str], None]) -> None:
    """A worker that dies takes its pool with it: what was unfinished is tried again, alone the last time."""
    left = dict(tasks)
    for workers in (jobs, jobs, *[1] * len(tasks)):
        if not left:
            return
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            batch = list(left.items()) if workers > 1 else list(left.items())[:1]
            futures: dict[Future[str], str] = {pool.submit(_theorem, *task): path for path, task in batch}
            for future in as_completed(futures):
                path = futures[future]
                try:
                    future.result()
                except BrokenProcessPool:
                    if workers > 1:
                        continue
                    _died(left[path], store)
                left.pop(path)
                done(path)


def _died(task: tuple[Any, ...], store: Store) -> None:
    root, _, path, wanted, sources, options = task
    entry = Suite(root).load(path)
    claims = {(g, n): c for g, n, c, _ in entry.groups()} if isinstance(entry, Entry) else {}
    stored = store.known()
    for work in wanted:
        if work.key not in stored:
            claim = claims[work.group, work.name]
            verdict = Verdict(Status.FAILED, "the worker process died")
            store.put(work.key, work.label, sources, record(claim, verdict, None, None, options.rows(claim), 0.0), None)


def with_seeds(options: Options, seeds: int | None, backend: str) -> Options:
    return replace(options, seeds=seeds, backend=backend)


def machine() -> dict[str, Any]:
    return {**versions(), "platform": platform.platform(), "processor": platform.machine(), "cores": multiprocessing.cpu_count()}


def stale(p: Plan, store: Store) -> Iterable[tuple[Work, list[str]]]:
    """Units without a stored result, each with the files that changed since the last one (empty: never run)."""
    known = store.known()
    for path, works in p.works.items():
        for work in works:
            if work.key not in known:
                before = store.sources(work.label)
                now = p.sources[path]
                changed = [sorted(f for f in {*old, *now} if old.get(f) != now.get(f)) for old in before]
                yield work, min(changed, key=len) if changed else []
