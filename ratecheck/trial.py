"""What becomes of a mutant: runs on draws that are made once, bounds on readings that are taken once."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, TypeAlias

import numpy as np

from ratecheck.arrays import mapped
from ratecheck.contracts import Array, Bound, Claim, Evidence, Measure, Noise, Problem, Relation, Seen, Status, Verdict
from ratecheck.runner import run
from ratecheck.samples import SAMPLED

PATIENCE = 6.0  # times what the claim takes, and two seconds, until a mutant is said not to end
QUICK = 16  # indices of the first look: most slips break a law at once
SAME_STATES = 48  # states compared before an unkilled mutant is said to do nothing
Outcome: TypeAlias = tuple[str, str | None, str]  # fate, tooth, note


@dataclass(frozen=True)
class _Indices:
    """No algorithm: the readings are known."""

    def iterates(self, problem: Problem, noise: Noise, /) -> Iterator[int]:
        yield from count()


class _Tape:
    """Readings of a measure, block of rows by block of rows, as they were the first time."""

    def __init__(self) -> None:
        self.kept: dict[int, list[Any]] = {}

    def recording(self, measure: Measure[Any, Any]) -> Measure[Any, Any]:
        def record(problem: Any, states: Iterator[Any]) -> Iterator[Array]:
            kept = self.kept[id(problem)] = []
            for reading in measure(problem, states):
                kept.append(reading)
                yield reading

        return record

    def playing(self, problem: Any, states: Iterator[Any]) -> Iterator[Array]:
        for reading, _ in zip(self.kept[id(problem)], states, strict=False):
            yield reading


class Trial:
    """One claim on its instances, unharmed, and what its mutants do there."""

    def __init__(self, claim: Claim[Any, Any], expected: Status) -> None:
        began = time.monotonic()
        self.expected = expected
        self.claim = replace(claim, instances={name: _once(draw) for name, draw in claim.instances.items()})
        metric, seen = _Tape(), {name: _Tape() for name in claim.seen}
        taped = replace(
            self.claim,
            metric=metric.recording(claim.metric),
            seen={name: Seen(seen[name].recording(s.measure), s.unit) for name, s in claim.seen.items()},
        )
        found = {name: run(taped, name, range(claim.seeds)) for name in claim.instances}
        self.known: dict[str, tuple[Verdict, Evidence]] = {
            name: (v, e) for name, (v, e, _) in found.items() if v.status is expected and e is not None
        }
        self.replayed = replace(
            self.claim,
            algorithm=_Indices(),
            metric=metric.playing,
            seen={name: Seen(seen[name].playing, s.unit) for name, s in claim.seen.items()},
            laws={},
        )
        self.patience = PATIENCE * (time.monotonic() - began) + 2.0

    def of_bound(self, bound: Bound) -> Outcome:
        """Whether the claim would be as expected with another bound."""
        return self._waited(lambda: self._of_bound(bound))

    def of_algorithm(self, wrong: Claim[Any, Any], allowed: bool) -> Outcome:
        """Whether the claim would notice the algorithm, or the measure, of `wrong`. `allowed`: a choice, not a slip."""
        return self._waited(lambda: self._of_algorithm(replace(wrong, instances=self.claim.instances), allowed))

    def _waited(self, attempt: Callable[[], Outcome]) -> Outcome:
        try:
            with _patient(self.patience):
                return attempt()
        except _Endless:
            return "crashed", None, "does not end"

    def _killed(self, wrong: Claim[Any, Any], name: str, found: Verdict) -> Outcome | None:
        if found.status is self.expected:
            return None
        if found.status is Status.FAILED and "Error: " in found.why and "read-only" not in found.why:
            return "crashed", None, f"{name}: {_only(found.why)}"
        return "killed", tooth(wrong, found), f"{name}: {_only(found.why)}"

    def _of_bound(self, bound: Bound) -> Outcome:
        wrong = replace(self.replayed, bound=bound)
        same = weaker = True
        for name, (_, before) in self.known.items():
            found, e, _ = run(wrong, name, range(wrong.seeds))
            killed = self._killed(wrong, name, found)
            if killed or e is None:
                return killed or ("crashed", None, found.why)
            same = same and bool(np.allclose(e.bound, before.bound, rtol=1e-12, atol=0))
            weaker = weaker and _weaker(wrong.holds.relation, e, before)
        if same or weaker:
            return "still true", None, "the same numbers everywhere" if same else "nowhere stronger than the bound of the claim"
        return "open", None, f"nothing contradicts it; {self._ratios()}"

    def _of_algorithm(self, wrong: Claim[Any, Any], allowed: bool) -> Outcome:
        short = range(wrong.k.start, min(wrong.k.stop, wrong.k.start + QUICK * wrong.k.step), wrong.k.step)
        same = bool(self.known)
        for name, (_, before) in self.known.items():
            quick = run(replace(wrong, k=short, sharp={}), name, range(min(4, wrong.seeds)))[0] if wrong.laws else None
            if quick is not None and quick.status is Status.UNLAWFUL:
                return "killed", "LAW", f"{name}: {_only(quick.why)}"
            found, e, _ = run(wrong, name, range(wrong.seeds))
            killed = self._killed(wrong, name, found)
            if killed or e is None:
                return killed or ("crashed", None, found.why)
            same = same and all(
                np.allclose(a, b, rtol=1e-12, atol=0, equal_nan=True)
                for a, b in ((e.metric, before.metric), (e.bound, before.bound), (e.over.ratio, before.over.ratio))
            )
        if same and all(_same_states(self.claim, wrong, name) for name in self.known):
            return "same iterates", None, "changes no number on any instance"
        if not all(_alone_as_in_the_batch(wrong, name) for name in self.known):
            return "killed", "ALONE", "a row by itself is not the row in its batch"
        if allowed:
            return "still true", None, "another parameter that laws and hypotheses allow"
        beside = self._ratios() + ("; the metric is the same, the states are not" if same else "")
        if not wrong.laws:
            return "unwatched", None, f"the claim has no laws: it holds for whatever it is shown; {beside}"
        return "survived", None, beside

    def _ratios(self) -> str:
        return "ratio of the claim " + ", ".join(f"{v.ratio:.3g} on {name}" for name, (v, _) in self.known.items())


def tooth(claim: Claim[Any, Any], v: Verdict) -> str:
    """Which check a verdict comes from."""
    if v.status is Status.ILL_POSED:
        return "SIDE" if "wrong side" in v.why else "UNIT"
    if v.status is Status.REFUTED:
        return "E-VALUE" if isinstance(claim.holds, SAMPLED) else "BOUND"
    return {
        Status.UNLAWFUL: "LAW", Status.UNSHARP: "SHARP", Status.NOT_APPLICABLE: "GIVEN", Status.FAILED: "FAILED",
    }.get(v.status, "POWER")  # fmt: skip


def _once(draw: Callable[[range], Any]) -> Callable[[range], Any]:
    """The same draw for the same seeds; what was drawn is locked by the first run."""
    drawn: dict[range, Any] = {}

    def draws(seeds: range) -> Any:
        if seeds not in drawn:
            drawn[seeds] = draw(seeds)
        return drawn[seeds]

    return draws


def _only(why: str) -> str:
    return why.split("; observed")[0][:160]


def _weaker(relation: Relation, e: Evidence, before: Evidence) -> bool:
    slack = 1e-12 * np.abs(before.bound)
    if relation is Relation.AT_MOST:
        return bool((e.bound >= before.bound - slack).all())
    if relation is Relation.AT_LEAST:
        return bool((e.bound <= before.bound + slack).all())
    return False


def _same_states(claim: Claim[Any, Any], wrong: Claim[Any, Any], instance: str) -> bool:
    """Whether the first states hold the same numbers."""
    seen = []
    for c in (claim, wrong):
        arrays: list[Any] = []
        steps = range(min(SAME_STATES, c.k[-1] + 1))
        bare = replace(c, metric=_looking(arrays), bound=_two, laws={}, given={}, seen={}, sharp={}, rounding=_zero, gap=_zero, k=steps)
        run(bare, instance, range(min(4, claim.seeds)))
        seen.append(arrays)
    first, second = seen
    return len(first) == len(second) and all(
        a.shape == b.shape and np.allclose(a, b, rtol=1e-13, atol=0, equal_nan=True) for a, b in zip(first, second, strict=True)
    )


def _alone_as_in_the_batch(wrong: Claim[Any, Any], instance: str) -> bool:
    """A row by itself reads what it reads in a batch: what the tests ask of every algorithm."""
    short = replace(wrong, k=wrong.k[:QUICK], laws={}, given={}, sharp={})
    rows = range(min(3, wrong.seeds))
    batch, alone = (run(short, instance, seeds)[1] for seeds in (rows, rows[-1:]))
    if batch is None or alone is None:
        return True
    scale = np.maximum(np.abs(batch.metric).max(), np.abs(batch.bound).max())
    return bool((np.abs(batch.metric[:, -1] - alone.metric[:, 0]) <= 1e-9 * scale + 1e-15).all())


def _two(k: Array, c: Any) -> Array:
    return 2.0 + 0 * k


def _zero(k: Array, c: Any) -> Array:
    return 0 * k


def _looking(arrays: list[Any]) -> Measure[Any, Any]:
    """A measure that collects every array of every state."""

    def keep(a: Array) -> Array:
        arrays.append(np.array(a))
        return a

    def look(problem: Any, states: Iterator[Any]) -> Iterator[Array]:
        for state in states:
            mapped(state, keep)
            yield 1.0

    return look


class _Endless(BaseException):
    """A mutant that does not end: no Exception, so that no handler takes it for a verdict."""


@contextmanager
def _patient(seconds: float) -> Iterator[None]:
    """Raises _Endless in the block after so many seconds; only the main thread of a Unix process can be interrupted."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: Any) -> None:
        raise _Endless

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
