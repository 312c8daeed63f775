"""What a first-order method does to ANY problem: its own code is run on free vectors, one for every answer of an oracle.

The minimiser is the origin. The start is a basis vector; every gradient, subgradient, force or vertex is a new one. The iterates are
then combinations of them, with coefficients that the code computed. A method whose steps depend on the answers has no such
coefficients: a second run in another basis finds that out.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from ratecheck.contracts import Algorithm, Certified, Side, Trait, Unit
from ratecheck.noise import SeededNoise
from ratecheck.performance.forms import Form, Vector, inner, norm2

CAPACITY = 96  # basis vectors


class NotFixedStep(ValueError):
    """The method does more than combine answers with coefficients known beforehand."""


@dataclass(frozen=True, eq=False)
class Query:
    """The part `member` of the problem at x: g is its (sub)gradient or force there; `number` is the place of its value in f."""

    member: str
    x: Vector
    g: Vector
    number: int
    asked: Vector  # what the oracle was given (x itself for a gradient), and what it answered
    answer: Vector
    kind: str


def certified(constants: Mapping[str, float], units: Mapping[str, Unit]) -> dict[str, Certified]:
    return {name: Certified(np.asarray([float(v)]), units[name], Side.EXACT, "of the class") for name, v in constants.items()}


@dataclass(eq=False)
class Recorder:
    """A problem without numbers. One row; `basis` has the free vectors as rows."""

    known: Mapping[str, float]
    members: Container[str] = ("f", "h")  # without "h" there is nothing to project on, and no proximal map
    basis: Any = field(default_factory=lambda: np.eye(CAPACITY))
    queries: list[Query] = field(default_factory=list)
    used: int = 1
    numbers: int = 0

    @property
    def traits(self) -> frozenset[Trait]:
        return frozenset(Trait)

    @property
    def constants(self) -> dict[str, Certified]:
        return certified(self.known, dict.fromkeys(self.known, Unit()))

    @property
    def x0(self) -> Any:
        return self.basis[:1].copy()

    @property
    def x_star(self) -> Any:
        return 0 * self.basis[:1]

    @property
    def f_star(self) -> Any:
        return np.zeros(1)

    def fresh(self) -> Vector:
        if self.used == CAPACITY:
            raise NotFixedStep(f"more than {CAPACITY} answers of oracles: choose a smaller k")
        self.used += 1
        return self.basis[self.used - 1].copy()

    def note(self, member: str, x: Vector, g: Vector, asked: Vector, answer: Vector, kind: str) -> Vector:
        self.queries.append(Query(member, x, g, self.numbers, asked, answer, kind))
        self.numbers += 1
        return answer

    def grad(self, x: Any, /) -> Any:
        here = np.asarray(x, dtype=float)[0]
        for q in self.queries:
            if q.member == "f" and np.array_equal(q.x, here):
                return q.g[None].copy()
        g = self.fresh()
        return self.note("f", here, g, here, g, "grad")[None].copy()

    def apply(self, z: Any, /) -> Any:
        return self.grad(z)

    def _implicit(self, member: str, kind: str, x: Any, step: Any) -> Any:
        """p with p + step u = x, u of the member at p."""
        if member not in self.members:
            return x
        here, u, s = np.asarray(x, dtype=float)[0], self.fresh(), float(np.ravel(step)[0])
        p = here - s * u
        return self.note(member, p, u, here, p, kind)[None].copy()

    def resolvent(self, z: Any, step: Any, /) -> Any:
        return self._implicit("f", "resolvent", z, step)

    def prox(self, x: Any, step: Any, /) -> Any:
        return self._implicit("h", "prox", x, step)

    def project(self, x: Any, /) -> Any:
        return self._implicit("h", "project", x, 1.0)

    def lmo(self, g: Any, /) -> Any:
        v = self.fresh()
        return self.note("h", v, -np.asarray(g, dtype=float)[0], np.asarray(g, dtype=float)[0], v, "lmo")[None].copy()

    def value(self, x: Any, /) -> Any:
        raise NotFixedStep("the method asks for function values: its steps are not known beforehand")


@dataclass(eq=False)
class Trace:
    """The states 0, ..., k, further ones when they are asked for, and what can be said of them."""

    problem: Recorder
    k: int
    rest: Iterator[Any]
    known: list[Any] = field(default_factory=list)

    def __getitem__(self, k: int) -> Any:
        while len(self.known) <= k:
            self.known.append(next(self.rest))
        return self.known[k]

    @property
    def states(self) -> list[Any]:
        return [self[j] for j in range(self.k + 1)]

    @property
    def last(self) -> Any:
        return self[self.k]

    def at(self, x: Any, member: str = "f") -> Query:
        """The query of this member at x; made if the method made none."""
        here = np.asarray(x, dtype=float)[0]
        for q in self.problem.queries:
            if q.member == member and np.array_equal(q.x, here):
                return q
        g = self.problem.fresh()
        self.problem.note(member, here, g, here, g, "grad")
        return self.problem.queries[-1]

    def value(self, x: Any, *members: str) -> Form:
        """The sum of the members' values at x (of f alone when none is named), minus the least value of the whole."""
        return sum((Form(values={self.at(x, member).number: Fraction(1)}) for member in members or ("f",)), Form())

    def force2(self, x: Any) -> Form:
        """‖∇f(x)‖² or ‖F(x)‖²"""
        return norm2(self.at(x).g)

    def inner(self, u: Any, v: Any) -> Form:
        """⟨u, v⟩ of two vectors of the states"""
        return inner(np.asarray(u, dtype=float)[0], np.asarray(v, dtype=float)[0])

    def distance2(self, x: Any) -> Form:
        """‖x − x*‖²"""
        return norm2(np.asarray(x, dtype=float)[0])


def begun(algorithm: Algorithm[Any, Any], problem: Recorder, k: int) -> Trace:
    trace = Trace(problem, k, algorithm.iterates(problem, SeededNoise(range(1))))
    _ = trace.last
    return trace


def record(algorithm: Algorithm[Any, Any], constants: Mapping[str, float], members: Container[str], k: int) -> Trace:
    """Errors: NotFixedStep."""
    turned = Recorder(constants, members, np.random.default_rng(0).standard_normal((CAPACITY, CAPACITY)))
    trace, again = begun(algorithm, Recorder(constants, members), k), begun(algorithm, turned, k).problem
    plain = trace.problem
    if len(plain.queries) != len(again.queries) or not all(
        np.allclose(a.x @ turned.basis, b.x, rtol=1e-9, atol=1e-9) for a, b in zip(plain.queries, again.queries, strict=True)
    ):
        raise NotFixedStep("the coefficients of the method change with the answers of the oracles")
    return trace


def last_gap(t: Trace) -> Form:
    """f(x_k) − f*"""
    return t.value(t.last.x)


def last_distance2(t: Trace) -> Form:
    """‖x_k − x*‖²"""
    return t.distance2(t.last.x)


def last_force2(t: Trace) -> Form:
    """‖F(x_k)‖² or ‖∇f(x_k)‖²"""
    return t.force2(t.last.x)


def mean_force2(t: Trace) -> Form:
    """The mean over j ≤ k of ‖F(x_j)‖²"""
    return sum((t.force2(s.x) for s in t.states), Form()) * Fraction(1, t.k + 1)


def least_force2(t: Trace) -> list[Form]:
    """min over j ≤ k of ‖F(x_j)‖²"""
    return [t.force2(s.x) for s in t.states]
