"""Wrong twins of an algorithm, of the numbers it is given, and of averages."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from types import FunctionType
from typing import Any, Generic

import numpy as np
from array_api_compat import array_namespace

from ratecheck.arrays import mapped, promoted
from ratecheck.contracts import Algorithm, Array, Measure, Noise, P, S
from ratecheck.measures import at_average, each, mean
from ratecheck.surgery import slips

Twin = tuple[str, Any]
NEIGHBOURS = 4  # functions beside the class whose source is changed as well


# --- algorithms ----------------------------------------------------------------------------------------------------


def algorithms(algorithm: Any) -> Iterator[Twin]:
    """The algorithm with one slip in its source, or in how it treats noise, memory and order. Combined ones: one part at a time."""
    name = _name(algorithm)
    yield f"{name}: all rows see the noise of the first", SharedNoise(algorithm)
    yield f"{name}: overwrites the states it has yielded", Overwriting(algorithm)
    yield f"{name}: yields every state one index late", Late(algorithm)
    yield f"{name}: computes in single precision", Single(algorithm)
    yield from _cut(algorithm)


def _name(algorithm: Any) -> str:
    """The class, and what it combines."""
    parts = [getattr(algorithm, field.name) for field in fields(algorithm)] if is_dataclass(algorithm) else []
    made_of = [
        _name(part) if hasattr(part, "iterates") and not isinstance(part, type) else part.__name__
        for part in parts
        if hasattr(part, "iterates") or isinstance(part, FunctionType)
    ]
    inner = ", ".join(n for n in made_of if n != "<lambda>")
    return type(algorithm).__name__ + (f"({inner})" if inner else "")


def _cut(algorithm: Any) -> Iterator[Twin]:
    """Slips in the source of the algorithm, and of the algorithms and functions it is made of."""
    kind = type(algorithm)
    if not kind.__module__.startswith("ratecheck."):
        for what, methods in _methods(kind):
            twin = copy.copy(algorithm)
            object.__setattr__(twin, "__class__", type(kind.__name__, (kind,), methods))
            yield what, twin
    for field in fields(algorithm) if is_dataclass(algorithm) else ():
        part = getattr(algorithm, field.name)
        if isinstance(part, type) and hasattr(part, "iterates"):  # a kind of algorithm that this one runs
            for what, methods in _methods(part):
                yield what, with_field(algorithm, field.name, type(part.__name__, (part,), methods))
        elif hasattr(part, "iterates"):
            for what, wrong in _cut(part):
                yield what, with_field(algorithm, field.name, wrong)
        elif isinstance(part, FunctionType) and not part.__module__.startswith("ratecheck."):
            for slip in slips(part):
                yield slip.what, with_field(algorithm, field.name, slip.function)


def _methods(kind: type) -> Iterator[tuple[str, dict[str, Any]]]:
    """Methods of which one has a slip, or a function of the same package that one of them calls."""
    own = {
        name: f for base in reversed(kind.__mro__) if not base.__module__.startswith(("ratecheck.", "builtins", "typing", "abc"))
        for name, f in vars(base).items() if isinstance(f, FunctionType) and not name.startswith("__")
    }  # fmt: skip
    for name, f in own.items():
        for slip in slips(f):
            yield slip.what, {name: slip.function}
    package = kind.__module__.split(".")[0]
    called: dict[str, FunctionType] = {}
    for f in own.values():
        for name in f.__code__.co_names:
            g = f.__globals__.get(name)
            if isinstance(g, FunctionType) and g.__module__.split(".")[0] == package and len(called) < NEIGHBOURS:
                called[name] = g
    for name, g in called.items():
        for slip in slips(g):
            users = {n: _seeing(f, name, slip.function) for n, f in own.items() if name in f.__code__.co_names}
            yield slip.what, users


def _seeing(f: FunctionType, name: str, other: Any) -> FunctionType:
    """`f` for which `name` means something else."""
    twin = FunctionType(f.__code__, {**f.__globals__, name: other}, f.__name__, f.__defaults__, f.__closure__)
    twin.__kwdefaults__ = f.__kwdefaults__
    return twin


def with_field(value: Any, name: str, other: Any) -> Any:
    """The frozen dataclass with one field changed, derived fields untouched."""
    twin = copy.copy(value)
    object.__setattr__(twin, name, other)
    return twin


def numbers(algorithm: Any) -> Iterator[Twin]:
    """Twice and half of every number, and of every step rule, that the algorithm was given."""
    for field in fields(algorithm) if is_dataclass(algorithm) else ():
        part = getattr(algorithm, field.name)
        for factor in (2.0, 0.5):
            label = f"{field.name} times {factor:g}"
            if isinstance(part, float):
                yield label, with_field(algorithm, field.name, factor * part)
            elif hasattr(part, "iterates") and not isinstance(part, type):
                for what, wrong in numbers(part):
                    yield f"{field.name}: {what}", with_field(algorithm, field.name, wrong)
                break
            elif isinstance(part, FunctionType) and not type(algorithm).__module__.startswith("ratecheck."):
                yield label, with_field(algorithm, field.name, lambda *args, f=part, c=factor: c * f(*args))


@dataclass(frozen=True)
class _FirstRow:
    noise: Noise

    def integers(self, name: str, high: int, /, *shape: int) -> Iterator[Array]:
        return map(_first_for_all, self.noise.integers(name, high, *shape))

    def normals(self, name: str, /, *shape: int) -> Iterator[Array]:
        return map(_first_for_all, self.noise.normals(name, *shape))

    def uniforms(self, name: str, /, *shape: int) -> Iterator[Array]:
        return map(_first_for_all, self.noise.uniforms(name, *shape))


def _first_for_all(a: Array) -> Array:
    return array_namespace(a).broadcast_to(a[:1, ...], a.shape)


@dataclass(frozen=True)
class SharedNoise(Generic[P, S]):
    base: Algorithm[P, S]

    def iterates(self, problem: P, noise: Noise, /) -> Iterator[S]:
        yield from self.base.iterates(problem, _FirstRow(noise))


@dataclass(frozen=True)
class Late(Generic[P, S]):
    base: Algorithm[P, S]

    def iterates(self, problem: P, noise: Noise, /) -> Iterator[S]:
        states = self.base.iterates(problem, noise)
        first = next(states)
        yield first
        yield first
        yield from states


@dataclass(frozen=True)
class Single(Generic[P, S]):
    base: Algorithm[P, S]

    def iterates(self, problem: P, noise: Noise, /) -> Iterator[S]:
        yield from self.base.iterates(promoted(problem, np.float32), noise)


@dataclass(frozen=True)
class Overwriting(Generic[P, S]):
    """One set of buffers for all states."""

    base: Algorithm[P, S]

    def iterates(self, problem: P, noise: Noise, /) -> Iterator[S]:
        kept: list[Any] = []
        for state in self.base.iterates(problem, noise):
            place = iter(list(kept))

            def write(a: Array, place: Iterator[Any] = place) -> Array:
                buffer = next(place, None)
                if buffer is None or buffer.shape != a.shape:
                    buffer = np.array(a)
                    kept.append(buffer)
                elif not np.array_equal(buffer, a):
                    buffer[...] = a
                return buffer

            yield mapped(state, write)


# --- measures ------------------------------------------------------------------------------------------------------


def measures(metric: Measure[Any, Any]) -> Iterator[tuple[str, Measure[Any, Any]]]:
    """Wrong averages: with growing weights, and the last point alone."""
    if not (isinstance(metric, FunctionType) and metric.__module__ == "ratecheck.measures" and metric.__closure__):
        return
    parts = dict(zip(metric.__code__.co_freevars, (cell.cell_contents for cell in metric.__closure__), strict=True))
    kind = metric.__qualname__.split(".")[0]
    if kind == "at_average":
        m, of, weight = parts["m"], parts["of"], parts["weight"]
        yield "averages with weights times k + 1", at_average(m, of, lambda k: weight(k) * (k + 1))
        yield "the last point instead of the average", each(lambda p, s: m(p, of(s)))
    elif kind == "mean":
        m, weight = parts["m"], parts["weight"]
        yield "averages with weights times k + 1", mean(m, lambda k: weight(k) * (k + 1))
        yield "the last reading instead of the mean", each(m)
