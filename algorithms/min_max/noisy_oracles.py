"""What the methods for noisy, finite-sum and coupled games ask of a problem."""

from __future__ import annotations

from typing import Protocol

from ratecheck import Array, Problem
from ratecheck.oracles import Operator


class NoisyOperator(Operator, Protocol):
    @property
    def A(self) -> Array: ...  # (B, n, n)
    @property
    def sigma(self) -> Array: ...  # (B,)
    @property
    def x_star(self) -> Array: ...  # (B, n)


class NoisyBilinear(Problem, Protocol):
    @property
    def sigma_M(self) -> Array: ...  # (B,)
    @property
    def sigma_A(self) -> Array: ...  # (B,)
    def field(self) -> Array: ...  # (B, 2, 2), the matrix of V


class RareNoise(Problem, Protocol):
    @property
    def mu(self) -> Array: ...  # (B,)
    @property
    def jump(self) -> Array: ...  # (B,)
    @property
    def delta(self) -> Array: ...  # (B,)
    @property
    def step(self) -> Array: ...  # (B,)


class FiniteSumOperator(Operator, Protocol):
    @property
    def parts(self) -> Array: ...  # (B, N, n, n)
    def part(self, z: Array, weight: Array, /) -> Array: ...  # (B, n), (B, N) -> (B, n), the weighted sum of the parts


class ConvexConcave(Problem, Protocol):
    @property
    def b(self) -> Array: ...  # (B, m)
    def grad(self, x: Array, /) -> Array: ...  # (B, n) -> (B, n), of f
    def couple(self, x: Array, /) -> Array: ...  # (B, n) -> (B, m), K x
    def adjoint(self, y: Array, /) -> Array: ...  # (B, m) -> (B, n), the transpose of K
    def respond(self, v: Array, y: Array, weight: Array, /) -> Array: ...  # argmax_u ⟨v, u⟩ − g(u) − weight ‖u − y‖²/2
