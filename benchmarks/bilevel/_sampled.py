"""Logistic regression and hyper-cleaning as finite sums: oracles on batches of samples."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from problems.bilevel.hyper_cleaning import HyperCleaning
from problems.bilevel.logistic import Logistic
from ratecheck import Array


def rows(a: Array, i: Array) -> Array:
    """Rows i of each instance: (B, N, ...), (B, b) -> (B, b, ...)"""
    found: Array = a[np.arange(len(a))[:, None], i]
    return found


@dataclass(frozen=True, eq=False)
class PatientSum:
    """Logistic regression as a mean over patients; the penalty belongs to every component of g."""

    base: Logistic

    @property
    def lower_size(self) -> int:
        return int(self.base.X.shape[1])

    @property
    def upper_size(self) -> int:
        return int(self.base.V.shape[1])

    def _lower(self, i: Array) -> Logistic:
        return replace(self.base, X=rows(self.base.X, i))

    def _upper(self, j: Array) -> Logistic:
        return replace(self.base, V=rows(self.base.V, j))

    def lower_x_batch(self, x: Array, y: Array, i: Array, /) -> Array:
        return self._lower(i).lower_x(x, y)

    def lower_y_batch(self, x: Array, y: Array, i: Array, /) -> Array:
        return self._lower(i).lower_y(x, y)

    def hvp_batch(self, x: Array, y: Array, v: Array, i: Array, /) -> Array:
        return self._lower(i).hvp(x, y, v)

    def cross_t_batch(self, x: Array, y: Array, v: Array, i: Array, /) -> Array:
        return self._lower(i).cross_t(x, y, v)

    def upper_x_batch(self, x: Array, y: Array, j: Array, /) -> Array:
        return self._upper(j).upper_x(x, y)

    def upper_y_batch(self, x: Array, y: Array, j: Array, /) -> Array:
        return self._upper(j).upper_y(x, y)


@dataclass(frozen=True, eq=False)
class CleaningSum:
    """Hyper-cleaning as a mean over training samples, component i with its own weight x_i and the whole penalty."""

    base: HyperCleaning

    @property
    def lower_size(self) -> int:
        return int(self.base.X.shape[1])

    @property
    def upper_size(self) -> int:
        return int(self.base.V.shape[1])

    def _lower(self, i: Array) -> HyperCleaning:
        return replace(self.base, X=rows(self.base.X, i), T=rows(self.base.T, i))

    def _upper(self, j: Array) -> HyperCleaning:
        return replace(self.base, V=rows(self.base.V, j), Z=rows(self.base.Z, j))

    def _spread(self, x: Array, part: Array, i: Array) -> Array:
        """`part`, (B, b), added at the places i of a vector like x"""
        out = np.zeros_like(x)
        np.add.at(out, (np.arange(len(x))[:, None], i), part)
        return out

    def lower_x_batch(self, x: Array, y: Array, i: Array, /) -> Array:
        return self._spread(x, self._lower(i).lower_x(rows(x, i), y), i)

    def lower_y_batch(self, x: Array, y: Array, i: Array, /) -> Array:
        return self._lower(i).lower_y(rows(x, i), y)

    def hvp_batch(self, x: Array, y: Array, v: Array, i: Array, /) -> Array:
        return self._lower(i).hvp(rows(x, i), y, v)

    def cross_t_batch(self, x: Array, y: Array, v: Array, i: Array, /) -> Array:
        return self._spread(x, self._lower(i).cross_t(rows(x, i), y, v), i)

    def upper_x_batch(self, x: Array, y: Array, j: Array, /) -> Array:
        return np.zeros_like(x)

    def upper_y_batch(self, x: Array, y: Array, j: Array, /) -> Array:
        return self._upper(j).upper_y(x, y)
