"""Classes of functions and operators as inequalities between the points that a method visits and the minimiser.

`exact`: the inequalities are also sufficient (there is a member of the class through any points that satisfy them): the worst case is
then attained by a function. Otherwise they are necessary, and the worst case found is an upper bound for the class.
Interpolation of smooth strongly convex functions: Taylor, Hendrickx, Glineur 2017.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from typing import Protocol

import numpy as np

from ratecheck.performance.forms import Form, inner, norm2, number
from ratecheck.performance.recording import Query

Constants = Mapping[str, float]


class Class(Protocol):
    @property
    def exact(self) -> bool: ...

    @property
    def words(self) -> str: ...

    def inequalities(self, points: Sequence[Query], star: Query, c: Constants, /) -> Iterator[tuple[str, Form]]:
        """(name, form that is at most 0) for the points visited, the minimiser `star` among them as the last."""
        ...


def _value(q: Query) -> Form:
    """The value at q; at the minimiser it is 0 by choice."""
    return Form(values={q.number: Fraction(1)}) if q.number >= 0 else Form()


def _constant(c: Constants, name: str | None) -> Fraction | None:
    return None if name is None else Fraction(c[name])


@dataclass(frozen=True)
class Smooth:
    """∇f is L-Lipschitz; f is convex, μ-strongly convex, or (mu = None, convex = False) anything."""

    L: str = "L"
    mu: str | None = None
    convex: bool = True

    @property
    def words(self) -> str:
        kind = "function" if not self.convex else "convex function" if self.mu is None else "strongly convex function"
        return f"smooth {kind} on the whole space"

    @property
    def exact(self) -> bool:
        return True

    def inequalities(self, points: Sequence[Query], star: Query, c: Constants, /) -> Iterator[tuple[str, Form]]:
        L = Fraction(c[self.L])
        mu = _constant(c, self.mu) or Fraction(0)
        mu = mu if self.convex else -L
        for i, j in permutations(points, 2):
            dg, dx = i.g - j.g, i.x - j.x
            curved = norm2(dg) * (1 / L) + norm2(dx) * mu - inner(dg, dx) * (2 * mu / L)
            yield "interpolation", _value(j) - _value(i) + inner(j.g, dx) + curved * (1 / (2 * (1 - mu / L)))
        if not self.convex:  # the minimum is global
            for i in points[:-1]:
                yield "least value", _value(star) - _value(i) + norm2(i.g) * (1 / (2 * L))


@dataclass(frozen=True)
class Convex:
    """Convex, of subgradients at most G where G is named; μ-strongly convex where mu is."""

    G: str | None = None
    mu: str | None = None

    @property
    def words(self) -> str:
        kind = "convex function" if self.mu is None else "strongly convex function"
        return kind if self.G is None else f"Lipschitz {kind}"

    @property
    def exact(self) -> bool:
        return self.G is None or self.mu is None

    def inequalities(self, points: Sequence[Query], star: Query, c: Constants, /) -> Iterator[tuple[str, Form]]:
        mu = _constant(c, self.mu) or Fraction(0)
        for i, j in permutations(points, 2):
            dx = i.x - j.x
            yield "interpolation", _value(j) - _value(i) + inner(j.g, dx) + norm2(dx) * (mu / 2)
        if self.G is not None:
            for i in points:
                yield "Lipschitz", norm2(i.g) - number(Fraction(c[self.G]) ** 2)


@dataclass(frozen=True)
class Indicator:
    """A convex set, by its normals; of diameter at most D where D is named; the start lies in it. It has no value."""

    D: str | None = None

    @property
    def words(self) -> str:
        return "convex set" if self.D is None else "convex set of bounded diameter"

    @property
    def exact(self) -> bool:
        return True

    def inequalities(self, points: Sequence[Query], star: Query, c: Constants, /) -> Iterator[tuple[str, Form]]:
        start = np.zeros_like(star.x)
        start[0] = 1.0
        places = [q.x for q in points] + [start]
        for q in points:
            for x in places:
                if x is not q.x:
                    yield "normal", inner(q.g, x - q.x)
        if self.D is not None:
            for a, x in enumerate(places):
                for y in places[:a]:
                    yield "diameter", norm2(x - y) - number(Fraction(c[self.D]) ** 2)


@dataclass(frozen=True)
class QuasarConvex:
    """L-smooth, γ-quasar-convex about its minimiser: f* ≥ f(x) + ⟨∇f(x), x* − x⟩/γ (+ μ/2 ‖x* − x‖²). Necessary conditions."""

    L: str = "L"
    gamma: str = "gamma"
    mu: str | None = None

    @property
    def words(self) -> str:
        return f"smooth {'' if self.mu is None else 'strongly '}quasar-convex function"

    @property
    def exact(self) -> bool:
        return False

    def inequalities(self, points: Sequence[Query], star: Query, c: Constants, /) -> Iterator[tuple[str, Form]]:
        yield from Smooth(self.L, convex=False).inequalities(points, star, c)
        mu = _constant(c, self.mu) or Fraction(0)
        for q in points[:-1]:
            away = star.x - q.x
            yield "quasar", _value(q) - _value(star) + inner(q.g, away) * (1 / Fraction(c[self.gamma])) + norm2(away) * (mu / 2)


@dataclass(frozen=True)
class PolyakLojasiewicz:
    """L-smooth, ‖∇f‖² ≥ 2μ (f − f*). Necessary conditions."""

    L: str = "L"
    mu: str = "mu"

    @property
    def words(self) -> str:
        return "smooth Polyak–Łojasiewicz function"

    @property
    def exact(self) -> bool:
        return False

    def inequalities(self, points: Sequence[Query], star: Query, c: Constants, /) -> Iterator[tuple[str, Form]]:
        for name, form in Smooth(self.L, convex=False).inequalities(points[:-1], star, c):
            if name == "interpolation":  # the distance to the minimiser plays no part
                yield name, form
        for q in points[:-1]:
            yield "least value", _value(star) - _value(q) + norm2(q.g) * (1 / (2 * Fraction(c[self.L])))
            yield "gradient dominates", (_value(q) - _value(star)) * (2 * Fraction(c[self.mu])) - norm2(q.g)


@dataclass(frozen=True)
class Operators:
    """⟨F(x) − F(y), x − y⟩ ≥ −ρ ‖F(x) − F(y)‖² (0 where rho is not named: monotone), and ‖F(x) − F(y)‖ ≤ L ‖x − y‖ where L is named;
    `minty`: the first inequality only against the zero. Sufficient only for a single kind of inequality between all pairs."""

    rho: str | None = None
    L: str | None = None
    minty: bool = False

    @property
    def words(self) -> str:
        kind = "monotone operator" if self.rho is None else "comonotone or cocoercive operator"
        return ("Lipschitz " if self.L else "") + ("operator with a weak Minty solution" if self.minty else kind)

    @property
    def exact(self) -> bool:
        return self.L is None and not self.minty

    def inequalities(self, points: Sequence[Query], star: Query, c: Constants, /) -> Iterator[tuple[str, Form]]:
        rho = _constant(c, self.rho) or Fraction(0)
        for a, i in enumerate(points):
            for j in points[:a]:
                dg, dx = i.g - j.g, i.x - j.x
                if not self.minty or star in (i, j):
                    yield "weak Minty" if self.minty else "comonotone", inner(dg, dx) * -1 - norm2(dg) * rho
                if self.L is not None:
                    yield "Lipschitz", norm2(dg) - norm2(dx) * Fraction(c[self.L]) ** 2
