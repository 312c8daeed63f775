"""Linear functions of a Gram matrix G and of function values f: ⟨A, G⟩ + a·f + c, every coefficient an exact fraction."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

Vector = Any  # (N,) floats: coefficients over the basis of start, gradients and vertices


@dataclass(frozen=True)
class Form:
    """Σ c ⟨u, v⟩ + Σ a_j f_j + constant. Vectors are as the code computed them; a float is a fraction, so nothing is rounded here."""

    products: tuple[tuple[Fraction, Vector, Vector], ...] = ()
    values: dict[int, Fraction] = field(default_factory=dict)
    constant: Fraction = Fraction(0)

    def __add__(self, other: Form) -> Form:
        values = dict(self.values)
        for j, a in other.values.items():
            values[j] = values.get(j, Fraction(0)) + a
        return Form(self.products + other.products, values, self.constant + other.constant)

    def __mul__(self, factor: float | Fraction) -> Form:
        c = Fraction(factor)
        return Form(tuple((c * a, u, v) for a, u, v in self.products), {j: c * a for j, a in self.values.items()}, c * self.constant)

    __rmul__ = __mul__

    def __sub__(self, other: Form) -> Form:
        return self + other * -1

    def matrix(self, basis: list[int]) -> Any:
        """A over these basis vectors, (n, n) floats."""
        A = np.zeros((len(basis), len(basis)))
        for c, u, v in self.products:
            A += float(c) / 2 * (np.outer(u[basis], v[basis]) + np.outer(v[basis], u[basis]))
        return A

    def exact_matrix(self, basis: list[int]) -> list[list[Fraction]]:
        """A without rounding."""
        A = [[Fraction(0)] * len(basis) for _ in basis]
        for c, u, v in self.products:
            left = {i: Fraction(float(a)) for i, a in enumerate(u[basis]) if a}
            right = {i: Fraction(float(a)) for i, a in enumerate(v[basis]) if a}
            for i, a in left.items():
                for j, b in right.items():
                    half = c * a * b / 2
                    A[i][j] += half
                    A[j][i] += half
        return A

    def row(self, m: int) -> Any:
        """a, (m,) floats."""
        a = np.zeros(m)
        for j, c in self.values.items():
            a[j] = float(c)
        return a


def inner(u: Vector, v: Vector) -> Form:
    return Form(((Fraction(1), u, v),))


def norm2(u: Vector) -> Form:
    return inner(u, u)


def number(c: float | Fraction) -> Form:
    return Form(constant=Fraction(c))
