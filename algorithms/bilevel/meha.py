"""Liu, Liu, Yao, Zeng, Zhang 2024: MEHA, single loop, no Hessian, for h = 0 and no constraint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from ratecheck import Array, Noise, Problem


class Envelope(Problem, Protocol):
    @property
    def y0(self) -> Array: ...
    @property
    def gamma(self) -> Array: ...  # (B,)
    def lower(self, x: Array, y: Array, /) -> Array: ...  # φ
    def lower_x(self, x: Array, y: Array, /) -> Array: ...
    def lower_y(self, x: Array, y: Array, /) -> Array: ...
    def prox(self, x: Array, y: Array, /) -> Array: ...  # argmin_θ φ(x, θ) + ‖θ − y‖²/(2γ)
    def envelope(self, x: Array, y: Array, /) -> Array: ...  # v_γ


class Regularised(Envelope, Protocol):
    def upper_x(self, x: Array, y: Array, /) -> Array: ...
    def upper_y(self, x: Array, y: Array, /) -> Array: ...


@dataclass(frozen=True, eq=False)
class Iterate:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, m)
    theta: Array  # (B, m) follows prox(x, y)
    c: float  # penalty c_k


@dataclass(frozen=True)
class MEHA:
    """θ⁺ = θ − η(∇_y φ(x,θ) + (θ−y)/γ);  x⁺ = x − α(∇_x F/c_k + ∇_x φ(x,y) − ∇_x φ(x,θ⁺));
    y⁺ = y − β(∇_y F(x⁺,y)/c_k + ∇_y φ(x⁺,y) − (y−θ⁺)/γ);  c_k = c(k+1)^p.
    """

    p: float = 0.25
    c: float = 0.5
    alpha: float = 0.025
    beta: float = 0.05
    eta: float = 0.1

    def iterates(self, problem: Regularised, noise: Noise, /) -> Iterator[Iterate]:
        x, y, theta = problem.x0, problem.y0, problem.y0
        gamma = problem.gamma[:, None]
        for k in count():
            c = self.c * (k + 1) ** self.p
            yield Iterate(k, x, y, theta, c)
            theta = theta - self.eta * (problem.lower_y(x, theta) + (theta - y) / gamma)
            x = x - self.alpha * (problem.upper_x(x, y) / c + problem.lower_x(x, y) - problem.lower_x(x, theta))
            y = y - self.beta * (problem.upper_y(x, y) / c + problem.lower_y(x, y) - (y - theta) / gamma)
