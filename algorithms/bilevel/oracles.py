"""What bilevel algorithms may ask: x is (B, n), y is (B, m), A = ∂²_yy g is (m, m), B = ∂²_yx g is (m, n)."""

from __future__ import annotations

from typing import Protocol

from ratecheck import Array, Problem


class LowerLevel(Problem, Protocol):
    @property
    def y0(self) -> Array: ...  # (B, m)
    def lower_y(self, x: Array, y: Array, /) -> Array: ...  # ∇_y g
    def hvp(self, x: Array, y: Array, v: Array, /) -> Array: ...  # A v
    def cross(self, x: Array, y: Array, u: Array, /) -> Array: ...  # B u
    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array: ...  # B'v


class Bilevel(LowerLevel, Protocol):
    def upper(self, x: Array, y: Array, /) -> Array: ...  # f, (B,)
    def upper_x(self, x: Array, y: Array, /) -> Array: ...  # ∇_x f
    def upper_y(self, x: Array, y: Array, /) -> Array: ...  # ∇_y f


class Solvable(Bilevel, Protocol):
    """The lower level can be solved to rounding: for reference solutions, and for exact methods."""

    def hessian(self, x: Array, y: Array, /) -> Array: ...  # A
    def cross_block(self, x: Array, y: Array, /) -> Array: ...  # B
    def y_star(self, x: Array, /) -> Array: ...
